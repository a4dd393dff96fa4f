"""How people type a rule, and how it is said again: the words are in the catalogs, so that a language needs no code."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import product
from math import prod
from typing import Final

from bot.errors import BadInput
from bot.i18n import Text, languages, plain, t
from bot.times.folding import LONGEST, alternatives, fold, quoted
from bot.times.vocabulary import Kind, vocabulary
from cogs.events.rules.recurrence import LAST, LAST_DAY, MOST_INTERVAL, WORKDAYS, Every, Rule

# What a word can be, as one letter each, so that a phrase is a short text that a pattern fits or not.
_WORDS: Final[tuple[tuple[Text, str, int], ...]] = (
    (t("event.repeat.words.daily"), "D", 0),
    (t("event.repeat.words.weekly"), "W", 0),
    (t("event.repeat.words.fortnightly"), "B", 0),
    (t("event.repeat.words.monthly"), "M", 0),
    (t("event.repeat.words.workdays"), "K", 0),
    (t("event.repeat.words.last_day"), "L", 0),
    (t("event.repeat.words.every"), "E", 0),
    (t("event.repeat.words.other"), "O", 0),
    (t("event.repeat.words.day"), "d", 0),
    (t("event.repeat.words.week"), "w", 0),
    (t("event.repeat.words.month"), "m", 0),
    (t("event.repeat.words.before_ordinal"), "p", 0),
    (t("event.repeat.words.after_ordinal"), "s", 0),
    (t("event.repeat.words.day_mark"), "t", 0),
    (t("event.repeat.words.first"), "o", 1),
    (t("event.repeat.words.second"), "o", 2),
    (t("event.repeat.words.third"), "o", 3),
    (t("event.repeat.words.fourth"), "o", 4),
    (t("event.repeat.words.last"), "o", LAST),
    (t("event.repeat.words.filler"), "", 0),
)
_WEEKDAY: Final = "y"
_NUMBER: Final = "n"
# The day of a month: a date, or which of its weekdays.
_IN_MONTH: Final = "(?P<last>o?L|od)|(?P<date>d?nt?)|(?P<nth>pnt?s?y|n[ts]y|oy)"
_FORMS: Final[tuple[tuple[re.Pattern[str], Every | None], ...]] = (
    (re.compile("E?K"), None),
    (re.compile("D|Ed|(?P<other>EOd)|End|ndE"), Every.DAY),
    (re.compile("(?:W|Ew|(?P<other>EOw|B)|Enw|nwE)y*|Ey+|(?P<other2>EO)y+"), Every.WEEK),
    (re.compile(f"(?:M|Em|(?P<other>EOm)|Enm|nmE)(?:{_IN_MONTH})?"), Every.MONTH),
    (re.compile(f"E?(?:{_IN_MONTH})(?:M|Em|m|(?P<other>EOm)|Enm|nmE)|Eoy"), Every.MONTH),
)
_DIGITS: Final = re.compile("[0-9]{1,4}")
_SKIPPED: Final = re.compile(r"[ ,、。・.&/]+")
# A phrase has a handful of words; more of them could be read in too many ways.
_MOST_WAYS: Final = 4096

_WEEKDAYS: Final = (
    t("event.weekday.monday"),
    t("event.weekday.tuesday"),
    t("event.weekday.wednesday"),
    t("event.weekday.thursday"),
    t("event.weekday.friday"),
    t("event.weekday.saturday"),
    t("event.weekday.sunday"),
)
_ORDINALS: Final[Mapping[int, Callable[[Text], Text]]] = {
    1: lambda day: t("event.repeat.first", weekday=day),
    2: lambda day: t("event.repeat.second", weekday=day),
    3: lambda day: t("event.repeat.third", weekday=day),
    4: lambda day: t("event.repeat.fourth", weekday=day),
    LAST: lambda day: t("event.repeat.last", weekday=day),
}


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or number with all it can be: letters, and the value under each."""

    meanings: Mapping[str, int]


def read_rule(text: str, language: str) -> Rule:
    """Read how often: ``weekly``, ``every 2 weeks``, ``monthly on the first saturday``, ``平日``, ``매주 금요일``.

    Words of every language are understood; where two use one word differently, *language* goes first. Raises BadInput,
    with the value and examples, for what is no rule.
    """
    refusal = BadInput(t("event.repeat.unclear", value=quoted(text)))
    if len(text) > LONGEST:
        raise refusal
    tokens = _tokens(fold(text), language)
    if tokens is None or prod(len(token.meanings) for token in tokens) > _MOST_WAYS:
        raise refusal
    ways = product(*(token.meanings.items() for token in tokens))
    readings = [rule for way in ways if (rule := _rule(way)) is not None]
    if not readings:
        raise refusal
    rule = readings[0]
    if not 1 <= rule.interval <= MOST_INTERVAL:
        raise BadInput(t("event.repeat.interval", value=quoted(text), most=MOST_INTERVAL))
    if (rule.day is not None and not 1 <= rule.day <= LAST_DAY) or (rule.nth is not None and rule.nth not in _ORDINALS):
        raise refusal
    return rule


def say_rule(rule: Rule) -> Text:
    """Say an anchored rule as people do: *every two weeks on Friday*; its end where it has one."""
    said = _without_end(rule)
    if rule.until is None:
        return said
    return t("event.repeat.until", rule=said, date=f"{rule.until:%Y-%m-%d}")


