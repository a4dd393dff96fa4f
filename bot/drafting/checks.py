"""Roles and channels of a draft, held against the server as it is."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from bot import markup
from bot.drafting.craft import Ping
from bot.errors import BadInput
from bot.i18n import Text, t
from bot.permissions import need_names
from bot.ports import Need

if TYPE_CHECKING:
    from bot.app import Platform


class Checks:
    """Say what cannot be used, in words that say what can be done about it.

    ``needs`` are the permissions a post takes; ``lacking`` words which are missing, where there is more to say of them.
    """

    def __init__(
        self,
        platform: "Platform",
        needs: Collection[Need],
        lacking: Callable[[str, Sequence[Text]], Text | None] = lambda channel, needs: None,
    ) -> None:
        self._platform = platform
        self._needs = tuple(needs)
        self._lacking = lacking

    def role(self, guild_id: int, role_id: int) -> None:
        """Raise BadInput for a role that is not in this server, and for @everyone."""
        role = self._platform.guilds.role(guild_id, role_id)
        if role is None:
            raise BadInput(t("draft.role.unknown"))
        if role.is_default:
            raise BadInput(t("draft.role.everyone"))

    def channel(self, guild_id: int, channel_id: int) -> None:
        """Raise BadInput for a channel that is not there, cannot be seen, or takes no messages."""
        unusable = self._unusable(guild_id, channel_id)
        if unusable is not None:
            raise BadInput(unusable)

    def postable(self, guild_id: int, channel_id: int) -> None:
        """Raise BadInput, saying which permissions are missing, for a channel that cannot be posted to as it is."""
        wrong, _ = self.channels(guild_id, [channel_id])
        for text in wrong:
            raise BadInput(text)

    def channels(self, guild_id: int, channel_ids: Iterable[int]) -> tuple[list[Text], list[Text]]:
        """Return why channels cannot be posted to as they are, and what else is good to know of them."""
        wrong: list[Text] = []
        notices: list[Text] = []
        for channel_id in channel_ids:
            unusable = self._unusable(guild_id, channel_id)
            if unusable is not None:
                wrong.append(unusable)
                continue
            state = self._platform.guilds.channel(guild_id, channel_id, (*self._needs, Need.HISTORY))
            missing = frozenset[Need]() if state is None else state.missing
            channel, needs = markup.channel(channel_id), need_names(missing)
            if missing - {Need.HISTORY}:
                said = self._lacking(channel, needs)
                wrong.append(t("draft.where.missing", channel=channel, needs=needs) if said is None else said)
            elif missing:
                notices.append(t("draft.where.no_history", channel=channel, needs=needs))
        return wrong, notices

    def is_gone(self, guild_id: int, roles: Iterable[int]) -> bool:
        """Whether one of these roles is not in the server any more."""
        return any(self._platform.guilds.role(guild_id, role) is None for role in roles)

    def ping(self, guild_id: int, role_id: int | None) -> Ping | None:
        """Return the role that is pinged, and whether Discord would notify anyone."""
        if role_id is None:
            return None
        role = self._platform.guilds.role(guild_id, role_id)
        return Ping(role_id, works=role is not None and role.mentionable)

    def _unusable(self, guild_id: int, channel_id: int) -> Text | None:
        state = self._platform.guilds.channel(guild_id, channel_id, (Need.VIEW,))
        if state is None or state.missing:
            return t("draft.where.unseen", channel=markup.channel(channel_id))
        if not state.is_postable:
            return t("draft.where.not_postable", channel=markup.channel(channel_id))
        return None
