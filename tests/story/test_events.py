"""An event with the process killed at every public call: each thing once, and none missing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import clock
from bot.app import create_platform
from bot.posts import Place
from bot.settings import Settings
from cogs.events.rules.kinds import Scope, Where
from cogs.events.rules.options import Options, review
from cogs.events.service.records import occurrence_of
from cogs.events.service.standing import options_of
from cogs.events.wiring import build
from cogs.events.wiring_outside import build_outside
from tests.story.stage import Stage, staged
from tests.story.test_kills import murdered
from tests.wire.handles import Channel
from tests.wire.models import Message
from tests.wire.trouble import Stage as Moment

TITLE = "Sketch night"
# Until it begins, once its time was changed: long enough for the deaths before it.
SOON = timedelta(seconds=75)


class Organiser:
    """Writes into the bot's database while the bot is dead, as its commands do."""

    def __init__(self, stage: Stage, database_url: str) -> None:
        self._stage = stage
        self._platform = create_platform(Settings(database_url=database_url, beacon_urls=()))
        self._services = build(self._platform)
        build_outside(self._platform, self._services.followers, self._services.changing, self._services.cancelling)
        self._key = 0

    async def post(self) -> None:
        now = clock.now()
        options = Options(
            title=TITLE, where=Where.ONLINE, place="x", starts=now + timedelta(hours=1), remind=(timedelta(0),)
        )
        proposal = review(options, now).proposal
        assert proposal is not None
        async with self._platform.database.write() as tx:
            _, row = await self._services.posting.post(
                tx, self._stage.guild.id, self._stage.organiser.id, proposal, [self._place], now
            )
            self._key = row.id

    async def move(self) -> None:
        now = clock.now()
        async with self._platform.database.write() as tx:
            row, event = await occurrence_of(tx.session, self._stage.guild.id, self._key, lock=True)
            changes: dict[str, Any] = {"starts": now + SOON, "ends": now + SOON + timedelta(hours=1)}
            options = options_of(row, event, Scope.THIS)
            proposal = review(Options(**{**_values(options), **changes}), now, now).proposal
            assert proposal is not None
            await self._services.changing.change(
                tx, row, event, Scope.THIS, proposal, [self._place], self._stage.organiser.id, now
            )

    @property
    def _place(self) -> Place:
        return Place(self._stage.channel.id, "en")

    async def close(self) -> None:
        await self._platform.close()


def _values(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in options.__dataclass_fields__}


@pytest.mark.timeout(600)
async def test_killed_around_every_call_of_an_event(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'ikuzo.db'}"
    async with staged(tmp_path, url, members=1) as stage:
        organiser = Organiser(stage, url)
        await stage.kill()
        await organiser.post()
        await _die(stage, stage.posts, "before")
        await _die(stage, stage.posts, "after")
        # Thread and mirror are made side by side: the one waits until the other was seen to die.
        natives = f"/guilds/{stage.guild.id}/scheduled-events"
        waiting = await stage.wire.trouble.hold("POST", natives, stage="before")
        await _die(stage, f"{stage.posts}/*/threads", "after")
        await waiting.release(go_on=False)
        await _die(stage, natives, "after")
        await stage.restart()
        announcement = await stage.post()
        thread = Channel(announcement.id, stage.wire)
        await stage.wire.until(lambda: _mirrored(stage), timeout=60, what="the event among Discord's own")
        await stage.kill()
        await organiser.move()
        said = f"/channels/{thread.id}/messages"
        # Its notice, then its reminder at the start.
        await _die(stage, said, "after")
        await stage.restart()
        await stage.wire.until(lambda: _says(thread, "Something has changed"), timeout=60, what="the notice")
        before = await stage.wire.trouble.hold("POST", said, stage="before")
        await murdered(stage, before)
        await _die(stage, said, "after")
        await stage.restart()
        await stage.wire.until(lambda: _says(thread, "has begun"), timeout=60, what="the reminder")
        await stage.wire.until(lambda: _active(stage), timeout=60, what="the event to begin in Discord too")
        await organiser.close()
        await _check(stage, thread)


async def _die(stage: Stage, path: str, moment: Moment) -> None:
    """Start the dead bot, and kill it before the next such call has an effect, or when it had and nobody knows."""
    hold = await stage.wire.trouble.hold("POST", path, stage=moment)
    await stage.restart()
    await murdered(stage, hold)


async def _mirrored(stage: Stage) -> bool | None:
    return True if await stage.guild.scheduled_events() else None


async def _active(stage: Stage) -> bool | None:
    return True if [each["status"] for each in await stage.guild.scheduled_events()] == [2] else None


async def _says(channel: Channel, words: str) -> Message | None:
    return next((each for each in await channel.messages() if words in each.text), None)


async def _check(stage: Stage, thread: Channel) -> None:
    announcements = [each for each in await stage.channel.created() if "Going" in {b.label for b in each.buttons}]
    assert len(announcements) <= 1
    assert len([each for each in await stage.channel.created() if each.nonce is not None]) == 1
    said = [each.text for each in await thread.created() if each.nonce is not None]
    assert ["Something has changed" in text for text in said] == [True, False]
    assert "has begun" in said[1]
    (native,) = await stage.guild.scheduled_events()
    assert native["name"] == TITLE
