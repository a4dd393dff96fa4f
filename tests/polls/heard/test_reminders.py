"""Reminders of answers and promises: each once, over weeks and restarts, where people see them."""

from datetime import timedelta
from pathlib import Path

import simcord

from cogs.polls.tables import AnswerState
from tests.harness import World, labels, press, say
from tests.polls.heard.stage import (
    answer,
    closed,
    configure,
    directs,
    done,
    forget,
    later,
    message_with,
    open_one,
    polls_bot,
    post,
    public,
    respond,
    take_directly,
    texts,
)


def reminders(world: World) -> list[str]:
    return texts(world, "A reminder for")


async def test_an_owner_is_reminded_three_times_and_each_once(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world)
        await later(world, days=3, hours=11)
        assert reminders(world) == []
        await later(world, hours=2)
        (first,) = reminders(world)
        assert f"A reminder for <@{world.organiser.id}>" in first
        assert "awaits an answer by" in first
        (mentioned,) = message_with(world, "A reminder for").mentions
        assert mentioned.id == world.organiser.id
        await world.restart()
        await world.env.settle()
        assert len(reminders(world)) == 1
        await later(world, days=2, hours=12)
        assert len(reminders(world)) == 2
        assert "Answer overdue" not in say(post(world))
        await later(world, days=1)
        assert len(reminders(world)) == 3
        assert "was due" in reminders(world)[-1]
        assert "Answer overdue" in say(post(world))
        await later(world, days=30)
        assert len(reminders(world)) == 3


async def test_after_a_downtime_only_the_last_one_is_sent(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world)
        await later(world, days=8)
        (only,) = reminders(world)
        assert "was due" in only
        assert "Answer overdue" in say(post(world))
        await world.restart()
        await world.advance(minutes=20)
        assert len(reminders(world)) == 1


async def test_nobody_is_reminded_of_what_is_answered(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world)
        await respond(world, world.organiser, "declined", "No room.")
        await later(world, days=8)
        assert reminders(world) == []
        assert "overdue" not in say(post(world))


async def test_a_direct_message_where_that_is_wanted_and_a_mention_where_it_is_refused(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await take_directly(world, world.organiser)
        await closed(world)
        await later(world, days=3, hours=13)
        (direct,) = directs(world.organiser)
        assert "awaits an answer" in direct
        assert reminders(world) == []
        dm = world.organiser.user.dm_channel
        world.env.inject_error("POST", f"/channels/{dm.id}/messages", status=403, code=50007)
        await later(world, days=2, hours=12)
        assert len(directs(world.organiser)) == 1
        assert len(reminders(world)) == 1


async def test_my_show_lists_what_falls_to_someone(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world, question="Mine?")
        await closed(world, question="The artists'?", answer_user=None, answer_role=world.artists.id)
        await closed(world, question="Nobody's?", answer_user=None, answer_orphaned=True)

        async def shown(actor: simcord.MemberActor) -> str:
            return say(await actor.slash(world.general, "my show"))

        artist = world.add_member("artist", world.artists)
        assert "The artists" in await shown(artist)
        assert "Mine?" not in await shown(artist)
        assert "Mine?" in await shown(world.organiser)
        assert "The artists" not in await shown(world.organiser)
        assert "Nobody's?" in await shown(world.moderator)
        assert "Mine?" not in await shown(world.moderator)
        assert "Nobody's?" not in await shown(world.member)


async def test_a_role_is_mentioned(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world, answer_user=None, answer_role=world.artists.id)
        await later(world, days=3, hours=13)
        message = message_with(world, "A reminder for")
        assert [role.id for role in message.role_mentions] == [world.artists.id]


async def test_promises_are_recalled_weekly_until_they_are_done(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world)
        await respond(world, world.organiser, "accepted", "A channel.", "8 days")
        await later(world, days=4, hours=1)
        assert "is due" in reminders(world)[0]
        await later(world, days=3)
        await later(world, days=1)
        assert len(reminders(world)) == 3
        assert "Promise overdue" in say(post(world))
        await later(world, days=6)
        assert len(reminders(world)) == 3
        await later(world, days=1)
        assert len(reminders(world)) == 4
        await later(world, days=21)
        assert len(reminders(world)) == 5
        assert all(labels(message) == [] for message in public(world) if "A reminder for" in say(message))
        await done(world, world.organiser)
        await world.advance(seconds=20)
        assert "later than promised" in say(post(world))
        await later(world, days=15)
        assert len(reminders(world)) == 5


class TestOwnersWhoAreGone:
    async def test_who_left_is_not_called_and_moderators_are_told_in_their_log(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await configure(world, log=world.log.id)
            key = await closed(world)
            world.guild.remove_member(world.organiser)
            await later(world, days=3, hours=13)
            assert reminders(world) == []
            (told,) = texts(world, "A reminder for", world.log)
            assert "A reminder for the moderators" in told
            assert "falls to the moderators" in told
            assert "Awaiting an answer from the moderators" in say(post(world))
            assert (await answer(world, key)).gone
            kinds = [row.kind for row in await world.ledger()]
            assert kinds.count("poll.answer_orphaned") == 1
            opened = await press(world.moderator, message_with(world, "A reminder", world.log), "poll.respond")
            values = {"status": ["declined"], "text": "Nobody is left to do it.", "due": ""}
            assert "is answered" in say(await world.moderator.submit_modal(opened, values))

    async def test_a_deleted_role_owes_nothing(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            role = world.guild.create_role("Leads")
            key = await closed(world, answer_user=None, answer_role=role.id)
            world.env.backend.delete_role(world.guild.id, role.id)
            await world.env.settle()
            await later(world, days=3, hours=13)
            assert (await answer(world, key)).gone
            assert "from the moderators" in say(post(world))
            assert message_with(world, "A reminder for").role_mentions == []

    async def test_who_is_forgotten_is_named_nowhere_and_moderators_answer(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            me = world.organiser
            await closed(world, organiser_id=None, question="First?")
            await closed(world, organiser_id=None, question="Second?")
            await open_one(world, organiser_id=None, question="Third?", closes_at=world.env.now() + timedelta(days=20))
            await respond(world, me, "accepted", "A channel.", "8 days", number=2)
            await later(world, days=3, hours=13)
            assert len(reminders(world)) == 1
            told = say(await me.slash(world.general, "privacy forget"))
            assert "3 answers or promises you owe fall to the moderators" in told
            await forget(world, me)
            await world.advance(minutes=1)
            everything = "\n".join(say(message) for message in public(world))
            assert str(me.id) not in everything
            assert "Awaiting an answer from the moderators" in everything
            assert "the moderators will answer within" in everything
            assert "**Accepted**" in everything
            assert "A channel." in everything
            assert "falls to the moderators" in say(await respond(world, world.member, "declined", "No."))
            assert "is answered" in say(await respond(world, world.moderator, "declined", "No."))
            assert "Reported" in await done(world, world.moderator, number=2)
            exported = await me.slash(world.general, "privacy export")
            assert "poll_answers" not in say(exported)


async def test_an_answer_is_due_a_week_after_closing_or_by_its_date(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        usual = await answer(world, await closed(world))
        assert usual.due_at - usual.closed_at == timedelta(days=7)
        by = world.env.now() + timedelta(days=30)
        dated = await answer(world, await closed(world, answer_by=by))
        assert dated.due_at == by
        assert dated.state is AnswerState.AWAITING
