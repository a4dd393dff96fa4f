"""Who is no longer in a server, as far as looking has shown; and who acted since, and so is."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Index, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot import clock
from bot.database import Base, Database, Snowflake, Transaction, insert_for
from bot.ports import Absent, Members, MemberState
from bot.preferences import place_settings

# A freeze and the daily sweep may look within a minute; that is one look.
APART: Final = timedelta(hours=12)
LOOKS: Final = 2
KEPT: Final = timedelta(days=30)
# Whoever is not noted because of this limit is found by the next sweep.
NOTED: Final = 20_000
_CHUNK: Final = 500

log = logging.getLogger(__name__)


class Absence(Base):
    """A member who was not found in a server.

    present --not found--> missed --not found again, half a day later or more--> left --30 days--> erased everywhere
    missed, left --found, or acts--> present (the row goes)

    Invariants: ``left_at`` is set exactly from the second miss on. What could not be read is no miss.
    """

    __tablename__ = "absences"
    __table_args__ = (Index(None, "guild_id", "left_at"),)

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    first_missed_at: Mapped[datetime]
    last_missed_at: Mapped[datetime]
    missed: Mapped[int]
    left_at: Mapped[datetime | None]


async def record(tx: Transaction, guild_id: int, states: Mapping[int, MemberState | Absent], now: datetime) -> None:
    """Take down what reading members showed."""
    await _clear(tx, guild_id, await _found(tx.session, guild_id, states))
    for chunk in _chunks(sorted(user_id for user_id, state in states.items() if state is Absent.LEFT)):
        await _miss(tx, guild_id, chunk, now)


async def _found(session: AsyncSession, guild_id: int, states: Mapping[int, MemberState | Absent]) -> Sequence[int]:
    """Return those who were noted as absent, and are there."""
    if not states:
        return ()
    noted = select(Absence.user_id).where(
        Absence.guild_id == guild_id, Absence.user_id.between(min(states), max(states))
    )
    return [each for each in (await session.scalars(noted)).all() if isinstance(states.get(each), MemberState)]


async def _miss(tx: Transaction, guild_id: int, user_ids: Sequence[int], now: datetime) -> None:
    here = (Absence.guild_id == guild_id, Absence.user_id.in_(user_ids))
    again = (await tx.session.scalars(select(Absence).where(*here).with_for_update())).all()
    for row in again:
        if now - row.last_missed_at < APART:
            continue
        row.missed, row.last_missed_at = row.missed + 1, now
        if row.missed >= LOOKS and row.left_at is None:
            row.left_at = now
    fresh = set(user_ids) - {row.user_id for row in again}
    if fresh:
        new = [
            {"guild_id": guild_id, "user_id": user_id, "first_missed_at": now, "last_missed_at": now, "missed": 1}
            for user_id in sorted(fresh)
        ]
        await tx.session.execute(insert_for(tx.session)(Absence).values(new).on_conflict_do_nothing())


async def _clear(tx: Transaction, guild_id: int, user_ids: Sequence[int]) -> None:
    for chunk in _chunks(user_ids):
        await tx.session.execute(delete(Absence).where(Absence.guild_id == guild_id, Absence.user_id.in_(chunk)))


async def leavers(session: AsyncSession, guild_id: int, after: int, limit: int, now: datetime) -> Sequence[int]:
    """Return ids of members of a server who left 30 days ago or more, ascending from *after*."""
    query = select(Absence.user_id).where(
        Absence.guild_id == guild_id, Absence.left_at <= now - KEPT, Absence.user_id > after
    )
    return (await session.scalars(query.order_by(Absence.user_id).limit(limit))).all()


async def still_gone(tx: Transaction, guild_id: int, user_id: int, now: datetime) -> bool:
    """Lock a leaver's row; False when they came back meanwhile."""
    row = await tx.session.get(Absence, (guild_id, user_id), with_for_update=True, populate_existing=True)
    return row is not None and row.left_at is not None and row.left_at <= now - KEPT


async def drop_stale(tx: Transaction, guild_id: int, now: datetime) -> None:
    """Drop absences of persons about whom nothing is kept any more: no sweep has looked for them for 30 days."""
    await tx.session.execute(
        delete(Absence).where(
            Absence.guild_id == guild_id, Absence.left_at.is_(None), Absence.last_missed_at < now - KEPT
        )
    )


class ReportingMembers:
    """Members as features read them, at a freeze or a redraw; what that shows of absences is taken down on the way."""

    def __init__(self, members: Members, database: Database) -> None:
        self._members = members
        self._database = database

    async def fetch(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, MemberState | Absent]:
        """Read members as :meth:`Members.fetch` does."""
        states = await self._members.fetch(guild_id, user_ids)
        try:
            await self._report(guild_id, states)
        except Exception:
            # The daily sweep looks again; whoever asked is not to be kept from an answer by this.
            log.exception("absences in server %s could not be taken down", guild_id)
        return states

    async def _report(self, guild_id: int, states: Mapping[int, MemberState | Absent]) -> None:
        async with self._database.read() as session:
            news = Absent.LEFT in states.values() or await _found(session, guild_id, states)
        if news:
            async with self._database.write() as tx:
                await record(tx, guild_id, states, clock.now())

    async def role_count(self, guild_id: int, role_id: int) -> int | None:
        return await self._members.role_count(guild_id, role_id)


class Presence:
    """Members who acted lately; kept in memory and written down now and then, since every click passes here."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[tuple[int, int], None] = {}

    def note(self, guild_id: int, user_id: int) -> None:
        """Someone acted in a server, and so is there."""
        if len(self._seen) < NOTED:
            self._seen[guild_id, user_id] = None

    def drop(self, guild_id: int, user_id: int) -> None:
        """Forget that someone acted."""
        self._seen.pop((guild_id, user_id), None)

    async def flush(self) -> None:
        """Write down who acted: they are not absent, and what they set for themselves is used in that server."""
        seen, self._seen = sorted(self._seen), {}
        by_guild: dict[int, list[int]] = {}
        for guild_id, user_id in seen:
            by_guild.setdefault(guild_id, []).append(user_id)
        for guild_id, user_ids in by_guild.items():
            async with self._database.write() as tx:
                await _clear(tx, guild_id, user_ids)
                for chunk in _chunks(user_ids):
                    await place_settings(tx, guild_id, chunk)


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
