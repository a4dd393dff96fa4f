"""Read a chain at one block: blocks, code, and many calls to one contract at once."""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from bot.chain import abi
from bot.chain.keccak import keccak
from bot.chain.rpc import Reverted, Rpc, RpcError, Unavailable
from bot.safejson import Json

MULTICALL: Final = "0xca11bde05977b3631167028862be2a173976ca11"
MULTICALL_CODE: Final = bytes.fromhex("d5c15df687b16f2ff992fc8d767b4216323184a2bbc6ee2f9c398c318e770891")
"""Keccak-256 of the code that belongs there; whatever else stands at the address is not asked."""
CHUNK: Final = 500
# A bad item among 500 is alone after nine halvings; a few of them are looked for, not dozens.
MOST_REFUSALS: Final = 64
# How far behind the newest block we stay where a chain does not know the tag.
BEHIND: Final = {"safe": 32, "finalized": 64}
_HEX: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_QUANTITY: Final = re.compile(r"0x(?:0|[1-9a-fA-F][0-9a-fA-F]{0,63})")

Value = TypeVar("Value")
Item = TypeVar("Item")

log = logging.getLogger(__name__)


class Tag(StrEnum):
    """How settled a block must be."""

    LATEST = "latest"
    SAFE = "safe"
    FINALIZED = "finalized"


class Reading(StrEnum):
    """Why there is no value: the contract refused, or it could not be read."""

    REVERTED = "reverted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Block:
    """A block everything is read at; by its number, with the hash to notice that it was replaced."""

    number: int
    hash: str

    @property
    def named(self) -> str:
        return hex(self.number)


class ChainReader:
    """One chain, read at given blocks. Methods raise :class:`~bot.chain.rpc.RpcError` unless they say otherwise.

    *only* restricts a reader to one of several endpoints (see :meth:`each`).
    """

    def __init__(self, rpc: Rpc, *, only: int | None = None, multicall_code: bytes = MULTICALL_CODE) -> None:
        self.rpc = rpc
        self._only = only
        self._multicall_code = multicall_code
        self._multicall_from: int | None = None

    @property
    def chain_id(self) -> int:
        return self.rpc.chain_id

    def each(self) -> Sequence["ChainReader"]:
        """Return a reader for every endpoint alone, to hear whether they agree."""
        return [ChainReader(self.rpc, only=i, multicall_code=self._multicall_code) for i in range(self.rpc.width)]

    async def block(self, tag: Tag) -> Block:
        """Return the block a tag stands for now; one a little behind the newest where the chain has no such tag."""
        try:
            return _block(await self._call("eth_getBlockByNumber", tag.value, False))
        except (Unavailable, abi.Malformed) as error:
            if tag is Tag.LATEST or (isinstance(error, Unavailable) and not error.refused):
                raise _as_rpc(error) from None
        newest = await self.block(Tag.LATEST)
        return await self.block_at(max(0, newest.number - BEHIND[tag.value]))

    async def block_at(self, number: int) -> Block:
        """Return a block by its number."""
        try:
            found = _block(await self._call("eth_getBlockByNumber", hex(number), False))
        except abi.Malformed as error:
            raise _as_rpc(error) from None
        if found.number != number:
            raise RpcError("another block than the one asked for")
        return found

    async def code(self, address: str, block: Block) -> bytes:
        """Return the code at an address; empty where there is none."""
        return _data(await self._call("eth_getCode", address, block.named))

    async def ask(self, target: str | None, data: bytes, block: Block, *, gas: int | None = None) -> bytes:
        """Return what one call returns; without a *target* its data is code that runs and is forgotten."""
        call: dict[str, Json] = {"data": f"0x{data.hex()}"}
        if target is not None:
            call["to"] = target
        if gas is not None:
            call["gas"] = hex(gas)
        return _data(await self._call("eth_call", call, block.named))

    async def ask_many(
        self, target: str, calls: Sequence[bytes], block: Block, decode: Callable[[bytes], Value]
    ) -> list[Value | Reading]:
        """Return what each call to one contract returns, 500 to a request; never raises.

        A contract without code returns nothing, which is unknown and not zero. A request that is refused is halved, so
        that one call that cannot be made takes no other with it for good.
        """

        async def together(part: Sequence[bytes]) -> list[Value | Reading]:
            returned = await self.ask(MULTICALL, abi.aggregate3(target, part), block)
            results = abi.decode_aggregate3(returned, len(part))
            return [Reading.REVERTED if data is None else _decoded(data, decode) for data in results]

        async def alone(part: Sequence[bytes]) -> list[Value | Reading]:
            try:
                return [_decoded(await self.ask(target, part[0], block), decode)]
            except Reverted:
                return [Reading.REVERTED]

        try:
            has_multicall = await self.has_multicall(block)
        except RpcError:
            return [Reading.UNKNOWN] * len(calls)
        return await _in_parts(calls, together, CHUNK) if has_multicall else await _in_parts(calls, alone, 1)

    async def ask_batch(self, target: str, pairs: Sequence[tuple[str, int]], block: Block) -> list[int | Reading]:
        """Return ERC-1155 balances of (owner, id) pairs, 500 to a request; never raises."""

        async def together(part: Sequence[tuple[str, int]]) -> list[int | Reading]:
            return list(abi.decode_numbers(await self.ask(target, abi.balance_of_batch(part), block), len(part)))

        return await _in_parts(pairs, together, CHUNK)

    async def has_multicall(self, block: Block) -> bool:
        """Say whether Multicall3 is there with its genuine code; remembered of the block it was found at, and later.

        That it is not there is asked again: the block may be older than it, the endpoint behind.
        """
        if self._multicall_from is not None and block.number >= self._multicall_from:
            return True
        genuine = keccak(await self.code(MULTICALL, block)) == self._multicall_code
        if genuine:
            self._multicall_from = block.number
        return genuine

    async def _call(self, method: str, *params: Json) -> Json:
        return await self.rpc.call(method, *params, only=self._only)


