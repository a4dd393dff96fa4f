"""`ikuzo verify` from files on disk to its exit code."""

import gzip
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot import verify
from bot.verify import BAD_USAGE, DONE, FAILED, VerifyOptions, verify_files
from cogs.giveaways.rules.bundle import encode
from tests.vectors import make, tamper
from tests.vectors.changes import OTHER_HEX, Tamper
from tests.vectors.scenario import Scenario, build

VECTORS = make.HERE
ROOT = Path(__file__).parents[1]
INDEX = json.loads((VECTORS / "index.json").read_bytes())
TEST_CHAIN = VerifyOptions(chain=VECTORS / "chain.json")


@dataclass
class Run:
    """What one call printed and returned."""

    code: int
    lines: list[str] = field(default_factory=list[str])

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def run(*paths: Path, options: VerifyOptions = TEST_CHAIN) -> Run:
    lines: list[str] = []
    return Run(verify_files(paths, options, lines.append), lines)


def off(tmp_path: Path, name: str = "draw-1.json", **changes: object) -> Path:
    """Write a bundle that needs no signature, which takes most of a second."""
    scenario = replace(Scenario("verify", trust="off"), **changes)  # type: ignore[arg-type]
    path = tmp_path / name
    path.write_bytes(encode(build(scenario, make.signer())))
    return path


ALLOWED = replace(TEST_CHAIN, allow_operator_trusted=True)


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["name"])
def test_every_vector_is_as_its_index_says(entry: dict[str, object]) -> None:
    names = entry["files"]
    assert isinstance(names, list)
    options = VerifyOptions(
        chain=VECTORS / "chain.json" if entry["chain"] else None,
        allow_operator_trusted=bool(entry["allow_operator_trusted"]),
    )
    outcome = run(*(VECTORS / str(name) for name in names), options=options)
    assert outcome.code == (DONE if entry["holds"] else FAILED), outcome.text
    assert outcome.lines[-1].endswith("everything holds.")
    assert "✗" not in outcome.text


def test_a_falsified_bundle_fails_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "draw-42.json"
    data = json.loads((VECTORS / "plain.json").read_bytes())
    data["results"][0]["user_id"] = "300000000000000001"
    path.write_text(json.dumps(data))
    outcome = run(path)
    assert outcome.code == FAILED
    [refused] = [line for line in outcome.lines if "✗" in line]
    assert "people" in refused
    assert "has the token" in refused
    assert outcome.lines[-1] == "draw-42.json: does NOT verify."


@pytest.mark.parametrize("change", tamper.TEXTS, ids=lambda change: change.name)
def test_a_falsified_text_fails_with_its_reason(change: Tamper, tmp_path: Path) -> None:
    path = tmp_path / "draw-42.json"
    path.write_bytes(change.apply())
    outcome = run(path)
    assert outcome.code == FAILED
    assert change.reason in outcome.text


def test_without_a_chain_file_only_quicknet_is_accepted() -> None:
    outcome = run(VECTORS / "plain.json", options=VerifyOptions())
    assert outcome.code == FAILED
    assert "only 52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971 is accepted" in outcome.text


def test_with_a_chain_file_quicknet_is_not_accepted() -> None:
    assert run(VECTORS / "quicknet.json").code == FAILED


def test_operator_trusted_needs_its_option(tmp_path: Path) -> None:
    outcome = run(off(tmp_path))
    assert outcome.code == FAILED
    assert "operator-trusted" in outcome.text
    assert run(off(tmp_path), options=ALLOWED).code == DONE


def test_values_to_compare_are_printed() -> None:
    document = json.loads((VECTORS / "weighted.json").read_bytes())
    message = document["freezes"][0]
    text = run(VECTORS / "weighted.json").text
    for value in (
        document["giveaway"]["id"],
        document["commitment"],
        document["entrants_digest"],
        document["beacon"]["chain"],
        f"round            {message['round']}",
        f"entries          {message['entries']}",
        f"tickets          {message['tickets']}",
        f"https://discord.com/channels/{document['giveaway']['guild_id']}/{message['channel_id']}/{message['message_id']}",
        "2026-03-01T12:00:03.000Z",
    ):
        assert value in text


