"""Write the vectors of `ikuzo-draw/1`: `python -m tests.vectors.make`, from the project's root.

Everything follows from fixed names, so that a second run changes no byte. `index.json` lists each file with the options
it needs and whether it holds; `chain.json` is the beacon of all but `quicknet.json`, a test network whose secret key is
public. `--tampered DIR` writes every tampered copy (`tests/vectors/tamper.py`) and an index of them to DIR: all of them
must be refused.
"""

import argparse
import gzip
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.beacon import QUICKNET, BeaconChain
from bot.published import File
from cogs.giveaways.rules.bundle import Airdrop, Bundle, FileSnapshot, TokenSnapshot, encode
from cogs.giveaways.rules.files import bundle_files, list_files
from tests.drand import TestChain
from tests.vectors import tamper
from tests.vectors.scenario import Scenario, Signer, build, holders_text

HERE = Path(__file__).parent
PART_BYTES = 4096
"""Parts in the vectors are cut this small, so that the repository stays so too; the bot cuts at 8 MiB."""

_LATE = timedelta(seconds=52)
_IN_TIME = timedelta(milliseconds=1250)
_QUICKNET_ROUND_1000 = (
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
)


class _Recorded:
    """The one quicknet signature the vectors need."""

    chain: BeaconChain = QUICKNET

    def sign(self, round_: int, /) -> bytes:
        assert round_ == 1000
        return bytes.fromhex(_QUICKNET_ROUND_1000)


PLAIN = Scenario("plain")
WEIGHTED = Scenario(
    "weighted",
    number=7,
    prize="原画 <A4> “No. 7”",
    weights=(3, 1, 2, 10, 1, 100, 5),
    winners=2,
    excluded=("role", "membership"),
    unchecked=1,
)
PASSED = Scenario(
    "passed",
    number=8,
    weights=(1, 2, 1, 3, 1, 1, 2, 1, 1),
    winners=3,
    passed={1: "unclaimed", 3: "left", 4: "連絡がつかなかったため"},
)
EXHAUSTED = Scenario("exhausted", number=9, weights=(1, 1, 1, 1), winners=3, passed={2: "declined", 4: "ineligible"})
GIVEN_UP = Scenario("given-up", number=10, weights=(1, 4, 1, 1), trust="given up")
OFF = Scenario("off", number=11, weights=(1, 1, 2, 1, 5), winners=2, trust="off", excluded=("holdings",))
LATE_FREEZES = Scenario("late-freezes", number=12, sent_after=(_LATE, _LATE + timedelta(seconds=30), _IN_TIME))
PARTS = Scenario("parts", number=13, weights=tuple(1 + i % 4 for i in range(240)), winners=10)
PACKED = Scenario("packed", number=14, weights=(1,) * 25)
BY_RULE = Scenario("airdrop-rule", number=15, weights=(1, 1, 1, 1, 1), winners=2, airdrop=Airdrop(None))
BY_TOKEN = Scenario(
    "airdrop-token", number=16, weights=(1, 3, 100, 7, 1), winners=2, holders=True, amounts=(1, 3, 250, 7, 1)
)
BY_FILE = Scenario("airdrop-file", number=17, weights=(1,) * 6, holders=True, amounts=(1, 9, 2, 1, 1, 4))
REAL = Scenario(
    "quicknet",
    number=18,
    weights=(1, 1, 2),
    closed_at=datetime.fromisoformat("2023-08-23T15:58:22+00:00"),
)

TOKEN_CONTRACT = "0x49cf6f5d44e70224e2e23fdcdd2c053f30ada28b"


@dataclass(frozen=True)
class Vector:
    """A published bundle as files, and what a verifier must be told to accept it."""

    name: str
    files: tuple[File, ...]
    chain: bool = True
    allow_operator_trusted: bool = False

    def entry(self) -> dict[str, object]:
        """Return the line of the index."""
        return {
            "name": self.name,
            "files": [file.name for file in self.files],
            "chain": "chain.json" if self.chain else None,
            "allow_operator_trusted": self.allow_operator_trusted,
            "holds": True,
        }


