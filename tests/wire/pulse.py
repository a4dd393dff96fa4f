"""How everything that waits learns that something happened, without asking again and again."""

import asyncio
from collections.abc import Callable


class Pulse:
    """A counter of changes; waiting is for the next one, and a wait that is late misses nothing."""

    def __init__(self) -> None:
        self.version = 0
        self._changed = asyncio.Event()

    def beat(self) -> None:
        """Say that something changed."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def after(self, version: int, timeout: float) -> int:
        """Return the current version once it is past `version`, or after `timeout` seconds."""
        await self.until(lambda: self.version > version, timeout)
        return self.version

    async def until(self, reached: Callable[[], bool], timeout: float) -> bool:
        """Wait until `reached()` holds; False when it still does not after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while not reached():
                    await self._changed.wait()
        except TimeoutError:
            return reached()
        return True
