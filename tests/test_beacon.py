"""Which chain, and is a signature genuine: drand's recorded rounds, and everything that only looks like one."""

import dataclasses
import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.beacon import QUICKNET, BeaconChain, InvalidBeacon, InvalidChain, load_chain, verify_signature
from tests.drand import TestChain

# Rounds of quicknet as drand published them: https://docs.drand.love/developer/http-api
RECORDED = {
    42: "95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a",
    1000: "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
}
RANDOMNESS_1000 = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
SIGNATURE = bytes.fromhex(RECORDED[1000])
INFINITY_G1 = b"\xc0" + bytes(47)
INFINITY_G2 = b"\xc0" + bytes(95)

QUICKNET_INFO: dict[str, Any] = {
    "public_key": QUICKNET.public_key.hex(),
    "period": 3,
    "genesis_time": 1692803367,
    "hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    "groupHash": "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
    "schemeID": "bls-unchained-g1-rfc9380",
    "metadata": {"beaconID": "quicknet"},
}


@pytest.fixture(scope="module")
def own() -> TestChain:
    return TestChain()


def outside_the_subgroup() -> bytes:
    """Return a point of G1's curve that is not in the group."""
    from py_ecc.bls.point_compression import compress_G1

    return compress_G1(_torsion()).to_bytes(48, "big")


def shifted(signature: bytes) -> bytes:
    """Return *signature* plus a point that every pairing takes to 1, so that the equation alone would accept it."""
    from py_ecc.bls.point_compression import compress_G1, decompress_G1
    from py_ecc.optimized_bls12_381.optimized_curve import add

    point: Any = decompress_G1(int.from_bytes(signature, "big"))  # pyright: ignore[reportArgumentType]
    return compress_G1(add(point, _torsion())).to_bytes(48, "big")


def _torsion() -> Any:
    from py_ecc.fields import optimized_bls12_381_FQ as FQ
    from py_ecc.optimized_bls12_381.optimized_curve import b, curve_order, is_inf, is_on_curve, multiply

    point = (FQ(0), FQ(2), FQ(1))  # of order 3, which does not divide the group's
    assert is_on_curve(point, b)
    assert not is_inf(multiply(point, curve_order))
    return point


def test_recorded_rounds_of_quicknet_verify() -> None:
    assert verify_signature(QUICKNET, 1000, SIGNATURE).hex() == RANDOMNESS_1000
    other = bytes.fromhex(RECORDED[42])
    assert verify_signature(QUICKNET, 42, other) == hashlib.sha256(other).digest()


def test_rounds_of_our_own_chain_verify(own: TestChain) -> None:
    assert verify_signature(own.chain, 7, own.sign(7)) == hashlib.sha256(own.sign(7)).digest()


def test_another_round_is_refused(own: TestChain) -> None:
    for round_ in (999, 1001, 42):
        with pytest.raises(InvalidBeacon, match=f"not the chain's for round {round_}"):
            verify_signature(QUICKNET, round_, SIGNATURE)
    with pytest.raises(InvalidBeacon):
        verify_signature(own.chain, 7, own.sign(8))


def test_another_chain_is_refused(own: TestChain) -> None:
    stranger = TestChain(secret=12345)
    for chain, signature in [(own.chain, SIGNATURE), (own.chain, stranger.sign(1000)), (QUICKNET, own.sign(1000))]:
        with pytest.raises(InvalidBeacon, match="not the chain's"):
            verify_signature(chain, 1000, signature)


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (b"", "0 bytes"),
        (SIGNATURE[:-1], "47 bytes"),
        (SIGNATURE + b"\0", "49 bytes"),
        (SIGNATURE * 2, "96 bytes"),
        (bytes(48), "not on the curve"),
        (b"\xff" * 48, "not on the curve"),
        (bytes([SIGNATURE[0] & 0x7F]) + SIGNATURE[1:], "not on the curve"),
        (b"\x80" + bytes(46) + b"\x01", "not on the curve"),
        (INFINITY_G1, "infinity"),
        (b"\xe0" + bytes(47), "not on the curve"),
        (bytes([SIGNATURE[0] ^ 0x20]) + SIGNATURE[1:], "not the chain's"),
    ],
)
def test_what_is_no_signature_is_refused_with_the_reason(signature: bytes, reason: str) -> None:
    with pytest.raises(InvalidBeacon, match=reason):
        verify_signature(QUICKNET, 1000, signature)


