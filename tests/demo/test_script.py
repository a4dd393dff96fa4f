"""The story, played to its end; and broken, it says where and fails."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.process import DEMO

KEY_LINES = (
    "✓ the check finds nothing to mend",
    "✓ Priya is refused, and told which role she lacks",
    "✓ one message freezes the list",
    "✓ the list was not frozen again, its message not edited",
    "✓ the draw is announced once",
    "✓ the code works once; Tess is told that she redeemed it",
    "✓ the next in the ranking is told, nobody else",
    "✓ every step recomputes, and agrees with the freeze message",
    "✓ refused: someone else in the first place",
    "✓ no attached proof names them any more",
    "✓ the ledger of every change verifies too",
    "✓ Ben is refused, and told which role he lacks",
    "✓ Lena changes her vote: a new receipt",
    "✓ Eli's vote counts",
    "✓ Mina is refused, and told when it closes",
    "✓ every round recounts offline, to the same winner",
    "✓ a file with one ballot changed is refused",
    "✓ both places are taken again, across the restart",
    "✓ those who are going are told, and nobody else",
    "✓ each reminder came once",
    "✓ はるか was there; the digits of a minute ago are worth nothing",
    "✓ everyone who voted is asked: did this happen?",
    "✓ which says that Lena proposed it",
)
# The token of an entry comes from something else than docs/verify.md says: members could not find themselves.
WRONG_TOKENS = """
import hashlib
from bot.demo.main import run_demo
from bot.settings import Settings
from cogs.giveaways.rules import draw
right = draw.token
draw.token = lambda *parts: hashlib.sha256(right(*parts).encode()).hexdigest()[:32]
if __name__ == "__main__":
    raise SystemExit(run_demo(Settings(), script=True))
"""


def played(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, encoding="utf-8", timeout=110
    )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    """The story, played once for all who look at it."""
    folder = tmp_path_factory.mktemp("story")
    result = played(folder, *DEMO, "--script")
    assert list(folder.iterdir()) == [], "temporary files are removed"
    return result


def test_every_step_of_the_story_holds(story: "subprocess.CompletedProcess[str]") -> None:
    assert story.returncode == 0, story.stdout[-4000:] + story.stderr
    for line in KEY_LINES:
        assert line in story.stdout
    assert re.search(r"All of it held: \d+ claims in \d\d chapters", story.stdout)
    assert story.stderr == ""


def test_everyone_is_answered_in_their_language(story: "subprocess.CompletedProcess[str]") -> None:
    entered = re.findall(r"(\S+) presses \[🎉 Enter\]\n +│ (.*)", story.stdout)
    said = dict(reversed(entered))
    assert re.search("[ぁ-ん]", said["はるか"])
    assert re.search("[가-힣]", said["지우"])
    assert said["Lena"].isascii()


def test_a_broken_step_is_told_and_fails(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text(WRONG_TOKENS)
    result = played(tmp_path, sys.executable, str(path))
    assert result.returncode == 1, result.stdout[-2000:] + result.stderr
    assert "✗ her token is the hash of the giveaway's id, her own id and her salt" in result.stdout
    assert "The story broke" in result.stdout
    assert [each.name for each in tmp_path.iterdir()] == ["broken.py"]


@pytest.mark.parametrize("arguments", [[], ["--script"]])
def test_without_simcord_one_sentence_says_what_to_install(tmp_path: Path, arguments: list[str]) -> None:
    path = tmp_path / "bare.py"
    path.write_text(
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'simcord':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Hidden())\n"
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'simcord' else find(name, *rest)\n"
        "from bot.cli import main\n"
        "main()\n"
    )
    result = played(tmp_path, sys.executable, str(path), "demo", *arguments)
    assert result.returncode == 1
    assert result.stderr.strip().count("\n") == 0
    assert "pip install 'ikuzo[demo]'" in result.stderr
