"""Starting and ending the two processes of a wire test: Discord, and the bot."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import aiohttp
import pytest

from tests.wire.client import Wire

ROOT = Path(__file__).parents[2]
_START = 30.0  # seconds for the server to come up on a busy machine


class WireServer:
    """A Discord in its own process; `async with` starts and stops it.

    `api_url` and `token` are for the bot, `client` is for the test. What the server prints about
    itself goes to `log`.
    """

    def __init__(self, log: Path, *arguments: str) -> None:
        self._log = log
        self._arguments = arguments
        self._stack: list[aiohttp.ClientSession] = []
        self._process: asyncio.subprocess.Process | None = None
        self.api_url = ""
        self.token = ""
        self.seed: dict[str, int] = {}
        self.client: Wire

    async def __aenter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tests.wire", "--port", "0", "--until-stdin-closes"),
                *self._arguments,
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(_START):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The wire server did not start:\n{self._log.read_text()}")
        ready = json.loads(line)
        self.api_url, self.token = ready["api"], ready["token"]
        self.seed = {name: int(number) for name, number in ready["seed"].items()}
        session = aiohttp.ClientSession()
        self._stack.append(session)
        self.client = Wire(f"http://127.0.0.1:{ready['port']}", session)
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in self._stack:
            await session.close()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point `ikuzo run` here."""
        return {"DISCORD_API_URL": self.api_url, "DISCORD_TOKEN": self.token}


class BotProcess:
    """A bot in its own process, which may be killed at any moment; its output goes to `log`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._command = command
        self._environment = environment
        self.log = log
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    @property
    def pid(self) -> int:
        """The number of its process, the last one started."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it (again); returns before it is connected."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                env={**os.environ, **self._environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """SIGKILL: no goodbye, nothing flushed."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM, and wait; its exit code."""
        return await self._end(signal.SIGTERM)

    async def wait(self) -> int:
        """Wait until it ends by itself; its exit code."""
        assert self._process is not None
        return await self._process.wait()

    async def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await self._process.wait()


@pytest.fixture
async def discord_server(tmp_path: Path) -> AsyncIterator[WireServer]:
    """A fresh Discord; the test fails if the bot asked for something it does not serve."""
    async with WireServer(tmp_path / "wire.log") as server:
        yield server
        state = await server.client.state()
        assert not state.gaps, "\n".join(state.gaps)


@pytest.fixture
def wire(discord_server: WireServer) -> Wire:
    """The control client of `discord_server`."""
    return discord_server.client
