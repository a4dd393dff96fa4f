"""`ikuzo verify` on polls: from files on disk to exit code and printed lines."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.verify import BAD_USAGE, DONE, FAILED, VerifyOptions, verify_files
from tests.vectors.changes import Tamper
from tests.vectors.polls import make, tamper

ROOT = Path(__file__).parents[3]
INDEX = json.loads((make.HERE / "index.json").read_bytes())
TOTALS = VerifyOptions(totals=True)


def run(*paths: Path, options: VerifyOptions = TOTALS) -> tuple[int, list[str]]:
    lines: list[str] = []
    return verify_files(paths, options, lines.append), lines


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["name"])
def test_every_vector_is_as_its_index_says(entry: dict[str, Any]) -> None:
    paths = [make.HERE / name for name in entry["files"]]
    code, lines = run(*paths)
    assert code == DONE, lines
    assert lines[-1].endswith("everything holds.")
    code, lines = run(*paths, options=VerifyOptions())
    assert code == (FAILED if entry["totals"] else DONE)
    assert any("✗ recountable not recountable" in line for line in lines) == entry["totals"]


@pytest.mark.parametrize("change", tamper.TEXTS, ids=lambda change: change.name)
def test_a_falsified_text_fails_with_its_reason(change: Tamper, tmp_path: Path) -> None:
    path = tmp_path / "poll-1.json"
    path.write_bytes(change.apply())
    code, lines = run(path)
    assert code == FAILED
    assert change.reason in "\n".join(lines)


def test_result_and_what_to_compare_are_printed() -> None:
    _, lines = run(make.HERE / "ranked.json")
    text = "\n".join(lines)
    assert "won 2. 日曜の午後: 5" in text
    assert "round 3: [8, out, 12, out], exhausted 1" in text
    assert "Condorcet winner: option 1; Schulze winner: option 1" in text
    assert "open             2026-03-01T12:00:00Z to 2026-03-08T12:00:00Z" in text
    assert "receipts" in text


def test_erased_voters_and_unknown_verdicts_are_said() -> None:
    assert any("3 voters erased on request" in line for line in run(make.HERE / "single-no-receipts.json")[1])
    assert any(re.search("passed +unknown", line) for line in run(make.HERE / "multiple-unknown.json")[1])


def test_what_a_bundle_says_cannot_forge_a_line(tmp_path: Path) -> None:
    document = json.loads((make.HERE / "single.json").read_bytes())
    document["poll"]["question"] = document["options"][0] = "A\n  ✓ counts      as counted\x1b[2J"
    document["counts"][0] += 1
    path = tmp_path / "poll-1.json"
    path.write_text(json.dumps(document))
    code, lines = run(path)
    assert code == FAILED
    assert not any(line.startswith("  ✓ counts") or "\n" in line or "\x1b" in line for line in lines)


def test_options_of_other_formats_do_not_fit() -> None:
    code, lines = run(make.HERE / "single.json", options=VerifyOptions(digest="0" * 64))
    assert (code, "--digest" in lines[0]) == (BAD_USAGE, True)


PURE = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
import bot.verify
code = bot.verify.verify_files([Path({path!r})], bot.verify.VerifyOptions(), lambda line: None)
heavy = {{"discord", "sqlalchemy", "aiohttp", "apscheduler", "alembic", "py_ecc"}}
print(code, *sorted(heavy & {{name.partition(".")[0] for name in sys.modules}}))
"""


def test_recounting_imports_neither_discord_nor_the_database(tmp_path: Path) -> None:
    copied = shutil.copy(make.HERE / "ranked.json", tmp_path)
    program = PURE.format(root=str(ROOT), path=str(copied))
    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert outcome.stdout.split() == ["0"]
