"""Servers and people as a test uses them: frozen handles, each verb one call of the control API."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.wire.errors import CannotDo
from tests.wire.models import Choice, Json, Message, Reply

if TYPE_CHECKING:
    from tests.wire.client import Wire


@dataclass(frozen=True, slots=True)
class File:
    """A file for an attachment option or a modal's upload."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Role:
    id: int
    guild: "Guild"

    async def edit(self, **changes: Any) -> None:
        """Change name, permissions (a list of names), position or managed."""
        await self.guild.wire.call("edit_role", guild=self.guild.id, role=self.id, **changes)

    async def delete(self) -> None:
        await self.guild.wire.call("delete_role", guild=self.guild.id, role=self.id)


@dataclass(frozen=True, slots=True)
class Channel:
    id: int
    wire: "Wire"

    async def messages(self, viewer: "User | None" = None) -> list[Message]:
        """The channel, oldest first, as `viewer` sees it; without one, everything in it."""
        raw = await self.wire.call("messages", channel=self.id, viewer=viewer and viewer.id)
        return [Message.read(one) for one in raw]

    async def created(self) -> list[Message]:
        """Every message there ever was, also those deleted since."""
        return [Message.read(one) for one in await self.wire.call("created", channel=self.id)]

    async def message(self, containing: str, timeout: float = 10.0) -> Message:
        """Wait for a message whose words contain this; the newest of several."""

        async def found() -> Message | None:
            matching = [one for one in await self.messages() if containing in one.text]
            return matching[-1] if matching else None

        return await self.wire.until(found, timeout, f"a message containing {containing!r}")

    async def allow(self, target: "Role | User | Guild", *permissions: str) -> None:
        """Set the target's overwrite to allow these; a guild stands for @everyone."""
        await self.wire.call("overwrite", channel=self.id, target=target.id, allow=permissions)

    async def deny(self, target: "Role | User | Guild", *permissions: str) -> None:
        """Set the target's overwrite to deny these; a guild stands for @everyone."""
        await self.wire.call("overwrite", channel=self.id, target=target.id, deny=permissions)

    async def clear(self, target: "Role | User | Guild") -> None:
        """Remove the target's overwrite."""
        await self.wire.call("clear_overwrite", channel=self.id, target=target.id)

    async def delete(self) -> None:
        await self.wire.call("delete_channel", channel=self.id)


@dataclass(frozen=True, slots=True)
class User:
    """A person; every verb raises CannotDo where a client would not offer it.

    `until` of the verbs: `done` (default) waits until "thinking…" is over, `ack` for the first answer,
    `none` for nothing.
    """

    id: int
    name: str
    wire: "Wire"

    async def dm(self) -> Channel:
        """Their direct messages with the bot."""
        return Channel(int((await self.wire.call("dm_channel", user=self.id))["id"]), self.wire)

    async def close_dms(self, closed: bool = True) -> None:
        await self.wire.call("close_dms", user=self.id, closed=closed)

    async def send(self, channel: Channel, content: str) -> Message:
        return Message.read(await self._do("send", channel=channel.id, content=content))

    async def delete(self, message: Message) -> None:
        await self._do("delete_message", channel=message.channel, message=message.id)

    async def react(self, message: Message, emoji: str) -> None:
        await self._do("react", channel=message.channel, message=message.id, emoji=emoji)

    async def slash(self, channel: Channel, command: str, /, *, until: str = "done", **options: Any) -> Reply:
        """Type a command, e.g. `giveaway start`, with options by name."""
        values = {name: as_json(value) for name, value in options.items()}
        return await self._reply("slash", channel=channel.id, command=command, options=values, until=until)

    async def complete(
        self, channel: Channel, command: str, option: str, text: str, /, **options: Any
    ) -> tuple[Choice, ...]:
        """Type `text` into an option with autocomplete; the choices offered."""
        values = {name: as_json(value) for name, value in options.items()}
        typed = await self._reply(
            "autocomplete", channel=channel.id, command=command, option=option, text=text, options=values
        )
        return typed.choices

    async def click(
        self,
        on: Message | Reply,
        label: str | None = None,
        *,
        custom_id: str | None = None,
        until: str = "done",
    ) -> Reply:
        """Press a button, by its label or custom_id."""
        shown = message_of(on)
        return await self._reply(
            "click",
            channel=shown.channel,
            message=shown.id,
            label=label,
            custom_id=custom_id,
            until=until,
        )

    async def select(
        self,
        on: Message | Reply,
        *values: Any,
        custom_id: str | None = None,
        until: str = "done",
    ) -> Reply:
        """Choose from a select: options by label or value, else users, roles or channels."""
        shown = message_of(on)
        chosen = [as_json(value) for value in values]
        return await self._reply(
            "select",
            channel=shown.channel,
            message=shown.id,
            values=chosen,
            custom_id=custom_id,
            until=until,
        )

    async def submit(self, opened: Reply, fields: dict[str, Any], *, until: str = "done") -> Reply:
        """Fill in the modal that a reply opened; fields by label or custom_id."""
        values = {name: as_json(value) for name, value in fields.items()}
        return await self._reply("submit", interaction=opened.id, fields=values, until=until)

    async def forge(
        self,
        channel: Channel,
        data: Json,
        *,
        on: Message | None = None,
        modal: bool = False,
        until: str = "done",
    ) -> Reply:
        """Send component or modal data that no client would, e.g. an invented custom_id."""
        shown = None if on is None else on.id
        return await self._reply("forge", channel=channel.id, data=data, message=shown, modal=modal, until=until)

    async def _do(self, operation: str, **arguments: Any) -> Any:
        return await self.wire.call(operation, user=self.id, **arguments)

    async def _reply(self, operation: str, **arguments: Any) -> Reply:
        return Reply.read(await self._do(operation, **arguments))


