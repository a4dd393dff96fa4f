"""Puts the feature's services together and tells the platform about them."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, Kind, Outcome
from bot.guilds import Feature
from bot.posts import Posts
from bot.sayings import edit_kind
from bot.ui.outgoing import Outgoing
from cogs.polls.render.overview import render_extended
from cogs.polls.render.post import render_post
from cogs.polls.render.result import render_result
from cogs.polls.service import closing as closed
from cogs.polls.service import naming
from cogs.polls.service import opening as opened
from cogs.polls.service.changing import EXTENDED, OPEN, Changing
from cogs.polls.service.closing import Closing
from cogs.polls.service.craft import PollCraft, draft_values
from cogs.polls.service.custody import PollCustodian
from cogs.polls.service.finding import Finding
from cogs.polls.service.loading import Loading
from cogs.polls.service.posting import Posting
from cogs.polls.service.results import ResultsService
from cogs.polls.service.showcase import PollShowcase
from cogs.polls.service.suggesting import Suggesting
from cogs.polls.service.topics import poll_topics
from cogs.polls.service.voting import Voting
from cogs.polls.service.winding_up import WindingUp
from cogs.polls.tables import KIND
from cogs.polls.wiring_heard import HeardServices, build_heard, register_heard

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class Services:
    """One of each service of polls."""

    posts: Posts
    loading: Loading
    posting: Posting
    craft: PollCraft
    voting: Voting
    suggesting: Suggesting
    closing: Closing
    changing: Changing
    finding: Finding
    results: ResultsService
    heard: HeardServices


def build(platform: "Platform") -> Services:
    """Put the services together."""
    posts = Posts(platform.deliveries, KIND)
    voting = Voting(platform)
    heard = build_heard(platform, posts, draft_values)
    closing = Closing(platform, posts, heard.saying, heard.owing.closed)
    posting = Posting(platform, posts)
    return Services(
        posts=posts,
        loading=Loading(platform),
        posting=posting,
        craft=PollCraft(platform, posts, posting, heard.proposing),
        voting=voting,
        suggesting=Suggesting(platform, posts, voting),
        closing=closing,
        changing=Changing(platform, posts, closing, heard.saying),
        finding=Finding(platform),
        results=ResultsService(platform),
        heard=heard,
    )


def register(platform: "Platform", services: Services) -> None:
    """Tell schedule, deliveries and the overviews who handles what."""
    schedule, closing = platform.schedule, services.closing
    schedule.register(OPEN, services.posting.open)
    schedule.register(opened.CLOSE, closing.close)
    schedule.register(closed.COUNT, closing.count)
    schedule.register(closed.WIPE, closing.wipe)
    _register_deliveries(platform, services)
    platform.showcases.append(PollShowcase())
    platform.custodians.append(PollCustodian(platform, services.posts, services.heard.saying))
    platform.running[Feature.POLLS] = WindingUp(platform.database, services.changing)
    platform.topics.extend(poll_topics())
    register_heard(platform, services.heard)


def _register_deliveries(platform: "Platform", services: Services) -> None:
    deliveries, posts, loading, saying = platform.deliveries, services.posts, services.loading, services.heard.saying

    async def post_settled(tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        await posts.settled(tx, delivery, outcome, clock.now())

    deliveries.register(
        f"{KIND}.post",
        Kind(load=loading.post, render=render_post, settled=post_settled, about=naming.about(naming.post)),
    )
    deliveries.register(f"{KIND}.edit", Kind(load=loading.post, render=render_post, settled=posts.edited))
    deliveries.register(
        closed.RESULT,
        Kind(
            load=loading.result,
            render=render_result,
            settled=services.closing.result_settled,
            prepare=saying.prepare,
            about=naming.about(naming.result),
            lock=saying.lock,
        ),
    )
    deliveries.register(edit_kind(closed.RESULT), Kind(load=loading.result, render=_result_anew, settled=saying.edited))
    deliveries.register(
        EXTENDED,
        Kind(
            load=loading.extended,
            render=render_extended,
            prepare=saying.prepare,
            about=naming.about(naming.extended),
        ),
    )


def _result_anew(content: Any, language: str) -> Outgoing:
    """Return a result whose files take the place of those that are there."""
    return replace(render_result(content, language), keep_files=False)
