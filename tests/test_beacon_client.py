"""Fetching rounds: several endpoints, each of which may be away, slow, wrong or hostile."""

import asyncio
import hashlib
import inspect
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.beacon import (
    PUBLIC_ENDPOINTS,
    QUICKNET,
    BeaconClient,
    BeaconNotYet,
    BeaconUnavailable,
    EndpointFailure,
    Trouble,
    load_chain,
)
from bot.compute import Compute
from bot.demo.beacon import DemoBeacon
from tests.drand import Behaviour, DrandServer, TestChain

HOST = "127.0.0.1"
SHORT = 1.0
"""Seconds an endpoint gets in the tests in which one takes longer than that on purpose."""

EACH_TROUBLE = {
    Behaviour.REFUSE: EndpointFailure(HOST, Trouble.UNREACHABLE),
    Behaviour.HANG: EndpointFailure(HOST, Trouble.TIMEOUT),
    Behaviour.STALL: EndpointFailure(HOST, Trouble.TIMEOUT),
    Behaviour.CUT: EndpointFailure(HOST, Trouble.MALFORMED),
    Behaviour.ERROR: EndpointFailure(HOST, Trouble.STATUS, 500),
    Behaviour.NOT_YET: EndpointFailure(HOST, Trouble.NOT_YET, 404),
    Behaviour.TOO_EARLY: EndpointFailure(HOST, Trouble.NOT_YET, 425),
    Behaviour.REDIRECT: EndpointFailure(HOST, Trouble.STATUS, 302),
    Behaviour.FORGED: EndpointFailure(HOST, Trouble.FORGED),
    Behaviour.OTHER_ROUND: EndpointFailure(HOST, Trouble.OTHER_ROUND),
    Behaviour.OTHER_CHAIN: EndpointFailure(HOST, Trouble.FORGED),
    Behaviour.TRUNCATED: EndpointFailure(HOST, Trouble.MALFORMED),
    Behaviour.UNBOUND: EndpointFailure(HOST, Trouble.UNBOUND),
    Behaviour.DEEP: EndpointFailure(HOST, Trouble.MALFORMED),
    Behaviour.ENDLESS: EndpointFailure(HOST, Trouble.MALFORMED),
    Behaviour.GARBAGE: EndpointFailure(HOST, Trouble.MALFORMED),
}
NOT_YET = (Behaviour.NOT_YET, Behaviour.TOO_EARLY)
SLOW = (Behaviour.HANG, Behaviour.STALL)


async def here(function: Callable[..., Any], *arguments: object) -> Any:
    """Compute in this process, where a worker process is beside the point."""
    return function(*arguments)


