"""The hashes and the ranking, against their definition written once more in the plainest way."""

import hashlib
import hmac
import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.giveaways.rules import draw
from cogs.giveaways.rules.draw import Entry

VECTORS = Path(__file__).parents[2] / "vectors"

KEY = bytes(range(32))

tokens = st.text("0123456789abcdef", min_size=32, max_size=32)
lists = st.dictionaries(tokens, st.integers(1, 100), min_size=1, max_size=12).map(lambda found: sorted(found.items()))
keys = st.binary(min_size=32, max_size=32)


def plainly_ranked(key: bytes, entrants: list[Entry]) -> list[str]:
    """Rank with numbers and the standard library's HMAC, word for word as docs/verify.md says."""

    def score(name: str, weight: int) -> int:
        tickets = (hmac.new(key, f"{name}:{k}".encode(), hashlib.sha256).digest() for k in range(weight))
        return min(int.from_bytes(ticket, "big") for ticket in tickets)

    return [name for _, name in sorted((score(name, weight), name) for name, weight in entrants)]


def test_commitment_is_the_seeds_hash() -> None:
    assert draw.commitment(bytes(32)) == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        draw.commitment(bytes(length))


def test_token_hashes_its_parts_as_printed() -> None:
    giveaway_id, salt = "0f" * 16, "a1" * 16
    expected = hashlib.sha256(f"{giveaway_id}:80351110224678912:{salt}".encode()).hexdigest()[:32]
    assert draw.token(giveaway_id, "80351110224678912", salt) == expected


def test_holders_token_needs_the_address_only() -> None:
    address = "0x49CF6f5D44E70224e2E23fDcdd2C053F30aDA28B"
    expected = hashlib.sha256(f"{'0f' * 16}:{address.lower()}:".encode()).hexdigest()[:32]
    assert draw.holder_token("0f" * 16, address) == expected


def test_list_is_one_line_an_entrant() -> None:
    entrants = [("0" * 32, 1), ("f" * 32, 100)]
    assert draw.entrants_text(entrants) == b"%b:1\n%b:100\n" % (b"0" * 32, b"f" * 32)
    assert draw.entrants_digest(entrants) == hashlib.sha256(draw.entrants_text(entrants)).hexdigest()


def test_key_hashes_six_lines() -> None:
    seed, randomness = b"\xab" * 32, b"\xcd" * 32
    text = f"ikuzo-draw/1\nid\n{'ab' * 32}\ndigest\n1000\n{'cd' * 32}\n"
    assert draw.draw_key("id", seed, "digest", 1000, randomness) == hashlib.sha256(text.encode()).digest()


def test_key_without_a_beacon_has_two_dashes() -> None:
    text = f"ikuzo-draw/1\nid\n{'ab' * 32}\ndigest\n-\n-\n"
    assert draw.draw_key("id", b"\xab" * 32, "digest", None, None) == hashlib.sha256(text.encode()).digest()


@pytest.mark.parametrize(("round_", "randomness"), [(1000, None), (None, bytes(32))])
def test_round_and_randomness_come_together(round_: int | None, randomness: bytes | None) -> None:
    with pytest.raises(ValueError, match="together"):
        draw.draw_key("id", bytes(32), "digest", round_, randomness)


@given(keys, lists)
def test_ranking_is_the_one_defined(key: bytes, entrants: list[Entry]) -> None:
    assert draw.rank(key, entrants) == plainly_ranked(key, entrants)


@given(keys, lists)
def test_everybody_is_ranked_once(key: bytes, entrants: list[Entry]) -> None:
    assert sorted(draw.rank(key, entrants)) == [name for name, _ in entrants]


@given(keys, lists, st.data())
def test_more_tickets_never_cost_a_place(key: bytes, entrants: list[Entry], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entrants) - 1))
    name, weight = entrants[index]
    richer = [*entrants[:index], (name, data.draw(st.integers(weight, 100))), *entrants[index + 1 :]]
    assert draw.rank(key, richer).index(name) <= draw.rank(key, entrants).index(name)


@given(keys, lists.filter(lambda found: len(found) > 1), st.data())
def test_who_leaves_changes_no_order_among_the_others(key: bytes, entrants: list[Entry], data: st.DataObject) -> None:
    """So passing a prize on is the same as drawing without the one who passed, under the same key."""
    gone = data.draw(st.sampled_from(entrants))
    others = [entry for entry in entrants if entry != gone]
    assert draw.rank(key, others) == [name for name in draw.rank(key, entrants) if name != gone[0]]


@pytest.mark.parametrize(
    ("entrants", "fault"),
    [
        ([], "nobody"),
        ([("1" * 32, 1), ("0" * 32, 1)], "not sorted"),
        ([("0" * 32, 1), ("0" * 32, 2)], "twice"),
        ([("0" * 32, 0)], "not from 1 to 100"),
        ([("0" * 32, 101)], "not from 1 to 100"),
    ],
)
def test_nothing_is_drawn_from_a_faulty_list(entrants: list[Entry], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        draw.rank(KEY, entrants)


def test_ranking_crosses_to_a_worker_process() -> None:
    entrants = [("0" * 32, 2), ("1" * 32, 1)]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(draw.rank, KEY, entrants).result() == draw.rank(KEY, entrants)


@pytest.mark.parametrize("name", ["plain", "weighted", "passed", "off", "given-up", "airdrop-token", "quicknet"])
def test_vectors_rank_as_written_down(name: str) -> None:
    document = json.loads((VECTORS / f"{name}.json").read_bytes())
    beacon = document["beacon"]
    entrants = [(token, weight) for token, weight in document["entrants"]]
    key = draw.draw_key(
        document["giveaway"]["id"],
        bytes.fromhex(document["seed"]),
        document["entrants_digest"],
        None if beacon is None else beacon["round"],
        None if beacon is None else bytes.fromhex(beacon["randomness"]),
    )
    assert draw.entrants_digest(entrants) == document["entrants_digest"]
    assert draw.rank(key, entrants) == plainly_ranked(key, entrants) == document["ranking"]
