"""One server and one example bot for each file of tests, a guild of its own for each test.

Starting both costs seconds, and a Discord serves many servers anyway. Faults, limits and settings are
put back after each test.
"""

import sys
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest
import pytest_asyncio

from tests.wire.calls import Settings
from tests.wire.client import Wire
from tests.wire.handles import Channel, Guild, Member
from tests.wire.harness import BotProcess, WireServer

EXAMPLE_BOT = [sys.executable, "-m", "tests.wire.example_bot"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WireServer]:
    async with WireServer(tmp_path_factory.mktemp("wire") / "wire.log") as server:
        yield server
        gaps = (await server.client.state()).gaps
        assert not gaps, "\n".join(gaps)


@pytest_asyncio.fixture(loop_scope="module")
async def wire(discord_server: WireServer) -> AsyncIterator[Wire]:
    client = discord_server.client
    yield client
    await client.trouble.clear()
    await client.call("clear_limits")
    await client.call("release")
    await client.settings(**asdict(Settings()))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(discord_server: WireServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotProcess]:
    """The example bot, connected, its commands registered; a test that kills it starts it again."""
    log: Path = tmp_path_factory.mktemp("bot") / "bot.log"
    async with BotProcess(EXAMPLE_BOT, discord_server.environment, log) as process:
        await discord_server.client.commands("ping")
        await discord_server.client.connected(0)
        yield process


@pytest_asyncio.fixture(loop_scope="module")
async def guild(wire: Wire) -> Guild:
    return await wire.guild("Art")


@pytest_asyncio.fixture(loop_scope="module")
async def channel(guild: Guild) -> Channel:
    return await guild.channel("general")


@pytest_asyncio.fixture(loop_scope="module")
async def alice(guild: Guild) -> Member:
    return await guild.member("alice", locale="ja")
