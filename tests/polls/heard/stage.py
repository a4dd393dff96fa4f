"""Polls that are closed and owe an answer, and what people see of that."""

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import discord
import simcord
from sqlalchemy import select

from bot import clock
from bot.database import Base
from bot.delivery import Delivery
from bot.guilds import row_for_update
from bot.numbers import next_number
from bot.posts import Place, Posts
from bot.preferences import Preference
from cogs.polls.rules import bundle
from cogs.polls.rules.ballots import Kind, Rule, Secrecy
from cogs.polls.rules.tally import to_json
from cogs.polls.rules.terms import Terms
from cogs.polls.service.heard.board import Boards
from cogs.polls.service.heard.owing import Owing
from cogs.polls.service.heard.saying import Saying
from cogs.polls.service.opening import open_poll
from cogs.polls.tables import KIND, Poll, PollAnswer, PollOption, PollProposal, PollVoter, State
from tests.harness import GUILD_ID, World, press, running_bot, say

_TABLES = (
    "polls",
    "poll_answers",
    "poll_listeners",
    "poll_witnesses",
    "poll_proposals",
    "deadlines",
    "deliveries",
    "ledger_rows",
)


def polls_bot(folder: Path) -> AbstractAsyncContextManager[World]:
    """Start the bot with polls and what shows and configures them, which is quicker than with everything."""
    return running_bot(folder, features=("config", "home", "polls", "privacy"))


@cache
def _result() -> dict[str, Any]:
    """Return the result of a poll in which nobody voted."""
    asked = bundle.Poll(
        "0" * 32, 1, str(GUILD_ID), "Q", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    )
    return to_json(bundle.close(asked, ["Yes", "No"], Rule(Kind.SINGLE), [], None).tally)


async def open_one(
    world: World, *, voters: tuple[simcord.MemberActor, ...] = (), places: tuple[Place, ...] = (), **values: Any
) -> int:
    """Open a poll of the organiser's for an hour, who owes the answer; *voters* are on its roll. Returns its key."""
    return await _write(world, voters, places, values, is_closed=False)


async def closed(
    world: World, *, voters: tuple[simcord.MemberActor, ...] = (), places: tuple[Place, ...] = (), **values: Any
) -> int:
    """Write a poll that closed just now, as :func:`open_one` does, quicker than counting it. Returns its key."""
    return await _write(world, voters, places, values, is_closed=True)


async def _write(
    world: World,
    voters: tuple[simcord.MemberActor, ...],
    places: tuple[Place, ...],
    values: dict[str, Any],
    *,
    is_closed: bool,
) -> int:
    with world.inside():
        now = clock.now()
        async with world.platform.database.write() as tx:
            row = Poll(
                **{
                    "guild_id": GUILD_ID,
                    "number": await next_number(tx, GUILD_ID, KIND),
                    "public_id": "0123456789abcdef" * 2,
                    "state": State.SCHEDULED,
                    "organiser_id": world.organiser.id,
                    "question": "A channel for sketches?",
                    "kind": Kind.SINGLE,
                    "secrecy": Secrecy.SECRET,
                    "terms": Terms().to_json(),
                    "zone": "UTC",
                    "created_at": now,
                    "starts_at": now,
                    "closes_at": now + timedelta(hours=1),
                    "answer_user": world.organiser.id,
                    **values,
                }
            )
            tx.session.add(row)
            await tx.session.flush()
            tx.session.add_all(
                PollOption(poll_id=row.id, position=at, text=text) for at, text in enumerate(("Yes", "No"))
            )
            tx.session.add_all(PollVoter(poll_id=row.id, user_id=voter.id) for voter in voters)
            await tx.session.flush()
            posts = Posts(world.platform.deliveries, KIND)
            await posts.plan(tx, row.id, GUILD_ID, places or (Place(world.general.id, "en"),))
            if is_closed:
                row.state, row.opened_at, row.closed_at, row.counted_at = State.CLOSED, now, now, now
                row.result = _result()
                await posts.publish(tx, row.id, organiser_id=row.organiser_id, now=now)
                await owing(world).closed(tx, row, now)
            else:
                await open_poll(world.platform, tx, posts, row, now)
    await world.env.settle()
    return row.id


def owing(world: World) -> Owing:
    """Return what the bot calls when a poll is closed."""
    posts = Posts(world.platform.deliveries, KIND)
    return Owing(world.platform, posts, Saying(world.platform, posts), Boards(world.platform))


async def close(world: World, key: int) -> None:
    """Have an open poll closed and counted by time."""
    await world.advance(hours=1, seconds=10)
    assert (await poll(world, key)).state is State.CLOSED