def test_places_and_erased_people_are_printed() -> None:
    text = run(VECTORS / "erased.json").text
    assert "1. erased, passed to the next: unclaimed" in text
    assert "4. 3000000000" in text
    assert "連絡がつかなかったため" in text
    assert "2 erased on request" in text


def test_public_values_are_compared(tmp_path: Path) -> None:
    path = off(tmp_path)
    document = json.loads(path.read_bytes())
    right = replace(ALLOWED, commitment=f" {document['commitment'].upper()} ", digest=document["entrants_digest"])
    assert run(path, options=right).code == DONE
    for wrong in (
        replace(right, commitment=OTHER_HEX),
        replace(right, commitment=document["commitment"][:8]),
        replace(right, digest=OTHER_HEX),
        replace(right, round=1),
    ):
        assert run(path, options=wrong).code == FAILED


def test_what_a_bundle_says_cannot_forge_a_line(tmp_path: Path) -> None:
    prize = "Print\n  ✓ trust       the beacon decided\x1b[2J\u202e"
    outcome = run(off(tmp_path, prize=prize))
    assert outcome.code == FAILED
    assert not any("\n" in line or "\x1b" in line or "\u202e" in line for line in outcome.lines)
    assert not any(line.startswith("  ✓ trust") for line in outcome.lines)


def test_an_organisers_reason_cannot_forge_a_line(tmp_path: Path) -> None:
    outcome = run(off(tmp_path, passed={1: "gone\neverything holds."}), options=ALLOWED)
    assert outcome.code == DONE
    assert "everything holds." not in outcome.lines
    assert "gone\\u{a}everything holds." in outcome.text


