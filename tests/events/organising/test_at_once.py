"""Several at once, on both databases: a draft is posted once, steps keep each other, changes do not undo each other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import Platform, create_platform
from bot.database import Base
from bot.drafting.drafting import Drafting
from bot.drafting.steps import Steps
from bot.drafts import Draft
from bot.errors import UserError
from bot.natives import NativeState
from bot.people import Actor, Permission
from bot.settings import Settings
from cogs.events.service.craft import SCOPE
from cogs.events.tables import Event
from cogs.events.wiring import build
from tests.open_house import OpenHouse

GUILD, CHANNEL, ROLE = 1_400_000_000_000_000_001, 1_400_000_000_000_000_002, 1_400_000_000_000_000_003
MINA = Actor(7, GUILD, "mina", "en", permissions=Permission.MANAGE_GUILD)
OREN = Actor(8, GUILD, "oren", "en", permissions=Permission.MANAGE_EVENTS)


class NothingListed:
    """A server without scheduled events."""

    def listed(self, guild_id: int) -> Sequence[NativeState]:
        return ()

    async def fetch(self, guild_id: int, native_id: int) -> NativeState | None:
        return None


@dataclass
class Desk:
    platform: Platform
    drafting: Any
    steps: Any
    now: datetime

    async def draft(self, **fields: str | int) -> Draft:
        starts = f"{self.now + timedelta(days=9):%Y-%m-%d} 12:00"
        values = {"title": "Walk", "starts": starts, "where": "online", "repeat": "weekly", **fields}
        begun = await self.drafting.start(MINA, CHANNEL, values, None, self.now, post=False)
        assert isinstance(begun, Draft)
        return begun

    async def events(self) -> list[Event]:
        async with self.platform.database.read() as session:
            return list((await session.scalars(select(Event).order_by(Event.number))).all())


@pytest.fixture
async def desk(either_url: str) -> AsyncIterator[Desk]:
    platform = create_platform(Settings(database_url=either_url, beacon_urls=()))
    async with platform.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    platform.guilds = platform.members = OpenHouse()
    platform.natives = NothingListed()
    craft = build(platform).craft
    yield Desk(platform, Drafting(platform, craft), Steps(platform, craft), datetime.now(UTC))
    await platform.close()


async def outcomes_of(*calls: Any) -> tuple[list[Any], list[str]]:
    """Run calls at once; return what came of those that were done, and the refusals of the others."""
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert all(not isinstance(each, BaseException) or isinstance(each, UserError) for each in done), done
    refused = [each.text.key for each in done if isinstance(each, UserError)]
    return [each for each in done if not isinstance(each, BaseException)], refused


async def test_drafts_pressed_at_once(desk: Desk) -> None:
    draft = await desk.draft()
    await outcomes_of(
        desk.steps.change(MINA, draft.id, {"title": "Run"}, desk.now),
        desk.steps.change(MINA, draft.id, {"going_role": ROLE}, desk.now),
        desk.steps.change(MINA, draft.id, {"capacity": "7"}, desk.now),
        desk.steps.set_channels(MINA, draft.id, [CHANNEL, CHANNEL + 9], desk.now),
    )
    done, refused = await outcomes_of(*(desk.drafting.post(MINA, draft.id, desk.now) for _ in range(4)))
    assert (len(done), refused) == (1, ["draft.gone"] * 3)
    (event,) = await desk.events()
    assert (event.title, event.going_role, event.capacity, len(event.places)) == ("Run", ROLE, 7, 2)


async def test_two_changes_at_once_do_not_undo_each_other(desk: Desk) -> None:
    await desk.drafting.post(MINA, (await desk.draft()).id, desk.now)
    keys: list[tuple[Actor, int]] = []
    for actor, fields in ((MINA, {"title": "Run"}), (OREN, {"capacity": "5"})):
        draft = await desk.drafting.begin_edit(actor, CHANNEL, "1", desk.now, {SCOPE: "all"})
        await desk.steps.change(actor, draft.id, fields, desk.now)
        keys.append((actor, draft.id))
    _, refused = await outcomes_of(*(desk.drafting.post(actor, key, desk.now) for actor, key in keys))
    # Whoever saw the event before the other's change looks again, and then saves.
    assert refused in ([], ["draft.changed"])
    for actor, key in keys:
        await outcomes_of(desk.drafting.post(actor, key, desk.now))
    (event,) = await desk.events()
    assert (event.title, event.capacity) == ("Run", 5)
