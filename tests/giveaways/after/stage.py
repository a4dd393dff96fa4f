"""A giveaway that is drawn, and what its channel, its bundles and its tables hold afterwards."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import discord
import simcord
from sqlalchemy import select

from bot import clock
from bot.database import Base
from bot.delivery import Delivery
from bot.schedule import Deadline
from bot.verify import VerifyOptions, verify_files
from cogs.giveaways.rules import draw
from cogs.giveaways.tables import GiveawayEntry, GiveawayPrize, State
from tests.giveaways.stage import giveaway, open_giveaway, prizes
from tests.harness import World, messages

_TABLES = (
    "giveaways",
    "giveaway_entries",
    "giveaway_prizes",
    "giveaway_messages",
    "deadlines",
    "deliveries",
    "ledger_rows",
)


@dataclass
class Drawn:
    """A drawn giveaway, and its entrants in the order of the ranking."""

    world: World
    key: int
    ranking: list[simcord.MemberActor]

    async def prizes(self) -> list[GiveawayPrize]:
        return await prizes(self.world, self.key)

    async def outcomes(self) -> list[tuple[int | None, str, str | None]]:
        """Return who stands on each place reached, whether they won, and why not."""
        return [(prize.user_id, prize.outcome.value, prize.reason) for prize in await self.prizes()]

    async def prize(self, place: int) -> GiveawayPrize:
        """Return the prize at a place, counted from 1."""
        return (await self.prizes())[place - 1]

    def won(self, *places: int) -> list[tuple[int, str, None]]:
        return [(self.ranking[place - 1].id, "won", None) for place in places]

    def passed(self, place: int, reason: str) -> tuple[int, str, str]:
        return (self.ranking[place - 1].id, "passed", reason)


async def drawn(world: World, entrants: int = 4, **values: Any) -> Drawn:
    """Let members enter a giveaway of one minute, and have it drawn; *values* are the giveaway's."""
    key = await open_giveaway(world, minutes=1, **values)
    row = await giveaway(world, key)
    actors = {actor.id: actor for actor in (world.add_member(f"entrant{n}") for n in range(entrants))}
    with world.inside():
        async with world.platform.database.write() as tx:
            for user_id in actors:
                salt = f"{user_id:032x}"
                tx.session.add(
                    GiveawayEntry(
                        giveaway_id=key,
                        token=draw.token(row.public_id, str(user_id), salt),
                        user_id=user_id,
                        salt=salt,
                        tickets=1,
                        entered_at=clock.now(),
                    )
                )
    await world.advance(minutes=2)
    row = await giveaway(world, key)
    assert row.state is State.DRAWN
    return Drawn(world, key, [actors[user_id] for user_id in await _ranking(world, key)])


async def _ranking(world: World, key: int) -> list[int]:
    row = await giveaway(world, key)
    async with world.platform.database.read() as session:
        entries = (await session.scalars(select(GiveawayEntry).where(GiveawayEntry.giveaway_id == key))).all()
    listed = sorted((entry.token, entry.tickets) for entry in entries if entry.dropped is None)
    people = {entry.token: entry.user_id for entry in entries}
    beacon = hashlib.sha256(bytes.fromhex(row.signature)).digest() if row.signature else None
    seeded = draw.draw_key(row.public_id, row.seed, row.digest or "", row.round if beacon else None, beacon)
    return [people[token] or 0 for token in draw.rank(seeded, listed)]


async def snapshot(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything a refused command must leave as it is."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    async with world.platform.database.read() as session:
        for name in _TABLES:
            table = Base.metadata.tables[name]
            rows = await session.execute(select(table).order_by(*table.primary_key.columns))
            found[name] = [tuple(row) for row in rows]
    return found


async def deadlines(world: World, kind: str) -> dict[int, datetime]:
    """Return what of a kind is due when."""
    async with world.platform.database.read() as session:
        rows = (await session.scalars(select(Deadline).where(Deadline.kind == kind))).all()
    return {row.subject: row.due_at for row in rows}


async def deliveries(world: World, kind: str) -> list[Delivery]:
    async with world.platform.database.read() as session:
        query = select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)
        return list((await session.scalars(query)).all())


def files(world: World, message: discord.Message | simcord.ResponseMessage) -> dict[str, bytes]:
    """Return the files of a message by name."""
    return {each.filename: world.env.backend.cdn.get(each.url) or b"" for each in message.attachments}


def answered_files(world: World, answer: simcord.InteractionResult) -> dict[str, bytes]:
    """Return all files of an answer by name."""
    return {name: data for message in messages(answer) for name, data in files(world, message).items()}


def public(world: World) -> list[discord.Message]:
    """Return what everyone sees in *general*, oldest first."""
    return [message for message in world.general.history() if not message.flags.ephemeral]


def bundles(world: World) -> list[bytes]:
    """Return the bundles attached in *general*, oldest first."""
    found = [files(world, message) for message in public(world)]
    return [data for attached in found for name, data in attached.items() if name.startswith("draw-")]


def verify(folder: Path, data: bytes, *, chain: Path | None = None) -> dict[str, Any]:
    """Check a bundle as ``ikuzo verify`` does, and return it."""
    path = folder / "draw-1.json"
    path.write_bytes(data)
    lines: list[str] = []
    options = VerifyOptions(allow_operator_trusted=chain is None, chain=chain)
    assert verify_files([path], options, lines.append) == 0, "\n".join(lines)
    return json.loads(data)


def results(bundle: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return outcome and reason of each place in a bundle."""
    assert [row["rank"] for row in bundle["results"]] == list(range(1, len(bundle["results"]) + 1))
    return [(row["outcome"], row["reason"]) for row in bundle["results"]]
