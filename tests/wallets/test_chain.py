"""Reading a chain through endpoints that fail and lie; blocks, batches, halving."""

import asyncio
import contextlib
import logging

import pytest
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_abi.exceptions import DecodingError
from hypothesis import given
from hypothesis import strategies as st

from bot.chain import abi
from bot.chain.keccak import keccak
from bot.chain.reader import MULTICALL, MULTICALL_CODE, Block, ChainReader, Reading, Tag
from bot.chain.rpc import Rpc, RpcError, Trouble, Unavailable
from tests.chain.anvil import CHAIN_ID, Anvil, calldata, multicall_code
from tests.wallets.nodes import Manner, Node
from tests.wallets.stage import address

# What an endpoint gets in tests in which one never comes to an end.
SHORT_SECONDS = 0.5
ADDRESSES = st.integers(0, 2**160 - 1).map(lambda n: f"0x{n:040x}")


def reader(*urls: str, **options: object) -> ChainReader:
    return ChainReader(Rpc(CHAIN_ID, urls, jitter=lambda: -1.0), **options)  # type: ignore[arg-type]


@given(ADDRESSES, st.lists(st.binary(max_size=80), max_size=5))
def test_calls_are_encoded_as_a_library_encodes_them(target: str, calls: list[bytes]) -> None:
    tuples = [(target, True, call) for call in calls]
    expected = abi_encode(["(address,bool,bytes)[]"], [tuples])
    assert abi.aggregate3(target, calls) == abi.AGGREGATE3 + expected
    results = [(bool(len(call) % 2), call) for call in calls]
    decoded = abi.decode_aggregate3(abi_encode(["(bool,bytes)[]"], [results]), len(calls))
    assert decoded == [call if success else None for success, call in results]


@given(ADDRESSES, st.integers(0, 70), st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=6))
def test_calls_of_one_length_are_encoded_alike(target: str, length: int, words: list[bytes]) -> None:
    calls = [(word * 3)[:length] for word in words]
    expected = abi_encode(["(address,bool,bytes)[]"], [[(target, True, call) for call in calls]])
    assert abi.aggregate3(target, calls) == abi.AGGREGATE3 + expected


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=6), st.data())
def test_results_of_one_word_are_read_as_strictly(words: list[bytes], draw: st.DataObject) -> None:
    answer = abi_encode(["(bool,bytes)[]"], [[(True, word) for word in words]])
    assert abi.decode_aggregate3(answer, len(words)) == words
    # A library that reads what the changed answer says, or refuses it, is what ours is held against.
    at, byte = draw.draw(st.integers(0, len(answer) - 1)), draw.draw(st.integers(0, 255))
    changed = answer[:at] + bytes([byte]) + answer[at + 1 :]
    try:
        ours: object = abi.decode_aggregate3(changed, len(words))
    except abi.Malformed:
        ours = None
    try:
        [results] = abi_decode(["(bool,bytes)[]"], changed)
        theirs: object = [data if success else None for success, data in results]
    except (DecodingError, OverflowError, MemoryError):
        theirs = None
    if ours is not None:
        assert ours == theirs


@given(st.lists(st.tuples(ADDRESSES, st.integers(0, 2**256 - 1)), max_size=5))
def test_batches_are_encoded_as_a_library_encodes_them(pairs: list[tuple[str, int]]) -> None:
    owners, ids = [owner for owner, _ in pairs], [token_id for _, token_id in pairs]
    assert abi.balance_of_batch(pairs).hex() == calldata("balanceOfBatch(address[],uint256[])", owners, ids)[2:]
    assert abi.decode_numbers(abi_encode(["uint256[]"], [ids]), len(ids)) == ids


@given(st.binary(max_size=400), st.integers(0, 4))
def test_2_4_1_no_answer_breaks_the_decoding(data: bytes, count: int) -> None:
    for decode in (abi.decode_aggregate3, abi.decode_numbers):
        with contextlib.suppress(abi.Malformed):
            assert len(decode(data, count)) == count


def test_2_4_6_the_code_of_multicall_is_the_published_one() -> None:
    code = bytes.fromhex(multicall_code()[2:])
    assert len(code) == 3_808
    assert keccak(code) == MULTICALL_CODE


