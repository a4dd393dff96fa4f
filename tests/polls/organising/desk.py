"""What tests of creating and changing polls do again and again."""

from collections.abc import Sequence
from typing import Any

import simcord
from sqlalchemy import select

from cogs.polls.rules.options import Options
from cogs.polls.tables import Poll, PollOption
from tests.desk import drafts, rows
from tests.harness import World, say


async def create(
    world: World, actor: simcord.MemberActor | None = None, /, **options: Any
) -> simcord.InteractionResult:
    """Run ``/poll create`` in *general*, as the organiser if nobody is named."""
    return await (actor or world.organiser).slash(world.general, "poll create", **options)


async def post(world: World, **options: Any) -> Poll:
    """Post a poll at once; returns its row."""
    values = {"question": "Where do we meet?", "options": "Cafe | Park", "ends": "2 days", **options}
    answer = await create(world, **values, post=True)
    found = await polls(world)
    assert found, say(answer)
    return found[-1]


async def polls(world: World) -> Sequence[Poll]:
    return await rows(world, select(Poll).order_by(Poll.id))


async def options_of(world: World, key: int) -> list[str]:
    """Return what can be voted for in a poll."""
    found = await rows(world, select(PollOption).where(PollOption.poll_id == key).order_by(PollOption.position))
    return [option.text for option in found]


async def values(world: World) -> Options:
    """Return what the only draft says."""
    (row,) = await drafts(world)
    return Options.from_json(row.values)
