"""Rate limits as Discord tells and enforces them: fixed windows per route and major parameter."""

import fnmatch
import hashlib
import math
import re
import time
from dataclasses import dataclass

from tests.wire.calls import Call, Json

_IDS = re.compile(r"/\d{5,}")
_MAJOR = re.compile(r"/(?:channels|guilds)/\d+|/webhooks/\d+/[^/]+")


@dataclass(frozen=True, slots=True)
class Limit:
    """`amount` requests within `per` seconds for each bucket whose path matches the glob."""

    method: str
    path: str
    amount: int
    per: float

    def covers(self, call: Call) -> bool:
        return self.method in {"*", call.method} and fnmatch.fnmatchcase(call.path, self.path)


_OPEN = Limit("*", "*", 5000, 1.0)


@dataclass(slots=True)
class _Window:
    opened: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """Headers for the answer, and how long to wait where the request is refused (seconds)."""

    headers: dict[str, str]
    retry_after: float | None


class Limits:
    """Counts requests; without a limit of a test's own they are as good as free."""

    def __init__(self) -> None:
        self._limits: list[Limit] = []
        self._windows: dict[tuple[str, str], _Window] = {}

    def set(self, limit: Limit) -> None:
        """Add a limit; the latest that covers a request counts."""
        self._limits.insert(0, limit)

    def clear(self) -> None:
        self._limits.clear()
        self._windows.clear()

    def take(self, call: Call) -> Taken:
        """Count this request."""
        limit = next((one for one in self._limits if one.covers(call)), _OPEN)
        found = _MAJOR.search(call.path)
        major = found.group() if found else ""
        route = f"{call.method} {_IDS.sub('/{id}', call.path.replace(major, '{major}', 1) if major else call.path)}"
        bucket = hashlib.sha256(route.encode()).hexdigest()[:32]
        now = time.monotonic()
        window = self._windows.get((bucket, major))
        if window is None or now >= window.opened + limit.per:
            window = self._windows[bucket, major] = _Window(now)
        left = window.opened + limit.per - now
        refused = window.used >= limit.amount
        if not refused:
            window.used += 1
        headers = {
            "X-RateLimit-Limit": str(limit.amount),
            "X-RateLimit-Remaining": str(limit.amount - window.used),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{math.ceil(left * 1000) / 1000:.3f}",  # never too early
            "X-RateLimit-Bucket": bucket,
        }
        return Taken(headers, left if refused else None)


def refusal(retry_after: float, everywhere: bool) -> tuple[Json, dict[str, str]]:
    """Body and headers of a 429."""
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(retry_after, 3),
        "global": everywhere,
    }
    headers = {
        "Retry-After": str(math.ceil(retry_after)),
        "X-RateLimit-Scope": "global" if everywhere else "user",
    }
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    return body, headers
