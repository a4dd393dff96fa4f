"""The totals of a bundle without ballots: all that must hold among them, whatever the ballots were.

Only secret polls are published so, and these have no weights: every ballot weighs 1.
"""

from dataclasses import replace
from itertools import pairwise

from cogs.polls.rules.ballots import Kind, most_choices
from cogs.polls.rules.bundle import Bundle
from cogs.polls.rules.count import Tally, level_at_the_top, passed
from cogs.polls.rules.recount import (
    Refused,
    compare_number,
    compare_passed,
    compare_ties,
    compare_winner,
    counted,
    option,
    said_of_pairs,
    said_of_turnout,
)
from cogs.polls.rules.runoff import Round, decided, eliminated, weakest
from cogs.polls.rules.ties import best, tie_order


class Totals:
    """A bundle that publishes totals only; each method is a step of `check`, as in `recount.Recount`."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.claimed: Tally = bundle.tally
        self.kind = bundle.rule.kind
        self.cast = self.claimed.turnout.ballots - self.claimed.turnout.blank
        self.places = tie_order(bundle.poll.id, len(bundle.options))

    def counts(self) -> str:
        """Look whether so many ballots can add up to these counts."""
        if self.cast < 0:
            raise Refused("more ballots are blank than there are")
        counts = self.claimed.counts or tuple(map(sum, self.claimed.ratings))
        most = most_choices(self.bundle.rule, len(counts)) if self.kind is Kind.MULTIPLE else len(counts)
        if self.kind in {Kind.SINGLE, Kind.RANKED}:
            most = 1
        if max(counts) > self.cast:
            raise Refused(f"an option has more than all of {counted(self.cast, 'ballot')} that are not blank")
        if not self.cast <= sum(counts) <= self.cast * most:
            raise Refused(f"{counted(self.cast, 'ballot')} cannot add up to {sum(counts)}")
        return f"can be those of {counted(self.cast, 'ballot')}: {', '.join(map(str, counts))}"

    def rounds(self) -> str:
        """Look whether each round follows from its counts and those before."""
        rounds = self.claimed.rounds
        if self.kind is not Kind.RANKED or self.cast <= 0:
            if rounds:
                raise Refused("there are rounds, and nothing for them to decide")
            return "none, since the poll is not ranked" if self.kind is not Kind.RANKED else "none"
        if not rounds:
            raise Refused("there is no round")
        if (rounds[0].counts, rounds[0].exhausted) != (self.claimed.counts, 0):
            raise Refused("the first round must have the counts, and nothing exhausted")
        for before, after in pairwise(rounds):
            self._follows(before, after)
        for number, round_ in enumerate(rounds, 1):
            self._adds_up(number, round_)
        return f"{counted(len(rounds), 'round')}, each following from the one before"

    def _follows(self, before: Round, after: Round) -> None:
        out = before.eliminated
        for index, (held, holds) in enumerate(zip(before.counts, after.counts, strict=True)):
            if (holds is None) != (held is None or index == out):
                raise Refused(f"{option(index)} must be out after {option(out)} went out, and only then")
            if held is not None and holds is not None and holds < held:
                raise Refused(f"{option(index)} lost ballots, which it cannot before it goes out")
        if after.exhausted < before.exhausted:
            raise Refused("ballots that were exhausted count again")

    def _adds_up(self, number: int, round_: Round) -> None:
        total = round_.exhausted + sum(held for held in round_.counts if held is not None)
        if total != self.cast:
            raise Refused(f"round {number} has {counted(total, 'ballot')}, and {self.cast} are not blank")
        earlier = self.claimed.rounds[: number - 1]
        out = None
        if decided(round_.counts) is None:
            out = eliminated(weakest(round_.counts), earlier, self.places)
        if out != round_.eliminated:
            raise Refused(f"after round {number} {option(out)} goes out, not {option(round_.eliminated)}")
        if (out is None) != (number == len(self.claimed.rounds)):
            raise Refused(f"the run-off must end with the round that decides it, not after round {number}")

    def pairs(self) -> str:
        """Look whether the Condorcet and the Schulze winner go together."""
        condorcet, schulze = self.claimed.condorcet, self.claimed.schulze
        if self.kind is not Kind.RANKED or self.cast <= 0:
            if (condorcet, schulze) != (None, None):
                raise Refused("there is nothing to compare, and the bundle has a winner of it")
            return said_of_pairs(self.bundle)
        if schulze is None:
            raise Refused("there is always a Schulze winner, and the bundle has none")
        if condorcet not in {None, schulze}:
            raise Refused(f"the Condorcet winner is always the Schulze winner too, not {option(schulze)}")
        return f"{said_of_pairs(self.bundle)}; both taken on trust"

    def winners(self) -> str:
        """Recompute the winner from the totals."""
        return compare_winner(self._winner(), self.claimed.winner)

    def ties(self) -> str:
        """Recompute from the totals which options were level; of the Schulze winner's only that they may have been."""
        if self.kind is Kind.RANKED:
            self.rounds()
        if self.cast <= 0:
            return compare_ties((), self.claimed.ties)
        if self.kind is not Kind.RANKED:
            level = level_at_the_top(self.kind, self.claimed.counts, self.claimed.ratings)
            return compare_ties([level] if len(level) > 1 else [], self.claimed.ties)
        met: list[tuple[int, ...]] = [
            level for round_ in self.claimed.rounds[:-1] if len(level := weakest(round_.counts)) > 1
        ]
        if len(self.claimed.ties) == len(met) + 1 and self._may_be_schulzes(self.claimed.ties[-1]):
            met.append(self.claimed.ties[-1])
        return compare_ties(met, self.claimed.ties)

    def _may_be_schulzes(self, tie: tuple[int, ...]) -> bool:
        ascending = len(tie) > 1 and all(one < other for one, other in pairwise(tie))
        return ascending and self.claimed.condorcet is None and best(tie, self.places) == self.claimed.schulze

    def turnout(self) -> str:
        """Look whether the numbers of ballots go together."""
        turnout, rounds = self.claimed.turnout, self.claimed.rounds
        if self.cast < 0:
            raise Refused("more ballots are blank than there are")
        compare_number("exhausted", rounds[-1].exhausted if rounds else 0, turnout.exhausted)
        compare_number("weight", turnout.ballots, turnout.weight)
        return said_of_turnout(self.bundle)

    def passed(self) -> str:
        """Recompute from the totals whether quorum and threshold were met."""
        winner = self._winner()
        found = () if winner is None else (winner,)
        recomputed = replace(self.claimed, winners=found)
        return compare_passed(computed=passed(self.bundle.rule, recomputed, self.cast), claimed=self.claimed.passed)

    def _winner(self) -> int | None:
        if self.kind is Kind.RANKED:
            self.rounds()
            return decided(self.claimed.rounds[-1].counts) if self.cast > 0 else None
        if self.cast <= 0:
            return None
        return best(level_at_the_top(self.kind, self.claimed.counts, self.claimed.ratings), self.places)