async def test_2_4_5_blocks_are_chosen_by_tag_and_named_by_number(anvil: Anvil) -> None:
    anvil.mine(3)
    chain = reader(anvil.url)
    newest = int(anvil.rpc("eth_blockNumber"), 16)
    blocks = [await chain.block(tag) for tag in (Tag.LATEST, Tag.SAFE, Tag.FINALIZED)]
    assert [newest - block.number for block in blocks] == [0, 1, 2]
    assert (await chain.block_at(blocks[2].number)) == blocks[2]
    await chain.rpc.close()


async def test_2_4_5_where_a_chain_has_no_such_tag_we_stay_behind_the_newest(anvil: Anvil) -> None:
    anvil.mine(70)

    class Untagged(Rpc):
        async def call(self, method: str, *params: object, only: int | None = None) -> object:  # type: ignore[override]
            if params and params[0] in ("safe", "finalized"):
                raise Unavailable([Trouble.REFUSED])
            return await super().call(method, *params, only=only)  # type: ignore[arg-type]

    chain = ChainReader(Untagged(CHAIN_ID, [anvil.url]))
    newest = int(anvil.rpc("eth_blockNumber"), 16)
    assert newest - (await chain.block(Tag.SAFE)).number == 32
    assert newest - (await chain.block(Tag.FINALIZED)).number == 64
    await chain.rpc.close()


@pytest.mark.parametrize(
    "manner",
    [each for each in Manner if each not in (Manner.HONEST, Manner.ZERO)],
)
async def test_2_4_1_whatever_an_endpoint_does_wrong_is_unknown_and_the_second_one_is_asked(
    anvil: Anvil, manner: Manner, caplog: pytest.LogCaptureFixture
) -> None:
    coin = anvil.deploy("Coin", ["uint8"], [18])
    coin.send("mint(address,uint256)", address(1), 7)
    calls = [abi.balance_of(address(n)) for n in (1, 2)]
    async with Node(anvil.url) as node:
        alone = reader(node.url)
        block = await alone.block(Tag.LATEST)
        await alone.has_multicall(block)
        node.manner = manner
        both = reader(node.url, anvil.url)
        if manner in (Manner.HANG, Manner.STALL):
            alone.rpc._timeout = both.rpc._timeout = SHORT_SECONDS
        with caplog.at_level(logging.DEBUG):
            fresh = reader(node.url) if manner is Manner.OTHER_CHAIN else alone
            assert await fresh.ask_many(coin.address, calls, block, abi.decode_number) == [Reading.UNKNOWN] * 2
        assert "SECRETKEY" not in caplog.text
        assert address(1) not in caplog.text
        if manner not in (Manner.EMPTY, Manner.SHORT, Manner.LONG, Manner.NUMBERS):
            assert await both.ask_many(coin.address, calls, block, abi.decode_number) == [7, 0]
        for each in (alone, fresh, both):
            await each.rpc.close()


HASH = "0x" + "ab" * 32
ODD = (
    None,
    True,
    7,
    1.5,
    "",
    "0x",
    "0x1",
    "0xzz",
    "0x0g",
    "0X12",
    " 0x12",
    "0x１２",
    HASH + "00",
    "x" * 900,
    [],
    {},
    [[]],
)
BLOCKS = (
    *ODD,
    *(
        {"number": odd, "hash": HASH}
        for odd in (*ODD[:6], "0x01", "0x-1", "0x" + "f" * 64, "0x" + "f" * 70, hex(1 << 63))
    ),
    *({"number": "0x1", "hash": odd} for odd in ODD),
    {"number": "0x1"},
)


async def test_2_4_1_a_lie_in_any_field_is_no_value(anvil: Anvil) -> None:
    coin = anvil.deploy("Coin", ["uint8"], [18])
    async with Node(anvil.url) as node:
        chain = reader(node.url)
        honest = await chain.block(Tag.LATEST)
        for lie in BLOCKS:
            node.lies = {"eth_getBlockByNumber": lie}
            for tag in Tag:
                with pytest.raises(RpcError):
                    await chain.block(tag)
        node.lies = {"eth_getBlockByNumber": {"number": hex(honest.number + 1), "hash": HASH}}
        with pytest.raises(RpcError):
            await chain.block_at(honest.number)
        for lie in ODD:
            node.lies = {"eth_getCode": lie}
            found = await reader(node.url).ask_many(
                coin.address, [abi.balance_of(address(1))], honest, abi.decode_number
            )
            assert found in ([0], [Reading.UNKNOWN]), lie
            node.lies = {"eth_call": lie}
            assert await chain.ask_many(coin.address, [abi.balance_of(address(1))], honest, abi.decode_number) == [
                Reading.UNKNOWN
            ], lie
            assert await chain.ask_batch(coin.address, [(address(1), 1)], honest) == [Reading.UNKNOWN]
            node.lies = {"eth_chainId": lie}
            with pytest.raises(Unavailable):
                await reader(node.url).block(Tag.LATEST)
        await chain.rpc.close()


