"""A client of the bot's web pages, over a real connection."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.environment import Listen
from bot.web import Web

LOOPBACK = Listen("127.0.0.1", 0)


@dataclass(frozen=True)
class Got:
    """An answer, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Browser:
    """Asks the running server; connections stay open between requests, as a browser's do."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, path: str, **headers: str) -> Got:
        return await self.request("GET", path, headers=headers)

    async def request(self, method: str, path: str, **options: Any) -> Got:
        async with self._session.request(method, path, allow_redirects=False, **options) as response:
            return Got(response.status, response.headers, await response.read())


@asynccontextmanager
async def browsing(web: Web) -> AsyncIterator[Browser]:
    """Open a browser on a server that is running."""
    base = f"http://{web.address}"
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(base, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Browser(session)
