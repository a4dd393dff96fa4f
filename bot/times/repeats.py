"""Repetition that keeps to the clock on the wall, whatever happens to offsets."""

from datetime import datetime, timedelta, timezone
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule

from bot.times.wallclock import at_wall_clock


class Repeat(StrEnum):
    """How often something comes back."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    """On the start's day of the month; on the last day of months that are too short."""


def next_repeat(rule: Repeat, start_local: datetime, zone: ZoneInfo | timezone, after: datetime) -> datetime:
    """Return the first occurrence later than *after*, aware UTC; the start itself is the first occurrence.

    *start_local* is the naive local start. Every occurrence is computed from it, so that a clock change or a short
    month moves one occurrence and none of those that follow.
    """
    # Two days cover the difference of any two zones and the longest gap there has been (Samoa left out a day).
    from_local = after.astimezone(zone).replace(tzinfo=None) - timedelta(days=2)
    for local in _occurrences(rule, start_local).xafter(from_local):
        instant = at_wall_clock(local, zone)
        if instant > after:
            return instant
    raise OverflowError("the calendar has ended")


def nth_repeat(rule: Repeat, start_local: datetime, zone: ZoneInfo | timezone, n: int) -> datetime:
    """Return occurrence *n*, counted from 0 at the start, aware UTC."""
    return at_wall_clock(next(islice(_occurrences(rule, start_local), n, None)), zone)


def _occurrences(rule: Repeat, start: datetime) -> rrule:
    match rule:
        case Repeat.DAILY:
            return rrule(DAILY, dtstart=start)
        case Repeat.WEEKLY:
            return rrule(WEEKLY, dtstart=start)
        case Repeat.MONTHLY:
            # The last of these days that the month has.
            return rrule(MONTHLY, dtstart=start, bymonthday=range(min(start.day, 28), start.day + 1), bysetpos=-1)
