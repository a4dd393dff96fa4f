"""The test's side of the control API, so that a test reads like what people do.

guild = await wire.guild("Art")
channel = await guild.channel("general")
alice = await guild.member("alice", locale="ja")
reply = await alice.slash(channel, "giveaway start", prize="A print")
await alice.click(reply, "Post")
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import aiohttp
import orjson

from tests.wire.errors import CannotDo, NotYet
from tests.wire.handles import Guild, User
from tests.wire.models import Json, Reply, Request, State
from tests.wire.trouble import Trouble

T = TypeVar("T")


class Wire:
    """A connection to the control API of one server."""

    def __init__(self, root: str, session: aiohttp.ClientSession) -> None:
        self.root = root
        self.trouble = Trouble(self)
        self._session = session

    async def call(self, operation: str, **arguments: Any) -> Any:
        """Run one operation of the control API; raises CannotDo, or RuntimeError for a wrong call."""
        url = f"{self.root}/_control/{operation}"
        async with self._session.post(url, data=orjson.dumps(arguments)) as response:
            body = orjson.loads(await response.read())
        if response.status == 409:
            raise CannotDo(body["error"])
        if response.status != 200:
            raise RuntimeError(f"{operation}: {body['error']}\n{body['trace']}")
        return body["result"]

    async def until(self, check: Callable[[], Awaitable[T | None]], timeout: float = 10.0, what: str = "it") -> T:
        """Wait until `check` returns something true, looking again whenever anything happened."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            version = (await self.state()).version
            result = await check()
            if result:
                return result
            left = deadline - loop.time()
            if left <= 0:
                raise NotYet(f"Waited {timeout:g} s for {what}")
            await self.call("wait", version=version, timeout=left)

    async def state(self) -> State:
        return State.read(await self.call("state"))

    async def guild(
        self, name: str = "Art", *, shard: int | None = None, shards: int = 1, locale: str = "en-US"
    ) -> Guild:
        """A new server with the bot in it; `shard` of `shards` chooses who hears of it."""
        raw = await self.call("create_guild", name=name, shard=shard, shards=shards, locale=locale)
        return Guild(int(raw["id"]), int(raw["owner"]), int(raw["bot_role"]), self)

    async def user(self, name: str, *, locale: str = "en-US", created: datetime | None = None) -> User:
        """A new account; `created` is the time its id carries."""
        raw = await self.call("create_user", name=name, locale=locale, created=created and created.isoformat())
        return User(int(raw["id"]), name, self)

    async def reply(self, reply: Reply) -> Reply:
        """The reply as it is now."""
        return Reply.read(await self.call("interaction", interaction=reply.id))

    async def commands(self, *names: str, timeout: float = 20.0) -> list[Json]:
        """Wait until the bot has registered these commands (any, without names)."""

        async def registered() -> list[Json]:
            known: list[Json] = await self.call("commands")
            return known if known and {one["name"] for one in known}.issuperset(names) else []

        return await self.until(registered, timeout, f"the commands {names}")

    async def connected(self, *shards: int, timeout: float = 20.0) -> State:
        """Wait until these shards (default 0) have a connection."""

        async def up() -> State | None:
            state = await self.state()
            return state if state.connected.issuperset(shards or (0,)) else None

        return await self.until(up, timeout, f"shards {shards or (0,)} to connect")

    async def gone(self, timeout: float = 10.0) -> State:
        """Wait until nothing is connected."""

        async def down() -> State | None:
            state = await self.state()
            return None if state.connected else state

        return await self.until(down, timeout, "every connection to end")

    async def requests(self, method: str = "*", path: str = "*", state: str | None = None) -> list[Request]:
        """The bot's requests so far; `path` is a glob without `/api/v10`."""
        raw = await self.call("requests", method=method, path=path, state=state)
        return [Request.read(one) for one in raw]

    async def download(self, url: str) -> bytes:
        """The bytes of an attachment."""
        async with self._session.get(url) as response:
            response.raise_for_status()
            return await response.read()

    async def advance(self, seconds: float) -> None:
        """Move the server's clock forward (not the bot's)."""
        await self.call("advance", seconds=seconds)

    async def settings(self, **changes: Any) -> None:
        """Change settings of the server, e.g. `nonce_window=60`; see `calls.Settings`."""
        await self.call("settings", **changes)
