"""Answering: who may, what it takes, what is posted, corrected, promised and reported done."""

from pathlib import Path

from sqlalchemy import update

from bot.delivery import Delivery, DeliveryState, Target
from bot.posts import Place
from cogs.polls.rules.heard import Status
from cogs.polls.tables import AnswerState
from tests.harness import GUILD_ID, forge, forge_modal, labels, press, say, shown
from tests.polls.heard.stage import (
    answer,
    close,
    closed,
    directs,
    done,
    later,
    message_with,
    open_one,
    polls_bot,
    post,
    public,
    respond,
    snapshot,
    take_directly,
    texts,
)


async def test_a_poll_says_from_the_start_who_answers(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await open_one(world)
        await open_one(world, answer_user=None)
        await open_one(world, answer_user=None, answer_role=world.artists.id, answer_seconds=172_800)
        first, second, third = (say(message) for message in public(world)[-3:])
        assert f"<@{world.organiser.id}> will answer within 7 days of closing" in first
        assert "No answer promised" in second
        assert f"<@&{world.artists.id}> will answer within 2 days of closing" in third


async def test_the_whole_story(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        key = await open_one(world, voters=(world.member, world.other))
        await close(world, key)
        assert f"Awaiting an answer from <@{world.organiser.id}>" in say(post(world))
        assert "Tell me the answer" in labels(post(world))

        said = say(await respond(world, world.organiser, "accepted", "We will open #sketches.", "3 weeks"))
        assert "Poll #1 is answered: Accepted" in said
        assert "/poll done" in said
        message = message_with(world, "We will open")
        assert message.embeds[0].url is not None
        assert message.embeds[0].url.split("#")[0] == post(world).jump_url
        assert "**Accepted**" in say(message)
        assert f"<@{world.organiser.id}>" in say(message)
        assert message.mentions == []
        await world.advance(seconds=10)
        assert "**Accepted**" in say(post(world))
        assert "To be done by" in say(post(world))
        assert "Tell me the answer" not in labels(post(world))
        assert (await answer(world, key)).state is AnswerState.PROMISED

        assert "Reported" in await done(world, world.organiser, "The channel is there.")
        asked = message_with(world, "The channel is there.")
        assert "Did this happen?" in say(asked)
        assert "happened. Yes 1, not yet 0" in say(await press(world.member, asked, "poll.happened"))
        assert "Yes 1, not yet 1" in say(await press(world.other, asked, "poll.not_yet"))
        assert "said so already" in say(await press(world.other, asked, "poll.not_yet"))
        assert "Yes 2, not yet 0" in say(await press(world.other, asked, "poll.happened"))
        await world.advance(seconds=20)
        assert "Yes 2 · not yet 0" in say(message_with(world, "The channel is there."))
        assert "Yes 2 · not yet 0" in say(post(world))
        assert "**Done**" in say(message_with(world, "We will open"))
        kinds = [row.kind for row in await world.ledger() if row.kind.startswith("poll.")]
        assert kinds == ["poll.closed", "poll.answered", "poll.done"]


async def test_each_channel_gets_the_answer_in_its_language(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        places = (Place(world.general.id, "en"), Place(world.announcements.id, "ja"))
        await closed(world, places=places)
        await respond(world, world.organiser, "partly", "On Sundays.")
        assert "Partly accepted" in say(message_with(world, "On Sundays."))
        assert "一部採用" in say(message_with(world, "On Sundays.", world.announcements))
        await done(world, world.organiser, "Done on Sundays.")
        assert "Did this happen?" in say(message_with(world, "Done on Sundays."))
        assert "実現しましたか" in say(message_with(world, "Done on Sundays.", world.announcements))


class TestWhoMay:
    async def test_another_member_is_refused_and_nothing_changes(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await closed(world)
            before = await snapshot(world)
            said = say(await respond(world, world.member, "accepted"))
            assert f"owed by <@{world.organiser.id}>" in said
            assert "owed by" in await done(world, world.member)
            assert await snapshot(world) == before

    async def test_a_moderator_may(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await closed(world)
            assert "is answered" in say(await respond(world, world.moderator, "declined", "No room."))

    async def test_whoever_has_the_role_may_and_nobody_else(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await closed(world, answer_user=None, answer_role=world.artists.id)
            assert f"<@&{world.artists.id}>" in say(await respond(world, world.organiser, "accepted"))
            assert "is answered" in say(await respond(world, world.member, "accepted"))

    async def test_organisers_owe_no_answers_of_others(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await closed(world, answer_user=world.member.id)
            assert "owed by" in say(await respond(world, world.organiser, "accepted"))
            assert "is answered" in say(await respond(world, world.member, "accepted"))

    async def test_another_server_sees_nothing_of_it(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            key = await closed(world, voters=(world.member,))
            channel, stranger = world.other_guild()
            result = await stranger.slash(channel, "poll respond", poll="1", status="declined", text="No.")
            assert "1" in say(result)
            for kind in ("poll.listen", "poll.happened", "poll.not_yet", "poll.respond"):
                assert say(await forge(stranger, channel, f"{kind}:{key}"))
            assert (await answer(world, key)).state is AnswerState.AWAITING


class TestWhatItTakes:
    async def test_declining_without_a_reason_is_refused(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            key = await closed(world)
            before = await snapshot(world)
            for text in ("   ", "\u200b", "\u2800\u3164"):
                assert "Declining needs a reason" in say(await respond(world, world.organiser, "declined", text))
            assert await snapshot(world) == before
            assert (await answer(world, key)).state is AnswerState.AWAITING

    async def test_accepting_without_a_date_asks_for_one(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            key = await closed(world)
            result = await respond(world, world.organiser, "partly", "Half of it.", due=None)
            assert result.modal is not None
            values = {"status": ["partly"], "text": "Half of it.", "due": ""}
            assert "needs a date" in say(await world.organiser.submit_modal(result, values))
            again = await respond(world, world.organiser, "partly", "Half of it.", due=None)
            sent = await world.organiser.submit_modal(again, values | {"due": "2 weeks"})
            assert "is answered: Partly" in say(sent)
            assert (await answer(world, key)).status is Status.PARTLY

    async def test_dates_and_texts_that_cannot_be_are_refused(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            key = await closed(world)
            values = {"poll": "1", "status": "declined", "text": "No.", "due": "3 weeks"}
            assert "has no date" in say(await world.organiser.slash(world.general, "poll respond", **values))
            for due in ("yesterday 10:00", "2020-01-01 10:00", "soon"):
                assert "is answered" not in say(await respond(world, world.organiser, "accepted", due=due))
            assert "1,001 characters" in say(await respond(world, world.organiser, "declined", "x" * 1_001))
            assert (await answer(world, key)).state is AnswerState.AWAITING
            assert "is answered" in say(await respond(world, world.organiser, "declined", "*" * 1_000))
            assert len(texts(world, "\\*")) == 1

    async def test_an_open_poll_and_one_without_a_promise(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await open_one(world)
            assert "is open until" in say(await respond(world, world.organiser, "accepted"))
            await closed(world, answer_user=None)
            assert "No answer was promised" in say(await respond(world, world.member, "accepted", number=2))
            assert "no answer was promised" in await done(world, world.organiser, number=2)
            assert "99" in say(await respond(world, world.organiser, "accepted", number=99))

    async def test_one_without_a_promise_is_answered_all_the_same(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            key = await closed(world, answer_user=None, voters=(world.member,))
            offered = await world.organiser.autocomplete(world.general, "poll respond", "poll", "")
            assert [choice["value"] for choice in offered] == ["1"]
            assert await world.member.autocomplete(world.general, "poll respond", "poll", "") == []
            await later(world, days=30)
            said = say(await respond(world, world.organiser, "accepted", "We do it anyway.", "3 weeks"))
            assert "Poll #1 is answered: Accepted" in said
            message_with(world, "We do it anyway.")
            await world.advance(seconds=10)
            assert "**Accepted**" in say(post(world))
            assert "late" not in say(post(world)), "nothing was due"
            board = say(await world.member.slash(world.general, "browse"))
            assert "A channel for sketches?" in board, "what is promised in it is a promise like others"
            assert "in time" not in board, "figures are of answers that were promised"
            assert "is corrected" in say(await respond(world, world.organiser, "accepted", "We do it soon.", "3 weeks"))
            assert "done" in await done(world, world.organiser)
            assert (await answer(world, key)).state is AnswerState.DONE

    async def test_nothing_is_done_before_it_is_promised(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await closed(world)
            assert "has no answer yet" in await done(world, world.organiser)
            await respond(world, world.organiser, "declined", "No room.")
            assert "was declined" in await done(world, world.organiser)

    async def test_it_is_off_while_polls_are(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            key = await closed(world)
            off = await world.moderator.slash(world.general, "config feature", name="polls", enabled=False)
            assert "an answer is owed" in say(off)
            await press(world.moderator, off, "cfg.off:polls:keep:-")
            assert "off" in say(await respond(world, world.organiser, "declined", "No room."))
            assert (await answer(world, key)).state is AnswerState.AWAITING
            # What was owed goes on by its button.
            form = await forge(world.organiser, world.general, f"poll.respond:{key}")
            sent = await world.organiser.submit_modal(form, {"status": ["declined"], "text": "No room.", "due": ""})
            assert "is answered" in say(sent)


async def test_a_form_that_is_refused_gives_back_what_was_typed(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        key = await closed(world)
        form = await forge(world.organiser, world.general, f"poll.respond:{key}")
        typed = {"status": ["accepted"], "text": "We *will* open it.", "due": "banana"}
        refused = await world.organiser.submit_modal(form, typed)
        assert "“banana”" in say(refused)
        # As the message itself: what stands in an embed cannot be copied on a phone.
        assert shown(refused).content == "We *will* open it."
        assert (await answer(world, key)).state is AnswerState.AWAITING
        again = await press(world.organiser, refused, "poll.respond")
        assert again.modal is not None
        assert "is answered" in say(await world.organiser.submit_modal(again, {**typed, "due": "3 weeks"}))


async def test_an_answer_that_cannot_be_posted_is_named(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world)
        await respond(world, world.organiser, "declined", "No room.")
        async with world.platform.database.write() as tx:
            refused = {"state": DeliveryState.FAILED, "error": "50013"}
            await tx.session.execute(update(Delivery).values(**refused).where(Delivery.target == Target.MESSAGE))
        said = say(await world.organiser.slash(world.general, "my show"))
        assert "The post of poll #1" in said
        assert "The answer to poll #1" in said


class TestCorrecting:
    async def test_within_ten_minutes_in_public(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            key = await closed(world)
            await respond(world, world.organiser, "accepted", "In a month.", "30 days")
            await world.advance(minutes=9)
            said = say(await respond(world, world.organiser, "declined", "It cannot be done."))
            assert "is corrected" in said
            await world.advance(seconds=20)
            assert texts(world, "In a month.") == []
            message = message_with(world, "It cannot be done.")
            assert "Corrected" in say(message)
            assert "**Declined**" in say(message)
            assert "**Declined**" in say(post(world))
            assert "Promised" not in say(post(world))
            row = await answer(world, key)
            assert (row.state, row.promise_due) == (AnswerState.DECLINED, None)
            await later(world, days=40)
            assert texts(world, "reminder") == []

    async def test_not_after_them(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await closed(world)
            await respond(world, world.organiser, "accepted", "In a month.", "30 days")
            await world.advance(minutes=11)
            before = await snapshot(world)
            assert "can be corrected for ten minutes" in say(await respond(world, world.organiser, "declined", "No."))
            assert await snapshot(world) == before

    async def test_a_late_answer_stays_late(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await closed(world)
            await later(world, days=7, hours=1)
            assert "Answer overdue" in say(post(world))
            await respond(world, world.organiser, "declined", "Sorry, late.")
            await world.advance(seconds=20)
            assert "answered late" in say(message_with(world, "Sorry, late."))
            await respond(world, world.organiser, "accepted", "We will, after all.")
            await world.advance(seconds=20)
            assert "answered late" in say(message_with(world, "We will, after all."))
            assert "answered late" in say(post(world))
            assert "Answer overdue" not in say(post(world))


class TestVoters:
    async def test_they_are_told_directly_only_if_they_want(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await closed(world, voters=(world.member, world.other))
            await take_directly(world, world.member)
            assert "You will get a direct message" in say(await press(world.member, post(world), "poll.listen"))
            assert "Direct messages are off" in say(await press(world.other, post(world), "poll.listen"))
            await respond(world, world.organiser, "accepted", "See https://example.com/art")
            await world.advance(minutes=1)
            (told,) = directs(world.member)
            assert "Accepted" in told
            assert "example.com" not in told
            (message,) = world.member.user.dm_channel.history()
            answered = message_with(world, "See https")
            assert (message.embeds[0].url or "").split("#")[0] == answered.jump_url
            assert directs(world.other) == []
            await world.restart()
            await world.advance(hours=1)
            assert len(directs(world.member)) == 1

    async def test_they_can_change_their_mind(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            await closed(world, voters=(world.member,))
            await take_directly(world, world.member)
            await press(world.member, post(world), "poll.listen")
            assert "will not be told" in say(await press(world.member, post(world), "poll.listen"))
            await respond(world, world.organiser, "declined", "No room.")
            await world.advance(minutes=1)
            assert directs(world.member) == []

    async def test_only_who_voted(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            key = await closed(world, voters=(world.member,))
            before = await snapshot(world)
            assert "those who voted" in say(await press(world.other, post(world), "poll.listen"))
            assert await snapshot(world) == before
            await respond(world, world.organiser, "accepted")
            await done(world, world.organiser)
            before = await snapshot(world)
            for kind in ("poll.happened", "poll.not_yet"):
                assert "those who voted" in say(await forge(world.other, world.general, f"{kind}:{key}"))
            assert await snapshot(world) == before

    async def test_forged_presses_change_nothing(self, tmp_path: Path) -> None:
        async with polls_bot(tmp_path) as world:
            key = await closed(world, voters=(world.member,))
            before = await snapshot(world)
            for press_id in (
                f"poll.happened:{key}",
                "poll.listen:9",
                "poll.listen:x",
                "poll.respond:9",
                "poll.happened",
            ):
                assert say(await forge(world.member, world.general, press_id))
            assert say(await forge(world.member, world.general, f"poll.respond:{key}"))
            sent = await forge_modal(
                world.member, world.general, f"poll.respond_form:{key}", {"text": "Mine", "due": "1 day"}
            )
            assert say(sent)
            assert await snapshot(world) == before


async def test_the_button_of_a_reminder_opens_the_form(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world)
        await later(world, days=3, hours=13)
        reminder = message_with(world, "A reminder")
        opened = await press(world.organiser, reminder, "poll.respond")
        assert opened.modal is not None
        sent = await world.organiser.submit_modal(
            opened, {"status": ["declined"], "text": "No room for it.", "due": ""}
        )
        assert "is answered: Declined" in say(sent)
        refused = await press(world.organiser, message_with(world, "A reminder"), "poll.respond")
        assert refused.modal is not None


async def test_autocomplete_offers_what_one_may_answer(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world, question="Mine?")
        await closed(world, question="Theirs?", answer_user=world.member.id)

        async def offered(who: str, command: str) -> list[str]:
            actor = getattr(world, who)
            choices = await actor.autocomplete(world.general, command, "poll", "")
            return [choice["name"] for choice in choices]

        assert await offered("organiser", "poll respond") == ["#1 Mine?"]
        assert await offered("member", "poll respond") == ["#2 Theirs?"]
        assert await offered("moderator", "poll respond") == ["#2 Theirs?", "#1 Mine?"]
        assert await offered("other", "poll respond") == []
        assert await offered("organiser", "poll done") == []
        await respond(world, world.organiser, "accepted")
        assert await offered("organiser", "poll done") == ["#1 Mine?"]
        await world.advance(minutes=11)
        assert await offered("organiser", "poll respond") == []


async def test_languages_of_private_answers(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await closed(world, guild_id=GUILD_ID)
        await world.speak(world.organiser, "ja")
        assert "回答しました" in say(await respond(world, world.organiser, "accepted", "やります", "3週間"))
        await world.speak(world.moderator, "ko")
        assert "정정" in say(await respond(world, world.moderator, "accepted", "합니다", "3주"))
