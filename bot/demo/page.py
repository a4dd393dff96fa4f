"""The demo in the browser: a channel one can look at as several people, in which time goes on by itself."""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from bot.demo.community import PEOPLE, Profile
from bot.demo.crowd import Crowd
from bot.demo.mentions import show_mentions_in_embeds
from bot.demo.person import Person
from bot.demo.seams import is_watched, take_turns
from bot.demo.stage import Stage

# Whom one can be, with what each is there for; all others act by themselves.
VIEWERS: Final = {
    "oren": "organiser: types /giveaway start",
    "mina": "moderator: types /config check, /config log",
    "tess": "staff: hands out prizes with /giveaway redeem",
    "lena": "member with @Artist: can enter",
    "haruka": "member, answered in Japanese",
    "jiwoo": "member, answered in Korean",
    "ben": "member without roles: is told what he lacks",
}
TICK: Final = 0.5
PROFILES: Final = {profile.name: profile for profile in PEOPLE}
CROWD: Final[tuple[Profile, ...]] = tuple(profile for profile in PEOPLE if profile.name not in VIEWERS)

_SETTINGS: Final = (
    "/config channel purpose:giveaways channel:#giveaways",
    "/config channel purpose:announcements channel:#announcements",
    "/config channel purpose:log channel:#log",
    "/config role purpose:organiser role:@Organiser",
    "/config role purpose:staff role:@Staff",
)
_GIVEAWAYS: Final = (
    (
        "/giveaway start prize:Lantern Festival, signed print ends:3 hours winners:3 required_role:@Artist "
        "bonuses:@OG 3 claim:button claim_within:2 days description:A2, on cotton paper, signed at the back. post:true"
    ),
    (
        "/giveaway start prize:Sketchbook of the autumn workshop starts:8 hours ends:6 hours winners:2 "
        "claim:in-person claim_within:7 days post:true"
    ),
)

_WELCOME: Final = """\
**Welcome to Paper Lantern**, a community that is not there, on a Discord that is not there. The bot is the real one.
- *Viewing as*, above, makes you someone else: Oren organises, Mina moderates, Tess is staff, the others are members.
- Press *Enter* as Lena or はるか, and as Ben, who lacks a role. As Oren type `/giveaway start`.
- Time flies here. Members you do not play enter by themselves; wait, and the draw comes.
- Draws use a small beacon of this demo's own: they show how a draw works, not that one was fair."""


async def furnish(stage: Stage) -> None:
    """Set the bot up and start giveaways, by commands as anyone would; one runs, one opens later."""
    mina, oren = Person(stage, PROFILES["mina"]), Person(stage, PROFILES["oren"])
    for command in _SETTINGS:
        await mina.types(command)
    for name in ("haruka", "jiwoo"):
        person = Person(stage, PROFILES[name])
        panel = await person.types("/my settings")
        await person.chooses(panel.last, "settings.language", PROFILES[name].language)
    await mina.actor.send(stage.community.giveaways, _WELCOME)
    for command in _GIVEAWAYS:
        await oren.types(command)
    await stage.env.settle()


async def show(stage: Stage, *, speed: float, port: int, opened: Callable[[str], None]) -> None:
    """Serve the page until it is ended there or the task is cancelled; *opened* is told its address.

    While a page is open, time passes *speed* times as fast as outside; else it stands still.
    """
    show_mentions_in_embeds()
    await furnish(stage)
    viewers = [stage.community.people[name] for name in VIEWERS]
    turn = asyncio.Lock()
    preview = stage.env.preview(stage.community.giveaways, viewers=viewers, layout="channel", port=port)
    async with preview:
        take_turns(preview, turn)
        opened(preview.url)
        ended = asyncio.create_task(preview.wait_closed())
        crowd = Crowd(stage, CROWD, random.Random(1))  # noqa: S311 (who enters when is no secret)
        clock = asyncio.get_running_loop()
        before = clock.time()
        while not ended.done():
            await asyncio.wait([ended], timeout=TICK)
            now = clock.time()
            passed, before = now - before, now
            if ended.done() or not is_watched(preview):
                continue
            async with turn:
                await stage.advance(timedelta(seconds=passed * speed))
                await crowd.act()
                await preview.refresh()
