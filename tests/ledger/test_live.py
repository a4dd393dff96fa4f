"""The log channel of a running bot: every row once, few messages, heads once a day, erasures carried through."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import simcord
from sqlalchemy import select

from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState
from bot.guilds import Purpose, row_for_update
from bot.ledger.service import Entry
from tests.harness import GUILD_ID, World, running_bot, say
from tests.ledger.books import entry


@asynccontextmanager
async def change(world: World) -> AsyncIterator[Transaction]:
    """Open a transaction as the bot's own code does, so that what follows from it is the bot's work too."""
    with world.env._bot_scope():
        async with world.platform.database.write() as tx:
            yield tx


async def set_log(world: World, channel: simcord.ChannelHandle | None, language: str = "en") -> None:
    async with change(world) as tx:
        row = await row_for_update(tx.session, GUILD_ID)
        row.places = {} if channel is None else {Purpose.LOG.value: channel.id}
        row.language = language


async def append(world: World, *entries: Entry) -> None:
    for each in entries:
        async with change(world) as tx:
            await world.platform.ledger.append(tx, here(each), now=world.env.now())


def here(each: Entry) -> Entry:
    return Entry(GUILD_ID, each.kind, each.actor_id, each.subject, each.persons, each.texts, each.facts)


def texts(channel: simcord.ChannelHandle) -> list[str]:
    return [say(message) for message in channel.history()]


def told(channel: simcord.ChannelHandle) -> list[int]:
    """Return the numbers of the rows that stand in a channel, in order."""
    return [int(number) for text in texts(channel) for number in re.findall(r"^`(\d+)` <t:", text, re.MULTILINE)]


async def delivery_states(world: World) -> list[DeliveryState]:
    async with world.platform.database.read() as session:
        return list((await session.scalars(select(Delivery.state).where(Delivery.kind == "ledger.row"))).all())


async def test_the_log_channel_gets_rows_as_they_happen(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await append(world, entry("config.changed", subject=None))
        await set_log(world, world.log)
        await append(world, entry("giveaway.drawn", persons={"winner": world.member.id}, texts={"prize": "*A print*"}))
        await world.env.settle()
        (text,) = texts(world.log)
        assert told(world.log) == [2]
        assert "Giveaway 42 drawn" in text
        assert f"winner: <@{world.member.id}> · prize: \\*A print\\*" in text
        assert not world.log.history()[0].mentions


async def test_rows_are_told_in_the_servers_language(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await set_log(world, world.log, "ja")
        await append(world, entry("giveaway.drawn"))
        await world.env.settle()
        assert "ギブアウェイ42の抽選を実施" in texts(world.log)[0]


async def test_three_hundred_rows_are_few_messages_and_none_is_missing_or_twice(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await set_log(world, world.log)
        for _ in range(300):
            await append(world, entry("giveaway.redeemed", texts={"prize": "x" * 200}))
        await world.advance(minutes=2)
        assert told(world.log) == list(range(1, 301))
        assert len(texts(world.log)) <= 30


async def test_without_a_log_channel_nothing_is_put(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await append(world, entry())
        await world.advance(days=1)
        assert await delivery_states(world) == []
        assert texts(world.log) == []


async def test_what_a_channel_refuses_waits_for_permissions_and_comes_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await set_log(world, world.log)
        world.env.inject_error("POST", f"/channels/{world.log.id}/messages", status=403, code=50013, times=1)
        await append(world, entry())
        await world.env.settle()
        await append(world, entry(), entry())
        await world.env.settle()
        # One delivery waits, not three.
        assert await delivery_states(world) == [DeliveryState.FAILED]
        await world.advance(hours=1)
        assert told(world.log) == [1, 2, 3]


async def test_what_a_channel_refuses_goes_to_the_channel_set_next(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await set_log(world, world.log)
        world.env.inject_error("POST", f"/channels/{world.log.id}/messages", status=403, code=50013, times=None)
        await append(world, entry())
        await world.env.settle()
        await set_log(world, world.announcements)
        await append(world, entry("config.changed", subject=None))
        await world.advance(minutes=1)
        assert told(world.announcements) == [1, 2]
        assert told(world.log) == []


async def test_a_change_of_channel_before_the_message_is_sent(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await set_log(world, world.log)
        async with change(world) as tx:
            await world.platform.ledger.append(tx, here(entry()), now=world.env.now())
            row = await row_for_update(tx.session, GUILD_ID)
            row.places = {Purpose.LOG.value: world.announcements.id}
        await world.advance(minutes=1)
        assert told(world.announcements) == [1]
        assert told(world.log) == []


async def test_a_channel_that_is_taken_away_gets_nothing_more_and_a_new_one_only_what_comes(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await set_log(world, world.log)
        world.env.inject_error("POST", f"/channels/{world.log.id}/messages", status=403, code=50013, times=1)
        await append(world, entry())
        await world.env.settle()
        await set_log(world, None)
        await append(world, entry())
        await world.advance(hours=2)
        await set_log(world, world.announcements)
        await append(world, entry())
        await world.advance(minutes=1)
        assert told(world.log) == []
        assert told(world.announcements) == [3]


async def test_the_log_goes_on_after_a_refusal_that_was_given_up(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await set_log(world, world.log)
        world.env.inject_error("POST", f"/channels/{world.log.id}/messages", status=403, code=50013, times=1)
        await append(world, entry())
        await world.env.settle()
        async with change(world) as tx:
            await tx.session.delete((await tx.session.scalars(select(Delivery))).one())
        await append(world, entry())
        await world.advance(minutes=1)
        assert told(world.log) == [2]


async def test_the_head_is_posted_once_a_day_when_rows_were_added(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await set_log(world, world.log)
        await append(world, entry(), entry())
        await world.env.settle()
        await world.restart()
        await world.advance(days=1)
        head = (await world.ledger())[-1].hash
        assert "row 2" in texts(world.log)[-1]
        assert head in texts(world.log)[-1]
        await world.advance(days=1)
        assert len([text for text in texts(world.log) if head in text]) == 1
        await append(world, entry())
        await world.advance(days=1)
        assert "sealed up to row 3" in texts(world.log)[-1]


async def test_who_is_forgotten_disappears_from_the_log_channel(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await set_log(world, world.log)
        await append(
            world,
            entry("giveaway.posted", actor_id=world.organiser.id, texts={"prize": "A print"}),
            entry("giveaway.drawn", actor_id=None, persons={"winner": world.member.id}, texts={"prize": "A print"}),
        )
        await world.advance(minutes=1)
        ids = [message.id for message in world.log.history()]
        async with change(world) as tx:
            await world.platform.ledger.forget(tx, GUILD_ID, world.member.id, now=world.env.now())
        await world.advance(minutes=1)
        shown = "\n".join(texts(world.log))
        assert f"<@{world.member.id}>" not in shown
        assert "winner: (erased) · prize: A print" in shown
        assert f"<@{world.organiser.id}>" in shown
        assert [message.id for message in world.log.history()] == ids


async def test_no_personal_value_is_kept_in_a_delivery(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await set_log(world, world.log)
        await append(world, entry("giveaway.drawn", persons={"winner": world.member.id}, texts={"prize": "A print"}))
        await world.env.settle()
        async with world.platform.database.read() as session:
            params = [row.params for row in (await session.scalars(select(Delivery))).all()]
    assert params
    assert "A print" not in json.dumps(params)
    assert str(world.member.id) not in json.dumps(params)
