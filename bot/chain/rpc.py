"""Ask a chain's RPC endpoints: one after the other, within time and size, with nothing of their URLs in any message."""

import asyncio
import itertools
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.figures import RPC_CALLS, RPC_TROUBLE
from bot.outside import open_session, read_json
from bot.safejson import InvalidJson, Json

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

TIMEOUT: Final = timedelta(seconds=10)
CONCURRENT: Final = 4
ROUNDS: Final = 2
PAUSE: Final = timedelta(seconds=0.5)
LONGEST_REST: Final = timedelta(minutes=2)
CHAIN_CHECKED_FOR: Final = timedelta(minutes=10)
_MAX_BYTES: Final = 8 * 1024 * 1024
_MAX_DEPTH: Final = 16
_JSON: Final = {"Content-Type": "application/json"}
# Servers give these for what they would answer later.
_BUSY: Final = (429, 503)
_TOO_LARGE: Final = 413

log = logging.getLogger(__name__)


class Trouble(StrEnum):
    """What was wrong with an endpoint's answer."""

    UNREACHABLE = "cannot be reached"
    TIMEOUT = "did not answer in time"
    STATUS = "answered with an error"
    BUSY = "asks to come back later"
    MALFORMED = "did not answer as an RPC endpoint"
    OTHER_CHAIN = "serves another chain"
    REFUSED = "refused the call"


class RpcError(Exception):
    """A call gave no result."""


class Unavailable(RpcError):
    """No endpoint gave an answer that can be used; *troubles* is one for each, without addresses."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        super().__init__(", ".join(troubles))
        self.troubles = tuple(troubles)

    @property
    def refused(self) -> bool:
        """Whether an endpoint answered, and only this call is too much for it."""
        return Trouble.REFUSED in self.troubles

    @property
    def refused_by_all(self) -> bool:
        """Whether every endpoint answered, and none of them answers this."""
        return set(self.troubles) == {Trouble.REFUSED}


class Reverted(RpcError):
    """The contract itself refused; every honest node says the same."""


class _EndpointError(Exception):
    def __init__(self, trouble: Trouble, rest: float = 0.0) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.rest = rest


@dataclass
class Endpoint:
    """One URL and what is remembered of it, in the loop's seconds; the URL is in no repr."""

    url: str = field(repr=False)
    rests_until: float = 0.0
    checked_until: float = 0.0


class Rpc:
    """JSON-RPC of one chain over one or two URLs.

    Each URL is first asked for its chain id, and again every ten minutes. *timeout* is each call's limit, from
    connecting to the last byte. After a failure the other URL is asked at once; then both once more, after a pause.
    """

    def __init__(
        self,
        chain_id: int,
        urls: Sequence[str],
        *,
        timeout: timedelta = TIMEOUT,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.chain_id = chain_id
        self._endpoints = [Endpoint(url) for url in urls]
        self._timeout = timeout.total_seconds()
        self._jitter = jitter
        self._ids = itertools.count(1)
        self._slots = asyncio.Semaphore(CONCURRENT)
        self._session: ClientSession | None = None
        self.calls = 0

    @property
    def width(self) -> int:
        """How many endpoints there are."""
        return len(self._endpoints)

    async def call(self, method: str, *params: Json, only: int | None = None) -> Json:
        """Return a call's result; *only* asks one endpoint, by its place. Raises :class:`RpcError`."""
        endpoints = self._endpoints if only is None else [self._endpoints[only]]
        async with self._slots:
            troubles: list[Trouble] = []
            for attempt in range(ROUNDS):
                if attempt:
                    await asyncio.sleep(PAUSE.total_seconds() * (1 + self._jitter()))
                troubles = []
                for endpoint in endpoints:
                    try:
                        return await self._ask(endpoint, method, params)
                    except _EndpointError as error:
                        RPC_TROUBLE.labels(str(self.chain_id), error.trouble.name.lower()).inc()
                        troubles.append(error.trouble)
                        self._rest(endpoint, error)
                if Trouble.REFUSED in troubles:
                    break
            log.warning("chain %s: %s failed: %s", self.chain_id, method, ", ".join(troubles))
            raise Unavailable(troubles)

    async def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    def _rest(self, endpoint: Endpoint, error: _EndpointError) -> None:
        rest = min(error.rest, LONGEST_REST.total_seconds())
        endpoint.rests_until = max(endpoint.rests_until, asyncio.get_running_loop().time() + rest)

    async def _ask(self, endpoint: Endpoint, method: str, params: Sequence[Json]) -> Json:
        now = asyncio.get_running_loop().time()
        if endpoint.rests_until > now:
            raise _EndpointError(Trouble.BUSY)
        if endpoint.checked_until <= now:
            if await self._exchange(endpoint, "eth_chainId", ()) != hex(self.chain_id):
                raise _EndpointError(Trouble.OTHER_CHAIN, LONGEST_REST.total_seconds())
            endpoint.checked_until = now + CHAIN_CHECKED_FOR.total_seconds()
        return await self._exchange(endpoint, method, params)

    async def _exchange(self, endpoint: Endpoint, method: str, params: Sequence[Json]) -> Json:
        import aiohttp
        import orjson

        self.calls += 1
        RPC_CALLS.labels(str(self.chain_id)).inc()
        number = next(self._ids)
        question: dict[str, Json] = {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
        session = self._open_session()
        try:
            async with asyncio.timeout(self._timeout):
                async with session.post(
                    endpoint.url, data=orjson.dumps(question), headers=_JSON, allow_redirects=False
                ) as response:
                    _require_answer(response)
                    value = await read_json(response, max_bytes=_MAX_BYTES, max_depth=_MAX_DEPTH)
                    return _result(value, number)
        except InvalidJson:
            raise _EndpointError(Trouble.MALFORMED) from None
        except TimeoutError:
            raise _EndpointError(Trouble.TIMEOUT) from None
        except (aiohttp.ClientConnectionError, OSError):
            raise _EndpointError(Trouble.UNREACHABLE) from None
        except aiohttp.ClientError:
            raise _EndpointError(Trouble.MALFORMED) from None

    def _open_session(self) -> "ClientSession":
        if self._session is None:
            self._session = open_session(None)
        return self._session


def _require_answer(response: "ClientResponse") -> None:
    if response.status in _BUSY:
        raise _EndpointError(Trouble.BUSY, _seconds(response.headers.get("Retry-After", "")))
    if response.status == _TOO_LARGE:
        raise _EndpointError(Trouble.REFUSED)
    if response.status != 200:
        raise _EndpointError(Trouble.STATUS)


def _seconds(header: str) -> float:
    """Return how long to wait; a date is taken for the longest wait, since it would need the server's clock."""
    if header.isascii() and header.isdigit():
        return float(header[:6])
    return LONGEST_REST.total_seconds() if header else 1.0


def _result(value: Json, number: int) -> Json:
    if not isinstance(value, dict) or value.get("id") != number:
        raise _EndpointError(Trouble.MALFORMED)
    error = value.get("error")
    if error is not None:
        if _is_revert(error):
            raise Reverted
        raise _EndpointError(Trouble.REFUSED)
    if "result" not in value:
        raise _EndpointError(Trouble.MALFORMED)
    return value["result"]


def _is_revert(error: Json) -> bool:
    if not isinstance(error, dict):
        return False
    message = error.get("message")
    return error.get("code") == 3 or (isinstance(message, str) and "revert" in message.lower())
