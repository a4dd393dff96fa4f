"""Arranging the world: what happens on Discord without the bot, announced to it as Discord does.

Every method is an operation of the control API: arguments and results are JSON, ids may be numbers
or text, results carry them as text.
"""

from datetime import datetime

from simcord.backend.errors import SetupError
from simcord.backend.models import Overwrite
from simcord.enums import ChannelType, OverwriteType

from tests.wire.calls import Json
from tests.wire.world.backend import WireBackend, permission_bits

_KINDS = {
    "text": ChannelType.TEXT,
    "voice": ChannelType.VOICE,
    "category": ChannelType.CATEGORY,
    "news": ChannelType.NEWS,
    "stage": ChannelType.STAGE_VOICE,
    "forum": ChannelType.FORUM,
}


class Arrange:
    """Omnipotent changes to the store."""

    def __init__(self, backend: WireBackend) -> None:
        self._backend = backend

    # guilds and channels

    def create_guild(self, name: str, shard: int | None = None, shards: int = 1, locale: str = "en-US") -> Json:
        guild = self._backend.create_guild(name, shard_id=shard, shard_count=shards, preferred_locale=locale)
        bot_role = next(role for role in guild.roles.values() if role.managed)
        return {"id": str(guild.id), "owner": str(guild.owner_id), "bot_role": str(bot_role.id)}

    def create_channel(self, guild: int, name: str, kind: str = "text", parent: int | None = None) -> Json:
        if kind not in _KINDS:
            raise SetupError(f"No kind of channel is called {kind!r}: {', '.join(_KINDS)}")
        channel = self._backend.create_channel(
            int(guild), name, type=_KINDS[kind], parent_id=None if parent is None else int(parent)
        )
        return {"id": str(channel.id)}

    def create_thread(self, channel: int, name: str, by: int, message: int | None = None) -> Json:
        thread = self._backend.create_thread(
            int(channel), name, int(by), message_id=None if message is None else int(message)
        )
        return {"id": str(thread.id)}

    def delete_channel(self, channel: int) -> None:
        self._backend.delete_channel(int(channel))

    def overwrite(
        self, channel: int, target: int, allow: list[str] | None = None, deny: list[str] | None = None
    ) -> None:
        """Set a role's or member's overwrite; the guild's own id stands for @everyone."""
        place = self._backend.get_channel(int(channel))
        if place.guild_id is None:
            raise SetupError("A direct message has no overwrites")
        roles = self._backend.get_guild(place.guild_id).roles
        kind = OverwriteType.ROLE if int(target) in roles else OverwriteType.MEMBER
        self._backend.set_overwrite(
            place.id,
            Overwrite(int(target), kind, permission_bits(allow or []), permission_bits(deny or [])),
        )

    def clear_overwrite(self, channel: int, target: int) -> None:
        self._backend.delete_overwrite(int(channel), int(target))

    # roles

    def create_role(
        self, guild: int, name: str, permissions: list[str] | None = None, position: int | None = None
    ) -> Json:
        role = self._backend.create_role(
            int(guild), name, permissions=permission_bits(permissions or []), position=position
        )
        return {"id": str(role.id)}

    def edit_role(
        self,
        guild: int,
        role: int,
        name: str | None = None,
        permissions: list[str] | None = None,
        position: int | None = None,
        managed: bool | None = None,
    ) -> None:
        changes: Json = {"name": name, "position": position, "managed": managed}
        changes["permissions"] = None if permissions is None else permission_bits(permissions)
        wanted = {key: value for key, value in changes.items() if value is not None}
        self._backend.edit_role(int(guild), int(role), wanted)

    def delete_role(self, guild: int, role: int) -> None:
        self._backend.delete_role(int(guild), int(role))

    # people

    def create_user(self, name: str, locale: str = "en-US", created: str | None = None, bot: bool = False) -> Json:
        """An account; `created` (ISO 8601) is the time its id carries, by default now."""
        backend = self._backend
        user = backend.make_user(name, bot=bot)
        if created is not None:
            del backend.users[user.id]
            user.id = backend.snowflake_at(datetime.fromisoformat(created))
            backend.users[user.id] = user
        backend.locales[user.id] = locale
        return {"id": str(user.id)}

    def join(
        self,
        guild: int,
        user: int,
        roles: list[int] | None = None,
        joined: str | None = None,
        nick: str | None = None,
    ) -> None:
        """The user becomes a member; `joined` (ISO 8601) is by default now."""
        given = [self._backend.get_role(int(guild), int(role)).id for role in roles or []]
        member = self._backend.add_member(
            int(guild), self._backend.get_user(int(user)).id, roles=given, nick=nick, announce=True
        )
        if joined is not None:
            member.joined_at = datetime.fromisoformat(joined).isoformat()

    def crowd(self, guild: int, count: int, roles: list[int] | None = None, name: str = "member") -> Json:
        """Many members at once, without an event each; returns their ids."""
        given = [self._backend.get_role(int(guild), int(role)).id for role in roles or []]
        users = [self._backend.make_user(f"{name}{number}").id for number in range(count)]
        for user in users:
            self._backend.add_member(int(guild), user, roles=given)
        return {"ids": [str(user) for user in users]}

    def leave(self, guild: int, user: int) -> None:
        self._backend.remove_member(int(guild), int(user))

    def give_role(self, guild: int, user: int, role: int) -> None:
        known = self._backend.get_role(int(guild), int(role))
        self._backend.add_member_role(int(guild), int(user), known.id)

    def take_role(self, guild: int, user: int, role: int) -> None:
        self._backend.remove_member_role(int(guild), int(user), int(role))

    def close_dms(self, user: int, closed: bool = True) -> None:
        """Refuse the bot's direct messages (50007), or take them again."""
        change = self._backend.closed_dms.add if closed else self._backend.closed_dms.discard
        change(int(user))

    # time

    def advance(self, seconds: float) -> Json:
        """Move the server's clock; what falls due on Discord's side happens."""
        self._backend.advance_clock(float(seconds))
        self.fall_due()
        return {"now": self._backend.now_iso()}

    def fall_due(self) -> None:
        """Start and end scheduled events and native polls whose time has come."""
        self._backend.activate_due_scheduled_events()
        self._backend.expire_due_polls()
