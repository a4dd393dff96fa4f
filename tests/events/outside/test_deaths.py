"""The bot killed before a call it had begun to make: it is made once, by the next bot."""

from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot import clock
from bot.delivery import Delivery, DeliveryState
from cogs.events.service.mirroring import NATIVE
from cogs.events.service.notices import CANCELLED, CHANGED
from cogs.events.service.reminding import IN_CHANNEL
from cogs.events.service.voices import THREAD
from tests.events.outside.stage import FEATURES, cancel, change, guild_of, natives, post, row_of, thread_of
from tests.harness import GUILD_ID, World, running_bot

HOUR = timedelta(hours=1)


async def killed_before(world: World, kind: str, path: str, act: Awaitable[object]) -> None:
    """Have the bot die in its first call of a path: what it knew of it is on disk, and nothing came of it."""
    world.env.inject_error("POST", path, status=503)
    await act
    async with world.platform.database.write() as tx:
        (row,) = (await tx.session.scalars(select(Delivery).where(Delivery.kind == kind))).all()
        assert (row.state, row.sent_message_id) == (DeliveryState.PENDING, None)
        row.state, row.owner, row.lease_until = DeliveryState.SENDING, "killed", clock.now() + timedelta(minutes=1)
    await world.restart()
    await world.env.settle()


async def test_killed_before_the_thread(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await killed_before(world, THREAD, "/channels/*/threads", post(world, hours=3, title="Walk"))
        assert [each.name for each in guild_of(world).threads] == ["Walk"]
        assert [each.name for each in natives(world)] == ["Walk"]


async def test_killed_before_the_mirror_and_what_is_said_in_the_thread(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        starting = post(world, hours=3, remind=(2 * HOUR,))
        await killed_before(world, NATIVE, f"/guilds/{GUILD_ID}/scheduled-events", starting)
        assert len(natives(world)) == 1
        (thread,) = guild_of(world).threads
        said, key = f"/channels/{thread.id}/messages", 1
        row = await row_of(world, key)
        await killed_before(world, CHANGED, said, change(world, key, starts=row.starts_at + HOUR, ends=None))
        await killed_before(world, IN_CHANNEL, said, world.advance(hours=2, seconds=1))
        await killed_before(world, CANCELLED, said, cancel(world, key))
        await world.advance(minutes=5)
        titles = [each.embeds[0]["description"].splitlines()[0] for each in await thread_of(world, key)]
        assert titles == ["**Something has changed.**", "Starts <t:1767240000:R>.", "**This does not take place.**"]
        assert natives(world) == []
