"""A time as somebody typed it, cut into numbers, words, and what has a form of its own (``20:00``, ``2026-12-31``)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from bot.times.folding import LONGEST, fold
from bot.times.vocabulary import Kind, Meanings, longest_word, vocabulary


class Unclear(Exception):
    """A text is not one time; *part*, where known, is the piece of it that nobody understands."""

    def __init__(self, part: str = "") -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True, slots=True)
class Number:
    """A number that its neighbours give a meaning; *digits* are those written: ``2026`` can be a year, ``26`` not."""

    value: Fraction
    digits: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word with all it can mean."""

    meanings: Meanings


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar day, not yet known to exist; *year* may have been left out."""

    year: int | None
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Slashed:
    """``03/04``: month and day in an order that depends on where one lives."""

    first: int
    second: int
    year: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, not yet known to exist.

    *marked* is set for those written with words (``25時``), where hours beyond 24 name the small hours of the next day.
    """

    hour: int
    minute: int = 0
    second: int = 0
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """The name of a zone, folded; whether there is one is not yet known."""

    name: str


Token: TypeAlias = Number | Word | Date | Slashed | Clock | Zone

_SKIPPED: Final = re.compile(r"[ ,、。.()\[\]@]+")
_UTC_OFFSET: Final = re.compile(r"(?:utc|gmt) ?[+-] ?[0-9]{1,2}(?::?[0-9]{2})?(?![0-9:])")
_OFFSET: Final = re.compile(r" ?(?:z(?![a-z])|[+-](?:[0-9]{2}:?[0-9]{2}|[0-9]{1,2})(?![0-9:a-z]))")
_ZONE_PATH: Final = re.compile(r"[a-z_]+(?:/[a-z0-9_+-]+)+")
_DATE: Final = re.compile(r"([0-9]{4}) ?([-/.]) ?([0-9]{1,2}) ?\2 ?([0-9]{1,2})(?![0-9])(?:t(?=[0-9]))?")
_SLASHED: Final = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})(?:\2([0-9]{4}))?(?![0-9])")
_DOTTED: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?![0-9])")
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(?![0-9:])")
_NUMBER: Final = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?")
_REST_OF_WORD: Final = re.compile(r"[^ ,]+")


def tokens(text: str, language: str) -> list[Token]:
    """Cut *text* into tokens; raises Unclear with the first piece nobody understands."""
    if len(text) > LONGEST:
        raise Unclear
    return _Lexer(fold(text), language).read()


class _Lexer:
    """Reads from left to right; at each place the forms go before the words, and the longest word wins."""

    def __init__(self, folded: str, language: str) -> None:
        self._text = folded
        self._at = 0
        self._words = vocabulary(language)
        self._longest_word = longest_word(language)
        self._read: list[Token] = []
        self._forms: tuple[Callable[[], Token | None], ...] = (
            self._offset, self._zone_path, self._date, self._clock, self._slashed, self._number, self._word,
        )  # fmt: skip

    def read(self) -> list[Token]:
        self._skip()
        while self._at < len(self._text):
            token = next(filter(None, (form() for form in self._forms)), None)
            if token is None:
                rest = _REST_OF_WORD.match(self._text, self._at)
                part = rest.group() if rest else ""
                raise Unclear("" if part == self._text else part)
            if not (isinstance(token, Word) and Kind.FILLER in token.meanings):
                self._read.append(token)
            self._skip()
        return self._read

    def _skip(self) -> None:
        if match := _SKIPPED.match(self._text, self._at):
            self._at = match.end()

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _offset(self) -> Zone | None:
        after_clock = bool(self._read) and isinstance(self._read[-1], Clock)
        match = self._match(_UTC_OFFSET) or (self._match(_OFFSET) if after_clock else None)
        return Zone(match.group().strip()) if match else None

    def _zone_path(self) -> Zone | None:
        match = self._match(_ZONE_PATH)
        return Zone(match.group()) if match else None

    def _date(self) -> Date | None:
        if match := self._match(_DATE):
            return Date(int(match[1]), int(match[3]), int(match[4]))
        # Where dots part a date that ends with the year, the day goes first everywhere.
        match = self._match(_DOTTED)
        return Date(int(match[3]), int(match[2]), int(match[1])) if match else None

    def _slashed(self) -> Slashed | None:
        match = self._match(_SLASHED)
        return Slashed(int(match[1]), int(match[3]), int(match[4]) if match[4] else None) if match else None

    def _clock(self) -> Clock | None:
        match = self._match(_CLOCK)
        return Clock(int(match[1]), int(match[2]), int(match[3] or 0)) if match else None

    def _number(self) -> Number | None:
        match = self._match(_NUMBER)
        return Number(Fraction(match.group().replace(",", "")), len(match.group())) if match else None

    def _word(self) -> Word | Zone | None:
        furthest = min(self._at + self._longest_word, len(self._text))
        for end in range(furthest, self._at, -1):
            word = self._text[self._at : end]
            if word in self._words and not self._runs_on(end):
                self._at = end
                meanings = self._words[word]
                return Zone(word) if Kind.ZONE in meanings else Word(meanings)
        return None

    def _runs_on(self, end: int) -> bool:
        """Whether the text goes on with a letter of the same word, in scripts that part words by blanks."""
        return end < len(self._text) and all(c.upper() != c.lower() for c in self._text[end - 1 : end + 1])
