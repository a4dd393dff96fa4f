"""``ikuzo demo``: the whole bot in a simulated community, in the browser or played by a script."""

import asyncio
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bot.settings import Settings

DONE, FAILED = 0, 1


def run_demo(settings: Settings, *, speed: float = 60, script: bool = False, port: int = 0) -> int:
    """Run the demo until it is ended or interrupted; returns the exit code. With *script* the story is played instead.

    *speed* says how many times faster than outside time passes; *port* 0 takes a free one. Everything is in a folder
    of its own, removed at the end. Raises :class:`~bot.refusal.Refusal` where the page cannot be served.
    """
    # simcord makes a client only to look at it, as soon as it is imported, and discord.py warns of what that one lacks.
    for name in ("discord", "discord.client"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from bot.demo.page import show
    from bot.demo.story import play

    console = Console(highlight=False)
    with TemporaryDirectory(prefix="ikuzo-demo-") as folder:
        try:
            if script:
                return DONE if asyncio.run(play(settings, Path(folder), console)) else FAILED
            asyncio.run(show(settings, Path(folder), console, speed=speed, port=port))
        except KeyboardInterrupt:
            console.print("\nThe demo has ended; nothing of it is left.")
            return FAILED if script else DONE
    return DONE
