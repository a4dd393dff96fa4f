"""Whether endpoints answer, asked of real ones on this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.environment import Chain
from bot.reach import Reached, probe_chains, probe_web


@asynccontextmanager
async def serving(**answers: web.Response) -> AsyncIterator[str]:
    """Serve each answer under its name, whatever is asked."""

    async def answer(request: web.Request) -> web.Response:
        found = answers[request.match_info["name"]]
        return web.Response(status=found.status, body=found.body, content_type="application/json")

    application = web.Application()
    application.router.add_route("*", "/{name}", answer)
    async with TestServer(application) as server:
        yield str(server.make_url("/")).rstrip("/")


async def test_each_endpoint_is_asked_which_chain_it_serves() -> None:
    async with serving(
        base=web.Response(text='{"jsonrpc": "2.0", "id": 1, "result": "0x2105"}'),
        error=web.Response(text='{"jsonrpc": "2.0", "id": 1, "error": {"code": -32601}}'),
        page=web.Response(text="<html>", status=502),
        long=web.Response(text='"' + "x" * 100_000 + '"'),
        number=web.Response(text='{"result": 8453}'),
    ) as url:
        found = await probe_chains(
            [
                Chain(8453, (f"{url}/base", f"{url}/error")),
                Chain(1, (f"{url}/base", f"{url}/page")),
                Chain(10, (f"{url}/long", "http://127.0.0.1:9/")),
                Chain(137, (f"{url}/number",)),
            ]
        )
    assert found == {
        8453: (Reached.YES, Reached.NONSENSE),
        1: (Reached.OTHER_CHAIN, Reached.NONSENSE),
        10: (Reached.NONSENSE, Reached.NO_ANSWER),
        137: (Reached.NONSENSE,),
    }


async def test_without_chains_nobody_is_asked() -> None:
    assert await probe_chains([]) == {}


async def test_our_own_address_is_asked_for_its_health() -> None:
    async with serving(healthz=web.Response(text="{}")) as url:
        assert await probe_web(url) is Reached.YES
    assert await probe_web(url) is Reached.NO_ANSWER
    async with serving(healthz=web.Response(status=404)) as url:
        assert await probe_web(url) is Reached.NONSENSE