def offered(begins: datetime) -> Mapping[Rule, str]:
    """Return rules that suit a naive start, to choose from, each with words that are read as it."""
    nth = (begins.day - 1) // 7 + 1
    weekday = Rule(Every.MONTH, weekdays=(begins.weekday(),), nth=nth if nth in _ORDINALS else LAST)
    return {
        Rule(Every.DAY): "daily",
        Rule(Every.WEEK, weekdays=WORKDAYS): "weekdays",
        Rule(Every.WEEK): "weekly",
        Rule(Every.WEEK, 2): "every 2 weeks",
        weekday: plain("en", say_rule(weekday)),
        Rule(Every.MONTH): "monthly",
    }


def _without_end(rule: Rule) -> Text:
    days = [_WEEKDAYS[day] for day in rule.weekdays]
    match rule.every:
        case Every.DAY:
            return t("event.repeat.daily") if rule.interval == 1 else t("event.repeat.days", n=rule.interval)
        case Every.WEEK if rule.is_workdays:
            return t("event.repeat.workdays")
        case Every.WEEK if rule.interval == 1:
            return t("event.repeat.weekly", days=days)
        case Every.WEEK:
            return t("event.repeat.weeks", n=rule.interval, days=days)
        case Every.MONTH:
            on = _in_month(rule, days)
            return (
                t("event.repeat.monthly", on=on)
                if rule.interval == 1
                else t("event.repeat.months", n=rule.interval, on=on)
            )


def _in_month(rule: Rule, days: Sequence[Text]) -> Text:
    if rule.nth is not None:
        return _ORDINALS[rule.nth](days[0])
    if rule.day == LAST_DAY:
        return t("event.repeat.last_day")
    return t("event.repeat.day", day=str(rule.day))


def _tokens(folded: str, language: str) -> list[_Token] | None:
    """Cut a phrase into what its words can be; None where nobody understands a piece of it.

    Longer words go first, but not where nothing then follows: 最終日 is a word of its own, but not in 最終日曜日.
    """
    words = _spoken(language)
    longest = max(map(len, words))
    # From each place on: what the rest is cut into, from the end to the beginning.
    cut: dict[int, list[_Token] | None] = {len(folded): []}
    for at in reversed(range(len(folded))):
        cut[at] = _from(folded, at, words, longest, cut)
    return cut[0] or None


def _from(
    folded: str,
    at: int,
    words: Mapping[str, Mapping[str, int]],
    longest: int,
    cut: Mapping[int, list[_Token] | None],
) -> list[_Token] | None:
    if match := _SKIPPED.match(folded, at):
        return cut[match.end()]
    if match := _DIGITS.match(folded, at):
        rest = cut[match.end()]
        return None if rest is None else [_Token({_NUMBER: int(match.group())}), *rest]
    for end in range(min(at + longest, len(folded)), at, -1):
        meanings, rest = words.get(folded[at:end]), cut[end]
        if meanings is not None and rest is not None and not _runs_on(folded, end):
            return [_Token(meanings), *rest] if meanings else rest
    return None


@cache
def _spoken(language: str) -> Mapping[str, Mapping[str, int]]:
    words: dict[str, dict[str, int]] = {}
    for name in dict.fromkeys([language, *languages()]):
        own: dict[str, dict[str, int]] = {}
        for text, letter, value in _WORDS:
            for word in alternatives(name, text):
                for spelled in (fold(word), fold(word).replace(" ", "")):
                    meanings = own.setdefault(spelled, {})
                    if letter:
                        meanings.setdefault(letter, value)
        for word, meanings in own.items():
            words.setdefault(word, meanings)
    for word, kinds in vocabulary(language).items():
        if Kind.WEEKDAY in kinds:
            words.setdefault(word, {}).setdefault(_WEEKDAY, kinds[Kind.WEEKDAY])
    return words


def _runs_on(text: str, end: int) -> bool:
    """Whether the text goes on with a letter of the same word, in scripts that part words by blanks."""
    return end < len(text) and all(c.upper() != c.lower() for c in text[end - 1 : end + 1])


def _rule(way: Sequence[tuple[str, int]]) -> Rule | None:
    """Return the rule that one way of reading the words comes to; None where it comes to none."""
    letters = "".join(letter for letter, _ in way)
    for pattern, every in _FORMS:
        match = pattern.fullmatch(letters)
        if match is None:
            continue
        if every is None:
            return Rule(Every.WEEK, weekdays=WORKDAYS)
        named = match.groupdict()
        weekdays = tuple(sorted({value for letter, value in way if letter == _WEEKDAY}))
        if every is not Every.MONTH:
            other = bool(named.get("other") or named.get("other2"))
            interval = 2 if other else next((value for letter, value in way if letter == _NUMBER), 1)
            return Rule(every, interval, weekdays)
        return _monthly(way, match, weekdays)
    return None


def _monthly(way: Sequence[tuple[str, int]], match: re.Match[str], weekdays: tuple[int, ...]) -> Rule:
    named = match.groupdict()
    part = next((name for name in ("last", "date", "nth") if named.get(name)), None)
    inside: Sequence[tuple[str, int]] = way[match.start(part) : match.end(part)] if part else ()
    outside = [each for index, each in enumerate(way) if not part or not match.start(part) <= index < match.end(part)]
    interval = 2 if named.get("other") else next((value for letter, value in outside if letter == _NUMBER), 1)
    if part == "last":
        return Rule(Every.MONTH, interval, day=LAST_DAY)
    if part == "date":
        return Rule(Every.MONTH, interval, day=next(value for letter, value in inside if letter == _NUMBER))
    if not weekdays:
        return Rule(Every.MONTH, interval)
    which = next(value for letter, value in way if letter in "no" and (not inside or (letter, value) in inside))
    return Rule(Every.MONTH, interval, weekdays, nth=which)
