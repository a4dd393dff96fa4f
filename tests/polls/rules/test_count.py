"""Counting: the winner by each kind's rule, ties by theirs, and what must hold whatever the ballots are."""

import pickle
import random
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compute import Compute
from cogs.polls.rules.ballots import Ballot, Choices, Kind, Quorum, Rule, Secrecy, choices_text, fault
from cogs.polls.rules.count import Tally, count, count_rows, mean, standing
from cogs.polls.rules.ties import tie_hash, tie_order
from tests.polls.rules.elections import IDS, Election, elections
from tests.vectors.polls.scenario import Cast, ranked, rated

POLL = "66bfa4c8154b52c1f7395b8594150168"


def cast(ballots: Cast) -> list[Ballot]:
    return [Ballot(None, choices, weight) for (choices, weight), number in ballots.items() for _ in range(number)]


def single(*weights: int) -> list[Ballot]:
    """Return a ballot of each weight for the option at its place."""
    return [Ballot(None, (option,), weight) for option, weight in enumerate(weights)]


class TestKinds:
    """What wins, by kind."""

    def test_most_weight_wins(self) -> None:
        tally = count(POLL, 3, Rule(Kind.SINGLE, weights=True), single(3, 7, 5))
        assert (tally.counts, tally.winner, tally.ties) == ((3, 7, 5), 1, ())

    def test_every_approval_counts(self) -> None:
        ballots = cast({((0, 1), 1): 2, ((1, 2), 1): 1, ((2,), 1): 1})
        tally = count(POLL, 3, Rule(Kind.MULTIPLE), ballots)
        assert (tally.counts, tally.winner) == ((2, 3, 2), 1)

    def test_the_mean_of_those_given_wins_not_the_sum(self) -> None:
        tally = count(POLL, 3, Rule(Kind.RATING), cast(rated("9:4__ 1:_5_")))
        assert tally.winner == 1
        assert [mean(row) for row in tally.ratings] == [4, 5, None]
        assert standing(Kind.RATING, tally) == (1, 0, 2)

    def test_means_are_exact(self) -> None:
        # 14 of 42 and 1 of 3 above 1, and a third of a hundred-thousandth less.
        level = count(POLL, 2, Rule(Kind.RATING), cast(rated("14:2_ 28:1_ 1:_2 2:_1")))
        assert mean(level.ratings[0]) == mean(level.ratings[1]) == Fraction(4, 3)
        less = count(POLL, 2, Rule(Kind.RATING), cast(rated("33333:2_ 66667:1_ 1:_2 2:_1")))
        assert (less.winner, less.ties) == (1, ())

    def test_fives_then_fours_and_so_on_decide_equal_means(self) -> None:
        by_fives = count(POLL, 2, Rule(Kind.RATING), cast(rated("2:35 2:31")))
        assert (by_fives.winner, by_fives.ties) == (1, ())
        over_ones = count(POLL, 2, Rule(Kind.RATING), cast(rated("1:55 1:45 1:42 1:12")))
        assert (over_ones.ratings, over_ones.winner) == (((1, 0, 0, 2, 1), (0, 2, 0, 0, 2)), 1)
        # The mean, the 5s and 4s are the same; the 3s are not.
        by_threes = count(POLL, 2, Rule(Kind.RATING), cast(rated("1:55 1:33 1:_3 1:11")))
        assert mean(by_threes.ratings[0]) == mean(by_threes.ratings[1]) == 3
        assert by_threes.winner == 1 != min(range(2), key=lambda index: tie_hash(POLL, index))

    def test_the_weakest_goes_out_until_one_has_more_than_half(self) -> None:
        tally = count(POLL, 4, Rule(Kind.RANKED), cast(ranked("4:0 3:01 5:12 2:21 3:2 1:30 2:321 1:3 3:-")))
        assert [(one.counts, one.exhausted, one.eliminated) for one in tally.rounds] == [
            ((7, 5, 5, 4), 0, 3),
            ((8, 5, 7, None), 1, 1),
            ((8, None, 12, None), 1, None),
        ]
        assert (tally.winner, tally.turnout.exhausted, tally.turnout.blank) == (2, 1, 3)
        assert standing(Kind.RANKED, tally) == (2, 0, 1, 3)

    def test_more_than_half_ends_it_in_the_first_round(self) -> None:
        tally = count(POLL, 4, Rule(Kind.RANKED), cast(ranked("3:0 1:1 1:2")))
        assert (len(tally.rounds), tally.winner, tally.ties) == (1, 0, ())

    def test_exactly_half_is_not_more_than_half(self) -> None:
        tally = count(POLL, 3, Rule(Kind.RANKED), cast(ranked("3:0 2:1 1:21")))
        assert len(tally.rounds) == 3

    def test_unranked_options_stand_behind_all_ranked(self) -> None:
        tally = count(POLL, 3, Rule(Kind.RANKED), cast(ranked("4:0 1:12 3:2")))
        assert tally.condorcet is None
        assert count(POLL, 3, Rule(Kind.RANKED), cast(ranked("4:0 1:12 2:2"))).condorcet == 0

    def test_what_nobody_chose_does_not_win(self) -> None:
        for kind in Kind:
            tally = count(POLL, 3, Rule(kind, threshold=1), [Ballot(None, ())] * 3)
            assert (tally.winners, tally.rounds, tally.ties, tally.condorcet, tally.schulze) == ((), (), (), None, None)
            assert (tally.turnout.ballots, tally.turnout.blank, tally.passed) == (3, 3, False)
            assert count(POLL, 3, Rule(kind), ()).passed is True


