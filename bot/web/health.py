"""``/healthz``: whether the bot can work, for whoever watches over the process."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from aiohttp import web
from sqlalchemy import text

from bot.database import Database
from bot.web.answers import answer_json

PATIENCE_SECONDS: Final = 2.0

log = logging.getLogger(__name__)


class Health:
    """The database can be read, and the gateway is connected."""

    def __init__(self, database: Database, gateway_ready: Callable[[], bool]) -> None:
        self._database = database
        self._gateway_ready = gateway_ready

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer 200 when both hold, else 503; the body says which."""
        database, gateway = await self._database_reachable(), self._gateway_ready()
        status = 200 if database and gateway else 503
        body = {"status": "ok" if status == 200 else "unavailable", "database": database, "gateway": gateway}
        return answer_json(body, status=status)

    async def _database_reachable(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._database.read() as session:
                await session.execute(text("SELECT 1"))
        except Exception as error:  # drivers raise what they like; the answer is the same
            log.warning("the database cannot be read: %s", type(error).__name__)
            return False
        return True
