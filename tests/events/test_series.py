"""Series: dates announced one after the other, changed and cancelled one, some and all; and what downtime does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot import clock
from bot.posts import Place
from cogs.events.rules.kinds import Answer, Scope
from cogs.events.rules.options import review
from cogs.events.rules.recurrence import WORKDAYS, Every, Rule
from cogs.events.service.changing import Changed
from cogs.events.service.following import News
from cogs.events.service.records import occurrence_of
from cogs.events.service.standing import options_of
from cogs.events.tables import EventState, Occurrence, OccurrenceState
from tests.events.stage import (
    answers,
    dates,
    event_of,
    line,
    occurrence,
    offers,
    pass_time,
    post_event,
    post_message,
    services,
    up_to_date,
)
from tests.harness import GUILD_ID, World, forge, press, running_bot, say

WEEKLY = Rule(Every.WEEK)
BERLIN = ZoneInfo("Europe/Berlin")


async def change(world: World, key: int, scope: Scope, **values: Any) -> tuple[Changed, list[News]]:
    """Change an event as its draft does; returns what came of it, and what followers were told."""
    told: list[News] = []

    async def follow(tx: object, news: News) -> None:
        told.append(news)

    with world.inside():
        now, made = clock.now(), services(world)
        made.followers.add(follow)
        async with world.platform.database.write() as tx:
            row, event = await occurrence_of(tx.session, GUILD_ID, key, lock=True)
            options = replace(options_of(row, event, scope), **values)
            reviewed = review(options, now, now)
            assert reviewed.proposal is not None, reviewed.problems
            places = [Place(world.general.id, "en")]
            changed = await made.changing.change(
                tx, row, event, scope, reviewed.proposal, places, world.organiser.id, now
            )
    await world.env.settle()
    return changed, told


def clocks(rows: Sequence[Occurrence], zone: ZoneInfo) -> list[str]:
    return [f"{row.starts_at.astimezone(zone):%m-%d %H:%M}" for row in rows]


async def test_dates_are_announced_one_after_the_other(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=24, repeat=WEEKLY, zone="Europe/Berlin")
        event = await event_of(world, key)
        rows = await dates(world, event.id)
        assert len(rows) >= 8
        assert {row.starts_at.astimezone(BERLIN).strftime("%a %H:%M") for row in rows} == {
            rows[0].starts_at.astimezone(BERLIN).strftime("%a %H:%M")
        }
        assert [row.state for row in rows[:2]] == [OccurrenceState.OPEN, OccurrenceState.PLANNED]
        post = await post_message(world, key)
        assert "Repeats: every week on" in say(post)
        await pass_time(world, hours=24, seconds=1)
        assert "On now" in say(await post_message(world, key))
        await world.advance(hours=1, seconds=1)
        rows = await dates(world, event.id)
        assert [row.state for row in rows[:3]] == [
            OccurrenceState.OVER,
            OccurrenceState.OPEN,
            OccurrenceState.PLANNED,
        ]
        assert "Over" in say(await post_message(world, key))
        assert f"<t:{int(rows[1].starts_at.timestamp())}:F>" in say(await post_message(world, rows[1].id))
        kinds = [row.kind for row in await world.ledger()]
        assert kinds.count("event.posted") == 1


async def test_one_date_moved_alone(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=24, repeat=WEEKLY)
        before = await dates(world, (await event_of(world, key)).id)
        post = await post_message(world, key)
        await press(world.member, post, "ev.going")
        changed, told = await change(
            world, key, Scope.THIS, starts=before[0].starts_at + timedelta(hours=2), ends=None, title="Late night"
        )
        assert changed.told
        assert [news.change is not None for news in told] == [True]
        after = await dates(world, before[0].event_id)
        assert after[0].starts_at == before[0].starts_at + timedelta(hours=2)
        assert after[0].moved
        assert after[0].slot == before[0].slot
        assert [row.starts_at for row in after[1:]] == [row.starts_at for row in before[1:]]
        assert "Late night" in say(await up_to_date(world, key))
        assert (await answers(world, key)) == {world.member.id: Answer.GOING}
        # It begins at its new time, and the next one is as it was.
        await pass_time(world, hours=25)
        assert (await occurrence(world, key)).state is OccurrenceState.OPEN
        await world.advance(hours=2)
        assert (await occurrence(world, key)).state is not OccurrenceState.OPEN


async def test_all_dates_moved_keep_their_answers(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=24, repeat=WEEKLY, zone="Europe/Berlin")
        before = await dates(world, (await event_of(world, key)).id)
        await press(world.member, await post_message(world, key), "ev.going")
        moved = before[0].starts_at + timedelta(days=1, hours=1)
        changed, told = await change(world, key, Scope.ALL, starts=moved, ends=None, description="New room.")
        after = await dates(world, before[0].event_id)
        assert changed.told
        assert len([news for news in told if news.change is not None]) == 1
        assert [row.id for row in after[: len(before) - 1]] == [row.id for row in before[: len(before) - 1]]
        assert all(
            b.starts_at - a.starts_at in (timedelta(days=1, hours=h) for h in (0, 1, 2))
            for a, b in zip(before, after, strict=False)
        )
        assert {row.starts_at.astimezone(BERLIN).strftime("%a %H:%M") for row in after} == {
            moved.astimezone(BERLIN).strftime("%a %H:%M")
        }
        assert (await answers(world, key)) == {world.member.id: Answer.GOING}
        assert "New room." in say(await up_to_date(world, key))


async def test_this_and_following_become_an_event_of_their_own(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=24, repeat=WEEKLY)
        before = await dates(world, (await event_of(world, key)).id)
        third = before[2]
        changed, _ = await change(
            world, third.id, Scope.FOLLOWING, starts=third.starts_at + timedelta(hours=1), ends=None, title="Later"
        )
        old, new = await event_of(world, key), changed.event
        assert (old.number, new.number, new.split_from, new.title, old.title) == (1, 2, old.id, "Later", "Sketch night")
        assert old.uid != new.uid
        assert clocks(await dates(world, old.id), BERLIN) == clocks(before[:2], BERLIN)
        moved = await dates(world, new.id)
        assert [row.id for row in moved[:3]] == [row.id for row in before[2:5]]
        assert [row.starts_at for row in moved[:3]] == [row.starts_at + timedelta(hours=1) for row in before[2:5]]
        # Both go on: the old one ends by itself, the new one is announced.
        await pass_time(world, days=8, hours=3)
        await world.advance(minutes=1)
        assert (await event_of(world, key)).state is EventState.OVER
        assert (await event_of(world, third.id)).state is EventState.LIVE
        assert (await occurrence(world, third.id)).state is OccurrenceState.OPEN


async def test_another_rule_for_all(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=24, repeat=Rule(Every.DAY))
        first = await occurrence(world, key)
        await change(world, key, Scope.ALL, repeat=Rule(Every.WEEK, weekdays=WORKDAYS))
        rows = [row for row in await dates(world, first.event_id) if row.state is not OccurrenceState.CANCELLED]
        assert {row.starts_at.weekday() for row in rows} <= set(WORKDAYS)
        assert len({row.slot for row in rows}) == len(rows)


async def test_more_places_are_offered_in_order_and_fewer_take_none_away(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, capacity=1, hours=72)
        post = await post_message(world, key)
        members = [world.member, world.other, *(world.add_member(f"guest {n}") for n in range(4))]
        for member in members:
            await press(member, post, "ev.going")
        assert await line(world, key) == [member.id for member in members[1:]]
        await change(world, key, Scope.ALL, capacity=4)
        assert [offer.user_id for offer in await offers(world, key)] == [member.id for member in members[1:4]]
        assert await line(world, key) == [member.id for member in members[4:]]
        await change(world, key, Scope.ALL, capacity=2)
        assert (await occurrence(world, key)).capacity == 2
        await press(members[1], await post_message(world, key), "ev.going")
        assert [found for found in (await answers(world, key)).values() if found is Answer.GOING] == [Answer.GOING] * 2
        # Two are offered still; nobody else is before one of the places is free.
        assert len([found for found in (await answers(world, key)).values() if found is Answer.OFFERED]) == 2
        await press(members[2], await post_message(world, key), "ev.cant")
        assert await line(world, key) == [member.id for member in members[4:]]


async def test_cancelling_one_some_and_all(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=24, repeat=WEEKLY)
        rows = await dates(world, (await event_of(world, key)).id)
        await press(world.member, await post_message(world, key), "ev.going")
        refused = await world.member.slash(world.general, "event cancel", event="1", reason="no")
        assert "rganiser" in say(refused) or "Manage Events" in say(refused)
        said = await world.organiser.slash(world.general, "event cancel", event="1", reason="The room is flooded.")
        assert "The other dates stay" in say(said)
        assert "Why: The room is flooded." in say(await up_to_date(world, key))
        assert (await occurrence(world, rows[1].id)).state is OccurrenceState.OPEN
        await world.organiser.slash(world.general, "event cancel", event="1.4", reason="Holidays.", scope="following")
        left = [row for row in await dates(world, rows[0].event_id) if row.state is not OccurrenceState.CANCELLED]
        assert [row.id for row in left] == [rows[1].id, rows[2].id]
        forged = await forge(world.member, world.general, f"ev.going:{key}")
        assert "was cancelled. The room is flooded." in say(forged)
        await world.organiser.slash(world.general, "event cancel", event="1", reason="Over.", scope="all")
        event = await event_of(world, key)
        assert event.state is EventState.CANCELLED
        again = await world.organiser.slash(world.general, "event cancel", event="1", reason="Over.", scope="all")
        assert "nothing left to cancel" in say(again)
        assert [row.kind for row in await world.ledger()].count("event.cancelled") == 3


async def test_what_was_due_while_the_bot_was_away_happens_once_and_in_order(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        at = world.env.now() + timedelta(hours=2)
        key = await post_event(world, hours=30, announce_at=at, capacity=3)
        assert (await occurrence(world, key)).state is OccurrenceState.PLANNED
        assert not world.general.history()
        await world.sleep(hours=5)
        await world.restart()
        await world.env.settle()
        (post,) = [each for each in world.general.history() if each.embeds]
        assert "Announced later than planned" in say(post)
        await world.sleep(hours=40)
        await world.restart()
        await world.env.settle()
        assert (await occurrence(world, key)).state is OccurrenceState.OVER
        assert len([each for each in world.general.history() if each.embeds and "Sketch" in say(each)]) >= 1
        await world.restart()
        await world.env.settle()
        assert (await event_of(world, key)).state is EventState.OVER


async def test_a_planned_date_announced_by_hand_and_again_when_its_post_was_deleted(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        at = world.env.now() + timedelta(hours=20)
        key = await post_event(world, hours=30, announce_at=at)
        said = await world.organiser.slash(world.general, "event announce", event="1")
        assert "is being announced" in say(said)
        assert "is announced already" in say(await world.organiser.slash(world.general, "event announce", event="1"))
        await pass_time(world, hours=21)
        assert len([each for each in world.general.history() if each.embeds]) == 1
        assert (await occurrence(world, key)).state is OccurrenceState.OPEN


async def test_a_single_date_keeps_the_instant_that_was_said_when_clocks_show_it_twice(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=48, zone="Europe/Berlin")
        second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 in Berlin for the second time
        await change(world, key, Scope.THIS, starts=second, ends=None)
        row = await occurrence(world, key)
        assert (row.starts_at, row.ends_at) == (second, second + timedelta(hours=1))


async def test_only_organisers_act_and_refusals_change_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world)
        before = await occurrence(world, key)
        for command in ("cancel", "announce", "export"):
            options = {"event": "1"} | ({"reason": "Because."} if command == "cancel" else {})
            said = say(await world.member.slash(world.general, f"event {command}", **options))
            assert "Manage Events" in said, command
        missing = await world.organiser.slash(world.general, "event cancel", event="77", reason="Because.")
        assert "no event “77”" in say(missing)
        blank = await world.organiser.slash(world.general, "event cancel", event="1", reason="\u200b")
        assert "nothing that can be seen" in say(blank)
        after = await occurrence(world, key)
        assert (after.state, after.sequence) == (before.state, before.sequence)
        assert [row.kind for row in await world.ledger()] == ["event.posted"]
