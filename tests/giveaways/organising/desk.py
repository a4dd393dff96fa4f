"""What tests of creating and changing giveaways do again and again: begin drafts, look at rows, compare everything."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import discord
import simcord
from PIL import Image
from sqlalchemy import select

from bot.database import Base
from bot.drafts import DraftRow
from bot.posts import Post
from cogs.giveaways.tables import Giveaway
from tests.harness import World, say


def picture(kind: str = "PNG") -> bytes:
    """Return a small picture."""
    out = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, kind)
    return out.getvalue()


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
    return await _all(world, select(Giveaway).order_by(Giveaway.id))


async def drafts(world: World) -> Sequence[DraftRow]:
    return await _all(world, select(DraftRow).order_by(DraftRow.id))


async def posts(world: World) -> Sequence[Post]:
    return await _all(world, select(Post).order_by(Post.id))


async def _all(world: World, query: Any) -> Sequence[Any]:
    async with world.platform.database.read() as session:
        return (await session.scalars(query)).all()


async def everything(world: World) -> dict[str, list[Any]]:
    """Return every row of every table."""
    async with world.platform.database.read() as session:
        return {
            table.name: sorted(map(repr, (await session.execute(select(table))).all()))
            for table in Base.metadata.sorted_tables
        }


@asynccontextmanager
async def unchanged(world: World) -> AsyncIterator[None]:
    """Hold that what happens inside changes no row, and posts nothing."""
    before, said = await everything(world), len(world.general.history())
    yield
    assert await everything(world) == before
    assert len(world.general.history()) == said


def modal_values(answer: simcord.InteractionResult) -> dict[str, Any]:
    """Return what stands in a form that was opened: texts, and chosen values of lists."""
    assert answer.modal is not None, say(answer)
    found: dict[str, Any] = {}
    for label in answer.modal["components"]:
        part = label["component"]
        if "options" in part:
            found[part["custom_id"]] = [each["value"] for each in part["options"] if each.get("default")]
        else:
            found[part["custom_id"]] = part.get("value") or ""
    return found


async def fill(
    actor: simcord.MemberActor, opened: simcord.InteractionResult, **values: Any
) -> simcord.InteractionResult:
    """Submit a form with what stands in it already, but for these values."""
    held = {name: value for name, value in modal_values(opened).items() if value and name != "picture"}
    return await actor.submit_modal(opened, {**held, **values})


def without_mentions(world: World) -> None:
    """Take *Mention Everyone* from the bot's own role."""
    for role in world.guild.roles.values():
        held = discord.Permissions(role._role.permissions)
        held.update(mention_everyone=False, administrator=False)
        world.env.backend.edit_role(world.guild.id, role.id, {"permissions": held.value})
