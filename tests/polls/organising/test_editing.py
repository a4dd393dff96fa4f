"""Polls that open at their time, and changes before the first vote."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.schedule import Deadline
from cogs.polls.rules.ballots import Secrecy
from cogs.polls.tables import State
from tests.desk import drafts, fill, modal_values, picture, posts, rows, unchanged
from tests.harness import World, choose, click_id, labels, press, running_bot, say
from tests.polls.organising.desk import create, options_of, polls, post, values
from tests.polls.stage import paper, pick


async def deadlines(world: World) -> dict[str, str]:
    found = await rows(world, select(Deadline).where(Deadline.kind.in_(("poll.open", "poll.close"))))
    return {row.kind: row.due_at.isoformat() for row in found}


async def test_it_appears_when_it_opens(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        row = await post(world, starts="2h", ends="1 day", ping=world.artists)
        assert row.state is State.SCHEDULED
        assert not world.general.history()
        assert set(await deadlines(world)) == {"poll.open"}
        await world.advance(hours=2, seconds=1)
        (row,) = await polls(world)
        assert row.state is State.OPEN
        assert row.closes_at - row.starts_at == timedelta(days=1)
        (message,) = world.general.history()
        assert labels(message) == ["Vote"]
        assert set(await deadlines(world)) == {"poll.close"}


async def test_it_opens_after_a_restart_and_late_for_its_whole_time(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, starts="2h", ends="1h")
        await world.sleep(hours=5)
        await world.restart()
        await world.env.settle()
        (row,) = await polls(world)
        assert row.state is State.OPEN
        assert row.opened_at is not None
        assert row.closes_at - row.opened_at == timedelta(hours=1)
        assert len(world.general.history()) == 1


async def test_a_draft_outlives_a_restart(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        draft = await create(world, question="Where?", options="Cafe | Park")
        await world.restart()
        form = await press(world.organiser, draft, "poll.d.when")
        panel = await fill(world.organiser, form, ends="2 days")
        assert "Poll #1" in say(await press(world.organiser, panel, "poll.d.post"))


async def test_a_scheduled_poll_can_be_changed_in_everything(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        await post(world, starts="2h", ends="1 day")
        panel = await me.slash(world.general, "poll edit", poll="1")
        assert "Changes to #1" in say(panel)
        form = await press(me, panel, "poll.d.question")
        assert modal_values(form)["options"] == "Cafe\nPark"
        panel = await fill(me, form, question="Where then?", options="Cafe\nMuseum\nPier")
        form = await press(me, panel, "poll.d.when")
        panel = await fill(me, form, starts="3h")
        assert "is changed" in say(await press(me, panel, "poll.d.post"))
        (row,) = await polls(world)
        assert row.question == "Where then?"
        assert await options_of(world, row.id) == ["Cafe", "Museum", "Pier"]
        await world.advance(hours=2, minutes=1)
        assert not world.general.history()
        await world.advance(hours=1)
        (message,) = world.general.history()
        assert "Pier" in say(message)
        (entry,) = [each for each in await world.ledger() if each.kind == "poll.edited"]
        assert "choices" in str(entry.facts["what"])


async def test_before_the_first_vote_an_open_poll_changes_in_public(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        row = await post(world)
        panel = await me.slash(world.general, "poll edit", poll="#1")
        form = await press(me, panel, "poll.d.question")
        panel = await fill(me, form, options="Cafe\nPier")
        rules = await press(me, panel, "poll.d.rules")
        rules = await choose(me, rules, "poll.d.showing", "live")
        rules = await choose(me, rules, "poll.d.kind", "ranked")
        panel = await press(me, rules, "poll.d")
        form = await press(me, panel, "poll.d.when")
        assert "starts" not in modal_values(form)
        panel = await fill(me, form, ends="3 days")
        form = await press(me, panel, "poll.d.look")
        panel = await fill(me, form, picture=("a.png", picture()))
        assert "is changed" in say(await press(me, panel, "poll.d.post"))
        await world.advance(seconds=15)
        before, (row,) = row, await polls(world)
        assert row.revision > before.revision
        assert row.secrecy is Secrecy.OPEN
        assert row.closes_at > before.closes_at
        assert (await deadlines(world))["poll.close"] == row.closes_at.isoformat()
        (message,) = world.general.history()
        assert "Pier" in say(message)
        assert "Park" not in say(message)
        assert [each.filename for each in message.attachments] == ["picture.png"]


async def test_what_cannot_be_called_back_is_refused(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        await post(world)
        panel = await me.slash(world.general, "poll edit", poll="1")
        where = await press(me, panel, "poll.d.where")
        where = await choose(me, where, "poll.d.channels", world.announcements)
        where = await choose(me, where, "poll.d.ping", world.artists)
        panel = await press(me, where, "poll.d")
        assert "stays there" in say(panel)
        assert "ping went out" in say(panel)
        async with unchanged(world):
            assert "cannot be posted yet" in say(await press(me, panel, "poll.d.post"))


async def test_after_the_first_vote_nothing_changes(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        await post(world)
        panel = await me.slash(world.general, "poll edit", poll="1")
        form = await press(me, panel, "poll.d.question")
        panel = await fill(me, form, question="Changed?")
        await pick(world, world.member, 0)
        (row,) = await polls(world)
        assert row.vote_count == 1
        async with unchanged(world):
            assert "has votes already" in say(await press(me, panel, "poll.d.post"))
            assert "has votes already" in say(await me.slash(world.general, "poll edit", poll="1"))
            assert await me.autocomplete(world.general, "poll edit", "poll", "") == []


async def test_an_old_one_is_copied_without_its_dates(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        await post(world, kind="multiple", max_choices=2, voters=world.artists, quorum="20%", ends="3 days")
        draft = await create(world, question="Other")
        copies = await press(me, draft, "poll.d.copy")
        panel = await choose(me, copies, "poll.d.copied", "1")
        assert "Where do we meet?" in say(panel)
        found = await values(world)
        assert (found.runs, found.ends, found.starts) == (timedelta(days=3), None, None)
        assert str(found.quorum) == "20%"
        posted = await press(me, panel, "poll.d.post")
        assert "Poll #2" in say(posted)
        first, second = await polls(world)
        assert (second.terms, second.kind, second.max_choices) == (first.terms, first.kind, 2)
        assert second.public_id != first.public_id
        assert click_id(world.general.history()[0], "poll.vote") != click_id(world.general.history()[1], "poll.vote")
        assert len(await posts(world)) == 2
        assert await drafts(world) == []


async def test_a_ballot_filled_in_for_what_it_said_before_is_not_taken(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        await post(world)
        old = await paper(world, world.member)
        panel = await me.slash(world.general, "poll edit", poll="1")
        rules = await choose(me, await press(me, panel, "poll.d.rules"), "poll.d.showing", "live")
        await press(me, await press(me, rules, "poll.d"), "poll.d.post")
        async with unchanged(world):
            await choose(world.member, old, "poll.pick", "0")
        assert (await polls(world))[0].vote_count == 0
        await pick(world, world.member, 0)
        assert (await polls(world))[0].vote_count == 1
