"""``ikuzo run`` as a process: it starts from nothing, and stops in order when told to."""

import sys
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.migrate import Migrations, Standing
from tests.wire.client import Wire
from tests.wire.harness import BotProcess, WireServer, discord_server, wire

__all__ = ["discord_server", "wire"]

RUN = (sys.executable, "-m", "bot", "run")
# A shell without job control has what it starts by ``&`` ignore Ctrl-C, and signals that are ignored are inherited.
IN_BACKGROUND = ("sh", "-c", "trap '' INT; exec \"$@\"", "sh", *RUN)


async def test_the_bot_comes_up_on_an_empty_database_and_stops_when_told(
    discord_server: WireServer, wire: Wire, database_url: str, tmp_path: Path
) -> None:
    await wire.guild("Art")
    environment = {**discord_server.environment, "DATABASE_URL": database_url, "BEACON_URL": "off"}
    log = tmp_path / "bot.log"
    async with BotProcess(IN_BACKGROUND, environment, log) as bot:
        await wire.connected(timeout=60)
        assert await wire.commands("help", timeout=60)
        assert (await Migrations(database_url).position()).standing is Standing.CURRENT
        second = BotProcess(RUN, environment, tmp_path / "second.log")
        async with second:
            assert await second.wait() == 1
        assert "Another ikuzo process uses" in (tmp_path / "second.log").read_text(encoding="utf-8")
        assert await bot.stop() == 0
    written = log.read_text(encoding="utf-8")
    assert "Traceback" not in written
    assert discord_server.token not in written
    assert not Path(f"{make_url(database_url).database}-wal").exists(), "the database was not closed"


async def test_a_refused_token_ends_it_with_a_sentence(
    discord_server: WireServer, database_url: str, tmp_path: Path
) -> None:
    environment = {
        **discord_server.environment,
        "DATABASE_URL": database_url,
        "DISCORD_TOKEN": "MTIz.wrong.token-to-hide",
    }
    async with BotProcess(RUN, environment, tmp_path / "bot.log") as bot:
        assert await bot.wait() == 1
    written = (tmp_path / "bot.log").read_text(encoding="utf-8")
    assert "Discord does not accept DISCORD_TOKEN" in written
    assert "Traceback" not in written
    assert "token-to-hide" not in written


async def test_a_discord_that_does_not_answer_ends_it_with_a_sentence(database_url: str, tmp_path: Path) -> None:
    environment = {
        "DISCORD_API_URL": "http://127.0.0.1:1/api/v10",
        "DATABASE_URL": database_url,
        "DISCORD_TOKEN": "MTIz.some.token-to-hide",
    }
    async with BotProcess(RUN, environment, tmp_path / "bot.log") as bot:
        assert await bot.wait() == 1
    written = (tmp_path / "bot.log").read_text(encoding="utf-8")
    assert written.splitlines()[-1].startswith("ikuzo: Discord cannot be reached")
    assert "Traceback" not in written
    assert "token-to-hide" not in written
