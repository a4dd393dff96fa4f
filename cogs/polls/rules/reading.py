"""Reading what people type and choose for a poll's options; whatever cannot be taken is refused in a sentence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from bot import markup
from bot.drafting.reading import (
    Reader,
    Take,
    Typed,
    length_or_date,
    role_numbers,
    seen,
    short,
    take_ends,
    take_named,
    take_role,
    take_starts,
    take_zone,
    whole_number,
)
from bot.drafting.values import Named
from bot.errors import BadInput
from bot.i18n import t
from cogs.polls.rules.ballots import MAX_OPTIONS, MAX_WEIGHT, MIN_OPTIONS, Kind, Quorum, Secrecy
from cogs.polls.rules.folding import fold
from cogs.polls.rules.options import LONGEST, SHORTEST, Options
from cogs.polls.rules.terms import MAX_WEIGHTS, Results

MAX_QUESTION: Final = 300
MAX_OPTION: Final = 100
# Room for a list of the longest options in a form, each on its line.
MAX_LIST: Final = MAX_OPTIONS * (MAX_OPTION + 1)
SHORTEST_ANSWER: Final = timedelta(hours=1)
LONGEST_ANSWER: Final = timedelta(days=366)
# What a list shows that takes two options at once: who sees what, and when.
SHOWINGS: Final[Mapping[str, tuple[Secrecy, Results]]] = {
    "secret": (Secrecy.SECRET, Results.AFTER),
    "open": (Secrecy.OPEN, Results.AFTER),
    "live": (Secrecy.OPEN, Results.LIVE),
}
NOBODY: Final = "none"
ON: Final = "on"
OFF: Final = "off"
_SEPARATORS: Final = re.compile(r"[\n|｜]")
_MENTION: Final = re.compile(r"<@[&!]?[0-9]{1,20}>|@(?:everyone|here)\b")
_PERSON: Final = re.compile(r"<@(&|!)?([0-9]{1,20})>")
_MOST_QUORUM: Final = 10_000_000

E = TypeVar("E", bound=StrEnum)


def read_question(text: str) -> str:
    """Return a question as one line; raises BadInput when nothing of it can be seen, it is too long, or it mentions."""
    typed = " ".join(markup.clean(text).split())
    mention = _MENTION.search(typed)
    if mention is not None:
        raise BadInput(t("poll.question.mention", value=mention[0]))
    return seen(
        typed,
        MAX_QUESTION,
        blank=t("poll.question.blank"),
        too_long=lambda n: t("poll.question.too_long", length=n, most=MAX_QUESTION),
    )


def read_options(text: str) -> tuple[str, ...]:
    """Read options, one per line or separated by ``|``; raises BadInput for too few or many, long ones, and doubles."""
    found = lines_of(text)
    if not MIN_OPTIONS <= len(found) <= MAX_OPTIONS:
        raise BadInput(t("poll.options.how_many", count=len(found), least=MIN_OPTIONS, most=MAX_OPTIONS))
    for option in found:
        if len(option) > MAX_OPTION:
            raise BadInput(t("poll.options.too_long", option=short(option), length=len(option), most=MAX_OPTION))
    seen: dict[str, str] = {}
    for option in found:
        key = fold(option)
        if key in seen:
            raise BadInput(t("poll.options.same", first=short(seen[key]), second=short(option)))
        seen[key] = option
    return tuple(found)


def read_translation(text: str) -> str:
    """Return a channel's own words for the options, one per line; raises BadInput for what would be no options."""
    found = lines_of(text)
    if len(found) > MAX_OPTIONS:
        raise BadInput(t("poll.options.how_many", count=len(found), least=MIN_OPTIONS, most=MAX_OPTIONS))
    for option in found:
        if len(option) > MAX_OPTION:
            raise BadInput(t("poll.options.too_long", option=short(option), length=len(option), most=MAX_OPTION))
    return "\n".join(found)


def lines_of(text: str) -> list[str]:
    """Return the parts of a list, trimmed; those of which nothing can be seen are left out."""
    lines = [" ".join(part.split()) for part in _SEPARATORS.split(markup.clean(text))]
    return [line for line in lines if not markup.is_blank(line)]


def read_quorum(text: str) -> Quorum:
    """Read ``N`` or ``N%``; raises BadInput for anything else."""
    percent = text.rstrip().endswith(("%", "％"))
    least = whole_number(text.rstrip().rstrip("%％"), 1, 100 if percent else _MOST_QUORUM)
    if least is None:
        raise BadInput(t("poll.quorum.unclear", value=short(text)))
    return Quorum(least, percent)


def read_weight(text: str, role: int) -> int:
    """Return what votes of a role weigh, 1 to 100; raises BadInput for others."""
    found = whole_number(text, 1, MAX_WEIGHT)
    if found is None:
        raise BadInput(t("poll.weights.range", value=short(text), role=markup.role(role), most=MAX_WEIGHT))
    return found


def read_weights(text: str) -> tuple[tuple[int, int], ...]:
    """Read weights of roles, such as ``<@&1>=3, <@&2>=5``; raises BadInput for anything else."""
    found: dict[int, int] = {}
    for role, digits in role_numbers(text, lambda part: t("poll.weights.unclear", value=part)):
        worth = read_weight(digits, role)
        if role in found:
            raise BadInput(t("poll.weights.twice", role=markup.role(role)))
        found[role] = worth
    return _checked(tuple(found.items()))