async def test_2_4_7_retry_after_is_respected(anvil: Anvil) -> None:
    async with Node(anvil.url, Manner.BUSY) as node:
        rpc = Rpc(CHAIN_ID, [node.url], jitter=lambda: -1.0)
        for _ in range(3):
            with pytest.raises(Unavailable) as refused:
                await rpc.call("eth_blockNumber")
            assert refused.value.troubles == (Trouble.BUSY,)
        assert len(node.asked) == 1
        await rpc.close()


async def test_2_4_1_a_contract_without_code_is_unknown_and_not_zero(anvil: Anvil) -> None:
    chain = reader(anvil.url)
    block = await chain.block(Tag.LATEST)
    for calls in ([abi.balance_of(address(1))], [abi.owner_of(1)]):
        assert await chain.ask_many(address(9), calls, block, abi.decode_number) == [Reading.UNKNOWN]
    assert await chain.ask_batch(address(9), [(address(1), 1)], block) == [Reading.UNKNOWN]
    await chain.rpc.close()


async def test_2_4_1_an_owner_that_is_refused_by_a_contract_with_code_is_nobody(anvil: Anvil) -> None:
    art = anvil.deploy("Art")
    art.send("mint(address,uint256)", address(1), 5)
    chain = reader(anvil.url)
    block = await chain.block(Tag.LATEST)
    found = await chain.ask_many(art.address, [abi.owner_of(5), abi.owner_of(6)], block, abi.decode_address)
    assert found == [address(1), Reading.REVERTED]
    await chain.rpc.close()


async def test_2_4_6_without_genuine_multicall_single_calls_are_made(anvil: Anvil) -> None:
    coin = anvil.deploy("Coin", ["uint8"], [0])
    coin.send("mint(address,uint256)", address(1), 7)
    async with Node(anvil.url) as node:
        chain = reader(node.url, multicall_code=bytes(32))
        block = await chain.block(Tag.LATEST)
        calls = [abi.balance_of(address(n)) for n in (1, 2, 3)]
        assert await chain.ask_many(coin.address, calls, block, abi.decode_number) == [7, 0, 0]
        assert [call["to"] for call in node.calls] == [coin.address] * 3
        await chain.rpc.close()


async def test_2_4_6_that_multicall_is_missing_is_asked_again(anvil: Anvil) -> None:
    """A block older than it, or an endpoint that is behind, must not cost every later recheck a call per wallet."""
    coin = anvil.deploy("Coin", ["uint8"], [0])
    calls = [abi.balance_of(address(n)) for n in (1, 2, 3)]
    async with Node(anvil.url) as node:
        chain = reader(node.url)
        newest, first = await chain.block(Tag.LATEST), await chain.block_at(0)
        node.lies = {"eth_getCode": "0x"}
        assert not await chain.has_multicall(first)
        node.lies = {}
        assert await chain.ask_many(coin.address, calls, newest, abi.decode_number) == [0, 0, 0]
        assert [call["to"] for call in node.calls] == [MULTICALL]
        node.lies = {"eth_getCode": "0x"}
        assert not await chain.has_multicall(first), "what is there now was not there then"
        node.asked.clear()
        assert await chain.has_multicall(newest)
        assert node.asked == [], "that it is there is remembered"
        await chain.rpc.close()


