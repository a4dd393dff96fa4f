"""Scheduled events and threads in Discord: made as wanted, looked for before they are made again, and read."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import aiohttp
import discord

from bot.natives import NativeState, NativeWanted, Phase, Venue, has_link, with_link, without_link

GUILD_ONLY: Final = 2
# Minutes of silence after which Discord folds a thread away; it opens again when somebody writes.
THREAD_MINUTES: Final = 10_080
THREAD_EXISTS: Final = 160004
# A message in a thread, or in the chat of a voice channel, can have no thread of its own.
NO_THREADS_HERE: Final = 50024


class Mirror:
    """Brings scheduled events into the state they are wanted in; every call may be repeated."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def find(self, guild_id: int, marker: str) -> int | None:
        """Look for the scheduled event that carries a marker of ours."""
        for raw in await self._client.http.get_scheduled_events(guild_id, with_user_count=False):
            if (raw.get("description") or "").rstrip().endswith(f"#{marker}"):
                return int(raw["id"])
        return None

    async def make(self, guild_id: int, wanted: NativeWanted, marker: str) -> int:
        """Make a scheduled event; returns its id. Not to be repeated before :meth:`find` found nothing."""
        fields: dict[str, Any] = {**_fields(wanted, marker), "privacy_level": GUILD_ONLY}
        if wanted.picture is not None:
            fields["image"] = _data_uri(wanted.picture)
        made = await self._client.http.create_guild_scheduled_event(guild_id, reason=None, **fields)
        return int(made["id"])

    async def change(self, guild_id: int, native_id: int, wanted: NativeWanted, marker: str) -> None:
        """Change what differs from what is wanted, and nothing else, since Discord refuses to move what has begun.

        One that has ended is left as it is. Raises discord.NotFound where there is none any more.
        """
        there = await self._client.http.get_scheduled_event(guild_id, native_id, with_user_count=False)
        raw: Mapping[str, Any] = {**there}
        phase = Phase(raw["status"])
        if phase.is_final:
            return
        if wanted.ended:
            await self._end(guild_id, native_id, phase)
            return
        fields = _fields(wanted, marker)
        changed = {name: value for name, value in fields.items() if _differs(name, value, raw.get(name))}
        if changed.keys() & {"channel_id", "entity_metadata", "entity_type"}:
            # These depend on each other, and on an end in the case of a place.
            changed |= {name: fields[name] for name in ("channel_id", "entity_type", "scheduled_end_time")}
            changed["entity_metadata"] = fields.get("entity_metadata")
        if wanted.phase is Phase.ACTIVE and phase is Phase.SCHEDULED:
            changed["status"] = int(Phase.ACTIVE)
        if changed:
            await self._client.http.edit_scheduled_event(guild_id, native_id, **changed)

    async def _end(self, guild_id: int, native_id: int, phase: Phase) -> None:
        if phase is Phase.ACTIVE:
            await self._client.http.edit_scheduled_event(guild_id, native_id, status=int(Phase.COMPLETED))
        else:
            await self._client.http.delete_scheduled_event(guild_id, native_id)

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> int | None:
        """Open the thread of a message, or find it open; returns its id, which is the message's, None for no thread."""
        try:
            made = await self._client.http.start_thread_with_message(
                channel_id, message_id, name=name[:100], auto_archive_duration=THREAD_MINUTES
            )
        except discord.HTTPException as error:
            if error.code == NO_THREADS_HERE:
                return None
            if error.code != THREAD_EXISTS:
                raise
            return message_id
        return int(made["id"])


def _fields(wanted: NativeWanted, marker: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": wanted.name,
        "description": with_link(wanted.description, wanted.url, marker),
        "scheduled_start_time": wanted.starts_at.isoformat(),
        "scheduled_end_time": wanted.ends_at.isoformat(),
        "entity_type": int(wanted.venue),
        "channel_id": None if wanted.venue is Venue.EXTERNAL else wanted.channel_id,
    }
    if wanted.venue is Venue.EXTERNAL:
        fields["entity_metadata"] = {"location": wanted.place}
    return fields


def _differs(name: str, ours: Any, theirs: Any) -> bool:
    match name:
        case "scheduled_start_time" | "scheduled_end_time":
            return theirs is None or datetime.fromisoformat(ours) != datetime.fromisoformat(theirs)
        case "entity_metadata":
            there: Mapping[str, Any] = theirs or {}
            return bool(ours["location"] != there.get("location"))
        case "channel_id":
            return str(ours or "") != str(theirs or "")
        case _:
            return bool(ours != theirs)


def _data_uri(picture: bytes) -> str:
    kind = "png" if picture.startswith(b"\x89PNG") else "gif" if picture.startswith(b"GIF") else "jpeg"
    return f"data:image/{kind};base64,{b64encode(picture).decode()}"


class CachedNatives:
    """Scheduled events as the gateway keeps them up to date."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def listed(self, guild_id: int) -> Sequence[NativeState] | None:
        """Return those of a server; None where the server is not there or cannot be seen now."""
        guild = self._client.get_guild(guild_id)
        return None if guild is None or guild.unavailable else [native_state(each) for each in guild.scheduled_events]

    async def fetch(self, guild_id: int, native_id: int) -> NativeState | None:
        """Ask Discord for one; None where there is none. Raises OSError when Discord cannot be asked."""
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return None
        try:
            return native_state(await guild.fetch_scheduled_event(native_id, with_counts=False))
        except discord.NotFound:
            return None
        except (discord.HTTPException, aiohttp.ClientError) as error:
            raise OSError(f"scheduled event {native_id} could not be read") from error


def native_state(event: discord.ScheduledEvent) -> NativeState:
    """Return a scheduled event's values."""
    venue = Venue(event.entity_type.value)
    return NativeState(
        native_id=event.id,
        name=event.name,
        description=without_link(event.description or ""),
        starts_at=event.start_time,
        ends_at=event.end_time,
        venue=venue,
        channel_id=event.channel_id,
        place=event.location if venue is Venue.EXTERNAL else None,
        phase=Phase(event.status.value),
        linked=has_link(event.description or ""),
    )
