"""What the other tests stand on: the bot starts, stops, starts again, and errors are noticed."""

import logging
from pathlib import Path

import discord
import pytest

from bot.guilds import GuildRow
from bot.ports import Need
from tests.harness import GUILD_ID, forge, forge_modal, running_bot, say


async def test_the_bot_knows_the_server_after_a_start_and_after_a_restart(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("config",)) as world:
        for _ in range(2):
            assert world.platform.guilds.guild_name(GUILD_ID) == "Studio"
            assert world.platform.guilds.channel(GUILD_ID, world.general.id, [Need.SEND]).missing == frozenset()
            await world.restart()


async def test_a_component_nobody_knows_is_refused_in_the_language_of_whoever_pressed_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("config",)) as world:
        await world.speak(world.member, "ja")
        pressed = await forge(world.member, world.general, "nobody:1")
        submitted = await forge_modal(world.other, world.general, "nobody:1", {"field": "text"})
    assert pressed.ephemeral
    assert "ボタン" in say(pressed)
    assert "no longer in use" in say(submitted)


async def test_an_error_in_the_log_fails_the_test(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="something broke"):
        async with running_bot(tmp_path, features=("config",)):
            logging.getLogger("bot").error("something broke")


async def test_when_the_bot_is_removed_is_noted(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("config",)) as world:
        await world.advance(hours=1)
        world.env.backend.remove_guild(GUILD_ID)
        await world.env.settle()
        async with world.platform.database.read() as session:
            row = await session.get(GuildRow, GUILD_ID)
        assert row is not None
        assert row.left_at == world.env.now()


def test_the_bot_asks_for_no_privileged_intent() -> None:
    from bot.client import intents

    privileged = discord.Intents(members=True, presences=True, message_content=True)
    assert not intents().value & privileged.value
