"""Long computing in a process of its own, so that the event loop, and every acknowledgement, goes on."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Result = TypeVar("Result")


class Compute:
    """One worker process, started at first use and again should it die."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def __call__(self, function: Callable[..., Result], /, *args: object) -> Result:
        """Run a top-level function with picklable arguments in the worker process.

        Such functions are pure, so one whose worker died (out of memory, killed) is run once more in a new one.
        """
        try:
            return await self._submit(function, *args)
        except BrokenProcessPool:
            self._pool = None
            return await self._submit(function, *args)

    async def _submit(self, function: Callable[..., Result], /, *args: object) -> Result:
        if self._pool is None:
            # Not forked: a copy of a process with threads and an event loop may deadlock.
            self._pool = ProcessPoolExecutor(
                max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=_live_as_long_as_the_bot
            )
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *args)

    async def close(self) -> None:
        """End the worker process, without waiting for what it still computes."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _live_as_long_as_the_bot() -> None:
    """Set the worker process up: it ends when told to, or when the bot is gone, and not by a terminal's Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_bot, daemon=True).start()


def _end_with_the_bot() -> None:
    """Wait for the bot's end: one that was killed could not tell us, and we would wait for work for ever."""
    bot = multiprocessing.parent_process()
    if bot is not None:
        bot.join()
        os._exit(0)