async def later(world: World, **length: float) -> None:
    """Let a long time pass: the bot sleeps through all but its last minute, which is quicker than waking it often."""
    await world.sleep(seconds=timedelta(**length).total_seconds() - 60)
    await world.restart()
    await world.advance(minutes=1, seconds=10)


async def poll(world: World, key: int) -> Poll:
    async with world.platform.database.read() as session:
        return await session.get_one(Poll, key)


async def answer(world: World, key: int) -> PollAnswer:
    async with world.platform.database.read() as session:
        return await session.get_one(PollAnswer, key)


async def proposals(world: World) -> list[PollProposal]:
    async with world.platform.database.read() as session:
        return list((await session.scalars(select(PollProposal).order_by(PollProposal.id))).all())


async def deliveries(world: World, kind: str) -> list[Delivery]:
    async with world.platform.database.read() as session:
        query = select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)
        return list((await session.scalars(query)).all())


async def snapshot(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything a refusal must leave as it is."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    async with world.platform.database.read() as session:
        for name in _TABLES:
            table = Base.metadata.tables[name]
            rows = await session.execute(select(table).order_by(*table.primary_key.columns))
            found[name] = [tuple(row) for row in rows]
    return found


async def respond(
    world: World,
    actor: simcord.MemberActor,
    status: str,
    text: str = "We will do it.",
    due: str | None = "3 weeks",
    number: int = 1,
) -> simcord.InteractionResult:
    """Answer a poll with the command."""
    values: dict[str, Any] = {"poll": str(number), "status": status, "text": text}
    if due is not None and status != "declined":
        values["due"] = due
    result = await actor.slash(world.general, "poll respond", **values)
    await world.env.settle()
    return result


async def done(world: World, actor: simcord.MemberActor, text: str = "It is there.", number: int = 1) -> str:
    result = await actor.slash(world.general, "poll done", poll=str(number), text=text)
    await world.env.settle()
    return say(result)


def public(world: World, channel: simcord.ChannelHandle | None = None) -> list[discord.Message]:
    """Return what everyone sees in a channel, oldest first."""
    return [message for message in (channel or world.general).history() if not message.flags.ephemeral]


def post(world: World) -> discord.Message:
    """Return the first post in *general*."""
    return public(world)[0]


def texts(world: World, word: str, channel: simcord.ChannelHandle | None = None) -> list[str]:
    """Return the public messages after the first, which is the post, that say something."""
    return [said for message in public(world, channel)[1:] if word in (said := say(message))]


def message_with(world: World, word: str, channel: simcord.ChannelHandle | None = None) -> discord.Message:
    """Return the one public message after the first, which is the post, that says something."""
    (found,) = [message for message in public(world, channel)[1:] if word in say(message)]
    return found


async def configure(world: World, **places: int) -> None:
    """Set channels and roles by their purposes, as a moderator does; names with underscores for hyphens."""
    for purpose, value in places.items():
        name = purpose.replace("_", "-")
        if name in ("organiser", "staff"):
            async with world.platform.database.write() as tx:
                row = await row_for_update(tx.session, GUILD_ID)
                row.places = {**row.places, name: value}
            continue
        channel = next(each for each in world.guild.channels.values() if each.id == value)
        result = await world.moderator.slash(world.general, "config channel", purpose=name, channel=channel)
        assert result.acknowledged
    await world.env.settle()


async def take_directly(world: World, *actors: simcord.MemberActor) -> None:
    async with world.platform.database.write() as tx:
        for actor in actors:
            await world.platform.preferences.save(tx, actor.id, Preference(direct=True))


def directs(actor: simcord.MemberActor) -> list[str]:
    """Return what someone got directly, oldest first."""
    return [say(message) for message in actor.user.dm_channel.history()]


async def propose(
    world: World,
    actor: simcord.MemberActor,
    question: str = "A night market?",
    options: str = "Yes\nNo",
    why: str = "Many asked.",
) -> str:
    """Propose a poll with the form."""
    result = await actor.slash(world.general, "poll propose")
    if result.modal is None:
        return say(result)
    sent = await actor.submit_modal(result, {"question": question, "options": options, "why": why})
    await world.env.settle()
    return say(sent)


async def forget(world: World, actor: simcord.MemberActor) -> None:
    """Have someone forgotten, as with ``/privacy forget``."""
    first = await actor.slash(world.general, "privacy forget")
    await press(actor, first, "privacy.erase")
    await world.env.settle()
