"""The totals of a bundle, held against a count of its ballots."""

from collections.abc import Sequence
from functools import cached_property

from cogs.polls.rules.ballots import MAX_WEIGHT, Ballot, Kind, fault
from cogs.polls.rules.bundle import Bundle
from cogs.polls.rules.count import Tally, count

VERDICTS = {True: "yes", False: "no", None: "unknown"}
"""Whether a poll passed, in a word."""


class Refused(Exception):
    """A step of `check` does not hold; the message says why."""


class Recount:
    """A bundle with its ballots; each method is a step, and raises :class:`Refused` where it does not hold."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.claimed = bundle.tally

    @cached_property
    def tally(self) -> Tally:
        """The ballots counted anew, whatever the bundle claims of them."""
        bundle = self.bundle
        if wrong := ballots_fault(bundle):
            raise Refused(f"nothing can be counted: {wrong}")
        eligible = bundle.tally.turnout.eligible
        return count(bundle.poll.id, len(bundle.options), bundle.rule, bundle.ballots, eligible)

    def counts(self) -> str:
        """Compare the weight of each option."""
        counts, claimed = (tally.counts or tally.ratings for tally in (self.tally, self.claimed))
        for option, (computed, given) in enumerate(zip(counts, claimed, strict=True)):
            if computed != given:
                raise Refused(f"option {option} has {shown(computed)}, and counts says {shown(given)}")
        return f"as counted from the ballots: {', '.join(map(shown, counts))}"

    def rounds(self) -> str:
        """Compare the rounds of a run-off."""
        rounds, claimed = self.tally.rounds, self.claimed.rounds
        if len(rounds) != len(claimed):
            raise Refused(f"there are {counted(len(rounds), 'round')}, and the bundle has {len(claimed)}")
        for number, (computed, given) in enumerate(zip(rounds, claimed, strict=True), 1):
            if computed.counts != given.counts:
                raise Refused(f"round {number} has the counts {shown(computed.counts)}, not {shown(given.counts)}")
            if computed.exhausted != given.exhausted:
                raise Refused(f"in round {number} the weight {computed.exhausted} is exhausted, not {given.exhausted}")
            if computed.eliminated != given.eliminated:
                raise Refused(
                    f"after round {number} {option(computed.eliminated)} goes out, not {option(given.eliminated)}"
                )
        if self.bundle.rule.kind is not Kind.RANKED:
            return "none, since the poll is not ranked"
        return f"{counted(len(rounds), 'round')}, each as counted from the ballots"

    def pairs(self) -> str:
        """Compare the Condorcet and the Schulze winner."""
        tally, claimed = self.tally, self.claimed
        if tally.condorcet != claimed.condorcet:
            raise Refused(f"the Condorcet winner is {option(tally.condorcet)}, not {option(claimed.condorcet)}")
        if tally.schulze != claimed.schulze:
            raise Refused(f"the Schulze winner is {option(tally.schulze)}, not {option(claimed.schulze)}")
        return said_of_pairs(self.bundle)

    def winners(self) -> str:
        """Compare who won."""
        return compare_winner(self.tally.winner, self.claimed.winner)

    def ties(self) -> str:
        """Compare which options were level."""
        return compare_ties(self.tally.ties, self.claimed.ties)

    def turnout(self) -> str:
        """Compare who took part; only the bundle knows how many might have."""
        computed, given = self.tally.turnout, self.claimed.turnout
        compare_number("ballots", computed.ballots, given.ballots)
        compare_number("blank", computed.blank, given.blank)
        compare_number("exhausted", computed.exhausted, given.exhausted)
        compare_number("weight", computed.weight, given.weight)
        return said_of_turnout(self.bundle)

    def passed(self) -> str:
        """Compare whether quorum and threshold were met."""
        return compare_passed(computed=self.tally.passed, claimed=self.claimed.passed)


def ballots_fault(bundle: Bundle) -> str | None:
    """Return what is wrong with the first ballot that does not fit the rule, in English, or None."""
    for number, ballot in enumerate(bundle.ballots, 1):
        if wrong := _fault(bundle, ballot):
            return f"of ballot {number}, {wrong}"
    return None


def _fault(bundle: Bundle, ballot: Ballot) -> str | None:
    if wrong := fault(bundle.rule, len(bundle.options), ballot.choices):
        return f"the choices do not fit the rule: {wrong}"
    if not 1 <= ballot.weight <= MAX_WEIGHT:
        return f"the weight is {ballot.weight}, not from 1 to {MAX_WEIGHT}"
    if ballot.weight != 1 and not bundle.rule.weights:
        return f"the weight is {ballot.weight}, and the poll has no weights"
    return None


def compare_winner(computed: int | None, claimed: int | None) -> str:
    """Compare who won."""
    if computed != claimed:
        raise Refused(f"the winner is {option(computed)}, not {option(claimed)}")
    return "nobody chose anything, so nothing won" if computed is None else f"{option(computed)} won"


def compare_ties(computed: Sequence[Sequence[int]], claimed: Sequence[Sequence[int]]) -> str:
    """Compare which options were level, in order."""
    if list(map(list, computed)) != list(map(list, claimed)):
        raise Refused(f"the ties are {level(computed)}, not {level(claimed)}")
    return level(computed)


def compare_number(name: str, computed: int, claimed: int) -> None:
    """Compare a number of the turnout."""
    if computed != claimed:
        raise Refused(f"{name} is {computed}, not {claimed}")


def compare_passed(*, computed: bool | None, claimed: bool | None) -> str:
    """Compare whether quorum and threshold were met."""
    if computed is not claimed:
        raise Refused(f"passed is {VERDICTS[computed]}, not {VERDICTS[claimed]}")
    return VERDICTS[computed]


def said_of_pairs(bundle: Bundle) -> str:
    """Return what is said of pairs that hold."""
    if bundle.rule.kind is not Kind.RANKED:
        return "none compared, since the poll is not ranked"
    tally = bundle.tally
    return f"Condorcet winner: {option(tally.condorcet)}; Schulze winner: {option(tally.schulze)}"


def said_of_turnout(bundle: Bundle) -> str:
    """Return what is said of a turnout that holds."""
    turnout = bundle.tally.turnout
    eligible = "an unknown number" if turnout.eligible is None else turnout.eligible
    return (
        f"{counted(turnout.ballots, 'ballot')} of {eligible} eligible, {turnout.blank} blank, "
        f"{turnout.exhausted} exhausted, weight {turnout.weight}"
    )


def option(index: int | None) -> str:
    """Return an option by its index, in words."""
    return "none" if index is None else f"option {index}"


def shown(counts: int | Sequence[int | None]) -> str:
    """Return weights on one line."""
    if isinstance(counts, int):
        return str(counts)
    return f"[{', '.join('out' if count is None else str(count) for count in counts)}]"


def level(ties: Sequence[Sequence[int]]) -> str:
    """Return ties on one line."""
    return ", then ".join(f"options {', '.join(map(str, tie))}" for tie in ties) or "none"


def counted(number: int, one: str) -> str:
    """Return a number of things in words."""
    return f"{number} {one if number == 1 else one + 's'}"
