"""The whole story, played without a browser: what everyone does, what they see, and what has to hold."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from simcord import BackendError, SetupError

from bot.demo.person import Missed
from bot.demo.stage import open_stage
from bot.demo.story import claiming, drawing, opening, proving
from bot.demo.story.scene import Scene
from bot.demo.telling import Broken, Teller
from bot.settings import Settings

Chapter = Callable[[Scene], Awaitable[None]]

CHAPTERS: Final[Mapping[str, Chapter]] = {
    "Mina, a moderator, sets the bot up": opening.set_up,
    "はるか and 지우 choose their languages": opening.choose_languages,
    "Oren, an organiser, drafts a giveaway and posts it": opening.start_giveaway,
    "Members enter, one is refused, one leaves again": opening.enter,
    "It closes: before anyone can know who wins, the list is frozen in public": drawing.freeze,
    "The bot is stopped before the deciding round appears, and started again": drawing.stop_and_start,
    "The draw is announced, once, with its proof": drawing.announce,
    "A winner picks the prize up with a code": claiming.pick_up,
    "The other winner never comes, and the prize passes on": claiming.pass_on,
    "Ben, who trusts nobody, recomputes the draw offline": proving.verify,
    "Forged proofs are refused": proving.forge,
    "Someone takes their data with them and is forgotten": proving.forget,
    "What is published afterwards still verifies": proving.verify_erased,
}


# A Monday.
BEGINS: Final = datetime(2027, 3, 1, 12, tzinfo=UTC)


async def play(settings: Settings, folder: Path, console: Console, chapters: Mapping[str, Chapter] = CHAPTERS) -> bool:
    """Open the stage, play the story and tell it; returns whether every step held."""
    async with open_stage(settings, folder, BEGINS) as stage:
        teller = Teller(stage, console)
        scene = Scene(stage, teller, folder)
        try:
            for title, chapter in chapters.items():
                teller.chapter(title)
                await chapter(scene)
                if stage.errors:
                    teller.holds(False, f"nothing goes wrong unseen: {stage.errors[0].getMessage()}")
        except Broken as broken:
            teller.ends(f"The story broke: it did not hold that {broken}.", well=False)
        except (Missed, BackendError, SetupError) as error:
            teller.ends(f"The story broke, as someone could not go on: {error}.", well=False)
        else:
            teller.ends(f"All of it held: {teller.held} claims in {len(chapters)} chapters.", well=True)
            return True
    return False
