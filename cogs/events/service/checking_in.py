"""Checking in: six digits that staff show, or staff who tick members; each attendance once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction, insert_for, instant, micros
from bot.errors import BadInput, NotAllowed, WrongState
from bot.guilds import config_of
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_staff
from bot.ports import MemberState
from cogs.events.rules import digits
from cogs.events.rules.kinds import Answer
from cogs.events.service.records import OccurrenceInfo, occurrence_info, occurrence_of
from cogs.events.tables import Attendance, Event, Guess, Occurrence, OccurrenceState, Rsvp

if TYPE_CHECKING:
    from bot.app import Platform

# People come early, and some check in on their way out.
OPENS: Final = timedelta(hours=1)
CLOSES: Final = timedelta(hours=2)
# Staff who forgot may tick members for some time.
TICKS: Final = timedelta(days=7)
MOST_TICKED: Final = 25


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What staff see: the digits of this minute, until when they hold, and how many are there."""

    info: OccurrenceInfo
    digits: str | None
    until: datetime
    present: int
    going: int


@dataclass(frozen=True, slots=True)
class Present:
    """What came of checking in; ``new`` is False for someone who had been."""

    info: OccurrenceInfo
    new: bool


@dataclass(frozen=True, slots=True)
class Ticked:
    """What came of ticking members: who is present now, and who had been before, or is not in the server."""

    info: OccurrenceInfo
    added: Sequence[int]
    before: Sequence[int]
    strangers: Sequence[int]


class CheckingIn:
    """Record who was there."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def show(self, actor: Actor, key: int, now: datetime) -> CheckIn:
        """Return the digits for staff; raises NotAllowed for others, WrongState when nobody can check in."""
        async with self._platform.database.read() as session:
            require_staff(actor, await config_of(session, actor.guild_id))
            row, event = await occurrence_of(session, actor.guild_id, key)
            _check_time(row, event, now, until=TICKS)
            present = await self._count(session, key)
            going = select(func.count()).where(Rsvp.occurrence_id == key, Rsvp.answer == Answer.GOING)
            there = now < row.ends_at + CLOSES
            return CheckIn(
                occurrence_info(row, event),
                digits.digits_at(row.secret, now) if there else None,
                digits.changes_at(now),
                present,
                (await session.scalar(going)) or 0,
            )

    async def check_open(self, actor: Actor, key: int, now: datetime) -> OccurrenceInfo:
        """Return a date at which a member can check in now; raises WrongState otherwise."""
        async with self._platform.database.read() as session:
            row, event = await occurrence_of(session, actor.guild_id, key)
            _check_time(row, event, now, until=CLOSES)
            return occurrence_info(row, event)

    async def enter(self, actor: Actor, key: int, typed: str, now: datetime) -> Present:
        """Check a member in by digits; raises BadInput for wrong ones, NotAllowed after five tries in a minute.

        Tries are counted on disk, so that neither a restart nor another process gives more of them.
        """
        read = digits.read_digits(typed)
        async with self._platform.database.write() as tx:
            row, event = await occurrence_of(tx.session, actor.guild_id, key, lock=True)
            _check_time(row, event, now, until=CLOSES)
            if await tx.session.get(Attendance, (key, actor.user_id)) is not None:
                return Present(occurrence_info(row, event), new=False)
            again_at = await self._try(tx, key, actor.user_id, now)
            if again_at is None and read is not None and digits.matches(row.secret, read, now):
                await self._record(tx, key, [actor.user_id], None, now)
                return Present(occurrence_info(row, event), new=True)
        # After the commit: a try that was refused has been counted.
        if again_at is not None:
            raise NotAllowed(t("event.checkin.too_many", n=digits.TRIES, again=again_at))
        raise BadInput(t("event.checkin.wrong"))

    async def tick(self, actor: Actor, key: int, user_ids: Sequence[int], now: datetime) -> Ticked:
        """Record members as present; raises NotAllowed for who is no staff."""
        async with self._platform.database.read() as session:
            require_staff(actor, await config_of(session, actor.guild_id))
            await occurrence_of(session, actor.guild_id, key)
        wanted = list(dict.fromkeys(user_ids))[:MOST_TICKED]
        states = await self._platform.members.fetch(actor.guild_id, wanted)
        here = [user for user in wanted if isinstance(state := states.get(user), MemberState) and not state.is_bot]
        async with self._platform.database.write() as tx:
            row, event = await occurrence_of(tx.session, actor.guild_id, key, lock=True)
            _check_time(row, event, now, until=TICKS)
            known = select(Attendance.user_id).where(Attendance.occurrence_id == key, Attendance.user_id.in_(here))
            before = set((await tx.session.scalars(known)).all())
            added = [user for user in here if user not in before]
            if added:
                await self._record(tx, key, added, actor.user_id, now)
                await self._note(tx, row, event, actor.user_id, added, now)
        return Ticked(occurrence_info(row, event), added, sorted(before), [user for user in wanted if user not in here])

    async def _try(self, tx: Transaction, key: int, user_id: int, now: datetime) -> datetime | None:
        """Count a try; returns when the next is allowed, where this one comes too soon."""
        guess = await tx.session.get(Guess, (key, user_id), with_for_update=True)
        if guess is None:
            guess = Guess(occurrence_id=key, user_id=user_id, tries=[])
            tx.session.add(guess)
        tries = digits.recent([instant(each) for each in guess.tries], now)
        again_at = digits.again_at(tries, now)
        if again_at is None:
            guess.tries = [micros(each) for each in (*tries, now)][-digits.TRIES :]
        return again_at

    async def _record(self, tx: Transaction, key: int, user_ids: Sequence[int], by: int | None, now: datetime) -> None:
        statement = insert_for(tx.session)(Attendance).on_conflict_do_nothing()
        rows = [
            {"occurrence_id": key, "user_id": user, "at": now, "by": by, "by_staff": by is not None}
            for user in user_ids
        ]
        await tx.session.execute(statement, rows)

    async def _count(self, session: AsyncSession, key: int) -> int:
        return (await session.scalar(select(func.count()).where(Attendance.occurrence_id == key))) or 0

    async def _note(
        self,
        tx: Transaction,
        row: Occurrence,
        event: Event,
        actor_id: int,
        user_ids: Sequence[int],
        now: datetime,
    ) -> None:
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=event.guild_id,
                kind="event.attendance",
                actor_id=actor_id,
                subject=f"event:{event.number}",
                persons={f"attendee_{n}": user for n, user in enumerate(user_ids, start=1)},
                facts={"occurrence": row.ordinal, "count": len(user_ids)},
            ),
            now=now,
        )


def _check_time(row: Occurrence, event: Event, now: datetime, *, until: timedelta) -> None:
    if row.state is OccurrenceState.CANCELLED:
        raise WrongState(t("event.answer.cancelled", title=event.title, reason=row.cancel_reason or ""))
    if now < row.starts_at - OPENS:
        raise WrongState(t("event.checkin.early", opens=row.starts_at - OPENS))
    if now >= row.ends_at + until:
        raise WrongState(t("event.checkin.late", closed=row.ends_at + until))
