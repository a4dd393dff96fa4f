"""Ordering trouble: what a network and a busy Discord do to a bot."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tests.wire.models import Request

if TYPE_CHECKING:
    from tests.wire.client import Wire

Stage = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Hold:
    """A step at which matching requests stop."""

    wire: "Wire"
    fault: int
    method: str
    path: str

    async def reached(self, timeout: float = 10.0) -> Request:
        """Wait until a request is held here."""

        async def held() -> Request | None:
            waiting = await self.wire.requests(self.method, self.path, "held")
            return waiting[0] if waiting else None

        return await self.wire.until(held, timeout, f"{self.method} {self.path} to be held")

    async def release(self, go_on: bool = True) -> None:
        """Take the hold away; what waits goes on, or is dropped unanswered."""
        await self.wire.call("clear_faults", fault=self.fault)
        for request in await self.wire.requests(self.method, self.path, "held"):
            await self.wire.call("release", request=request.id, go_on=go_on)


class Trouble:
    """Faults for the requests that match a method and a path (a glob without `/api/v10`).

    `times`: how many suffer, None all that follow; `skip`: how many pass first; `contains`: words
    that the JSON body must contain. Each returns the fault's id, for `clear`.
    """

    def __init__(self, wire: "Wire") -> None:
        self._wire = wire

    async def refuse(
        self, method: str, path: str, status: int, code: int = 0, *, effect: bool = False, **which: Any
    ) -> int:
        """Answer with an error; with `effect` although it was carried out."""
        stage: Stage = "after" if effect else "before"
        return await self._order(
            "status", method, path, stage=stage, status=status, code=code, message="Ordered", **which
        )

    async def rate_limit(
        self, method: str, path: str, retry_after: float, *, everywhere: bool = False, **which: Any
    ) -> int:
        """Answer 429; `everywhere` is the global limit."""
        return await self._order("rate_limit", method, path, retry_after=retry_after, everywhere=everywhere, **which)

    async def lose_request(self, method: str, path: str, **which: Any) -> int:
        """Reset the connection before anything happened."""
        return await self._order("reset", method, path, stage="before", **which)

    async def lose_answer(self, method: str, path: str, **which: Any) -> int:
        """Carry the request out, then reset the connection: the bot cannot know."""
        return await self._order("reset", method, path, stage="after", **which)

    async def slow(self, method: str, path: str, seconds: float, *, stage: Stage = "after", **which: Any) -> int:
        """Answer late."""
        return await self._order("delay", method, path, stage=stage, seconds=seconds, **which)

    async def hold(self, method: str, path: str, *, stage: Stage = "after", **which: Any) -> Hold:
        """Stop matching requests before or after their effect, to end the bot just there."""
        fault = await self._order("hold", method, path, stage=stage, **which)
        return Hold(self._wire, fault, method, path)

    async def clear(self, fault: int | None = None) -> None:
        """Take back one fault, or all."""
        await self._wire.call("clear_faults", fault=fault)

    async def limit(self, amount: int, per: float, method: str = "*", path: str = "*") -> None:
        """Enforce a rate limit as Discord does, per route and channel; `per` in seconds."""
        await self._wire.call("limit", amount=amount, per=per, method=method, path=path)

    async def gateway(self, action: str, *, shard: int | None = None, code: int = 4000) -> int:
        """reconnect, invalidate, invalidate_resumable, drop, close (with `code`), block, unblock."""
        return await self._wire.call("gateway", action=action, shard=shard, code=code)

    async def _order(self, action: str, method: str, path: str, **what: Any) -> int:
        raw = await self._wire.call("fault", action=action, method=method, path=path, **what)
        return int(raw["id"])
