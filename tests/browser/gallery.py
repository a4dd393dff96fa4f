"""Pictures of messages as a phone shows them, for looking at and for the documentation.

``uv run python -m tests.browser.gallery giveaways docs/pictures`` remakes a feature's; with ``--all`` every scene there
is, not only those that are kept. The scenes of a feature are in ``tests/<feature>/render/scenes.py``: ``SCENES`` are
messages rendered for the picture, ``PLAYS`` are acted out with the whole bot.
"""

import argparse
import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import discord
import simcord
from PIL import Image
from playwright.async_api import Browser

from bot import clock
from bot.i18n import languages
from bot.markup import jump
from bot.ui.outgoing import Outgoing
from tests.browser.chromium import Screen, browser, screen
from tests.harness import Answer, World, running_bot, shown

LOCALES: Mapping[str, str] = {"en": "en-US"}
COLOURS = 96
TOO_WIDE = """() => [...document.querySelectorAll(".message-content, .embed, .embed *, button")]
    .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
    .map(element => element.textContent)"""


@dataclass(frozen=True)
class Scene:
    """A message to photograph. ``kept`` ones belong to the documentation; *message* is asked for each language.

    ``people``, ``roles`` and (voice) ``channels`` are the ids it mentions, with the names to show; its times are as
    seen at ``now``.
    """

    message: Callable[[str], Outgoing]
    now: datetime
    people: Mapping[int, str]
    roles: Mapping[int, str]
    kept: bool = False
    channels: Mapping[int, str] = field(default_factory=dict[int, str])


Snap = Callable[[str, simcord.MemberActor, Answer], Awaitable[None]]
"""Takes a picture, by its name, of an answer as somebody sees it."""


@dataclass(frozen=True)
class Play:
    """Something acted out with the whole bot in a language, of which so many ``pictures`` are taken, all kept."""

    act: Callable[[World, str, Snap], Awaitable[None]]
    features: Sequence[str]
    pictures: Sequence[str]


async def act_out(play: Play, folder: Path, prefix: str, wanted: Sequence[str]) -> list[Path]:
    """Save the pictures of a play in each language; returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    async with browser() as chromium:
        for language in wanted:
            with TemporaryDirectory() as scratch:
                async with running_bot(Path(scratch), features=play.features, locale=language) as world:
                    made += await _acted(world, chromium, play, folder / prefix, language)
    return made


async def _acted(world: World, chromium: Browser, play: Play, prefix: Path, language: str) -> list[Path]:
    made: list[Path] = []

    async def snap(name: str, viewer: simcord.MemberActor, answer: Answer) -> None:
        path = prefix.with_name(f"{prefix.name}-{name}-{language}.png")
        channel, locale = _channel(world, answer), LOCALES.get(language, language)
        async with screen(chromium, world, channel, viewer, locale=locale) as page:
            await page.photograph(path, answer)
            await _fits(page, path)
        shrink(path)
        made.append(path)

    world.env.backend.bot_user.name = "Ikuzo"
    await play.act(world, language, snap)
    return made


def _channel(world: World, answer: Answer) -> simcord.ChannelHandle:
    message = shown(answer)
    channel_id = message.channel_id if isinstance(message, simcord.ResponseMessage) else message.channel.id
    return next(each for each in world.guild.channels.values() if each.id == channel_id)


async def photograph(scenes: Mapping[str, Scene], folder: Path, prefix: str, wanted: Sequence[str]) -> list[Path]:
    """Save a picture of every scene in every language; returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    async with browser() as chromium:
        for language in wanted:
            with TemporaryDirectory() as scratch:
                async with running_bot(Path(scratch), features=()) as world:
                    ids = await _cast(world, scenes.values())
                    for name, scene in scenes.items():
                        path = folder / f"{prefix}-{name}-{language}.png"
                        await _one(world, chromium, scene, ids, language, path)
                        made.append(path)
    return made


