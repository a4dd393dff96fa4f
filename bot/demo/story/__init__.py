"""The whole story, played without a browser: what everyone does, what they see, and what has to hold."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from simcord import BackendError, SetupError

from bot.demo.chain import LanternChain, knowing, lantern_chain
from bot.demo.person import Missed
from bot.demo.stage import open_stage
from bot.demo.story import claiming, drawing, gathering, hearing, holding, opening, polling, proving
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
    "Oren announces an event with two places": gathering.announce,
    "Three want to come; one leaves, and the first in line is asked": gathering.answer,
    "Mina moves it in Discord's own list, and everything follows": gathering.move,
    "Reminded in time, people come and check in": gathering.check_in,
    "Having been there opens a giveaway": gathering.reward,
    "Oren opens two polls: a secret one with ranks, and an open one": polling.start,
    "Members vote, one is refused, one thinks again": polling.vote,
    "The bot is stopped right after a vote, and started again": polling.stop_and_start,
    "Results of a secret poll are asked for early": polling.ask_early,
    "It closes, and Ben counts again": polling.count,
    "Oren answers, as was promised": hearing.answer,
    "The promise is kept: did this happen?": hearing.keep,
    "A member proposes the next poll": hearing.propose,
    "Priya proves that a wallet is hers, and has the role its token gives": holding.link,
    "The token is gone: told first, and only then the role goes too": holding.lose,
}


# A Monday.
BEGINS: Final = datetime(2027, 3, 1, 12, tzinfo=UTC)


async def play(settings: Settings, folder: Path, console: Console, chapters: Mapping[str, Chapter] = CHAPTERS) -> bool:
    """Open the stage, play the story and tell it; returns whether every step held."""
    with lantern_chain() as chain:
        return await _played(settings, folder, console, chapters, chain)


async def _played(
    settings: Settings, folder: Path, console: Console, chapters: Mapping[str, Chapter], chain: LanternChain | None
) -> bool:
    async with open_stage(knowing(settings, chain), folder, BEGINS) as stage:
        teller = Teller(stage, console)
        scene = Scene(stage, teller, folder, chain)
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
