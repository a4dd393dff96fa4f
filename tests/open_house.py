"""Discord as services see it where a test needs no client: one server that lets everything through."""

from collections.abc import Collection, Mapping

from bot.ports import Absent, ChannelState, MemberState, Need, RoleState


class OpenHouse:
    """A server in which every channel and role is there and everything is allowed; nobody is counted."""

    def known(self, guild_id: int) -> bool:
        return True

    def guild_name(self, guild_id: int) -> str | None:
        return "Studio"

    def channel(self, guild_id: int, channel_id: int, needs: Collection[Need] = ()) -> ChannelState | None:
        return ChannelState(channel_id, "general", frozenset(), is_postable=True)

    def role(self, guild_id: int, role_id: int) -> RoleState | None:
        return RoleState(
            role_id, "Artists", managed=False, is_default=False, assignable=True, mentionable=True, of_bot=False
        )

    def member_count(self, guild_id: int) -> int | None:
        return None

    def lacking(self, guild_id: int, needs: Collection[Need]) -> frozenset[Need]:
        return frozenset()

    def greeting_channel(self, guild_id: int, needs: Collection[Need]) -> int | None:
        return None

    async def fetch(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, MemberState | Absent]:
        return {user_id: MemberState(user_id, frozenset(), None, is_bot=False) for user_id in user_ids}

    async def role_count(self, guild_id: int, role_id: int) -> int | None:
        return None
