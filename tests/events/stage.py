"""An event as an organiser posted it, for tests of what happens to it afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import simcord
from sqlalchemy import select

from bot import clock
from bot.people import Actor
from bot.posts import Place, Post
from cogs.events.rules.kinds import Answer, Where
from cogs.events.rules.options import Options, review
from cogs.events.tables import KIND, Attendance, Event, Occurrence, Offer, Rsvp
from cogs.events.wiring import Services, build
from tests.harness import GUILD_ID, World


def services(world: World) -> Services:
    """Return services of the feature beside those the bot has; they share its database."""
    return build(world.platform)


async def post_event(world: World, *, hours: float = 48, organiser: int | None = None, **values: Any) -> int:
    """Post an event of the organiser's in *general* that starts in some hours; returns its first date's key."""
    with world.inside():
        now = clock.now()
        said: dict[str, Any] = {
            "title": "Sketch night",
            "starts": (now + timedelta(hours=hours)).replace(second=0, microsecond=0),
            "where": Where.ONLINE,
            **values,
        }
        reviewed = review(Options(**said), now)
        assert reviewed.proposal is not None, reviewed.problems
        async with world.platform.database.write() as tx:
            _, row = await services(world).posting.post(
                tx,
                GUILD_ID,
                organiser or world.organiser.id,
                reviewed.proposal,
                [Place(world.general.id, "en")],
                now,
            )
    await world.env.settle()
    return row.id


def as_actor(world: World, member: simcord.MemberActor, *roles: int, permissions: int = 0) -> Actor:
    """Return someone as services see them."""
    return Actor(
        user_id=member.id,
        guild_id=GUILD_ID,
        name="someone",
        language="en",
        role_ids=frozenset(roles),
        permissions=permissions,
    )


async def occurrence(world: World, key: int) -> Occurrence:
    async with world.platform.database.read() as session:
        return await session.get_one(Occurrence, key)


async def event_of(world: World, key: int) -> Event:
    async with world.platform.database.read() as session:
        return await session.get_one(Event, (await session.get_one(Occurrence, key)).event_id)


async def dates(world: World, event_id: int) -> Sequence[Occurrence]:
    return await _rows(world, select(Occurrence).where(Occurrence.event_id == event_id).order_by(Occurrence.starts_at))


async def answers(world: World, key: int) -> dict[int, Answer]:
    rows = await _rows(world, select(Rsvp).where(Rsvp.occurrence_id == key).order_by(Rsvp.line, Rsvp.user_id))
    return {row.user_id: row.answer for row in rows}


async def line(world: World, key: int) -> list[int]:
    """Return who waits, first in line first."""
    rows = await _rows(world, select(Rsvp).where(Rsvp.occurrence_id == key).order_by(Rsvp.line))
    return [row.user_id for row in rows if row.answer is Answer.WAITING]


async def offers(world: World, key: int) -> Sequence[Offer]:
    return await _rows(world, select(Offer).where(Offer.occurrence_id == key).order_by(Offer.id))


async def attendances(world: World, key: int) -> Sequence[Attendance]:
    return await _rows(world, select(Attendance).where(Attendance.occurrence_id == key))


async def post_message(world: World, key: int) -> Any:
    """Return the message that announces a date, as Discord has it."""
    (row,) = await _rows(world, select(Post).where(Post.kind == KIND, Post.subject == key))
    return next(each for each in world.general.history() if each.id == row.message_id)


async def _rows(world: World, query: Any) -> list[Any]:
    async with world.platform.database.read() as session:
        return list((await session.scalars(query)).all())


async def up_to_date(world: World, key: int) -> Any:
    """Return the message that announces a date once the edits that wait have been made."""
    await world.advance(seconds=10)
    return await post_message(world, key)


async def pass_time(world: World, **length: float) -> None:
    """Let much time pass at once: the bot is away for it, and back afterwards."""
    await world.sleep(**length)
    await world.restart()
    await world.env.settle()


def everywhere(world: World) -> list[Any]:
    """Return the messages in *general* and its threads, oldest first in each."""
    return [each for place in (world.general, *world.general.threads) for each in place.history()]


def now_of(world: World) -> datetime:
    return world.env.now()
