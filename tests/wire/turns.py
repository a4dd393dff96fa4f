"""When something reached a busy server: not when its loop came to it, but when it last had not been there."""

import selectors
from collections import deque
from time import perf_counter

_LATER = 3  # turns of the loop from reading a request to the start of its handler, at most
_WAITED = 0.001  # seconds in which nothing was to do: then whatever came was read at once


class Turns(selectors.DefaultSelector):
    """A loop's selector that remembers its last looks, so that the server's own work is not taken for the bot's."""

    def __init__(self) -> None:
        super().__init__()
        self._looks: deque[tuple[float, bool]] = deque(maxlen=_LATER + 1)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        asked = perf_counter()
        found = super().select(timeout)
        looked = perf_counter()
        self._looks.append((looked, looked - asked > _WAITED))
        return found

    def arrival(self) -> float:
        """Return a time before which what is handled now had not arrived, by at most the last turns' own work.

        What is read in a turn was not there at the look before; where the loop had nothing to do it came just then.
        """
        waits = [looked for looked, waited in self._looks if waited]
        return waits[-1] if waits else self._looks[0][0]
