"""Instants as people type them: ``2 days``, ``tomorrow 20:00``, ``来週金曜20時``, ``2026-12-31 23:59 KST``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale

from bot import markup
from bot.errors import BadInput
from bot.i18n import DEFAULT, languages, t
from bot.times import grammar, zones
from bot.times.folding import fold, quoted
from bot.times.grammar import Reading
from bot.times.lexer import Clock, Date, Slashed, Unclear, tokens
from bot.times.vocabulary import DAY_SECONDS, HalfOfDay
from bot.times.wallclock import settle, written
from bot.times.zones import offset_name, zone_name

YEARS_AHEAD: Final = 5
FURTHEST: Final = timedelta(days=366 * YEARS_AHEAD)
_DISCORD: Final = re.compile(r"<t:([0-9]{1,11})(?::[a-z])?>")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Between two 29 February can lie eight years.
_YEARS_TO_TRY: Final = 9


def parse_instant(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo | timezone,
    relative_to: datetime | None = None,
    language: str = DEFAULT,
) -> datetime:
    """Read an instant after *now*, aware UTC.

    Words of every language are understood; *language* decides between languages that use one word differently. A zone
    in the text goes before *zone*, and ``today`` and the like are days in that zone.

    - A length (``2 days``) is exact (48 hours) and counts from *relative_to*, else from now.
    - A time of day alone is its next occurrence after *relative_to*, else after now.
    - ``friday`` is the first Friday after today; after *relative_to*, whose own day counts while the time is later.
    - ``this friday`` and ``next friday`` are the Fridays of this and the next week; weeks begin on Monday.
    - A date without a year is the next there is.

    Raises BadInput for what is not understood, what is in the past or more than five years ahead, a day without a time
    of day, days and times there are not, and local times that a clock change makes ambiguous or leaves out.
    """
    value = quoted(text)
    # In UTC, since sums in a zone with clock changes are sums on the wall.
    now = now.astimezone(UTC)
    relative_to = relative_to and relative_to.astimezone(UTC)
    try:
        instant = _discord(text)
        if instant is None:
            said = grammar.read(tokens(text, language), value=value)
            instant = _Resolver(said, value, now, zone, relative_to, language).instant()
    except Unclear as unclear:
        if unclear.part:
            raise BadInput(t("time.unknown_word", value=value, part=quoted(unclear.part), date=_example(now))) from None
        raise BadInput(t("time.unclear", value=value, date=_example(now))) from None
    if instant <= now:
        raise BadInput(t("time.past", value=value, when=instant, ago=_about(now - instant)))
    if instant - now > FURTHEST:
        raise _too_far(value)
    return instant


def _discord(text: str) -> datetime | None:
    match = _DISCORD.fullmatch(fold(text))
    return _EPOCH + timedelta(seconds=int(match[1])) if match else None


def _example(now: datetime) -> markup.Markup:
    """Return a date and time that works when it is copied."""
    return markup.code(f"{now + timedelta(days=30):%Y-%m-%d} 20:00")


def _too_far(value: str) -> BadInput:
    return BadInput(t("time.too_far", value=value, n=YEARS_AHEAD))


def _about(length: timedelta) -> timedelta:
    """Leave out what nobody wants to know of a length: the seconds of an hour, the minutes of a day."""
    if length >= timedelta(days=1):
        return length - length % timedelta(hours=1)
    if length >= timedelta(hours=1):
        return length - length % timedelta(minutes=1)
    return max(length - length % timedelta(seconds=1), timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class _TimeOfDay:
    at: time
    days_later: int


@dataclass(frozen=True, slots=True)
class _Resolver:
    """Turns what was said into an instant; Unclear where it does not add up."""

    said: Reading
    value: str
    now: datetime
    default_zone: ZoneInfo | timezone
    relative_to: datetime | None
    language: str

    def instant(self) -> datetime:
        said = self.said
        if said.length is not None and said.clock is None:
            return self._after_length(said.length)
        named = self._zone()
        if said.clock is None:
            raise self._without_clock()
        instant = self._on_day(named.zone, self._time_of_day(said.clock))
        if named.season_of:
            self._check_season(instant, named.zone, named.season_of)
        return instant

    def _zone(self) -> zones.Named:
        folded = self.said.zone
        if folded is None:
            return zones.Named(self.default_zone)
        typed = re.search(re.escape(folded), self.value, re.IGNORECASE)
        return zones.lookup(folded, written=typed.group() if typed else folded)

    def _after_length(self, seconds: Fraction) -> datetime:
        if not self.said.is_length_alone():
            raise Unclear
        if seconds > FURTHEST // timedelta(seconds=1):
            raise _too_far(self.value)
        if seconds < 1:
            raise BadInput(t("time.duration.not_positive", value=self.value))
        return (self.relative_to or self.now) + timedelta(seconds=int(seconds))

    def _without_clock(self) -> BadInput | Unclear:
        said = self.said
        if said.week is not None and said.weekday is None:
            return BadInput(t("time.no_day", value=self.value))
        if said.date is None and said.day is None and said.weekday is None:
            return Unclear()
        return BadInput(t("time.no_clock", value=self.value, example=markup.code(f"{self.value} 20:00")))

    def _time_of_day(self, clock: Clock) -> _TimeOfDay:
        hour = self._hour(clock.hour)
        last = 29 if clock.marked else 24 if clock.minute == clock.second == 0 else 23
        if hour is None or hour > last or clock.minute > 59 or clock.second > 59:
            raise BadInput(t("time.no_such_clock", value=self.value))
        return _TimeOfDay(time(hour % 24, clock.minute, clock.second), hour // 24)

    def _hour(self, hour: int) -> int | None:
        """Return the hour of 24, None where the half of the day does not go with it."""
        match self.said.half_of_day:
            case HalfOfDay.MORNING:
                return hour % 12 if hour <= 12 else None
            case HalfOfDay.AFTERNOON:
                return hour + 12 if hour < 12 else hour
            case HalfOfDay.EVENING:
                # Twelve or one in the evening is noon for nobody, and which midnight is a guess.
                return hour + 12 if 5 <= hour < 12 else hour if hour > 12 else None
            case None:
                return hour

    def _on_day(self, zone: ZoneInfo | timezone, at: _TimeOfDay) -> datetime:
        said = self.said
        if sum(each is not None for each in (said.date, said.day, said.week, said.length)) > 1:
            raise Unclear
        anyday = said.date is said.day is said.week is said.length is said.weekday is None
        if said.midnight and not anyday:
            raise BadInput(t("time.midnight", value=self.value))
        if said.from_now and said.length is None:
            raise Unclear
        if said.date is not None:
            return self._on_date(said.date, zone, at)
        if said.day is not None:
            return self._on_checked(self._today(zone) + timedelta(days=said.day), zone, at)
        if said.week is not None:
            return self._in_week(said.week, zone, at)
        if said.length is not None:
            return self._days_from_now(said.length, zone, at)
        return self._next(zone, at)

    def _today(self, zone: ZoneInfo | timezone) -> date:
        return self.now.astimezone(zone).date()

    def _base(self) -> datetime:
        """Return from when the next of something is looked for: never in the past."""
        return max(self.relative_to or self.now, self.now)

    def _settle(self, day: date, zone: ZoneInfo | timezone, at: _TimeOfDay, after: datetime) -> datetime:
        local = datetime.combine(day + timedelta(days=at.days_later), at.at)
        return settle(local, zone, after=after, value=self.value)

    def _on_checked(self, day: date, zone: ZoneInfo | timezone, at: _TimeOfDay) -> datetime:
        """Settle a day; a weekday said beside it must be its weekday."""
        if self.said.weekday is not None and day.weekday() != self.said.weekday:
            example = markup.code(f"{day} {at.at:%H:%M}")
            raise BadInput(t("time.wrong_weekday", value=self.value, date=day.isoformat(), example=example))
        return self._settle(day, zone, at, self.now)

    def _in_week(self, weeks: int, zone: ZoneInfo | timezone, at: _TimeOfDay) -> datetime:
        if self.said.weekday is None:
            raise BadInput(t("time.no_day", value=self.value))
        today = self._today(zone)
        monday = today - timedelta(days=today.weekday())
        return self._settle(monday + timedelta(weeks=weeks, days=self.said.weekday), zone, at, self.now)

    def _days_from_now(self, seconds: Fraction, zone: ZoneInfo | timezone, at: _TimeOfDay) -> datetime:
        # "2 days 20:00" could be a slip for "2 days, 20 hours": only "in 2 days 20:00" is plain.
        if not self.said.from_now or not self.said.whole_days or self.said.weekday is not None:
            raise Unclear
        if seconds > FURTHEST // timedelta(seconds=1):
            raise _too_far(self.value)
        start = (self.relative_to or self.now).astimezone(zone).date()
        return self._settle(start + timedelta(days=int(seconds / DAY_SECONDS)), zone, at, self.now)

    def _next(self, zone: ZoneInfo | timezone, at: _TimeOfDay) -> datetime:
        """Return the first such time (on the weekday, if one was said) after the base."""
        base = self._base()
        first = base.astimezone(zone).date()
        for ahead in range(-at.days_later, 9):
            day = first + timedelta(days=ahead)
            if self.said.weekday is not None:
                own_day = ahead <= 0 and (self.relative_to is None or ahead < 0)
                if own_day or day.weekday() != self.said.weekday:
                    continue
            instant = self._settle(day, zone, at, base)
            if instant > base:
                return instant
        raise Unclear

    def _on_date(self, said: Date | Slashed, zone: ZoneInfo | timezone, at: _TimeOfDay) -> datetime:
        base = self._base()
        wanted = self._in_order(said) if isinstance(said, Slashed) else said
        if wanted.year is not None:
            return self._on_checked(self._date(wanted.year, wanted.month, wanted.day), zone, at)
        first = base.astimezone(zone).date()
        for day in self._yearly(wanted, first.year):
            # A time that is over today is more likely a slip than meant for next year.
            if day == first or (day > first and self._settle(day, zone, at, base) > base):
                return self._on_checked(day, zone, at)
        raise BadInput(t("time.no_such_date", value=self.value, date=_example(self.now)))

    @staticmethod
    def _yearly(wanted: Date, first_year: int) -> Iterator[date]:
        for year in range(first_year, first_year + _YEARS_TO_TRY):
            try:
                yield date(year, wanted.month, wanted.day)
            except ValueError:
                continue

    def _date(self, year: int, month: int, day: int) -> date:
        if year > self.now.year + YEARS_AHEAD + 1:
            raise _too_far(self.value)
        try:
            found = date(year, month, day)
        except ValueError:
            raise BadInput(t("time.no_such_date", value=self.value, date=_example(self.now))) from None
        # Instants near the beginning of the calendar cannot be put into every zone.
        if found.year < 2:
            raise BadInput(t("time.no_such_date", value=self.value, date=_example(self.now)))
        return found

    def _in_order(self, said: Slashed) -> Date:
        """Decide which of the two numbers is the month, where one can know."""
        first, second = said.first, said.second
        if first == second or second > 12 or self._month_first():
            return Date(said.year, first, second)
        if first > 12:
            return Date(said.year, second, first)
        one, other = (self._meant(said.year, *pair) for pair in ((first, second), (second, first)))
        raise BadInput(t("time.which_date", value=self.value, one=one, other=other))

    def _meant(self, year: int | None, month: int, day: int) -> markup.Markup:
        """Return one of two dates that may have been meant; without a year the next there is."""
        over = (month, day) < (self.now.month, self.now.day)
        return markup.code(f"{year or self.now.year + over}-{month:02}-{day:02}")

    def _month_first(self) -> bool:
        """Whether the language writes the year first, and so nobody takes a day for a month."""
        language = self.language if self.language in languages() else DEFAULT
        return Locale.parse(language).date_formats["short"].pattern.startswith("y")

    def _check_season(self, instant: datetime, zone: ZoneInfo | timezone, place: ZoneInfo) -> None:
        offset, really = (instant.astimezone(each).utcoffset() or timedelta() for each in (zone, place))
        if offset != really:
            local = written(instant.astimezone(zone).replace(tzinfo=None))
            raise BadInput(
                t(
                    "time.zone.season",
                    value=self.value,
                    abbreviation=(self.said.zone or "").upper(),
                    offset=offset_name(offset),
                    place=zone_name(place),
                    really=offset_name(really),
                    say_place=markup.code(f"{local} {zone_name(place)}"),
                    say_offset=markup.code(f"{local} {offset_name(offset)}"),
                )
            )
