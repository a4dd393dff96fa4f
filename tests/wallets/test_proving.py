"""Signatures of ordinary and delegated accounts, of contract wallets there and not there yet; and forgeries."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from eth_abi.abi import encode as abi_encode

import tests.chain
from bot.chain.reader import ChainReader
from bot.chain.rpc import Rpc
from bot.errors import BadInput, TryAgain, WrongState
from cogs.wallets.rules.signature import MAGIC_6492, MAX_BYTES
from cogs.wallets.rules.terms import Method
from cogs.wallets.rules.undeployed import UNDEPLOYED_CHECK
from cogs.wallets.service.proving import Proving
from tests.chain.anvil import CHAIN_ID, Anvil, Key, calldata
from tests.wallets.nodes import Manner, Node

MESSAGE = "ikuzo.example wants you to sign in with your Ethereum account:\nこんにちは"
KEY = Key("holder")
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SALT = b"\x07" * 32


@pytest.fixture
async def proving(anvil: Anvil) -> AsyncIterator[Proving]:
    rpc = Rpc(CHAIN_ID, [anvil.url])
    yield Proving({CHAIN_ID: ChainReader(rpc)})
    await rpc.close()


async def test_2_2_1_an_ordinary_account_with_either_form_of_v(proving: Proving) -> None:
    signature = KEY.sign(MESSAGE)
    proof = await proving.prove(MESSAGE, KEY.address, signature, CHAIN_ID)
    assert (proof.method, proof.chain_id, proof.block) == (Method.RECOVER, CHAIN_ID, None)
    low = signature[:-2] + {"1b": "00", "1c": "01"}[signature[-2:]]
    assert (await proving.prove(MESSAGE, KEY.address, low[2:], CHAIN_ID)).method is Method.RECOVER


@pytest.mark.parametrize("v", [2, 26, 29, 35, 99, 255])
async def test_2_2_1_any_other_v_is_refused(proving: Proving, v: int) -> None:
    signature = KEY.sign(MESSAGE)[:-2] + f"{v:02x}"
    with pytest.raises(BadInput):
        await proving.prove(MESSAGE, KEY.address, signature, CHAIN_ID)


async def test_2_2_1_the_upper_half_of_s_is_refused(proving: Proving) -> None:
    raw = bytes.fromhex(KEY.sign(MESSAGE)[2:])
    mirrored = raw[:32] + (ORDER - int.from_bytes(raw[32:64], "big")).to_bytes(32, "big") + bytes([55 - raw[64]])
    with pytest.raises(BadInput):
        await proving.prove(MESSAGE, KEY.address, mirrored.hex(), CHAIN_ID)


async def test_2_2_1_the_signer_is_compared_with_the_challenged_address(proving: Proving) -> None:
    with pytest.raises(BadInput):
        await proving.prove(MESSAGE, Key("someone else").address, KEY.sign(MESSAGE), CHAIN_ID)
    with pytest.raises(BadInput):
        await proving.prove(MESSAGE + " ", KEY.address, KEY.sign(MESSAGE), CHAIN_ID)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "0x",
        "0x1",
        "xyz",
        "0x" + "00" * 64,
        "0x" + "00" * 65,
        "0x" + "ff" * 65,
        "12 34",
        "0x" + "11" * (MAX_BYTES + 1),
    ],
)
async def test_2_2_1_and_4_what_is_no_signature_is_refused_without_a_traceback(
    proving: Proving, signature: str
) -> None:
    with pytest.raises(BadInput):
        await proving.prove(MESSAGE, KEY.address, signature, CHAIN_ID)


async def test_2_2_2_a_delegated_account_is_recovered_first(anvil: Anvil, proving: Proving) -> None:
    key = Key("delegated")
    refuser = anvil.deploy("Refuser")
    anvil.rpc("anvil_setCode", key.address, "0xef0100" + refuser.address[2:])
    assert (await proving.prove(MESSAGE, key.address, key.sign(MESSAGE), CHAIN_ID)).method is Method.RECOVER
    with pytest.raises(BadInput):
        await proving.prove(MESSAGE, key.address, KEY.sign(MESSAGE), CHAIN_ID)


async def test_2_2_3_and_5_a_contract_wallet_is_asked_and_what_it_rested_on_is_recorded(
    anvil: Anvil, proving: Proving
) -> None:
    wallet = anvil.deploy("Account", ["address"], [KEY.address])
    proof = await proving.prove(MESSAGE, wallet.address, KEY.sign(MESSAGE), CHAIN_ID)
    assert proof.method is Method.CONTRACT
    assert proof.block == int(anvil.rpc("eth_blockNumber"), 16)
    assert proof.code_hash is not None
    assert len(proof.code_hash) == 64
    with pytest.raises(BadInput):
        await proving.prove(MESSAGE, wallet.address, Key("thief").sign(MESSAGE), CHAIN_ID)


async def test_2_2_3_an_answer_of_another_length_is_no(anvil: Anvil, proving: Proving) -> None:
    bad = anvil.deploy("BadAccount")
    with pytest.raises(BadInput):
        await proving.prove(MESSAGE, bad.address, KEY.sign(MESSAGE), CHAIN_ID)
    # One that never ends is stopped by the gas it is given.
    with pytest.raises((BadInput, TryAgain)):
        await proving.prove(MESSAGE, bad.address, "0x" + "11" * 200, CHAIN_ID)


async def test_2_2_3_a_chain_that_cannot_be_asked_says_nothing_about_the_signature(anvil: Anvil) -> None:
    wallet = anvil.deploy("Account", ["address"], [KEY.address])
    async with Node(anvil.url, Manner.ERROR) as node:
        rpc = Rpc(CHAIN_ID, [node.url], jitter=lambda: -1.0)
        proving = Proving({CHAIN_ID: ChainReader(rpc)})
        with pytest.raises(TryAgain):
            await proving.prove(MESSAGE, wallet.address, KEY.sign(MESSAGE), CHAIN_ID)
        node.manner = Manner.OTHER_CHAIN
        with pytest.raises(TryAgain):
            await proving.prove(MESSAGE, wallet.address, KEY.sign(MESSAGE), CHAIN_ID)
        await rpc.close()
    with pytest.raises(WrongState):
        await Proving({}).prove(MESSAGE, wallet.address, "0x" + "11" * 100, CHAIN_ID)


async def test_2_2_4_a_wallet_that_is_not_there_yet(anvil: Anvil, proving: Proving) -> None:
    factory = anvil.deploy("Factory")
    predicted = "0x" + factory.read("predict(address,bytes32)", KEY.address, SALT)[12:].hex()
    signature = _undeployed(factory.address, KEY.sign(MESSAGE))
    proof = await proving.prove(MESSAGE, predicted, signature, CHAIN_ID)
    assert proof.method is Method.UNDEPLOYED
    assert anvil.rpc("eth_getCode", predicted, "latest") == "0x", "nothing of the call stays"
    for address, forged in (
        (predicted, _undeployed(factory.address, Key("thief").sign(MESSAGE))),
        (KEY.address, _undeployed(factory.address, Key("thief").sign(MESSAGE))),
        (predicted, _undeployed(KEY.address, KEY.sign(MESSAGE))),
        (predicted, "0x" + os.urandom(96).hex() + MAGIC_6492.hex()),
        (predicted, "0x" + MAGIC_6492.hex()),
    ):
        with pytest.raises(BadInput):
            await proving.prove(MESSAGE, address, forged, CHAIN_ID)
    factory.send("create(address,bytes32)", KEY.address, SALT)
    assert (await proving.prove(MESSAGE, predicted, signature, CHAIN_ID)).method is Method.UNDEPLOYED
    assert (await proving.prove(MESSAGE, predicted, KEY.sign(MESSAGE), CHAIN_ID)).method is Method.CONTRACT


def test_2_2_4_the_code_that_asks_is_what_its_source_compiles_to() -> None:
    made = json.loads((Path(tests.chain.__file__).parent / "contracts.json").read_text())
    assert UNDEPLOYED_CHECK.hex() == made["UndeployedCheck"]


def _undeployed(factory: str, signature: str) -> str:
    order = bytes.fromhex(calldata("create(address,bytes32)", KEY.address, SALT)[2:])
    envelope = abi_encode(["address", "bytes", "bytes"], [factory, order, bytes.fromhex(signature[2:])])
    return "0x" + (envelope + MAGIC_6492).hex()
