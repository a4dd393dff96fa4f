"""Fetch rounds from drand's HTTP endpoints, believing none of them."""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.beacon.chain import BeaconChain
from bot.beacon.signature import SIGNATURE_BYTES, InvalidBeacon, verify_signature
from bot.outside import open_session, read_json
from bot.safejson import InvalidJson, Json

if TYPE_CHECKING:
    from aiohttp import ClientSession

_MAX_ANSWER_BYTES = 16 * 1024  # a round takes 300, with the previous signature of other schemes 600
_MAX_ANSWER_DEPTH = 4
_REMEMBERED_ROUNDS = 64
_NOT_YET_STATUSES = (404, 425)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")


class Trouble(Enum):
    """Why an endpoint gave no round; the value reads on after its host."""

    UNREACHABLE = "cannot be reached"
    TIMEOUT = "did not answer in time"
    STATUS = "answered with an error"
    NOT_YET = "does not have this round yet"
    MALFORMED = "did not answer with a round"
    OTHER_ROUND = "answered with another round"
    UNBOUND = "gave randomness that does not follow from its signature"
    FORGED = "gave a signature that is not the chain's"


@dataclass(frozen=True)
class EndpointFailure:
    """What one endpoint did wrong; as text it names the host only, so that it is safe in logs and messages.

    *status* is the HTTP status where that was the trouble.
    """

    host: str
    trouble: Trouble
    status: int | None = None

    def __str__(self) -> str:
        status = "" if self.status is None else f" (HTTP {self.status})"
        return f"{self.host} {self.trouble.value}{status}"


@dataclass(frozen=True)
class Beacon:
    """A verified round: *signature* is the chain's (48 bytes), *randomness* its SHA-256 (32 bytes)."""

    chain_hash: str
    round: int
    signature: bytes
    randomness: bytes


@dataclass(frozen=True)
class ProbeResult:
    """Whether a beacon can be had now, and what its rounds say of our clock.

    *drift_seconds* is 0 while our clock lies within the latest round's period, negative by how much it is behind,
    positive by how much it is ahead (or the beacon is late). *latest_round*, *host* and *drift_seconds* are None if no
    endpoint gave a verified round; *failures* are those of the endpoints tried before.
    """

    reachable: bool
    latest_round: int | None
    host: str | None
    drift_seconds: float | None
    failures: tuple[EndpointFailure, ...]


class _NoRoundError(Exception):
    """What the two ways of coming back without a round share."""

    def __init__(self, round_: int, failures: Sequence[EndpointFailure]) -> None:
        super().__init__(round_, tuple(failures))
        self.round = round_
        self.failures = tuple(failures)

    def __str__(self) -> str:
        return f"round {self.round}: " + "; ".join(map(str, self.failures))


class BeaconNotYet(_NoRoundError):
    """No endpoint gave the round, and at least one said that it is not there yet.

    Long after the round's time this means, too, that the endpoints do not serve this chain.
    """


class BeaconUnavailable(_NoRoundError):
    """No endpoint gave the round; `failures` says why, one for each."""


class _EndpointError(Exception):
    """One endpoint gave nothing to use, which is no reason not to ask the next."""

    def __init__(self, trouble: Trouble, status: int | None = None) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.status = status


@dataclass(frozen=True)
class _Answer:
    round: int
    signature: bytes


