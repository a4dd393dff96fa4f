"""The whole story with the process killed between every two steps: nothing lost, nothing twice, verified offline.

Runs in real time (a list must stand in public for a minute), so that there is one story per database with every
death in it, instead of one per death.
"""

import asyncio
from pathlib import Path

import pytest

from tests.drand import Behaviour
from tests.story.stage import Stage, staged
from tests.wire.trouble import Hold

# A death of this length is past the window in which Discord itself would refuse the same nonce.
PAST_WINDOW = 65


async def murdered(stage: Stage, hold: Hold) -> None:
    """Kill the bot at a held call, which is then never answered."""
    await hold.reached(timeout=120)
    await stage.kill()
    await hold.release(go_on=False)


@pytest.mark.timeout(600)
async def test_killed_between_every_two_steps(tmp_path: Path) -> None:
    async with staged(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'ikuzo.db'}") as stage:
        await _post(stage)
        await _enter(stage)
        await _freeze(stage)
        await _draw(stage)
        await stage.wire.until(lambda: _settled(stage), timeout=60, what="the post to show the winners")
        await _check(stage)


async def _post(stage: Stage) -> None:
    posts = stage.posts
    # Posting: answered, then killed before the post is sent, and again when it is there but nobody knows.
    before = await stage.wire.trouble.hold("POST", posts, stage="before")
    started = await stage.organiser.slash(
        stage.channel, "giveaway start", prize="A print", ends="30m", winners=2, post=True
    )
    assert "print" in started.text
    await murdered(stage, before)
    after = await stage.wire.trouble.hold("POST", posts, stage="after")
    await stage.restart()
    await murdered(stage, after)
    await stage.restart()
    await stage.post()


async def _enter(stage: Stage) -> None:
    # Entering: each answered one is on disk, however soon the process dies.
    for member in stage.members[:4]:
        answer = await stage.enter(member)
        assert "You are in" in answer.text
        await stage.kill()
        await stage.restart()
    left, twice = stage.members[4], stage.members[5]
    both = await asyncio.gather(stage.enter(twice), stage.enter(twice))
    assert sorted("already" in each.text for each in both) == [False, True]
    await stage.enter(left)
    again = await stage.enter(left)
    assert again.message is not None
    assert "You left" in (await left.click(again.message, "Leave")).text
    edit = await stage.wire.trouble.hold("PATCH", f"{stage.posts}/*", stage="after")
    await murdered(stage, edit)
    await stage.restart()


async def _freeze(stage: Stage) -> None:
    posts = stage.posts
    # Closing, at the organiser's word; freezing: before the message, and with it there but nobody knowing.
    closed = await stage.wire.trouble.hold("POST", posts, stage="before")
    assert "#1" in (await stage.organiser.slash(stage.channel, "giveaway end", giveaway="1")).text
    await murdered(stage, closed)
    sent = await stage.wire.trouble.hold("POST", posts, stage="after")
    await stage.restart()
    await murdered(stage, sent)
    await stage.restart()
    await stage.wire.until(lambda: _counts(stage), timeout=30, what="a freeze message that counts")


async def _draw(stage: Stage) -> None:
    posts = stage.posts
    # Waiting for the round, with the beacon away; then the announcement, twice.
    await stage.drand.become(Behaviour.ERROR)
    await stage.kill()
    await stage.restart()
    await stage.wire.until(lambda: _asked(stage), timeout=120, what="the beacon to be asked")
    await stage.kill()
    await stage.drand.become(Behaviour.HONEST)
    announced = await stage.wire.trouble.hold("POST", posts, stage="before")
    await stage.restart()
    await murdered(stage, announced)
    announced = await stage.wire.trouble.hold("POST", posts, stage="after")
    await stage.restart()
    await murdered(stage, announced)
    await asyncio.sleep(PAST_WINDOW)
    await stage.wire.settings(nonce_window=0.0)
    await stage.restart()


async def _counts(stage: Stage) -> bool | None:
    return True if await stage.freezes() else None


async def _asked(stage: Stage) -> bool | None:
    return True if stage.drand.requests else None


async def _settled(stage: Stage) -> bool | None:
    post = await stage.post()
    found = await stage.announcements()
    winners = found[0].text.count("<@") if found else 0
    return True if winners and post.text.count("<@") > 1 else None


async def _check(stage: Stage) -> None:
    posts = [message for message in await stage.channel.created() if "Enter" in {b.label for b in message.buttons}]
    created = await stage.channel.created()
    assert len(posts) <= 1, [message.text for message in posts]
    (announcement,) = await stage.announcements()
    bundle = await stage.bundle(announcement)
    assert len(bundle["entrants"]) == 5
    assert len(bundle["results"]) == 2
    published = {message.id for message in await stage.freezes()}
    assert {int(freeze["message_id"]) for freeze in bundle["freezes"]} == published
    names = {str(member.id) for member in stage.members}
    assert {row["user_id"] for row in bundle["results"]} <= names
    # One message per delivery: no nonce was ever used for two.
    nonces = [message.nonce for message in created if message.nonce is not None]
    assert len(nonces) == len(set(nonces))
