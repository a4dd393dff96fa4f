"""An address of this machine that is listened on: opened and left without anything of the bot waiting for visitors."""

import asyncio
from contextvars import Context
from typing import Final

from aiohttp import web

from bot.environment import Listen
from bot.refusal import Refusal

SHUTDOWN_SECONDS: Final = 5.0


class Listening:
    """Serves an application while it is open; *variable* is the setting that names the address."""

    def __init__(self, app: web.Application, listen: Listen | None, variable: str) -> None:
        self._app = app
        self._listen = listen
        self._variable = variable
        self._runner: web.AppRunner | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether an address is configured."""
        return self._listen is not None

    @property
    def address(self) -> Listen:
        """Where visitors are answered now."""
        if self._runner is None:
            raise RuntimeError(f"nothing listens on {self._variable}")
        host, port = self._runner.addresses[0][:2]
        return Listen(str(host), int(port))

    async def open(self) -> None:
        """Begin to listen, where that is configured; raises Refusal when the address cannot be used."""
        if self._listen is None or self._runner is not None:
            return
        self._runner = web.AppRunner(
            self._app, access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS
        )
        try:
            # A connection waits for its next request as long as the other side likes, so it belongs to nobody.
            await Context().run(asyncio.create_task, self._serve(self._runner, self._listen))
        except OSError as error:
            await self.close()
            reason = error.strerror or type(error).__name__
            raise Refusal(f"{self._variable}={self._listen} cannot be listened on: {reason}.") from None

    async def _serve(self, runner: web.AppRunner, listen: Listen) -> None:
        await runner.setup()
        await web.TCPSite(runner, listen.host, listen.port).start()

    async def close(self) -> None:
        """Take no more requests, finish those that are being answered, and let go of the address."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await Context().run(asyncio.create_task, runner.cleanup())
