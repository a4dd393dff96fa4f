"""Run the second verifier under node, and ours beside it."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.verify import VerifyOptions, verify_files

ROOT = Path(__file__).parents[2]
SECOND = Path(__file__).parent / "verify.mjs"
OLDEST_NODE = (20,)


def why_not() -> str | None:
    """Return why node cannot be had here, or None."""
    node = shutil.which("node")
    if node is None:
        return "node is not installed"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    numbers = tuple(int(part) for part in version.removeprefix("v").split(".")[:2])
    return None if numbers >= OLDEST_NODE else f"node {version} is too old"


MISSING = why_not()
needs_node = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


@dataclass(frozen=True)
class Answer:
    code: int
    failed: dict[str, list[str]]
    """By file, the names of the checks that failed."""
    output: str


def second(*arguments: str | Path) -> Answer:
    """Run the second verifier."""
    command = ["node", SECOND, *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)
    verdicts = re.findall(r"^(\S+): (?:holds|refused \((.+)\))$", done.stdout, flags=re.MULTILINE)
    failed = {name: checks.split(", ") if checks else [] for name, checks in verdicts}
    return Answer(done.returncode, failed, done.stdout + done.stderr)


def failures(path: Path, chosen: VerifyOptions) -> tuple[int, list[str]]:
    """Return what our own verifier says: its exit code and the checks that failed."""
    lines: list[str] = []
    code = verify_files([path], chosen, lines.append)
    return code, re.findall(r"^ *✗ (left out|[a-z]+)", "\n".join(lines), flags=re.MULTILINE)
