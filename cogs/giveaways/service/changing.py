"""A posted giveaway as options again, and whether any of it may still be changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.drafting.values import Spot
from bot.errors import WrongState
from bot.i18n import t
from bot.posts import Post
from cogs.giveaways.rules.options import Options
from cogs.giveaways.rules.terms import Terms
from cogs.giveaways.tables import Giveaway, Source, State


def require_changeable(row: Giveaway, now: datetime) -> None:
    """Raise WrongState unless a giveaway is scheduled or open."""
    match row.state:
        case State.SCHEDULED | State.OPEN if row.source is not Source.ENTRY:
            raise WrongState(t("giveaway.change.airdrop", number=str(row.number)))
        case State.OPEN if row.closes_at <= now:
            raise WrongState(t("giveaway.change.closed", number=str(row.number)))
        case State.SCHEDULED | State.OPEN:
            return
        case State.CLOSING | State.FROZEN:
            raise WrongState(t("giveaway.change.closed", number=str(row.number)))
        case State.DRAWN | State.EMPTY:
            raise WrongState(t("giveaway.change.drawn", number=str(row.number)))
        case State.CANCELLED:
            raise WrongState(t("giveaway.change.cancelled", number=str(row.number)))


def options_of(row: Giveaway, posts: Sequence[Post], server_excluded: int | None) -> Options:
    """Return a giveaway's options as they stand.

    Its own excluded role is the one that is not the server's.
    """
    terms = Terms.from_json(row.terms)
    return Options(
        prize=row.prize,
        description=row.description,
        picture_id=row.picture_id,
        winners=row.winners,
        starts=row.starts_at,
        ends=row.closes_at,
        zone=row.zone,
        required_role=terms.required_role,
        excluded_role=next((role for role in terms.excluded_roles if role != server_excluded), None),
        bonuses=terms.bonuses,
        account_age=terms.account_age,
        member_for=terms.member_for,
        cooldown=terms.cooldown,
        holders_of=terms.holders_of,
        attended=terms.attended,
        claim=row.claim,
        claim_within=None if row.claim_seconds is None else timedelta(seconds=row.claim_seconds),
        claim_until=row.claim_until,
        ping=row.ping_role,
        repeat=row.repeats,
        spots=tuple(Spot(post.channel_id, post.language, post.title, post.text) for post in posts),
    )


def copied(row: Giveaway, posts: Sequence[Post], server_excluded: int | None, zone: str) -> Options:
    """Return a giveaway's options for another like it, which opens when it is posted and runs as long."""
    options = options_of(row, posts, server_excluded)
    planned = row.closes_at - row.starts_at if row.runs_seconds is None else timedelta(seconds=row.runs_seconds)
    # One that was ended early says nothing about how long it was to run.
    runs = None if row.ended_early and row.runs_seconds is None else planned
    return replace(options, starts=None, ends=None, runs=runs, zone=zone, claim_until=None)
