"""Many answers at once, on both databases: never over capacity, nobody twice, the line in order, offers one by one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.app import Platform, create_platform
from bot.database import Base
from bot.delivery import Delivery, Target
from bot.errors import UserError
from bot.people import Actor, Permission
from bot.ports import Verdict
from bot.settings import Settings
from cogs.events.rules.digits import digits_at
from cogs.events.rules.kinds import Answer, Scope, Where
from cogs.events.rules.options import Options, review
from cogs.events.rules.recurrence import Every, Rule
from cogs.events.rules.waiting import Wish
from cogs.events.service.attendance import AttendanceRequirements
from cogs.events.service.records import counts_of
from cogs.events.service.seats import Reply, lapse, reply
from cogs.events.tables import Attendance, Occurrence, OccurrenceState, Offer, OfferState, Rsvp
from cogs.events.wiring import Services, build

GUILD, ROLE = 1_400_000_000_000_000_001, 1_400_000_000_000_000_003
OREN = Actor(7, GUILD, "oren", "en", permissions=Permission.MANAGE_EVENTS)
MANY = 300


@dataclass
class Hall:
    platform: Platform
    services: Services
    now: datetime

    async def post(self, **values: object) -> int:
        """Post an event in three days at noon, and return its first date's key."""
        said = {"title": "Opening", "starts": self.now + timedelta(days=3), "where": Where.ONLINE, **values}
        proposal = review(Options(**said), self.now).proposal  # type: ignore[arg-type]
        assert proposal is not None
        async with self.platform.database.write() as tx:
            _, row = await self.services.posting.post(tx, GUILD, OREN.user_id, proposal, [], self.now)
        return row.id

    def says(self, key: int, user: int, wish: Wish = Wish.GOING) -> Reply:
        return Reply(key, GUILD, user, frozenset(), wish, self.now)

    async def all_say(self, *rows: Reply) -> None:
        await asyncio.gather(*(self.platform.writer.submit(reply, row) for row in rows))

    async def line(self, key: int) -> list[int]:
        query = select(Rsvp.user_id).where(Rsvp.occurrence_id == key, Rsvp.answer == Answer.WAITING)
        async with self.platform.database.read() as session:
            return list((await session.scalars(query.order_by(Rsvp.line))).all())

    async def open_offers(self, key: int) -> list[Offer]:
        query = select(Offer).where(Offer.occurrence_id == key, Offer.state == OfferState.OPEN).order_by(Offer.id)
        async with self.platform.database.read() as session:
            return list((await session.scalars(query)).all())


@pytest.fixture
async def hall(either_url: str) -> AsyncIterator[Hall]:
    platform = create_platform(Settings(database_url=either_url, beacon_urls=()))
    async with platform.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    now = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    yield Hall(platform, build(platform), now)
    await platform.close()


async def test_a_storm_on_the_last_places(hall: Hall) -> None:
    key = await hall.post(capacity=17, going_role=ROLE)
    await hall.all_say(*(hall.says(key, 100 + n) for n in range(MANY)), *(hall.says(key, 100 + n) for n in range(50)))
    async with hall.platform.database.read() as session:
        counts = await counts_of(session, key)
        given = select(Delivery.user_id).where(Delivery.target == Target.ROLE_ADD)
        roles = (await session.scalars(given)).all()
    assert (counts.going, counts.waiting) == (17, MANY - 17)
    assert await hall.line(key) == [117 + n for n in range(MANY - 17)]
    assert sorted(role for role in roles if role is not None) == [100 + n for n in range(17)]


async def test_two_at_the_last_place(hall: Hall) -> None:
    key = await hall.post(capacity=1)
    first, second = await asyncio.gather(
        *(hall.platform.writer.submit(reply, hall.says(key, user)) for user in (100, 101))
    )
    assert (first.answer, second.answer, second.position) == (Answer.GOING, Answer.WAITING, 1)


async def test_places_that_free_at_once_are_offered_in_order_and_to_nobody_else(hall: Hall) -> None:
    key = await hall.post(capacity=5)
    await hall.all_say(*(hall.says(key, 100 + n) for n in range(20)))
    cancelling = [hall.says(key, 100 + n, Wish.CANT) for n in range(3)]
    await hall.all_say(*cancelling, *(hall.says(key, 500 + n) for n in range(4)))
    assert [offer.user_id for offer in await hall.open_offers(key)] == [105, 106, 107]
    assert (await hall.line(key))[:2] == [108, 109]
    assert (await hall.line(key))[-4:] == [500, 501, 502, 503]
    async with hall.platform.database.read() as session:
        counts = await counts_of(session, key)
    assert (counts.going, counts.held) == (2, 3)


