"""Instant run-off: the weakest option goes out, round after round, until one has more than half."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Ranking: TypeAlias = tuple[Sequence[int], int, int]
"""Equal ranked ballots, not blank: options best first, the weight of all of them, and how many they are."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round. *counts* is each option's weight, None once out; *exhausted* the weight of ballots naming none left.

    *eliminated* is the option that goes out after this round, None in the last.
    """

    counts: tuple[int | None, ...]
    exhausted: int
    eliminated: int | None


@dataclass(frozen=True, slots=True)
class Runoff:
    """All rounds, at least one; *exhausted* is the number of ballots that name none of the last round's options.

    *ties* are the options level for elimination, round after round, where there were several.
    """

    rounds: tuple[Round, ...]
    winner: int
    ties: tuple[tuple[int, ...], ...]
    exhausted: int


class _Piles:
    """Ballots by the option they count for now; a ballot's iterator stands behind that option."""

    def __init__(self, rankings: Iterable[Ranking], options: int) -> None:
        self.weights: list[int | None] = [0] * options
        self.exhausted_weight = self.exhausted_ballots = 0
        self._piles: list[list[tuple[Iterator[int], int, int]]] = [[] for _ in range(options)]
        self._deal((iter(choices), weight, number) for choices, weight, number in rankings)

    def eliminate(self, option: int) -> None:
        """Take an option out; its ballots go to the next option on them that is still in."""
        pile, self._piles[option] = self._piles[option], []
        self.weights[option] = None
        self._deal(pile)

    def _deal(self, ballots: Iterable[tuple[Iterator[int], int, int]]) -> None:
        weights, piles = self.weights, self._piles
        for ballot in ballots:
            rest, weight, number = ballot
            for option in rest:
                held = weights[option]
                if held is not None:
                    weights[option] = held + weight
                    piles[option].append(ballot)
                    break
            else:
                self.exhausted_weight += weight
                self.exhausted_ballots += number


def run_off(rankings: Iterable[Ranking], options: int, places: Sequence[int]) -> Runoff:
    """Return the run-off among so many *options*, of at least one ballot; *places* are those of `ties.tie_order`."""
    piles = _Piles(rankings, options)
    rounds: list[Round] = []
    ties: list[tuple[int, ...]] = []
    while (winner := decided(piles.weights)) is None:
        counts = tuple(piles.weights)
        level = weakest(counts)
        if len(level) > 1:
            ties.append(level)
        out = eliminated(level, rounds, places)
        rounds.append(Round(counts, piles.exhausted_weight, out))
        piles.eliminate(out)
    rounds.append(Round(tuple(piles.weights), piles.exhausted_weight, None))
    return Runoff(tuple(rounds), winner, tuple(ties), piles.exhausted_ballots)


def decided(counts: Sequence[int | None]) -> int | None:
    """Return the option that has more than half of the continuing weight, or is the only one left."""
    left = [(count, option) for option, count in enumerate(counts) if count is not None]
    most, option = max(left)
    return option if 2 * most > sum(count for count, _ in left) or len(left) == 1 else None


def weakest(counts: Sequence[int | None]) -> tuple[int, ...]:
    """Return the options still in that have the least weight, in ascending order."""
    least = min(count for count in counts if count is not None)
    return tuple(option for option, count in enumerate(counts) if count == least)


def eliminated(level: Collection[int], earlier: Sequence[Round], places: Sequence[int]) -> int:
    """Return which of the options level for elimination goes out.

    Those with the least weight in the round before, of these in the round before that, and so on to the first; of those
    that remain the one with the greatest hash.
    """
    for round_ in reversed(earlier):
        least = min(count for option in level if (count := round_.counts[option]) is not None)
        level = [option for option in level if round_.counts[option] == least]
    return max(level, key=lambda option: places[option])
