"""Several at once, on both databases: one code is redeemed once, one prize passes on once, nobody stands twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from sqlalchemy import select, text

from bot.app import Platform, create_platform
from bot.database import Base
from bot.delivery import Delivery, DeliveryState
from bot.delivery import Outcome as Fate
from bot.dispatch import Dispatcher
from bot.errors import UserError
from bot.people import Actor, Permission
from bot.sayings import edit_kind
from bot.settings import Settings
from cogs.giveaways.rules import draw
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.terms import Claim, Terms
from cogs.giveaways.service.announcing import RESULT
from cogs.giveaways.service.redeeming import Redeemed
from cogs.giveaways.service.redraw import Reroll
from cogs.giveaways.tables import Giveaway, GiveawayEntry, GiveawayPrize, State
from cogs.giveaways.wiring import Services, build, register
from tests.open_house import OpenHouse

GUILD = 1_400_000_000_000_000_001
SEED = bytes(range(32))
PUBLIC = "0123456789abcdef" * 2
PEOPLE = [1_400_000_000_000_000_100 + number for number in range(12)]


@dataclass
class Stand:
    platform: Platform
    services: Services
    moderator: Actor
    now: datetime

    async def prizes(self) -> list[GiveawayPrize]:
        async with self.platform.database.read() as session:
            return list((await session.scalars(select(GiveawayPrize).order_by(GiveawayPrize.rank))).all())

    def winner(self, prize: GiveawayPrize) -> Actor:
        return Actor(prize.user_id or 0, GUILD, "winner", "en")


@pytest.fixture
async def stand(either_url: str) -> AsyncIterator[Stand]:
    """A giveaway in person with three winners of twelve, its services, and nothing of Discord."""
    platform = create_platform(Settings(database_url=either_url, beacon_urls=()))
    async with platform.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    platform.guilds = platform.members = OpenHouse()
    services = build(platform)
    now = datetime.now(UTC)
    await _draw(platform, services, now)
    moderator = Actor(7, GUILD, "mina", "en", permissions=Permission.MANAGE_GUILD)
    yield Stand(platform, services, moderator, now)
    await platform.close()


async def _draw(platform: Platform, services: Services, now: datetime) -> None:
    tokens = {draw.token(PUBLIC, str(who), f"{who:032x}"): who for who in PEOPLE}
    entrants = sorted((token, 1) for token in tokens)
    digest = draw.entrants_digest(entrants)
    ranked = draw.rank(draw.draw_key(PUBLIC, SEED, digest, None, None), entrants)
    values: dict[str, Any] = {
        "state": State.DRAWN,
        "trusted": {"off": True},
        "digest": digest,
        "entries": len(entrants),
        "tickets": len(entrants),
        "entry_count": len(entrants),
        "drawn_at": now,
        "drawn_winners": 3,
        "claim": Claim.IN_PERSON,
        "claim_seconds": 7_200,
    }
    row = Giveaway(
        guild_id=GUILD,
        number=1,
        public_id=PUBLIC,
        seed=SEED,
        commitment=draw.commitment(SEED),
        organiser_id=7,
        prize="A print",
        winners=3,
        terms=Terms(organiser_id=7).to_json(),
        zone="UTC",
        created_at=now,
        starts_at=now,
        opened_at=now,
        closes_at=now,
        **values,
    )
    async with platform.database.write() as tx:
        tx.session.add(row)
        await tx.session.flush()
        for token, who in tokens.items():
            entry = GiveawayEntry(giveaway_id=row.id, token=token, user_id=who, salt=f"{who:032x}")
            entry.tickets, entry.entered_at = 1, now
            tx.session.add(entry)
        for rank, token in enumerate(ranked[:3], 1):
            prize = GiveawayPrize(
                giveaway_id=row.id, rank=rank, token=token, user_id=tokens[token], outcome=Outcome.WON, at=now
            )
            tx.session.add(prize)
            await tx.session.flush()
            await services.claims.open_claim(tx, row, prize, now)


async def outcomes_of(*calls: Any) -> tuple[list[Any], list[UserError]]:
    """Run calls at once; return what came of those that were done, and of those that were refused."""
    done = await asyncio.gather(*calls, return_exceptions=True)
    refused = [each for each in done if isinstance(each, UserError)]
    assert all(not isinstance(each, BaseException) or isinstance(each, UserError) for each in done), done
    return [each for each in done if not isinstance(each, BaseException)], refused


async def test_one_code_is_redeemed_once(stand: Stand) -> None:
    code = (await stand.prizes())[0].code or ""
    redeeming = stand.services.redeeming
    done, refused = await outcomes_of(*(redeeming.redeem(stand.moderator, code, stand.now) for _ in range(5)))
    assert len(done) == 1
    assert isinstance(done[0], Redeemed)
    assert [error.text.key for error in refused] == ["giveaway.redeem.again"] * 4


async def test_one_prize_passes_on_once_and_others_beside_it(stand: Stand) -> None:
    prizes = await stand.prizes()
    redraws, key = stand.services.redraws, prizes[0].giveaway_id
    calls = [redraws.decline(stand.winner(prizes[0]), key) for _ in range(3)]
    calls += [redraws.decline(stand.winner(prizes[1]), key)]
    calls += [redraws.reroll(stand.moderator, "1", Reroll("Two more", count=2), stand.now)]
    done, refused = await outcomes_of(*calls)
    assert len(done) == 3
    assert {error.text.key for error in refused} == {"giveaway.claim.passed"}
    after = await stand.prizes()
    assert [prize.rank for prize in after] == list(range(1, len(after) + 1))
    assert len({prize.user_id for prize in after}) == len(after) == 7
    assert sum(prize.outcome is Outcome.WON for prize in after) == 5
    assert len({prize.code for prize in after}) == 7


async def test_the_end_of_a_claim_and_a_redemption_do_not_both_happen(stand: Stand) -> None:
    from bot.schedule import Due

    prize = (await stand.prizes())[0]
    async with stand.platform.database.write() as tx:
        held = await tx.session.get_one(GiveawayPrize, prize.id)
        held.claim_until = stand.now - timedelta(seconds=1)
    due = Due("giveaway.claim_end", prize.id, GUILD, stand.now, 1)
    redeeming, redraws = stand.services.redeeming, stand.services.redraws
    done, refused = await outcomes_of(
        redraws.claim_ended(due), redeeming.redeem(stand.moderator, prize.code or "", stand.now)
    )
    after = await stand.prizes()
    if refused:
        assert refused[0].text.key == "giveaway.redeem.passed"
        assert (after[0].outcome, len(after)) == (Outcome.PASSED, 4)
    else:
        assert len(done) == 2
        assert (after[0].outcome, len(after)) == (Outcome.WON, 3)


async def test_announcing_and_forgetting_do_not_wait_for_each_other(stand: Stand) -> None:
    """An announcement was sent, and is settled while its giveaway is being cleared of someone."""
    platform, services = stand.platform, stand.services
    register(platform, services)
    dispatcher = Dispatcher(discord.Client(intents=discord.Intents.none()), platform.deliveries, "one")
    async with platform.database.write() as tx:
        row = (await tx.session.scalars(select(Giveaway))).one()
        await services.announcing.everywhere(tx, row, RESULT, "0", {"part": 0, "parts": 1}, stand.now)
        sent = (await tx.session.scalars(select(Delivery))).one()
        sent.state, sent.owner, sent.attempts, sent.channel_id = DeliveryState.SENDING, "one", 1, 77
    outcome = Fate(DeliveryState.SENT, message_id=78)
    async with platform.database.write() as tx:
        row = await tx.session.get_one(Giveaway, row.id, with_for_update=True)
        settling = asyncio.create_task(dispatcher._settle(sent, platform.deliveries.kinds[RESULT], outcome))
        await _waiting(platform)
        await services.announcing.republish(tx, row, stand.now)
    await settling
    async with platform.database.read() as session:
        (edit,) = (await session.scalars(select(Delivery).where(Delivery.kind == edit_kind(RESULT)))).all()
    # It may have been read before: so it is replaced now that it stands there.
    assert edit.message_id == 78


async def _waiting(platform: Platform) -> None:
    """Return once somebody waits for a lock; on SQLite there is but one, which is ours already."""
    blocked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with asyncio.timeout(30), platform.database.read() as session:
        while not platform.database.is_sqlite and not await session.scalar(blocked):
            await session.rollback()
