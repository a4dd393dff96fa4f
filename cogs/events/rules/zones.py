"""A time zone as a calendar carries it along: every change of its clocks between two instants, found in tzdata."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

from cogs.events.rules.recurrence import Zone

_STEP: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


class Observance(NamedTuple):
    """What clocks show from an instant on."""

    starts_at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_daylight: bool

    @property
    def onset(self) -> datetime:
        """When it begins, naive, as clocks showed it that had not been changed yet (RFC 5545, 3.6.5)."""
        return (self.starts_at + self.before).replace(tzinfo=None)


def put(component: Component, name: str, value: object, **parameters: str) -> None:
    """Add a property to a part of a calendar; icalendar's own way in, with a type."""
    cast("Any", component).add(name, value, parameters=parameters)


def zone_id(zone: Zone) -> str:
    """Return a zone's name in calendars: tzdata's, or the offset, without the colon, which would need quotes."""
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    return f"UTC{datetime(2000, 1, 1, tzinfo=zone):%z}"


@lru_cache(maxsize=64)
def observances(zone: Zone, first: datetime, last: datetime) -> tuple[Observance, ...]:
    """Return what clocks of a zone show at the instant *first*, and every change up to *last*."""
    return tuple(_observances(zone, first, last))


def _observances(zone: Zone, first: datetime, last: datetime) -> Iterator[Observance]:
    offset = _offset(first, zone)
    yield _observance(first, offset, zone)
    at = first
    while at < last:
        following = min(at + _STEP, last)
        if _offset(following, zone) != offset:
            changed = _first_with_another(at, following, zone)
            yield _observance(changed, offset, zone)
            offset = _offset(changed, zone)
            following = changed
        at = following


def _first_with_another(early: datetime, late: datetime, zone: Zone) -> datetime:
    """Return the second, between two instants with different offsets, at which the first offset ends."""
    offset = _offset(early, zone)
    while late - early > _SECOND:
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if _offset(middle, zone) == offset:
            early = middle
        else:
            late = middle
    return late


def _observance(at: datetime, before: timedelta, zone: Zone) -> Observance:
    local = at.astimezone(zone)
    return Observance(at, before, _offset(at, zone), local.tzname() or "", bool(local.dst()))


def _offset(at: datetime, zone: Zone) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def timezone_component(zone: Zone, first: datetime, last: datetime) -> Timezone:
    """Return the VTIMEZONE that is right from *first* to *last*.

    Ours rather than icalendar's, which puts the change in spring an hour late.
    """
    made = Timezone()
    put(made, "tzid", zone_id(zone))
    found = sorted(observances(zone, _year(first), _year(last, 1)), key=lambda each: (each[1:], each.starts_at))
    for _, same in groupby(found, key=lambda each: each[1:]):
        each, *others = same
        part = TimezoneDaylight() if each.is_daylight else TimezoneStandard()
        put(part, "dtstart", each.onset)
        if others:
            put(part, "rdate", [other.onset for other in others])
        put(part, "tzname", each.name)
        put(part, "tzoffsetfrom", each.before)
        put(part, "tzoffsetto", each.after)
        made.add_component(part)
    return made


def _year(at: datetime, later: int = 0) -> datetime:
    return datetime(at.year + later, 1, 1, tzinfo=UTC)
