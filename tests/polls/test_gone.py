"""Whoever ran polls is gone, or polls are, or the server: what becomes of a poll in each of its states."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

from bot import clock
from bot.numbers import next_number
from bot.posts import Place, Posts
from bot.schedule import Due
from cogs.polls.service.changing import OPEN
from cogs.polls.service.opening import CLOSE
from cogs.polls.tables import KIND, AnswerState, Poll, PollOption, ProposalState, State
from cogs.polls.wiring import build
from tests.harness import GUILD_ID, World, press, say
from tests.polls.heard.stage import (
    answer,
    closed,
    done,
    forget,
    later,
    open_one,
    poll,
    polls_bot,
    proposals,
    propose,
    public,
    respond,
)

# In the order of their numbers.
STATES = ("awaiting", "declined", "promised", "kept", "open", "scheduled", "counting")


async def every_state(world: World) -> Mapping[str, int]:
    """Have the organiser run, and owe the answer of, a poll in each state, and a draft; returns their keys.

    The bot sleeps, so that what is to be counted is not.
    """
    keys = {name: await closed(world, question=f"The {name} one?") for name in STATES[:4]}
    await respond(world, world.organiser, "declined", "No room.", number=2)
    for number in (3, 4):
        await respond(world, world.organiser, "accepted", number=number)
    await done(world, world.organiser, number=4)
    week = world.env.now() + timedelta(days=7)
    keys["open"] = await open_one(world, question="The open one?", closes_at=week)
    keys["scheduled"] = await scheduled(world)
    keys["counting"] = await open_one(world, question="The counting one?")
    await world.organiser.slash(world.general, "poll create", question="A draft?")
    await propose(world, world.member)
    await press(world.organiser, public(world)[-1], "poll.approve")
    await world.advance(minutes=1)
    await world.sleep(hours=1)
    with world.inside():
        closing = build(world.platform).closing
        await closing.close(Due(CLOSE, keys["counting"], GUILD_ID, clock.now(), 1))
    assert (await poll(world, keys["counting"])).state is State.COUNTING
    return keys


async def scheduled(world: World) -> int:
    with world.inside():
        now = clock.now()
        async with world.platform.database.write() as tx:
            row = Poll(
                guild_id=GUILD_ID,
                number=await next_number(tx, GUILD_ID, KIND),
                public_id="6" * 32,
                state=State.SCHEDULED,
                organiser_id=world.organiser.id,
                answer_user=world.organiser.id,
                question="The scheduled one?",
                terms={},
                zone="UTC",
                created_at=now,
                starts_at=now + timedelta(days=1),
                closes_at=now + timedelta(days=2),
            )
            tx.session.add(row)
            await tx.session.flush()
            tx.session.add_all(PollOption(poll_id=row.id, position=at, text=each) for at, each in enumerate("AB"))
            await Posts(world.platform.deliveries, KIND).plan(tx, row.id, GUILD_ID, [Place(world.general.id, "en")])
            await world.platform.schedule.put(tx, OPEN, row.id, row.starts_at, guild_id=GUILD_ID)
    return row.id


async def holding(world: World, wanted: int) -> list[str]:
    """Return the tables that hold a number anywhere, or the digits of it."""
    found: list[str] = []
    async with world.platform.database.read() as session:
        connection = await session.connection()
        for name in await connection.run_sync(lambda sync: inspect(sync).get_table_names()):
            rows = (await connection.execute(text(f'SELECT * FROM "{name}"'))).all()  # noqa: S608
            found += [name] if any(str(wanted) in str(value) for row in rows for value in row) else []
    return found


async def states(world: World, keys: Mapping[str, int]) -> dict[str, Any]:
    return {name: (await poll(world, key)).state for name, key in keys.items()}


async def test_who_runs_and_owes_all_of_it_is_forgotten(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        keys = await every_state(world)
        me = world.organiser
        await world.restart()
        await forget(world, me)
        await world.advance(minutes=1)
        assert await holding(world, me.id) == []
        assert all(str(me.id) not in say(message) for message in public(world))
        await later(world, days=8)
        # The one that was to open meanwhile has its whole time.
        await later(world, days=1)
        assert set((await states(world, keys)).values()) == {State.CLOSED}
        answers = {name: await answer(world, key) for name, key in keys.items()}
        assert {name: (each.state, each.owner_user) for name, each in answers.items()} == {
            "awaiting": (AnswerState.AWAITING, None),
            "declined": (AnswerState.DECLINED, None),
            "promised": (AnswerState.PROMISED, None),
            "kept": (AnswerState.DONE, None),
            "open": (AnswerState.AWAITING, None),
            "scheduled": (AnswerState.AWAITING, None),
            "counting": (AnswerState.AWAITING, None),
        }
        for number in (1, 5, 6, 7):
            assert "is answered" in say(await respond(world, world.moderator, "declined", "No.", number=number))
        assert [row.state for row in await proposals(world)] == [ProposalState.WAITING]


async def test_polls_are_turned_off_and_on(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        keys = await every_state(world)
        off = await world.moderator.slash(world.general, "config feature", name="polls", enabled=False)
        listed = say(off)
        assert {name for name in keys if f"The {name} one?" in listed} == {
            "awaiting",
            "promised",
            "open",
            "scheduled",
            "counting",
        }
        said = say(await press(world.moderator, off, "cfg.off:polls:cancel"))
        assert "Poll #7 has closed and is being counted" in said
        await world.restart()
        await world.advance(minutes=1)
        expected = dict.fromkeys(keys, State.CLOSED) | {"scheduled": State.CANCELLED}
        assert await states(world, keys) == expected
        await later(world, days=4)
        assert await states(world, keys) == expected
        assert "The scheduled one?" not in "\n".join(say(message) for message in public(world))
        # What is owed stays owed: reminders come, and the draft waits.
        assert any("A reminder for" in say(message) for message in public(world))
        await world.moderator.slash(world.general, "config feature", name="polls", enabled=True)
        assert "A draft?" in say(await world.organiser.slash(world.general, "my show"))


async def test_a_server_that_removed_the_bot_is_erased_with_its_boxes(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await every_state(world)
        await world.restart()
        world.env.backend.remove_guild(GUILD_ID)
        await world.env.settle()
        await later(world, days=31)
        await world.advance(hours=1)
        async with world.platform.database.read() as session:
            connection = await session.connection()
            names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert [name for name in names if name.startswith(("poll_box_", "poll_secret_"))] == []
        assert await holding(world, GUILD_ID) == []
        assert await holding(world, world.organiser.id) == []
