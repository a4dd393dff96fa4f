"""simcord's in-memory Discord, with what it leaves out and the wire needs.

Real time with an offset instead of a virtual clock, attachments at addresses that can be fetched,
`nonce`, the language of the person in interactions, numeric component ids, and a record of every
message that ever existed.
"""

import copy
import itertools
import mimetypes
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from urllib.parse import quote

from simcord import components as simcord_components
from simcord._clock import Clock
from simcord.backend import Backend, serializers
from simcord.backend.cdn import CdnStore
from simcord.backend.errors import SetupError
from simcord.backend.models import Guild, Message
from simcord.backend.permissions import flag
from simcord.components import COMPONENTS_V2_FLAG, ComponentValidationError, walk_components

from tests.wire.calls import Json, Settings

_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_EMBED_URLS = {"url", "icon_url"}
_LARGE = 250  # members; above it GUILD_CREATE says `large`
_plain_validate = simcord_components.validate_components


def _validate_keeping_ids(components: Any, *, flags: int = 0) -> list[Json]:
    """Keep the numeric ids of a message of action rows, and number the others as Discord does.

    simcord sets them all to 0 unless the message is a layout.
    """
    normalized = _plain_validate(components, flags=flags)
    if int(flags) & COMPONENTS_V2_FLAG:
        return normalized
    given = [component.get("id") or 0 for component in walk_components(components)]
    if any(type(one) is not int or not 0 <= one < 1 << 32 for one in given):
        raise ComponentValidationError("components: id must be a positive 32-bit integer")
    taken = {one for one in given if one}
    if len(taken) != sum(1 for one in given if one):
        raise ComponentValidationError("components: id is not unique")
    free = (number for number in itertools.count(1) if number not in taken)
    for component, one in zip(walk_components(normalized), given, strict=True):
        component["id"] = one or next(free)
    return normalized


# The one place all of simcord's message paths pass through, so the one place to replace.
simcord_components.validate_components = _validate_keeping_ids


class WireClock(Clock):
    """Real time plus what was advanced; `elapsed` is that offset in seconds."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.elapsed)


class WireCdn(CdnStore):
    """Attachments under the server's own address."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base
        self._files: dict[str, tuple[bytes, str]] = {}

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> Json:
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        path = f"/attachments/{channel_id}/{attachment_id}/{filename}"
        self._files[path] = (data, kind)
        url = self._base + quote(path)
        stored: Json = {
            "id": str(attachment_id),
            "filename": filename,
            "size": len(data),
            "url": url,
            "proxy_url": url,
            "content_type": kind,
        }
        if description is not None:
            stored["description"] = description
        return stored

    def fetch(self, path: str) -> tuple[bytes, str] | None:
        """Bytes and media type of the (unquoted) path of an attachment's address."""
        return self._files.get(path)


@dataclass(slots=True)
class Created:
    """A message as it was created, and each later state with its time."""

    message: Message
    nonce: str | int | None
    at: datetime
    revisions: list[Json] = field(default_factory=list[Json])


@dataclass(slots=True)
class Timing:
    """`perf_counter` readings of an interaction: sent to the bot, first answer received."""

    sent: float
    acknowledged: float | None = None


