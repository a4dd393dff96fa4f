"""Deadlines: rows that say what is due when, written with the change that makes it due.

APScheduler is the alarm clock and holds no truth: it wakes the process for the earliest row. See docs/design.md for
why its own job stores are not used.
"""

import asyncio
import logging
import os
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Final

import apscheduler.schedulers.base
import apscheduler.triggers.interval
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Index, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from bot import clock
from bot.database import Base, Database, EnumText, Key, Snowflake, Transaction
from bot.figures import DEADLINE_FAILURES, LATENESS
from bot.shards import Share

LEASE: Final = timedelta(seconds=60)
BATCH: Final = 100
PARALLEL: Final = 8
FIRST_RETRY: Final = timedelta(seconds=5)
LONGEST_RETRY: Final = timedelta(minutes=10)
# Other processes add rows without telling this one; a lone process needs the look only as a safety net.
LOOK_SHARED: Final = timedelta(seconds=5)
LOOK_ALONE: Final = timedelta(minutes=10)

log = logging.getLogger(__name__)


class DeadlineState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"


class Deadline(Base):
    """Something due at an instant, once.

    pending --claimed--> running --handled--> (row deleted, or pending again at a later instant)
    running --failed--> pending, not before a while
    running --lease over (the process died)--> claimed again

    Invariants: one row per (kind, subject). A handler may run twice for one row (death between its commit and the
    row's deletion), so it checks the state of its subject first. Writing the row again while its handler runs makes it
    pending with no owner, and the running handler's end no longer deletes it.
    """

    __tablename__ = "deadlines"
    __table_args__ = (UniqueConstraint("kind", "subject"), Index(None, "state", "wake_at"))

    id: Mapped[Key]
    kind: Mapped[str]
    subject: Mapped[int] = mapped_column(doc="the subject's key in its own table")
    guild_id: Mapped[Snowflake | None]
    due_at: Mapped[datetime]
    wake_at: Mapped[datetime] = mapped_column(
        doc="due_at, or later after a failure; the end of the lease while running"
    )
    state: Mapped[DeadlineState] = mapped_column(EnumText(DeadlineState), default=DeadlineState.PENDING)
    owner: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed deadline as its handler sees it."""

    kind: str
    subject: int
    guild_id: int | None
    due_at: datetime
    attempts: int


# Returns None when done, or the instant at which the same row is due again.
Handler = Callable[[Due], Awaitable[datetime | None]]


class Schedule:
    """Claim what is due, hand it to its handler, wake for the next."""

    def __init__(self, database: Database, share: Share | None = None) -> None:
        self._database = database
        self.share = share or Share()
        self._handlers: dict[str, Handler] = {}
        self._periodic: list[tuple[str, timedelta, Callable[[], Awaitable[None]]]] = []
        self._alarm = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        # A new name each start: a lease of a process that died is recognised as nobody's.
        self.owner = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._runner: asyncio.Task[None] | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._queues: dict[tuple[str, int], deque[Deadline]] = {}
        self._lanes: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(PARALLEL)
        self._again = False
        self._started = False

    def register(self, kind: str, handler: Handler) -> None:
        """Name who handles a kind of deadline; each feature does so once, in its setup."""
        if kind in self._handlers:
            raise ValueError(f"two handlers for deadlines of kind {kind}")
        self._handlers[kind] = handler

    def every(self, name: str, interval: timedelta, job: Callable[[], Awaitable[None]]) -> None:
        """Run *job* periodically while the process lives; for upkeep that may be missed."""
        self._periodic.append((name, interval, job))

    async def put(self, tx: Transaction, kind: str, subject: int, due_at: datetime, *, guild_id: int | None) -> None:
        """Make something due, or due at another instant, with the change that causes it."""
        row = await _row(tx, kind, subject)
        if row is None:
            row = Deadline(kind=kind, subject=subject, guild_id=guild_id, due_at=due_at, wake_at=due_at)
            tx.session.add(row)
        row.due_at = row.wake_at = due_at
        row.state, row.owner, row.attempts = DeadlineState.PENDING, None, 0
        await tx.session.flush()
        tx.after_commit(self.wake)

    async def drop(self, tx: Transaction, kind: str, subject: int) -> None:
        """Make something not due any more."""
        await tx.session.execute(delete(Deadline).where(Deadline.kind == kind, Deadline.subject == subject))

    async def start(self) -> None:
        """Take up what is due, overdue first, and keep going."""
        if self._database.is_sqlite:
            # One process: whoever held these leases is gone.
            async with self._database.write() as tx:
                await tx.session.execute(
                    update(Deadline)
                    .where(Deadline.state == DeadlineState.RUNNING)
                    .values(state=DeadlineState.PENDING, owner=None, wake_at=Deadline.due_at)
                )
        self._started = True
        self._alarm.start()
        look = LOOK_ALONE if self._database.is_sqlite else LOOK_SHARED
        self._set_alarm("look", IntervalTrigger(seconds=int(look.total_seconds())), self._ring)
        for name, interval, job in self._periodic:
            trigger = IntervalTrigger(seconds=int(interval.total_seconds()))
            self._set_alarm(f"every:{name}", trigger, partial(_guarded, name, job))
        self.wake()

    async def stop(self) -> None:
        """Let running handlers finish; claim nothing more."""
        if self._started:
            self._started = False
            self._alarm.shutdown(wait=False)
        while working := [task for task in (self._runner, self._renewal, *self._lanes.values()) if task is not None]:
            await asyncio.wait(working)

    def wake(self) -> None:
        """Look for due rows soon."""
        if not self._started:
            return
        self._again = True
        if self._runner is None:
            self._runner = asyncio.create_task(self._run(), name="schedule")

    async def _run(self) -> None:
        try:
            while self._again and self._started:
                self._again = False
                while self._started and (claimed := await self._claim()):
                    for row in claimed:
                        self._enqueue(row)
                if self._started:
                    await self._arm()
        except Exception:
            log.exception("the schedule could not be read; trying again shortly")
            self._set_alarm("retry", DateTrigger(clock.now() + FIRST_RETRY), self._ring)
        finally:
            self._runner = None

    def _enqueue(self, row: Deadline) -> None:
        """Hand a claimed row on: what concerns one subject in order, different subjects side by side."""
        lane = (row.kind.partition(".")[0], row.subject)
        self._queues.setdefault(lane, deque()).append(row)
        if lane not in self._lanes:
            self._lanes[lane] = asyncio.create_task(self._run_lane(lane), name=f"deadline {lane}")
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew(), name="deadline leases")

    async def _run_lane(self, lane: tuple[str, int]) -> None:
        queue = self._queues[lane]
        try:
            while queue:
                async with self._slots:
                    await self._handle(queue.popleft())
        finally:
            del self._queues[lane], self._lanes[lane]
            if not self._lanes and self._renewal is not None:
                self._renewal.cancel()

    async def _renew(self) -> None:
        """Keep the leases of what runs here; a recheck of very many members outlasts one."""
        try:
            while self._lanes:
                await asyncio.sleep(LEASE.total_seconds() / 3)
                async with self._database.write() as tx:
                    await tx.session.execute(
                        update(Deadline).where(Deadline.owner == self.owner).values(wake_at=clock.now() + LEASE)
                    )
        except asyncio.CancelledError:
            log.debug("nothing runs any more")
        except Exception:
            log.exception("leases could not be renewed")
        finally:
            self._renewal = None

    async def _claim(self) -> list[Deadline]:
        """Take due rows, earliest first; nobody else has them until the lease ends."""
        now = clock.now()
        due = (
            select(Deadline)
            .where(Deadline.wake_at <= now, Deadline.kind.in_(self._handlers))
            .where(self.share.may_take(Deadline.guild_id, Deadline.wake_at, now))
            .order_by(Deadline.due_at, Deadline.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        async with self._database.write() as tx:
            rows = list((await tx.session.scalars(due)).all())
            for row in rows:
                row.state, row.owner, row.wake_at, row.attempts = (
                    DeadlineState.RUNNING,
                    self.owner,
                    now + LEASE,
                    row.attempts + 1,
                )
        return rows

    async def _handle(self, row: Deadline) -> None:
        due = Due(row.kind, row.subject, row.guild_id, row.due_at, row.attempts)
        LATENESS.observe(max(0.0, (clock.now() - row.due_at).total_seconds()))
        try:
            again_at = await self._handlers[row.kind](due)
        except Exception:
            DEADLINE_FAILURES.inc()
            wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(row.attempts - 1, 16))
            log.exception("%s of %s failed (attempt %s); again in %s", row.kind, row.subject, row.attempts, wait)
            await self._finish(row, wake_at=clock.now() + wait, due_at=row.due_at)
        else:
            await self._finish(row, wake_at=again_at, due_at=again_at or row.due_at)

    async def _finish(self, row: Deadline, *, wake_at: datetime | None, due_at: datetime) -> None:
        mine = (Deadline.id == row.id, Deadline.owner == self.owner, Deadline.attempts == row.attempts)
        async with self._database.write() as tx:
            if wake_at is None:
                await tx.session.execute(delete(Deadline).where(*mine))
                return
            attempts = row.attempts if due_at == row.due_at else 0
            await tx.session.execute(
                update(Deadline)
                .where(*mine)
                .values(state=DeadlineState.PENDING, owner=None, wake_at=wake_at, due_at=due_at, attempts=attempts)
            )
            tx.after_commit(self.wake)

    async def _arm(self) -> None:
        """Set the alarm for the earliest row there is."""
        async with self._database.read() as session:
            earliest = await session.scalar(select(func.min(Deadline.wake_at)).where(Deadline.kind.in_(self._handlers)))
        if earliest is not None:
            self._set_alarm("next", DateTrigger(max(earliest, clock.now())), self._ring)

    def _set_alarm(self, name: str, trigger: BaseTrigger, work: Callable[[], Awaitable[None]]) -> None:
        self._alarm.add_job(work, trigger, id=name, replace_existing=True)  # pyright: ignore[reportUnknownMemberType]

    async def _ring(self) -> None:
        self.wake()


async def upcoming(database: Database, *, limit: int = 50) -> list[Deadline]:
    """Return what is due next, earliest first."""
    async with database.read() as session:
        return list((await session.scalars(select(Deadline).order_by(Deadline.due_at, Deadline.id).limit(limit))).all())


async def _row(tx: Transaction, kind: str, subject: int) -> Deadline | None:
    query = select(Deadline).where(Deadline.kind == kind, Deadline.subject == subject).with_for_update()
    return (await tx.session.scalars(query)).one_or_none()


async def _guarded(name: str, job: Callable[[], Awaitable[None]]) -> None:
    try:
        await job()
    except Exception:
        log.exception("the periodic job %s failed", name)


class _AlarmClock(datetime):
    """The instant APScheduler reads, taken from our clock, so that one clock moves everything."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return clock.now().astimezone(tz)


# APScheduler 3 offers no clock to be set: it calls datetime.now() of its own modules.
apscheduler.schedulers.base.datetime = _AlarmClock  # pyright: ignore[reportAttributeAccessIssue, reportPrivateImportUsage]
apscheduler.triggers.interval.datetime = _AlarmClock  # pyright: ignore[reportAttributeAccessIssue, reportPrivateImportUsage]