class Endpoints:
    """Starts drand endpoints and clients and closes them after the test; `now` is the endpoints' clock."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self.source = TestChain()
        self.now = self.source.chain.time_of(1000)

    async def serve(self, *behaviours: Behaviour) -> list[DrandServer]:
        servers = [DrandServer(self.source, now=lambda: self.now, behaviour=behaviour) for behaviour in behaviours]
        return [await self._stack.enter_async_context(server) for server in servers]

    def client(self, *servers: DrandServer, timeout: float = 10) -> BeaconClient:
        client = BeaconClient([server.url for server in servers], self.source.chain, compute=here, timeout=timeout)
        self._stack.push_async_callback(client.close)
        return client


@pytest_asyncio.fixture
async def endpoints() -> AsyncIterator[Endpoints]:
    async with AsyncExitStack() as stack:
        yield Endpoints(stack)


async def failing(fetch: Coroutine[Any, Any, object]) -> tuple[EndpointFailure, ...]:
    with pytest.raises((BeaconUnavailable, BeaconNotYet)) as caught:
        await fetch
    return caught.value.failures


def test_every_way_to_fail_is_tried() -> None:
    assert set(EACH_TROUBLE) == set(Behaviour) - {Behaviour.HONEST}


async def test_a_round_comes_verified_and_with_its_own_randomness(endpoints: Endpoints) -> None:
    (server,) = await endpoints.serve(Behaviour.HONEST)
    beacon = await endpoints.client(server).fetch(1000)
    assert beacon.signature == endpoints.source.sign(1000)
    assert beacon.randomness == hashlib.sha256(beacon.signature).digest()
    assert (beacon.chain_hash, beacon.round) == (endpoints.source.chain.hash, 1000)
    assert server.requests == [f"/{endpoints.source.chain.hash}/public/1000"]


@pytest.mark.parametrize("behaviour", EACH_TROUBLE)
async def test_one_bad_endpoint_leads_to_the_next(endpoints: Endpoints, behaviour: Behaviour) -> None:
    bad, good = await endpoints.serve(behaviour, Behaviour.HONEST)
    client = endpoints.client(bad, good, timeout=SHORT if behaviour in SLOW else 10)
    beacon = await client.fetch(999)
    assert beacon.randomness == hashlib.sha256(endpoints.source.sign(999)).digest()
    assert len(bad.requests) == (0 if behaviour is Behaviour.REFUSE else 1)
    assert len(good.requests) == 1


@pytest.mark.parametrize("behaviour", EACH_TROUBLE)
async def test_nothing_but_bad_endpoints_says_what_each_did(endpoints: Endpoints, behaviour: Behaviour) -> None:
    servers = await endpoints.serve(behaviour, Behaviour.ERROR)
    client = endpoints.client(*servers, timeout=SHORT if behaviour in SLOW else 10)
    expected = BeaconNotYet if behaviour in NOT_YET else BeaconUnavailable
    with pytest.raises(expected) as caught:
        await client.fetch(999)
    assert caught.value.failures == (EACH_TROUBLE[behaviour], EACH_TROUBLE[Behaviour.ERROR])
    assert caught.value.round == 999


async def test_a_round_of_the_future_is_not_there_yet_and_comes_when_it_is_due(endpoints: Endpoints) -> None:
    client = endpoints.client(*await endpoints.serve(Behaviour.HONEST, Behaviour.HONEST))
    with pytest.raises(BeaconNotYet):
        await client.fetch(1001)
    endpoints.now += timedelta(seconds=3)
    assert (await client.fetch(1001)).round == 1001


async def test_endpoints_that_come_back_are_used_again(endpoints: Endpoints) -> None:
    (server,) = await endpoints.serve(Behaviour.REFUSE)
    client = endpoints.client(server)
    for behaviour in (Behaviour.REFUSE, Behaviour.FORGED):
        await server.become(behaviour)
        with pytest.raises(BeaconUnavailable):
            await client.fetch(5)
    await server.become(Behaviour.HONEST)
    assert (await client.fetch(5)).signature == endpoints.source.sign(5)


async def test_a_verified_round_is_remembered_and_a_refused_one_is_not(endpoints: Endpoints) -> None:
    (server,) = await endpoints.serve(Behaviour.FORGED)
    client = endpoints.client(server)
    with pytest.raises(BeaconUnavailable):
        await client.fetch(5)
    await server.become(Behaviour.HONEST)
    first = await client.fetch(5)
    await server.become(Behaviour.REFUSE)
    assert await client.fetch(5) == first
    with pytest.raises(BeaconUnavailable):
        await client.fetch(6)


async def test_another_networks_endpoint_is_no_use(endpoints: Endpoints) -> None:
    (server,) = await endpoints.serve(Behaviour.HONEST)
    client = BeaconClient([server.url], QUICKNET, compute=here)
    assert await failing(client.fetch(1000)) == (EndpointFailure(HOST, Trouble.NOT_YET, 404),)
    await client.close()


async def test_reasons_name_the_host_and_neither_user_nor_key_nor_path(endpoints: Endpoints) -> None:
    away, broken = await endpoints.serve(Behaviour.REFUSE, Behaviour.ERROR)
    urls = [server.url.replace("http://", "http://someone:secret@") for server in (away, broken)]
    client = BeaconClient([f"{urls[0]}/key-1234", urls[1]], endpoints.source.chain, compute=here)
    with pytest.raises(BeaconUnavailable) as caught:
        await client.fetch(7)
    assert str(caught.value) == "round 7: 127.0.0.1 cannot be reached; 127.0.0.1 answered with an error (HTTP 500)"
    assert not any(part in repr(caught.value) for part in ("someone", "secret", "key-1234"))
    await client.close()


async def test_base_urls_may_end_in_a_slash(endpoints: Endpoints) -> None:
    (server,) = await endpoints.serve(Behaviour.HONEST)
    client = BeaconClient([f"{server.url}/"], endpoints.source.chain, compute=here)
    assert (await client.fetch(3)).round == 3
    await client.close()


async def test_a_client_that_was_closed_opens_again(endpoints: Endpoints) -> None:
    client = endpoints.client(*await endpoints.serve(Behaviour.HONEST))
    await client.fetch(3)
    await client.close()
    assert (await client.fetch(4)).round == 4


@pytest.mark.parametrize("round_", [0, -5])
async def test_rounds_count_from_one(endpoints: Endpoints, round_: int) -> None:
    client = endpoints.client(*await endpoints.serve(Behaviour.HONEST))
    with pytest.raises(ValueError, match="from 1"):
        await client.fetch(round_)


def test_needs_a_url() -> None:
    with pytest.raises(ValueError, match="at least one"):
        BeaconClient([], QUICKNET, compute=here)


def test_the_public_endpoints_are_secure() -> None:
    assert len(PUBLIC_ENDPOINTS) == 4
    assert all(url.startswith("https://") for url in PUBLIC_ENDPOINTS)


async def test_verifies_in_a_worker_process_while_the_loop_goes_on(endpoints: Endpoints) -> None:
    (forger, server) = await endpoints.serve(Behaviour.FORGED, Behaviour.HONEST)
    compute = Compute()
    client = BeaconClient([forger.url, server.url], endpoints.source.chain, compute=compute)
    loop = asyncio.get_running_loop()
    turns = 0

    def turn() -> None:
        nonlocal turns, next_turn
        turns += 1
        next_turn = loop.call_later(0.001, turn)

    next_turn = loop.call_later(0.001, turn)
    beacon = await client.fetch(1000)
    next_turn.cancel()
    assert beacon.randomness == hashlib.sha256(endpoints.source.sign(1000)).digest()
    assert turns > 50
    await client.close()
    await compute.close()


@pytest.mark.parametrize(
    ("ours", "drift"),
    [
        (timedelta(0), 0.0),
        (timedelta(seconds=1), 0.0),
        (timedelta(seconds=-40), -40.0),
        (timedelta(seconds=43), 40.0),
    ],
)
async def test_the_probe_compares_our_clock_with_the_latest_round(
    endpoints: Endpoints, ours: timedelta, drift: float
) -> None:
    client = endpoints.client(*await endpoints.serve(Behaviour.REFUSE, Behaviour.HONEST))
    result = await client.probe(endpoints.now + ours)
    assert result.reachable
    assert (result.latest_round, result.host) == (1000, HOST)
    assert result.failures == (EndpointFailure(HOST, Trouble.UNREACHABLE),)
    assert result.drift_seconds == pytest.approx(drift, abs=2)


async def test_the_time_a_dead_endpoint_took_does_not_count_as_drift(endpoints: Endpoints) -> None:
    hanging, server = await endpoints.serve(Behaviour.HANG, Behaviour.HONEST)
    client = endpoints.client(hanging, server, timeout=1.0)
    result = await client.probe(endpoints.now - timedelta(seconds=0.9))
    assert result.drift_seconds == 0


@pytest.mark.parametrize("behaviour", sorted(set(EACH_TROUBLE) - set(SLOW) - {Behaviour.OTHER_ROUND}))
async def test_the_probe_believes_no_more_than_a_fetch(endpoints: Endpoints, behaviour: Behaviour) -> None:
    result = await endpoints.client(*await endpoints.serve(behaviour)).probe(endpoints.now)
    assert (result.reachable, result.latest_round, result.drift_seconds) == (False, None, None)
    assert len(result.failures) == 1


async def test_the_demos_beacon_gives_the_same_rounds_as_they_fall_due(endpoints: Endpoints) -> None:
    now = endpoints.source.chain.time_of(10)
    demo = DemoBeacon(endpoints.source, lambda: now)
    fetched = await endpoints.client(*await endpoints.serve(Behaviour.HONEST)).fetch(10)
    assert await demo.fetch(10) == fetched
    with pytest.raises(BeaconNotYet):
        await demo.fetch(11)
    with pytest.raises(ValueError, match="from 1"):
        await demo.fetch(0)
    assert (await demo.probe(now)).latest_round == 10
    assert demo.chain == endpoints.source.chain
    await demo.close()
    assert inspect.signature(DemoBeacon.fetch) == inspect.signature(BeaconClient.fetch)
    assert inspect.signature(DemoBeacon.probe) == inspect.signature(BeaconClient.probe)


async def test_the_endpoint_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    info = tmp_path / "chain.json"
    genesis = int(datetime.now(UTC).timestamp()) - 100
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.drand", "--period", "2", "--genesis", str(genesis), "--info", str(info)),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    chain = load_chain(info)
    client = BeaconClient([url], chain, compute=here)
    assert (await client.fetch(30)).round == 30
    with pytest.raises(BeaconNotYet):
        await client.fetch(10_000)
    probe = await client.probe(datetime.now(UTC))
    assert (probe.reachable, probe.drift_seconds) == (True, pytest.approx(0, abs=2))
    assert json.loads(info.read_text()) == TestChain(period=2, genesis=genesis).info_json()
    await client.close()
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
