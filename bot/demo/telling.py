"""Telling the story on a terminal: chapters, who does what, what they see, and what held."""

from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.text import Text

from bot.demo.person import Seen
from bot.demo.reading import Message, Reader
from bot.demo.stage import Stage

WIDTH: Final = 108
_BAR: Final = "      │ "


class Broken(Exception):
    """A step of the story did not hold; the message says which."""


class Teller:
    """Writes the story down as it happens."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage = stage
        self._console = console
        self._reader = Reader(stage.community)
        self._chapters = 0
        self.held = 0
        self._told: dict[int, set[str]] = {}

    def chapter(self, title: str) -> None:
        self._chapters += 1
        self._line("")
        self._line(f"{self._chapters}. {title}", style="bold")

    def passes(self, what: str) -> None:
        """Say that time went by, or what happened without anyone acting."""
        self._line(f"   ⏵ {self._stage.now:%-d %b %H:%M:%S} UTC  {what}", style="cyan")

    def did(self, who: str, what: str) -> None:
        """Say what someone did, mentions as names."""
        self._line(f"   {who} {self._reader.plain(what, self._stage.now)}", style="bold blue")

    def saw(self, seen: Seen) -> None:
        """Show what came back to them."""
        if seen.form is not None:
            self._quote(self._reader.form(seen.form))
        for message in seen.messages:
            self.shows(message)

    def shows(self, message: Message) -> None:
        """Show a message; of one that was shown before only what is new in it."""
        lines = self._reader.lines(message, self._stage.now)
        before = self._told.setdefault(message.id, set())
        new = [line for line in lines if line not in before]
        self._quote(["(the same message changes)", *new] if before else new)
        before.update(lines)

    def prints(self, lines: Iterable[str]) -> None:
        """Show what a command printed."""
        self._quote(list(lines))

    def holds(self, condition: object, claim: str) -> None:
        """Note that something held; raises :class:`Broken` if it did not."""
        if not condition:
            self._line(f"   ✗ {claim}", style="bold red")
            raise Broken(claim)
        self.held += 1
        self._line(f"   ✓ {claim}", style="green")

    def ends(self, words: str, *, well: bool) -> None:
        self._line("")
        self._line(words, style="bold green" if well else "bold red")

    def _quote(self, lines: list[str]) -> None:
        for line in lines:
            for wrapped in Text(line).wrap(self._console, WIDTH - len(_BAR)):
                wrapped.rstrip()
                self._console.print(Text(_BAR, style="dim") + wrapped, soft_wrap=True)

    def _line(self, text: str, style: str = "") -> None:
        for number, wrapped in enumerate(Text(text, style=style).wrap(self._console, WIDTH)):
            wrapped.rstrip()
            self._console.print(Text("     " if number else "") + wrapped, soft_wrap=True)