def signer() -> TestChain:
    """Return the beacon of the vectors; whoever reads this can sign any round."""
    return TestChain(period=3, genesis=1704067200, secret=int.from_bytes(b"ikuzo test vectors", "big"))


def bundles(signer: Signer) -> dict[str, Bundle]:
    """Return all bundles by name."""
    made = {s.name: build(s, signer) for s in (PLAIN, WEIGHTED, PASSED, EXHAUSTED, GIVEN_UP, OFF, LATE_FREEZES)}
    made |= {s.name: build(s, signer) for s in (PARTS, PACKED, BY_RULE)}
    made["erased"] = _erased(made["passed"], {0, 1})
    token, listed = build(BY_TOKEN, signer), build(BY_FILE, signer)
    made["airdrop-token"] = replace(
        token,
        airdrop=Airdrop(TokenSnapshot("genesis", 1, TOKEN_CONTRACT, 19000000, holders_text(BY_TOKEN)[1])),
    )
    made["airdrop-file"] = replace(listed, airdrop=Airdrop(FileSnapshot("patrons", holders_text(BY_FILE)[1])))
    made["quicknet"] = build(REAL, _Recorded())
    return made


def _erased(bundle: Bundle, places: Collection[int]) -> Bundle:
    """Return a bundle as it is once the people in these places were forgotten."""
    results = (
        replace(row, user_id=None, salt=None) if place in places else row for place, row in enumerate(bundle.results)
    )
    return replace(bundle, results=tuple(results))


def vectors(signer: Signer) -> list[Vector]:
    """Return all vectors, in the order of the index."""
    found: list[Vector] = []
    for name, bundle in bundles(signer).items():
        data = encode(bundle)
        match name:
            case "parts":
                files = bundle_files(bundle.giveaway.number, data, PART_BYTES)
            case "packed":
                files = [File(f"{name}.json.gz", gzip.compress(data, mtime=0))]
            case _:
                files = [File(f"{name}.json", data)]
        trusted = bundle.operator_trusted is not None
        found.append(Vector(name, tuple(files), chain=name != "quicknet", allow_operator_trusted=trusted))
    return found


def everything(signer: TestChain) -> list[File]:
    """Return all files of this directory that are made."""
    found = vectors(signer)
    weighted = bundles(signer)["weighted"]
    return [
        File("chain.json", _json(signer.info_json())),
        File("index.json", _lines([vector.entry() for vector in found])),
        *list_files(weighted.giveaway.number, _list_text(weighted)),
        *(File(f"{s.name}.holders.txt", holders_text(s)[0]) for s in (BY_TOKEN, BY_FILE)),
        *(file for vector in found for file in vector.files),
    ]


def tampered() -> list[File]:
    """Return every tampered copy of the vectors, and an index that says which check refuses it, and why."""
    index: list[dict[str, object]] = []
    files: list[File] = []
    for number, change in enumerate(tamper.ALL, 1):
        file = File(f"{number:03}.json", change.apply())
        files.append(file)
        index.append(
            {
                "file": file.name,
                "name": change.name,
                "from": change.vector,
                "allow_operator_trusted": True,
                "check": change.check.value,
                "reason": change.reason,
                "holds": False,
            }
        )
    return [*files, File("index.json", _lines(index))]


def _list_text(bundle: Bundle) -> bytes:
    return "".join(f"{name}:{weight}\n" for name, weight in bundle.entrants).encode()


def _lines(entries: Iterable[object]) -> bytes:
    """Return a JSON array with one entry a line."""
    return ("[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]\n").encode()


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"


def _write(directory: Path, files: Iterable[File]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for file in files:
        (directory / file.name).write_bytes(file.data)


def main() -> None:
    """Write the vectors, or the tampered copies."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tampered", type=Path, metavar="DIR", help="write the tampered copies to DIR instead")
    directory: Path | None = parser.parse_args().tampered
    if directory is None:
        _write(HERE, everything(signer()))
    else:
        _write(directory, tampered())


if __name__ == "__main__":
    main()
