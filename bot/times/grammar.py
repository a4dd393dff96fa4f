"""What the tokens of a time say together, in whatever order they were written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from bot.errors import BadInput
from bot.i18n import t
from bot.times.folding import quoted
from bot.times.lexer import Clock, Date, Number, Slashed, Token, Unclear, Word, Zone
from bot.times.vocabulary import DAY_SECONDS, HalfOfDay, Kind, Meanings


@dataclass(slots=True)
class Reading:
    """Everything one text said; nothing is said twice."""

    date: Date | Slashed | None = None
    day: int | None = None
    """Days from today."""
    weekday: int | None = None
    week: int | None = None
    """Weeks from this one."""
    clock: Clock | None = None
    half_of_day: HalfOfDay | None = None
    midnight: bool = False
    zone: str | None = None
    """Folded; not yet known to exist."""
    length: Fraction | None = None
    """Seconds."""
    whole_days: bool = True
    """Whether *length* was said in days and weeks only."""
    from_now: bool = False
    """Whether a word says that *length* counts from now (``in``, 後, 뒤)."""

    def is_length_alone(self) -> bool:
        """Whether nothing but a length was said."""
        return replace(self, length=None, whole_days=True, from_now=False) == Reading()


def read(tokens: Sequence[Token], *, value: str) -> Reading:
    """Put the tokens together.

    Raises BadInput, naming *value*, for a unit without a fixed length, and Unclear for all else that does not fit.
    """
    return _Parser(tokens, value).read()


class _Parser:
    """Tries its patterns at each place, longest first: a word's neighbours decide what it means."""

    def __init__(self, tokens: Sequence[Token], value: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._value = value
        self._units: set[int] = set()
        self._reading = Reading()
        self._patterns: Final[tuple[Callable[[], bool], ...]] = (
            self._marked_date, self._named_date, self._marked_clock, self._length, self._hour_of_half, self._single,
        )  # fmt: skip

    def read(self) -> Reading:
        while self._at < len(self._tokens):
            if not any(pattern() for pattern in self._patterns):
                raise Unclear
        return self._reading

    def _number(self, offset: int, digits: int = 2) -> int | None:
        token = self._tokens[self._at + offset] if self._at + offset < len(self._tokens) else None
        if isinstance(token, Number) and token.digits <= digits and token.value.denominator == 1:
            return int(token.value)
        return None

    def _meanings(self, offset: int) -> Meanings:
        token = self._tokens[self._at + offset] if self._at + offset < len(self._tokens) else None
        return token.meanings if isinstance(token, Word) else {}

    def _set_date(self, date: Date | Slashed, used: int) -> bool:
        if self._reading.date is not None:
            raise Unclear
        self._reading.date = date
        self._at += used
        return True

    def _set_clock(self, clock: Clock, used: int) -> bool:
        if self._reading.clock is not None:
            raise Unclear
        self._reading.clock = clock
        self._at += used
        return True

    def _marked_date(self) -> bool:
        """``2026年12月31日``, ``12월 31일``."""
        year = self._number(0, 4) if Kind.YEAR_MARK in self._meanings(1) else None
        start = 0 if year is None else 2
        month, day = self._number(start), self._number(start + 2)
        marked = Kind.MONTH_MARK in self._meanings(start + 1) and Kind.DAY_MARK in self._meanings(start + 3)
        if month is None or day is None or not marked:
            return False
        return self._set_date(Date(year, month, day), start + 4)

    def _named_date(self) -> bool:
        """``31 december 2026``, ``dec 31st``."""
        if Kind.MONTH in self._meanings(0):
            month, day = self._meanings(0)[Kind.MONTH], self._number(1)
            used = 3 if Kind.DAY_MARK in self._meanings(2) else 2
        else:
            day = self._number(0)
            used = 3 if Kind.DAY_MARK in self._meanings(1) else 2
            month = self._meanings(used - 1).get(Kind.MONTH)
        if month is None or day is None:
            return False
        token = self._tokens[self._at + used] if self._at + used < len(self._tokens) else None
        year = self._number(used, 4) if isinstance(token, Number) and token.digits == 4 else None
        return self._set_date(Date(year, month, day), used + (year is not None))

    def _marked_clock(self) -> bool:
        """``20時``, ``8시 30분``, ``8時半``, ``8 o'clock``."""
        hour = self._number(0)
        if hour is None or Kind.HOUR_MARK not in self._meanings(1):
            return False
        if Kind.HALF in self._meanings(2):
            return self._set_clock(Clock(hour, 30, marked=True), 3)
        minute = self._number(2)
        if minute is None or Kind.MINUTE_MARK not in self._meanings(3):
            return self._set_clock(Clock(hour, marked=True), 2)
        second = self._number(4)
        if second is None or Kind.SECOND_MARK not in self._meanings(5):
            return self._set_clock(Clock(hour, minute, marked=True), 4)
        return self._set_clock(Clock(hour, minute, second, marked=True), 6)

    def _length(self) -> bool:
        """``30m``, ``1.5 hours``, ``3日``, ``an hour``, ``1時間半``."""
        token = self._tokens[self._at]
        if not isinstance(token, Number) and Kind.ONE not in self._meanings(0):
            return False
        if Kind.UNIT not in self._meanings(1):
            return False
        unit = self._meanings(1)[Kind.UNIT]
        if unit == 0:
            raise BadInput(t("time.no_fixed_length", value=quoted(self._value)))
        if unit in self._units:
            raise Unclear
        self._units.add(unit)
        count = token.value if isinstance(token, Number) else Fraction(1)
        half = Kind.HALF in self._meanings(2)
        seconds = count * unit + (Fraction(unit, 2) if half else 0)
        self._reading.length = (self._reading.length or 0) + seconds
        self._reading.whole_days &= unit % DAY_SECONDS == 0 and seconds % DAY_SECONDS == 0
        self._at += 3 if half else 2
        return True

    def _hour_of_half(self) -> bool:
        """``8pm``, ``오후 8``: a bare hour beside its half of the day; the word itself is read on its own."""
        hour = self._number(0)
        beside = self._at > 0 and Kind.HALF_OF_DAY in self._meanings(-1)
        if hour is None or not (beside or Kind.HALF_OF_DAY in self._meanings(1)):
            return False
        return self._set_clock(Clock(hour), 1)

    def _single(self) -> bool:
        """Read what means something alone."""
        match self._tokens[self._at]:
            case Date() | Slashed() as date:
                return self._set_date(date, 1)
            case Clock() as clock:
                return self._set_clock(clock, 1)
            case Zone(name) if self._reading.zone is None:
                self._reading.zone = name
            case Word(meanings):
                self._take_word(meanings)
            case _:
                return False
        self._at += 1
        return True

    def _take_word(self, meanings: Meanings) -> None:
        reading = self._reading
        match meanings:
            case {Kind.DAY: days} if reading.day is None:
                reading.day = days
            case {Kind.EVENING_OF_DAY: days} if reading.day is None:
                reading.day = days
                reading.half_of_day = reading.half_of_day or HalfOfDay.EVENING
            case {Kind.WEEK: weeks} if reading.week is None:
                reading.week = weeks
            case {Kind.WEEKDAY: weekday} if reading.weekday is None:
                reading.weekday = weekday
            case {Kind.HALF_OF_DAY: half} if reading.half_of_day in {None, HalfOfDay.EVENING}:
                reading.half_of_day = HalfOfDay(half)
            case {Kind.NOON: _} if reading.clock is None:
                reading.clock = Clock(12)
            case {Kind.MIDNIGHT: _} if reading.clock is None:
                reading.clock, reading.midnight = Clock(0), True
            case {Kind.FROM_NOW: _} if not reading.from_now:
                reading.from_now = True
            case _:
                raise Unclear
