"""Posting: a giveaway comes to be, opens at its time, and is followed by the next of its series."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.guilds import Purpose, config_of
from bot.ledger.rules import Fact, time_text
from bot.ledger.service import Entry
from bot.numbers import next_number
from bot.posts import Place, Posts
from bot.schedule import Due
from bot.times import at_wall_clock, parse_zone
from cogs.giveaways.rules.draw import commitment
from cogs.giveaways.rules.options import SHORTEST, Proposal, wall_length
from cogs.giveaways.rules.series import Occurrence, next_occurrence
from cogs.giveaways.tables import KIND, Giveaway, State

if TYPE_CHECKING:
    from bot.app import Platform

OPEN: Final = "giveaway.open"
CLOSE: Final = "giveaway.close"


@dataclass(frozen=True, slots=True)
class Fresh:
    """What of a giveaway is random: its id (32 hex digits) and the seed behind its commitment (32 bytes)."""

    public_id: str
    seed: bytes


def fresh() -> Fresh:
    """Draw a new giveaway's id and seed from the system's randomness."""
    return Fresh(secrets.token_hex(16), secrets.token_bytes(32))


class Posting:
    """From a proposal to a giveaway that is open, and on to the next of a series."""

    def __init__(self, platform: "Platform", posts: Posts, new: Callable[[], Fresh] = fresh) -> None:
        self._platform = platform
        self._posts = posts
        self._new = new

    async def post(
        self,
        tx: Transaction,
        guild_id: int,
        organiser_id: int,
        proposal: Proposal,
        places: Sequence[Place],
        random: Fresh,
        now: datetime,
    ) -> Giveaway:
        """Write a giveaway with its posts, what is due, and the ledger's row; one that starts later appears then."""
        excluded = (await config_of(tx.session, guild_id)).place(Purpose.EXCLUDED)
        row = Giveaway(
            guild_id=guild_id,
            number=await next_number(tx, guild_id, KIND),
            state=State.SCHEDULED,
            organiser_id=organiser_id,
            prize=proposal.prize,
            description=proposal.description,
            picture_id=proposal.picture_id,
            winners=proposal.winners,
            terms=proposal.terms(organiser_id, excluded).to_json(),
            claim=proposal.claim,
            claim_seconds=_seconds(proposal.claim_within),
            claim_until=proposal.claim_until,
            ping_role=proposal.ping,
            zone=proposal.zone,
            repeats=proposal.repeat,
            runs_seconds=_seconds(proposal.runs) if proposal.repeat is not None else None,
            created_at=now,
            starts_at=proposal.opens,
            closes_at=proposal.closes,
            **_random(random),
        )
        tx.session.add(row)
        await tx.session.flush()
        if proposal.repeat is not None:
            row.series_id = row.id
        await self._posts.plan(tx, row.id, guild_id, places)
        if proposal.scheduled:
            await self._platform.schedule.put(tx, OPEN, row.id, row.starts_at, guild_id=guild_id)
        else:
            await self._publish(tx, row, now)
        await self._note(tx, row, places, organiser_id, now)
        return row

    async def open(self, due: Due) -> datetime | None:
        """Open a scheduled giveaway, once; returns a later time when it was moved.

        Opened late, it still closes when it was to close. Where less than the shortest running time would be left, it
        has its whole running time from now on instead: nothing was public yet, and nobody could enter otherwise.
        """
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(Giveaway, due.subject, with_for_update=True)
            if row is None or row.state is not State.SCHEDULED:
                return None
            if row.starts_at > now:
                return row.starts_at
            if row.closes_at - now < SHORTEST:
                _postpone(row, now)
            await self._publish(tx, row, now)
        return None

    async def follow(self, tx: Transaction, row: Giveaway, now: datetime) -> None:
        """Write the next of a series, in the transaction that ends *row*; nothing when it is there or there is none.

        A series ends with whoever answers for it: once the organiser is forgotten none follows.
        """
        if row.repeats is None or row.organiser_id is None or await self._followed(tx.session, row):
            return
        first = await tx.session.get(Giveaway, row.series_id) if row.series_id is not None else None
        begun = row.starts_at if first is None else first.starts_at
        planned = wall_length(row.starts_at, row.closes_at, row.zone)
        runs = planned if row.runs_seconds is None else timedelta(seconds=row.runs_seconds)
        when = next_occurrence(row.repeats, begun, row.starts_at, runs, row.zone, now)
        excluded = (await config_of(tx.session, row.guild_id)).place(Purpose.EXCLUDED)
        copy = Giveaway(
            guild_id=row.guild_id,
            number=await next_number(tx, row.guild_id, KIND),
            state=State.SCHEDULED,
            organiser_id=row.organiser_id,
            prize=row.prize,
            description=row.description,
            picture_id=row.picture_id,
            winners=row.winners,
            terms=_with_excluded(row.terms, excluded),
            claim=row.claim,
            claim_seconds=row.claim_seconds,
            claim_until=_moved(row, when),
            ping_role=row.ping_role,
            zone=row.zone,
            repeats=row.repeats,
            runs_seconds=_seconds(runs),
            series_id=row.series_id or row.id,
            series_index=row.series_index + 1,
            created_at=now,
            starts_at=when.opens,
            closes_at=when.closes,
            **_random(self._new()),
        )
        tx.session.add(copy)
        await tx.session.flush()
        places = [
            Place(post.channel_id, post.language, post.title, post.text)
            for post in await self._posts.of(tx.session, row.id)
        ]
        await self._posts.plan(tx, copy.id, row.guild_id, places)
        await self._platform.schedule.put(tx, OPEN, copy.id, copy.starts_at, guild_id=row.guild_id)
        await self._note(tx, copy, places, None, now)

    async def _publish(self, tx: Transaction, row: Giveaway, now: datetime) -> None:
        row.state, row.opened_at = State.OPEN, now.replace(microsecond=0)
        await self._posts.publish(tx, row.id, organiser_id=row.organiser_id, now=now)
        await self._platform.schedule.put(tx, CLOSE, row.id, row.closes_at, guild_id=row.guild_id)

    async def _followed(self, session: AsyncSession, row: Giveaway) -> bool:
        query = select(Giveaway.id).where(
            Giveaway.guild_id == row.guild_id,
            Giveaway.series_id == (row.series_id or row.id),
            Giveaway.series_index > row.series_index,
        )
        return (await session.scalar(query.limit(1))) is not None

    async def _note(
        self, tx: Transaction, row: Giveaway, places: Sequence[Place], actor_id: int | None, now: datetime
    ) -> None:
        facts: dict[str, Fact] = {
            "winners": row.winners,
            "starts": time_text(row.starts_at),
            "ends": time_text(row.closes_at),
            "commitment": row.commitment,
        }
        if places:
            facts["channel"] = str(places[0].channel_id)
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=row.guild_id,
                kind="giveaway.posted",
                actor_id=actor_id,
                subject=f"giveaway:{row.number}",
                texts={"prize": row.prize} | ({"description": row.description} if row.description else {}),
                facts=facts,
            ),
            now=now,
        )


def _random(random: Fresh) -> dict[str, str | bytes]:
    return {"public_id": random.public_id, "seed": random.seed, "commitment": commitment(random.seed)}


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())


def _postpone(row: Giveaway, now: datetime) -> None:
    closes = now.replace(microsecond=0) + (row.closes_at - row.starts_at)
    if row.claim_until is not None and row.claim_until <= closes:
        row.claim_until += closes - row.closes_at
    row.closes_at = closes


def _moved(row: Giveaway, when: Occurrence) -> datetime | None:
    """Return the date claims of the next end, as far behind its opening on the wall clock as this one's."""
    if row.claim_until is None:
        return None
    zone = parse_zone(row.zone)
    behind = wall_length(row.starts_at, row.claim_until, row.zone)
    return at_wall_clock(when.opens.astimezone(zone).replace(tzinfo=None) + behind, zone)


def _with_excluded(terms: dict[str, object], excluded: int | None) -> dict[str, object]:
    """Return terms that also keep out the role the server keeps out by now."""
    held = terms.get("excluded_roles")
    roles: list[object] = [*held] if isinstance(held, list) else []
    if excluded is not None and excluded not in roles:
        roles.append(excluded)
    return {**terms, "excluded_roles": roles} if roles else terms
