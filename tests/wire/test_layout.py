"""How the server is put together."""

import re
from pathlib import Path

import pytest

from tests.wire.client import Wire
from tests.wire.conftest import EXAMPLE_BOT
from tests.wire.harness import BotProcess, WireServer, discord_server, wire

__all__ = ["discord_server", "wire"]  # the harness's own fixtures, as tests elsewhere use them


def test_only_the_world_knows_simcord() -> None:
    """An upgrade of simcord is read in one package."""
    pattern = re.compile(r"^\s*(from|import) simcord", re.MULTILINE)
    folder = Path(__file__).parent
    knowing = {file.relative_to(folder).parts[0] for file in folder.rglob("*.py") if pattern.search(file.read_text())}
    assert knowing == {"world"}


async def test_the_fixtures_of_the_harness_serve_a_bot(discord_server: WireServer, wire: Wire, tmp_path: Path) -> None:
    async with BotProcess(EXAMPLE_BOT, discord_server.environment, tmp_path / "bot.log") as bot:
        await wire.connected(0)
        assert await bot.stop() != 0  # this one has no handler for SIGTERM
        await wire.gone()


async def test_a_bot_with_a_wrong_token_ends(discord_server: WireServer, tmp_path: Path) -> None:
    environment = {**discord_server.environment, "DISCORD_TOKEN": "wrong"}
    async with BotProcess(EXAMPLE_BOT, environment, tmp_path / "bot.log") as bot:
        assert await bot.wait() == 1
        assert "Improper token" in bot.log.read_text()


async def test_an_unknown_trouble_is_refused(wire: Wire) -> None:
    with pytest.raises(RuntimeError, match="earthquake"):
        await wire.trouble.gateway("earthquake")