async def test_2_4_6_five_hundred_wallets_to_a_call_and_one_contract_in_each(anvil: Anvil) -> None:
    coin = anvil.deploy("Coin", ["uint8"], [18])
    editions = anvil.deploy("Editions")
    async with Node(anvil.url) as node:
        chain = reader(node.url)
        block = await chain.block(Tag.LATEST)
        calls = [abi.balance_of(address(n)) for n in range(1_100)]
        assert await chain.ask_many(coin.address, calls, block, abi.decode_number) == [0] * 1_100
        assert [call["to"] for call in node.calls] == [MULTICALL] * 3
        node.calls.clear()
        assert await chain.ask_batch(editions.address, [(address(n), 1) for n in range(501)], block) == [0] * 501
        assert [call["to"] for call in node.calls] == [editions.address] * 2
        await chain.rpc.close()


async def test_2_4_6_a_refused_batch_is_halved_until_the_bad_call_is_alone(anvil: Anvil) -> None:
    coin = anvil.deploy("Coin", ["uint8"], [18])
    poison = address(77)[2:]
    async with Node(anvil.url) as node:
        node.on_call = lambda call: Manner.REFUSE if poison in call["data"] else None
        chain = reader(node.url)
        block = await chain.block(Tag.LATEST)
        calls = [abi.balance_of(address(n)) for n in range(500)]
        found = await chain.ask_many(coin.address, calls, block, abi.decode_number)
        assert [place for place, each in enumerate(found) if each is Reading.UNKNOWN] == [77]
        assert len(node.calls) < 25
        node.manner = Manner.REFUSE
        node.calls.clear()
        assert await chain.ask_many(coin.address, calls, block, abi.decode_number) == [Reading.UNKNOWN] * 500
        assert len(node.calls) < 70
        await chain.rpc.close()


async def test_2_4_6_a_hostile_contract_harms_only_itself(anvil: Anvil) -> None:
    hostile, coin = anvil.deploy("Hostile"), anvil.deploy("Coin", ["uint8"], [18])
    chain = ChainReader(Rpc(CHAIN_ID, [anvil.url]))
    block = await chain.block(Tag.LATEST)
    calls = [abi.balance_of(f"0x{n:040x}") for n in (4, 2, 3)]
    found = await chain.ask_many(hostile.address, calls, block, abi.decode_number)
    assert found == [1, Reading.UNKNOWN, Reading.REVERTED]
    assert await chain.ask_many(coin.address, calls, block, abi.decode_number) == [0, 0, 0]
    await chain.rpc.close()


async def test_2_4_6_a_contract_that_answers_in_megabytes_harms_only_itself(anvil: Anvil) -> None:
    # PUSH3 2 MiB, PUSH1 0, RETURN: two of them are more than a call's gas allows.
    huge, coin = address(4_711), anvil.deploy("Coin", ["uint8"], [18])
    anvil.rpc("anvil_setCode", huge, "0x622000006000f3")
    async with Node(anvil.url) as node:
        chain = ChainReader(Rpc(CHAIN_ID, [node.url]))
        block = await chain.block(Tag.LATEST)
        calls = [abi.balance_of(address(n)) for n in range(500)]
        assert await chain.ask_many(huge, calls, block, abi.decode_number) == [Reading.UNKNOWN] * 500
        assert len(node.calls) < 150
        assert await chain.ask_many(coin.address, calls, block, abi.decode_number) == [0] * 500
        await chain.rpc.close()


async def test_2_4_7_calls_at_once_are_bounded(anvil: Anvil) -> None:
    running = most = 0

    class Counting(Rpc):
        async def _ask(self, *args: object) -> object:  # type: ignore[override]
            nonlocal running, most
            running += 1
            most = max(most, running)
            try:
                return await super()._ask(*args)  # type: ignore[arg-type]
            finally:
                running -= 1

    rpc = Counting(CHAIN_ID, [anvil.url])
    await asyncio.gather(*(rpc.call("eth_blockNumber") for _ in range(30)))
    assert most == 4
    await rpc.close()


async def test_2_4_5_a_replaced_block_is_noticed(anvil: Anvil) -> None:
    chain = reader(anvil.url)
    fork = anvil.rpc("evm_snapshot")
    anvil.mine(2)
    before = await chain.block(Tag.LATEST)
    anvil.rpc("evm_revert", fork)
    # Empty blocks of the same seconds would be the same blocks.
    anvil.rpc("evm_increaseTime", 60)
    anvil.mine(2)
    after = await chain.block_at(before.number)
    assert isinstance(after, Block)
    assert after.hash != before.hash
    with pytest.raises(RpcError):
        await chain.block_at(before.number + 1_000)
    await chain.rpc.close()
