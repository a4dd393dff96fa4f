"""The whole bot against a simulated Discord, with a small server in it: what feature tests start from.

``async with running_bot(tmp_path) as world`` gives the bot, the server and its people; they run commands with
``await world.moderator.slash(world.general, "config show")``, and :func:`say` tells what they were answered.
"""

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import discord
import simcord
from simcord.backend import serializers
from sqlalchemy import StaticPool, create_engine

import cogs
from bot import safejson
from bot.app import create_bot
from bot.client import FEATURES, Ikuzo
from bot.database import Base
from bot.demo.seams import inside, take_time_in_hand
from bot.guilds import GuildConfig, GuildRow, config_of
from bot.ledger import rules
from bot.preferences import Preference
from bot.settings import Settings
from tests.answers import (
    Answer,
    choose,
    click_id,
    components,
    forge,
    forge_modal,
    labels,
    messages,
    press,
    say,
    shown,
)

GUILD_ID = 1_400_000_000_000_000_001
# Not how long anything may take, but when to give up on a bot that never comes to rest.
SETTLE_TIMEOUT = 150.0

__all__ = [
    "GUILD_ID",
    "Answer",
    "World",
    "choose",
    "click_id",
    "components",
    "forge",
    "forge_modal",
    "labels",
    "messages",
    "press",
    "running_bot",
    "say",
    "shown",
]


@dataclass
class World:
    """A running bot and the server *Studio* around it, whose roles are all below the bot's.

    ``moderator`` has *Manage Server*; ``organiser`` has *Manage Events* through the role ``organisers``; ``member``
    and ``other`` have nothing but the role ``artists``. Errors a test provokes on purpose are taken out of ``errors``.
    """

    env: simcord.Env
    bot: Ikuzo
    settings: Settings
    features: Sequence[str]
    guild: simcord.GuildHandle
    general: simcord.ChannelHandle
    announcements: simcord.ChannelHandle
    log: simcord.ChannelHandle
    organisers: simcord.RoleHandle
    artists: simcord.RoleHandle
    moderator: simcord.MemberActor
    organiser: simcord.MemberActor
    member: simcord.MemberActor
    other: simcord.MemberActor
    errors: list[logging.LogRecord] = field(default_factory=list)

    @property
    def platform(self) -> Any:
        """What ``app.py`` put together."""
        return self.bot.platform

    @property
    def me(self) -> discord.ClientUser:
        """The bot's own user."""
        assert self.bot.user is not None
        return self.bot.user

    def commands(self) -> list[dict[str, Any]]:
        """Return the commands as Discord was given them, with their translations."""
        return list(self.env.backend.commands[None].values())

    async def advance(self, **length: float) -> None:
        """Let time pass; lengths as of :class:`timedelta`."""
        await self.env.advance_time(timedelta(**length).total_seconds())

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Act as the bot itself: what is begun here has the simulated clock, and time can be moved for it."""
        with inside(self.env):
            yield

    async def sleep(self, **length: float) -> None:
        """Let time pass while the bot is down; :meth:`restart` starts it again."""
        with self.inside():
            await self.platform.schedule.stop()
            await self.platform.dispatcher.stop()
        await self.advance(**length)

    async def restart(self) -> None:
        """End the bot once it has nothing to do, without a word to it, and start another on the same database."""
        old, self.bot = self.bot, create_bot(self.settings, self.features)
        await self.env.restart_bot(self.bot)
        await old.platform.close()

    async def speak(self, actor: simcord.MemberActor, language: str, zone: str | None = None) -> None:
        """Have the bot answer someone in another language, as after ``/my settings``."""
        async with self.platform.database.write() as tx:
            await self.platform.preferences.save(tx, actor.id, Preference(language, zone))

    async def config(self, guild_id: int = GUILD_ID) -> GuildConfig:
        """Read a server's settings."""
        async with self.platform.database.read() as session:
            return await config_of(session, guild_id)

    async def ledger(self, guild_id: int = GUILD_ID) -> Sequence[rules.Row]:
        """Return a server's ledger, oldest row first, after checking it as ``ikuzo verify`` does."""
        async with self.platform.database.read() as session:
            pieces = [piece async for piece in self.platform.ledger.document(session, guild_id)]
        chain = rules.parse(safejson.loads(b"".join(pieces), max_bytes=2**24, max_depth=8))
        assert [step for step in rules.check(chain) if not step.passed] == []
        return chain.rows

    def add_member(self, name: str, *roles: simcord.RoleHandle) -> simcord.MemberActor:
        """Have someone else join."""
        return self.guild.add_member(self.env.create_user(name), roles=roles)

    def other_guild(self, name: str = "Elsewhere") -> tuple[simcord.ChannelHandle, simcord.MemberActor]:
        """Make another server; returns a channel and a moderator of it."""
        guild = self.env.create_guild(name)
        channel = guild.create_text_channel("general")
        role = guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
        return channel, guild.add_member(self.env.create_user(f"{name} moderator"), roles=[role])

    async def invite(self, guild: simcord.GuildHandle | None = None) -> None:
        """Tell the bot that it was invited just now, to *Studio* or another server."""
        backend = self.env.backend
        payload = dict(serializers.guild_create_payload(backend, backend.get_guild((guild or self.guild).id)))
        # By this Discord tells a server that is new from one that is available again.
        del payload["unavailable"]
        backend.emit("GUILD_CREATE", payload)
        await self.env.settle()

    def channel_without(self, name: str, *permissions: str) -> simcord.ChannelHandle:
        """Make a channel in which the bot lacks permissions, by Discord's names."""
        overwrite = discord.PermissionOverwrite(**dict.fromkeys(permissions, False))
        return self.guild.create_text_channel(name, overwrites={self.me: overwrite})

    async def allow_everyone(self, command: str) -> None:
        """Show a command to everyone, as a server may under Integrations, so that only the bot's own check is left."""
        (found,) = [each for each in await self.bot.tree.fetch_commands() if each.name == command]
        self.guild.set_command_permissions(found, {self.guild.default_role: True})


