"""The worker process: it computes, outlives a Ctrl-C, and ends with the bot, however that ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from bot.compute import Compute

# Prints the worker's number, then waits to be killed.
KILLED = """
import asyncio, os, sys, time
from bot.compute import Compute

async def main():
    print(await Compute()(os.getpid), flush=True)
    time.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_the_worker_is_another_process_and_stays_the_same() -> None:
    compute = Compute()
    first = await compute(os.getpid)
    assert first != os.getpid()
    os.kill(first, signal.SIGINT)
    assert await compute(os.getpid) == first
    await compute.close()


async def test_a_worker_that_died_is_replaced() -> None:
    compute = Compute()
    os.kill(await compute(os.getpid), signal.SIGKILL)
    assert await compute(sum, (1, 2)) == 3
    await compute.close()


def test_no_worker_outlives_a_bot_that_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "killed.py"
    path.write_text(KILLED)
    bot = subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, text=True)
    assert bot.stdout is not None
    worker = int(bot.stdout.readline())
    bot.kill()
    bot.wait()
    bot.stdout.close()
    deadline = time.monotonic() + 30
    while _lives(worker):
        assert time.monotonic() < deadline, "the worker lives on"


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # Ended, but not yet collected by whoever inherited it.
    return b") Z " not in Path(f"/proc/{process}/stat").read_bytes()
