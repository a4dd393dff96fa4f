"""A drand endpoint on the loopback interface that can be told to fail in every way we know of.

In a test: ``async with DrandServer() as drand: …``. As a process of its own: ``python -m tests.drand --port 8800 --info
chain.json`` prints its URL once it listens and serves until it is ended.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.demo.beacon import GENESIS, TestChain

__all__ = ["Behaviour", "DrandServer", "TestChain"]


class Behaviour(StrEnum):
    """How the endpoint answers when it is asked for a round."""

    HONEST = "honest"
    REFUSE = "refuse"
    """Does not listen at all."""
    HANG = "hang"
    """Takes the request and never answers."""
    STALL = "stall"
    """Begins its answer and never ends it."""
    CUT = "cut"
    """Promises more bytes than it sends."""
    ERROR = "error"
    NOT_YET = "not-yet"
    TOO_EARLY = "too-early"
    REDIRECT = "redirect"
    """Sends on to another path of its own, which would answer honestly."""
    FORGED = "forged"
    """Another round's genuine signature, under the number asked for."""
    OTHER_ROUND = "other-round"
    """Another round, under its own number."""
    OTHER_CHAIN = "other-chain"
    TRUNCATED = "truncated"
    """A signature one byte short."""
    UNBOUND = "unbound"
    """A genuine signature with randomness of its own liking."""
    DEEP = "deep"
    ENDLESS = "endless"
    """Sends as long as anybody listens."""
    GARBAGE = "garbage"


_STATUSES = {Behaviour.ERROR: 500, Behaviour.NOT_YET: 404, Behaviour.TOO_EARLY: 425}
_BODIES = {
    Behaviour.DEEP: b'{"round": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    Behaviour.GARBAGE: b"<html>Welcome to this hotel's network</html>",
}


class DrandServer:
    """The rounds of *source*, as they fall due by the clock *now*, over HTTP; behaves as `become` last said.

    `requests` are the paths asked for, in order. Connections are never kept open, so that a change counts for the next
    request.
    """

    def __init__(
        self,
        source: TestChain | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        behaviour: Behaviour = Behaviour.HONEST,
        port: int = 0,
    ) -> None:
        self.source = source or TestChain()
        self.requests: list[str] = []
        self._impostor = TestChain(
            period=self.source.chain.period,
            genesis=self.source.chain.genesis,
            secret=int.from_bytes(b"impostor", "big"),
        )
        self._now = now
        self._behaviour = behaviour
        self._port = port
        self._released = asyncio.Event()
        application = web.Application()
        application.on_response_prepare.append(_close_after)
        application.router.add_get("/{chain}/info", self._info)
        application.router.add_get("/{chain}/public/{round}", self._public)
        application.router.add_get("/elsewhere/{chain}/public/{round}", self._honest)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        self._site: web.TCPSite | None = None

    @property
    def url(self) -> str:
        """The base URL, the same throughout, also while nobody listens there."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        # Listening once, whatever comes, claims the port that others are told about.
        await self._listen()
        await self.become(self._behaviour)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._released.set()
        await self._runner.cleanup()

    async def become(self, behaviour: Behaviour) -> None:
        """Behave like this from now on; requests left hanging are let go."""
        self._behaviour = behaviour
        self._released.set()
        self._released = asyncio.Event()
        if behaviour is Behaviour.REFUSE:
            await self._stop_listening()
        elif self._site is None:
            await self._listen()

    async def _listen(self) -> None:
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await self._site.start()
        self._port = int(self._runner.addresses[-1][1])

    async def _stop_listening(self) -> None:
        if self._site is not None:
            site, self._site = self._site, None
            await site.stop()

    async def _info(self, request: web.Request) -> web.Response:
        self._check_chain(request)
        return web.json_response(self.source.info_json())

    async def _public(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request.path)
        if self._behaviour in _STATUSES:
            return web.Response(status=_STATUSES[self._behaviour])
        if self._behaviour in _BODIES:
            return web.Response(body=_BODIES[self._behaviour], content_type="application/json")
        match self._behaviour:
            case Behaviour.HANG:
                await self._released.wait()
                return web.Response(status=503)
            case Behaviour.STALL:
                return await self._stall(request)
            case Behaviour.ENDLESS:
                return await self._flood(request)
            case Behaviour.CUT:
                return await _cut(request)
            case Behaviour.REDIRECT:
                return web.Response(status=302, headers={"Location": f"/elsewhere{request.path}"})
            case _:
                return await self._honest(request)

    async def _honest(self, request: web.Request) -> web.StreamResponse:
        self._check_chain(request)
        asked = request.match_info["round"]
        latest = self.source.chain.round_at(self._now())
        round_ = latest if asked == "latest" else int(asked)
        if not 1 <= round_ <= latest:
            raise web.HTTPNotFound
        return web.json_response(self._answer(round_))

    def _answer(self, round_: int) -> dict[str, object]:
        number, signature = round_, self.source.sign(round_)
        match self._behaviour:
            case Behaviour.FORGED:
                signature = self.source.sign(round_ + 1)
            case Behaviour.OTHER_ROUND:
                number, signature = round_ + 1, self.source.sign(round_ + 1)
            case Behaviour.OTHER_CHAIN:
                signature = self._impostor.sign(round_)
            case Behaviour.TRUNCATED:
                signature = signature[:-1]
            case _:
                pass
        randomness = hashlib.sha256(signature).digest()
        if self._behaviour is Behaviour.UNBOUND:
            randomness = hashlib.sha256(b"a number of our liking").digest()
        return {"round": number, "randomness": randomness.hex(), "signature": signature.hex()}

    def _check_chain(self, request: web.Request) -> None:
        if request.match_info["chain"] != self.source.chain.hash:
            raise web.HTTPNotFound

    async def _stall(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'{"round": ')
        await self._released.wait()
        return response

    async def _flood(self, request: web.Request) -> web.StreamResponse:
        released = self._released
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while not released.is_set():
                await response.write(b" " * 65_536)
        return response


async def _cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "300"})
    await response.prepare(request)
    await response.write(b'{"round": ')
    if request.transport is not None:
        request.transport.close()
    return response


async def _close_after(_request: web.Request, response: web.StreamResponse) -> None:
    response.force_close()


async def _serve(arguments: argparse.Namespace) -> None:
    source = TestChain(period=arguments.period, genesis=arguments.genesis)
    if arguments.info is not None:
        arguments.info.write_text(json.dumps(source.info_json()))
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with DrandServer(source, behaviour=arguments.behaviour, port=arguments.port) as drand:
        print(drand.url, flush=True)
        await ended.wait()


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.drand", description="A drand endpoint with a key of its own."
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--period", type=int, default=3, help="seconds between rounds")
    parser.add_argument("--genesis", type=int, default=GENESIS, help="Unix time of round 1")
    parser.add_argument("--behaviour", type=Behaviour, choices=list(Behaviour), default=Behaviour.HONEST)
    parser.add_argument("--info", type=Path, help="write the chain-info JSON, for BEACON_CHAIN, to this file")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