def with_weight_roles(options: Options, roles: Sequence[int]) -> Options:
    """Return options with votes of these roles weighing more: as much as before, 2 where a role is new."""
    before = dict(options.weights)
    weights = _checked(tuple((role, before.get(role, 2)) for role in dict.fromkeys(roles)))
    return replace(options, weights=weights, balance=None if weights else options.balance)


def _checked(weights: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    if len(weights) > MAX_WEIGHTS:
        raise BadInput(t("poll.weights.too_many", n=len(weights), most=MAX_WEIGHTS))
    return weights


def names_roles(text: str) -> bool:
    """Whether weights are of roles; otherwise they name a gate rule."""
    return "<@" in text or "=" in text


def read_owner(text: str) -> tuple[bool, int | None, int | None]:
    """Read who owes the answer: whether one is promised, a member's id, a role's id; raises BadInput."""
    if text.casefold() == NOBODY:
        return False, None, None
    match = _PERSON.fullmatch(text)
    if match is None:
        raise BadInput(t("poll.owner.unclear", value=short(text)))
    found = int(match[2])
    return (True, None, found) if match[1] == "&" else (True, found, None)


def read_answer_time(text: str, zone: str, reader: Reader) -> timedelta | datetime:
    """Return how long after closing an answer is due, or when; a number alone counts days, a day alone ends with it."""
    return length_or_date(
        text,
        zone,
        reader,
        (SHORTEST_ANSWER, LONGEST_ANSWER),
        lambda least: t("poll.answer_by.too_short", value=short(text), least=least),
    )


def _take_question(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, question=read_question(str(value)) if value else None)


def _take_options(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, choices=read_options(str(value)) if value else ())


def _take_max_choices(options: Options, value: Typed, reader: Reader) -> Options:
    if value == "":
        return replace(options, max_choices=None)
    most = whole_number(str(value), 1, MAX_OPTIONS)
    if most is None:
        raise BadInput(t("poll.max_choices.unclear", value=short(str(value)), most=MAX_OPTIONS))
    return replace(options, max_choices=most)


def _take_weights(options: Options, value: Typed, reader: Reader) -> Options:
    if isinstance(value, Named):
        return replace(options, weights=(), balance=value)
    return replace(options, weights=read_weights(str(value)), balance=None)


def _take_balance(options: Options, value: Typed, reader: Reader) -> Options:
    found = value if isinstance(value, Named) else None
    return replace(options, balance=found, weights=options.weights if found is None else ())


def _take_quorum(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, quorum=read_quorum(str(value)) if value else None)


def _take_threshold(options: Options, value: Typed, reader: Reader) -> Options:
    if value == "":
        return replace(options, threshold=None)
    percent = whole_number(str(value).rstrip("%％"), 1, 100)
    if percent is None:
        raise BadInput(t("poll.threshold.unclear", value=short(str(value))))
    return replace(options, threshold=percent)


def _take_showing(options: Options, value: Typed, reader: Reader) -> Options:
    if value not in SHOWINGS:
        raise BadInput(t("error.bad_value", value=short(str(value))))
    secrecy, results = SHOWINGS[str(value)]
    return replace(options, secrecy=secrecy, results=results)


def _take_write_ins(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, write_ins=_is_on(value))


def _take_receipts(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, receipts=_is_on(value))


def _is_on(value: Typed) -> bool:
    if value not in (ON, OFF):
        raise BadInput(t("error.bad_value", value=short(str(value))))
    return value == ON


def _take_owner(options: Options, value: Typed, reader: Reader) -> Options:
    promised, user, role = read_owner(str(value)) if value else (True, None, None)
    return replace(options, is_answered=promised, answer_user=user, answer_role=role)


def _take_answer_by(options: Options, value: Typed, reader: Reader) -> Options:
    found = read_answer_time(str(value), options.zone, reader) if value else None
    return replace(
        options,
        answer_within=found if isinstance(found, timedelta) else None,
        answer_by=found if isinstance(found, datetime) else None,
    )


def _take_ends(options: Options, value: Typed, reader: Reader) -> Options:
    return take_ends(options, value, reader, SHORTEST, LONGEST)


def _choice(name: str, kind: type[E]) -> Take[Options]:
    def take(options: Options, value: Typed, reader: Reader) -> Options:
        if value not in list(kind):
            raise BadInput(t("error.bad_value", value=short(str(value))))
        return replace(options, **{name: kind(str(value))})

    return take


# In this order: the zone decides how times are read, the start how the end is.
TAKES: Final[Mapping[str, Take[Options]]] = {
    "question": _take_question,
    "options": _take_options,
    "zone": take_zone,
    "starts": take_starts,
    "ends": _take_ends,
    "kind": _choice("kind", Kind),
    "secrecy": _choice("secrecy", Secrecy),
    "results": _choice("results", Results),
    "showing": _take_showing,
    "max_choices": _take_max_choices,
    "voters": take_role(Options, "voters"),
    "holders_of": take_named(Options, "holders_of"),
    "attended": take_named(Options, "attended"),
    "weights": _take_weights,
    "balance": _take_balance,
    "quorum": _take_quorum,
    "threshold": _take_threshold,
    "write_ins": _take_write_ins,
    "receipts": _take_receipts,
    "answer_owner": _take_owner,
    "answer_by": _take_answer_by,
    "ping": take_role(Options, "ping"),
}