async def test_an_offer_ends_once_however_often_it_is_looked_at(hall: Hall) -> None:
    key = await hall.post(capacity=1)
    await hall.all_say(*(hall.says(key, user) for user in (100, 101, 102, 103)), hall.says(key, 100, Wish.CANT))
    (offer,) = await hall.open_offers(key)

    async def end() -> None:
        async with hall.platform.database.write() as tx:
            await tx.session.run_sync(lambda session: lapse(session.connection(), offer.id, offer.until))

    await asyncio.gather(*(end() for _ in range(4)))
    assert [each.user_id for each in await hall.open_offers(key)] == [102]
    assert await hall.line(key) == [103]


async def test_taking_and_lapsing_in_one_moment(hall: Hall) -> None:
    key = await hall.post(capacity=1)
    await hall.all_say(*(hall.says(key, user) for user in (100, 101, 102)), hall.says(key, 100, Wish.CANT))
    (offer,) = await hall.open_offers(key)

    async def end() -> None:
        async with hall.platform.database.write() as tx:
            await tx.session.run_sync(lambda session: lapse(session.connection(), offer.id, offer.until))

    await asyncio.gather(hall.platform.writer.submit(reply, hall.says(key, 101)), end())
    async with hall.platform.database.read() as session:
        counts = await counts_of(session, key)
    assert counts.going + counts.held == 1


async def test_attendance_is_recorded_once(hall: Hall) -> None:
    key = await hall.post()
    async with hall.platform.database.read() as session:
        row = await session.get_one(Occurrence, key)
    digits = digits_at(row.secret, row.starts_at)
    aki = Actor(100, GUILD, "aki", "en")
    done = await asyncio.gather(
        *(hall.services.checking_in.enter(aki, key, digits, row.starts_at) for _ in range(4)), return_exceptions=True
    )
    assert [each for each in done if isinstance(each, BaseException)] == []
    async with hall.platform.database.read() as session:
        assert len((await session.scalars(select(Attendance))).all()) == 1
    verdicts = await AttendanceRequirements(hall.platform.database).check(GUILD, row.event_id, [100, 101])
    assert verdicts == {100: Verdict.YES, 101: Verdict.NO}


async def test_a_series_is_laid_once(hall: Hall) -> None:
    key = await hall.post(repeat=Rule(Every.DAY))
    async with hall.platform.database.read() as session:
        event_id = (await session.get_one(Occurrence, key)).event_id
        slots = (await session.scalars(select(Occurrence.slot).where(Occurrence.event_id == event_id))).all()
    assert len(slots) == len(set(slots)) == 45


async def test_dates_of_one_series_are_cancelled_and_answered_at_once(hall: Hall) -> None:
    cancel = hall.services.cancelling.cancel
    for _ in range(2):
        key = await hall.post(repeat=Rule(Every.DAY))
        async with hall.platform.database.read() as session:
            event_id = (await session.get_one(Occurrence, key)).event_id
            mine = select(Occurrence.id).where(Occurrence.event_id == event_id).order_by(Occurrence.id)
            keys = (await session.scalars(mine)).all()
        done = await asyncio.gather(
            cancel(OREN, keys[2], Scope.FOLLOWING, "No room.", hall.now),
            cancel(OREN, keys[10], Scope.THIS, "No room.", hall.now),
            cancel(OREN, keys[20], Scope.THIS, "No room.", hall.now),
            cancel(OREN, keys[0], Scope.ALL, "No room.", hall.now),
            *(hall.platform.writer.submit(reply, hall.says(each, 100 + n)) for n in range(3) for each in keys[:30]),
            return_exceptions=True,
        )
        # Whoever comes second is told that there is nothing left to cancel; nobody waits for another in vain.
        assert [each for each in done if isinstance(each, BaseException) and not isinstance(each, UserError)] == []
        async with hall.platform.database.read() as session:
            states = await session.scalars(select(Occurrence.state).where(Occurrence.event_id == event_id))
            assert set(states.all()) == {OccurrenceState.CANCELLED}
