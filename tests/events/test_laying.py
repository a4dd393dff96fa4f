"""Changes of all dates after some were changed or cancelled alone: what was said of one date stays said."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from cogs.events.rules.kinds import Answer, Scope, Where
from cogs.events.rules.recurrence import Every, Rule
from cogs.events.tables import EventState, OccurrenceState
from tests.desk import fill
from tests.events.organising.desk import dates as dates_of
from tests.events.organising.desk import edit, post, save
from tests.events.stage import (
    answers,
    dates,
    event_of,
    everywhere,
    occurrence,
    offers,
    pass_time,
    post_event,
    post_message,
    up_to_date,
)
from tests.events.test_series import WEEKLY, change
from tests.harness import forge, press, running_bot, say

HOUR = timedelta(hours=1)


async def test_a_cancelled_date_stays_cancelled_when_all_are_moved(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=24, repeat=WEEKLY)
        event = await event_of(world, key)
        before = await dates(world, event.id)
        await world.organiser.slash(world.general, "event cancel", event="1.2", reason="Holidays.")
        await change(world, key, Scope.ALL, starts=before[0].starts_at + HOUR, ends=None)
        # Nor does it come to be later, when further dates are written.
        await change(world, key, Scope.ALL, title="Ink night")
        left = [row for row in await dates(world, event.id) if row.state is not OccurrenceState.CANCELLED]
        kept = [before[0], *before[2:]]
        assert [row.id for row in left[: len(kept)]] == [row.id for row in kept]
        assert [row.starts_at - was.starts_at for row, was in zip(left, kept, strict=False)] == [HOUR] * len(kept)
        assert (await occurrence(world, before[1].id)).starts_at == before[1].starts_at


async def test_what_one_date_has_of_its_own_stays_until_it_is_said_of_all(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=24, repeat=WEEKLY, where=Where.IN_PERSON, place="Hall", capacity=9)
        second = (await dates(world, (await event_of(world, key)).id))[1]
        await change(world, second.id, Scope.THIS, place="Park", title="Picnic", capacity=3, rsvp_lead=2 * HOUR)
        await change(world, key, Scope.ALL, description="Pens are there.")
        row = await occurrence(world, second.id)
        assert (row.overrides, row.capacity) == ({"place": "Park", "title": "Picnic"}, 3)
        assert row.rsvp_closes_at == row.starts_at - 2 * HOUR
        await change(world, key, Scope.ALL, place="Gallery", capacity=12, rsvp_lead=HOUR)
        row = await occurrence(world, second.id)
        assert (row.overrides, row.capacity) == ({"title": "Picnic"}, 12)
        assert row.rsvp_closes_at == row.starts_at - HOUR


async def test_dates_that_were_moved_past_each_other_are_where_they_were_after_a_change_of_all(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        event = await post(world, repeat="weekly")
        before = await dates_of(world, event)
        await press(world.member, await post_message(world, before[0].id), "ev.going")
        for name, starts in (("1.1", "2026-01-18 20:00"), ("1.4", "2026-01-16 20:00")):
            panel = await edit(world, name, scope="this")
            await save(world, await fill(me, await press(me, panel, "ev.d.when"), starts=starts))
        said = len(everywhere(world))
        panel = await edit(world, "1", scope="all")
        await save(world, await fill(me, await press(me, panel, "ev.d.look"), title="Ink night"))
        after = await dates_of(world, event)
        assert [row.id for row in after[:5]] == [before[place].id for place in (3, 1, 0, 2, 4)]
        assert f"{after[2].starts_at:%m-%d %H:%M}" == "01-18 20:00"
        assert (await answers(world, before[0].id)) == {world.member.id: Answer.GOING}
        # Nobody is told that anything was moved.
        assert len(everywhere(world)) == said


async def test_dates_moved_past_the_end_of_their_series_are_cancelled(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        # All are announced at once, and the series ends with the third.
        start = world.env.now() + timedelta(days=30)
        ahead: dict[str, Any] = {
            "announce_at": world.env.now() + timedelta(minutes=1),
            "until": start + timedelta(days=2, hours=1),
        }
        key = await post_event(world, hours=24 * 30, repeat=Rule(Every.DAY), **ahead)
        await world.advance(days=3)
        before = await dates(world, (await event_of(world, key)).id)
        assert [row.state for row in before] == [OccurrenceState.OPEN] * 3
        await change(world, key, Scope.ALL, starts=before[1].starts_at, ends=None)
        rows = {row.id: row for row in await dates(world, before[0].event_id)}
        first, second, third = (rows[row.id] for row in before)
        assert (first.starts_at, second.starts_at) == (before[1].starts_at, before[2].starts_at)
        assert third.state is OccurrenceState.CANCELLED
        assert "was cancelled" in say(await forge(world.member, world.general, f"ev.going:{third.id}"))


async def test_a_series_that_was_ended_by_a_split_keeps_its_last_date_when_it_is_moved(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=15, repeat=WEEKLY)
        before = await dates(world, (await event_of(world, key)).id)
        await change(world, before[2].id, Scope.FOLLOWING, title="Later")
        await change(world, key, Scope.ALL, starts=before[0].starts_at + HOUR, ends=None)
        rows = await dates(world, (await event_of(world, key)).id)
        assert [row.id for row in rows] == [before[0].id, before[1].id]
        assert rows[1].starts_at == before[1].starts_at + HOUR


async def test_a_series_whose_last_date_was_held_is_over_when_the_rest_is_split_off(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=24, repeat=WEEKLY)
        before = await dates(world, (await event_of(world, key)).id)
        await pass_time(world, hours=26)
        changed, _ = await change(world, before[1].id, Scope.FOLLOWING, title="Later")
        assert (await event_of(world, key)).state is EventState.OVER
        assert changed.event.state is EventState.LIVE


async def test_answers_that_close_earlier_shorten_offers_and_those_asked_are_told(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=48, capacity=1)
        message = await post_message(world, key)
        for member, answer in ((world.member, "going"), (world.other, "going"), (world.member, "cant")):
            await press(member, message, f"ev.{answer}")
        (offer,) = await offers(world, key)
        changed, _ = await change(world, key, Scope.ALL, rsvp_lead=40 * HOUR)
        assert not changed.told
        row = await occurrence(world, key)
        (shorter,) = await offers(world, key)
        assert shorter.until <= row.rsvp_closes_at < offer.until
        assert f"<t:{int(row.rsvp_closes_at.timestamp())}:f>" in say(await up_to_date(world, key))
        told = [say(each) for each in everywhere(world) if world.other.mention in each.content]
        assert f"<t:{int(shorter.until.timestamp())}" in told[-1]
        # It is over when it was said to be.
        await world.advance(hours=9)
        assert (await answers(world, key))[world.other.id] is Answer.LAPSED
