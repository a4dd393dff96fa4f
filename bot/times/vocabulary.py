"""The words of times, read from the catalogs, so that a new language needs no code.

Names of weekdays and months come from CLDR.
"""

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from functools import cache
from typing import Final

from babel import Locale

from bot.i18n import DEFAULT, Text, languages, t
from bot.times import zones
from bot.times.folding import alternatives, fold


class Kind(Enum):
    """What a word can be; where it is several things (日 is a day, a date's end, a Sunday), its neighbours tell."""

    UNIT = auto()
    """A unit of time; the value is its seconds, 0 for months and years, which have no one length."""
    ONE = auto()
    HALF = auto()
    FROM_NOW = auto()
    DAY = auto()
    """A day counted from today."""
    EVENING_OF_DAY = auto()
    """The same, and its evening: tonight."""
    WEEK = auto()
    """A week counted from this one."""
    WEEKDAY = auto()
    """Monday is 0."""
    MONTH = auto()
    HALF_OF_DAY = auto()
    """A value of :class:`HalfOfDay`."""
    NOON = auto()
    MIDNIGHT = auto()
    YEAR_MARK = auto()
    MONTH_MARK = auto()
    DAY_MARK = auto()
    HOUR_MARK = auto()
    MINUTE_MARK = auto()
    SECOND_MARK = auto()
    FILLER = auto()
    ZONE = auto()


class HalfOfDay(Enum):
    """What stands beside an hour counted to twelve."""

    MORNING = 0
    AFTERNOON = 1
    EVENING = 2


Meanings = Mapping[Kind, int]

DAY_SECONDS: Final = 86400
_WORDS: Final[tuple[tuple[Text, Kind, int], ...]] = (
    (t("time.words.second"), Kind.UNIT, 1),
    (t("time.words.minute"), Kind.UNIT, 60),
    (t("time.words.hour"), Kind.UNIT, 3600),
    (t("time.words.day"), Kind.UNIT, DAY_SECONDS),
    (t("time.words.week"), Kind.UNIT, 7 * DAY_SECONDS),
    (t("time.words.month"), Kind.UNIT, 0),
    (t("time.words.year"), Kind.UNIT, 0),
    (t("time.words.one"), Kind.ONE, 1),
    (t("time.words.half"), Kind.HALF, 0),
    (t("time.words.from_now"), Kind.FROM_NOW, 0),
    (t("time.words.today"), Kind.DAY, 0),
    (t("time.words.tomorrow"), Kind.DAY, 1),
    (t("time.words.day_after_tomorrow"), Kind.DAY, 2),
    (t("time.words.tonight"), Kind.EVENING_OF_DAY, 0),
    (t("time.words.this_week"), Kind.WEEK, 0),
    (t("time.words.next_week"), Kind.WEEK, 1),
    (t("time.words.week_after_next"), Kind.WEEK, 2),
    (t("time.words.morning"), Kind.HALF_OF_DAY, HalfOfDay.MORNING.value),
    (t("time.words.afternoon"), Kind.HALF_OF_DAY, HalfOfDay.AFTERNOON.value),
    (t("time.words.evening"), Kind.HALF_OF_DAY, HalfOfDay.EVENING.value),
    (t("time.words.noon"), Kind.NOON, 0),
    (t("time.words.midnight"), Kind.MIDNIGHT, 0),
    (t("time.words.mark_year"), Kind.YEAR_MARK, 0),
    (t("time.words.mark_month"), Kind.MONTH_MARK, 0),
    (t("time.words.mark_day"), Kind.DAY_MARK, 0),
    (t("time.words.mark_hour"), Kind.HOUR_MARK, 0),
    (t("time.words.mark_minute"), Kind.MINUTE_MARK, 0),
    (t("time.words.mark_second"), Kind.SECOND_MARK, 0),
    (t("time.words.filler"), Kind.FILLER, 0),
)


@cache
def vocabulary(language: str) -> Mapping[str, Meanings]:
    """Return all words we understand, folded.

    Every language is understood at once; where two use one word for different things, *language* goes first, then
    English.
    """
    ordered = dict.fromkeys(name for name in (language, DEFAULT, *languages()) if name in languages())
    words: dict[str, dict[Kind, int]] = {}
    for name in ordered:
        for word, meanings in _spoken(name).items():
            words.setdefault(word, meanings)
    for word in zones.spellings():
        words.setdefault(word, {Kind.ZONE: 0})
    return words


@cache
def longest_word(language: str) -> int:
    """Return how many characters the longest word has."""
    return max(map(len, vocabulary(language)))


def _spoken(language: str) -> dict[str, dict[Kind, int]]:
    words: dict[str, dict[Kind, int]] = {}
    for text, kind, value in _WORDS:
        for word in alternatives(language, text):
            for spelled in (fold(word), fold(word).replace(" ", "")):
                words.setdefault(spelled, {}).setdefault(kind, value)
    locale = Locale.parse(language)
    for kind, named in ((Kind.WEEKDAY, locale.days), (Kind.MONTH, locale.months)):
        for context in ("format", "stand-alone"):
            shorter, longer = named[context]["abbreviated"], named[context]["wide"]
            for value in longer:
                for word in _shortenings(fold(shorter[value]), fold(longer[value])):
                    words.setdefault(word, {}).setdefault(kind, value)
    return words


def _shortenings(shortest: str, longest: str) -> Iterator[str]:
    """Yield a name from CLDR's abbreviation to its full length; months named by numbers are left to the marks."""
    shortest = shortest.rstrip(".")
    if any(c.isdigit() for c in longest):
        return
    yield longest
    if longest.startswith(shortest):
        yield from (longest[:length] for length in range(len(shortest), len(longest)))
    else:
        yield shortest
