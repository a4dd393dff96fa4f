"""The dates of a series: rows for those that are near, and what becomes of them when the series is laid anew."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.times import at_wall_clock, parse_zone
from cogs.events.rules.digits import SECRET_BYTES
from cogs.events.rules.recurrence import Rule, Span, spans
from cogs.events.service.following import Followers, Happening, News
from cogs.events.tables import Event, Occurrence, OccurrenceState

if TYPE_CHECKING:
    from bot.app import Platform

# With an occurrence as subject.
ANNOUNCE: Final = "event.announce"
CLOSE: Final = "event.rsvp_close"
START: Final = "event.start"
END: Final = "event.end"

# Enough for the month that is looked at and the one after it; a daily event fills it to the most there are.
HORIZON: Final = timedelta(days=62)
MOST: Final = 45
LEAST: Final = 2
AHEAD: Final = (OccurrenceState.PLANNED, OccurrenceState.OPEN)
LIVE: Final = (*AHEAD, OccurrenceState.RUNNING)


class Dates:
    """Write the rows of dates, and what is due with them."""

    def __init__(self, platform: "Platform", followers: Followers) -> None:
        self._platform = platform
        self._followers = followers

    async def lay_ahead(self, tx: Transaction, event: Event, now: datetime) -> None:
        """Write the dates that are near and have no row yet; at least two, where the rule has them."""
        taken = set((await tx.session.scalars(select(Occurrence.slot).where(Occurrence.event_id == event.id))).all())
        ahead = await self._count_ahead(tx.session, event, now)
        for each in coming(event, now):
            if ahead >= MOST or (ahead >= LEAST and each.starts_at > now + HORIZON):
                break
            if each.slot.isoformat() not in taken:
                await self.write(tx, event, each, now)
                ahead += 1

    async def write(self, tx: Transaction, event: Event, span: Span, now: datetime) -> Occurrence:
        """Write one date, and what is due for it."""
        last = select(func.max(Occurrence.ordinal)).where(Occurrence.event_id == event.id)
        row = Occurrence(
            event_id=event.id,
            guild_id=event.guild_id,
            ordinal=((await tx.session.scalar(last)) or 0) + 1,
            state=OccurrenceState.PLANNED,
            slot=span.slot.isoformat(),
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            rsvp_closes_at=span.starts_at - timedelta(seconds=event.rsvp_lead_seconds),
            announce_at=announce_at(event, span.starts_at),
            overrides={},
            moved=False,
            capacity=event.capacity,
            secret=secrets.token_bytes(SECRET_BYTES),
            sequence=0,
            changed_at=now,
        )
        tx.session.add(row)
        await tx.session.flush()
        await self.schedule(tx, row, now)
        await self._followers.tell(tx, News(Happening.PLANNED, row, event, now))
        return row

    async def schedule(self, tx: Transaction, row: Occurrence, now: datetime) -> None:
        """Make due what comes next for a date; also after it was moved."""
        schedule = self._platform.schedule
        if row.state is OccurrenceState.PLANNED and row.announce_at is not None:
            await schedule.put(tx, ANNOUNCE, row.id, row.announce_at, guild_id=row.guild_id)
        if row.state is OccurrenceState.OPEN and now < row.rsvp_closes_at < row.starts_at:
            await schedule.put(tx, CLOSE, row.id, row.rsvp_closes_at, guild_id=row.guild_id)
        await schedule.put(tx, START, row.id, row.starts_at, guild_id=row.guild_id)

    async def unschedule(self, tx: Transaction, row: Occurrence) -> None:
        """Have nothing be due for a date any more."""
        for kind in (ANNOUNCE, CLOSE, START, END):
            await self._platform.schedule.drop(tx, kind, row.id)

    async def _count_ahead(self, session: AsyncSession, event: Event, now: datetime) -> int:
        query = select(func.count()).where(
            Occurrence.event_id == event.id, Occurrence.state.in_(AHEAD), Occurrence.starts_at > now
        )
        return (await session.scalar(query)) or 0


def rule_of(event: Event) -> Rule | None:
    """Return an event's rule."""
    return None if event.rule is None else Rule.from_json(event.rule)


def coming(event: Event, now: datetime) -> Iterator[Span]:
    """Yield the dates an event's rule has after *now*."""
    return spans(
        rule_of(event),
        datetime.fromisoformat(event.begins),
        timedelta(seconds=event.length_seconds),
        parse_zone(event.zone),
        after=now,
    )


def leading(ahead: Sequence[Occurrence], event: Event, now: datetime) -> Occurrence:
    """Return the date of which is said what is said of all: the first that the rule has after *now*.

    Of those ahead, that is; where none of them has its turn of the rule still to come, the first there is.
    """
    zone = parse_zone(event.zone)
    coming = [each for each in ahead if at_wall_clock(datetime.fromisoformat(each.slot), zone) > now]
    return min(coming, key=lambda each: each.slot, default=ahead[0])


def announce_at(event: Event, starts_at: datetime) -> datetime | None:
    """Return when a date is announced; None where that is when the one before is over."""
    lead = event.announce_lead_seconds
    return None if lead is None else starts_at - timedelta(seconds=lead)


def first_coming(event: Event, now: datetime, count: int) -> Sequence[Span]:
    """Return the next dates of an event's rule."""
    return list(islice(coming(event, now), count))
