"""Figures about the running process for whoever watches over it; counts and times, of no server and of nobody.

They are the process's, so they are kept in one registry, and whoever does something counts it here. What the database
knows is asked for when the figures are read, in ``bot/web/metrics.py``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

ANSWERS: Final = Histogram(
    "ikuzo_answer_seconds",
    "From receiving an interaction to Discord's having its first answer; Discord gives 3 s.",
    ["kind"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3),
    registry=REGISTRY,
)
UNFORESEEN: Final = Counter(
    "ikuzo_unforeseen_errors",
    "Interactions that ended in an error nobody foresaw; the log has each.",
    registry=REGISTRY,
)
LATENESS: Final = Histogram(
    "ikuzo_deadline_lateness_seconds",
    "By how much deadlines were late when they were taken up.",
    buckets=(0.1, 0.5, 1, 5, 30, 300, 3600),
    registry=REGISTRY,
)
DEADLINE_FAILURES: Final = Counter(
    "ikuzo_deadline_failures", "Attempts at a deadline that failed and are repeated.", registry=REGISTRY
)
OUTCOMES: Final = Counter(
    "ikuzo_delivery_outcomes", "What came of attempts to post, edit, or change a role.", ["state"], registry=REGISTRY
)
COMMITS: Final = Histogram(
    "ikuzo_writer_commit_seconds",
    "How long clicks that were gathered took to reach the disk.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
    registry=REGISTRY,
)
GATHERED: Final = Counter("ikuzo_writer_rows", "Clicks that were written.", registry=REGISTRY)
RPC_CALLS: Final = Counter("ikuzo_rpc_calls", "Calls of RPC endpoints, by chain.", ["chain"], registry=REGISTRY)
RPC_TROUBLE: Final = Counter(
    "ikuzo_rpc_trouble", "Calls that gave no answer to use, by what was wrong.", ["chain", "trouble"], registry=REGISTRY
)


@contextmanager
def timed(histogram: Histogram) -> Iterator[None]:
    """Observe how long something took that did not fail."""
    began = perf_counter()
    yield
    histogram.observe(perf_counter() - began)
