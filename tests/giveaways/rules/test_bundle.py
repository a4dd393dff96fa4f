"""The published files: byte for byte as documented, read back to the same, in parts that Discord takes."""

import gzip
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.beacon import QUICKNET
from bot.published import File
from bot.shape import time_text
from cogs.giveaways.rules import draw
from cogs.giveaways.rules.bundle import Abandoned, Airdrop, Bundle, TokenSnapshot, encode
from cogs.giveaways.rules.files import bundle_files, list_files
from cogs.giveaways.rules.parse import parse
from tests.vectors import make
from tests.vectors.scenario import Scenario, build


class NoBeacon:
    """Stands where a scenario without a beacon needs none."""

    chain = QUICKNET

    def sign(self, round_: int, /) -> bytes:
        raise AssertionError(f"round {round_} is not needed")


def off(**changes: object) -> Bundle:
    """Return a bundle drawn without a beacon."""
    return build(replace(Scenario("bundle", trust="off", weights=(1, 2, 3)), **changes), NoBeacon())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made() -> dict[str, Bundle]:
    return make.bundles(make.signer())


def test_fields_stand_in_the_documented_order() -> None:
    token_airdrop = Airdrop(TokenSnapshot("genesis", 8453, "0x" + "ab" * 20, 7, "cd" * 32))
    document = json.loads(encode(replace(off(), airdrop=token_airdrop)))
    assert list(document) == [
        *("format", "giveaway", "commitment", "seed", "freezes", "beacon", "entrants", "entrants_digest"),
        *("excluded", "unchecked", "ranking", "results", "operator_trusted", "snapshot"),
    ]
    assert list(document["giveaway"]) == ["id", "number", "guild_id", "prize", "winners", "opened_at", "closed_at"]
    freeze_fields = ["channel_id", "message_id", "at", "round", "digest", "entries", "tickets"]
    assert list(document["freezes"][0]) == freeze_fields
    assert list(document["results"][0]) == ["rank", "token", "user_id", "salt", "outcome", "reason", "at"]
    assert document["snapshot"] == {
        "name": "genesis",
        "chain": "8453",
        "contract": "0x" + "ab" * 20,
        "block": 7,
        "digest": "cd" * 32,
    }


def test_only_airdrops_have_a_snapshot() -> None:
    assert "snapshot" not in json.loads(encode(off()))
    assert json.loads(encode(off(airdrop=Airdrop(None))))["snapshot"] is None


def test_text_is_compact_and_unescaped() -> None:
    data = encode(off(prize="原画 “No. 7”"))
    assert "原画 “No. 7”".encode() in data
    assert b'", ' not in data
    assert b'": ' not in data
    assert data.startswith(b'{"format":"ikuzo-draw/1","giveaway":{"id":"')


def test_given_up_and_off_are_told_apart() -> None:
    assert json.loads(encode(off()))["operator_trusted"] == "off"
    given_up = replace(off(), operator_trusted=Abandoned(datetime(2026, 3, 2, 13, tzinfo=UTC), 1000))
    expected = {"at": "2026-03-02T13:00:00Z", "abandoned_round": 1000}
    assert json.loads(encode(given_up))["operator_trusted"] == expected


def test_times_are_cut_to_whole_utc_seconds() -> None:
    seoul = datetime(2026, 1, 1, 9, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=9)))
    assert time_text(seoul) == "2026-01-01T00:00:00Z"


def test_bundles_read_back_to_the_same(made: dict[str, Bundle]) -> None:
    for name, bundle in made.items():
        assert parse(json.loads(encode(bundle))) == bundle, name


def test_chain_ids_are_read_as_numbers_too(made: dict[str, Bundle]) -> None:
    document = json.loads(encode(made["airdrop-token"]))
    document["snapshot"]["chain"] = 1
    assert parse(document) == made["airdrop-token"]


def test_ranking_is_left_out_of_large_bundles_only() -> None:
    entrants = tuple((f"{number:032x}", 1) for number in range(100_001))
    ranking = tuple(name for name, _ in entrants)
    large = replace(off(), entrants=entrants, ranking=ranking)
    assert "ranking" not in json.loads(encode(large))
    assert "ranking" in json.loads(encode(replace(large, entrants=entrants[:-1], ranking=ranking[:-1])))
    assert parse(json.loads(encode(large))).ranking is None


@given(st.integers(1, 400), st.integers(64, 600))
def test_large_bundles_are_one_stream_in_parts(size: int, part_bytes: int) -> None:
    data = b"".join(draw.commitment(number.to_bytes(32, "big")).encode() for number in range(size))
    files = bundle_files(42, data, part_bytes)
    if len(data) <= part_bytes:
        assert [(file.name, file.data) for file in files] == [("draw-42.json", data)]
        return
    assert [file.name for file in files] == [f"draw-42.json.gz.{number}" for number in range(1, len(files) + 1)]
    assert all(0 < len(file.data) < part_bytes for file in files)
    assert gzip.decompress(b"".join(file.data for file in files)) == data
    assert bundle_files(42, data, part_bytes) == files


@given(st.lists(st.integers(1, 100), min_size=1, max_size=60), st.integers(40, 400))
def test_large_lists_are_cut_between_lines(weights: list[int], part_bytes: int) -> None:
    text = draw.entrants_text((f"{number:032x}", weight) for number, weight in enumerate(weights))
    files = list_files(42, text, part_bytes)
    assert b"".join(file.data for file in files) == text
    assert all(len(file.data) < part_bytes and file.data.endswith(b"\n") for file in files)
    names = [file.name for file in files]
    expected = [f"entrants-42.{number}.txt" for number in range(1, len(files) + 1)]
    assert names == (["entrants-42.txt"] if len(files) == 1 else expected)


def test_vectors_are_what_their_script_makes() -> None:
    directory = Path(make.__file__).parent
    on_disk = [File(path.name, path.read_bytes()) for path in directory.iterdir() if path.is_file()]
    assert _unpacked(file for file in on_disk if not file.name.endswith(".py")) == _unpacked(
        make.everything(make.signer())
    )


def _unpacked(files: Iterable[File]) -> dict[str, bytes]:
    """Join parts and unpack what is packed: zlib's many versions pack the same text in different bytes."""
    joined: dict[str, bytes] = {}
    for file in sorted(files, key=lambda file: file.name):
        name = re.sub(r"\.gz\.[0-9]+$", ".gz", file.name)
        joined[name] = joined.get(name, b"") + file.data
    return {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in joined.items()}
