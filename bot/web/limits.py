"""How often one address may ask: counted in memory, bounded, and forgotten with the process."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

REMEMBERED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most *count* requests at once, and as many again in each *per* that follows, evenly."""

    count: int
    per: timedelta

    @property
    def step(self) -> timedelta:
        return self.per / self.count


class Limiter:
    """Requests by name and address, as the instant until which each has used up its share.

    When more addresses come than are remembered, the one that was not seen for longest is forgotten.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._used_until: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    def admit(self, name: str, address: str, limit: Limit, now: datetime) -> timedelta | None:
        """Count a request; returns None if it may pass, else how long to wait. What is refused is not counted."""
        key = (name, address)
        until = max(self._used_until.get(key, now), now) + limit.step
        if until - now > limit.per:
            self._used_until.move_to_end(key)
            return until - now - limit.per
        self._used_until[key] = until
        self._used_until.move_to_end(key)
        if len(self._used_until) > self._remembered:
            self._used_until.popitem(last=False)
        return None