def test_points_outside_the_subgroup_are_refused() -> None:
    """Otherwise one genuine signature has many forms that verify, and whoever serves it chooses among as many draws."""
    with pytest.raises(InvalidBeacon):
        verify_signature(QUICKNET, 1000, outside_the_subgroup())
    with pytest.raises(InvalidBeacon, match="subgroup"):
        verify_signature(QUICKNET, 1000, shifted(SIGNATURE))


@pytest.mark.parametrize("bit", range(0, 384, 37))
def test_a_flipped_bit_is_refused(bit: int) -> None:
    changed = int.from_bytes(SIGNATURE, "big") ^ (1 << bit)
    with pytest.raises(InvalidBeacon):
        verify_signature(QUICKNET, 1000, changed.to_bytes(48, "big"))


@pytest.mark.parametrize("round_", [0, -1, 2**64])
def test_numbers_that_are_no_round_are_refused(round_: int) -> None:
    with pytest.raises(InvalidBeacon, match="round"):
        verify_signature(QUICKNET, round_, SIGNATURE)


@pytest.mark.parametrize("key", [b"", QUICKNET.public_key[:48], INFINITY_G2, b"\xff" * 96])
def test_chains_without_a_usable_key_are_refused(key: bytes) -> None:
    """With the point at infinity as key and signature, the equation would hold for every round."""
    with pytest.raises(InvalidBeacon, match="public key"):
        verify_signature(dataclasses.replace(QUICKNET, public_key=key), 1000, INFINITY_G1)


def test_keys_outside_the_subgroup_are_refused() -> None:
    from py_ecc.bls.point_compression import compress_G2, decompress_G2
    from py_ecc.optimized_bls12_381.optimized_curve import curve_order, is_inf, multiply

    for x in range(1, 50):
        try:
            point: Any = decompress_G2(((1 << 383) + x, 0))  # pyright: ignore[reportArgumentType]
        except ValueError:
            continue
        if not is_inf(multiply(point, curve_order)):
            break
    else:
        pytest.fail("no such point among the first")
    key = b"".join(half.to_bytes(48, "big") for half in compress_G2(point))
    with pytest.raises(InvalidBeacon, match="subgroup"):
        verify_signature(dataclasses.replace(QUICKNET, public_key=key), 1000, SIGNATURE)


def test_other_schemes_are_refused() -> None:
    with pytest.raises(InvalidBeacon, match="scheme"):
        verify_signature(dataclasses.replace(QUICKNET, scheme="pedersen-bls-chained"), 1000, SIGNATURE)


def test_importing_brings_in_nothing_heavy_and_verifying_leaves_the_recursion_limit() -> None:
    script = (
        "import sys\n"
        "import bot.beacon\n"
        "heavy = {'discord', 'sqlalchemy', 'aiohttp', 'py_ecc', 'eth_keys'}\n"
        "print(sorted(heavy & set(sys.modules)), sys.getrecursionlimit())\n"
        "sys.setrecursionlimit(1234)\n"
        f"bot.beacon.verify_signature(bot.beacon.QUICKNET, 1000, bytes.fromhex({RECORDED[1000]!r}))\n"
        "print('py_ecc' in sys.modules, sys.getrecursionlimit())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[] 1000", "True 1234"]


@given(st.integers(1, 2**40), st.sampled_from([timedelta(0), timedelta(microseconds=1), timedelta(seconds=2.999)]))
def test_rounds_and_times_agree(round_: int, later: timedelta) -> None:
    chain = dataclasses.replace(QUICKNET, genesis=0)
    if round_ * 3 < 250_000_000_000:
        assert chain.round_at(chain.time_of(round_) + later) == round_


