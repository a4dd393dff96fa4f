"""The board of answers: in ``/browse``, and as one message that follows whatever happens to it."""

from pathlib import Path

import discord

from tests.harness import World, say
from tests.polls.heard.stage import closed, configure, done, later, polls_bot, propose, public, respond


def boards(world: World, title: str = "Board of answers") -> list[discord.Message]:
    """Return the boards in the channel of announcements."""
    return [message for message in public(world, world.announcements) if title in say(message)]


def board(world: World) -> str:
    (only,) = boards(world)
    return say(only)


async def test_it_shows_what_asking_comes_to(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await configure(world, answers=world.announcements.id)
        assert "Nothing was promised yet" in board(world)

        await closed(world, question="Sketches?", voters=(world.member,))
        await closed(world, question="Market?", answer_user=world.member.id)
        await world.advance(minutes=1)
        said = board(world)
        assert "**Awaiting an answer**" in said
        assert "Sketches?" in said
        assert f"<@{world.member.id}>" in said
        assert "No answer was due yet" in said

        await respond(world, world.organiser, "accepted", "A channel.", "8 days")
        await propose(world, world.other)
        await world.advance(minutes=1)
        said = board(world)
        assert "**Promised**" in said
        assert "Answered in time: 100% (1 of 1 poll" in said
        assert "Median days to answer: 0" in said
        assert "1 proposal waits" in said
        assert "overdue" not in said

        await later(world, days=8)
        said = board(world)
        assert said.count("⚠️") == 2
        assert "Answered in time: 50% (1 of 2 polls" in said
        assert "**1 proposal is overdue**" in said

        await done(world, world.organiser)
        await respond(world, world.member, "declined", "No stall to be had.", number=2)
        await world.advance(minutes=1)
        said = board(world)
        assert "✅" in said
        assert "happened: yes 0, not yet 0" in said
        assert "⚠️" not in said
        assert "Median days to answer: 4" in said
        assert "1 of 2 polls" in said


async def test_browse_shows_the_same(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world, question="Sketches?")
        await closed(world, question="Market?")
        await respond(world, world.organiser, "accepted", "A channel.", "8 days")
        said = say(await world.member.slash(world.general, "browse"))
        assert "Board of answers" in said
        assert "Answered in time: 100%" in said
        assert f"#1 Sketches? · promised by <@{world.organiser.id}>" in said
        assert f"#2 Market? · <@{world.organiser.id}> answers" in said
        await world.speak(world.member, "ja")
        assert "回答ボード" in say(await world.member.slash(world.general, "browse"))


class TestOneMessage:
    async def test_edits_follow_and_there_is_never_a_second(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await configure(world, answers=world.announcements.id)
            (first,) = boards(world)
            for number in range(1, 4):
                await closed(world, question=f"Poll number {number}?")
            await world.restart()
            await world.advance(minutes=1)
            (same,) = boards(world)
            assert same.id == first.id
            assert "Poll number 3?" in say(same)

    async def test_deleted_by_hand_it_comes_back(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await configure(world, answers=world.announcements.id)
            (first,) = boards(world)
            world.env.backend.delete_message(world.announcements.id, first.id)
            assert boards(world) == []
            await closed(world, question="Sketches?")
            await world.advance(minutes=1)
            (again,) = boards(world)
            assert again.id != first.id
            assert "Sketches?" in say(again)
            # Nobody tells of the deletion, and nothing happens in the server: it is looked for now and then.
            world.env.backend.delete_message(world.announcements.id, again.id)
            await later(world, hours=6, minutes=2)
            assert len(boards(world)) == 1
            await later(world, hours=6, minutes=2)
            assert len(boards(world)) == 1

    async def test_it_moves_with_the_channel_and_language(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await closed(world, question="Sketches?")
            await configure(world, answers=world.announcements.id)
            await configure(world, answers=world.log.id)
            await world.advance(minutes=1)
            assert f"The board is in <#{world.log.id}> now" in board(world)
            (moved,) = public(world, world.log)
            assert "Sketches?" in say(moved)
            await world.moderator.slash(world.general, "config language", language="ko")
            await world.advance(minutes=1)
            (translated,) = public(world, world.log)
            assert translated.id == moved.id
            assert "답변 현황판" in say(translated)
            await world.moderator.slash(world.general, "config channel", purpose="answers")
            await world.advance(minutes=1)
            (last,) = public(world, world.log)
            assert "/browse" in say(last)
            assert "Sketches?" not in say(last)
            await configure(world, answers=world.log.id)
            await world.advance(minutes=1)
            assert "Sketches?" in say(public(world, world.log)[-1])

    async def test_a_channel_that_opens_later_gets_it_then(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await configure(world, answers=world.announcements.id)
            assert len(boards(world)) == 1
            await closed(world, question="Sketches?")
            world.env.inject_error("POST", f"/channels/{world.log.id}/messages", status=403, code=50001)
            await configure(world, answers=world.log.id)
            assert public(world, world.log) == []
            with world.inside():
                await world.platform.deliveries.retry(now=world.env.now())
            await world.advance(minutes=1)
            (only,) = public(world, world.log)
            assert "Sketches?" in say(only)


async def test_a_busy_server_fits(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        for number in range(1, 13):
            await closed(world, question=f"{number} " + "*_~[]" * 59)
        for number in range(1, 6):
            await respond(world, world.organiser, "accepted", "@everyone " + "`|" * 490, "8 days", number=number)
        await configure(world, answers=world.announcements.id)
        await world.advance(minutes=1)
        (only,) = public(world, world.announcements)
        assert len(only.embeds[0].description or "") <= 4_096
        assert len(only.embeds) == 1
        assert "more" in say(only)