def test_several_files_are_all_checked(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    outcome = run(bad, off(tmp_path), options=ALLOWED)
    assert outcome.code == FAILED
    assert "bad.json: does NOT verify." in outcome.lines
    assert "draw-1.json: everything holds." in outcome.lines


class TestFiles:
    """Parts, packed files, and files that are none."""

    def test_parts_are_joined_in_any_order(self, tmp_path: Path) -> None:
        paths = self._split(tmp_path, 4)
        assert run(paths[2], paths[0], paths[3], paths[1], options=ALLOWED).code == DONE

    def test_parts_beside_the_named_one_are_found(self, tmp_path: Path) -> None:
        outcome = run(self._split(tmp_path, 3)[0], options=ALLOWED)
        assert outcome.code == DONE
        assert outcome.lines[-1] == "draw-9.json.gz: everything holds."

    def test_more_than_nine_parts_are_joined_by_number(self, tmp_path: Path) -> None:
        assert run(*self._split(tmp_path, 12), options=ALLOWED).code == DONE

    @pytest.mark.parametrize("missing", [1, 2, 3])
    def test_a_missing_part_is_missed(self, tmp_path: Path, missing: int) -> None:
        paths = self._split(tmp_path, 3)
        paths.pop(missing - 1).unlink()
        outcome = run(*paths, options=ALLOWED)
        assert outcome.code == FAILED
        assert f"part {missing} is missing" in outcome.text or "breaks off; is a part missing" in outcome.text

    def test_parts_of_two_draws_stay_apart(self, tmp_path: Path) -> None:
        paths = [*self._split(tmp_path, 2, "draw-1"), *self._split(tmp_path, 2, "draw-2")]
        outcome = run(*paths, options=ALLOWED)
        assert outcome.code == DONE
        assert [line for line in outcome.lines if line.endswith("everything holds.")] == [
            "draw-1.json.gz: everything holds.",
            "draw-2.json.gz: everything holds.",
        ]

    def test_what_follows_a_stream_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "draw-1.json.gz"
        path.write_bytes(gzip.compress(off(tmp_path).read_bytes()) + b"more")
        assert "something follows" in run(path, options=ALLOWED).text

    def test_a_file_that_is_no_gzip_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "draw-1.json.gz"
        path.write_bytes(b"{}")
        outcome = run(path)
        assert outcome.code == FAILED
        assert "not a gzip stream" in outcome.text

    def test_a_small_file_cannot_fill_the_memory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(verify, "MAX_BYTES", 100_000)
        path = tmp_path / "draw-1.json.gz"
        path.write_bytes(gzip.compress(b" " * 10_000_000))
        assert "unpacks to more than 100000 bytes" in run(path).text

    def test_a_huge_file_is_not_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(verify, "MAX_BYTES", 100)
        assert "longer than 100 bytes" in run(off(tmp_path)).text

    def _split(self, tmp_path: Path, count: int, stem: str = "draw-9") -> list[Path]:
        data = gzip.compress(off(tmp_path, "whole.json").read_bytes())
        size = -(-len(data) // count)
        paths = [tmp_path / f"{stem}.json.gz.{number}" for number in range(1, count + 1)]
        for index, path in enumerate(paths):
            path.write_bytes(data[index * size : (index + 1) * size])
        return paths


class TestUsage:
    """Calls that make no sense check nothing and return 2."""

    def test_no_file(self) -> None:
        assert run().code == BAD_USAGE

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        outcome = run(off(tmp_path), tmp_path / "draw-2.json", options=ALLOWED)
        assert outcome.code == BAD_USAGE
        assert outcome.lines == [f"There is no file {tmp_path / 'draw-2.json'}."]

    def test_a_chain_file_that_is_none(self, tmp_path: Path) -> None:
        path = off(tmp_path)
        outcome = run(path, options=VerifyOptions(chain=path))
        assert outcome.code == BAD_USAGE
        assert len(outcome.lines) == 1

    def test_a_value_that_the_format_does_not_have(self, tmp_path: Path) -> None:
        outcome = run(off(tmp_path), options=replace(ALLOWED, head=OTHER_HEX))
        assert outcome.code == BAD_USAGE
        assert "--head" in outcome.text

    def test_an_unknown_format_fails(self, tmp_path: Path) -> None:
        path = tmp_path / "other.json"
        path.write_text('{"format":"ikuzo-draw/9"}')
        outcome = run(path)
        assert outcome.code == FAILED
        assert "ikuzo-draw/1" in outcome.text


def test_a_new_format_needs_its_line_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def checker(document: object, options: VerifyOptions, out: verify.Out) -> bool:
        seen.append(document)
        out(f"  totals: {options.totals}")
        return options.totals

    monkeypatch.setitem(verify.FORMATS, "tally/1", verify.Format(frozenset(), lambda: checker))
    path = tmp_path / "tally.json"
    path.write_text('{"format":"tally/1"}')
    assert run(path, options=VerifyOptions(totals=True)).code == DONE
    assert run(path).code == FAILED
    assert seen == [{"format": "tally/1"}] * 2


PURE = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
import bot.verify
import cogs.giveaways.rules
from cogs.giveaways.rules import bundle, check, draw, files, freeze, parse, report
options = bot.verify.VerifyOptions(chain=Path({chain!r}))
code = bot.verify.verify_files([Path({path!r})], options, lambda line: None)
heavy = {{"discord", "sqlalchemy", "aiohttp", "apscheduler", "alembic"}}
print(code, *sorted(heavy & {{name.partition(".")[0] for name in sys.modules}}))
"""


def test_verifying_imports_neither_discord_nor_the_database(tmp_path: Path) -> None:
    copied = shutil.copy(VECTORS / "plain.json", tmp_path)
    program = PURE.format(root=str(ROOT), chain=str(VECTORS / "chain.json"), path=str(copied))
    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert outcome.stdout.split() == ["0"]
