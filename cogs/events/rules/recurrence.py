"""When the dates of an event are: rules on the clock of its place, by python-dateutil, and what a change does to them.

A *slot* is a naive wall-clock time at which a rule puts a date. Its instant keeps to the clock on the wall: a time that
does not exist that night moves forward by the gap, one that exists twice is the first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from bot.times import at_wall_clock

Zone = ZoneInfo | timezone

WORKDAYS: Final = (0, 1, 2, 3, 4)
LAST: Final = -1
LAST_DAY: Final = 31
MOST_INTERVAL: Final = 99
# Covers the difference of any two zones and the longest gap there has been (Samoa left out a day).
_MARGIN: Final = timedelta(days=2)
_DAY_NAMES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Rule:
    """How often an event takes place.

    Every ``interval`` days; or weeks, on ``weekdays`` (Monday is 0); or months, on the ``day`` (the last one of months
    that are too short) or on the ``nth`` (1 to 4, or LAST) of the one weekday. ``until`` is the latest slot there can
    be, naive. Without weekdays or a day they are those of the start: :func:`anchored`.
    """

    every: Every
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    day: int | None = None
    nth: int | None = None
    until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the rule as JSON values, without what it does not have."""
        values: dict[str, Any] = {"every": self.every.value}
        if self.interval != 1:
            values["interval"] = self.interval
        if self.weekdays:
            values["weekdays"] = list(self.weekdays)
        if self.day is not None:
            values["day"] = self.day
        if self.nth is not None:
            values["nth"] = self.nth
        if self.until is not None:
            values["until"] = self.until.isoformat()
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Rule":
        """Read what :meth:`to_json` wrote."""
        until = values.get("until")
        return cls(
            every=Every(values["every"]),
            interval=values.get("interval", 1),
            weekdays=tuple(values.get("weekdays", ())),
            day=values.get("day"),
            nth=values.get("nth"),
            until=None if until is None else datetime.fromisoformat(until),
        )

    @property
    def is_workdays(self) -> bool:
        return self.every is Every.WEEK and self.interval == 1 and self.weekdays == WORKDAYS


@dataclass(frozen=True, slots=True)
class Span:
    """A date: where the rule puts it, and from when to when it is, aware UTC."""

    slot: datetime
    starts_at: datetime
    ends_at: datetime


def anchored(rule: Rule, begins: datetime) -> Rule:
    """Return a rule that names its days itself: those of the naive start, where it named none."""
    if rule.every is Every.WEEK and not rule.weekdays:
        return replace(rule, weekdays=(begins.weekday(),))
    if rule.every is Every.MONTH and rule.day is None and rule.nth is None:
        return replace(rule, day=begins.day)
    return rule


def slots(rule: Rule | None, begins: datetime, after: datetime | None = None) -> Iterator[datetime]:
    """Yield slots in order, those later than the naive *after* only; without a rule there is one, the start.

    The start counts where it is a day of the rule; otherwise the first day after it that is.
    """
    if rule is None:
        if after is None or begins > after:
            yield begins
        return
    found = recurrence(anchored(rule, begins), begins)
    yield from found if after is None else found.xafter(after)


def recurrence(rule: Rule, begins: datetime) -> rrule:
    """Return dateutil's form of an anchored rule."""
    match rule.every:
        case Every.DAY:
            return rrule(DAILY, interval=rule.interval, dtstart=begins, until=rule.until)
        case Every.WEEK:
            return rrule(
                WEEKLY, interval=rule.interval, byweekday=rule.weekdays, wkst=0, dtstart=begins, until=rule.until
            )
        case Every.MONTH if rule.nth is not None:
            days = [weekday(day)(rule.nth) for day in rule.weekdays]
            return rrule(MONTHLY, interval=rule.interval, byweekday=days, dtstart=begins, until=rule.until)
        case Every.MONTH:
            # The last of these days that the month has.
            return rrule(
                MONTHLY,
                interval=rule.interval,
                bymonthday=_last_days(rule.day or begins.day),
                bysetpos=-1,
                dtstart=begins,
                until=rule.until,
            )


def rule_text(rule: Rule, begins: datetime, zone: Zone) -> str:
    """Return the value of a calendar's RRULE; UNTIL is in UTC, as RFC 5545 wants it beside a start with a zone."""
    rule = anchored(rule, begins)
    frequency = {Every.DAY: "DAILY", Every.WEEK: "WEEKLY", Every.MONTH: "MONTHLY"}[rule.every]
    parts = [f"FREQ={frequency}"]
    if rule.interval != 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.every is Every.WEEK:
        parts += ["WKST=MO", "BYDAY=" + ",".join(_DAY_NAMES[day] for day in rule.weekdays)]
    elif rule.nth is not None:
        parts.append("BYDAY=" + ",".join(f"{rule.nth}{_DAY_NAMES[day]}" for day in rule.weekdays))
    elif rule.every is Every.MONTH:
        days = ",".join(map(str, _last_days(rule.day or begins.day)))
        parts += [f"BYMONTHDAY={days}", "BYSETPOS=-1"]
    if rule.until is not None:
        parts.append(f"UNTIL={at_wall_clock(rule.until, zone).astimezone(UTC):%Y%m%dT%H%M%SZ}")
    return ";".join(parts)


def span(slot: datetime, length: timedelta, zone: Zone) -> Span:
    """Return the date at a slot; *length* is measured on the wall, so that what ends at 18:00 always does.

    Where the clocks are changed between slot and end so that nothing would be left, it lasts as long as it says.
    """
    starts = at_wall_clock(slot, zone)
    ends = at_wall_clock(slot + length, zone)
    exists = starts.astimezone(zone).replace(tzinfo=None) == slot
    return Span(slot, starts, ends if exists and ends > starts else starts + length)


def spans(
    rule: Rule | None, begins: datetime, length: timedelta, zone: Zone, after: datetime | None = None
) -> Iterator[Span]:
    """Yield the dates of a rule in order; those that start later than the instant *after* only."""
    from_local = None if after is None else after.astimezone(zone).replace(tzinfo=None) - _MARGIN
    for slot in slots(rule, begins, from_local):
        found = span(slot, length, zone)
        if after is None or found.starts_at > after:
            yield found


def cut_before(rule: Rule, begins: datetime, slot: datetime) -> Rule | None:
    """Return the rule as it ends before *slot*; None where nothing would be left of it.

    It ends with the day of its last date, so that this one is still in it when all are moved to a later hour.
    """
    last = None
    for each in slots(rule, begins):
        if each >= slot:
            break
        last = each
    return None if last is None else replace(anchored(rule, begins), until=last.replace(hour=23, minute=59, second=59))


def first_slot(rule: Rule | None, begins: datetime) -> datetime | None:
    """Return the first slot there is; None for a rule that ends before it yields one."""
    return next(slots(rule, begins), None)


def shortest_gap(rule: Rule, begins: datetime) -> timedelta:
    """Return the shortest time on the wall between two dates that follow each other, of the next two years."""
    first = first_slot(replace(rule, until=None), begins)
    if first is None:
        return timedelta.max
    end = first + timedelta(days=731)
    near = [first]
    for slot in slots(replace(anchored(rule, begins), until=None), begins, first):
        near.append(slot)
        if slot > end:
            break
    return min(later - earlier for earlier, later in pairwise(near))


def _last_days(day: int) -> range:
    return range(min(day, 28), day + 1)
