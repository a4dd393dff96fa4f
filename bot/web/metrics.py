"""``METRICS_LISTEN``: figures for Prometheus, on an address of their own that is not for the public."""

import asyncio
import logging
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy import func, select

from bot import clock
from bot.database import Database
from bot.delivery import Delivery, DeliveryState
from bot.environment import Listen
from bot.figures import REGISTRY
from bot.schedule import Deadline
from bot.web.listening import Listening

PATIENCE_SECONDS: Final = 10.0

# Of these there are never many; what was sent is history, and not counted each time.
_STATES: Final = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.FAILED)

log = logging.getLogger(__name__)

CONNECTED: Final = Gauge(
    "ikuzo_gateway_connected", "Whether every shard of this process is connected.", registry=REGISTRY
)
SERVERS: Final = Gauge("ikuzo_servers", "Servers on this process's shards.", registry=REGISTRY)
DELIVERIES: Final = Gauge(
    "ikuzo_deliveries", "Deliveries in the database that are not done, of all processes.", ["state"], registry=REGISTRY
)
DEADLINES: Final = Gauge("ikuzo_deadlines", "Deadlines in the database, of all processes.", registry=REGISTRY)
OVERDUE: Final = Gauge("ikuzo_deadlines_overdue", "Deadlines whose time has come and gone.", registry=REGISTRY)


class Metrics:
    """Answers ``GET /metrics``, where an address for it is configured."""

    def __init__(
        self, listen: Listen | None, database: Database, connected: Callable[[], bool], servers: Callable[[], int]
    ) -> None:
        self._database = database
        self._connected = connected
        self._servers = servers
        self._context: Context | None = None
        app = web.Application(client_max_size=1024)
        app.router.add_get("/metrics", self._serve)
        self._listening = Listening(app, listen, "METRICS_LISTEN")

    @property
    def address(self) -> Listen:
        """Where the figures are read now."""
        return self._listening.address

    async def start(self) -> None:
        """Begin to listen, where that is configured; raises Refusal when the address cannot be used."""
        self._context = copy_context()
        await self._listening.open()

    async def stop(self) -> None:
        """Let go of the address."""
        await self._listening.close()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        context = self._context
        if context is None:
            return web.Response(status=503)
        return await context.copy().run(asyncio.create_task, self._answer())

    async def _answer(self) -> web.StreamResponse:
        CONNECTED.set(self._connected())
        SERVERS.set(self._servers())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._count()
        except Exception as error:  # drivers raise what they like; figures that are not true are not told
            log.warning("the database cannot be read: %s", type(error).__name__)
            return web.Response(status=503)
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _count(self) -> None:
        waiting = (
            select(Delivery.state, func.count().label("number"))
            .where(Delivery.state.in_(_STATES))
            .group_by(Delivery.state)
        )
        overdue = select(func.count()).select_from(Deadline).where(Deadline.due_at <= clock.now())
        async with self._database.read() as session:
            found = {row.state: row.number for row in await session.execute(waiting)}
            DEADLINES.set(await session.scalar(select(func.count()).select_from(Deadline)) or 0)
            OVERDUE.set(await session.scalar(overdue) or 0)
        for state in _STATES:
            DELIVERIES.labels(state.value).set(found.get(state, 0))
