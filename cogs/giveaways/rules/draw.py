"""The draw, `ikuzo-draw/1`: what is hashed, and how it ranks the entrants.

Written down for other implementations in ``docs/verify.md``; whatever changes a byte here is a new format.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import TypeAlias

FORMAT = "ikuzo-draw/1"
MAX_WEIGHT = 100
TOKEN_DIGITS = 32
SEED_BYTES = 32

Entry: TypeAlias = tuple[str, int]
"""An entrant on the frozen list: token and weight. A bare tuple, since there may be a million of them."""

_BLOCK_BYTES = 64
_WORSE_THAN_ALL = b"\xff" * 33


def commitment(seed: bytes) -> str:
    """Return what is published of *seed* (32 bytes) before the draw: its SHA-256 in hex."""
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed has 32 bytes")
    return hashlib.sha256(seed).hexdigest()


def token(giveaway_id: str, person: str, salt: str) -> str:
    """Return the name under which *person* stands on the list of a giveaway.

    *person* is the user id in decimal, or in a holders' airdrop the lower-case address with an empty *salt*.
    """
    return hashlib.sha256(f"{giveaway_id}:{person}:{salt}".encode()).hexdigest()[:TOKEN_DIGITS]


def holder_token(giveaway_id: str, address: str) -> str:
    """Return the token of a holder, which anyone can compute from the address (`0x…`, any case)."""
    return token(giveaway_id, address.lower(), "")


def entrants_text(entrants: Iterable[Entry]) -> bytes:
    """Return the list as it is published and hashed: a line ``token:weight`` each, in the order given."""
    return "".join(f"{name}:{weight}\n" for name, weight in entrants).encode()


def entrants_digest(entrants: Iterable[Entry]) -> str:
    """Return the SHA-256 of the list in hex."""
    return hashlib.sha256(entrants_text(entrants)).hexdigest()


def list_fault(entrants: Sequence[Entry]) -> str | None:
    """Return what is wrong with a list as one that is drawn from, in English, or None.

    It has at least one entrant, is sorted by token without a token twice, and has weights from 1 to 100.
    """
    if not entrants:
        return "nobody is on the list"
    before = ""
    for name, weight in entrants:
        if not 1 <= weight <= MAX_WEIGHT:
            return f"the weight of {name} is {weight}, not from 1 to {MAX_WEIGHT}"
        if name <= before:
            twice = name == before
            return f"{name} stands on the list twice" if twice else f"the list is not sorted: {name} after {before}"
        before = name
    return None


def draw_key(giveaway_id: str, seed: bytes, digest: str, round_: int | None, randomness: bytes | None) -> bytes:
    """Return the 32 bytes that decide the draw.

    *digest* is the list's, *randomness* the beacon's of *round_*; both are None where the draw does without a beacon.
    """
    if (round_ is None) != (randomness is None):
        raise ValueError("a round and its randomness come together")
    lines = (
        FORMAT,
        giveaway_id,
        seed.hex(),
        digest,
        "-" if round_ is None else str(round_),
        "-" if randomness is None else randomness.hex(),
    )
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).digest()


def rank(key: bytes, entrants: Sequence[Entry]) -> list[str]:
    """Return all tokens from the first place to the last: by score, then by token.

    Raises ValueError for a list that nobody may draw from (`list_fault`). Takes some 0.3 s for 100 000 tickets; its
    arguments can be pickled.
    """
    if fault := list_fault(entrants):
        raise ValueError(fault)
    best = _scorer(key)
    return [name for _, name in sorted([(best(name, weight), name) for name, weight in entrants])]


def _scorer(key: bytes) -> Callable[[str, int], bytes]:
    """Return what scores an entrant: the least of their tickets, HMAC-SHA256 of ``token:k`` for k from 0 to weight − 1.

    HMAC (RFC 2104) by copying the two hash states that depend on the key alone: a fifth faster than ``hmac.digest``,
    which derives them anew for each of perhaps a million messages.
    """
    padded = key.ljust(_BLOCK_BYTES, b"\0")
    if len(padded) != _BLOCK_BYTES:
        raise ValueError("a draw's key has 32 bytes")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded)).copy
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded)).copy

    def best(name: str, weight: int) -> bytes:
        least = _WORSE_THAN_ALL
        for k in range(weight):
            inside = inner()
            inside.update(f"{name}:{k}".encode())
            outside = outer()
            outside.update(inside.digest())
            ticket = outside.digest()
            if ticket < least:  # noqa: PLR1730 - min() would be one more call for each of perhaps a million tickets
                least = ticket
        return least

    return best


class Outcome(StrEnum):
    """What became of a place that was reached."""

    WON = "won"
    PASSED = "passed"


class PassReason(StrEnum):
    """Why a place passed to the next in the ranking; organisers may give a text of their own instead."""

    UNCLAIMED = "unclaimed"
    LEFT = "left"
    DECLINED = "declined"
    INELIGIBLE = "ineligible"
