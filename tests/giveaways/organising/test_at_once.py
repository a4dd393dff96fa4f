"""Several at once, on both databases: a draft is posted once, numbers are without gaps, a series has one next."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import Platform, create_platform
from bot.database import Base
from bot.drafting.craft import Posted
from bot.drafts import Draft
from bot.errors import UserError
from bot.people import Actor, Permission
from bot.schedule import Due
from bot.settings import Settings
from cogs.giveaways.rules.options import Options
from cogs.giveaways.tables import Giveaway, State
from cogs.giveaways.wiring import Services, build
from tests.open_house import OpenHouse

GUILD, CHANNEL, ROLE = 1_400_000_000_000_000_001, 1_400_000_000_000_000_002, 1_400_000_000_000_000_003
MINA = Actor(7, GUILD, "mina", "en", permissions=Permission.MANAGE_GUILD)


@dataclass
class Desk:
    platform: Platform
    services: Services
    now: datetime

    async def draft(self, **fields: str | int) -> Draft:
        values = {"prize": "Print", "ends": "2 days", **fields}
        begun = await self.services.drafting.start(MINA, CHANNEL, values, None, self.now, post=False)
        assert isinstance(begun, Draft)
        return begun

    async def posted(self, **fields: str | int) -> Posted:
        return await self.services.drafting.post(MINA, (await self.draft(**fields)).id, self.now)

    async def rows(self) -> list[Giveaway]:
        async with self.platform.database.read() as session:
            return list((await session.scalars(select(Giveaway).order_by(Giveaway.number))).all())


@pytest.fixture
async def desk(either_url: str) -> AsyncIterator[Desk]:
    platform = create_platform(Settings(database_url=either_url, beacon_urls=()))
    async with platform.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    platform.guilds = platform.members = OpenHouse()
    yield Desk(platform, build(platform), datetime.now(UTC))
    await platform.close()


async def outcomes_of(*calls: Any) -> tuple[list[Any], list[str]]:
    """Run calls at once; return what came of those that were done, and the refusals of the others."""
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert all(not isinstance(each, BaseException) or isinstance(each, UserError) for each in done), done
    refused = [each.text.key for each in done if isinstance(each, UserError)]
    return [each for each in done if not isinstance(each, BaseException)], refused


async def test_a_draft_is_posted_once(desk: Desk) -> None:
    draft = await desk.draft()
    done, refused = await outcomes_of(*(desk.services.drafting.post(MINA, draft.id, desk.now) for _ in range(5)))
    assert len(done) == 1
    assert refused == ["draft.gone"] * 4
    assert len(await desk.rows()) == 1


async def test_numbers_are_without_gaps(desk: Desk) -> None:
    drafts = [await desk.draft() for _ in range(6)]
    await outcomes_of(*(desk.services.drafting.post(MINA, draft.id, desk.now) for draft in drafts))
    rows = await desk.rows()
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert len({row.seed for row in rows}) == len({row.public_id for row in rows}) == 6


async def test_steps_at_once_keep_each_other(desk: Desk) -> None:
    draft = await desk.draft()
    steps = desk.services.steps
    await outcomes_of(
        steps.change(MINA, draft.id, {"prize": "Painting"}, desk.now),
        steps.change(MINA, draft.id, {"required_role": ROLE}, desk.now),
        steps.set_bonus_roles(MINA, draft.id, [ROLE], desk.now),
        steps.set_channels(MINA, draft.id, [CHANNEL, CHANNEL + 9], desk.now),
    )
    found, _ = await steps.options(MINA, draft.id, desk.now)
    assert isinstance(found, Options)
    assert (found.prize, found.required_role, found.bonuses) == ("Painting", ROLE, ((ROLE, 1),))
    assert len(found.spots) == 2


async def test_of_end_and_cancel_at_once_one_is_done_and_a_series_has_one_next(desk: Desk) -> None:
    posted = await desk.posted(repeat="weekly")
    correcting = desk.services.correcting
    later = desk.now + timedelta(hours=1)
    await outcomes_of(
        correcting.end(MINA, posted.info.id, later),
        correcting.cancel(MINA, posted.info.id, "Rain", later),
        correcting.end(MINA, posted.info.id, later),
        correcting.cancel(MINA, posted.info.id, "Snow", later),
    )
    first, following = await desk.rows()
    assert first.state in (State.CLOSING, State.CANCELLED)
    assert (following.state, following.series_index) == (State.SCHEDULED, 1)


async def test_two_corrections_at_once_do_not_undo_each_other(desk: Desk) -> None:
    posted = await desk.posted()
    drafting, steps = desk.services.drafting, desk.services.steps
    other = Actor(8, GUILD, "oren", "en", permissions=Permission.MANAGE_EVENTS)
    keys: list[tuple[Actor, int]] = []
    for actor, fields in ((MINA, {"prize": "Painting"}), (other, {"winners": "7"})):
        draft = await drafting.begin_edit(actor, CHANNEL, str(posted.info.number), desk.now)
        await steps.change(actor, draft.id, fields, desk.now)
        keys.append((actor, draft.id))
    _, refused = await outcomes_of(*(drafting.post(actor, key, desk.now) for actor, key in keys))
    # Whoever saw the giveaway before the other's change looks again, and then saves.
    assert refused in ([], ["draft.changed"])
    for actor, key in keys:
        await outcomes_of(drafting.post(actor, key, desk.now))
    (row,) = await desk.rows()
    assert (row.prize, row.winners, row.revision) == ("Painting", 7, 2)


async def test_a_scheduled_one_is_opened_once_however_often_it_is_due(desk: Desk) -> None:
    posted = await desk.posted(starts="1h")
    due = Due("giveaway.open", posted.info.id, GUILD, posted.info.starts_at, 1)
    assert await desk.services.posting.open(due) == posted.info.starts_at
    async with desk.platform.database.write() as tx:
        row = await tx.session.get_one(Giveaway, posted.info.id)
        row.starts_at = desk.now - timedelta(minutes=1)
    assert await asyncio.gather(*(desk.services.posting.open(due) for _ in range(4))) == [None] * 4
    (row,) = await desk.rows()
    assert row.state is State.OPEN
