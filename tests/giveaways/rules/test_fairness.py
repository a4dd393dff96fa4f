"""Twenty thousand draws: places fall to entrants by their tickets, and by nothing else.

The seeds are fixed, so the statistics are too; the bounds are what chance alone exceeds once in a thousand times.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from itertools import permutations
from math import prod

import pytest
from scipy.stats import chisquare

from cogs.giveaways.rules import draw

DRAWS = 20_000
WEIGHTS = (1, 1, 2, 3, 6)
UNLIKELY = 0.001


@cache
def rankings() -> list[tuple[int, ...]]:
    """Return the outcome of every draw as entrants' numbers; ids, salts, seeds and beacons differ from draw to draw."""
    return list(_draws())


def _draws() -> Iterator[tuple[int, ...]]:
    for number in range(DRAWS):
        noise = sha256(f"fairness {number}".encode()).hexdigest()
        giveaway_id, salt = noise[:32], noise[32:]
        people = {draw.token(giveaway_id, str(person), salt): person for person in range(len(WEIGHTS))}
        entrants = sorted((name, WEIGHTS[person]) for name, person in people.items())
        seed, randomness = (sha256(f"{use} {number}".encode()).digest() for use in ("seed", "beacon"))
        key = draw.draw_key(giveaway_id, seed, draw.entrants_digest(entrants), number + 1, randomness)
        yield tuple(people[name] for name in draw.rank(key, entrants))


def chance(ranking: tuple[int, ...]) -> float:
    """Return how likely a ranking is if at each place every remaining ticket has the same chance."""
    rest = [sum(WEIGHTS[person] for person in ranking[place:]) for place in range(len(ranking))]
    return prod(WEIGHTS[person] / left for person, left in zip(ranking, rest, strict=True))


CHANCES = {ranking: chance(ranking) for ranking in permutations(range(len(WEIGHTS)))}


@pytest.mark.parametrize("place", range(len(WEIGHTS)))
def test_every_place_falls_by_tickets(place: int) -> None:
    people = range(len(WEIGHTS))
    expected = [DRAWS * sum(p for ranking, p in CHANCES.items() if ranking[place] == who) for who in people]
    found = Counter(ranking[place] for ranking in rankings())
    assert chisquare([found[who] for who in people], expected).pvalue > UNLIKELY


def test_first_place_is_proportional_to_tickets() -> None:
    found = Counter(ranking[0] for ranking in rankings())
    expected = [DRAWS * weight / sum(WEIGHTS) for weight in WEIGHTS]
    assert chisquare([found[who] for who in range(len(WEIGHTS))], expected).pvalue > UNLIKELY


def test_whole_rankings_are_as_likely_as_drawing_tickets_one_by_one() -> None:
    found = Counter(rankings())
    observed = [found[ranking] for ranking in CHANCES]
    assert chisquare(observed, [DRAWS * p for p in CHANCES.values()]).pvalue > UNLIKELY


def test_the_place_on_the_list_does_not_matter() -> None:
    """Among equals, whose token sorts first wins as often as whose sorts last."""
    first = 0
    for number in range(DRAWS):
        names = sorted(sha256(f"{who} of {number}".encode()).hexdigest()[:32] for who in range(2))
        first += draw.rank(sha256(f"key {number}".encode()).digest(), [(name, 1) for name in names])[0] == names[0]
    assert chisquare([first, DRAWS - first]).pvalue > UNLIKELY


def test_the_statistics_would_notice_a_bias() -> None:
    """One winner in fifty taken from the richest and given to the poorest is beyond chance."""
    found = Counter(ranking[0] for ranking in rankings())
    richest, poorest = len(WEIGHTS) - 1, 0
    found[richest] -= DRAWS // 50
    found[poorest] += DRAWS // 50
    expected = [DRAWS * weight / sum(WEIGHTS) for weight in WEIGHTS]
    assert chisquare([found[who] for who in range(len(WEIGHTS))], expected).pvalue < UNLIKELY
