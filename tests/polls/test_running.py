"""Running polls: closed early, extended, counted after a crash, exported, turned off; and what may be erased."""

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path

from sqlalchemy import select

from bot import clock
from bot.custodians import forget_person
from cogs.polls.rules.ballots import Kind, Secrecy
from cogs.polls.rules.tally import from_json
from cogs.polls.rules.terms import Results, Terms
from cogs.polls.tables import PollVoter, State
from tests.harness import GUILD_ID, World, messages, press, running_bot, say
from tests.polls.stage import bundle, pick, poll, post, start_poll


async def test_closing_early_is_for_organisers_and_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world)
        await pick(world, world.member, 1)
        assert "organiser" in say(await world.member.slash(world.general, "poll close", poll="1")).lower()
        assert (await poll(world, key)).state is State.OPEN
        assert "1 vote" in say(await world.organiser.slash(world.general, "poll close", poll="1"))
        await world.advance(minutes=1)
        row = await poll(world, key)
        assert (row.state, row.ended_early) == (State.CLOSED, True)
        assert "Closed early" in say(post(world))
        assert "over" in say(await world.organiser.slash(world.general, "poll close", poll="1"))
        assert [each.kind for each in await world.ledger()][-2:] == ["poll.ended", "poll.closed"]


async def test_one_extension_in_public(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world)
        before = (await poll(world, key)).closes_at
        assert "90 days" in say(await world.organiser.slash(world.general, "poll extend", poll="1", by="100 days"))
        await world.organiser.slash(world.general, "poll extend", poll="1", by="2 hours")
        assert (await poll(world, key)).closes_at == before + timedelta(hours=2)
        await world.advance(seconds=10)
        assert "Extended once" in say(post(world))
        assert "was extended" in say(world.general.history()[-1])
        assert "already" in say(await world.organiser.slash(world.general, "poll extend", poll="1", by="1 hour"))
        await world.advance(minutes=61)
        assert (await poll(world, key)).state is State.OPEN
        await world.advance(minutes=120)
        assert (await poll(world, key)).state is State.CLOSED


async def test_restarts_and_downtime_count_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world, kind=Kind.SINGLE)
        for i in range(5):
            await pick(world, world.add_member(f"v{i}"), i % 2)
        await world.restart()
        await pick(world, world.member, 2)
        await world.sleep(hours=3)
        assert (await poll(world, key)).state is State.OPEN
        await world.restart()
        await world.advance(minutes=5)
        row = await poll(world, key)
        assert row.state is State.CLOSED
        # Voting ended when it was announced to end.
        assert row.closed_at == row.closes_at
        assert len((await bundle(world, key))["ballots"]) == 6
        results = [m for m in world.general.history() if any(a.filename == "poll-1.json" for a in m.attachments)]
        assert len(results) == 1


