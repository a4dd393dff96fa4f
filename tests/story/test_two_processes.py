"""Two bot processes on one PostgreSQL: the one that holds the server's shard dies, and the other finishes its work."""

import asyncio
from pathlib import Path

import pytest

from tests.story.stage import Stage, staged


@pytest.mark.timeout(600)
async def test_the_other_process_finishes_what_a_dead_one_began(tmp_path: Path, postgres_url: str) -> None:
    async with staged(tmp_path, postgres_url, processes=2) as stage:
        owner = stage.processes[(stage.guild.id >> 22) % 2]
        started = await stage.organiser.slash(
            stage.channel, "giveaway start", prize="A print", ends="30m", winners=2, post=True
        )
        assert "print" in started.text
        answers = await asyncio.gather(*(stage.enter(member) for member in stage.members))
        assert all("You are in" in answer.text for answer in answers)
        ended = await stage.organiser.slash(stage.channel, "giveaway end", giveaway="1")
        assert "#1" in ended.text
        await owner.kill()

        # Nobody restarts it: the other process rechecks, freezes, draws and announces.
        await stage.wire.until(lambda: _announced(stage), timeout=300, what="the announcement")
        await stage.restart(owner)
        await stage.wire.until(lambda: _quiet(stage), timeout=60, what="both to be connected")
        (announcement,) = await stage.announcements()
        bundle = await stage.bundle(announcement)
        assert len(bundle["entrants"]) == len(stage.members)
        assert bundle["unchecked"] == []
        published = {message.id for message in await stage.freezes()}
        assert {int(freeze["message_id"]) for freeze in bundle["freezes"]} == published
        nonces = [message.nonce for message in await stage.channel.created() if message.nonce is not None]
        assert len(nonces) == len(set(nonces))


async def _announced(stage: Stage) -> bool | None:
    return True if await stage.announcements() else None


async def _quiet(stage: Stage) -> bool | None:
    state = await stage.wire.state()
    return True if state.connected == frozenset({0, 1}) else None
