"""Progress bars: on a terminal only."""

import io
import sys

import pytest

from bot.bars import bars


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_far_each_table_is(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with bars() as show:
        show("giveaways", 0, 3)
        show("giveaways", 3, 3)
        show("posts", 1, 2)
    assert "giveaways" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()
    assert "1/2" in terminal.getvalue()


def test_a_pipe_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with bars() as show:
        show("giveaways", 1, 3)
    assert capsys.readouterr() == ("", "")
