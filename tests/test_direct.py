"""Direct messages: to members who want them, for as long as they do and Discord lets them through."""

from pathlib import Path

import discord
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.delivery import Delivery, DeliveryState, Kind, Parcel, Target
from bot.direct import put_direct
from bot.preferences import Preference, preference_of
from bot.ui.outgoing import Outgoing
from tests.harness import GUILD_ID, World, running_bot, say

KIND = "test.direct"


async def load(session: AsyncSession, delivery: Delivery) -> int:
    return delivery.subject


def render(subject: int, language: str) -> Outgoing:
    return Outgoing(embeds=(discord.Embed(description=f"{language} {subject}"),))


async def prefer(world: World, preference: Preference) -> None:
    async with world.platform.database.write() as tx:
        await world.platform.preferences.save(tx, world.member.id, preference)


async def put(world: World, subject: int) -> bool:
    parcel = Parcel(KIND, subject, GUILD_ID, Target.DIRECT, "ko", user_id=world.member.id)
    with world.inside():
        async with world.platform.database.write() as tx:
            return await put_direct(world.platform.deliveries, tx, parcel, clock.now())


async def states(world: World) -> list[DeliveryState]:
    async with world.platform.database.read() as session:
        return list((await session.scalars(select(Delivery.state).order_by(Delivery.subject))).all())


def received(world: World) -> list[str]:
    return [say(message) for message in world.member.user.dm_channel.history()]


async def test_only_to_members_who_turned_them_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        world.platform.deliveries.register(KIND, Kind(load, render))
        assert not await put(world, 1)
        await prefer(world, Preference(language="ja"))
        assert not await put(world, 2)
        await prefer(world, Preference(direct=True))
        assert await put(world, 3)
        await world.advance(seconds=5)
        assert received(world) == ["ko 3"]
        await prefer(world, Preference(language="ja", direct=True))
        assert await put(world, 4)
        await world.advance(seconds=5)
        assert received(world) == ["ko 3", "ja 4"]
        assert await states(world) == [DeliveryState.SENT] * 2


async def test_turned_off_before_its_turn_comes(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        await prefer(world, Preference(direct=True))
        # Nobody knows the kind yet, so it waits.
        assert await put(world, 1)
        await prefer(world, Preference(direct=False, language="ja"))
        world.platform.deliveries.register(KIND, Kind(load, render))
        with world.inside():
            world.platform.dispatcher.wake()
        await world.advance(seconds=5)
        assert received(world) == []
        assert await states(world) == [DeliveryState.DROPPED]


async def test_discords_refusal_turns_them_off(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        world.platform.deliveries.register(KIND, Kind(load, render))
        await prefer(world, Preference(direct=True, zone="Asia/Seoul"))
        dm = world.member.user.dm_channel
        world.env.inject_error("POST", f"/channels/{dm.id}/messages", status=403, code=50007)
        assert await put(world, 1)
        await world.advance(seconds=5)
        assert await states(world) == [DeliveryState.FAILED]
        assert not await put(world, 2)
        async with world.platform.database.read() as session:
            assert await preference_of(session, world.member.id) == Preference(zone="Asia/Seoul")


async def test_another_refusal_leaves_them_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        world.platform.deliveries.register(KIND, Kind(load, render))
        await prefer(world, Preference(direct=True))
        dm = world.member.user.dm_channel
        world.env.inject_error("POST", f"/channels/{dm.id}/messages", status=403, code=50001)
        assert await put(world, 1)
        await world.advance(seconds=5)
        assert await put(world, 2)


async def test_anything_else_is_a_mistake_of_ours(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        parcel = Parcel(KIND, 1, GUILD_ID, Target.MESSAGE, "en", channel_id=world.general.id)
        async with world.platform.database.write() as tx:
            with pytest.raises(ValueError, match="no direct message"):
                await put_direct(world.platform.deliveries, tx, parcel, clock.now())
