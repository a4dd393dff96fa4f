"""An event whose threads, reminders, notices and mirror are looked at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import discord
from sqlalchemy import select

from bot import clock
from bot.posts import Place
from cogs.events.rules.kinds import Scope, Where
from cogs.events.rules.options import Options, review
from cogs.events.service.records import occurrence_of
from cogs.events.service.standing import options_of
from cogs.events.tables import Native, Occurrence, OccurrenceState, Thread
from cogs.events.wiring import Services
from tests.events.stage import post_message
from tests.harness import GUILD_ID, World, press

FEATURES = ("home", "events")


def services(world: World) -> Services:
    """Return the bot's own services of events."""
    cog: Any = world.bot.get_cog("EventCog")
    return cast("Services", cog._services)


async def post(
    world: World, *, hours: float = 48, places: Sequence[Place] = (), settle: bool = True, **values: Any
) -> int:
    """Post an event in *general* that starts in some hours; returns its first date's key."""
    with world.inside():
        now = clock.now()
        said: dict[str, Any] = {
            "title": "Sketch night",
            "description": "Bring paper",
            "starts": (now + timedelta(hours=hours)).replace(second=0, microsecond=0),
            "where": Where.ONLINE,
            "place": "https://example.org/room",
            **values,
        }
        reviewed = review(Options(**said), now)
        assert reviewed.proposal is not None, reviewed.problems
        async with world.platform.database.write() as tx:
            _, row = await services(world).posting.post(
                tx,
                GUILD_ID,
                world.organiser.id,
                reviewed.proposal,
                places or [Place(world.general.id, "en")],
                now,
            )
    if settle:
        await world.env.settle()
    return row.id


async def change(world: World, key: int, scope: Scope = Scope.THIS, *, settle: bool = True, **values: Any) -> None:
    """Change a date as its draft does."""
    with world.inside():
        now = clock.now()
        async with world.platform.database.write() as tx:
            row, event = await occurrence_of(tx.session, GUILD_ID, key, lock=True)
            reviewed = review(replace(options_of(row, event, scope), **values), now, now)
            assert reviewed.proposal is not None, reviewed.problems
            places = [Place(world.general.id, "en")]
            await services(world).changing.change(
                tx, row, event, scope, reviewed.proposal, places, world.organiser.id, now
            )
    if settle:
        await world.env.settle()


async def cancel(world: World, key: int, scope: Scope = Scope.THIS, reason: str = "rain") -> None:
    """Cancel a date as an organiser does."""
    with world.inside():
        now = clock.now()
        async with world.platform.database.write() as tx:
            row, event = await occurrence_of(tx.session, GUILD_ID, key, lock=True)
            await services(world).cancelling.cancel_within(tx, row, event, scope, reason, world.organiser.id, now)
    await world.env.settle()


async def go(world: World, key: int, *members: Any, kind: str = "ev.going") -> None:
    """Have members answer under the announcement."""
    for member in members:
        await press(member, await post_message(world, key), kind)


def guild_of(world: World) -> discord.Guild:
    guild = world.bot.get_guild(GUILD_ID)
    assert guild is not None
    return guild


async def thread_of(world: World, key: int) -> list[Any]:
    """Return what was said in the thread of a date's first post, oldest first."""
    async with world.platform.database.read() as session:
        thread_id = await session.scalar(select(Thread.thread_id).where(Thread.occurrence_id == key).limit(1))
    return [] if thread_id is None else said_in(world, thread_id)


def said_in(world: World, channel_id: int) -> list[Any]:
    """Return the messages of the bot with a card in a channel or thread, oldest first, as Discord has them."""
    found = world.env.backend.messages.get(channel_id, {})
    made = [each for each in found.values() if each.embeds]
    return sorted(made, key=lambda each: each.id)


def natives(world: World) -> list[Any]:
    """Return the server's scheduled events, as Discord has them, by their starts."""
    found = world.env.backend.get_guild(GUILD_ID).scheduled_events.values()
    return sorted(found, key=lambda each: each.scheduled_start_time)


async def native_row(world: World, key: int) -> Native:
    async with world.platform.database.read() as session:
        return await session.get_one(Native, key)


async def row_of(world: World, key: int) -> Occurrence:
    async with world.platform.database.read() as session:
        return await session.get_one(Occurrence, key)


async def state_of(world: World, key: int) -> OccurrenceState:
    return (await row_of(world, key)).state


def edit_by_hand(world: World, native_id: int, **changes: Any) -> None:
    """Change a scheduled event as a person does in Discord."""
    world.env.backend.edit_scheduled_event(GUILD_ID, native_id, changes)
