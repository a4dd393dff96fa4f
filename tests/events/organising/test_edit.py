"""``/event edit``: one date, that and all that follow, or all of them; what changes, and what people are told."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from cogs.events.rules.kinds import Answer
from cogs.events.tables import OccurrenceState
from tests.desk import drafts, fill, unchanged
from tests.events.organising.desk import create, dates, edit, events, post, save
from tests.events.stage import answers, everywhere, post_message, up_to_date
from tests.harness import choose, forge, forge_modal, labels, press, running_bot, say, shown


async def test_one_date_is_changed_alone_and_those_going_are_asked(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        event = await post(world, repeat="weekly", capacity=5)
        first, second = (await dates(world, event))[:2]
        await press(world.member, await post_message(world, first.id), "ev.going")
        panel = await edit(world, "1", scope="this")
        assert "Changes to #1" in say(panel)
        assert "**Which dates:** only <t:1768075200:F>" in say(panel)
        assert "**Changes:** none yet" in say(panel)
        assert labels(panel) == ["Look", "When", "Where it happens", "Who", "Save changes", "Discard"]
        panel = await fill(me, await press(me, panel, "ev.d.when"), starts="2026-01-10 21:30")
        venue = await choose(me, await press(me, panel, "ev.d.venue"), "ev.d.kind", "in-person")
        venue = await fill(me, await press(me, venue, "ev.d.address"), place="Park")
        panel = await press(me, venue, "ev.d")
        for part in (
            "Start: <t:1768075200:F> → <t:1768080600:F>",
            "End: <t:1768078800:F> → <t:1768084200:F>",
            "Where: online → Park",
            "1 member who is going is mentioned once, and asked *Still coming?*",
            "1 of 5 going",
        ):
            assert part in say(panel), part
        said = await save(world, panel)
        assert "are told once" in say(said)
        after = await dates(world, event)
        assert (after[0].starts_at - first.starts_at, after[0].moved) == (timedelta(minutes=90), True)
        assert after[1].starts_at == second.starts_at
        assert "Park" in say(await up_to_date(world, first.id))
        (notice,) = [each for each in everywhere(world) if "Still coming?" in say(each)]
        assert world.member.mention in notice.content
        assert [row.kind for row in await world.ledger()][-1] == "event.edited"
        assert (await answers(world, first.id)) == {world.member.id: Answer.GOING}
        # What belongs to all dates cannot be changed of one, also by hand.
        panel = await edit(world, "1", scope="this")
        (draft,) = await drafts(world)
        await forge_modal(me, world.general, f"ev.f.remind:{draft.id}", {"remind": "2h"})
        panel = await forge(me, world.general, f"ev.d:{draft.id}", message=panel)
        assert "belongs to all dates of the series" in say(shown(panel))
        async with unchanged(world):
            await forge(me, world.general, f"ev.d.post:{draft.id}", message=panel)


async def test_all_dates_and_those_that_follow(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        event = await post(world, repeat="weekly")
        before = await dates(world, event)
        panel = await edit(world, "1", scope="all")
        assert "Repeat" in labels(panel)
        panel = await fill(me, await press(me, panel, "ev.d.look"), title="Ink night")
        panel = await fill(me, await press(me, panel, "ev.d.remind"), remind="2h")
        said = say(panel)
        assert said.index("Changes on the announcement") < said.index("Title: Sketch night → Ink night")
        assert said.index("Changes the announcement does not show") < said.rindex("Reminders")
        assert "Still coming" not in said
        assert "Nobody is told of the new times" in said
        assert "are saved." in say(await save(world, panel))
        (event,) = await events(world)
        assert (event.title, event.remind) == ("Ink night", [7200])
        assert "Ink night" in say(await up_to_date(world, before[0].id))

        panel = await edit(world, "1.3", scope="following")
        assert "and all that follow" in say(panel)
        # The day of the week follows the start.
        await save(world, await fill(me, await press(me, panel, "ev.d.when"), starts="2026-01-26 19:00"))
        old, new = await events(world)
        assert (old.number, new.number, new.split_from) == (1, 2, old.id)
        assert len(await dates(world, old)) == 2
        assert {row.starts_at.weekday() for row in await dates(world, new)} == {0}
        entries = [row for row in await world.ledger() if row.kind == "event.edited"]
        # What we write into the mirrored event is not taken for somebody's edit there.
        assert [row.facts["scope"] for row in entries] == ["all", "following"]

        panel = await edit(world, "2", scope="all")
        nothing = await save(world, panel)
        assert "stays as it is" in say(nothing)
        assert len([row for row in await world.ledger() if row.kind == "event.edited"]) == 2


async def test_fewer_places_than_are_taken_throw_nobody_out(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        event = await post(world, capacity=2)
        (row,) = await dates(world, event)
        message = await post_message(world, row.id)
        for member in (world.member, world.other):
            await press(member, message, "ev.going")
        who = await press(me, await edit(world, "1"), "ev.d.who")
        who = await fill(me, await press(me, who, "ev.d.seats"), capacity="1")
        panel = await press(me, who, "ev.d")
        assert "2 members are going or were offered a place, more than 1. Nobody loses theirs" in say(panel)
        await save(world, panel)
        assert list((await answers(world, row.id)).values()) == [Answer.GOING, Answer.GOING]
        assert "2 of 1 going" in say(await up_to_date(world, row.id))


async def test_once_answers_are_closed_all_else_can_still_be_changed(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        event = await post(world, where="in-person", place="Hall", rsvp_closes="2d")
        (row,) = await dates(world, event)
        await press(world.member, await post_message(world, row.id), "ev.going")
        await world.sleep(days=7, hours=21)
        await world.restart()
        await world.env.settle()
        assert "Answers closed <t:1767902400:f>" in say(await up_to_date(world, row.id))
        venue = await press(me, await edit(world, "1"), "ev.d.venue")
        venue = await fill(me, await press(me, venue, "ev.d.address"), place="Park")
        assert "are told once" in say(await save(world, await press(me, venue, "ev.d")))
        assert (await events(world))[0].place == "Park"
        # That they close before now is refused where it is what is changed; later ones open them again.
        panel = await edit(world, "1")
        who = await fill(me, await press(me, await press(me, panel, "ev.d.who"), "ev.d.seats"), rsvp_closes="3d")
        panel = await press(me, who, "ev.d")
        assert "before anyone could answer" in say(panel)
        async with unchanged(world):
            await press(me, panel, "ev.d.post")
        who = await fill(me, await press(me, await press(me, panel, "ev.d.who"), "ev.d.seats"), rsvp_closes="1h")
        await save(world, await press(me, who, "ev.d"))
        assert "Answers close <t:1768071600:f>" in say(await up_to_date(world, row.id))


async def test_a_planned_announcement_is_moved_and_what_is_public_stays(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        event = await post(world, announce_at="2026-01-08 09:00")
        panel = await edit(world, "1", scope="all")
        when = await press(me, panel, "ev.d.when")
        await save(world, await fill(me, when, announce_at="2026-01-03 09:00"))
        (row,) = await dates(world, event)
        assert row.announce_at is not None
        assert row.announce_at.isoformat() == "2026-01-03T09:00:00+00:00"
        await world.sleep(days=2, hours=10)
        await world.restart()
        await world.env.settle()
        (row,) = await dates(world, event)
        assert row.state is OccurrenceState.OPEN
        panel = await edit(world, "1")
        assert "announce_at" not in _fields(await press(me, panel, "ev.d.when"))
        where = await press(me, panel, "ev.d.where")
        where = await choose(me, where, "ev.d.channels", world.announcements)
        where = await choose(me, where, "ev.d.ping", world.artists)
        panel = await press(me, where, "ev.d")
        for part in ("It is posted in", "The ping went out with the post"):
            assert part in say(panel)
        async with unchanged(world):
            await press(me, panel, "ev.d.post")


def _fields(form: Any) -> list[str]:
    return [label["component"]["custom_id"] for label in form.modal["components"]]


async def test_what_has_begun_or_is_not_there_cannot_be_changed(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        await create(world, title="Other")
        elsewhere, stranger = world.other_guild()
        async with unchanged(world):
            assert "There is no event “9”" in say(await edit(world, "9"))
            assert "There is no event “x”" in say(await edit(world, "x"))
            assert "There is no event “1”" in say(await stranger.slash(elsewhere, "event edit", event="1"))
            assert "organiser" in say(await edit(world, "1", world.member)).lower()
        panel = await edit(world, "1")
        assert (await drafts(world))[-1].subject is not None or len(await drafts(world)) == 2
        await world.sleep(days=10)
        await world.restart()
        await world.env.settle()
        async with unchanged(world):
            assert "has begun or is over" in say(await edit(world, "1"))
            assert "has begun or is over" in say(shown(await press(world.organiser, panel, "ev.d.post")))
