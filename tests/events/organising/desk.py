"""What tests of creating and changing events do again and again: begin drafts, announce, look at rows."""

from collections.abc import Sequence
from typing import Any

import simcord
from sqlalchemy import select

from cogs.events.rules.options import Options
from cogs.events.tables import Event, Occurrence
from tests.desk import drafts, rows
from tests.harness import World, press, say

ONLINE = {"title": "Sketch night", "starts": "2026-01-10 20:00", "where": "online"}


async def create(
    world: World, actor: simcord.MemberActor | None = None, /, **options: Any
) -> simcord.InteractionResult:
    """Run ``/event create`` in *general*, as the organiser if nobody is named."""
    return await (actor or world.organiser).slash(world.general, "event create", **options)


async def edit(
    world: World, event: str, actor: simcord.MemberActor | None = None, /, **options: Any
) -> simcord.InteractionResult:
    """Run ``/event edit`` in *general*."""
    return await (actor or world.organiser).slash(world.general, "event edit", event=event, **options)


async def post(world: World, **options: Any) -> Event:
    """Announce an event at once; returns its row."""
    answer = await create(world, **{**ONLINE, **options}, post=True)
    found = await events(world)
    assert found, say(answer)
    return found[-1]


async def events(world: World) -> Sequence[Event]:
    return await rows(world, select(Event).order_by(Event.number))


async def dates(world: World, event: Event) -> Sequence[Occurrence]:
    query = select(Occurrence).where(Occurrence.event_id == event.id).order_by(Occurrence.starts_at, Occurrence.id)
    return await rows(world, query)


async def values(world: World) -> Options:
    """Return what the only draft says."""
    (row,) = await drafts(world)
    return Options.from_json(row.values)


async def save(world: World, panel: simcord.InteractionResult) -> simcord.InteractionResult:
    return await press(world.organiser, panel, "ev.d.post")
