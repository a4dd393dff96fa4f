"""REST: simcord's handlers, and those it lacks or answers differently from Discord."""

import re
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from simcord.backend import errors, serializers
from simcord.backend.access import channel_accessible
from simcord.backend.errors import BackendError
from simcord.backend.models import Message
from simcord.enums import ChannelType
from simcord.http.router import RouteNotImplemented, UnsupportedField, dispatch
from simcord.intents import censor_message

from tests.wire.calls import Answer, Call, Json, error
from tests.wire.world.backend import WireBackend

_NONCE_LENGTH = 25
_HISTORY_LIMIT = 100
_UPLOAD_LIMIT = 10 * 1024 * 1024
_CREATES = re.compile(r"/guilds/\d+/(channels|emojis)|/channels/\d+(/messages/\d+)?/threads")

Handler = Callable[..., Any]


class Answers:
    """Answers calls from the store; what cannot be answered as Discord would is kept in `gaps`."""

    def __init__(self, backend: WireBackend) -> None:
        self._backend = backend
        self.gaps: list[str] = []
        self._own: list[tuple[str, re.Pattern[str], Handler]] = [
            ("POST", re.compile(r"/channels/(\d+)/messages"), self._send),
            ("GET", re.compile(r"/channels/(\d+)/messages"), self._history),
            ("GET", re.compile(r"/guilds/(\d+)"), self._guild),
            ("GET", re.compile(r"/guilds/(\d+)/members"), self._members),
            ("GET", re.compile(r"/guilds/(\d+)/roles/member-counts"), self._role_counts),
            ("PATCH", re.compile(r"/guilds/(\d+)/scheduled-events/(\d+)"), self._edit_event),
            ("GET", re.compile(r"/applications/@me"), self._application),
            ("POST", re.compile(r"/interactions/(\d+)/([^/]+)/callback"), self._callback),
        ]

    def answer(self, call: Call) -> Answer:
        """Apply the call and say what Discord would; never raises."""
        try:
            if any(len(file.data) > _UPLOAD_LIMIT for file in call.files):
                return error(413, 40005, "Request entity too large")
            payload = self._route(call)
        except (RouteNotImplemented, UnsupportedField) as gap:
            # 501 is the one server error that discord.py does not try again.
            self.gaps.append(f"{gap} {' '.join(getattr(gap, '__notes__', ()))}")
            return error(501, 0, str(gap))
        except BackendError as refusal:
            return Answer(refusal.status, refusal.to_json())
        except (KeyError, TypeError, ValueError, AttributeError):
            # simcord trips over bodies that Discord refuses as a form error.
            self.gaps.append(f"{call.method} {call.path} {call.body!r}\n{traceback.format_exc()}")
            return error(400, 50035, "Invalid Form Body")
        if payload is None:
            return Answer(204)
        made = call.method == "POST" and _CREATES.fullmatch(call.path)
        return Answer(201 if made else 200, payload)

    def _route(self, call: Call) -> Any:
        for method, pattern, handler in self._own:
            match = pattern.fullmatch(call.path) if method == call.method else None
            if match is not None:
                return handler(call, *match.groups())
        return self._simcord(call)

    def _simcord(self, call: Call, path: str | None = None) -> Any:
        return dispatch(
            self._backend,
            call.method,
            path or call.path,
            json=call.body,
            params=dict(call.query),
            files=list(call.files),
            reason=call.reason,
            message_content_access="message_content" in self._backend.settings.approved_intents,
        )

    # messages

    def _send(self, call: Call, channel: str) -> Any:
        """Discord refuses files and embeds without their permission, and knows `nonce`."""
        backend = self._backend
        place = backend.get_channel(int(channel))
        if place.type == ChannelType.DM and backend.closed_dms.intersection(place.recipient_ids):
            raise errors.cannot_dm_bot()
        needed = ["send_messages_in_threads" if place.is_thread else "send_messages"]
        needed += ["attach_files"] if call.files else []
        needed += ["embed_links"] if call.fields.get("embeds") else []
        backend.require_permissions(place.guild_id, backend.bot_user.id, place.id, *needed)
        nonce = _nonce(call.fields)
        if nonce is not None and call.fields.get("enforce_nonce"):
            existing = backend.same_nonce(backend.bot_user.id, nonce)
            if existing is not None:
                return {**serializers.message_payload(backend, existing), "nonce": nonce}
        backend.incoming_nonce = nonce
        try:
            return {**self._simcord(call), "nonce": nonce}
        finally:
            backend.incoming_nonce = None

    def _history(self, call: Call, channel: str) -> Any:
        """A page of history; simcord takes the newest after a message, Discord those next to it."""
        backend, channel_id = self._backend, int(channel)
        place = backend.get_channel(channel_id)
        backend.require_permissions(place.guild_id, backend.bot_user.id, channel_id, "view_channel")
        if not channel_accessible(backend, channel_id, backend.bot_user.id, history=True):
            return []
        limit = int(call.query.get("limit", 50))
        if not 1 <= limit <= _HISTORY_LIMIT:
            raise errors.invalid_form_body("limit: int value should be between 1 and 100.")
        seen = sorted(
            (message for message in backend.messages[channel_id].values() if not message.is_ephemeral),
            key=lambda message: message.id,
        )
        return [self._shown(message) for message in reversed(_page(seen, call.query, limit))]

    def _shown(self, message: Message) -> Json:
        """A message as REST shows it to the bot: others' words only with the content intent."""
        backend = self._backend
        payload = dict(serializers.message_payload(backend, message, for_user=backend.bot_user.id))
        if "message_content" not in backend.settings.approved_intents:
            censor_message(payload, backend.bot_user.id, backend=backend)
        return payload

    # guilds

    def _guild(self, call: Call, guild: str) -> Any:
        known = self._backend.get_guild(int(guild))
        payload = self._backend.guild_payload(known)
        if call.query.get("with_counts", "").lower() in {"1", "true"}:
            payload["approximate_member_count"] = len(known.members)
            payload["approximate_presence_count"] = len(known.members)
        return payload

    def _members(self, call: Call, _guild: str) -> Any:
        if "members" not in self._backend.settings.approved_intents:
            raise errors.missing_access()
        return self._simcord(call)

    def _role_counts(self, _call: Call, guild: str) -> Any:
        known = self._backend.get_guild(int(guild))
        counts = Counter(role for member in known.members.values() for role in member.role_ids)
        return {str(role): counts[role] for role in known.roles if role != known.id}

    def _edit_event(self, call: Call, _guild: str, _event: str) -> Any:
        """The cover is taken and not shown, as simcord does when an event is created."""
        shown = {name: value for name, value in call.fields.items() if name != "image"}
        return self._simcord(replace(call, body=shown))

    def _application(self, call: Call) -> Any:
        return self._simcord(call, "/oauth2/applications/@me")

    # interactions

    def _callback(self, call: Call, interaction: str, _token: str) -> Any:
        payload = self._simcord(call)
        timing = self._backend.timings.get(int(interaction))
        if timing is not None and timing.acknowledged is None:
            timing.acknowledged = call.arrived
        wanted = call.query.get("with_response", "").lower() in {"1", "true"}
        return payload if wanted else None


def _nonce(fields: Json) -> str | int | None:
    nonce = fields.get("nonce")
    if nonce is None:
        return None
    if not isinstance(nonce, str | int) or len(str(nonce)) > _NONCE_LENGTH:
        raise errors.invalid_form_body(f"nonce: Must be {_NONCE_LENGTH} or fewer in length.")
    return nonce


def _page(seen: list[Message], query: dict[str, str], limit: int) -> list[Message]:
    """The part of `seen` (oldest first) that a history request asks for, oldest first."""
    if "around" in query:
        middle = int(query["around"])
        before = [message for message in seen if message.id < middle]
        after = [message for message in seen if message.id >= middle]
        half = limit // 2
        return (before[-half:] if half else []) + after[: limit - half]
    if "before" in query:
        return [message for message in seen if message.id < int(query["before"])][-limit:]
    if "after" in query:
        return [message for message in seen if message.id > int(query["after"])][:limit]
    return seen[-limit:]
