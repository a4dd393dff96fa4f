"""An RPC endpoint on the loopback interface that misbehaves in every way we know of, or passes on to a real chain."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web


class Manner(StrEnum):
    """How the endpoint answers."""

    HONEST = "honest"
    HANG = "hang"
    """Takes the request and never answers."""
    STALL = "stall"
    """Begins its answer and never ends it."""
    ERROR = "error"
    BUSY = "busy"
    """429 with Retry-After."""
    GARBAGE = "garbage"
    DEEP = "deep"
    ENDLESS = "endless"
    OTHER_ID = "other-id"
    OTHER_CHAIN = "other-chain"
    REFUSE = "refuse"
    """A JSON-RPC error for every call to a contract."""
    EMPTY = "empty"
    """Successful calls that return nothing."""
    SHORT = "short"
    LONG = "long"
    """A word too few, a word too many."""
    NUMBERS = "numbers"
    """A number where text belongs."""
    ZERO = "zero"
    """Well-formed answers in which nobody has anything: a lie."""


class Node:
    """Passes requests on to *upstream*, as *manner* says; ``asked`` are the methods, in order.

    ``on_call`` is asked before each contract call is passed on, with its parameters; what it returns takes the place
    of the manner. ``lies`` are results by method, given instead of true ones. Of blocks before ``keeps_from`` it keeps
    no state. ``meanwhile`` happens once, when the next contract call is answered and the answer is on its way.
    """

    def __init__(self, upstream: str, manner: Manner = Manner.HONEST) -> None:
        self._upstream = upstream
        self.manner = manner
        self.asked: list[str] = []
        self.calls: list[dict[str, Any]] = []
        self.on_call: Callable[[dict[str, Any]], Manner | None] = lambda call: None
        self.lies: dict[str, Any] = {}
        self.keeps_from = 0
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.url = ""
        self._released = asyncio.Event()

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/{tail:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        # What looks like a key in the URL must never be seen in a log.
        self.url = f"http://127.0.0.1:{port}/v2/SECRETKEY123456"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._released.set()
        await self._session.close()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        question = await request.json()
        method = question["method"]
        self.asked.append(method)
        if method in self.lies:
            return web.json_response({"jsonrpc": "2.0", "id": question["id"], "result": self.lies[method]})
        manner = self.manner
        if method == "eth_call":
            self.calls.append(question["params"][0])
            manner = self.on_call(question["params"][0]) or manner
        match manner:
            case Manner.HANG:
                await self._released.wait()
                return web.Response()
            case Manner.STALL:
                response = web.StreamResponse()
                await response.prepare(request)
                await response.write(b'{"id": 1')
                await self._released.wait()
                return response
            case Manner.ERROR:
                return web.Response(status=500)
            case Manner.BUSY:
                return web.Response(status=429, headers={"Retry-After": "60"})
            case Manner.GARBAGE:
                return web.Response(body=b"<html>Welcome to this hotel</html>")
            case Manner.DEEP:
                return web.Response(body=b'{"id": 1, "result": ' + b"[" * 50_000 + b"]" * 50_000 + b"}")
            case Manner.ENDLESS:
                return await self._endless(request)
            case _:
                return web.json_response(await self._passed_on(question, manner))

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            try:
                await response.write(b" " * 65_536)
            except (ConnectionError, aiohttp.ClientError):
                return response

    async def _passed_on(self, question: dict[str, Any], manner: Manner) -> dict[str, Any]:
        method = question["method"]
        if method in ("eth_call", "eth_getCode") and int(question["params"][1], 16) < self.keeps_from:
            return {"jsonrpc": "2.0", "id": question["id"], "error": {"code": -32000, "message": "missing trie node"}}
        if method == "eth_call" and manner is Manner.REFUSE:
            return {"jsonrpc": "2.0", "id": question["id"], "error": {"code": -32005, "message": "limit exceeded"}}
        if method == "eth_chainId" and manner is Manner.OTHER_CHAIN:
            return {"jsonrpc": "2.0", "id": question["id"], "result": "0x1"}
        async with self._session.post(self._upstream, data=json.dumps(question), headers=_JSON) as response:
            answer: dict[str, Any] = await response.json()
        if method == "eth_call" and self.meanwhile is not None:
            what, self.meanwhile = self.meanwhile, None
            await what()
        if manner is Manner.OTHER_ID:
            answer["id"] = question["id"] + 1
        if method == "eth_call" and "result" in answer:
            answer["result"] = _twisted(answer["result"], manner)
        return answer


_JSON = {"Content-Type": "application/json"}


def _twisted(result: str, manner: Manner) -> Any:
    match manner:
        case Manner.EMPTY:
            return "0x"
        case Manner.SHORT:
            return result[:-64]
        case Manner.LONG:
            return result[:2] + "0" * 64 + result[2:]
        case Manner.NUMBERS:
            return 12
        case Manner.ZERO:
            # Keeps offsets, lengths and flags of an aggregate; balances of small collections become nothing.
            head, words = result[:2], [result[i : i + 64] for i in range(2, len(result), 64)]
            return head + "".join(
                "0" * 64 if i and words[i - 1] == f"{32:064x}" and i > 2 else word for i, word in enumerate(words)
            )
        case _:
            return result
