"""The demo in the browser: a channel one can look at as several people, in which time goes on by itself."""

import asyncio
import random
import shlex
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import simcord
from rich.cells import set_cell_size
from rich.console import Console
from simcord import SetupError

from bot.demo.chain import CHAIN_ID, MISSING, LanternChain, knowing, lantern_chain
from bot.demo.crowd import Crowd
from bot.demo.furnishing import CROWD, PROFILES, VIEWERS, furnish
from bot.demo.markdown import show_as_discord_does
from bot.demo.seams import is_watched, let_time_fly
from bot.demo.stage import Stage, open_stage
from bot.refusal import Refusal
from bot.settings import Settings

TICK: Final = 0.5


async def show(settings: Settings, folder: Path, console: Console, *, speed: float, port: int) -> None:
    """Open the stage and serve its page until that is ended there, or the task is cancelled.

    Raises :class:`~bot.refusal.Refusal` where it cannot be served.
    """
    async with AsyncExitStack() as stack:
        chain = stack.enter_context(lantern_chain())
        stage = await stack.enter_async_context(open_stage(knowing(settings, chain), folder, datetime.now(UTC)))
        show_as_discord_does()
        await furnish(stage)
        viewers = [stage.community.people[name] for name in VIEWERS]
        preview = stage.env.preview(stage.community.giveaways, viewers=viewers, layout="channel", port=port)
        async with AsyncExitStack() as page:
            try:
                await page.enter_async_context(preview)
            except SetupError as error:
                raise Refusal(f"The page cannot be served: {error}. Choose another --port.") from None
            for line in invitation(preview.url, stage, speed, chain):
                console.print(line, soft_wrap=True, markup=False)
            await run_time(stage, preview, speed)


async def run_time(stage: Stage, preview: simcord.Preview, speed: float) -> None:
    """While the page is open, let time pass *speed* times as fast as outside, until the page is ended."""
    turn = asyncio.Lock()
    let_time_fly(preview, turn, speed)
    crowd = Crowd(stage, CROWD, random.Random(1))  # noqa: S311 (who enters when is no secret)
    ended = asyncio.create_task(preview.wait_closed())
    # Not time.monotonic, which simcord makes its own.
    clock = asyncio.get_running_loop().time
    before = clock()
    while not ended.done():
        await asyncio.wait([ended], timeout=TICK)
        now = clock()
        passed, before = now - before, now
        if ended.done() or not is_watched(preview):
            continue
        async with turn:
            await stage.advance(timedelta(seconds=passed * speed))
            await crowd.act()
            await preview.refresh()


def invitation(url: str, stage: Stage, speed: float, chain: LanternChain | None) -> list[str]:
    """Return what is printed once the page is there."""
    return [
        "Ikuzo's demo: Discord is simulated and nothing leaves this machine; the bot and its database are real.",
        "",
        f"  {url}",
        "",
        "Open it in a browser. “Viewing as” makes you",
        *(f"  {set_cell_size(PROFILES[name].display, 8)}{what}" for name, what in VIEWERS.items()),
        "",
        f"A second is {speed:g} seconds there; time stands still while no page is open.",
        "Draws use a small beacon of the demo's own. To check one, download its draw-….json, then:",
        f"  ikuzo verify draw-1.json --chain {shlex.quote(str(stage.chain_file))}",
        *wallets(chain),
        "Ctrl-C ends the demo and removes its files.",
    ]


def wallets(chain: LanternChain | None) -> list[str]:
    """Return what is printed about wallets: where their token is and who holds it, or that there is no chain."""
    if chain is None:
        return [MISSING]
    chain.mint(chain.wallets[0], 7)
    return [
        f"Wallets work against a chain of the demo's own, {chain.url} (chain {CHAIN_ID}); it signs for its accounts.",
        f"  As Mina: /gate add name:lantern role:@Lantern chain:{CHAIN_ID} contract:{chain.contract} standard:erc721",
        f"  As Lena: /wallet link address:{chain.wallets[0]}",
    ]
