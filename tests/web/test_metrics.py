"""Figures for Prometheus, read as it reads them, from a bot that works and from one whose database is away."""

from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot.database import Database
from bot.environment import Listen
from bot.refusal import Refusal
from bot.web.metrics import Metrics
from tests.giveaways.organising.desk import post
from tests.harness import press, running_bot, say
from tests.web.client import LOOPBACK


async def read(listen: Listen, path: str = "/metrics") -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{listen}{path}") as response:
        return response.status, await response.text()


async def figures(listen: Listen) -> dict[str, float]:
    """Return the figures by name and labels, as ``name{label=value}``."""
    status, body = await read(listen)
    assert status == 200
    return {
        sample.name + "".join(f"{{{name}={value}}}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


async def test_what_happens_is_counted_and_nobody_is_named(tmp_path: Path) -> None:
    async with running_bot(tmp_path, metrics_listen=LOOPBACK) as world:
        address = world.platform.metrics.address
        before = await figures(address)
        assert (before["ikuzo_gateway_connected"], before["ikuzo_servers"]) == (1, 1)
        await post(world, ends="1h")
        shown = world.general.history()[0]
        assert "You are in" in say(await press(world.member, shown, "gw.enter"))
        assert (await figures(address))["ikuzo_deadlines"] >= 1
        await world.advance(hours=1, minutes=1)
        after = await figures(address)

        def more(name: str) -> float:
            return after[name] - before.get(name, 0)

        assert more("ikuzo_answer_seconds_count{kind=application_command}") >= 1
        assert more("ikuzo_answer_seconds_count{kind=component}") == 1
        assert more("ikuzo_writer_rows_total") == more("ikuzo_writer_commit_seconds_count") == 1
        assert more("ikuzo_delivery_outcomes_total{state=sent}") >= 2
        assert more("ikuzo_deadline_lateness_seconds_count") >= 1
        assert after["ikuzo_deliveries{state=unknown}"] == 0
        assert after["process_resident_memory_bytes"] > 0
        _, body = await read(address)
        for secret in (str(world.guild.id), str(world.member.id), "Studio", world.member.name, "print"):
            assert secret not in body
        assert (await read(address, "/"))[0] == 404


async def test_an_error_nobody_foresaw_is_counted(tmp_path: Path) -> None:
    name = "ikuzo_unforeseen_errors_total"
    async with running_bot(tmp_path, metrics_listen=LOOPBACK) as world:
        before = (await figures(world.platform.metrics.address))[name]
        async with world.platform.database.write() as tx:
            await tx.session.execute(text("ALTER TABLE giveaways RENAME TO elsewhere"))
        assert "reference" in say(await world.member.slash(world.general, "giveaway list"))
        assert (await figures(world.platform.metrics.address))[name] == before + 1
        world.errors.clear()


async def test_without_the_database_no_figures_are_told(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'missing' / 'none.db'}")
    metrics = Metrics(LOOPBACK, database, lambda: True, lambda: 0)
    await metrics.start()
    assert await read(metrics.address) == (503, "")
    await metrics.stop()
    await database.close()


async def test_an_address_in_use_stops_the_start_with_a_sentence(database_url: str) -> None:
    database = Database(database_url)
    first = Metrics(LOOPBACK, database, lambda: True, lambda: 0)
    await first.start()
    second = Metrics(first.address, database, lambda: True, lambda: 0)
    with pytest.raises(Refusal, match=r"METRICS_LISTEN=127\.0\.0\.1:\d+ cannot be listened on"):
        await second.start()
    await first.stop()
    await database.close()


async def test_nothing_listens_unless_told_to(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        with pytest.raises(RuntimeError, match="METRICS_LISTEN"):
            world.platform.metrics.address  # noqa: B018 (reading it is what is tried)
