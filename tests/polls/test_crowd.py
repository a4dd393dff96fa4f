"""Votes from 200 members at once, changing theirs, and a kill in the middle: each last answered vote counts, once."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.migrate import upgrade
from cogs.polls.service.boxes import ballot_key, box, secret_of
from cogs.polls.tables import Poll, PollBundle, PollVoter
from tests.polls.bare import bare_polls, close, opened
from tests.polls.crowd import MEMBERS, choice

ROOT = Path(__file__).parents[2]
ANSWERED = 500


async def killed_crowd(url: str, key: int) -> dict[int, tuple[int, str]]:
    """Run a crowd until so many votes of most members were answered, kill it; return each one's last answered vote."""
    crowd = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.polls.crowd", url, str(key), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert crowd.stdout is not None
    lines: list[bytes] = []
    heard: set[bytes] = set()
    while len(lines) < ANSWERED or len(heard) <= MEMBERS // 2:
        line = await crowd.stdout.readline()
        assert line, "the crowd ended before it was killed"
        lines.append(line)
        heard.add(line.split()[0])
    crowd.kill()
    lines += [line for line in (await crowd.stdout.read()).splitlines() if line.count(b" ") == 2 and len(line) > 11]
    await crowd.wait()
    last: dict[int, tuple[int, str]] = {}
    for line in lines:
        number, time, receipt = line.split()
        last[int(number)] = int(time), receipt.decode()
    return last


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_each_last_answered_vote_counts_once(tmp_path: Path, database: str) -> None:
    from tests.postgres import fresh_database

    if database == "sqlite":
        await crowd_of(f"sqlite+aiosqlite:///{tmp_path / 'ikuzo.db'}")
    else:
        with fresh_database() as url:
            await crowd_of(url)


async def crowd_of(url: str) -> None:
    await upgrade(url)
    async with bare_polls(url) as (platform, services):
        key = await opened(platform, services)
    last = await killed_crowd(url, key)
    async with bare_polls(url) as (platform, services):
        async with platform.database.read() as session:
            secret = await secret_of(session, key)
            assert secret is not None
            rows = (await session.execute(select(box(key).c.key, box(key).c.receipt, box(key).c.choices))).all()
            roll = set(await session.scalars(select(PollVoter.user_id)))
            counted = (await session.get_one(Poll, key)).vote_count
        found = {row.key: (row.receipt, json.loads(row.choices)) for row in rows}
        assert len(rows) == len(found) == len(roll) == counted
        for number, (time, receipt) in last.items():
            stored, choices = found[ballot_key(secret, number + 1)]
            # The vote that was on its way when the process was killed may be there, and nothing older.
            assert (stored, choices) == (receipt, [choice(number, time)]) or choices == [choice(number, time + 1)]
            assert number + 1 in roll
        await close(platform, services, key)
        async with platform.database.read() as session:
            ballots = json.loads((await session.get_one(PollBundle, key)).data)["ballots"]
    assert sorted((each["receipt"], each["choices"]) for each in ballots) == sorted(found.values())
