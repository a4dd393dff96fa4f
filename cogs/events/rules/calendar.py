"""Events as a calendar file (RFC 5545), for feeds and attachments.

A series is one VEVENT with an RRULE, and one more for each date that differs from it, where every reader comes to our
dates by that; else each date is a VEVENT of its own. Readers do not agree on dates whose local time does not exist
(RFC 5545 leaves them out, many move them), nor on the end of one that lasts over a change of the clocks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, vRecur, vText
from icalendar import Event as Entry

from bot import markup
from bot.times import at_wall_clock
from cogs.events.rules.recurrence import Rule, Span, Zone, rule_text, spans
from cogs.events.rules.zones import put, timezone_component, zone_id

PRODUCT: Final = "-//Ikuzo//Ikuzo//EN"
DOMAIN: Final = "ikuzo"
REFRESH: Final = timedelta(hours=1)
# How far ahead dates are told one by one, where a rule alone does not tell them.
HORIZON_YEARS: Final = 5
# Nobody moves a single date that is further away.
_BEYOND: Final = timedelta(days=400)


class Status(StrEnum):
    """How certain an entry is; the values are RFC 5545's."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Words:
    """What an entry says; ``url`` leads to the post in Discord."""

    title: str
    description: str = ""
    location: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Date:
    """A date that is told by itself: one of a series that differs from its rule, or any alone."""

    span: Span
    words: Words
    sequence: int
    changed_at: datetime
    status: Status = Status.CONFIRMED


@dataclass(frozen=True, slots=True)
class Series:
    """An event with a rule; ``begins`` is naive in ``zone``, ``dates`` what is known of single dates, by slot."""

    uid: str
    zone: Zone
    begins: datetime
    length: timedelta
    rule: Rule
    words: Words
    sequence: int
    created_at: datetime
    changed_at: datetime
    status: Status = Status.CONFIRMED
    dates: Mapping[datetime, Date] = field(default_factory=dict[datetime, Date])


@dataclass(frozen=True, slots=True)
class Single:
    """One date by itself: an event without a rule, or a date of a series whose others are not told.

    ``of_series`` makes its identity the series' and the slot's together.
    """

    uid: str
    zone: Zone
    created_at: datetime
    date: Date
    of_series: bool = False


Item = Series | Single


def write_calendar(name: str, items: Sequence[Item], *, now: datetime) -> bytes:
    """Return a calendar file; the same for the same items all month long.

    *name* is shown by calendars that subscribe to it.
    """
    calendar = Calendar()
    put(calendar, "prodid", PRODUCT)
    put(calendar, "version", "2.0")
    put(calendar, "calscale", "GREGORIAN")
    put(calendar, "method", "PUBLISH")
    for shown in ("name", "x-wr-calname"):
        put(calendar, shown, vText(" ".join(_clean(name).split())))
    put(calendar, "refresh-interval", REFRESH, VALUE="DURATION")
    put(calendar, "x-published-ttl", "PT1H")
    horizon = datetime(now.year + HORIZON_YEARS, now.month, 1, tzinfo=UTC) + timedelta(days=31)
    entries = [entry for item in items for entry in _entries(item, horizon)]
    for zone, first, last in _zones(items, horizon):
        calendar.add_component(timezone_component(zone, first, last))
    for entry in entries:
        calendar.add_component(entry)
    return calendar.to_ical()


def _zones(items: Iterable[Item], horizon: datetime) -> Iterator[tuple[Zone, datetime, datetime]]:
    """Yield each zone once, with the instants between which its clocks matter."""
    found: dict[str, tuple[Zone, datetime, datetime]] = {}
    for item in items:
        dates = [item.date] if isinstance(item, Single) else list(item.dates.values())
        instants = [instant for date in dates for instant in (date.span.starts_at, date.span.ends_at)]
        if isinstance(item, Series):
            instants += [at_wall_clock(item.begins, item.zone), horizon]
        name = zone_id(item.zone)
        if name in found:
            instants += found[name][1:]
        found[name] = (item.zone, min(instants), max(instants))
    for name in sorted(found):
        yield found[name]


def _entries(item: Item, horizon: datetime) -> Iterator[Entry]:
    match item:
        case Single():
            uid = _slot_uid(item.uid, item.date.span.slot) if item.of_series else _uid(item.uid)
            yield _dated(uid, item.zone, item.created_at, item.date)
        case Series():
            yield from _series(item, horizon)


