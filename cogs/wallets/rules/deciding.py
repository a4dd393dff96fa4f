"""What becomes of a member's role, given what was found: never taken by accident."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.verdict import Verdict

NEGATIVES: Final = 2
"""Consecutive cycles that must say no before a role is taken."""
BREAKER_COUNT: Final = 5
BREAKER_PERCENT: Final = 20
GIVE_UP_AFTER: Final = 1
"""How often a role that someone else took away is given again."""


class Step(StrEnum):
    """What follows for the role of one member.

    ``CONTEST``: somebody else keeps taking it away, so it is not given again; ``ABANDON``: it was taken away by someone
    else and is not deserved any more either, so only our record of it goes.
    """

    NOTHING = "nothing"
    GIVE = "give"
    WARN = "warn"
    TAKE = "take"
    CONTEST = "contest"
    ABANDON = "abandon"


@dataclass(frozen=True, slots=True)
class Case:
    """A member under a rule, as things stand before the decision.

    ``granted``: we gave the role and mean it to be there; ``taking``: we are about to take it. ``has_role`` is what
    Discord says, None where it did not say. ``counts`` is whether a no counts as one of the cycles: a member's own
    refresh does not. ``final`` is whether it was read at finalized state.
    """

    verdict: Verdict
    has_role: bool | None
    granted: bool
    settled: bool
    taking: bool
    missing: int
    negatives: int
    grace_until: datetime | None
    at_once: bool
    protected: bool
    counts: bool
    final: bool


@dataclass(frozen=True, slots=True)
class Decision:
    step: Step
    negatives: int
    grace_until: datetime | None
    missing: int = 0


def decide(case: Case, grace: timedelta, now: datetime) -> Decision:
    """Decide about one member's role; *grace* is how long it is kept after the first no."""
    match case.verdict:
        case Verdict.YES:
            return _met(case)
        case Verdict.UNKNOWN:
            return Decision(Step.NOTHING, 0, case.grace_until, case.missing)
        case Verdict.NO:
            return _failed(case, grace, now)


def _met(case: Case) -> Decision:
    kept = Decision(Step.NOTHING, 0, None, case.missing)
    if case.taking:
        return replace(kept, step=Step.GIVE)
    if case.has_role is not False:
        # There already, or not to be seen now: what was given by hand is nobody's business here.
        return kept
    if not case.granted:
        return replace(kept, step=Step.GIVE)
    if not case.settled:
        return kept
    if case.missing >= GIVE_UP_AFTER:
        return replace(kept, step=Step.CONTEST)
    return replace(kept, step=Step.GIVE, missing=case.missing + 1)


def _failed(case: Case, grace: timedelta, now: datetime) -> Decision:
    if not case.granted:
        return Decision(Step.NOTHING, 0, None)
    if case.settled and case.has_role is False:
        return Decision(Step.ABANDON, 0, None)
    if case.protected:
        return Decision(Step.NOTHING, 0, None, case.missing)
    if case.at_once:
        return Decision(Step.TAKE, case.negatives, case.grace_until, case.missing)
    negatives = case.negatives + 1 if case.counts else case.negatives
    if case.grace_until is None:
        return Decision(Step.WARN, negatives, now + grace, case.missing)
    over = negatives >= NEGATIVES and now >= case.grace_until and case.final
    return Decision(Step.TAKE if over else Step.NOTHING, negatives, case.grace_until, case.missing)


def breaks(taken: int, holders: int) -> bool:
    """Say whether taking a role from so many of its holders at once is too much to do unasked."""
    return taken > BREAKER_COUNT and taken * 100 > holders * BREAKER_PERCENT