class TestTies:
    """Ties, by the hash or by earlier rounds, and said."""

    def test_the_order_is_that_of_the_hashes(self) -> None:
        hashes = [tie_hash(POLL, index) for index in range(5)]
        assert hashes[0] == "803ede7fc78f08ba8114e41206c07c87a826a335fa9f4cbc89a4d6c75dcd18a5"
        assert tie_order(POLL, 5) == [sorted(hashes).index(one) for one in hashes]

    @pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.MULTIPLE])
    @given(poll_id=IDS, weights=st.lists(st.integers(1, 3), min_size=2, max_size=9))
    def test_the_least_hash_wins(self, kind: Kind, poll_id: str, weights: list[int]) -> None:
        tally = count(poll_id, len(weights), Rule(kind, weights=True), single(*weights))
        level = tuple(index for index, weight in enumerate(weights) if weight == max(weights))
        assert tally.winner == min(level, key=lambda index: tie_hash(poll_id, index))
        assert tally.ties == ((level,) if len(level) > 1 else ())

    def test_ratings_are_level_only_in_everything(self) -> None:
        tally = count(POLL, 3, Rule(Kind.RATING), cast(rated("1:44_ 1:2_2 1:_24")))
        assert tally.ties == ((0, 1, 2),)
        assert tally.winner == min(range(3), key=lambda index: tie_hash(POLL, index))

    def test_earlier_rounds_decide_who_goes_out(self) -> None:
        # Round 2: options 1 and 2 have 4 each; in round 1 it was 3 and 4.
        ballots = cast(ranked("6:0 3:1 4:2 1:31"))
        for number in range(20):
            tally = count(f"{number:032x}", 4, Rule(Kind.RANKED), ballots)
            assert [one.eliminated for one in tally.rounds] == [3, 1, None]
            assert tally.ties == ((1, 2),)

    def test_the_round_before_counts_before_the_first(self) -> None:
        # Level in round 3; option 0 had less in round 2, and option 1 in round 1.
        ballots = cast(ranked("5:0 4:1 8:2 2:41 1:30 2:32"))
        for number in range(20):
            tally = count(f"{number:032x}", 5, Rule(Kind.RANKED), ballots)
            assert [one.counts for one in tally.rounds[:3]] == [
                (5, 4, 8, 3, 2),
                (5, 6, 8, 3, None),
                (6, 6, 10, None, None),
            ]
            assert tally.rounds[2].eliminated == 0
            assert tally.ties == ((0, 1),)

    @given(poll_id=IDS)
    def test_the_greatest_hash_goes_out(self, poll_id: str) -> None:
        tally = count(poll_id, 6, Rule(Kind.RANKED), cast(ranked("3:0 2:1")))
        assert len(tally.rounds) == 1
        tally = count(poll_id, 6, Rule(Kind.RANKED), cast(ranked("3:0 3:1")))
        gone = [one.eliminated for one in tally.rounds[:-1]]
        assert gone[:4] == sorted((2, 3, 4, 5), key=lambda index: tie_hash(poll_id, index), reverse=True)
        assert gone[4] == max((0, 1), key=lambda index: tie_hash(poll_id, index))
        assert tally.ties[0] == (2, 3, 4, 5)

    @given(poll_id=IDS)
    def test_level_schulze_winners_are_a_tie_by_the_hash(self, poll_id: str) -> None:
        tally = count(poll_id, 3, Rule(Kind.RANKED), cast(ranked("1:012 1:120 1:201")))
        assert tally.condorcet is None
        assert tally.schulze == min(range(3), key=lambda index: tie_hash(poll_id, index))
        assert tally.ties[-1] == (0, 1, 2)