async def _cast(world: World, scenes: Iterable[Scene]) -> dict[int, int]:
    """Have everyone the scenes mention join; returns their ids there by the ones in the scenes."""
    people: dict[int, str] = {}
    roles: dict[int, str] = {}
    channels: dict[int, str] = {}
    for scene in scenes:
        people |= scene.people
        roles |= scene.roles
        channels |= scene.channels
    world.env.backend.bot_user.name = "Ikuzo"
    ids = {old: world.guild.create_role(name).id for old, name in roles.items()}
    ids |= {old: world.guild.create_voice_channel(name).id for old, name in channels.items()}
    await world.env.settle()
    ids |= {old: world.add_member(name).id for old, name in people.items()}
    await world.env.settle()
    return ids


async def _one(
    world: World, chromium: Browser, scene: Scene, ids: Mapping[int, int], language: str, path: Path
) -> None:
    message = recast(scene.message(language), ids, (clock.now() - scene.now).total_seconds())
    # A channel for each picture: the page names the author once for messages in a row.
    channel = world.guild.create_text_channel(re.sub("[^a-z]+", "-", path.stem))
    await world.env.settle()
    message = message.marked("1", jump(world.guild.id, channel.id, channel.id))
    place = world.bot.get_partial_messageable(channel.id, guild_id=world.guild.id)
    sent = await place.send(
        content=message.content or None,
        embeds=list(message.embeds),
        files=[file.to_file() for file in message.files],
        view=message.view() or discord.utils.MISSING,
        allowed_mentions=message.allowed_mentions(),
    )
    async with screen(chromium, world, channel, world.member, locale=LOCALES.get(language, language)) as page:
        await page.photograph(path, sent)
        await _fits(page, path)
    shrink(path)


async def _fits(page: Screen, path: Path) -> None:
    if wide := await page.page.evaluate(TOO_WIDE):
        raise ValueError(f"{path.name} does not fit a phone: {wide}")


def recast(message: Outgoing, ids: Mapping[int, int], seconds: float) -> Outgoing:
    """Return a message that mentions other people and roles, its timestamps moved, for a world made later."""

    def moved(text: str) -> str:
        text = re.sub(r"<t:(\d+):", lambda match: f"<t:{int(match[1]) + int(seconds)}:", text)
        return re.sub(r"<(@&?|#)(\d+)>", lambda match: f"<{match[1]}{ids.get(int(match[2]), match[2])}>", text)

    embeds = tuple(discord.Embed.from_dict(json.loads(moved(json.dumps(embed.to_dict())))) for embed in message.embeds)
    mentioned = frozenset(ids.get(user, user) for user in message.mention_users)
    return replace(message, content=moved(message.content), embeds=embeds, mention_users=mentioned)


def shrink(path: Path) -> None:
    """Make a picture small enough to keep: few colours, packed well."""
    out = BytesIO()
    with Image.open(path) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    path.write_bytes(out.getvalue())


def main() -> None:
    """Remake a feature's pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.gallery", description=main.__doc__)
    parser.add_argument("feature")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="also the scenes that are not kept")
    parser.add_argument("--language", action="append", choices=languages())
    parser.add_argument("--scene", action="append", help="only these")
    asked = parser.parse_args()
    module = import_module(f"tests.{asked.feature}.render.scenes")
    scenes: dict[str, Scene] = {
        name: scene
        for name, scene in module.SCENES.items()
        if (name in asked.scene if asked.scene else asked.all or scene.kept)
    }
    spoken: Sequence[str] = asked.language or languages()
    made = asyncio.run(photograph(scenes, asked.folder, module.PREFIX, spoken)) if scenes else list[Path]()
    plays: Mapping[str, Play] = getattr(module, "PLAYS", {})
    for name, play in plays.items():
        if not asked.scene or name in asked.scene:
            made += asyncio.run(act_out(play, asked.folder, module.PREFIX, spoken))
    for path in made:
        print(f"{path}  {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