class BeaconClient:
    """Rounds of one chain, from the first endpoint that has a genuine one.

    *urls* are base URLs of drand's HTTP API, tried in order; *compute* runs a function with its arguments in a worker
    process; *timeout* is each endpoint's limit in seconds, from connecting to the last byte. No redirect is followed.
    Verified rounds are remembered, since they never change and many draws share one.
    """

    def __init__(
        self, urls: Sequence[str], chain: BeaconChain, *, compute: Callable[..., Awaitable[Any]], timeout: float = 5.0
    ) -> None:
        if not urls:
            raise ValueError("a beacon needs at least one URL")
        self._urls = [url.rstrip("/") for url in urls]
        self._chain = chain
        self._compute = compute
        self._timeout = timeout
        self._session: ClientSession | None = None
        self._verified: dict[int, Beacon] = {}

    @property
    def chain(self) -> BeaconChain:
        """The network whose rounds these are."""
        return self._chain

    async def fetch(self, round_: int) -> Beacon:
        """Return *round_* (from 1), verified. Raises :class:`BeaconNotYet` or :class:`BeaconUnavailable`."""
        if round_ < 1:
            raise ValueError("rounds count from 1")
        if round_ in self._verified:
            return self._verified[round_]
        failures: list[EndpointFailure] = []
        for url in self._urls:
            try:
                answer = await self._ask(url, str(round_))
                if answer.round != round_:
                    raise _EndpointError(Trouble.OTHER_ROUND)
                return await self._verify(answer)
            except _EndpointError as error:
                failures.append(_failure(url, error))
        if any(failure.trouble is Trouble.NOT_YET for failure in failures):
            raise BeaconNotYet(round_, failures)
        raise BeaconUnavailable(round_, failures)

    async def probe(self, now: datetime) -> ProbeResult:
        """Ask for the latest round and compare its time with *now*, the instant of the call.

        Failures are in the result, not raised.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        failures: list[EndpointFailure] = []
        for url in self._urls:
            try:
                answer = await self._ask(url, "latest")
                received = now + timedelta(seconds=loop.time() - begun)
                await self._verify(answer)
            except _EndpointError as error:
                failures.append(_failure(url, error))
                continue
            drift = _distance(self._chain, answer.round, received)
            return ProbeResult(True, answer.round, _host(url), drift, tuple(failures))
        return ProbeResult(False, None, None, None, tuple(failures))

    async def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _ask(self, url: str, which: str) -> _Answer:
        import aiohttp

        session = self._open_session()
        try:
            async with session.get(f"{url}/{self._chain.hash}/public/{which}", allow_redirects=False) as response:
                if response.status in _NOT_YET_STATUSES and which != "latest":
                    raise _EndpointError(Trouble.NOT_YET, response.status)
                if response.status != 200:
                    raise _EndpointError(Trouble.STATUS, response.status)
                return _parse(await read_json(response, max_bytes=_MAX_ANSWER_BYTES, max_depth=_MAX_ANSWER_DEPTH))
        except InvalidJson:
            raise _EndpointError(Trouble.MALFORMED) from None
        except TimeoutError:
            raise _EndpointError(Trouble.TIMEOUT) from None
        except aiohttp.ClientConnectionError:
            raise _EndpointError(Trouble.UNREACHABLE) from None
        except aiohttp.ClientError:
            raise _EndpointError(Trouble.MALFORMED) from None

    def _open_session(self) -> "ClientSession":
        if self._session is None:
            self._session = open_session(self._timeout)
        return self._session

    async def _verify(self, answer: _Answer) -> Beacon:
        try:
            randomness: bytes = await self._compute(verify_signature, self._chain, answer.round, answer.signature)
        except InvalidBeacon:
            raise _EndpointError(Trouble.FORGED) from None
        beacon = Beacon(self._chain.hash, answer.round, answer.signature, randomness)
        self._verified[answer.round] = beacon
        while len(self._verified) > _REMEMBERED_ROUNDS:
            del self._verified[next(iter(self._verified))]
        return beacon


def _parse(value: Json) -> _Answer:
    if not isinstance(value, dict):
        raise _EndpointError(Trouble.MALFORMED)
    round_ = value.get("round")
    if not isinstance(round_, int) or isinstance(round_, bool) or round_ < 1:
        raise _EndpointError(Trouble.MALFORMED)
    signature = _hex(value.get("signature"), SIGNATURE_BYTES)
    # Newer versions of drand's API leave the randomness out; where it is given, it must be the signature's.
    if "randomness" in value:
        randomness = _hex(value["randomness"], hashlib.sha256().digest_size)
        if not hmac.compare_digest(randomness, hashlib.sha256(signature).digest()):
            raise _EndpointError(Trouble.UNBOUND)
    return _Answer(round_, signature)


def _hex(value: Json, length: int) -> bytes:
    if not isinstance(value, str) or len(value) != 2 * length or not _HEX.fullmatch(value):
        raise _EndpointError(Trouble.MALFORMED)
    return bytes.fromhex(value)


def _distance(chain: BeaconChain, round_: int, moment: datetime) -> float:
    """Return by how many seconds *moment* lies before (negative) or after the time in which *round_* is the latest."""
    begins = chain.time_of(round_)
    ends = chain.time_of(round_ + 1)
    if moment < begins:
        return (moment - begins).total_seconds()
    return max(0.0, (moment - ends).total_seconds())


def _failure(url: str, error: _EndpointError) -> EndpointFailure:
    return EndpointFailure(_host(url), error.trouble, error.status)


def _host(url: str) -> str:
    """Return the host of *url* alone: user, path and query may hold a key."""
    return urlsplit(url).hostname or "?"
