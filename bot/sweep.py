"""The daily sweep: look whether everyone we know something about is still there, and erase who left 30 days ago."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Index, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from bot import clock
from bot.absences import drop_stale, leavers, record, still_gone
from bot.custodians import forget_person, known_users
from bot.database import Base, Database, Snowflake, Transaction, insert_for
from bot.guilds import GuildRow
from bot.images import drop_unused_pictures
from bot.ledger.service import Ledger
from bot.ports import Absent, Custodian, Members

# A little less than a day, so that the hourly look which takes it up does not slip an hour each day.
AGAIN: Final = timedelta(hours=23, minutes=30)
# Longer than Discord may take for one page of members.
LEASE: Final = timedelta(minutes=10)
PAGE: Final = 100

log = logging.getLogger(__name__)


class Sweep(Base):
    """How far the look at a server's known members has come.

    due --claimed--> running, page by page --last page--> due again in a day
    running --Discord does not answer, or the process died--> due, and goes on after the last page that was recorded

    Invariants: only the holder of an unexpired lease moves ``after``; a page and ``after`` are recorded together.
    """

    __tablename__ = "sweeps"
    __table_args__ = (Index(None, "due_at"),)

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    due_at: Mapped[datetime]
    after: Mapped[Snowflake] = mapped_column(default=0, doc="the last user id of the last page; 0 before the first")
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class Sweeper:
    """Sweep the servers that are ``visible`` to this process, one after the other; ``owner`` is its name."""

    def __init__(
        self,
        database: Database,
        custodians: Sequence[Custodian],
        ledger: Ledger,
        visible: Callable[[int], bool],
        members: Members,
        owner: str,
    ) -> None:
        self._database = database
        self._custodians = custodians
        self._ledger = ledger
        self._visible = visible
        self._members = members
        self._owner = owner

    async def run(self) -> None:
        """Sweep every server that is due, or was begun and not finished."""
        await self._begin()
        after = 0
        while page := await self._due(after):
            for guild_id in page:
                if self._visible(guild_id) and await self._claim(guild_id):
                    await self._guarded(guild_id)
            after = page[-1]

    async def _begin(self) -> None:
        """Give servers that have no row yet one that is due."""
        swept = select(Sweep.guild_id)
        new = select(GuildRow.guild_id).where(GuildRow.left_at.is_(None), GuildRow.guild_id.not_in(swept))
        now = clock.now()
        async with self._database.write() as tx:
            ids = (await tx.session.scalars(new.order_by(GuildRow.guild_id).limit(1_000))).all()
            if ids:
                rows = [{"guild_id": guild_id, "due_at": now, "after": 0} for guild_id in ids]
                await tx.session.execute(insert_for(tx.session)(Sweep).values(rows).on_conflict_do_nothing())

    async def _due(self, after: int) -> Sequence[int]:
        query = select(Sweep.guild_id).where(Sweep.guild_id > after, Sweep.due_at <= clock.now())
        async with self._database.read() as session:
            return (await session.scalars(query.order_by(Sweep.guild_id).limit(PAGE))).all()

    async def _claim(self, guild_id: int) -> bool:
        now = clock.now()
        free = or_(Sweep.lease_until.is_(None), Sweep.lease_until <= now, Sweep.owner == self._owner)
        claim = (
            update(Sweep)
            .where(Sweep.guild_id == guild_id, Sweep.due_at <= now, free)
            .values(owner=self._owner, lease_until=now + LEASE)
            .returning(Sweep.guild_id)
        )
        async with self._database.write() as tx:
            return (await tx.session.scalars(claim)).one_or_none() is not None

    async def _guarded(self, guild_id: int) -> None:
        """Sweep one server; what goes wrong there keeps the others from nothing."""
        try:
            finished = await self._look(guild_id) and await self._erase_leavers(guild_id)
        except Exception:
            log.exception("the sweep of server %s failed", guild_id)
            finished = False
        async with self._database.write() as tx:
            row = await self._mine(tx, guild_id)
            if row is None:
                return
            row.owner = row.lease_until = None
            if finished:
                now = clock.now()
                row.after, row.due_at = 0, now + AGAIN
                await drop_stale(tx, guild_id, now)
                await drop_unused_pictures(tx, guild_id, now)

    async def _mine(self, tx: Transaction, guild_id: int) -> Sweep | None:
        """Lock a server's row and renew the lease; None when another process took over."""
        row = await tx.session.get(Sweep, guild_id, with_for_update=True)
        if row is None or row.owner != self._owner:
            return None
        row.lease_until = clock.now() + LEASE
        return row

    async def _look(self, guild_id: int) -> bool:
        """Read everyone known in a server, page by page; False when Discord stopped answering."""
        async with self._database.read() as session:
            row = await session.get(Sweep, guild_id)
            after = 0 if row is None else row.after
        while True:
            async with self._database.read() as session:
                page = await known_users(session, self._custodians, guild_id, after, PAGE)
            if not page:
                return True
            states = await self._members.fetch(guild_id, page)
            after, now = page[-1], clock.now()
            async with self._database.write() as tx:
                row = await self._mine(tx, guild_id)
                if row is None:
                    return False
                row.after = after
                await record(tx, guild_id, states, now)
            if all(state is Absent.UNKNOWN for state in states.values()):
                return False

    async def _erase_leavers(self, guild_id: int) -> bool:
        """Erase who left 30 days ago and is not there now either; False when Discord stopped answering."""
        after = 0
        while True:
            now = clock.now()
            async with self._database.read() as session:
                page = await leavers(session, guild_id, after, PAGE, now)
            if not page:
                return True
            states = await self._members.fetch(guild_id, page)
            async with self._database.write() as tx:
                await record(tx, guild_id, states, now)
            for user_id in (user_id for user_id, state in states.items() if state is Absent.LEFT):
                async with self._database.write() as tx:
                    if await self._mine(tx, guild_id) is None:
                        return False
                    if await still_gone(tx, guild_id, user_id, now):
                        await forget_person(tx, self._custodians, self._ledger, guild_id, user_id, now)
            after = page[-1]
            if all(state is Absent.UNKNOWN for state in states.values()):
                return False
