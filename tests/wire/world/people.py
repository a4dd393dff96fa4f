"""People: what a person can do in a Discord client, checked as the client checks it."""

import weakref
from base64 import b64decode
from typing import Any, cast

from simcord.actors import (
    MemberActor,
    _autocomplete_result,
    _dispatch_actor_interaction,
    _slash,
)
from simcord.backend import serializers
from simcord.backend.errors import SetupError
from simcord.backend.models import Interaction, Message
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle, UserHandle
from simcord.components import walk_components
from simcord.enums import SELECT_TYPES, ComponentType, InteractionType
from simcord.env import Env
from simcord.results import InteractionResult, ResponseMessage

from tests.wire.calls import Json
from tests.wire.world.backend import WireBackend

_VALUE_KEYS = {"$user", "$role", "$channel", "$file"}


class _Stage:
    """What simcord's actors ask of an environment when there is no bot object in the process.

    They guard against two actions at once and wait for the bot's tasks to settle; here the bot is
    elsewhere, so both are empty, and whoever acts waits for the bot's answer over the wire.
    """

    bot = None
    strict_sync = True

    def __init__(self, backend: WireBackend) -> None:
        self.backend = backend
        self._message_states: weakref.WeakSet[Any] = weakref.WeakSet()

    def _begin_operation(self, _label: str) -> None: ...

    def _end_operation(self) -> None: ...

    def _mark_mutation(self) -> None: ...

    def _notify_dispatch_observers(self, _interaction: Interaction) -> None: ...

    async def _settle_internal(self, **_how: Any) -> None: ...