class WireBackend(Backend):
    """The store behind REST, gateway and control; one per server process."""

    def __init__(self, base: str, settings: Settings) -> None:
        super().__init__(clock=WireClock())
        self.settings = settings
        self.cdn: WireCdn = WireCdn(base)
        # Both grow without end in simcord; a wire server may see a hundred thousand requests.
        self.http_requests = deque(maxlen=1)  # type: ignore[assignment]
        self.transcript = deque(maxlen=200)  # type: ignore[assignment]
        self.bot_user.name = "Ikuzo"
        self.created: dict[int, Created] = {}
        self.timings: dict[int, Timing] = {}
        self.locales: dict[int, str] = {}
        self.closed_dms: set[int] = set()
        self.incoming_nonce: str | int | None = None
        self._by_nonce: dict[tuple[int, str], Message] = {}

    # messages

    def commit_message(self, message: Message, *, broadcast: bool = True) -> Message:
        nonce = self.incoming_nonce if message.author_id == self.bot_user.id else None
        message.embeds = _with_uploads(message.embeds, message.attachments)
        self.created[message.id] = Created(message, nonce, self.clock.now())
        if nonce is not None:
            self._by_nonce[message.author_id, str(nonce)] = message
        return super().commit_message(message, broadcast=broadcast)

    def edit_message(self, channel_id: int, message_id: int, fields: dict[str, Any]) -> Message:
        if fields.get("embeds"):
            kept = fields.get("attachments", self.get_message(channel_id, message_id).attachments)
            fields = {**fields, "embeds": _with_uploads(fields["embeds"], kept or [])}
        message = super().edit_message(channel_id, message_id, fields)
        made = self.created.get(message_id)
        if made is not None:
            state = {
                "at": self.now_iso(),
                "content": message.content,
                "embeds": copy.deepcopy(message.embeds),
                "components": copy.deepcopy(message.components),
                "attachments": copy.deepcopy(message.attachments),
            }
            made.revisions.append(state)
        return message

    def same_nonce(self, author_id: int, nonce: str | int) -> Message | None:
        """The author's message with this nonce, if it is younger than the window."""
        message = self._by_nonce.get((author_id, str(nonce)))
        if message is None:
            return None
        age = self.clock.now() - self.created[message.id].at
        return message if age < self.settings.nonce_span else None

    def is_deleted(self, message: Message) -> bool:
        return message.id not in self.messages.get(message.channel_id, {})

    # events

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        if event == "INTERACTION_CREATE":
            payload = {**payload, **self._languages(payload)}
            self.timings[int(payload["id"])] = Timing(perf_counter())
        elif event == "MESSAGE_CREATE" and int(payload["id"]) in self.created:
            payload = {**payload, "nonce": self.created[int(payload["id"])].nonce}
        super().emit(event, payload)

    def _languages(self, interaction: Mapping[str, Any]) -> Json:
        person = interaction.get("user") or interaction["member"]["user"]
        languages: Json = {"locale": self.locales.get(int(person["id"]), "en-US")}
        if interaction.get("guild_id") is not None:
            languages["guild_locale"] = self.get_guild(int(interaction["guild_id"])).preferred_locale
        return languages

    # what simcord's builders cannot say

    def snowflake_at(self, moment: datetime) -> int:
        """An unused id that carries this time."""
        return self._allocate_at(int((moment - _DISCORD_EPOCH).total_seconds() * 1000))

    def guild_payload(self, guild: Guild) -> Json:
        """GUILD_CREATE as sent without privileged intents: its own member only, and the true count.

        Serialising a crowd to throw it away again takes seconds.
        """
        alone = copy.copy(guild)
        me = guild.members.get(self.bot_user.id)
        alone.members = {} if me is None else {me.user_id: me}
        count = len(guild.members)
        return {
            **serializers.guild_create_payload(self, alone),
            "member_count": count,
            "large": count > _LARGE,
        }


def _with_uploads(embeds: list[Json], attachments: list[Json]) -> list[Json]:
    """Point `attachment://name` in embeds at the upload, as Discord does (simcord does so in components only)."""
    urls = {f"attachment://{one['filename']}": one["url"] for one in attachments}

    def resolved(part: Any) -> Any:
        if not isinstance(part, dict):
            return part
        return {key: urls.get(value, value) if key in _EMBED_URLS else value for key, value in part.items()}

    return [{key: resolved(part) for key, part in embed.items()} for embed in embeds]


def permission_bits(names: list[str]) -> int:
    """The bits of permissions named as discord.py names them, e.g. `send_messages`."""
    bits = 0
    for name in names:
        try:
            bits |= flag(name)
        except AttributeError:
            raise SetupError(f"No permission is called {name!r}") from None
    return bits