class TestPassed:
    """Quorum and threshold."""

    @pytest.mark.parametrize(
        ("ballots", "eligible", "threshold", "expected"),
        [
            (10, 100, 50, True),
            (9, 100, 50, False),
            (10, None, 50, None),
            (10, None, 51, False),
            (10, 101, 50, False),
            (10, 100, 51, False),
            (10, None, None, None),
            (10, 100, None, True),
        ],
    )
    def test_both_must_be_met(
        self, ballots: int, eligible: int | None, threshold: int | None, expected: bool | None
    ) -> None:
        rule = Rule(Kind.MULTIPLE, quorum=Quorum(10, percent=True), threshold=threshold)
        half = [Ballot(None, (0,)), Ballot(None, (1,)), Ballot(None, (0,)), Ballot(None, (2,))]
        blank = [Ballot(None, ())] * (ballots - len(half))
        assert count(POLL, 3, rule, [*half, *blank], eligible).passed is expected

    @pytest.mark.parametrize(
        ("kind", "ballots", "percent"),
        [
            # Of the weight that is not blank, whatever the number of approvals is.
            (Kind.SINGLE, {((0,), 3): 1, ((1,), 1): 1, ((), 50): 1}, 75),
            (Kind.MULTIPLE, {((0, 1), 3): 1, ((0,), 1): 1, ((1,), 1): 1, ((), 9): 1}, 80),
            # Of the last round's continuing weight, without the exhausted.
            (Kind.RANKED, {((0,), 3): 1, ((1,), 1): 1, ((2, 1), 1): 1, ((3,), 2): 1, ((), 9): 1}, 60),
            (Kind.RATING, {((4, 1), 1): 1, ((4, None), 5): 1, ((), 9): 1}, 75),
        ],
    )
    def test_the_threshold_is_of_the_right_whole(self, kind: Kind, ballots: Cast, percent: int) -> None:
        def passed(threshold: int) -> bool | None:
            rule = Rule(kind, Secrecy.OPEN, weights=True, threshold=threshold)
            return count(POLL, 4 if kind is Kind.RANKED else 2, rule, cast(ballots)).passed

        reached = [threshold for threshold in range(1, 101) if passed(threshold)]
        assert reached == list(range(1, percent + 1))


@given(elections())
def test_counts_conserve_ballots(election: Election) -> None:
    poll_id, options, rule, ballots, eligible = election
    tally = count(poll_id, options, rule, ballots, eligible)
    chosen = [ballot for ballot in ballots if ballot.choices]
    weight = sum(ballot.weight for ballot in chosen)
    assert tally.turnout.ballots == len(ballots)
    assert tally.turnout.ballots - tally.turnout.blank == len(chosen)
    assert tally.turnout.weight == sum(ballot.weight for ballot in ballots)
    assert tally.turnout.eligible == eligible
    assert bool(tally.winners) == bool(chosen)
    match rule.kind:
        case Kind.SINGLE:
            assert sum(tally.counts) == weight
        case Kind.MULTIPLE:
            assert sum(tally.counts) == sum(ballot.weight * len(ballot.choices) for ballot in chosen)
        case Kind.RATING:
            given_weights = (b.weight * sum(rating is not None for rating in b.choices) for b in chosen)
            assert sum(map(sum, tally.ratings)) == sum(given_weights)
        case Kind.RANKED:
            assert sum(tally.counts) == weight
            _conserved(tally, weight, options)


