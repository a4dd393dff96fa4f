"""Recount a bundle: every step that must hold for the result to be that of its ballots.

The steps, and what they prove and do not prove, are written down in ``docs/verify.md``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from cogs.polls.rules.ballots import SECRET_BALLOTS, Kind, Secrecy
from cogs.polls.rules.bundle import Bundle, order_key
from cogs.polls.rules.recount import Recount, Refused, ballots_fault, counted
from cogs.polls.rules.totals import Totals


class Check(StrEnum):
    """The steps, in order."""

    SHAPE = "shape"
    RULE = "rule"
    RECOUNTABLE = "recountable"
    BALLOTS = "ballots"
    ORDER = "order"
    COUNTS = "counts"
    ROUNDS = "rounds"
    PAIRS = "pairs"
    WINNERS = "winners"
    TIES = "ties"
    TURNOUT = "turnout"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step's verdict; *text* says in English what was found, or what is wrong."""

    check: Check
    passed: bool
    text: str


def check(bundle: Bundle, *, totals: bool = False) -> list[Step]:
    """Return all steps after `Check.SHAPE`, which `parse` has taken; the bundle holds if every one passed.

    *totals* accepts a secret poll that publishes no ballots, since there are so few. Takes the time of one count.
    """
    recount: Recount | Totals = Totals(bundle) if _totals_only(bundle) else Recount(bundle)
    steps: list[tuple[Check, Callable[[], str]]] = [
        (Check.RULE, lambda: _rule(bundle)),
        (Check.RECOUNTABLE, lambda: _recountable(bundle, totals=totals)),
        (Check.BALLOTS, lambda: _ballots(bundle)),
        (Check.ORDER, lambda: _order(bundle)),
        (Check.COUNTS, recount.counts),
        (Check.ROUNDS, recount.rounds),
        (Check.PAIRS, recount.pairs),
        (Check.WINNERS, recount.winners),
        (Check.TIES, recount.ties),
        (Check.TURNOUT, recount.turnout),
        (Check.PASSED, recount.passed),
    ]
    return [_taken(name, step) for name, step in steps]


def _taken(name: Check, step: Callable[[], str]) -> Step:
    try:
        return Step(name, passed=True, text=step())
    except Refused as refused:
        return Step(name, passed=False, text=str(refused))


def _rule(bundle: Bundle) -> str:
    rule = bundle.rule
    if rule.max_choices is not None and rule.kind is not Kind.MULTIPLE:
        raise Refused(f"max_choices is {rule.max_choices}, which a poll of the kind {rule.kind} does not have")
    if rule.weights and rule.secrecy is Secrecy.SECRET:
        raise Refused("a secret poll has weights, which tell who voted what")
    if len(set(bundle.options)) < len(bundle.options):
        raise Refused("two options are the same")
    if bundle.poll.closed_at < bundle.poll.opened_at:
        raise Refused("the poll closed before it opened")
    return f"{rule.kind}, {rule.secrecy}{', with weights' if rule.weights else ''}, {len(bundle.options)} options"


def _totals_only(bundle: Bundle) -> bool:
    return not bundle.ballots and bundle.totals_only


def _recountable(bundle: Bundle, *, totals: bool) -> str:
    published, claimed = len(bundle.ballots), bundle.tally.turnout.ballots
    if bundle.rule.secrecy is Secrecy.OPEN:
        return "all ballots of an open poll are published"
    if _totals_only(bundle):
        few = f"of a secret poll with fewer than {SECRET_BALLOTS} ballots only totals are published"
        if not totals:
            raise Refused(f"not recountable: {few}; --totals accepts that")
        return f"not recountable, which was accepted: {few}"
    if not published:
        raise Refused(f"not recountable: turnout says {counted(claimed, 'ballot')}, and none is there")
    if published < SECRET_BALLOTS:
        raise Refused(f"a secret poll with {counted(published, 'ballot')} publishes them, and must only publish totals")
    return f"all ballots of a secret poll are published, {SECRET_BALLOTS} or more"


def _ballots(bundle: Bundle) -> str:
    if wrong := ballots_fault(bundle):
        raise Refused(wrong)
    if not bundle.ballots:
        return "none is published"
    return f"each of {counted(len(bundle.ballots), 'ballot')} fits the rule"


def _order(bundle: Bundle) -> str:
    ballots = bundle.ballots
    with_receipts = sum(ballot.receipt is not None for ballot in ballots)
    if with_receipts not in (0, len(ballots)):
        raise Refused(f"only {with_receipts} of {len(ballots)} ballots have a receipt")
    for number, (before, after) in enumerate(pairwise(order_key(ballot)[:3] for ballot in ballots), 1):
        if after < before:
            raise Refused(f"ballot {number + 1} belongs before ballot {number}")
        if with_receipts and after == before:
            raise Refused(f"two ballots have the receipt {ballots[number].receipt}")
    voters = [ballot.voter for ballot in ballots if ballot.voter is not None]
    if twice := _repeated(voters):
        raise Refused(f"{twice} voted twice")
    how = "sorted by receipt, none there twice" if with_receipts else "without receipts, sorted by choices and weight"
    erased = len(ballots) - len(voters) if bundle.rule.secrecy is Secrecy.OPEN else 0
    return f"{how}; {counted(erased, 'voter')} erased on request" if erased else how


def _repeated(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
