"""Puts the feature's services together and tells the platform about them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, Kind, Outcome
from bot.guilds import Feature
from bot.posts import Posts
from cogs.events.render.answers import render_nobody, render_offer
from cogs.events.render.post import render_post
from cogs.events.service import calls, dates, roles
from cogs.events.service.announcing import Announcing
from cogs.events.service.answering import Answering
from cogs.events.service.attendance import AttendanceRequirements
from cogs.events.service.cancelling import Cancelling
from cogs.events.service.changing import Changing
from cogs.events.service.checking_in import CheckingIn
from cogs.events.service.craft import EventCraft
from cogs.events.service.custody import EventCustodian
from cogs.events.service.dates import Dates
from cogs.events.service.diary import Diary
from cogs.events.service.exports import Exports
from cogs.events.service.feeds import Feeds
from cogs.events.service.finding import Finding
from cogs.events.service.following import Followers
from cogs.events.service.loading import load_post
from cogs.events.service.posting import Posting
from cogs.events.service.seats import OFFER_END
from cogs.events.service.showcase import EventShowcase
from cogs.events.service.topics import event_topics
from cogs.events.service.winding_up import WindingUp
from cogs.events.tables import KIND

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class Services:
    """One of each service of events."""

    posts: Posts
    followers: Followers
    dates: Dates
    posting: Posting
    changing: Changing
    craft: EventCraft
    cancelling: Cancelling
    announcing: Announcing
    answering: Answering
    checking_in: CheckingIn
    finding: Finding
    exports: Exports
    feeds: Feeds


def build(platform: "Platform") -> Services:
    """Put the services together."""
    posts, followers = Posts(platform.deliveries, KIND), Followers()
    laid = Dates(platform, followers)
    posting = Posting(platform, posts, laid, followers)
    cancelling = Cancelling(platform, posts, laid, posting, followers)
    changing = Changing(platform, posts, laid, posting, cancelling, followers)
    return Services(
        posts=posts,
        followers=followers,
        dates=laid,
        posting=posting,
        changing=changing,
        craft=EventCraft(platform, posting, changing),
        cancelling=cancelling,
        announcing=Announcing(platform, posts, posting),
        answering=Answering(platform),
        checking_in=CheckingIn(platform),
        finding=Finding(platform),
        exports=Exports(platform),
        feeds=Feeds(platform),
    )


def register(platform: "Platform", services: Services) -> None:
    """Tell schedule, deliveries and the overviews who handles what."""
    schedule, posting = platform.schedule, services.posting
    schedule.register(dates.ANNOUNCE, posting.announce_due)
    schedule.register(dates.CLOSE, posting.close)
    schedule.register(dates.START, posting.start)
    schedule.register(dates.END, posting.end)
    schedule.register(OFFER_END, services.answering.offer_ended)
    _register_deliveries(platform, services)
    platform.attendance = AttendanceRequirements(platform.database)
    platform.showcases.append(EventShowcase())
    platform.topics.extend(event_topics())
    platform.custodians.append(EventCustodian(platform, services.posts))
    platform.role_givers.append(roles.GoingRoles())
    platform.running[Feature.EVENTS] = WindingUp(platform.database, services.cancelling)


def _register_deliveries(platform: "Platform", services: Services) -> None:
    deliveries, posts = platform.deliveries, services.posts

    async def post_settled(tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        await posts.settled(tx, delivery, outcome, clock.now())
        await services.followers.tell_of_post(tx, delivery, outcome)

    deliveries.register(f"{KIND}.post", Kind(load=load_post, render=render_post, settled=post_settled))
    deliveries.register(f"{KIND}.edit", Kind(load=load_post, render=render_post, settled=posts.edited))
    deliveries.register(roles.ROLE, Kind(load=roles.load_role, render=None, settled=Diary(platform.ledger).settled))
    deliveries.register(calls.OFFERED, Kind(load=calls.load_offer, render=render_offer, settled=calls.offered))
    deliveries.register(
        calls.OFFERED_DIRECTLY, Kind(load=calls.load_offer, render=render_offer, settled=calls.not_reached)
    )
    deliveries.register(calls.OFFERED_EDIT, Kind(load=calls.load_nobody, render=render_nobody))