def _conserved(tally: Tally, weight: int, options: int) -> None:
    for number, one in enumerate(tally.rounds):
        assert one.exhausted + sum(held for held in one.counts if held is not None) == weight
        assert sum(held is None for held in one.counts) == number
    gone = [one.eliminated for one in tally.rounds]
    assert len(tally.rounds) <= options
    assert not tally.rounds or gone[-1] is None
    assert None not in gone[:-1]
    assert tally.condorcet in {None, tally.schulze}


@given(elections(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_changes_nothing(election: Election, rng: random.Random) -> None:
    poll_id, options, rule, ballots, eligible = election
    shuffled = rng.sample(ballots, len(ballots))
    assert count(poll_id, options, rule, shuffled, eligible) == count(poll_id, options, rule, ballots, eligible)


@given(elections())
def test_rows_count_as_ballots_do(election: Election) -> None:
    poll_id, options, rule, ballots, eligible = election
    assert all(fault(rule, options, ballot.choices) is None for ballot in ballots)
    rows = [(choices_text(ballot.choices), ballot.weight, 1) for ballot in ballots]
    grouped = [(text, weight, rows.count((text, weight, 1))) for text, weight, _ in dict.fromkeys(rows)]
    tally = count(poll_id, options, rule, ballots, eligible)
    assert count_rows(poll_id, options, rule, rows, eligible) == tally
    assert count_rows(poll_id, options, rule, grouped, eligible) == tally
    assert pickle.loads(pickle.dumps(tally)) == tally  # noqa: S301 (just pickled)


@given(elections(Kind.SINGLE), st.integers(1, 100))
def test_a_further_ballot_for_the_winner_never_unseats_it(election: Election, weight: int) -> None:
    poll_id, options, rule, ballots, eligible = election
    winner = count(poll_id, options, rule, ballots, eligible).winner
    if winner is not None:
        more = [*ballots, Ballot(None, (winner,), weight if rule.weights else 1)]
        assert count(poll_id, options, rule, more, eligible).winner == winner


@given(elections(), st.integers(0, 5))
def test_every_tie_is_decided_by_the_rule(election: Election, pick: int) -> None:
    """All options chosen alike by symmetric ballots are level, and the hash alone decides between them."""
    poll_id, options, rule, _, _ = election
    first = min(range(options), key=lambda index: tie_hash(poll_id, index))
    everyone: Sequence[Choices] = {
        Kind.SINGLE: [(index,) for index in range(options)],
        Kind.MULTIPLE: [(index,) for index in range(options)],
        Kind.RANKED: [tuple((index + step) % options for step in range(options)) for index in range(options)],
        Kind.RATING: [tuple(5 if index == one else None for one in range(options)) for index in range(options)],
    }[rule.kind]
    tally = count(poll_id, options, rule, [Ballot(None, choices) for choices in everyone for _ in range(pick + 1)])
    assert tally.ties[0] == tuple(range(options))
    if rule.kind is Kind.RANKED:
        assert tally.rounds[0].eliminated == max(range(options), key=lambda index: tie_hash(poll_id, index))
        assert tally.schulze == first
    else:
        assert (tally.winner, len(tally.ties)) == (first, 1)


@given(elections())
def test_results_show_the_winner_first(election: Election) -> None:
    poll_id, options, rule, ballots, eligible = election
    tally = count(poll_id, options, rule, ballots, eligible)
    order = standing(rule.kind, tally)
    assert sorted(order) == list(range(options))
    assert order[: len(tally.winners)] == tally.winners
    if rule.kind is Kind.RATING:
        rated_options = [bool(sum(tally.ratings[index])) for index in order]
        assert rated_options == sorted(rated_options, reverse=True)


async def test_a_tally_comes_back_from_the_worker_process() -> None:
    compute = Compute()
    rows = [("[0,1]", 1, 3), ("[1]", 1, 4), ("[]", 1, 1)]
    tally = await compute(count_rows, POLL, 2, Rule(Kind.RANKED), rows, 9)
    assert tally == count_rows(POLL, 2, Rule(Kind.RANKED), rows, 9)
    assert (tally.winner, tally.turnout.ballots) == (1, 8)
    await compute.close()
