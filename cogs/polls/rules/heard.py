"""Being heard: when an answer is due, who is reminded of it when, and what the board's figures are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

USUAL: Final = timedelta(days=7)
"""How long after its closing a poll is answered, where nothing else was promised."""
PROPOSAL_WITHIN: Final = timedelta(days=7)
MOST_PROPOSALS: Final = 3
"""How many proposals of one member may wait at a time."""
MOST_A_DAY: Final = 5
"""How many proposals one member may make in a day, those they took back again included: each is a message."""
CORRECTING: Final = timedelta(minutes=10)
DAY: Final = timedelta(days=1)
AGAIN: Final = timedelta(days=7)
"""A promise that is overdue is recalled this often, until it is reported done."""
PERIOD: Final = timedelta(days=365)
"""The board's figures are about the last year."""

MAX_ANSWER: Final = 1_000
MAX_REASON: Final = 300
MAX_WHY: Final = 500


class Status(StrEnum):
    """What the answer to a poll is; the values are the choices of ``/poll respond``."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    DECLINED = "declined"

    @property
    def promises(self) -> bool:
        """Whether something is then to be done."""
        return self is not Status.DECLINED


class Moment(StrEnum):
    """When someone is reminded: at half time, a day before, when it is due, and later again and again."""

    HALF = "half"
    DAY = "day"
    DUE = "due"


def answer_due(closed_at: datetime, within: timedelta | None, by: datetime | None) -> datetime:
    """Return when the answer to a poll closed at *closed_at* is due.

    A date that has passed by then, since the poll was extended, gives way to the usual time.
    """
    if by is not None and by > closed_at:
        return by
    return closed_at + (within or USUAL)


def reminders(start: datetime, due: datetime) -> dict[Moment, datetime]:
    """Return when someone is reminded of what is due, from *start* on.

    The day before is left out where half time is as late or later.
    """
    half = start + (due - start) / 2
    found = {Moment.HALF: half, Moment.DAY: due - DAY, Moment.DUE: due}
    if found[Moment.DAY] <= half:
        del found[Moment.DAY]
    return found


def overtaken(moment: Moment, start: datetime, due: datetime, now: datetime) -> bool:
    """Whether a reminder is so late, after a downtime, that the next one is due as well."""
    times = reminders(start, due)
    return moment in times and any(times[moment] < when <= now for when in times.values())


@dataclass(frozen=True, slots=True)
class Record:
    """A poll to which an answer was promised: when it closed, when the answer was due, and when it came."""

    closed_at: datetime
    due_at: datetime
    answered_at: datetime | None = None

    @property
    def in_time(self) -> bool:
        return self.answered_at is not None and self.answered_at <= self.due_at


@dataclass(frozen=True, slots=True)
class Figures:
    """How well asking was answered.

    ``due`` counts what was answered or should have been by now, ``in_time`` those of them answered in time;
    ``median_days`` is None without answers. Polls whose answer is not due yet count only once it has come.
    """

    due: int
    in_time: int
    median_days: Fraction | None

    @property
    def percent(self) -> int | None:
        """The share answered in time, rounded down, so that 100 means all; None where nothing was due."""
        return None if not self.due else self.in_time * 100 // self.due


def figures(records: Sequence[Record], now: datetime) -> Figures:
    """Return the board's figures about polls that closed within the last year."""
    recent = [each for each in records if now - PERIOD <= each.closed_at <= now]
    counted = [each for each in recent if each.answered_at is not None or each.due_at <= now]
    waits = sorted(each.answered_at - each.closed_at for each in counted if each.answered_at is not None)
    return Figures(len(counted), sum(each.in_time for each in counted), _median_days(waits))


def _median_days(waits: Sequence[timedelta]) -> Fraction | None:
    if not waits:
        return None
    middle = len(waits) // 2
    pair = waits[middle : middle + 1] if len(waits) % 2 else waits[middle - 1 : middle + 1]
    micros = Fraction(sum(wait // timedelta(microseconds=1) for wait in pair), len(pair))
    return micros / (DAY // timedelta(microseconds=1))
