"""What a process takes of the machine, and what the machine keeps from it; zero where `/proc` does not tell.

Tests of how fast something is answered run beside other work. Linux counts for every thread how long it was ready to
run and was not let (`/proc/<pid>/task/<tid>/schedstat`, the second number, in nanoseconds): a test that takes that
time off can be strict about the program on any machine.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time

_TICK = 0.005
# What the work of `slowness` takes of the processor on which the bars were set, with room for its ups and downs.
_USUAL_SECONDS = 0.06


class Starvation:
    """For how long a process has been ready without a processor, counted from here.

    That of the thread it happened to most: the others may have waited for that one all the while (it may hold the
    interpreter's lock), and their time must not be counted again.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._before = _waits(pid)

    @property
    def ms(self) -> float:
        now = _waits(self._pid)
        return max((wait - self._before.get(thread, 0) for thread, wait in now.items()), default=0) / 1e6


def slowness() -> float:
    """Return how many times slower than the one on which bars were set this machine's processor is; at least 1.

    A bar in milliseconds times this fails for what the program does, not for where it runs.
    """
    began = process_time()
    for number in range(100_000):
        sha256(b"%d" % number).digest()
    return max(1.0, (process_time() - began) / _USUAL_SECONDS)


def _waits(pid: int) -> dict[str, int]:
    waits: dict[str, int] = {}
    for thread in _listed(Path(f"/proc/{pid}/task")):
        with suppress(OSError, IndexError):
            waits[thread.name] = int((thread / "schedstat").read_text().split()[1])
    return waits


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def family(pid: int) -> set[int]:
    """Return a process and all that it started, they or theirs."""
    parents: dict[int, int] = {}
    for entry in _listed(Path("/proc")):
        with suppress(OSError, ValueError):
            # The name may hold spaces and parentheses; the parent is the second field after it.
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@dataclass
class Lateness:
    """By how much a loop came too late to a ticking task, at worst; the machine's share is taken off."""

    worst_ms: float = 0.0


@asynccontextmanager
async def lateness() -> AsyncIterator[Lateness]:
    """Measure how long this loop keeps everybody waiting meanwhile."""
    found = Lateness()

    async def tick() -> None:
        while True:
            began, starved = perf_counter(), Starvation(os.getpid())
            await asyncio.sleep(_TICK)
            late = (perf_counter() - began - _TICK) * 1000 - starved.ms
            found.worst_ms = max(found.worst_ms, late)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(_TICK)
    try:
        yield found
        # A stall that ends with the work is seen by the next tick.
        await asyncio.sleep(2 * _TICK)
    finally:
        ticking.cancel()


@dataclass
class Stopwatch:
    """How long something took; what the machine kept from this process meanwhile is taken off."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure how long this takes."""
    found = Stopwatch()
    began, starved = perf_counter(), Starvation(os.getpid())
    yield found
    found.seconds = perf_counter() - began - starved.ms / 1000


def _listed(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from folder.iterdir()
