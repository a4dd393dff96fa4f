"""Scheduled and repeated giveaways: opened once, at their time or late, and followed by the next."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from bot.schedule import Deadline
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import Giveaway, State
from tests.giveaways.organising.desk import giveaways, post, posts, start
from tests.harness import World, press, running_bot, say


async def deadlines(world: World) -> dict[tuple[str, int], str]:
    async with world.platform.database.read() as session:
        rows = (await session.scalars(select(Deadline).where(Deadline.kind.startswith("giveaway.")))).all()
    return {(row.kind, row.subject): row.due_at.isoformat() for row in rows}


async def test_it_appears_when_it_opens(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        row = await post(world, starts="2h", ends="1 day", ping=world.artists)
        assert (row.state, row.opened_at) == (State.SCHEDULED, None)
        assert row.closes_at - row.starts_at == timedelta(days=1)
        assert await deadlines(world) == {("giveaway.open", row.id): row.starts_at.isoformat()}
        await world.advance(minutes=119)
        assert world.general.history() == []
        await world.advance(minutes=2)
        (row,) = await giveaways(world)
        assert (row.state, row.opened_at) == (State.OPEN, row.starts_at)
        (message,) = world.general.history()
        assert "Opened late" not in say(message)
        assert "1 entrant" in say(await press(world.member, message, "gw.enter"))
        assert await deadlines(world) == {("giveaway.close", row.id): row.closes_at.isoformat()}


async def test_it_opens_once_through_restarts_and_repeated_deadlines(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        row = await post(world, starts="1h", ends="1 day")
        await world.restart()
        await world.advance(hours=2)
        await world.restart()
        async with world.platform.database.write() as tx:
            await world.platform.schedule.put(tx, "giveaway.open", row.id, world.env.now(), guild_id=row.guild_id)
        await world.env.settle()
        assert len(world.general.history()) == 1
        assert [line.kind for line in await world.ledger()] == ["giveaway.posted"]


async def test_late_after_downtime_it_still_closes_when_it_was_to(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        row = await post(world, starts="1h", ends="10h")
        planned = row.closes_at
        await world.sleep(hours=5)
        await world.restart()
        await world.env.settle()
        (row,) = await giveaways(world)
        assert row.state is State.OPEN
        assert row.opened_at is not None
        assert row.opened_at - row.starts_at >= timedelta(hours=4)
        assert row.closes_at == planned
        assert "Opened late" in say(world.general.history()[0])


async def test_when_its_closing_passed_meanwhile_it_runs_its_whole_time(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        row = await post(world, starts="1h", ends="2h", claim="in-person", claim_within="2026-01-01 06:00")
        assert row.claim_until is not None
        until = row.claim_until
        await world.sleep(hours=5)
        await world.restart()
        await world.env.settle()
        (row,) = await giveaways(world)
        assert row.state is State.OPEN
        assert row.opened_at is not None
        assert row.closes_at == row.opened_at + timedelta(hours=2)
        assert row.claim_until is not None
        assert row.claim_until > row.closes_at > until
        await world.advance(hours=3)
        assert [each.state for each in await giveaways(world)] == [State.EMPTY]


async def test_a_repeated_one_is_followed_by_the_next_with_its_own_seed(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await world.speak(world.organiser, "en", "Europe/Berlin")
        first = await post(
            world,
            ends="20h",
            starts="2026-01-01 20:00",
            repeat="daily",
            claim="in-person",
            claim_within="2026-01-05 18:00",
            channel=world.announcements,
            required_role=world.artists,
        )
        assert (first.series_id, first.series_index, first.runs_seconds) == (first.id, 0, 20 * 3600)
        await world.advance(hours=20)
        assert [row.state for row in await giveaways(world)] == [State.OPEN]
        await world.advance(hours=20)
        first, second = await giveaways(world)
        assert (second.state, second.number, second.series_id, second.series_index) == (
            State.SCHEDULED,
            2,
            first.id,
            1,
        )
        assert second.starts_at == first.starts_at + timedelta(days=1)
        assert second.closes_at == first.closes_at + timedelta(days=1)
        assert second.claim_until is not None
        assert first.claim_until is not None
        assert second.claim_until == first.claim_until + timedelta(days=1)
        assert second.seed != first.seed
        assert second.public_id != first.public_id
        assert second.commitment != first.commitment
        assert second.terms == first.terms
        assert second.claim is Claim.IN_PERSON
        assert [(p.subject, p.channel_id) for p in await posts(world)] == [
            (first.id, world.announcements.id),
            (second.id, world.announcements.id),
        ]
        await world.advance(hours=5)
        assert (await giveaways(world))[1].state is State.OPEN
        await world.advance(hours=24)
        assert [row.number for row in await giveaways(world)] == [1, 2, 3]
        numbers = [line.subject for line in await world.ledger() if line.kind == "giveaway.posted"]
        assert numbers == ["giveaway:1", "giveaway:2", "giveaway:3"]


async def test_a_role_the_server_keeps_out_by_now_is_kept_out_of_the_next(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, ends="1h", repeat="daily", excluded_role=world.artists)
        await world.moderator.slash(world.general, "config role", purpose="excluded", role=world.organisers)
        await world.advance(hours=2)
        _, second = await giveaways(world)
        assert second.terms["excluded_roles"] == [world.artists.id, world.organisers.id]


async def test_ending_one_early_does_not_shorten_the_next(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        first = await post(world, ends="20h", repeat="weekly")
        await world.advance(hours=1)
        await world.organiser.slash(world.general, "giveaway end", giveaway="1")
        first, second = await giveaways(world)
        assert first.ended_early
        assert second.starts_at == first.starts_at + timedelta(days=7)
        assert second.closes_at - second.starts_at == timedelta(hours=20)


async def test_a_series_ends_with_whoever_answered_for_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, ends="1h", repeat="daily")
        async with world.platform.database.write() as tx:
            await tx.session.execute(update(Giveaway).values(organiser_id=None))
        await world.advance(hours=2)
        assert len(await giveaways(world)) == 1


async def test_cancelling_one_of_a_series_lets_it_go_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, ends="2h", repeat="daily")
        answer = await world.organiser.slash(world.general, "giveaway cancel", giveaway="1", reason="Rain")
        first, second = await giveaways(world)
        assert (first.state, second.state) == (State.CANCELLED, State.SCHEDULED)
        assert second.starts_at == first.starts_at + timedelta(days=1)
        assert "The series goes on: #2" in say(answer)
        await world.organiser.slash(world.general, "giveaway cancel", giveaway="2", reason="Rain again")
        states = [(row.number, row.state) for row in await giveaways(world)]
        assert states == [(1, State.CANCELLED), (2, State.CANCELLED), (3, State.SCHEDULED)]
        assert len(world.general.history()) == 1


async def test_the_whole_series_is_ended_by_a_button(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, ends="2h", repeat="daily")
        answer = await world.organiser.slash(world.general, "giveaway cancel", giveaway="1", reason="Rain")
        await world.restart()
        over = await press(world.organiser, answer, "gw.series_end")
        assert "#2 will not open" in say(over)
        await world.advance(days=2)
        assert [row.state for row in await giveaways(world)] == [State.CANCELLED, State.CANCELLED]
        assert [row.repeats for row in await giveaways(world)] == [None, None]
        kinds = [(line.kind, line.subject) for line in await world.ledger()]
        assert kinds.count(("giveaway.cancelled", "giveaway:2")) == 1


async def test_a_series_being_closed_and_cancelled_has_one_next_only(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        row = await post(world, ends="2h", repeat="daily")
        await press(world.member, world.general.history()[0], "gw.enter")
        await world.advance(hours=2, seconds=5)
        async with world.platform.database.write() as tx:
            await tx.session.execute(update(Giveaway).where(Giveaway.id == row.id).values(state=State.FROZEN))
        await world.organiser.slash(world.general, "giveaway cancel", giveaway="1", reason="Broken")
        assert [each.series_index for each in await giveaways(world)] == [0, 1]


async def test_a_draft_with_a_start_that_passed_is_not_posted(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        draft = await start(world, prize="Print", ends="2 days", starts="30m")
        await world.advance(hours=1)
        refused = await press(world.organiser, draft, "gw.d.post")
        assert "has passed" in say(refused)
        assert await giveaways(world) == []


async def test_turning_giveaways_off_can_cancel_a_series_whole(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, ends="2h", repeat="daily")
        await world.organiser.slash(world.general, "giveaway cancel", giveaway="1", reason="Rain")
        await post(world, ends="2h", repeat="daily")
        await world.advance(hours=3)
        async with world.platform.database.write() as tx:
            await tx.session.execute(update(Giveaway).where(Giveaway.number == 3).values(state=State.FROZEN))
        assert [row.state for row in await giveaways(world)][-1] is State.SCHEDULED
        asked = await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
        done = await press(world.moderator, asked, "cfg.off:giveaways:cancel")
        assert "already" not in say(done)
        going_on = [row.number for row in await giveaways(world) if row.state in (State.SCHEDULED, State.OPEN)]
        assert going_on == []
        await world.advance(days=3)
        assert len(await giveaways(world)) == 4
