"""Deadlines: due once, in order, after any downtime, whatever fails."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import clock
from bot.schedule import FIRST_RETRY, Deadline, DeadlineState, Due, Schedule
from tests.harness import World, running_bot

KIND = "test.due"


class Recorder:
    """A handler that notes what it was handed, and fails or asks again as told."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, timedelta]] = []
        self.fail = 0
        self.again: datetime | None = None

    async def __call__(self, due: Due) -> datetime | None:
        self.seen.append((due.subject, clock.now() - due.due_at))
        if self.fail:
            self.fail -= 1
            raise RuntimeError("told to fail")
        again, self.again = self.again, None
        return again


async def put(world: World, subject: int, kind: str = KIND, **length: float) -> None:
    with world.inside():
        async with world.platform.database.write() as tx:
            await world.platform.schedule.put(tx, kind, subject, clock.now() + timedelta(**length), guild_id=1)


def wake(world: World) -> None:
    with world.inside():
        world.platform.schedule.wake()


async def rows(world: World) -> list[Deadline]:
    async with world.platform.database.read() as session:
        return list((await session.scalars(select(Deadline).where(Deadline.kind == KIND))).all())


async def test_due_once_and_in_order(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        recorder = Recorder()
        world.platform.schedule.register(KIND, recorder)
        for subject, minutes in ((3, 30), (1, 10), (2, 20)):
            await put(world, subject, minutes=minutes)
        await world.advance(minutes=9)
        assert recorder.seen == []
        await world.advance(minutes=60)
        assert [subject for subject, _ in recorder.seen] == [1, 2, 3]
        assert max(late for _, late in recorder.seen) < timedelta(seconds=1)
        assert await rows(world) == []


async def test_overdue_after_downtime(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        # Nobody handles the kind in this run, as if the bot were down when it is due.
        for subject, minutes in ((2, 20), (1, 10), (3, 600)):
            await put(world, subject, minutes=minutes)
        await world.advance(hours=2)
        recorder = Recorder()
        world.platform.schedule.register(KIND, recorder)
        wake(world)
        await world.env.settle()
        assert [subject for subject, _ in recorder.seen] == [1, 2]
        assert recorder.seen[0][1] >= timedelta(minutes=110)


async def test_a_row_in_flight_when_the_process_died_runs_again(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await put(world, 7, minutes=-1)
        async with world.platform.database.write() as tx:
            (row,) = (await tx.session.scalars(select(Deadline).where(Deadline.kind == KIND))).all()
            row.state, row.owner = DeadlineState.RUNNING, "another-life"
            row.wake_at = clock.now() + timedelta(minutes=5)
        await world.restart()
        recorder = Recorder()
        world.platform.schedule.register(KIND, recorder)
        wake(world)
        await world.env.settle()
        assert [subject for subject, _ in recorder.seen] == [7]


async def test_a_failing_handler_is_tried_again_later(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        recorder = Recorder()
        recorder.fail = 2
        world.platform.schedule.register(KIND, recorder)
        await put(world, 1, seconds=1)
        await world.advance(seconds=1)
        assert len(recorder.seen) == 1
        await world.advance(seconds=FIRST_RETRY.total_seconds())
        assert len(recorder.seen) == 2
        await world.advance(seconds=2 * FIRST_RETRY.total_seconds())
        assert len(recorder.seen) == 3
        assert await rows(world) == []
        assert len(world.errors) == 2
        world.errors.clear()


async def test_a_failure_holds_nobody_else_up(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        bad, good = Recorder(), Recorder()
        bad.fail = 1_000
        world.platform.schedule.register(KIND, bad)
        world.platform.schedule.register("other.due", good)
        await put(world, 1, seconds=1)
        await put(world, 1, "other.due", seconds=2)
        await world.advance(seconds=3)
        assert [subject for subject, _ in good.seen] == [1]
        world.errors.clear()


async def test_a_handler_may_ask_to_be_called_again(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        recorder = Recorder()
        recorder.again = clock.now() + timedelta(hours=1)
        world.platform.schedule.register(KIND, recorder)
        await put(world, 1)
        await world.env.settle()
        assert len(recorder.seen) == 1
        await world.advance(minutes=59)
        assert len(recorder.seen) == 1
        await world.advance(minutes=2)
        assert len(recorder.seen) == 2


async def test_put_again_moves_it_and_dropped_is_gone(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        recorder = Recorder()
        world.platform.schedule.register(KIND, recorder)
        await put(world, 1, minutes=10)
        await put(world, 1, minutes=30)
        await put(world, 2, minutes=10)
        async with world.platform.database.write() as tx:
            await world.platform.schedule.drop(tx, KIND, 2)
        await world.advance(minutes=20)
        assert recorder.seen == []
        await world.advance(minutes=20)
        assert [subject for subject, _ in recorder.seen] == [1]


async def test_put_again_by_its_own_handler_stays(tmp_path: Path) -> None:
    """What a handler's transaction writes for the same subject is not deleted when the handler ends."""
    async with running_bot(tmp_path) as world:
        seen: list[int] = []

        async def handler(due: Due) -> datetime | None:
            seen.append(due.subject)
            if len(seen) == 1:
                await put(world, 1, minutes=5)
            return None

        world.platform.schedule.register(KIND, handler)
        await put(world, 1)
        await world.env.settle()
        assert len(await rows(world)) == 1
        await world.advance(minutes=6)
        assert seen == [1, 1]


async def test_nothing_is_due_when_the_transaction_failed(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        recorder = Recorder()
        world.platform.schedule.register(KIND, recorder)

        async def change_that_fails() -> None:
            async with world.platform.database.write() as tx:
                await world.platform.schedule.put(tx, KIND, 1, clock.now(), guild_id=1)
                raise RuntimeError("the change that would have caused it")

        with pytest.raises(RuntimeError):
            await change_that_fails()
        await world.advance(minutes=1)
        assert recorder.seen == []
        assert await rows(world) == []


async def test_two_handlers_for_one_kind_are_refused(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        schedule: Schedule = world.platform.schedule
        schedule.register(KIND, Recorder())
        with pytest.raises(ValueError, match=KIND):
            schedule.register(KIND, Recorder())
