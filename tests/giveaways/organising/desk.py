"""What tests of creating and changing giveaways do again and again: begin drafts, post, look at rows."""

from collections.abc import Sequence
from typing import Any

import simcord
from sqlalchemy import select

from cogs.giveaways.tables import Giveaway
from tests.desk import drafts, fill, modal_values, picture, posts, rows, unchanged, without_mentions
from tests.harness import World, say

__all__ = [
    "drafts",
    "fill",
    "giveaways",
    "modal_values",
    "picture",
    "post",
    "posts",
    "start",
    "unchanged",
    "without_mentions",
]


async def start(world: World, actor: simcord.MemberActor | None = None, /, **options: Any) -> simcord.InteractionResult:
    """Run ``/giveaway start`` in *general*, as the organiser if nobody is named."""
    return await (actor or world.organiser).slash(world.general, "giveaway start", **options)


async def post(world: World, **options: Any) -> Giveaway:
    """Post a giveaway at once; returns its row."""
    values = {"prize": "Art print", "ends": "2 days", **options}
    answer = await start(world, **values, post=True)
    rows = await giveaways(world)
    assert rows, say(answer)
    return rows[-1]


async def giveaways(world: World) -> Sequence[Giveaway]:
    return await rows(world, select(Giveaway).order_by(Giveaway.id))
