"""``/healthz`` of the running bot, and that serving pages leaves the bot able to settle."""

import json
from pathlib import Path

from bot.database import Database
from bot.web import Web
from bot.web.health import Health
from tests.harness import running_bot
from tests.web.client import LOOPBACK, browsing


async def test_a_bot_that_works_says_so_and_nothing_else(tmp_path: Path) -> None:
    async with running_bot(tmp_path, web_listen=LOOPBACK) as world, browsing(world.platform.web) as browser:
        got = await browser.get("/healthz")
        assert (got.status, json.loads(got.body)) == (200, {"status": "ok", "database": True, "gateway": True})
        # The connection is still open; nothing waits for it.
        await world.env.settle()
        await world.advance(minutes=5)
        assert (await browser.get("/healthz")).status == 200


async def test_what_does_not_work_shows(tmp_path: Path, database_url: str) -> None:
    async def asked(database: Database, *, ready: bool) -> tuple[int, object]:
        web = Web(LOOPBACK, None)
        web.get("/healthz", Health(database, lambda: ready).answer)
        await web.start()
        async with browsing(web) as browser:
            got = await browser.get("/healthz")
        await web.stop()
        assert str(tmp_path) not in got.text
        return got.status, json.loads(got.body)

    there, missing = Database(database_url), Database(f"sqlite+aiosqlite:///{tmp_path / 'missing' / 'none.db'}")
    assert await asked(there, ready=False) == (503, {"status": "unavailable", "database": True, "gateway": False})
    assert await asked(missing, ready=True) == (503, {"status": "unavailable", "database": False, "gateway": True})
    await there.close()
    await missing.close()


async def test_a_bot_started_again_serves_again(tmp_path: Path) -> None:
    async with running_bot(tmp_path, web_listen=LOOPBACK) as world:
        async with browsing(world.platform.web) as browser:
            assert (await browser.get("/healthz")).status == 200
        with world.inside():
            await world.platform.web.stop()
        await world.restart()
        async with browsing(world.platform.web) as browser:
            assert (await browser.get("/healthz")).status == 200


async def test_a_bot_without_web_listens_nowhere(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        assert not world.platform.web.listens
