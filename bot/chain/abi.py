"""The few Solidity calls that are made, encoded and decoded by hand: fixed words, joined.

A library takes ten times as long for five hundred of them (see docs/design.md); in tests one is held against these.
Decoding is strict: whatever is not exactly as the ABI lays it out raises :class:`Malformed`.
"""

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

WORD: Final = 32

BALANCE_OF: Final = bytes.fromhex("70a08231")
OWNER_OF: Final = bytes.fromhex("6352211e")
BALANCE_OF_BATCH: Final = bytes.fromhex("4e1273f4")
SUPPORTS_INTERFACE: Final = bytes.fromhex("01ffc9a7")
DECIMALS: Final = bytes.fromhex("313ce567")
TOTAL_SUPPLY: Final = bytes.fromhex("18160ddd")
IS_VALID_SIGNATURE: Final = bytes.fromhex("1626ba7e")
AGGREGATE3: Final = bytes.fromhex("82ad56cb")

_LEADING_ZEROS: Final = bytes(12)
"""What makes an address a word."""
_BALANCE_OF_PADDED: Final = BALANCE_OF + _LEADING_ZEROS

INTERFACE_721: Final = bytes.fromhex("80ac58cd")
INTERFACE_1155: Final = bytes.fromhex("d9b67a26")


_ONE_WORD: Final = (1).to_bytes(WORD, "big") + (2 * WORD).to_bytes(WORD, "big") + WORD.to_bytes(WORD, "big")
"""A result of an aggregate up to the word that was returned: it succeeded, where its bytes are, how many."""


class Malformed(ValueError):
    """Returned data is too short, too long or of another shape."""


def number(value: int) -> bytes:
    """Return a uint256."""
    return value.to_bytes(WORD, "big")


def address(value: str) -> bytes:
    """Return an address (``0x…``) as a word."""
    return _LEADING_ZEROS + bytes.fromhex(value[2:])


def padded(data: bytes) -> bytes:
    """Return a dynamic ``bytes``: its length and its words."""
    return number(len(data)) + data + bytes(-len(data) % WORD)


def balance_of(owner: str) -> bytes:
    return _BALANCE_OF_PADDED + bytes.fromhex(owner[2:])


def owner_of(token_id: int) -> bytes:
    return OWNER_OF + number(token_id)


def supports_interface(interface: bytes) -> bytes:
    return SUPPORTS_INTERFACE + interface.ljust(WORD, b"\0")


def balance_of_batch(pairs: Sequence[tuple[str, int]]) -> bytes:
    """Encode ERC-1155's batch of (owner, token id)."""
    count = number(len(pairs))
    owners = b"".join([_LEADING_ZEROS + bytes.fromhex(owner[2:]) for owner, _ in pairs])
    ids = b"".join([token_id.to_bytes(WORD, "big") for _, token_id in pairs])
    return b"".join(
        (BALANCE_OF_BATCH, number(2 * WORD), number((3 + len(pairs)) * WORD), count, owners, count, ids),
    )


def is_valid_signature(digest: bytes, signature: bytes) -> bytes:
    return IS_VALID_SIGNATURE + digest + number(2 * WORD) + padded(signature)


def aggregate3(target: str, calls: Sequence[bytes]) -> bytes:
    """Encode Multicall3's ``aggregate3`` of calls to one contract, each of which may fail."""
    head = address(target) + number(1) + number(3 * WORD)
    count = len(calls)
    lengths = set(map(len, calls))
    if len(lengths) == 1:
        # Hundreds of one length: what stands around them is the same, and so are their places.
        length = lengths.pop()
        before, after = head + number(length), bytes(-length % WORD)
        bodies = before + (after + before).join(calls) + after
        return AGGREGATE3 + number(WORD) + number(count) + _places(count, len(before) + length + len(after)) + bodies
    parts = [head + padded(call) for call in calls]
    starts = itertools.accumulate(map(len, parts), initial=count * WORD)
    offsets = map(number, itertools.islice(starts, count))
    return b"".join((AGGREGATE3, number(WORD), number(count), *offsets, *parts))


def decode_aggregate3(data: bytes, count: int) -> list[bytes | None]:
    """Return what each of *count* calls returned; None for one that was reverted."""
    words = _single_words(data, count)
    if words is not None:
        return [*words]
    if _read(data, 0) != WORD or _read(data, WORD) != count:
        raise Malformed("another number of results")
    base = 2 * WORD
    return [_result(data, base + _read(data, base + i * WORD, most=len(data))) for i in range(count)]


def decode_number(data: bytes) -> int:
    """Return a uint256 that is all there is."""
    if len(data) != WORD:
        raise Malformed("not one word")
    return int.from_bytes(data, "big")


def decode_flag(data: bytes) -> bool:
    value = decode_number(data)
    if value > 1:
        raise Malformed("no boolean")
    return value == 1


def decode_address(data: bytes) -> str:
    """Return an address in lower case."""
    if len(data) != WORD or any(data[:12]):
        raise Malformed("no address")
    return f"0x{data[12:].hex()}"


def decode_numbers(data: bytes, count: int) -> list[int]:
    """Return a ``uint256[]`` of *count* elements that is all there is."""
    if len(data) != (2 + count) * WORD or _read(data, 0) != WORD or _read(data, WORD) != count:
        raise Malformed("another number of balances")
    return [int.from_bytes(data[at : at + WORD], "big") for at in range(2 * WORD, len(data), WORD)]


def decode_envelope(data: bytes) -> tuple[str, bytes, bytes]:
    """Return the factory, its call data and the signature of an ERC-6492 signature without its suffix."""
    factory = decode_address(data[:WORD])
    return factory, _bytes(data, _read(data, WORD, most=len(data))), _bytes(data, _read(data, 2 * WORD, most=len(data)))


@lru_cache(maxsize=16)
def _places(count: int, size: int) -> bytes:
    """Return the offsets of *count* elements of one size, counted from the first offset."""
    return b"".join(number(count * WORD + i * size) for i in range(count))


def _single_words(data: bytes, count: int) -> list[bytes] | None:
    """Return the results of an aggregate if all succeeded and returned one word, laid out as Solidity does; else None.

    That is what balances and owners come as. Everything but the words is put together anew and compared: far faster
    than to read it, and as strict.
    """
    size = len(_ONE_WORD) + WORD
    start = (2 + count) * WORD
    if count == 0 or len(data) != start + count * size:
        return None
    words = [data[at - WORD : at] for at in range(start + size, len(data) + 1, size)]
    expected = number(WORD) + number(count) + _places(count, size) + _ONE_WORD + _ONE_WORD.join(words)
    return words if data == expected else None


def _result(data: bytes, at: int) -> bytes | None:
    success = _read(data, at)
    if success > 1:
        raise Malformed("no boolean")
    returned = _bytes(data, at + _read(data, at + WORD, most=len(data)))
    return returned if success else None


def _bytes(data: bytes, at: int) -> bytes:
    length = _read(data, at, most=len(data))
    found = data[at + WORD : at + WORD + length]
    if len(found) != length:
        raise Malformed("cut short")
    return found


def _read(data: bytes, at: int, most: int | None = None) -> int:
    word = data[at : at + WORD]
    if len(word) != WORD:
        raise Malformed("cut short")
    value = int.from_bytes(word, "big")
    if most is not None and value > most:
        raise Malformed("points outside")
    return value
