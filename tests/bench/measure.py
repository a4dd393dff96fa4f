"""What benchmarks measure with, and what they return."""

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement.

    With a *baseline*, measured in the same run and in the same unit, what counts is the ratio: absolute values say more
    about the machine. *at_most* and *at_least* are the bars for the ratio, or without a baseline for the value.
    """

    what: str
    value: float
    unit: str
    baseline: float | None = None
    at_most: float | None = None
    at_least: float | None = None

    @property
    def ratio(self) -> float | None:
        """The value in baselines."""
        return None if self.baseline is None else self.value / self.baseline

    @property
    def holds(self) -> bool:
        """Whether no bar is missed."""
        judged = self.value if self.ratio is None else self.ratio
        return (self.at_most is None or judged <= self.at_most) and (self.at_least is None or judged >= self.at_least)


def seconds(work: Callable[[], Value]) -> tuple[float, Value]:
    """Return how long *work* took, and what it returned."""
    gc.collect()
    start = time.perf_counter()
    value = work()
    return time.perf_counter() - start, value


def side_by_side(ours: Callable[[], object], baseline: Callable[[], object], times: int) -> tuple[float, float]:
    """Return the medians of both in seconds, run in turns, so that a busy machine slows them alike."""
    pairs = [(seconds(ours)[0], seconds(baseline)[0]) for _ in range(times)]
    return statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs)


async def longest_wait(work: Awaitable[object], tick: float = 0.002) -> float:
    """Return for how long at most, in seconds, the event loop could not get to anything else while *work* ran."""
    running = asyncio.ensure_future(work)
    longest = 0.0
    while not running.done():
        start = time.perf_counter()
        await asyncio.sleep(tick)
        longest = max(longest, time.perf_counter() - start - tick)
    await running
    return longest