@dataclass(frozen=True, slots=True)
class Member(User):
    guild: "Guild"

    async def roles(self) -> frozenset[int]:
        raw = await self.wire.call("member", guild=self.guild.id, user=self.id)
        return frozenset(int(role) for role in raw["roles"])

    async def give(self, role: Role) -> None:
        await self.wire.call("give_role", guild=self.guild.id, user=self.id, role=role.id)

    async def take(self, role: Role) -> None:
        await self.wire.call("take_role", guild=self.guild.id, user=self.id, role=role.id)

    async def leave(self) -> None:
        await self.wire.call("leave", guild=self.guild.id, user=self.id)


@dataclass(frozen=True, slots=True)
class Guild:
    id: int
    owner: int
    bot_role: int
    wire: "Wire"

    async def channel(self, name: str, kind: str = "text") -> Channel:
        """A new channel: text, voice, category, news, stage or forum."""
        raw = await self.wire.call("create_channel", guild=self.id, name=name, kind=kind)
        return Channel(int(raw["id"]), self.wire)

    async def role(self, name: str, *permissions: str, position: int | None = None) -> Role:
        raw = await self.wire.call("create_role", guild=self.id, name=name, permissions=permissions, position=position)
        return Role(int(raw["id"]), self)

    async def member(
        self,
        name: str,
        *roles: Role,
        locale: str = "en-US",
        created: datetime | None = None,
        joined: datetime | None = None,
    ) -> Member:
        """A new account that joins, by default both now."""
        user = await self.wire.user(name, locale=locale, created=created)
        return await self.join(user, *roles, joined=joined)

    async def join(self, user: User, *roles: Role, joined: datetime | None = None) -> Member:
        """An account that exists joins."""
        await self.wire.call(
            "join",
            guild=self.id,
            user=user.id,
            roles=[role.id for role in roles],
            joined=joined and joined.isoformat(),
        )
        return Member(user.id, user.name, self.wire, self)

    async def crowd(self, count: int, *roles: Role) -> list[int]:
        """Many members at once, without an event each; their ids."""
        raw = await self.wire.call("crowd", guild=self.id, count=count, roles=[role.id for role in roles])
        return [int(one) for one in raw["ids"]]

    async def limit_bot(self, *permissions: str) -> None:
        """Let the bot's own role have only these permissions."""
        await Role(self.bot_role, self).edit(permissions=permissions)

    async def scheduled_events(self) -> list[Json]:
        """Discord's objects of the native events."""
        return await self.wire.call("scheduled_events", guild=self.id)


def message_of(shown: Message | Reply) -> Message:
    """The message that a reply shows."""
    if isinstance(shown, Message):
        return shown
    if shown.message is None:
        raise CannotDo("That reply shows no message")
    return shown.message


def as_json(value: Any) -> Any:
    """An option's value as the control API takes it."""
    match value:
        case User():
            return {"$user": value.id}
        case Role():
            return {"$role": value.id}
        case Channel():
            return {"$channel": value.id}
        case File():
            return {"$file": [value.name, b64encode(value.data).decode()]}
        case str():
            return value
        case Sequence():
            return [as_json(one) for one in value]
        case _:
            return value
