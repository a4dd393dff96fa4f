"""What tests of drafts do again and again, whatever is drafted: fill in forms, look at rows, compare everything."""

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
from tests.harness import World, say


def picture(kind: str = "PNG") -> bytes:
    """Return a small picture."""
    out = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, kind)
    return out.getvalue()


async def drafts(world: World) -> Sequence[DraftRow]:
    return await rows(world, select(DraftRow).order_by(DraftRow.id))


async def posts(world: World) -> Sequence[Post]:
    return await rows(world, select(Post).order_by(Post.id))


async def rows(world: World, query: Any) -> Sequence[Any]:
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
