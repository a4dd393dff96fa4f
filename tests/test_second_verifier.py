"""A second verifier, in JavaScript and written from `docs/verify.md` alone, judges as the first one does.

So the page suffices to check a draw, and a mistake in our own verifier has to be made twice to stay unseen.
"""

import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from py_ecc.bls.point_compression import compress_G1, decompress_G1
from py_ecc.bls.typing import G1Compressed
from py_ecc.fields import optimized_bls12_381_FQ as FQ
from py_ecc.optimized_bls12_381.optimized_curve import add

from bot.verify import VerifyOptions, verify_files
from cogs.giveaways.rules import draw
from tests.second.node import ROOT, failures, needs_node, second

VECTORS = ROOT / "tests" / "vectors"
CHAIN = VECTORS / "chain.json"
GOOD: list[dict[str, Any]] = json.loads((VECTORS / "index.json").read_bytes())

pytestmark = needs_node


@pytest.mark.parametrize(("chain", "allowed"), sorted({(e["chain"] or "", e["allow_operator_trusted"]) for e in GOOD}))
def test_every_good_file_holds(chain: str, allowed: bool) -> None:
    entries = [e for e in GOOD if (e["chain"] or "", e["allow_operator_trusted"]) == (chain, allowed)]
    options = [*(["--chain", VECTORS / chain] if chain else []), *(["--allow-operator-trusted"] if allowed else [])]
    answer = second(*options, *(VECTORS / name for entry in entries for name in entry["files"]))
    assert answer.code == 0, answer.output
    assert list(answer.failed.values()) == [[]] * len(entries)


def random_lists() -> Iterable[dict[str, Any]]:
    """Yield 1 000 draws: an eighth without a beacon, lists of 1 to 40 with a few heavy weights."""
    for seed in range(1000):
        rng = random.Random(seed)
        tokens = sorted(rng.randbytes(16).hex() for _ in range(rng.randint(1, 40)))
        yield {
            "id": rng.randbytes(16).hex(),
            "seed": rng.randbytes(32).hex(),
            "round": rng.randint(1, 2**53 - 1) if seed % 8 else None,
            "randomness": rng.randbytes(32).hex() if seed % 8 else None,
            "entrants": [[token, rng.choice((1, 1, 1, 2, 3, rng.randint(1, 100)))] for token in tokens],
        }


def ours(drawn: dict[str, Any]) -> dict[str, Any]:
    entrants = [(token, weight) for token, weight in drawn["entrants"]]
    digest = hashlib.sha256("".join(f"{token}:{weight}\n" for token, weight in entrants).encode()).hexdigest()
    randomness = None if drawn["randomness"] is None else bytes.fromhex(drawn["randomness"])
    key = draw.draw_key(drawn["id"], bytes.fromhex(drawn["seed"]), digest, drawn["round"], randomness)
    return {"key": key.hex(), "ranking": draw.rank(key, entrants)}


def test_random_lists_are_ranked_alike(tmp_path: Path) -> None:
    lists = list(random_lists())
    path = tmp_path / "lists.json"
    path.write_text(json.dumps(lists), encoding="utf-8")
    answer = second("--rank", path)
    assert answer.code == 0, answer.output
    assert [json.loads(line) for line in answer.output.splitlines()] == [ours(drawn) for drawn in lists]