async def _in_parts(
    items: Sequence[Item], request: Callable[[Sequence[Item]], Awaitable[list[Value | Reading]]], size: int
) -> list[Value | Reading]:
    """Make requests of up to *size* items, halving what is refused; what cannot be had is unknown.

    Once endpoints are away, or refusals are too many for single bad items, nothing further is asked.
    """
    found: list[Value | Reading] = [Reading.UNKNOWN] * len(items)
    waiting = [(start, min(start + size, len(items))) for start in range(0, len(items), size)][::-1]
    refusals = 0
    while waiting:
        start, end = waiting.pop()
        try:
            found[start:end] = await request(items[start:end])
        except abi.Malformed:
            log.warning("an answer about %s calls is malformed", end - start)
        except RpcError as error:
            if isinstance(error, Unavailable) and not error.refused:
                break
            refusals += 1
            if refusals > MOST_REFUSALS:
                break
            if end - start > 1:
                middle = (start + end) // 2
                waiting += [(middle, end), (start, middle)]
    return found


def _decoded(data: bytes, decode: Callable[[bytes], Value]) -> Value | Reading:
    try:
        return decode(data)
    except abi.Malformed:
        return Reading.UNKNOWN


def _as_rpc(error: Exception) -> RpcError:
    return error if isinstance(error, RpcError) else RpcError(str(error))


def _block(value: Json) -> Block:
    if not isinstance(value, dict):
        raise abi.Malformed("no block")
    number, digest = value.get("number"), value.get("hash")
    if not isinstance(number, str) or not _QUANTITY.fullmatch(number):
        raise abi.Malformed("no block number")
    if not isinstance(digest, str) or len(digest) != 66 or not _HEX.fullmatch(digest):
        raise abi.Malformed("no block hash")
    if int(number, 16) >= 1 << 63:
        raise abi.Malformed("no block number")
    return Block(int(number, 16), digest.lower())


def _data(value: Json) -> bytes:
    if not isinstance(value, str) or not value.startswith("0x"):
        raise RpcError("no data")
    try:
        data = bytes.fromhex(value[2:])
    except ValueError:
        raise RpcError("no data") from None
    # Spaces are let pass; hundreds of kilobytes are not held against a pattern for them.
    if len(data) * 2 + 2 != len(value):
        raise RpcError("no data")
    return data