class People:
    """Acts for a user in a channel; raises SetupError or BackendError for what they could not do."""

    def __init__(self, backend: WireBackend) -> None:
        self._backend = backend
        self._env = cast("Env", _Stage(backend))

    # talking

    async def send(self, user: int, channel: int, content: str) -> Message:
        actor, place = self._who_where(user, channel)
        if isinstance(actor, UserHandle):
            return self._backend.create_message(place.id, actor.id, content)
        send = "send_messages_in_threads" if place.is_thread else "send_messages"
        self._backend.require_permissions(actor.guild.id, actor.id, place.id, send)
        return self._backend.create_message(place.id, actor.id, content)

    async def delete(self, user: int, channel: int, message: int) -> None:
        actor, _ = self._who_where(user, channel)
        await actor.delete(self._shown(channel, message))

    async def react(self, user: int, channel: int, message: int, emoji: str) -> None:
        actor, _ = self._who_where(user, channel)
        await actor.set_reaction(self._shown(channel, message), emoji, reacted=True)

    # interactions; each returns the record that the bot's answer fills

    async def slash(self, user: int, channel: int, command: str, options: Json) -> Interaction:
        actor, place = self._who_where(user, channel)
        values = {name: self._value(actor, value) for name, value in options.items()}
        return (await _slash(actor, place, command, values))._interaction

    async def autocomplete(
        self, user: int, channel: int, command: str, option: str, text: str, options: Json
    ) -> Interaction:
        actor, place = self._who_where(user, channel)
        filled = {name: self._value(actor, value) for name, value in options.items()}
        return (await _autocomplete_result(actor, place, command, option, text, filled))._interaction

    async def click(
        self, user: int, channel: int, message: int, label: str | None, custom_id: str | None
    ) -> Interaction:
        actor, _ = self._who_where(user, channel)
        shown = self._shown(channel, message)
        return (await actor.click(shown, label=label, custom_id=custom_id))._interaction

    async def select(
        self, user: int, channel: int, message: int, values: list[Any], custom_id: str | None
    ) -> Interaction:
        actor, _ = self._who_where(user, channel)
        shown = self._shown(channel, message)
        chosen = [self._value(actor, value) for value in _option_values(shown, custom_id, values)]
        return (await actor.select(shown, chosen, custom_id=custom_id))._interaction

    async def submit(self, user: int, interaction: int, fields: Json) -> Interaction:
        opened = self._backend.interactions[interaction]
        actor, _ = self._who_where(user, opened.channel_id)
        named = _custom_ids(opened.modal or {})
        values = {named.get(key, key): self._value(actor, value) for key, value in fields.items()}
        return (await actor.submit_modal(InteractionResult(self._env, opened), values))._interaction

    async def forge(self, user: int, channel: int, message: int | None, data: Json, modal: bool) -> Interaction:
        """Send component or modal data that no client would: an old, foreign or invented id."""
        actor, place = self._who_where(user, channel)
        extra = None
        if message is not None:
            stored = self._backend.get_message(channel, message)
            extra = {"message": dict(serializers.message_payload(self._backend, stored))}
        kind = InteractionType.MODAL_SUBMIT if modal else InteractionType.MESSAGE_COMPONENT
        body = data if modal else {"component_type": ComponentType.BUTTON, **data}
        result = await _dispatch_actor_interaction(actor, kind, place, body, extra=extra, source_message_id=message)
        return result._interaction

    # lookups

    def _who_where(self, user: int, channel: int) -> tuple[MemberActor | UserHandle, ChannelHandle]:
        stored = self._backend.get_channel(channel)
        person = UserHandle(self._env, self._backend.get_user(user))
        if stored.guild_id is None:
            return person, ChannelHandle(self._env, None, stored)
        guild = GuildHandle(self._env, self._backend.get_guild(stored.guild_id))
        if user not in self._backend.get_guild(guild.id).members:
            raise SetupError(f"{person.name} is not in {guild.name}")
        return MemberActor(self._env, guild, person), ChannelHandle(self._env, guild, stored)

    def _shown(self, channel: int, message: int) -> ResponseMessage:
        return ResponseMessage(self._env, self._backend.get_message(channel, message))

    def _value(self, actor: MemberActor | UserHandle, value: Any) -> Any:
        """A value as simcord's actors take it: ids and files arrive as one-key objects."""
        if isinstance(value, list):
            return [self._value(actor, one) for one in cast("list[Any]", value)]
        if not isinstance(value, dict) or len(value) != 1 or not _VALUE_KEYS.issuperset(value):
            return value
        ((kind, inner),) = cast("dict[str, Any]", value).items()
        if kind == "$file":
            return str(inner[0]), b64decode(inner[1])
        return self._entity(actor, kind, int(inner))

    def _entity(self, actor: MemberActor | UserHandle, kind: str, number: int) -> Any:
        guild = actor.guild if isinstance(actor, MemberActor) else None
        if kind == "$channel":
            return ChannelHandle(self._env, guild, self._backend.get_channel(number))
        if kind == "$role":
            if guild is None:
                raise SetupError("There are no roles in a direct message")
            return RoleHandle(self._env, guild, self._backend.get_role(guild.id, number))
        person = UserHandle(self._env, self._backend.get_user(number))
        present = guild is not None and number in self._backend.get_guild(guild.id).members
        return MemberActor(self._env, guild, person) if guild is not None and present else person


def _option_values(message: ResponseMessage, custom_id: str | None, values: list[Any]) -> list[Any]:
    """Replace labels of a string select's options by their values, as a person picks by label."""
    labels: dict[str, str] = {}
    for component in walk_components(message.components):
        if component.get("type") in SELECT_TYPES and custom_id in (None, component.get("custom_id")):
            labels |= {option["label"]: option["value"] for option in component.get("options") or []}
    known = set(labels.values())
    return [labels.get(value, value) if isinstance(value, str) and value not in known else value for value in values]


def _custom_ids(modal: Json) -> dict[str, str]:
    """Label of each field of a modal -> its custom_id."""
    found: dict[str, str] = {}
    for component in walk_components(modal.get("components") or []):
        inner = component.get("component") or component
        if component.get("label") and inner.get("custom_id"):
            found[component["label"]] = inner["custom_id"]
    return found
