"""Options two by two: who beats whom, the Condorcet winner, and the Schulze winner by winning votes."""

from collections.abc import Sequence
from itertools import permutations
from typing import TypeAlias

from cogs.polls.rules.runoff import Ranking

Matrix: TypeAlias = list[list[int]]
"""``matrix[a][b]`` is the weight of the ballots that put *a* before *b*."""


def preferences(rankings: Sequence[Ranking], options: int) -> Matrix:
    """Return the matrix of ranked ballots; options that a ballot does not name stand level behind those it names.

    A row is summed up as one long number with a field for each option, wide enough for the weight of all ballots: one
    addition for each option on a ballot in place of one for each pair.
    """
    width = sum(weight for _, weight, _ in rankings).bit_length()
    shifts = [width * option for option in range(options)]
    everyone = sum(1 << shift for shift in shifts)
    rows = [0] * options
    for choices, weight, _ in rankings:
        behind = everyone * weight
        for option in choices:
            behind -= weight << shifts[option]
            rows[option] += behind
    mask = (1 << width) - 1
    return [[row >> shift & mask for shift in shifts] for row in rows]


def condorcet(matrix: Matrix) -> int | None:
    """Return the option that more weight puts before than behind each other option, where there is one."""
    for one, row in enumerate(matrix):
        if all(row[other] > matrix[other][one] for other in range(len(matrix)) if other != one):
            return one
    return None


def schulze(matrix: Matrix) -> tuple[int, ...]:
    """Return the Schulze winners in ascending order, several where they are level.

    A step from *a* to *b* exists where more weight puts *a* before *b* than the other way round, and is as strong as
    that weight. A path is as strong as its weakest step. Winners are those from whom the strongest path to each other
    option is at least as strong as the strongest one back (M. Schulze, `arXiv:1804.02973`, section 2).
    """
    size = len(matrix)
    paths = [[matrix[a][b] if matrix[a][b] > matrix[b][a] else 0 for b in range(size)] for a in range(size)]
    for middle, first, last in permutations(range(size), 3):
        paths[first][last] = max(paths[first][last], min(paths[first][middle], paths[middle][last]))
    return tuple(a for a in range(size) if all(paths[a][b] >= paths[b][a] for b in range(size)))
