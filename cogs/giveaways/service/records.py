"""Giveaways as the rest of the feature sees them: frozen values instead of rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.errors import NotFound
from bot.i18n import t
from bot.posts import Post
from cogs.giveaways.rules.terms import Claim, Repeats, Terms
from cogs.giveaways.tables import KIND, Giveaway, Source, State


@dataclass(frozen=True, slots=True)
class GiveawayInfo:
    """A giveaway at one instant. ``claim_within`` is the time a winner has, ``claim_until`` a date instead of it.

    ``snapshot`` and ``per_token`` belong to airdrops; ``drawn_winners`` is how many won before more places were added.
    """

    id: int
    guild_id: int
    number: int
    public_id: str
    commitment: str
    source: Source
    state: State
    revision: int
    organiser_id: int | None
    prize: str
    description: str | None
    picture_id: int | None
    winners: int
    terms: Terms
    claim: Claim
    claim_within: timedelta | None
    claim_until: datetime | None
    ping_role: int | None
    zone: str
    repeats: Repeats | None
    starts_at: datetime
    opened_at: datetime | None
    closes_at: datetime
    ended_early: bool
    entry_count: int
    digest: str | None
    entries: int | None
    tickets: int | None
    round: int | None
    trusted: dict[str, Any] | None
    beacon_failing_since: datetime | None
    drawn_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    snapshot: dict[str, Any] | None = None
    per_token: bool = False
    drawn_winners: int | None = None
    corrected_at: datetime | None = None


def info(row: Giveaway) -> GiveawayInfo:
    """Return a row's values."""
    return GiveawayInfo(
        id=row.id,
        guild_id=row.guild_id,
        number=row.number,
        public_id=row.public_id,
        commitment=row.commitment,
        source=row.source,
        state=row.state,
        revision=row.revision,
        organiser_id=row.organiser_id,
        prize=row.prize,
        description=row.description,
        picture_id=row.picture_id,
        winners=row.winners,
        terms=Terms.from_json(row.terms),
        claim=row.claim,
        claim_within=None if row.claim_seconds is None else timedelta(seconds=row.claim_seconds),
        claim_until=row.claim_until,
        ping_role=row.ping_role,
        zone=row.zone,
        repeats=row.repeats,
        starts_at=row.starts_at,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        ended_early=row.ended_early,
        entry_count=row.entry_count,
        digest=row.digest,
        entries=row.entries,
        tickets=row.tickets,
        round=row.round,
        trusted=row.trusted,
        beacon_failing_since=row.beacon_failing_since,
        drawn_at=row.drawn_at,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        snapshot=row.snapshot,
        per_token=row.per_token,
        drawn_winners=row.drawn_winners,
        corrected_at=row.corrected_at,
    )


async def giveaway_of(session: AsyncSession, guild_id: int, key: int, *, lock: bool = False) -> Giveaway:
    """Return a giveaway of this server by its key; raises NotFound for another server's, as if it did not exist."""
    row = await session.get(Giveaway, key, with_for_update=lock)
    if row is None or row.guild_id != guild_id:
        raise NotFound(t("giveaway.not_found"))
    return row


async def giveaway_numbered(session: AsyncSession, guild_id: int, typed: str) -> Giveaway:
    """Return the giveaway an option names, by the number people see; raises NotFound with what was typed."""
    digits = typed.strip().removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        query = select(Giveaway).where(Giveaway.guild_id == guild_id, Giveaway.number == int(digits))
        row = (await session.scalars(query)).one_or_none()
        if row is not None:
            return row
    raise NotFound(t("giveaway.no_such_number", value=typed))


async def post_url(session: AsyncSession, row: Giveaway) -> str | None:
    """Return the address of a giveaway's first post that is there."""
    query = select(Post).where(
        Post.kind == KIND, Post.subject == row.id, Post.message_id.is_not(None), Post.lost.is_(False)
    )
    post = (await session.scalars(query.order_by(Post.id).limit(1))).one_or_none()
    return None if post is None else markup.jump(row.guild_id, post.channel_id, post.message_id or 0)
