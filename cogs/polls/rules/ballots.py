"""A poll's rule, and what a ballot under it may be."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

MIN_OPTIONS, MAX_OPTIONS = 2, 25
MAX_WEIGHT = 100
MAX_RATING = 5
SECRET_BALLOTS = 5
"""Below this many ballots a secret poll publishes totals only: ballots side by side would tell too much."""


class Kind(StrEnum):
    """How people choose."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    RANKED = "ranked"
    RATING = "rating"


class Secrecy(StrEnum):
    """Whether it is shown who chose what."""

    SECRET = "secret"  # noqa: S105 (a kind of poll)
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Quorum:
    """The least number of ballots, blank ones included; with *percent*, in hundredths of those eligible."""

    least: int
    percent: bool = False

    def __str__(self) -> str:
        return f"{self.least}%" if self.percent else str(self.least)

    def met(self, ballots: int, eligible: int | None) -> bool | None:
        """Say whether *ballots* are enough; None where that takes the number of those *eligible*, and it is unknown."""
        if not self.percent:
            return ballots >= self.least
        return None if eligible is None else ballots * 100 >= self.least * eligible


@dataclass(frozen=True, slots=True)
class Rule:
    """How a poll is counted.

    *max_choices* limits a `Kind.MULTIPLE` ballot (None: as many as there are options) and is None for other kinds.
    *weights*: whether ballots may weigh other than 1. *threshold* is in percent, 1 to 100.
    """

    kind: Kind
    secrecy: Secrecy = Secrecy.SECRET
    max_choices: int | None = None
    weights: bool = False
    quorum: Quorum | None = None
    threshold: int | None = None


Choices: TypeAlias = tuple[int | None, ...]
"""Indices of options from 0: in ascending order for `Kind.MULTIPLE`, best first for `Kind.RANKED`. For `Kind.RATING`
1 to 5 or None for each option. Empty: blank."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot as it is counted and published.

    *receipt* is None where receipts are off. *voter* is the user id in decimal in an open poll; None in a secret one,
    and once erased.
    """

    receipt: str | None
    choices: Choices
    weight: int = 1
    voter: str | None = None


class Fault(StrEnum):
    """Why choices are not a ballot under a rule; the values are for `ikuzo verify`, in English."""

    UNKNOWN = "it names an option that is not there"
    TWICE = "it names an option twice"
    TOO_MANY = "it names more options than allowed"
    ORDER = "its options are not in ascending order"
    RATINGS = "it must have a rating or null for each option"
    RATING = f"a rating must be from 1 to {MAX_RATING}"
    NOTHING = "it rates nothing, and a blank ballot is []"


def fault(rule: Rule, options: int, choices: Sequence[int | None]) -> Fault | None:
    """Return what is wrong with *choices* among so many *options*, or None for a ballot that may be cast.

    Choices in any order can be brought into theirs by :func:`canonical` first.
    """
    if not choices:
        return None
    if rule.kind is Kind.RATING:
        return _rating_fault(options, choices)
    if any(index is None or not 0 <= index < options for index in choices):
        return Fault.UNKNOWN
    if len(set(choices)) < len(choices):
        return Fault.TWICE
    if len(choices) > most_choices(rule, options):
        return Fault.TOO_MANY
    if rule.kind is Kind.MULTIPLE and list(choices) != sorted(index for index in choices if index is not None):
        return Fault.ORDER
    return None


def _rating_fault(options: int, choices: Sequence[int | None]) -> Fault | None:
    if len(choices) != options:
        return Fault.RATINGS
    if any(rating is not None and not 1 <= rating <= MAX_RATING for rating in choices):
        return Fault.RATING
    return Fault.NOTHING if all(rating is None for rating in choices) else None


def most_choices(rule: Rule, options: int) -> int:
    """Return how many of so many *options* one ballot may name (rate, for `Kind.RATING`)."""
    match rule.kind:
        case Kind.SINGLE:
            return 1
        case Kind.MULTIPLE if rule.max_choices is not None:
            return min(rule.max_choices, options)
        case _:
            return options


def canonical(kind: Kind, choices: Sequence[int | None]) -> Choices:
    """Return *choices* as they are stored and published: sorted where their order means nothing, blank as ``()``."""
    if kind is Kind.MULTIPLE:
        return tuple(sorted(index for index in choices if index is not None))
    if all(choice is None for choice in choices):
        return ()
    return tuple(choices)


def choices_text(choices: Choices) -> str:
    """Return *choices* as compact JSON text, as in the bundle and for `count.count_rows`: ``[2,0]``, ``[5,null]``."""
    return json.dumps(choices, separators=(",", ":"))
