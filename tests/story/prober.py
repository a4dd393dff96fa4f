"""People who press and type all the time, and how long each of them waited for an acknowledgement."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter
from typing import Final

from tests.machine import Starvation
from tests.wire.models import Reply

Act = Callable[[], Awaitable[Reply]]

_SHARES: Final = {"p50": 0.5, "p99": 0.99, "max": 1.0}


@dataclass(frozen=True, slots=True)
class Probe:
    """One interaction: ``ack_ms`` until its acknowledgement, of which no processor was to be had for ``starved_ms``."""

    phase: str
    ack_ms: float
    starved_ms: float

    @property
    def own_ms(self) -> float:
        return self.ack_ms - self.starved_ms


@dataclass
class Prober:
    """Acts in turn, one every ``pause`` seconds, without waiting for the one before: a slow answer delays no other.

    ``pid`` is the bot's process. What our own Discord needs before it looks at an answer is not in ``ack_ms`` to begin
    with (`tests/wire/turns.py`).
    """

    acts: Sequence[Act]
    pid: int
    pause: float = 0.2
    phase: str = ""
    probes: list[Probe] = field(default_factory=list[Probe])
    _open: set[asyncio.Task[Reply]] = field(default_factory=set[asyncio.Task[Reply]])

    @asynccontextmanager
    async def probing(self) -> AsyncIterator[None]:
        """Keep at it meanwhile, and wait for the last answers."""
        running = asyncio.create_task(self._run())
        try:
            yield
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await asyncio.gather(*self._open)

    @contextmanager
    def during(self, phase: str) -> Iterator[None]:
        """Name what happens meanwhile."""
        before, self.phase = self.phase, phase
        try:
            yield
        finally:
            self.phase = before

    def of(self, phase: str) -> list[Probe]:
        return [probe for probe in self.probes if probe.phase == phase]

    async def timed(self, act: Act) -> Reply:
        """Do something once, and keep how long its acknowledgement took."""
        phase, began = self.phase, perf_counter()
        starvation = Starvation(self.pid)
        reply = await act()
        waited = reply.ack_ms if reply.ack_ms is not None else (perf_counter() - began) * 1000
        self.probes.append(Probe(phase, waited, min(waited, starvation.ms)))
        return reply

    async def _run(self) -> None:
        for act in cycle(self.acts):
            self._open.add(asyncio.create_task(self.timed(act)))
            await asyncio.sleep(self.pause)


def figures(probes: Sequence[Probe]) -> str:
    """Return median, 99th percentile and maximum as measured, and in brackets without the machine's share."""
    acks, own = sorted(probe.ack_ms for probe in probes), sorted(probe.own_ms for probe in probes)
    cells = (f"{name} {_at(acks, share):.0f} ({_at(own, share):.0f})" for name, share in _SHARES.items())
    return f"{len(probes)} acknowledgements: {', '.join(cells)} ms"


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
