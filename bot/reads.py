"""What is read from Discord: members by id, and channels, roles and permissions from the gateway's cache."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

import aiohttp
import discord
from discord.http import Route

from bot import clock
from bot.permissions import Need
from bot.ports import Absent, ChannelKind, ChannelState, MemberState, MessageState, RoleState, Unread
from bot.ui.outgoing import markers

# Discord allows 120 gateway messages a minute and shard; presence and heartbeats need some too.
PACE: Final = timedelta(seconds=0.6)
CHUNK: Final = 100
POSTABLE: Final = (discord.TextChannel, discord.Thread, discord.VoiceChannel, discord.StageChannel)
# The same for a select of channels.
POSTABLE_TYPES: Final = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
)

UNKNOWN_MEMBER: Final = 10007

log = logging.getLogger(__name__)


class GatewayMembers:
    """Members by id through the gateway, 100 at a time, paced; needs no privileged intent."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._free_at: datetime | None = None

    async def fetch(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, MemberState | Absent]:
        """Read members; one that Discord did not find has LEFT, one it did not answer for is UNKNOWN."""
        ids = sorted(set(user_ids))
        found: dict[int, MemberState | Absent] = dict.fromkeys(ids, Absent.UNKNOWN)
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return await self._one_by_one(guild_id, ids)
        if guild.unavailable:
            return found
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            if len(ids) > 1:
                await self._wait_turn()
            try:
                members = await guild.query_members(user_ids=chunk, limit=CHUNK, cache=False)
            except (TimeoutError, discord.DiscordException, ConnectionError) as error:
                log.warning("members of server %s could not be read: %s", guild_id, error)
                continue
            present = {member.id: _state(member) for member in members}
            for user_id in chunk:
                found[user_id] = present.get(user_id, Absent.LEFT)
        return found

    async def _one_by_one(self, guild_id: int, ids: Sequence[int]) -> Mapping[int, MemberState | Absent]:
        """Ask Discord for each member of a server on another process's shard; slow, and only when that one is gone."""
        found: dict[int, MemberState | Absent] = {}
        for user_id in ids:
            try:
                found[user_id] = _read_member(guild_id, await self._client.http.get_member(guild_id, user_id))
            except discord.NotFound as error:
                found[user_id] = Absent.LEFT if error.code == UNKNOWN_MEMBER else Absent.UNKNOWN
            except (discord.HTTPException, aiohttp.ClientError, TimeoutError) as error:
                log.warning("a member of server %s could not be read: %s", guild_id, error)
                found[user_id] = Absent.UNKNOWN
        return found

    async def _wait_turn(self) -> None:
        """Wait for this chunk's turn; turns are given in order of asking."""
        now = clock.now()
        turn = max(now, self._free_at or now)
        self._free_at = turn + PACE
        if turn > now:
            await asyncio.sleep((turn - now).total_seconds())

    async def role_count(self, guild_id: int, role_id: int) -> int | None:
        """Return how many members have a role, asked of Discord; None where it does not say."""
        if role_id == guild_id:
            guild = self._client.get_guild(guild_id)
            return None if guild is None else guild.member_count
        route = Route("GET", "/guilds/{guild_id}/roles/member-counts", guild_id=guild_id)
        try:
            counts: object = await self._client.http.request(route)
        except Exception as error:  # newer than discord.py, and not served everywhere: any failure is "unknown"
            log.debug("role counts of server %s could not be read: %s", guild_id, error)
            return None
        value = cast("dict[str, object]", counts).get(str(role_id)) if isinstance(counts, dict) else None
        return value if isinstance(value, int) else None


class CachedGuilds:
    """Servers, channels and roles from the gateway's cache."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def known(self, guild_id: int) -> bool:
        return self._client.get_guild(guild_id) is not None

    def guild_name(self, guild_id: int) -> str | None:
        guild = self._client.get_guild(guild_id)
        return None if guild is None else guild.name

    def member_count(self, guild_id: int) -> int | None:
        guild = self._client.get_guild(guild_id)
        return None if guild is None else guild.member_count

    def channel(self, guild_id: int, channel_id: int, needs: Collection[Need] = ()) -> ChannelState | None:
        """Return a channel with the needs that are not met there; None when it is not there or cannot be seen."""
        guild = self._client.get_guild(guild_id)
        channel = guild.get_channel_or_thread(channel_id) if guild is not None else None
        if guild is None or channel is None:
            return None
        permissions = channel.permissions_for(guild.me)
        is_thread = isinstance(channel, discord.Thread)
        wanted = {Need.SEND_THREADS if is_thread and need is Need.SEND else need for need in needs}
        missing = frozenset(need for need in wanted if not getattr(permissions, need.value))
        postable = isinstance(channel, POSTABLE)
        return ChannelState(channel.id, channel.name, missing, postable, _kind(channel), is_thread)

    def role(self, guild_id: int, role_id: int) -> RoleState | None:
        guild = self._client.get_guild(guild_id)
        role = guild.get_role(role_id) if guild is not None else None
        if guild is None or role is None:
            return None
        can_mention_all = guild.me.guild_permissions.mention_everyone
        return RoleState(
            role.id,
            role.name,
            managed=role.managed,
            is_default=role.is_default(),
            assignable=role.is_assignable(),
            mentionable=role.mentionable or can_mention_all,
            of_bot=role.is_bot_managed(),
            permissions=role.permissions.value,
        )

    def lacking(self, guild_id: int, needs: Collection[Need]) -> frozenset[Need]:
        """Return which needs are not met in the server as a whole; all of them where the server is not known."""
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return frozenset(needs)
        return frozenset(need for need in needs if not getattr(guild.me.guild_permissions, need.value))

    def greeting_channel(self, guild_id: int, needs: Collection[Need]) -> int | None:
        """Return the server's channel for system messages, else its first text channel, where these needs are met."""
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return None
        channels = [guild.system_channel, *guild.text_channels]
        found = (self.channel(guild_id, channel.id, needs) for channel in channels if channel is not None)
        return next((channel.channel_id for channel in found if channel is not None and not channel.missing), None)


class ChannelMessages:
    """Messages by id, asked of Discord one by one."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def fetch(self, guild_id: int, channel_id: int, message_id: int) -> MessageState | Unread:
        """Read a message; GONE when there is none with this id, UNKNOWN when it may not be read or nobody answers."""
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        try:
            message = await channel.fetch_message(message_id)
        except discord.NotFound:
            return Unread.GONE
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("message %s could not be read: %s", message_id, error)
            return Unread.UNKNOWN
        me = self._client.user
        return MessageState(message.id, me is not None and message.author.id == me.id, markers(message.embeds))


def _state(member: discord.Member) -> MemberState:
    roles = frozenset(role.id for role in member.roles if role.id != member.guild.id)
    return MemberState(member.id, roles, member.joined_at, member.bot)


def _read_member(guild_id: int, raw: Mapping[str, Any]) -> MemberState:
    joined = raw.get("joined_at")
    return MemberState(
        int(raw["user"]["id"]),
        frozenset(int(role) for role in raw["roles"] if int(role) != guild_id),
        None if joined is None else datetime.fromisoformat(joined),
        bool(raw["user"].get("bot", False)),
    )


def _kind(channel: discord.abc.GuildChannel | discord.Thread) -> ChannelKind:
    match channel:
        case discord.StageChannel():
            return ChannelKind.STAGE
        case discord.VoiceChannel():
            return ChannelKind.VOICE
        case discord.TextChannel() | discord.Thread():
            return ChannelKind.TEXT
        case _:
            return ChannelKind.OTHER
