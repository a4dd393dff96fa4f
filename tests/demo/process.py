"""``ikuzo demo`` as a process of its own, with its temporary files where a test can look for them."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

DEMO = (sys.executable, "-m", "bot", "demo")


@dataclass
class Demo:
    """A running demo: where its page is, and what it printed until then; *ended* is its exit code."""

    url: str
    printed: str
    folder: Path
    ended: int | None = field(default=None)
    rest: str = ""


@asynccontextmanager
async def serving(folder: Path, speed: float) -> AsyncIterator[Demo]:
    """Start the demo on a free port and interrupt it at the end, as Ctrl-C does."""
    process = await asyncio.create_subprocess_exec(
        *DEMO,
        "--port",
        "0",
        "--speed",
        str(speed),
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        # In a session of its own: a terminal's Ctrl-C reaches the whole group, the bot's worker process too.
        start_new_session=True,
    )
    assert process.stdout is not None
    printed = ""
    try:
        while "Ctrl-C" not in printed:
            line = await process.stdout.readline()
            assert line, f"the demo ended: {printed}"
            printed += line.decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/#\S+", printed)
        assert found is not None, printed
        demo = Demo(found[0], printed, folder)
        yield demo
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGINT)
        rest, _ = await process.communicate()
    demo.ended, demo.rest = process.returncode, rest.decode()