@asynccontextmanager
async def running_bot(
    folder: Path,
    *,
    features: Sequence[str] = FEATURES,
    greeted: bool = True,
    locale: str = "en-US",
    **options: Any,
) -> AsyncIterator[World]:
    """Start the bot with a fresh SQLite file in *folder*; *options* are settings. There is no beacon by default.

    ``features`` are the packages in ``cogs`` that are loaded; ``greeted`` leaves out the offer of ``/config setup``;
    ``locale`` is the server's own language in Discord.
    Fails when the bot logged an error that is not taken out of ``World.errors``.
    """
    path = folder / "ikuzo.db"
    if not path.exists():
        path.write_bytes(_schema())
    values: dict[str, Any] = {"database_url": f"sqlite+aiosqlite:///{path}", "beacon_urls": (), **options}
    settings = Settings(**values)
    bot = create_bot(settings, features)
    with _errors() as errors:
        # Refusals are raised in commands; they are answers, not errors. Real errors are in the log.
        env = simcord.Env(bot, shard_count=1, settle_timeout=SETTLE_TIMEOUT, check_errors=False)
        take_time_in_hand(env)
        await env.start()
        with _clock_of(env):
            if greeted:
                async with bot.platform.database.write() as tx:
                    tx.session.add(GuildRow(guild_id=GUILD_ID, places={}, disabled=[], greeted=True, locale=locale))
            world = _populate(env, bot, settings, features, locale, errors)
            await env.settle()
            try:
                yield world
            finally:
                await env.settle()
                await world.bot.platform.close()
                await env.shutdown()
    assert not errors, "\n".join(logging.Formatter().format(record) for record in errors)


@contextmanager
def _clock_of(env: simcord.Env) -> Iterator[None]:
    """Have the test read the bot's clock."""
    context = env.time_context()
    context.__enter__()
    try:
        yield
    finally:
        # A fixture ends in another context than the one it began in; the clock then goes with that one.
        with suppress(ValueError):
            context.__exit__(None, None, None)


def _populate(
    env: simcord.Env,
    bot: Ikuzo,
    settings: Settings,
    features: Sequence[str],
    locale: str,
    errors: list[logging.LogRecord],
) -> World:
    guild = env.create_guild("Studio", id=GUILD_ID, preferred_locale=locale)
    channels = [guild.create_text_channel(name) for name in ("general", "announcements", "log")]
    moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
    organisers = guild.create_role("Organisers", permissions=discord.Permissions(manage_events=True))
    artists = guild.create_role("Artists")

    def join(name: str, *roles: simcord.RoleHandle) -> simcord.MemberActor:
        return guild.add_member(env.create_user(name), roles=roles)

    return World(
        env,
        bot,
        settings,
        features,
        guild,
        *channels,
        organisers=organisers,
        artists=artists,
        moderator=join("mina", moderators),
        organiser=join("oren", organisers),
        member=join("aki", artists),
        other=join("bora", artists),
        errors=errors,
    )


@cache
def _schema() -> bytes:
    """Return an empty database, made once; every feature's tables, as the models have them."""
    for module in walk_packages(cogs.__path__, "cogs."):
        if module.name.endswith(".tables"):
            import_module(module.name)
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with closing(engine.raw_connection()) as connection:
        content: bytes = connection.driver_connection.serialize()  # pyright: ignore[reportOptionalMemberAccess]
    engine.dispose()
    return content


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def _errors() -> Iterator[list[logging.LogRecord]]:
    handler = _Errors()
    logging.getLogger().addHandler(handler)
    try:
        yield handler.records
    finally:
        logging.getLogger().removeHandler(handler)