def test_times_of_rounds() -> None:
    assert QUICKNET.time_of(1) == datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
    assert QUICKNET.time_of(1001) - QUICKNET.time_of(1) == timedelta(seconds=3000)
    assert QUICKNET.round_at(QUICKNET.time_of(1) - timedelta(microseconds=1)) == 0
    assert QUICKNET.round_at(datetime(2020, 1, 1, tzinfo=UTC)) == 0


def written(tmp_path: Path, info: object) -> Path:
    path = tmp_path / "chain.json"
    path.write_text(info if isinstance(info, str) else json.dumps(info))
    return path


def test_reads_drands_own_files(tmp_path: Path, own: TestChain) -> None:
    assert load_chain(written(tmp_path, QUICKNET_INFO)) == QUICKNET
    assert load_chain(written(tmp_path, own.info_json())) == own.chain


def test_reads_a_file_with_nothing_but_the_five_fields(tmp_path: Path, own: TestChain) -> None:
    info = {name: own.info_json()[name] for name in ("public_key", "period", "genesis_time", "hash", "schemeID")}
    assert load_chain(written(tmp_path, info)) == own.chain


def test_chains_that_differ_have_different_hashes(own: TestChain) -> None:
    others = [TestChain(period=4), TestChain(genesis=own.chain.genesis + 1), TestChain(secret=2)]
    assert len({chain.chain.hash for chain in [own, *others]}) == 4


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"schemeID": "pedersen-bls-chained"}, "schemeID .* 'pedersen-bls-chained'"),
        ({"schemeID": None}, "schemeID .* missing"),
        ({"hash": "52db"}, "hash must be 64 hexadecimal digits"),
        ({"hash": "00" * 32}, "hash is 0000"),
        ({"public_key": QUICKNET.public_key.hex()[:-2]}, "public_key must be 192 hexadecimal digits"),
        ({"public_key": "zz" * 96}, "public_key must be 192 hexadecimal digits"),
        ({"public_key": QUICKNET.public_key.hex()[:-1] + "b"}, "not a point"),
        ({"public_key": "ff" * 96}, "not a point"),
        ({"public_key": INFINITY_G2.hex()}, "not a point"),
        ({"public_key": None}, "public_key must be"),
        ({"period": 0}, "period must be a whole number from 1"),
        ({"period": True}, "period must be a whole number"),
        ({"period": "3"}, "period must be a whole number"),
        ({"period": 4}, "quicknet's hash"),
        ({"genesis_time": -1}, "genesis_time must be a whole number"),
        ({"genesis_time": 10**30}, "genesis_time must be a whole number"),
        ({"groupHash": "00" * 32}, "other values give"),
        ({"metadata": {"beaconID": "slownet"}}, "other values give"),
        ({"metadata": None}, "other values give"),
    ],
)
def test_changed_files_are_refused_with_the_reason(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidChain, match=reason):
        load_chain(written(tmp_path, QUICKNET_INFO | changes))


def test_a_key_that_was_swapped_is_noticed_by_the_chain_hash(tmp_path: Path, own: TestChain) -> None:
    with pytest.raises(InvalidChain, match="other values give"):
        load_chain(written(tmp_path, own.info_json() | {"public_key": TestChain(secret=2).chain.public_key.hex()}))


@pytest.mark.parametrize("text", ["", "[]", "7", "{", "[" * 60_000, '{"hash": NaN}', "{}" + " " * 70_000])
def test_files_that_hold_something_else_are_refused(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InvalidChain, match=r"chain\.json is not a drand chain-info JSON: .*\."):
        load_chain(path)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidChain, match="No such file"):
        load_chain(tmp_path / "missing.json")
    with pytest.raises(InvalidChain, match="Is a directory"):
        load_chain(tmp_path)


def test_chains_are_frozen_values() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        QUICKNET.period = 1  # pyright: ignore[reportAttributeAccessIssue]
    assert BeaconChain(**dataclasses.asdict(QUICKNET)) == QUICKNET
