"""The count on the post: soon while it is young, sparingly later, never twice in five seconds, and right in the end."""

from collections.abc import Sequence
from itertools import count, pairwise
from pathlib import Path

from bot.dispatch import TOO_MANY_OLD_EDITS
from tests.giveaways.stage import open_giveaway
from tests.harness import World, forge, running_bot, say

HOUR = 3_600


class Watch:
    """Seconds since the opening, and in which of them the post was edited."""

    def __init__(self, world: World, key: int) -> None:
        self._world, self._key = world, key
        self._names = count(1)
        self._post = world.general.history()[0]
        self.second = 0
        self.edits: list[int] = []

    async def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            before = self._asked()
            await self._world.advance(seconds=1)
            self.second += 1
            self.edits += [self.second] * (self._asked() - before)

    async def enter(self) -> None:
        newcomer = self._world.add_member(f"newcomer{next(self._names)}")
        assert "ticket" in say(await forge(newcomer, self._world.general, f"gw.enter:{self._key}"))

    def shown(self) -> str:
        return say(self._world.general.history()[0])

    def gaps(self, start: int = 0) -> Sequence[int]:
        return [after - before for before, after in pairwise(each for each in self.edits if each >= start)]

    def _asked(self) -> int:
        path = f"/channels/{self._world.general.id}/messages/{self._post.id}"
        return sum(each.method == "PATCH" and each.path == path for each in self._world.env.http_requests)


async def test_a_young_post_follows_within_ten_seconds_and_an_old_one_once_a_minute(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        watch = Watch(world, await open_giveaway(world, minutes=180))
        await watch.enter()
        await watch.pass_time(10)
        assert "1 entrant" in watch.shown()
        for _ in range(20):
            await watch.enter()
            await watch.pass_time(1)
        assert 2 <= len(watch.edits) <= 6
        assert min(watch.gaps()) >= 5
        await watch.pass_time(10)
        assert "21 entrants" in watch.shown(), "the last one is always shown"

        await world.advance(hours=1)
        watch.second += HOUR
        for _ in range(13):
            await watch.enter()
            await watch.pass_time(10)
        late = watch.gaps(HOUR)
        assert late
        assert min(late) >= 60
        await watch.pass_time(61)
        assert "34 entrants" in watch.shown()


async def test_where_discord_refuses_it_slows_down_and_is_right_in_the_end(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        watch = Watch(world, await open_giveaway(world, minutes=180))
        edits = f"/channels/{world.general.id}/messages/*"
        world.env.inject_error("PATCH", edits, status=400, code=TOO_MANY_OLD_EDITS, times=4)
        await watch.enter()
        await watch.pass_time(40)
        refused = watch.gaps()
        assert refused == sorted(refused)
        assert refused[-1] > 2 * refused[0]
        assert "1 entrant" in watch.shown()