async def test_quorum_and_threshold_are_said(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(
            world, terms=Terms(voters=world.artists.id), quorum=50, quorum_is_percent=True, threshold=60
        )
        await pick(world, world.member, 0)
        await pick(world, world.other, 1)
        await world.advance(minutes=61)
        row = await poll(world, key)
        assert row.result is not None
        assert from_json(row.result).passed is False
        said = say(post(world))
        assert "at least 60%" in said
        # All two of them voted, half of them for the winner.
        assert "Not passed: the winner got less support" in said
        assert "Tie: A and B" in say(world.general.history()[-1])


async def test_a_missed_quorum_is_said(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await start_poll(world, quorum=3, threshold=60)
        await pick(world, world.member, 0)
        await world.advance(minutes=61)
        assert "Not passed: fewer voted than it takes" in say(post(world))
        assert "Most support: **A** Mosaic" in say(post(world)), "the winner is named all the same"


async def test_export_is_a_table_for_organisers(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world, kind=Kind.MULTIPLE, secrecy=Secrecy.OPEN, options=("=1+1", "B"))
        await pick(world, world.member, 0, 1)
        assert "organiser" in say(await world.member.slash(world.general, "poll export", poll="1")).lower()
        await world.advance(minutes=61)
        answer = await world.organiser.slash(world.general, "poll export", poll="1")
        (file,) = messages(answer)[-1].attachments
        rows = list(csv.reader(StringIO((world.env.backend.cdn.get(file.url) or b"").decode())))
        ballot = (await bundle(world, key))["ballots"][0]
        assert rows == [
            ["receipt", "voter", "weight", "'=1+1", "B"],
            [ballot["receipt"], str(world.member.id), "1", "1", "1"],
        ]
        assert (await world.ledger())[-1].kind == "poll.exported"


async def test_results_after_are_not_shown_before(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await start_poll(world, secrecy=Secrecy.OPEN, results=Results.AFTER)
        await pick(world, world.member, 0)
        assert "once it is closed" in say(await world.organiser.slash(world.general, "poll results", poll="1"))
        for form in ("csv", "json"):
            file = await world.organiser.slash(world.general, "poll export", poll="1", format=form)
            assert "once it is closed" in say(file), "whoever may close it would close it at the right moment"
            assert not messages(file)[-1].attachments
        assert "░" not in say(post(world))


async def test_turning_polls_off_counts_what_runs_or_lets_it_go_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world)
        await pick(world, world.member, 1)
        asked = await world.moderator.slash(world.general, "config feature", name="polls", enabled=False)
        assert "What shall we make?" in say(asked)
        await press(world.moderator, asked, "cfg.off:polls:keep")
        assert "off" in say(await world.organiser.slash(world.general, "poll list"))
        assert "in." in await pick(world, world.other, 0)
        await world.moderator.slash(world.general, "config feature", name="polls", enabled=True)
        asked = await world.moderator.slash(world.general, "config feature", name="polls", enabled=False)
        await press(world.moderator, asked, "cfg.off:polls:cancel")
        await world.advance(minutes=1)
        row = await poll(world, key)
        assert row.state is State.CLOSED
        assert (await bundle(world, key))["turnout"]["ballots"] == 2


async def test_my_show_tells_that_and_not_what(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await start_poll(world)
        await pick(world, world.member, 1)
        mine = say(await world.member.slash(world.general, "my show"))
        assert "you voted" in mine
        assert "Linocut" not in mine
        assert "What shall we make?" in say(await world.member.slash(world.general, "browse"))
        assert "1 vote so far" in say(await world.member.slash(world.general, "poll list"))


async def test_forgetting_takes_a_running_vote_out(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world)
        await pick(world, world.member, 1)
        await pick(world, world.other, 0)
        await forget(world, world.member.id)
        assert (await poll(world, key)).vote_count == 1
        await world.advance(minutes=61)
        assert (await bundle(world, key))["counts"] == [1, 0, 0]


async def test_forgetting_takes_a_name_out_of_what_was_published(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world, secrecy=Secrecy.OPEN)
        await pick(world, world.member, 1)
        await pick(world, world.other, 0)
        await world.advance(minutes=61)
        await forget(world, world.member.id)
        await world.advance(minutes=1)
        voters = {each["voter"]: each["choices"] for each in (await bundle(world, key))["ballots"]}
        assert voters == {None: [1], str(world.other.id): [0]}
        result = world.general.history()[-1]
        (file,) = [a for a in result.attachments if a.filename == "poll-1.json"]
        assert str(world.member.id).encode() not in (world.env.backend.cdn.get(file.url) or b"")
        full = await press(world.other, result, "poll.results")
        assert "erased" in say(await press(world.other, full, "poll.voters"))


async def test_a_secret_vote_cannot_be_found_after_closing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world)
        for actor in (world.member, world.other):
            await pick(world, actor, 1)
        await world.advance(minutes=61)
        assert "stays counted" in say(await world.member.slash(world.general, "privacy forget"))
        await forget(world, world.member.id)
        async with world.platform.database.read() as session:
            assert list(await session.scalars(select(PollVoter.user_id))) == [world.other.id]
        assert (await bundle(world, key))["counts"] == [0, 2, 0]


async def forget(world: World, user_id: int) -> None:
    """Erase someone as ``/privacy forget`` does."""
    with world.inside():
        async with world.platform.database.write() as tx:
            await forget_person(tx, world.platform.custodians, world.platform.ledger, GUILD_ID, user_id, clock.now())
    await world.env.settle()
