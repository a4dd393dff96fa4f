"""Processes that die while they tell the log channel, or tell it together: every row is there once all the same."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from sqlalchemy import func, select

from bot.delivery import OPEN_STATES, Delivery
from bot.dispatch import Dispatcher
from tests.ledger.books import CHANNEL, MODERATOR, NOW, Book, book, entry, opened

ME = 1_400_000_000_000_000_999
# How long Discord knows a nonce: "a few minutes".
NONCE_KNOWN = timedelta(minutes=3)


@dataclass
class Clock:
    """The time, for the bot and for Discord; moved by the test."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Channel:
    """Discord's side of a channel: keeps messages, knows nonces for a while, and can cut the bot off."""

    clock: Clock
    messages: list[Any] = field(default_factory=list[Any])
    cut: str | None = None
    readable: bool = True
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def send(self, *, embeds: list[discord.Embed], nonce: str, **rest: object) -> Any:
        """Store a message; *cut* ends the caller before or after that, *meanwhile* happens during the call."""
        if self.cut == "before":
            raise asyncio.CancelledError
        known = [each for each in self.messages if each.nonce == nonce and self.clock.now - each.at < NONCE_KNOWN]
        if not known:
            number = len(self.messages) + 1
            self.messages.append(
                SimpleNamespace(id=number, nonce=nonce, at=self.clock.now, embeds=embeds, author=SimpleNamespace(id=ME))
            )
        if self.cut == "after":
            raise asyncio.CancelledError
        if self.meanwhile is not None:
            await self.meanwhile()
        return known[0] if known else self.messages[-1]

    def get_partial_message(self, number: int) -> Any:
        async def edit(*, embeds: list[discord.Embed], **rest: object) -> None:
            self.messages[number - 1].embeds = embeds

        return SimpleNamespace(edit=edit)

    async def history(self, *, after: datetime, **rest: object) -> AsyncIterator[Any]:
        if not self.readable:
            refusal: Any = SimpleNamespace(status=403, reason="Forbidden")
            raise discord.Forbidden(refusal, {"code": 50001, "message": "Missing Access"})
        for message in self.messages:
            if message.at > after:
                yield message

    def shown(self) -> str:
        return "\n".join(str(message.embeds[0].description) for message in self.messages)

    def told(self) -> list[int]:
        """Return the numbers of the rows that were told, in order."""
        return [int(number) for number in re.findall(r"^`(\d+)` <t:", self.shown(), re.MULTILINE)]


def process(it: Book, channel: Channel, number: int) -> Dispatcher:
    """Return the dispatcher of a process that has just started."""
    client: Any = SimpleNamespace(
        user=SimpleNamespace(id=ME), get_partial_messageable=lambda channel_id, guild_id=None: channel
    )
    return Dispatcher(client, it.deliveries, f"process {number}")


async def idle() -> None:
    """Wait until nothing is being sent."""
    while working := [
        task for task in asyncio.all_tasks() if task.get_name() == "dispatcher" or task.get_name().startswith("lane ")
    ]:
        await asyncio.wait(working)


async def drain(it: Book, dispatcher: Dispatcher, clock: Clock) -> None:
    """Let time pass until nothing is left to be sent."""
    open_rows = select(func.count()).select_from(Delivery).where(Delivery.state.in_(OPEN_STATES))
    await idle()
    while True:
        async with it.database.read() as session:
            if not (await session.execute(open_rows)).scalar_one():
                return
        clock.now += timedelta(seconds=5)
        dispatcher.wake()
        await idle()


@pytest.mark.parametrize("cut", ["before", "after"])
@pytest.mark.parametrize("away", [timedelta(seconds=5), timedelta(hours=1)], ids=["soon back", "back an hour later"])
async def test_rows_are_told_once_whenever_the_process_dies(
    database_url: str, monkeypatch: pytest.MonkeyPatch, cut: str, away: timedelta
) -> None:
    clock = Clock()
    monkeypatch.setattr(discord.utils, "utcnow", clock)
    channel = Channel(clock)
    numbers = count(1)
    async with opened(database_url) as it:
        await it.set_log_channel(CHANNEL)
        for _ in range(3):
            # Each time some rows are told, the process dies over others, and more come while it is away.
            await it.append(entry(), entry(), now=clock.now)
            channel.cut = cut
            dying = process(it, channel, next(numbers))
            await dying.start()
            await idle()
            await dying.stop()
            await it.append(entry(), entry(), now=clock.now)
            channel.cut = None
            clock.now += away
            alive = process(it, channel, next(numbers))
            await alive.start()
            await drain(it, alive, clock)
            await alive.stop()
            clock.now += timedelta(minutes=1)
    assert channel.told() == list(range(1, 13))


async def test_the_log_goes_on_past_a_message_of_unknown_fate(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(discord.utils, "utcnow", clock)
    channel = Channel(clock, cut="after")
    async with opened(database_url) as it:
        await it.set_log_channel(CHANNEL)
        await it.append(entry(), entry())
        dying = process(it, channel, 1)
        await dying.start()
        await idle()
        await dying.stop()
        channel.cut, channel.readable = None, False
        clock.now += timedelta(hours=1)
        await it.append(entry(), now=clock.now)
        alive = process(it, channel, 2)
        await alive.start()
        await drain(it, alive, clock)
        assert channel.told() == [1, 2, 3]
        channel.readable = True
        assert await it.deliveries.retry(now=clock.now) == 1
        await drain(it, alive, clock)
        await alive.stop()
    assert channel.told() == [1, 2, 3]


async def test_who_is_forgotten_while_a_message_is_sent_is_taken_out_of_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(discord.utils, "utcnow", clock)
    channel = Channel(clock)
    async with opened(database_url) as it:
        await it.set_log_channel(CHANNEL)
        await it.append(entry())
        channel.meanwhile = lambda: it.forget(MODERATOR)
        dispatcher = process(it, channel, 1)
        await dispatcher.start()
        await drain(it, dispatcher, clock)
        await dispatcher.stop()
    assert channel.told() == [1]
    assert str(MODERATOR) not in channel.shown()


async def test_two_processes_tell_each_row_once(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(discord.utils, "utcnow", clock)
    channel = Channel(clock)
    async with opened(postgres_url) as one:
        two = book(postgres_url)
        try:
            await one.set_log_channel(CHANNEL)
            dispatchers = [process(each, channel, number) for number, each in enumerate((one, two))]
            for dispatcher in dispatchers:
                await dispatcher.start()
            for _ in range(5):
                both = [each.append(entry(), now=clock.now) for each in (one, two) for _ in range(10)]
                await asyncio.gather(*both)
                clock.now += timedelta(seconds=5)
            await drain(one, dispatchers[0], clock)
            for dispatcher in dispatchers:
                await dispatcher.stop()
        finally:
            await two.database.close()
    assert channel.told() == list(range(1, 101))
    assert len(channel.messages) <= 20
