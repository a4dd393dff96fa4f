"""A short visit to Discord, to see what a bot with this token may do there; nothing is said or changed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from yarl import URL

from bot.client import intents, use_api
from bot.permissions import Need
from bot.reads import POSTABLE
from bot.settings import Settings

PATIENCE: Final = timedelta(seconds=60)
_PRIVILEGED: Final = {
    "Presence": ("gateway_presence", "gateway_presence_limited"),
    "Server Members": ("gateway_guild_members", "gateway_guild_members_limited"),
    "Message Content": ("gateway_message_content", "gateway_message_content_limited"),
}


class Refused(StrEnum):
    """Why there is nothing to see."""

    LOGIN = "login"
    INTENTS = "intents"
    SHARDS = "shards"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class ServerSeen:
    """A server as the bot sees it: what it may do by its roles, and in each channel that can be posted in.

    ``name`` is None while Discord has the server down.
    """

    guild_id: int
    name: str | None
    granted: frozenset[Need]
    channels: tuple[frozenset[Need], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the visit showed; ``privileged`` names the intents switched on in the developer portal."""

    bot_name: str
    application_id: int
    privileged: tuple[str, ...]
    servers: tuple[ServerSeen, ...]


async def visit(settings: Settings) -> Seen | Refused:
    """Log in as the bot does, with its intents, see the servers of this process's shards, and leave."""
    if settings.discord_api_url is not None:
        use_api(settings.discord_api_url)
    visitor = _Visitor(settings)
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()), visitor:
            await visitor.login(settings.token())
            return await visitor.look()
    except discord.LoginFailure:
        return Refused.LOGIN
    except discord.PrivilegedIntentsRequired:
        return Refused.INTENTS
    except discord.ConnectionClosed as error:
        return _REASONS.get(error.code or 0, Refused.NO_ANSWER)
    except (TimeoutError, OSError, aiohttp.ClientError, discord.DiscordException):
        return Refused.NO_ANSWER


# https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
_REASONS: Final[Mapping[int, Refused]] = {
    4004: Refused.LOGIN,
    4010: Refused.SHARDS,
    4011: Refused.SHARDS,
    4013: Refused.INTENTS,
    4014: Refused.INTENTS,
}


class _Visitor(discord.AutoShardedClient):
    def __init__(self, settings: Settings) -> None:
        options: dict[str, Any] = {}
        if settings.shard_count is not None:
            options["shard_count"] = settings.shard_count
        if settings.shard_ids is not None:
            options["shard_ids"] = list(settings.shard_ids)
        super().__init__(
            intents=intents(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            **options,
        )
        self._elsewhere = settings.discord_api_url is not None

    async def login(self, token: str) -> None:
        await super().login(token)
        if self._elsewhere:
            gateway = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway[1])

    async def look(self) -> Seen:
        connecting = asyncio.create_task(self.connect(reconnect=False))
        ready = asyncio.create_task(self.wait_until_ready())
        try:
            await asyncio.wait((connecting, ready), return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                await connecting
                raise ConnectionError("Discord ended the connection")
            return self._seen()
        finally:
            ready.cancel()
            connecting.cancel()
            await asyncio.gather(ready, connecting, return_exceptions=True)

    def _seen(self) -> Seen:
        if self.user is None or self.application is None:
            raise ConnectionError("Discord did not say who the bot is")
        flags = self.application.flags
        privileged = tuple(name for name, bits in _PRIVILEGED.items() if any(getattr(flags, bit) for bit in bits))
        servers = tuple(_server(guild) for guild in sorted(self.guilds, key=lambda guild: guild.id))
        return Seen(str(self.user), self.application.id, privileged, servers)


def _server(guild: discord.Guild) -> ServerSeen:
    if guild.unavailable:
        return ServerSeen(guild.id, None, frozenset(), ())
    channels = [channel for channel in guild.channels if isinstance(channel, POSTABLE)]
    return ServerSeen(
        guild.id,
        guild.name,
        _granted(guild.me.guild_permissions),
        tuple(_granted(channel.permissions_for(guild.me)) for channel in channels),
    )


def _granted(permissions: discord.Permissions) -> frozenset[Need]:
    return frozenset(need for need in Need if getattr(permissions, need.value))
