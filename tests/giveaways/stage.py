"""A giveaway put straight into the database, for tests of what happens to it afterwards."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot import clock
from bot.posts import Place, Posts
from cogs.giveaways.rules.draw import commitment
from cogs.giveaways.rules.terms import Claim, Terms
from cogs.giveaways.tables import KIND, Giveaway, GiveawayEntry, GiveawayFreeze, GiveawayPrize, State
from tests.harness import GUILD_ID, World

SEED = bytes(range(32))


async def open_giveaway(world: World, *, terms: Terms | None = None, minutes: float = 60, **values: Any) -> int:
    """Write an open giveaway of the organiser's with a post in *general*; returns its key."""
    with world.inside():
        now = clock.now()
        row = Giveaway(
            **{
                "guild_id": GUILD_ID,
                "number": 1,
                "public_id": "0123456789abcdef" * 2,
                "seed": SEED,
                "commitment": commitment(SEED),
                "state": State.OPEN,
                "organiser_id": world.organiser.id,
                "prize": "A print",
                "winners": 1,
                "terms": (terms or Terms(organiser_id=world.organiser.id)).to_json(),
                "claim": Claim.NONE,
                "zone": "UTC",
                "created_at": now,
                "starts_at": now,
                "opened_at": now,
                "closes_at": now + timedelta(minutes=minutes),
                **values,
            }
        )
        places = [Place(world.general.id, "en")]
        async with world.platform.database.write() as tx:
            tx.session.add(row)
            await tx.session.flush()
            posts = Posts(world.platform.deliveries, KIND)
            await posts.plan(tx, row.id, GUILD_ID, places)
            await posts.publish(tx, row.id, organiser_id=row.organiser_id, now=now)
            await world.platform.schedule.put(tx, "giveaway.close", row.id, row.closes_at, guild_id=GUILD_ID)
    await world.env.settle()
    return row.id


async def giveaway(world: World, key: int) -> Giveaway:
    async with world.platform.database.read() as session:
        return await session.get_one(Giveaway, key)


async def entries(world: World, key: int) -> list[GiveawayEntry]:
    return await _rows(world, select(GiveawayEntry).where(GiveawayEntry.giveaway_id == key))


async def freezes(world: World, key: int) -> list[GiveawayFreeze]:
    query = select(GiveawayFreeze).where(GiveawayFreeze.giveaway_id == key).order_by(GiveawayFreeze.ordinal)
    return await _rows(world, query)


async def prizes(world: World, key: int) -> list[GiveawayPrize]:
    query = select(GiveawayPrize).where(GiveawayPrize.giveaway_id == key).order_by(GiveawayPrize.rank)
    return await _rows(world, query)


async def _rows(world: World, query: Any) -> list[Any]:
    async with world.platform.database.read() as session:
        return list((await session.scalars(query)).all())


def now_of(world: World) -> datetime:
    return world.env.now()
