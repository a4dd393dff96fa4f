"""What the control API returns, typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

Json = dict[str, Any]

_SELECTS = {3, 5, 6, 7, 8}
_DISCORD_EPOCH_MS = 1_420_070_400_000


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, also those inside rows, containers, sections and labels."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        yield from walk([component[key] for key in ("accessory", "component") if component.get(key)])


@dataclass(frozen=True, slots=True)
class Attachment:
    id: int
    filename: str
    url: str
    size: int
    content_type: str
    description: str | None

    @classmethod
    def read(cls, raw: Json) -> Self:
        return cls(
            int(raw["id"]),
            raw["filename"],
            raw["url"],
            raw["size"],
            raw["content_type"],
            raw.get("description"),
        )


@dataclass(frozen=True, slots=True)
class Button:
    label: str | None
    custom_id: str | None
    url: str | None
    disabled: bool
    id: int


@dataclass(frozen=True, slots=True)
class Message:
    """A message as people see it; `revisions` are its later states, oldest first."""

    id: int
    channel: int
    author: int
    content: str
    embeds: list[Json]
    components: list[Json]
    attachments: tuple[Attachment, ...]
    ephemeral: bool
    loading: bool
    deleted: bool
    nonce: str | int | None
    pinged: frozenset[int]
    pinged_roles: frozenset[int]
    revisions: list[Json]
    raw: Json

    @classmethod
    def read(cls, raw: Json) -> Self:
        return cls(
            id=int(raw["id"]),
            channel=int(raw["channel_id"]),
            author=int(raw["author"]["id"]),
            content=raw["content"],
            embeds=raw["embeds"],
            components=raw["components"],
            attachments=tuple(Attachment.read(one) for one in raw["attachments"]),
            ephemeral=raw["ephemeral"],
            loading=raw["loading"],
            deleted=raw["deleted"],
            nonce=raw["nonce"],
            pinged=frozenset(int(one) for one in raw["pinged"]),
            pinged_roles=frozenset(int(one) for one in raw["pinged_roles"]),
            revisions=raw["revisions"],
            raw=raw,
        )

    @property
    def created(self) -> datetime:
        """The time in its id, as Discord tells it (milliseconds)."""
        return datetime.fromtimestamp(((self.id >> 22) + _DISCORD_EPOCH_MS) / 1000, UTC)

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(
            Button(one.get("label"), one.get("custom_id"), one.get("url"), bool(one.get("disabled")), one["id"])
            for one in walk(self.components)
            if one["type"] == 2
        )

    @property
    def selects(self) -> tuple[Json, ...]:
        return tuple(one for one in walk(self.components) if one["type"] in _SELECTS)

    @property
    def text(self) -> str:
        """All words on the message: content, embeds, text displays; a line each."""
        lines = [self.content]
        for embed in self.embeds:
            lines += [embed.get("title") or "", embed.get("description") or ""]
            for one in embed.get("fields") or []:
                lines += [one["name"], one["value"]]
            lines.append((embed.get("footer") or {}).get("text") or "")
        lines += [one["content"] for one in walk(self.components) if one["type"] == 10]
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Field:
    label: str | None
    custom_id: str
    kind: int
    required: bool
    value: Any


@dataclass(frozen=True, slots=True)
class Modal:
    title: str
    custom_id: str
    fields: tuple[Field, ...]

    @classmethod
    def read(cls, raw: Json) -> Self:
        fields: list[Field] = []
        for component in walk(raw["components"]):
            inner = component.get("component") or component
            labelled = component.get("label") is not None
            if not labelled or "custom_id" not in inner:
                continue
            required = bool(inner.get("required", True))
            fields.append(Field(component["label"], inner["custom_id"], inner["type"], required, inner.get("value")))
        return cls(raw["title"], raw["custom_id"], tuple(fields))


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person sees after a command, click, choice or form.

    `kind`: message, deferred, update, deferred_update, modal, autocomplete, or None when the bot did
    not answer. `ack_ms`: from the event's sending to the first answer's arrival.
    """

    id: int
    user: int
    channel: int
    answered: bool
    kind: str | None
    loading: bool
    ack_ms: float | None
    message: Message | None
    followups: tuple[Message, ...]
    modal: Modal | None
    choices: tuple[Choice, ...]

    @classmethod
    def read(cls, raw: Json) -> Self:
        return cls(
            id=int(raw["id"]),
            user=int(raw["user"]),
            channel=int(raw["channel"]),
            answered=raw["answered"],
            kind=raw["kind"],
            loading=raw["loading"],
            ack_ms=raw["ack_ms"],
            message=None if raw["message"] is None else Message.read(raw["message"]),
            followups=tuple(Message.read(one) for one in raw["followups"]),
            modal=None if raw["modal"] is None else Modal.read(raw["modal"]),
            choices=tuple(Choice(one["name"], one["value"]) for one in raw["choices"] or []),
        )

    @property
    def text(self) -> str:
        """All words of the answer and its follow-ups."""
        shown = (*(() if self.message is None else (self.message,)), *self.followups)
        return "\n".join(message.text for message in shown)

    @property
    def ephemeral(self) -> bool:
        """Whether only this person sees the answer."""
        return self.message is not None and self.message.ephemeral


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the bot; `state`: open, held, answered, reset, dropped."""

    id: int
    method: str
    path: str
    body: Any
    files: tuple[str, ...]
    state: str
    status: int | None
    effect: bool
    at: datetime

    @classmethod
    def read(cls, raw: Json) -> Self:
        return cls(
            int(raw["id"]),
            raw["method"],
            raw["path"],
            raw["body"],
            tuple(raw["files"]),
            raw["state"],
            raw["status"],
            raw["effect"],
            datetime.fromisoformat(raw["at"]),
        )


@dataclass(frozen=True, slots=True)
class SessionView:
    """A gateway session; detached ones stay for a while to be resumed."""

    id: str
    shard: int
    shards: int
    connected: bool
    sequence: int
    resumes: int


@dataclass(frozen=True, slots=True)
class State:
    version: int
    now: datetime
    application: int
    bot: int
    identified: int
    sessions: tuple[SessionView, ...]
    gaps: tuple[str, ...]

    @classmethod
    def read(cls, raw: Json) -> Self:
        return cls(
            raw["version"],
            datetime.fromisoformat(raw["now"]),
            int(raw["application"]),
            int(raw["bot"]),
            raw["identified"],
            tuple(SessionView(**one) for one in raw["sessions"]),
            tuple(raw["gaps"]),
        )

    @property
    def connected(self) -> frozenset[int]:
        """Shards that have a connection now."""
        return frozenset(session.shard for session in self.sessions if session.connected)
