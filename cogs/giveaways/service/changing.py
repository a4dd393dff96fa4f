"""A posted giveaway as options again: what may still be changed of it, and the changes of a draft brought in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.drafts import Draft
from bot.errors import WrongState
from bot.guilds import Purpose, config_of
from bot.i18n import t
from bot.posts import Post, Posts
from cogs.giveaways.rules.correcting import changed
from cogs.giveaways.rules.options import Options, Spot
from cogs.giveaways.rules.terms import Terms
from cogs.giveaways.service.records import giveaway_of
from cogs.giveaways.tables import Giveaway, Source, State

BASE: Final = "base"
NUMBER: Final = "number"


@dataclass(frozen=True, slots=True)
class Subject:
    """A posted giveaway that is being changed: as it stands, and as the draft wants it.

    Only what the draft changed is brought in, so that two people changing different things do not undo each other.
    """

    row: Giveaway
    before: Options
    after: Options

    @property
    def opened_at(self) -> datetime | None:
        return self.row.opened_at


def edit_values(row: Giveaway, options: Options) -> dict[str, Any]:
    """Return the values of a draft that changes a giveaway."""
    return {**options.to_json(), BASE: options.to_json(), NUMBER: row.number}


def merged(values: Mapping[str, Any], current: Options) -> Options:
    """Return a giveaway's present options with what a draft changed."""
    mine, base = Options.from_json(values), Options.from_json(values.get(BASE, {}))
    return replace(current, **{name: getattr(mine, name) for name in changed(base, mine)})


async def subject_of(
    session: AsyncSession, posts: Posts, draft: Draft, now: datetime, *, lock: bool = False
) -> Subject:
    """Read what a draft changes; raises WrongState, naming why, when nothing of it may be changed any more."""
    row = await giveaway_of(session, draft.guild_id, draft.subject or 0, lock=lock)
    require_changeable(row, now)
    excluded = (await config_of(session, row.guild_id)).place(Purpose.EXCLUDED)
    before = options_of(row, await posts.of(session, row.id), excluded)
    return Subject(row, before, merged(draft.values, before))


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
