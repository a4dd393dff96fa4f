"""The gateway's side of the store: which session hears what, in which shape."""

from collections.abc import Callable, Mapping
from typing import Any

import discord
from simcord.backend import serializers
from simcord.gateway import FakeGateway, FakeWebSocket
from simcord.intents import PRIVILEGED_INTENTS

from tests.wire.calls import Json
from tests.wire.world.backend import WireBackend

Deliver = Callable[[str, Json], None]

_ABOUT_A_GUILD = {"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"}
_MOST_IDS = 100


def shard_of(event: str, payload: Mapping[str, Any], count: int) -> int:
    """The shard, of `count`, that hears this; what has no guild goes to shard 0."""
    guild = payload.get("guild_id")
    if guild is None and event in _ABOUT_A_GUILD:
        guild = payload.get("id")
    return 0 if guild is None else (int(guild) >> 22) % count


class _Tap:
    """Stands where simcord's gateway expects discord.py's connection state: intents and parsers.

    Every event has a parser, and each hands the shaped payload on.
    """

    def __init__(self, intents: discord.Intents, deliver: Deliver) -> None:
        self.intents = intents
        self.parsers = self
        self._deliver = deliver

    def __getitem__(self, event: str) -> Callable[[Json], None]:
        return lambda payload: self._deliver(event, payload)

    def get(self, event: str) -> Callable[[Json], None]:
        return self[event]


class Listener:
    """One session's ears: drops what its intents do not cover and hides what they may not see."""

    def __init__(self, backend: WireBackend, intents: int, deliver: Deliver) -> None:
        self._backend = backend
        self._intents = discord.Intents._from_value(intents)
        self._gateway = FakeGateway(backend, _Tap(self._intents, deliver))
        self._asking: set[FakeWebSocket] = set()

    def hear(self, event: str, payload: Mapping[str, Any]) -> None:
        """Pass an event on; the bot always hears of itself, with or without the members intent."""
        if event == "GUILD_MEMBER_UPDATE" and int(payload["user"]["id"]) == self._backend.bot_user.id:
            self._gateway.deliver(event, payload)
        else:
            self._gateway.feed(event, payload)

    async def members(self, request: Json) -> str | None:
        """Answer opcode 8 with chunks; returns why not where Discord would not."""
        ids = request.get("user_ids") or []
        ids = ids if isinstance(ids, list) else [ids]
        if len(ids) > _MOST_IDS:
            return f"{len(ids)} user_ids asked for, at most {_MOST_IDS} are answered"
        everyone = not ids and not request.get("query") and not request.get("limit")
        if everyone and not self._intents.members:
            return "all members asked for without the members intent"
        asking = FakeWebSocket(self._backend, self._gateway)
        await asking.request_chunks(
            int(request["guild_id"]),
            request.get("query"),
            limit=int(request.get("limit") or 0),
            user_ids=[int(one) for one in ids],
            presences=bool(request.get("presences")),
            nonce=request.get("nonce"),
        )
        task = asking._chunk_task
        if task is not None:
            self._asking.add(asking)
            task.add_done_callback(lambda _: self._asking.discard(asking))
        return None


def refused_intents(backend: WireBackend, intents: int) -> list[str]:
    """The privileged intents asked for and not approved."""
    asked = discord.Intents._from_value(intents)
    approved = backend.settings.approved_intents
    return [name for name in PRIVILEGED_INTENTS if getattr(asked, name) and name not in approved]


def ready(backend: WireBackend, shard: int, count: int, session: str, url: str) -> Json:
    """READY, its guilds still unavailable; `guilds_of` follow it."""
    return {
        "v": 10,
        "user": dict(serializers.user_payload(backend.bot_user)),
        "guilds": [
            {"id": str(guild), "unavailable": True} for guild in backend.guilds if (guild >> 22) % count == shard
        ],
        "session_id": session,
        "resume_gateway_url": url,
        "session_type": "normal",
        "shard": [shard, count],
        "application": {"id": str(backend.application_id), "flags": 0},
    }


def guilds_of(backend: WireBackend, shard: int, count: int) -> list[Json]:
    """GUILD_CREATE payloads of one shard."""
    return [
        backend.guild_payload(guild) for guild in list(backend.guilds.values()) if (guild.id >> 22) % count == shard
    ]