@pytest.fixture(scope="module")
def tampered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tampered")
    command = [sys.executable, "-m", "tests.vectors.make", "--tampered", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return folder


def test_every_falsified_file_is_refused(tampered: Path) -> None:
    falsified = json.loads((tampered / "index.json").read_bytes())
    assert len(falsified) >= 50
    names = [entry["file"] for entry in falsified]
    answer = second("--chain", CHAIN, "--allow-operator-trusted", *(tampered / name for name in names))
    assert answer.code == 1
    assert list(answer.failed) == names, "every file gets its verdict"
    accepted = [entry["name"] for entry in falsified if entry["check"] not in answer.failed[entry["file"]]]
    assert accepted == [], "refused, and by the check that the index names"
    # Ours takes a quarter of a second for each that gets as far as the beacon's signature: every fifth of those. That
    # it refuses every one is tested beside its checks.
    early = [entry["file"] for entry in falsified if entry["check"] == "shape"]
    late = [name for name in names if name not in early][::5]
    assert len(early + late) >= 50
    allowed = VerifyOptions(chain=CHAIN, allow_operator_trusted=True)
    assert {verify_files([tampered / name], allowed, lambda _: None) for name in early} == {1}
    assert {name: failures(tampered / name, allowed) for name in late} == {
        name: (1, answer.failed[name]) for name in late
    }


COMPARISONS = [
    ("plain", ["--commitment", "0" * 64], VerifyOptions(commitment="0" * 64)),
    ("plain", ["--digest", "0" * 64], VerifyOptions(digest="0" * 64)),
    ("plain", ["--round", "1"], VerifyOptions(round=1)),
    ("late-freezes", ["--round", "22766422"], VerifyOptions(round=22766422)),
    ("off", ["--round", "1"], VerifyOptions(round=1)),
]


@pytest.mark.parametrize(("name", "arguments", "chosen"), COMPARISONS)
def test_what_was_copied_is_compared_alike(name: str, arguments: list[str], chosen: VerifyOptions) -> None:
    path = VECTORS / f"{name}.json"
    answer = second("--chain", CHAIN, "--allow-operator-trusted", *arguments, path)
    assert (answer.code, answer.failed[path.name]) == (1, ["compared"])
    assert failures(path, replace(chosen, chain=CHAIN, allow_operator_trusted=True)) == (1, ["compared"])


@pytest.mark.parametrize("name", ["off", "given-up"])
def test_trust_is_asked_for_alike(name: str) -> None:
    path = VECTORS / f"{name}.json"
    answer = second("--chain", CHAIN, path)
    assert (answer.code, answer.failed[path.name]) == (1, ["trust"])
    assert failures(path, VerifyOptions(chain=CHAIN)) == (1, ["trust"])


def test_a_chain_must_be_the_one_accepted() -> None:
    path = VECTORS / "plain.json"
    answer = second(path)
    assert answer.code == 1
    assert failures(path, VerifyOptions()) == (1, answer.failed[path.name])
    assert "beacon" in answer.failed[path.name]


def beside(signature: str) -> str:
    """Return the signature moved by (0, 2), a point of order 3 on the curve, outside the subgroup.

    The pairing alone does not see the difference.
    """
    point = decompress_G1(G1Compressed(int(signature, 16)))
    return f"{compress_G1(add(point, (FQ(0), FQ(2), FQ(1)))):096x}"


@pytest.mark.parametrize("change", [beside, lambda signature: f"{int(signature, 16) ^ 1 << 381:096x}"])
def test_a_round_has_no_second_signature(change: Callable[[str], str], tmp_path: Path) -> None:
    document = json.loads((VECTORS / "quicknet.json").read_bytes())
    signature = change(document["beacon"]["signature"])
    randomness = hashlib.sha256(bytes.fromhex(signature)).hexdigest()
    document["beacon"] |= {"signature": signature, "randomness": randomness}
    drawn = {"id": document["giveaway"]["id"], "seed": document["seed"], "entrants": document["entrants"]}
    document["ranking"] = ours({**drawn, "round": document["beacon"]["round"], "randomness": randomness})["ranking"]
    document["results"][0]["token"] = document["ranking"][0]
    document["results"][0] |= {"user_id": None, "salt": None}
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    answer = second(path)
    assert (answer.code, answer.failed[path.name]) == (1, ["beacon"]), answer.output
    assert failures(path, VerifyOptions()) == (1, ["beacon"])


def damaged(stream: bytes) -> Iterable[tuple[str, bytes]]:
    yield "cut", stream[:-1]
    yield "followed", stream + b"\0"
    yield "two", stream + stream
    yield "changed", stream[:-8] + bytes([stream[-8] ^ 1]) + stream[-7:]
    yield "empty", b""


def test_damaged_streams_are_refused_by_both(tmp_path: Path) -> None:
    packed = (VECTORS / "packed.json.gz").read_bytes()
    paths = [tmp_path / f"{name}.json.gz" for name, _ in damaged(packed)]
    for path, (_, stream) in zip(paths, damaged(packed), strict=True):
        path.write_bytes(stream)
    answer = second("--chain", CHAIN, *paths)
    assert (answer.code, answer.failed) == (1, {path.name: ["shape"] for path in paths})
    assert {verify_files([path], VerifyOptions(chain=CHAIN), lambda _: None) for path in paths} == {1}


def test_wrong_calls_are_told_from_failures(tmp_path: Path) -> None:
    plain = VECTORS / "plain.json"
    changed = tmp_path / "chain.json"
    changed.write_text(json.dumps({**json.loads(CHAIN.read_bytes()), "period": 30}), encoding="utf-8")
    calls: list[list[str | Path]] = [
        [],
        ["--nonsense", plain],
        [tmp_path / "missing.json"],
        ["--chain", tmp_path / "missing.json", plain],
        ["--chain", changed, plain],
        ["--round", "last", plain],
    ]
    assert [second(*call).code for call in calls] == [2] * len(calls)
