"""``ikuzo demo``: the whole bot in a simulated community, in the browser or played by a script."""

import asyncio
import shlex
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from simcord import SetupError

from bot.demo.page import VIEWERS, show
from bot.demo.stage import Stage, open_stage
from bot.demo.story import play
from bot.refusal import Refusal
from bot.settings import Settings

DONE, FAILED = 0, 1
# A Monday.
STORY_BEGINS: Final = datetime(2027, 3, 1, 12, tzinfo=UTC)


def run_demo(settings: Settings, *, speed: float = 60, script: bool = False, port: int = 0) -> int:
    """Run the demo until it is ended or interrupted; returns the exit code. With *script* the story is played instead.

    *speed* says how many times faster than outside time passes; *port* 0 takes a free one. Everything is in a folder
    of its own, removed at the end. Raises :class:`~bot.refusal.Refusal` where the page cannot be served.
    """
    console = Console(highlight=False)
    with TemporaryDirectory(prefix="ikuzo-demo-") as folder:
        try:
            if script:
                return asyncio.run(_play(settings, Path(folder), console))
            asyncio.run(_show(settings, Path(folder), console, speed, port))
        except KeyboardInterrupt:
            console.print("\nThe demo has ended; nothing of it is left.")
            return FAILED if script else DONE
    return DONE


async def _play(settings: Settings, folder: Path, console: Console) -> int:
    async with open_stage(settings, folder, STORY_BEGINS) as stage:
        return DONE if await play(stage, folder, console) else FAILED


async def _show(settings: Settings, folder: Path, console: Console, speed: float, port: int) -> None:
    async with open_stage(settings, folder, datetime.now(UTC)) as stage:

        def opened(url: str) -> None:
            for line in _invitation(stage, url, speed):
                console.print(line, soft_wrap=True, markup=False)

        try:
            await show(stage, speed=speed, port=port, opened=opened)
        except SetupError as error:
            raise Refusal(f"The demo's page cannot be served: {error}; choose another --port.") from error


def _invitation(stage: Stage, url: str, speed: float) -> list[str]:
    verify = f"ikuzo verify draw-1.json --chain {shlex.quote(str(stage.chain_file))}"
    people = [f"  {stage.community.people[name].name:8} {what}" for name, what in VIEWERS.items()]
    return [
        "Ikuzo's demo: Discord is simulated and nothing leaves this machine; the bot and its database are real.",
        "",
        f"  {url}",
        "",
        "Open it in a browser. Under “Viewing as” you choose who you are:",
        *people,
        "",
        f"One second is {speed:g} seconds there, and time stands still while no page is open.",
        "Draws use a small beacon of the demo's own. To check one, download its draw-….json, then:",
        f"  {verify}",
        "Wallets are not part of it yet. Ctrl-C ends the demo and removes its files.",
    ]
