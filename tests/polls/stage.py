"""A poll put straight into the database and opened, for tests of what happens to it afterwards."""

import json
import re
from datetime import timedelta
from typing import Any

import simcord

from bot import clock
from bot.posts import Place, Posts
from cogs.polls.rules.terms import Terms
from cogs.polls.service.opening import open_poll
from cogs.polls.tables import KIND, Poll, PollBundle, PollOption, State
from tests.harness import GUILD_ID, Answer, World, choose, press, say

OPTIONS = ("Mosaic", "Linocut", "Watercolour")


async def start_poll(
    world: World, *, options: tuple[str, ...] = OPTIONS, terms: Terms | None = None, minutes: float = 60, **values: Any
) -> int:
    """Write an open poll of the organiser's with a post in *general*; returns its key."""
    with world.inside():
        now = clock.now()
        row = Poll(
            **{
                "guild_id": GUILD_ID,
                "number": 1,
                "public_id": "0123456789abcdef" * 2,
                "state": State.SCHEDULED,
                "organiser_id": world.organiser.id,
                "question": "What shall we make?",
                "terms": (terms or Terms()).to_json(),
                "zone": "UTC",
                "created_at": now,
                "starts_at": now,
                "closes_at": now + timedelta(minutes=minutes),
                **values,
            }
        )
        async with world.platform.database.write() as tx:
            tx.session.add(row)
            await tx.session.flush()
            tx.session.add_all(PollOption(poll_id=row.id, position=i, text=text) for i, text in enumerate(options))
            posts = Posts(world.platform.deliveries, KIND)
            await posts.plan(tx, row.id, GUILD_ID, [Place(world.general.id, "en")])
            await open_poll(world.platform, tx, posts, row, now)
    await world.env.settle()
    return row.id


async def poll(world: World, key: int) -> Poll:
    async with world.platform.database.read() as session:
        return await session.get_one(Poll, key)


async def bundle(world: World, key: int) -> dict[str, Any]:
    """Return a closed poll's bundle."""
    async with world.platform.database.read() as session:
        return json.loads((await session.get_one(PollBundle, key)).data)


def post(world: World) -> Any:
    """Return the poll's post."""
    return world.general.history()[0]


async def paper(world: World, actor: simcord.MemberActor) -> simcord.InteractionResult:
    return await press(actor, post(world), "poll.vote")


async def pick(world: World, actor: simcord.MemberActor, *options: int) -> str:
    """Vote in a poll of kind single or multiple; returns what was answered."""
    given = await paper(world, actor)
    return say(await choose(actor, given, "poll.pick", *map(str, options)))


def receipt(said: str | Answer) -> str:
    """Return the receipt in an answer."""
    text = said if isinstance(said, str) else say(said)
    (found,) = re.findall(r"`([0-9A-HJKMNP-TV-Z]{8})`", text)
    return found
