"""A bot without a library: single requests and gateway payloads, for what discord.py never does."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from tests.wire.harness import WireServer
from tests.wire.models import Json

GUILDS_AND_MESSAGES = 1 << 0 | 1 << 9


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    headers: dict[str, str]
    body: Any


class RawSocket:
    """A gateway connection; `inflate` reads a zlib stream."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, inflate: bool) -> None:
        self.socket = socket
        self._inflate = zlib.decompressobj() if inflate else None

    async def send(self, op: int, data: Any) -> None:
        await self.socket.send_str(orjson.dumps({"op": op, "d": data}).decode())

    async def receive(self) -> Json:
        """The next payload; RuntimeError with the code when the server closed instead."""
        async with asyncio.timeout(5):
            message = await self.socket.receive()
        if message.type is aiohttp.WSMsgType.BINARY and self._inflate is not None:
            return orjson.loads(self._inflate.decompress(message.data))
        if message.type is aiohttp.WSMsgType.TEXT:
            return orjson.loads(message.data)
        raise RuntimeError(f"closed {self.socket.close_code}")

    async def event(self, name: str) -> Json:
        """The data of the next event of this name, whatever comes before it."""
        while True:
            payload = await self.receive()
            if payload["t"] == name:
                return payload["d"]

    async def close_code(self) -> int | None:
        """The code with which the server hangs up."""
        try:
            while True:
                await self.receive()
        except RuntimeError:
            return self.socket.close_code


class RawBot:
    """Requests with the right token unless told otherwise."""

    def __init__(self, server: WireServer, session: aiohttp.ClientSession) -> None:
        self._server = server
        self._session = session

    async def request(self, method: str, path: str, body: Any = None, *, token: str | None = None, **how: Any) -> Got:
        """One request; `body` is sent as JSON, bytes and forms as they are."""
        headers = {"Authorization": f"Bot {token or self._server.token}"}
        if body is not None and not isinstance(body, bytes | aiohttp.FormData):
            body = orjson.dumps(body)
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/json"
        url = self._server.api_url + path
        async with self._session.request(method, url, data=body, headers=headers, **how) as response:
            raw = await response.read()
        return Got(response.status, dict(response.headers), orjson.loads(raw) if raw else None)

    async def get(self, path: str, **query: Any) -> Got:
        return await self.request("GET", path, params=query)

    async def post(self, path: str, body: Any) -> Got:
        return await self.request("POST", path, body)

    async def upload(self, path: str, body: Json, *files: tuple[str, bytes]) -> Got:
        """A multipart request as discord.py forms it."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", orjson.dumps(body).decode())
        for number, (name, data) in enumerate(files):
            form.add_field(f"files[{number}]", data, filename=name, content_type="application/octet-stream")
        return await self.request("POST", path, form)

    @asynccontextmanager
    async def connect(self, compress: str | None = None) -> AsyncIterator[RawSocket]:
        """A gateway connection after HELLO."""
        where = (await self.get("/gateway/bot")).body["url"]
        query = {"v": "10", "encoding": "json"} | ({} if compress is None else {"compress": compress})
        async with self._session.ws_connect(where, params=query) as socket:
            raw = RawSocket(socket, compress == "zlib-stream")
            hello = await raw.receive()
            assert hello["op"] == 10
            yield raw

    @asynccontextmanager
    async def identified(self, **changes: Any) -> AsyncIterator[tuple[RawSocket, Json]]:
        """A connection that has identified, and its READY."""
        async with self.connect() as socket:
            await socket.send(2, self.identity(**changes))
            yield socket, await socket.event("READY")

    def identity(self, **changes: Any) -> Json:
        return {"token": self._server.token, "intents": GUILDS_AND_MESSAGES, "properties": {}, **changes}
