"""What decides between options that are level, once and for all: a hash that nobody can choose."""

import hashlib
from collections.abc import Iterable, Sequence


def tie_hash(poll_id: str, index: int) -> str:
    """Return the SHA-256 of ``<poll id>:<index>`` in hex; among level options the least wins, the greatest goes out."""
    return hashlib.sha256(f"{poll_id}:{index}".encode()).hexdigest()


def tie_order(poll_id: str, options: int) -> list[int]:
    """Return for each of so many *options* its place by `tie_hash`, from 0: the less, the better in a tie."""
    by_hash = sorted(range(options), key=lambda index: tie_hash(poll_id, index))
    places = [0] * options
    for place, index in enumerate(by_hash):
        places[index] = place
    return places


def best(level: Iterable[int], places: Sequence[int]) -> int:
    """Return which of some *level* options wins, by their *places* in `tie_order`."""
    return min(level, key=lambda index: places[index])
