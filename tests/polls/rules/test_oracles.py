"""Run-off and Schulze agree with libraries by others, and with elections whose results are known.

pyrankvote and votelib count run-offs, votelib and schulze-condorcet Schulze's method. How ties are decided is nobody's
rule but ours, so elections with one are left out here.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyrankvote
import pytest
import schulze_condorcet
from votelib.convert import RankedToCondorcetVotes
from votelib.evaluate.condorcet import CondorcetWinner, Schulze
from votelib.evaluate.sequential import TransferableVoteSelector

from cogs.polls.rules import pairs
from cogs.polls.rules.ballots import Ballot, Kind, Rule
from cogs.polls.rules.count import Tally, count

ELECTIONS = 2_050
"""Of which at least 2 000 are compared with each library."""
POLL = "66bfa4c8154b52c1f7395b8594150168"


@dataclass(frozen=True)
class Election:
    """Ranked ballots by how often they were cast."""

    options: int
    ballots: Counter[tuple[int, ...]]

    def tally(self) -> Tally:
        ballots = (Ballot(None, choices) for choices, number in self.ballots.items() for _ in range(number))
        return count(POLL, self.options, Rule(Kind.RANKED), ballots)


def random_elections() -> Iterator[tuple[Election, Tally]]:
    """Yield elections without a tie: up to 7 options, of which ballots name any number, some far more liked."""
    rng = random.Random(20260322)
    found = 0
    while found < ELECTIONS:
        options = rng.randint(2, 7)
        liked = [rng.random() + 0.1 for _ in range(options)]
        ballots: Counter[tuple[int, ...]] = Counter()
        for _ in range(rng.randint(5, 60)):
            order = sorted(range(options), key=lambda index: rng.random() ** (1 / liked[index]), reverse=True)
            ballots[tuple(order[: rng.randint(1, options)])] += 1
        election = Election(options, ballots)
        tally = election.tally()
        if not tally.ties:
            found += 1
            yield election, tally


@pytest.fixture(scope="module")
def elections() -> list[tuple[Election, Tally]]:
    return list(random_elections())


def condorcet_votes(election: Election) -> dict[tuple[int, int], int]:
    """Return for votelib who is put before whom; options that nobody names are behind all others."""
    votes = RankedToCondorcetVotes().convert(dict(election.ballots))
    named = {index for pair in votes for index in pair}
    for index in set(range(election.options)) - named:
        votes |= {(one, index): sum(n for ballot, n in election.ballots.items() if one in ballot) for one in named}
    return votes


def test_run_offs_agree_with_pyrankvote(elections: list[tuple[Election, Tally]]) -> None:
    candidates = [pyrankvote.Candidate(str(index)) for index in range(7)]
    for election, tally in elections:
        ballots = [
            pyrankvote.Ballot([candidates[index] for index in choices])
            for choices, number in election.ballots.items()
            for _ in range(number)
        ]
        outcome = pyrankvote.instant_runoff_voting(candidates[: election.options], ballots)
        assert [winner.name for winner in outcome.get_winners()] == [str(tally.winner)], election
        first = {one.candidate.name: one.number_of_votes for one in outcome.rounds[0].candidate_results}
        assert first == {str(index): held for index, held in enumerate(tally.counts)}


def test_run_offs_agree_with_votelib(elections: list[tuple[Election, Tally]]) -> None:
    selector = TransferableVoteSelector(quota_function="droop")
    compared = 0
    for election, tally in elections:
        votes: dict[Any, int] = dict(election.ballots)
        try:
            elected = selector.evaluate(votes, n_seats=1)
        except NotImplementedError:
            # It asks for more than half of all ballots, exhausted ones too, so it may go on, and meet a tie.
            continue
        assert elected == [tally.winner], election
        compared += 1
    assert compared >= 2_000


def test_pairs_agree_with_votelib(elections: list[tuple[Election, Tally]]) -> None:
    without = 0
    for election, tally in elections:
        votes = condorcet_votes(election)
        matrix = pairs.preferences([(list(b), n, n) for b, n in election.ballots.items()], election.options)
        assert {pair: held for pair, held in votes.items() if held} == {
            (one, other): held for one, row in enumerate(matrix) for other, held in enumerate(row) if held
        }
        assert CondorcetWinner().evaluate(votes) == [index for index in (tally.condorcet,) if index is not None]
        assert Schulze().evaluate(votes) == [tally.schulze], election
        without += tally.condorcet is None
    assert without > 20, "Schulze's method is asked where it matters"


def test_schulze_agrees_with_schulze_condorcet(elections: list[tuple[Election, Tally]]) -> None:
    for election, tally in elections:
        names = [str(index) for index in range(election.options)]
        votes = []
        for choices, number in election.ballots.items():
            rest = "=".join(name for name in names if int(name) not in choices)
            votes += [">".join([*map(str, choices), *([rest] if rest else [])])] * number
        [winners, *_] = schulze_condorcet.schulze_evaluate(votes, names).split(">")
        assert winners == str(tally.schulze), election


def test_burlington_2009() -> None:
    """The mayor of Burlington, Vermont: the run-off's winner, the Condorcet winner and the plurality winner differ.

    The ballots among the three strongest (0 Kiss, 1 Montroll, 2 Wright) as https://rangevoting.org/Burlington.html sums
    up what the city published; who is before whom how often is in
    https://electowiki.org/wiki/2009_Burlington_mayoral_election too.
    """
    ballots = {
        (1, 0, 2): 1332, (1, 2, 0): 767, (1,): 455,
        (0, 1, 2): 2043, (0, 2, 1): 371, (0,): 568,
        (2, 1, 0): 1513, (2, 0, 1): 495, (2,): 1289,
    }  # fmt: skip
    tally = Election(3, Counter(ballots)).tally()
    assert pairs.preferences([(b, n, n) for b, n in ballots.items()], 3) == [
        [0, 3477, 4314],
        [4067, 0, 4597],
        [4064, 3668, 0],
    ]
    assert tally.counts == (2982, 2554, 3297)
    assert tally.rounds[0].eliminated == 1
    assert tally.rounds[1].counts == (4314, None, 4064)
    assert (tally.winner, tally.condorcet, tally.schulze, tally.ties) == (0, 1, 1, ())


def test_the_example_in_schulzes_paper() -> None:
    """M. Schulze's first example (arXiv:1804.02973): 45 voters, no Condorcet winner, E wins; with his matrix."""
    lines = "5:ACBED 5:ADECB 8:BEDAC 3:CABED 7:CAEBD 2:CBADE 7:DCEBA 8:EBADC"
    ballots: Counter[tuple[int, ...]] = Counter()
    for word in lines.split():
        number, names = word.split(":")
        ballots[tuple("ABCDE".index(name) for name in names)] += int(number)
    tally = Election(5, ballots).tally()
    assert pairs.preferences([(b, n, n) for b, n in ballots.items()], 5) == [
        [0, 20, 26, 30, 22],
        [25, 0, 16, 33, 18],
        [19, 29, 0, 17, 24],
        [15, 12, 28, 0, 14],
        [23, 27, 21, 31, 0],
    ]
    assert (tally.condorcet, tally.schulze) == (None, "ABCDE".index("E"))
