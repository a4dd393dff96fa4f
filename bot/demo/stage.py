"""The stage: the real bot on a database of its own, in a simulated Discord whose time moves only when told."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import simcord

from bot import clock
from bot.app import create_bot
from bot.client import Ikuzo
from bot.demo.beacon import DemoBeacon, TestChain
from bot.demo.community import Community, found
from bot.demo.seams import inside, take_time_in_hand
from bot.migrate import upgrade
from bot.settings import Settings

# How long the bot may take over one thing before something is wrong; a slow machine takes some seconds for a draw.
PATIENCE: Final = 60.0


@dataclass
class Stage:
    """A running bot in a community; ``chain_file`` is what ``ikuzo verify --chain`` needs to check its draws.

    ``errors`` collects what the bot logs as an error: a demo in which nothing goes wrong leaves it empty.
    """

    env: simcord.Env
    bot: Ikuzo
    settings: Settings
    beacon: DemoBeacon
    chain_file: Path
    community: Community
    errors: list[logging.LogRecord]

    @property
    def now(self) -> datetime:
        """The time on stage, aware UTC."""
        return self.env.now()

    async def advance(self, length: timedelta) -> None:
        """Let time pass; whatever falls due meanwhile happens at its time."""
        await self.env.advance_time(length.total_seconds())

    async def stop(self) -> None:
        """Stop the bot in order; Discord and time go on.

        Not by its own ``close()``, which also forgets the modules of the features: another is started in this process.
        """
        platform = self.bot.platform
        with inside(self.env):
            await platform.schedule.stop()
            await platform.dispatcher.stop()
            await platform.close()

    async def start(self) -> None:
        """Start another process of the bot, so to speak: it knows nothing but what is in the database."""
        self.bot = create_bot(self.settings, beacon=self.beacon)
        await self.env.restart_bot(self.bot)


@asynccontextmanager
async def open_stage(settings: Settings, folder: Path, begins: datetime) -> AsyncIterator[Stage]:
    """Start the bot with an empty database in *folder*; the beacon's chain file is written beside it."""
    settings = settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{folder / 'ikuzo.db'}"})
    await upgrade(settings.database_url)
    source = TestChain()
    chain_file = folder / "chain.json"
    chain_file.write_text(json.dumps(source.info_json()))
    beacon = DemoBeacon(source, clock.now)
    bot = create_bot(settings, beacon=beacon)
    # Refusals are raised in commands; they are answers, not errors. Real errors are in the log.
    env = simcord.Env(bot, shard_count=1, settle_timeout=PATIENCE, check_errors=False)
    take_time_in_hand(env)
    env.backend.bot_user.name = "Ikuzo"
    community = found(env, begins)
    with _listening() as errors:
        await env.start()
        stage = Stage(env, bot, settings, beacon, chain_file, community, errors)
        try:
            with env.time_context():
                yield stage
        finally:
            await stage.stop()
            await env.shutdown()


@contextmanager
def _listening() -> Iterator[list[logging.LogRecord]]:
    """Collect what is logged as an error."""
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    try:
        yield collector.records
    finally:
        logging.getLogger().removeHandler(collector)


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