def _series(series: Series, horizon: datetime) -> Iterator[Entry]:
    told = _differing(series, horizon)
    if told is None:
        yield from _one_by_one(series, horizon)
        return
    first = next(spans(series.rule, series.begins, series.length, series.zone), None)
    if first is None:
        return
    master = _entry(_uid(series.uid), series.words, series.status, series.sequence, series.changed_at)
    put(master, "created", series.created_at)
    _stamp(master, "dtstart", first.starts_at, series.zone)
    # Not DTEND: readers differ in what they take from its distance to the start when a date lasts over a change of
    # the clocks; such dates stand for themselves anyway.
    put(master, "duration", series.length)
    put(master, "rrule", vRecur.from_ical(rule_text(series.rule, series.begins, series.zone)))
    yield master
    for date in told.by_rule:
        entry = _dated(_uid(series.uid), series.zone, series.created_at, date)
        _stamp(entry, "recurrence-id", at_wall_clock(date.span.slot, series.zone), series.zone)
        yield entry
    for date in told.beside:
        yield _dated(_slot_uid(series.uid, date.span.slot), series.zone, series.created_at, date)


def _one_by_one(series: Series, horizon: datetime) -> Iterator[Entry]:
    left = dict(series.dates)
    for each in spans(series.rule, series.begins, series.length, series.zone):
        if each.starts_at >= horizon:
            break
        date = left.pop(each.slot, None) or _by_rule(series, each)
        yield _dated(_slot_uid(series.uid, each.slot), series.zone, series.created_at, date)
    for date in left.values():
        yield _dated(_slot_uid(series.uid, date.span.slot), series.zone, series.created_at, date)


@dataclass(frozen=True, slots=True)
class _Told:
    """Dates that differ from what a rule tells, and those beside it: held before the rule was changed."""

    by_rule: list[Date]
    beside: list[Date]


def _differing(series: Series, horizon: datetime) -> _Told | None:
    """Return the dates that a rule does not tell; None where some local time of it does not exist."""
    told, left = _Told([], []), dict(series.dates)
    for each in spans(series.rule, series.begins, series.length, series.zone):
        if each.starts_at >= horizon and not left:
            break
        if each.starts_at >= horizon + _BEYOND:
            break
        if each.starts_at.astimezone(series.zone).replace(tzinfo=None) != each.slot:
            return None
        plain = _by_rule(series, each)
        date = left.pop(each.slot, plain)
        crosses = _offset(each.starts_at, series.zone) != _offset(each.ends_at, series.zone)
        if crosses or (date.span, date.words, date.status) != (plain.span, plain.words, plain.status):
            told.by_rule.append(date)
    told.beside.extend(left.values())
    return told


def _by_rule(series: Series, each: Span) -> Date:
    return Date(each, series.words, series.sequence, series.changed_at, series.status)


def _dated(uid: str, zone: Zone, created_at: datetime, date: Date) -> Entry:
    entry = _entry(uid, date.words, date.status, date.sequence, date.changed_at)
    put(entry, "created", created_at)
    _stamp(entry, "dtstart", date.span.starts_at, zone)
    _stamp(entry, "dtend", date.span.ends_at, zone)
    return entry


def _entry(uid: str, words: Words, status: Status, sequence: int, changed_at: datetime) -> Entry:
    entry = Entry()
    put(entry, "uid", uid)
    put(entry, "dtstamp", changed_at)
    put(entry, "last-modified", changed_at)
    put(entry, "sequence", sequence)
    put(entry, "status", status.value)
    put(entry, "summary", _clean(words.title))
    if words.description:
        put(entry, "description", _clean(words.description))
    if words.location:
        put(entry, "location", _clean(words.location))
    if words.url is not None:
        put(entry, "url", words.url)
    if status is Status.CANCELLED:
        put(entry, "transp", "TRANSPARENT")
    return entry


def _stamp(entry: Entry, name: str, instant: datetime, zone: Zone) -> None:
    """Add an instant, on the clocks of its zone where they show it once or first, else in UTC."""
    if isinstance(zone, ZoneInfo) and zone.key == "UTC":
        put(entry, name, instant.astimezone(UTC))
        return
    local = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    if at_wall_clock(local, zone) == instant:
        put(entry, name, local, TZID=zone_id(zone))
    else:
        put(entry, name, instant.astimezone(UTC))


def _offset(instant: datetime, zone: Zone) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()


def _uid(uid: str) -> str:
    return f"{uid}@{DOMAIN}"


def _slot_uid(uid: str, slot: datetime) -> str:
    return f"{uid}-{slot:%Y%m%dT%H%M%S}@{DOMAIN}"


def _clean(text: str) -> str:
    """Return a text without what RFC 5545 does not allow in one: controls other than line breaks."""
    return markup.clean(text)
