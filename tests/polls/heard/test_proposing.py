"""Proposals: made by members, answered by organisers within a week, told to whoever made them."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot import clock
from cogs.polls.tables import PollProposal, ProposalState
from tests.harness import World, forge, forge_modal, labels, press, say
from tests.polls.heard.stage import (
    configure,
    directs,
    forget,
    later,
    polls_bot,
    proposals,
    propose,
    public,
    snapshot,
    take_directly,
)


def cards(world: World) -> list[str]:
    return [say(message) for message in public(world, world.log)]


async def test_where_organisers_see_it(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        assert f"Organisers see it in <#{world.general.id}>" in await propose(world, world.member)
        await configure(world, polls=world.announcements.id)
        assert f"<#{world.announcements.id}>" in await propose(world, world.member)
        await configure(world, log=world.log.id)
        assert f"<#{world.log.id}>" in await propose(world, world.member)
        (message,) = [each for each in public(world, world.log) if "A night market?" in say(each)]
        assert "Many asked." in say(message)
        assert f"Proposed by <@{world.member.id}>" in say(message)
        assert labels(message) == ["Approve", "Decline …"]
        assert message.mentions == []


async def test_declining_takes_a_reason_and_an_organiser(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await take_directly(world, world.member)
        await propose(world, world.member)
        (row,) = await proposals(world)
        message = public(world)[-1]
        before = await snapshot(world)
        for who in (world.member, world.other):
            for kind in ("poll.approve", "poll.decline"):
                assert say(await press(who, message, kind))
            sent = await forge_modal(who, world.general, f"poll.decline_form:{row.id}", {"reason": "I do not like it."})
            assert say(sent)
        stranger_channel, stranger = world.other_guild()
        assert say(await forge(stranger, stranger_channel, f"poll.approve:{row.id}"))
        assert say(await forge(world.organiser, world.general, "poll.approve:999"))
        opened = await press(world.organiser, message, "poll.decline")
        assert "needs a reason" in say(await world.organiser.submit_modal(opened, {"reason": "  "}))
        assert await snapshot(world) == before

        opened = await press(world.organiser, message, "poll.decline")
        assert "is declined" in say(await world.organiser.submit_modal(opened, {"reason": "No room in May."}))
        await world.advance(minutes=1)
        shown = say(public(world)[-1])
        assert "No room in May." in shown
        assert labels(public(world)[-1]) == []
        (told,) = directs(world.member)
        assert "was declined" in told
        assert "No room in May." in say(await world.member.slash(world.general, "my show"))
        assert "already" in say(await press_again(world, row.id))
        kinds = [entry.kind for entry in await world.ledger()]
        assert kinds == ["poll.proposal_declined"]


async def press_again(world: World, key: int):  # noqa: ANN201 (the simulation's own result)
    return await forge(world.moderator, world.general, f"poll.approve:{key}")


async def test_approving_makes_a_draft_and_its_poll_credits_the_member(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await take_directly(world, world.member)
        await propose(world, world.member, "A night market?", "Friday\nSaturday")
        draft = await press(world.organiser, public(world)[-1], "poll.approve")
        assert "The closing time is missing" in say(draft)
        await world.advance(minutes=1)
        assert "Approved by" in say(public(world)[-1])
        (row,) = await proposals(world)
        assert row.state is ProposalState.APPROVED
        assert "approved" in directs(world.member)[0]
        assert "A night market?" in say(await world.organiser.slash(world.general, "my show"))

        await _post(world)
        await world.advance(minutes=1)
        (row,) = await proposals(world)
        assert row.state is ProposalState.POSTED
        assert row.poll_id is not None
        post = next(message for message in public(world) if "Proposed by" in say(message) and message.embeds[0].title)
        assert f"Proposed by <@{world.member.id}>" in say(post)
        assert "is a poll now" in directs(world.member)[-1]
        assert "posted as a poll" in say(await world.member.slash(world.general, "my show"))
        await forget(world, world.member)
        await world.advance(minutes=1)
        assert all(str(world.member.id) not in say(message) for message in public(world))


async def test_a_draft_that_is_given_up_leaves_its_proposal_to_be_answered(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await take_directly(world, world.member)
        await propose(world, world.member)
        draft = await press(world.organiser, public(world)[-1], "poll.approve")
        await later(world, days=2)
        assert "approved, not posted yet" in say(await world.member.slash(world.general, "my show"))
        assert "1 approved proposal is not posted yet" in say(await world.member.slash(world.general, "browse"))
        assert "not posted yet" in say(public(world)[-1])

        await press(world.organiser, draft, "poll.d.discard")
        await world.advance(minutes=1)
        card = public(world)[-1]
        assert labels(card) == ["Approve", "Decline …"]
        assert "waits for an answer again" in directs(world.member)[-1]
        (row,) = await proposals(world)
        assert (row.state, row.decided_at, row.decided_by) == (ProposalState.WAITING, None, None)
        with world.inside():
            assert timedelta(days=6) < row.due_at - clock.now() < timedelta(days=7)
        assert "poll.proposal_reopened" in [entry.kind for entry in await world.ledger()]

        await press(world.organiser, card, "poll.approve")
        await world.advance(minutes=1)
        assert "was approved" in directs(world.member)[-1]
        await forget(world, world.organiser)
        await world.advance(minutes=1)
        assert labels(public(world)[-1]) == ["Approve", "Decline …"]
        assert len(directs(world.member)) == 4


async def test_a_draft_that_expires_leaves_its_proposal_to_be_answered(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await propose(world, world.member)
        await propose(world, world.other)
        for card in public(world)[-2:]:
            await press(world.organiser, card, "poll.approve")
        await forget(world, world.other)
        await later(world, days=31)
        # Drafts nobody touched go within the hour, proposals without theirs are looked for every day.
        await world.advance(hours=1)
        assert "approved, not posted yet" in say(await world.member.slash(world.general, "my show"))
        await later(world, days=1)
        assert [row.state for row in await proposals(world)] == [ProposalState.WAITING, ProposalState.WITHDRAWN]
        await later(world, days=3, hours=13)
        assert [say(each) for each in public(world) if "1 proposal waits" in say(each)]


async def test_a_poll_approved_in_the_log_goes_up_where_members_look(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await configure(world, log=world.log.id, announcements=world.announcements.id)
        await propose(world, world.member, "A night market?", "Friday\nSaturday")
        await world.advance(minutes=1)
        card = next(message for message in public(world, world.log) if labels(message))
        draft = await press(world.organiser, card, "poll.approve")
        assert world.announcements.mention in say(draft)
        assert world.log.mention not in say(draft)


async def _post(world: World) -> None:
    """Complete the draft from /my show, as its approver finds it again, and post it."""
    draft = await press(world.organiser, await world.organiser.slash(world.general, "my show"), "draft.open")
    form = await press(world.organiser, draft, "poll.d.when")
    draft = await world.organiser.submit_modal(form, {"ends": "2 days"})
    assert "A night market?" in say(draft)
    assert "Friday" in say(draft)
    assert f"Proposed by <@{world.member.id}>" not in say(draft)
    await press(world.organiser, draft, "poll.d.post")


async def test_taking_back_and_proposing_anew_has_an_end(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        for number in range(5):
            assert "is made" in await propose(world, world.member, f"Question {number}?")
            await forge(world.member, world.general, f"poll.withdraw:{(await proposals(world))[-1].id}")
        assert "5 proposals in the last 24 hours" in await propose(world, world.member)
        assert "is made" in await propose(world, world.other)


async def test_members_have_three_at_a_time_and_take_them_back(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        for number in range(3):
            assert "is made" in await propose(world, world.member, f"Question {number}?")
        before = await snapshot(world)
        assert "3 proposals of yours wait" in await propose(world, world.member)
        sent = await forge_modal(
            world.member, world.general, "poll.propose", {"question": "A fourth?", "options": "a\nb", "why": ""}
        )
        assert "3 proposals of yours wait" in say(sent)
        assert "A fourth?" in say(sent)
        assert await snapshot(world) == before
        first = (await proposals(world))[0]
        assert "no such proposal" in say(await forge(world.other, world.general, f"poll.withdraw:{first.id}"))
        shown = await world.member.slash(world.general, "my show")
        assert "Take back proposal #1" in labels(shown)
        assert "is taken back" in say(await forge(world.member, world.general, f"poll.withdraw:{first.id}"))
        assert "taken back" in say(await forge(world.organiser, world.general, f"poll.approve:{first.id}"))
        await world.advance(minutes=1)
        assert "Taken back." in say(public(world)[0])
        assert "is made" in await propose(world, world.member)


async def test_what_no_poll_could_be_is_given_back(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        said = await propose(world, world.member, "Which?", "Only one")
        assert "Only one" in said
        assert "Which?" in said
        assert await proposals(world) == []
        assert "Café" in await propose(world, world.member, "Which?", "Café\nCAFÉ")
        assert await proposals(world) == []


async def test_organisers_are_reminded_together_and_once(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await configure(world, log=world.log.id, organiser=world.organisers.id)
        await propose(world, world.member, "First?")
        await propose(world, world.other, "Second?")
        await later(world, days=3, hours=13)
        (reminder,) = [each for each in public(world, world.log) if "2 proposals wait" in say(each)]
        assert [role.id for role in reminder.role_mentions] == [world.organisers.id]
        first = (await proposals(world))[0]
        form = await forge(world.moderator, world.log, f"poll.decline:{first.id}")
        await world.moderator.submit_modal(form, {"reason": "Not now."})
        await later(world, days=2, hours=12)
        assert len([each for each in public(world, world.log) if "1 proposal waits" in say(each)]) == 1
        await world.restart()
        await later(world, days=1)
        waiting = [say(each) for each in public(world, world.log) if "1 proposal waits" in say(each)]
        assert len(waiting) == 2
        assert "overdue" in waiting[-1]
        await later(world, days=10)
        assert len([each for each in public(world, world.log) if "1 proposal waits" in say(each)]) == 2
        second = (await proposals(world))[1]
        form = await forge(world.moderator, world.log, f"poll.decline:{second.id}")
        await world.moderator.submit_modal(form, {"reason": "Too late."})
        await world.advance(minutes=1)
        assert any("after its time: Too late." in card for card in cards(world))


async def test_who_is_forgotten_takes_what_waits_along(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await propose(world, world.member, "My secret wish?", "Yes\nNo", "My reasons")
        assert "A proposal of yours is withdrawn" in say(await world.member.slash(world.general, "privacy forget"))
        await forget(world, world.member)
        await world.advance(minutes=1)
        shown = say(public(world)[-1])
        for gone in ("My secret wish?", "My reasons", str(world.member.id)):
            assert gone not in shown
        async with world.platform.database.read() as session:
            (row,) = (await session.scalars(select(PollProposal))).all()
        assert (row.user_id, row.question, row.options, row.why) == (None, "", [], None)


async def test_turning_polls_off_lists_and_declines_them(tmp_path: Path) -> None:
    async with polls_bot(tmp_path) as world:
        await propose(world, world.member)
        off = await world.moderator.slash(world.general, "config feature", name="polls", enabled=False)
        assert "waits for a decision" in say(off)
        await press(world.moderator, off, "cfg.off:polls:cancel:-")
        (row,) = await proposals(world)
        assert row.state is ProposalState.DECLINED
        assert "turned off" in (row.reason or "")
        assert "off" in await propose(world, world.member)
