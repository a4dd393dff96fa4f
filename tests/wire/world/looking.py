"""Looking at the world: operations of the control API that only read; ids are text."""

from typing import Any

from simcord.backend import serializers
from simcord.backend.access import channel_accessible, message_accessible
from simcord.backend.errors import BackendError, SetupError
from simcord.backend.models import Interaction, Message

from tests.wire.calls import Json
from tests.wire.world.backend import WireBackend


class Looking:
    """Views of the store as JSON."""

    def __init__(self, backend: WireBackend) -> None:
        self._backend = backend

    def message(self, message: Message) -> Json:
        """Discord's message object, and what only the store knows of it."""
        made = self._backend.created.get(message.id)
        return {
            **serializers.message_payload(self._backend, message),
            "ephemeral": message.is_ephemeral,
            "loading": bool(message.flags & 1 << 7),
            "deleted": self._backend.is_deleted(message),
            "nonce": None if made is None else made.nonce,
            "revisions": [] if made is None else made.revisions,
            "pinged": [str(user) for user in message.ping_user_ids],
            "pinged_roles": [str(role) for role in message.ping_role_ids],
        }

    def messages(self, channel: int, viewer: int | None = None) -> list[Json]:
        """A channel as the viewer's client shows it, oldest first; without a viewer, all of it."""
        channel = int(channel)
        self._backend.get_channel(channel)
        if viewer is not None and not channel_accessible(self._backend, channel, int(viewer), history=True):
            raise SetupError("That person cannot read this channel")
        stored = sorted(self._backend.messages[channel].values(), key=lambda message: message.id)
        return [
            self.message(message)
            for message in stored
            if viewer is None or message_accessible(self._backend, channel, message, int(viewer))
        ]

    def created(self, channel: int | None = None) -> list[Json]:
        """Every message there ever was, also the deleted and the ephemeral, in order of creation."""
        return [
            self.message(made.message)
            for made in self._backend.created.values()
            if (channel is None or made.message.channel_id == int(channel))
            and made.message.channel_id in self._backend.channels
        ]

    def dm_channel(self, user: int) -> Json:
        return {"id": str(self._backend.get_dm_channel(int(user)).id)}

    def interaction(self, interaction: int) -> Json:
        """What the person who started it sees by now."""
        record = self._backend.interactions[int(interaction)]
        timing = self._backend.timings[record.id]
        late = timing.acknowledged
        return {
            "id": str(record.id),
            "user": str(record.user_id),
            "channel": str(record.channel_id),
            "answered": record.responded,
            "kind": None if record.response_kind is None else record.response_kind.value,
            "loading": self.is_loading(record),
            "ack_ms": None if late is None else (late - timing.sent) * 1000,
            "message": self._message_of(record, record.message_id),
            "followups": [seen for one in record.followup_ids if (seen := self._message_of(record, one)) is not None],
            "modal": record.modal,
            "choices": record.autocomplete_choices,
        }

    def is_loading(self, record: Interaction) -> bool:
        """Whether the person looks at "thinking…"."""
        return record.loading and self._message_of(record, record.message_id) is not None

    def members(self, guild: int) -> list[Json]:
        known = self._backend.get_guild(int(guild))
        return [
            {
                "id": str(member.user_id),
                "name": self._backend.users[member.user_id].name,
                "nick": member.nick,
                "roles": [str(role) for role in member.role_ids],
            }
            for member in known.members.values()
        ]

    def member(self, guild: int, user: int) -> Json:
        known = self._backend.get_member(int(guild), int(user))
        return {"id": str(user), "nick": known.nick, "roles": [str(role) for role in known.role_ids]}

    def channel(self, channel: int) -> Json:
        return dict(serializers.channel_payload(self._backend, self._backend.get_channel(int(channel))))

    def threads(self, guild: int) -> list[Json]:
        known = self._backend.get_guild(int(guild))
        return [self.channel(thread) for thread in known.thread_ids]

    def scheduled_events(self, guild: int) -> list[Json]:
        known = self._backend.get_guild(int(guild))
        return [serializers.scheduled_event_payload(self._backend, event) for event in known.scheduled_events.values()]

    def commands(self, guild: int | None = None) -> list[Json]:
        """Commands registered globally, or for one guild."""
        scope = None if guild is None else int(guild)
        return [dict(command) for command in self._backend.commands.get(scope, {}).values()]

    def transcript(self) -> list[Any]:
        """The last events and requests, for a person who wonders why."""
        return [[kind, name, str(body)[:2000]] for kind, name, body in self._backend.transcript]

    def _message_of(self, record: Interaction, message: int | None) -> Json | None:
        if message is None:
            return None
        try:
            return self.message(self._backend.get_message(record.channel_id, message))
        except BackendError:
            return None
