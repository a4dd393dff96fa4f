"""A giveaway with 10 000 entrants, while people go on pressing buttons and typing commands."""

import asyncio
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from bot.database import micros
from cogs.giveaways.rules.draw import token
from tests.machine import family, memory_mb
from tests.story.prober import Act, Prober, figures
from tests.story.stage import Stage, staged
from tests.wire.handles import Member
from tests.wire.models import Message

ENTRANTS: Final = 10_000
CLICKED: Final = 1_000
AT_ONCE: Final = 10
QUIET: Final = 3.0
BAR_MS: Final = 1_000
# 25 MB and 60 MB were measured.
GROWTH_MB: Final = 64
WORKER_MB: Final = 128
ENTER: Final = "gw.enter:1"


@dataclass
class Memory:
    """The most memory of the bot, and of the worker process it starts for long computing, in MB."""

    pid: int
    at_rest: float
    bot: float = 0.0
    worker: float = 0.0

    def look(self) -> None:
        self.bot = max(self.bot, memory_mb(self.pid))
        self.worker = max(self.worker, sum(map(memory_mb, family(self.pid) - {self.pid})))

    def __str__(self) -> str:
        return f"the bot took {self.at_rest:.0f} MB, then {self.bot:.0f} MB, its worker {self.worker:.0f} MB"


@pytest.mark.timeout(480)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
async def test_ten_thousand_entrants_keep_nobody_waiting(tmp_path: Path) -> None:
    """Three people press or type in turn, five times a second, throughout; nobody waits for a second.

    1 000 people enter through Discord, as fast as they are answered. To click 10 000 times would take minutes, most of
    them spent in our own Discord, so the others are put into the database, as members who exist; from then on there
    is no difference: each of the 10 000 is asked for at the recheck, at the pace Discord allows, which takes a minute.
    There is no beacon, whose round would only be waited for: its signature is checked in the process that also draws.

    The bar of one second is not for the machine: how long the bot was ready to go on while no processor was to be had
    is taken off (`tests/machine.py`), and answers count from when they reach our Discord, not from when it looks. On a
    machine of one's own that is next to nothing; on one with ten others it is most of each wait, but what keeps the
    bot's event loop for a second is computing or waiting of the bot's own, and stays.
    """
    file = tmp_path / "ikuzo.db"
    async with staged(tmp_path, f"sqlite+aiosqlite:///{file}", beacon=False) as stage:
        bot = stage.processes[0]
        crowd = [Member(user, "", stage.wire, stage.guild) for user in await stage.guild.crowd(ENTRANTS - 1)]
        await stage.organiser.slash(stage.channel, "giveaway start", prize="A print", ends="1h", winners=5, post=True)
        post = await stage.post()
        prober = Prober(_acts(stage, post), bot.pid)
        async with prober.probing():
            with prober.during("before"):
                await asyncio.sleep(QUIET)
            memory = Memory(bot.pid, memory_mb(bot.pid))
            with prober.during("storm"):
                told = await _storm(prober, crowd[:CLICKED], post)
            entered = _entered(file)
            assert told <= entered
            _insert(file, [member for member in crowd if member.id not in entered])
            # One phase, since without a beacon the draw follows the freeze message at once.
            with prober.during("closing"):
                await stage.organiser.slash(stage.channel, "giveaway end", giveaway="1")
                await _posted(stage, memory, "entrants-1", timeout=180)
                await _posted(stage, memory, "draw-1", timeout=60)
                await asyncio.sleep(QUIET)

        for phase in ("before", "storm", "closing"):
            print(f"{phase:8}{figures(prober.of(phase))}")
        print(f"{len(told)} of {CLICKED} were told that they are in; {memory}")
        (announcement,) = await stage.announcements()
        bundle = await stage.bundle(announcement, trusted=True)
        assert len(bundle["entrants"]) == ENTRANTS
        assert len(bundle["results"]) == 5
        assert bundle["excluded"] == bundle["unchecked"] == []
        assert [probe for probe in prober.probes if probe.own_ms > BAR_MS] == []
        assert memory.bot - memory.at_rest < GROWTH_MB
        assert memory.worker < WORKER_MB


def _acts(stage: Stage, post: Message) -> Sequence[Act]:
    """Return a light command, the button about how it works, and Enter, also by someone who sees an old post."""
    shows, reads, enters = stage.members[:3]
    pressed = {"component_type": 2, "custom_id": ENTER}
    return (
        partial(shows.slash, stage.channel, "my show", until="ack"),
        partial(reads.click, post, custom_id="gw.info:1", until="ack"),
        partial(enters.forge, stage.channel, pressed, on=post, until="ack"),
    )


async def _storm(prober: Prober, people: Sequence[Member], post: Message) -> set[int]:
    """Have all of them enter; returns who was told that they are in."""
    left = iter(people)
    told: set[int] = set()

    async def one_after_another() -> None:
        for member in left:
            reply = await prober.timed(partial(member.click, post, custom_id=ENTER))
            if "You are in" in reply.text:
                told.add(member.id)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    return told


def _entered(file: Path) -> set[int]:
    with closing(sqlite3.connect(file, timeout=30)) as database:
        return {user for (user,) in database.execute("SELECT user_id FROM giveaway_entries")}


def _insert(file: Path, people: Sequence[Member]) -> None:
    now = micros(datetime.now(UTC))
    with closing(sqlite3.connect(file, timeout=30)) as database, database:
        (public_id,) = database.execute("SELECT public_id FROM giveaways WHERE id = 1").fetchone()
        salts = [secrets.token_hex(16) for _ in people]
        database.executemany(
            "INSERT INTO giveaway_entries (giveaway_id, user_id, token, salt, tickets, entered_at, unchecked)"
            " VALUES (1, ?, ?, ?, 1, ?, FALSE)",
            [
                (member.id, token(public_id, str(member.id), salt), salt, now)
                for member, salt in zip(people, salts, strict=True)
            ],
        )
        database.execute("UPDATE giveaways SET entry_count = entry_count + ? WHERE id = 1", (len(people),))


async def _posted(stage: Stage, memory: Memory, name: str, timeout: float) -> None:
    """Wait until a file of this name is on a message; looks once a second, since looking costs Discord a lot."""
    async with asyncio.timeout(timeout):
        while True:
            memory.look()
            sent = await stage.wire.requests("POST", stage.posts, state="answered")
            if any(file.startswith(name) for request in sent for file in request.files):
                return
            await asyncio.sleep(1)
