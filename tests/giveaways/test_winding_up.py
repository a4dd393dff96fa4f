"""Turning giveaways off: what goes on is listed, and goes on or is cancelled as the moderator chooses."""

from pathlib import Path

from cogs.giveaways.tables import State
from tests.giveaways.stage import giveaway, open_giveaway
from tests.harness import Answer, World, press, running_bot, say


async def turn_off(world: World) -> Answer:
    return await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)


async def test_listed_and_cancelled(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world, prize="A *print*")
        asked = await turn_off(world)
        assert "#1" in say(asked)
        assert "print" in say(asked)
        await press(world.moderator, asked, "cfg.off:giveaways:cancel")
        assert (await giveaway(world, key)).state is State.CANCELLED


async def test_listed_and_left_running(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world)
        asked = await turn_off(world)
        await press(world.moderator, asked, "cfg.off:giveaways:keep")
        await press(world.member, world.general.history()[0], "gw.enter")
        await world.advance(minutes=61)
        assert (await giveaway(world, key)).state is State.DRAWN
