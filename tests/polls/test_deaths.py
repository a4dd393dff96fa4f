"""Dying around every commit of opening, closing and counting polls: begun again, each of it has happened once."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, event, inspect, select

from bot import clock
from bot.delivery import OPEN_STATES, Delivery
from bot.people import Actor
from bot.posts import Place, Posts
from cogs.polls.service.changing import OPEN
from cogs.polls.service.voting import Voting
from cogs.polls.tables import KIND, Poll, PollAnswer, PollOption, State
from tests.harness import GUILD_ID, World, labels, say
from tests.polls.heard.stage import polls_bot
from tests.polls.stage import bundle, poll, start_poll

# Their ballots are published: there are enough of them.
VOTERS = range(900, 905)
WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|DROP TABLE)\s+\W?(polls|posts|poll_)")


class DeathError(Exception):
    """Nothing more is written."""


@dataclass
class Life:
    """How often the bot still writes of polls, whether it has just done so, and whether it has died."""

    left: int
    writes: bool = False
    died: bool = False


@contextmanager
def living(world: World, commits: int, *, told: bool) -> Iterator[Life]:
    """Let the bot write of polls so often and then nothing at all: the rest is lost, as when it is killed.

    It dies at whatever it would write next, or with *told* at the next write of polls: then Discord may have been told
    what is not written down.
    """
    life, engine = Life(commits), world.platform.database.engine.sync_engine

    def execute(_: object, __: object, statement: str, *___: object) -> None:
        life.writes |= WRITES.match(statement) is not None

    def commit(connection: Connection) -> None:
        if not life.left and (life.writes or not told):
            life.died = True
            connection.exec_driver_sql("ROLLBACK")
            raise DeathError
        life.left -= life.writes
        life.writes = False

    event.listen(engine, "before_cursor_execute", execute)
    event.listen(engine, "commit", commit)
    try:
        yield life
    finally:
        event.remove(engine, "before_cursor_execute", execute)
        event.remove(engine, "commit", commit)


async def test_whenever_it_dies_all_happens_once(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        lives = 0
        for commits, told in ((commits, told) for commits in count() for told in (False, True)):
            closing, opening = await begun(world, lives)
            with living(world, commits, told=told) as life:
                await world.advance(minutes=1, seconds=2)
            # Discord itself recognises for minutes what is sent again, the simulated one does not.
            await world.sleep(minutes=5)
            await world.restart()
            await world.advance(minutes=1)
            await closed_once(world, closing)
            await opened_once(world, opening)
            lives += 1
            if not life.died:
                break
        world.errors.clear()
        assert lives > 8


async def begun(world: World, lives: int) -> tuple[int, int]:
    """Begin a poll with votes, which closes in a minute, and another that opens then; returns their keys."""
    number = 2 * lives + 1
    owner = world.organiser.id
    closing = await start_poll(
        world, number=number, public_id=f"{number:032x}", question=f"Question {number}?", minutes=1, answer_user=owner
    )
    with world.inside():
        voting, now = Voting(world.platform), clock.now()
        async with asyncio.TaskGroup() as group:
            for voter in VOTERS:
                group.create_task(voting.cast(Actor(voter, GUILD_ID, "v", "en"), closing, 0, [voter % 2], now))
        async with world.platform.database.write() as tx:
            row = Poll(
                guild_id=GUILD_ID,
                number=number + 1,
                public_id=f"{number + 1:032x}",
                state=State.SCHEDULED,
                question=f"Question {number + 1}?",
                terms={},
                zone="UTC",
                created_at=now,
                starts_at=now + timedelta(minutes=1),
                closes_at=now + timedelta(days=1),
            )
            tx.session.add(row)
            await tx.session.flush()
            tx.session.add_all(PollOption(poll_id=row.id, position=at, text=text) for at, text in enumerate("AB"))
            posts = Posts(world.platform.deliveries, KIND)
            await posts.plan(tx, row.id, GUILD_ID, [Place(world.announcements.id, "en")])
            await world.platform.schedule.put(tx, OPEN, row.id, row.starts_at, guild_id=GUILD_ID)
    await world.env.settle()
    return closing, row.id


async def closed_once(world: World, key: int) -> None:
    row = await poll(world, key)
    assert (row.state, row.closed_at) == (State.CLOSED, row.closes_at)
    document = await bundle(world, key)
    assert (document["counts"], len(document["ballots"]), row.vote_count) == ([3, 2, 0], 5, 5)
    shown = [message for message in world.general.history() if row.question in say(message)]
    results = [each for each in shown if any(file.filename.endswith(".json") for file in each.attachments)]
    assert (len(shown), [each.id for each in results]) == (2, [row.result_message_id])
    assert "Result and file to recount" in say(shown[0])
    kinds = [entry.kind for entry in await world.ledger() if entry.subject == f"poll:{row.number}"]
    assert kinds == ["poll.closed"]
    async with world.platform.database.read() as session:
        assert await session.get_one(PollAnswer, key)
        left = select(Delivery.kind).where(Delivery.subject == key, Delivery.state.in_(OPEN_STATES))
        assert (await session.scalars(left)).all() == []
    assert not {f"poll_box_{key}", f"poll_secret_{key}"} & await tables(world)


async def opened_once(world: World, key: int) -> None:
    row = await poll(world, key)
    assert (row.state, row.opened_at is None) == (State.OPEN, False)
    (message,) = [each for each in world.announcements.history() if row.question in say(each)]
    assert labels(message) == ["Vote"]
    assert {f"poll_box_{key}", f"poll_secret_{key}"} <= await tables(world)


async def tables(world: World) -> set[str]:
    async with world.platform.database.read() as session:
        connection = await session.connection()
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))
