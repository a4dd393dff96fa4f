"""The server process: one world, its REST, gateway and control, on one loopback port."""

import asyncio
import json
import os
import signal
import socket
import sys

from aiohttp import web

from tests.wire.calls import Json, Settings
from tests.wire.control import Control
from tests.wire.faults import Faults
from tests.wire.gateway import Gateway
from tests.wire.limits import Limits
from tests.wire.pulse import Pulse
from tests.wire.rest import Rest
from tests.wire.seed import plant
from tests.wire.turns import Turns
from tests.wire.world import World

_LARGEST_BODY = 64 * 1024 * 1024
_TICK = 0.25  # seconds; how late a thing that falls due by the clock alone may be noticed


def build(port: int, settings: Settings, turns: Turns) -> tuple[web.Application, Control, World, Pulse]:
    """Wire everything together; `port` is where the application will be served."""
    pulse, faults, limits = Pulse(), Faults(), Limits()
    world = World(f"http://127.0.0.1:{port}", settings)
    url = f"ws://127.0.0.1:{port}/gateway"
    rest = Rest(world, faults, limits, pulse, url, turns)
    gateway = Gateway(world, pulse, url)
    control = Control(world, gateway, faults, limits, pulse)
    application = web.Application(client_max_size=_LARGEST_BODY)
    application.router.add_get("/gateway{slash:/?}", gateway.connect)
    application.router.add_post("/_control/{operation}", control.handle)
    application.router.add_get("/attachments/{path:.*}", rest.attachment)
    application.router.add_route("*", "/api/{path:.*}", rest.api)
    return application, control, world, pulse


async def serve(port: int, settings: Settings, seed: Json | None, until_stdin_closes: bool, turns: Turns) -> None:
    """Serve until SIGTERM or SIGINT (or the end of stdin); prints one JSON line when ready.

    *turns* is the selector of the loop this runs in.

    `port` 0 takes a free one. The line: `port`, `api`, `token`, `application`, and `seed` (name -> id).
    """
    listening = socket.create_server(("127.0.0.1", port))
    port = listening.getsockname()[1]
    application, control, world, pulse = build(port, settings, turns)
    planted: Json = {} if seed is None else await plant(control, seed)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    ready = {
        "port": port,
        "api": f"http://127.0.0.1:{port}/api/v10",
        "token": settings.token,
        "application": str(world.backend.application_id),
        "seed": planted,
    }
    print(json.dumps(ready), flush=True)
    stopping = _stop_signals()
    if until_stdin_closes:
        asyncio.get_running_loop().add_reader(sys.stdin, _on_stdin, stopping)
    ticking = asyncio.create_task(_tick(world, pulse))
    await stopping.wait()
    ticking.cancel()
    await runner.cleanup()


def _stop_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


def _on_stdin(stopping: asyncio.Event) -> None:
    """The starter holds the other end of stdin: when it dies, so does this process."""
    if not os.read(sys.stdin.fileno(), 1024):
        asyncio.get_running_loop().remove_reader(sys.stdin)
        stopping.set()


async def _tick(world: World, pulse: Pulse) -> None:
    """Let what is due by time happen, and let waits on time alone look again."""
    while True:
        await asyncio.sleep(_TICK)
        world.arrange.fall_due()
        pulse.beat()
