"""Correcting, ending and cancelling: in public, in time, and never what the draw depends on."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import simcord
from sqlalchemy import select, update

from bot.preferences import Preference
from cogs.giveaways.tables import Giveaway, GiveawayEntry, State
from tests.giveaways.organising.desk import drafts, fill, giveaways, picture, post, posts, unchanged
from tests.harness import World, choose, labels, press, running_bot, say, shown


async def edit(world: World, number: int | str = 1) -> simcord.InteractionResult:
    return await world.organiser.slash(world.general, "giveaway edit", giveaway=str(number))


async def change(world: World, kind: str, **values: Any) -> simcord.InteractionResult:
    """Open a giveaway's draft, change a form in it, and save; returns the last answer."""
    panel = await edit(world)
    panel = await fill(world.organiser, await press(world.organiser, panel, kind), **values)
    return await press(world.organiser, panel, "gw.d.post")


async def row_of(world: World) -> Giveaway:
    return (await giveaways(world))[0]


def answered(answer: simcord.InteractionResult) -> str:
    return say(shown(answer))


async def enter(world: World, *actors: simcord.MemberActor) -> None:
    for actor in actors:
        await press(actor, world.general.history()[0], "gw.enter")


async def set_state(world: World, state: State) -> None:
    async with world.platform.database.write() as tx:
        await tx.session.execute(update(Giveaway).values(state=state))


async def test_for_ten_minutes_anything_is_corrected_in_public(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, winners=3, description="First")
        await enter(world, world.member)
        await world.advance(minutes=9)
        panel = await edit(world)
        assert labels(panel)[-2:] == ["Save changes", "Discard"]
        assert "Copy an old one" not in labels(panel)
        look = await press(world.organiser, panel, "gw.d.look")
        panel = await fill(world.organiser, look, prize="Painting", winners="2")
        assert "corrected" in say(panel).lower()
        who = await choose(
            world.organiser, await press(world.organiser, panel, "gw.d.who"), "gw.d.required", world.artists
        )
        panel = await press(world.organiser, who, "gw.d")
        saved = await press(world.organiser, panel, "gw.d.post")
        assert "those who entered are told" in say(saved)
        row = await row_of(world)
        assert (row.prize, row.winners, row.revision) == ("Painting", 2, 1)
        assert row.terms["required_role"] == world.artists.id
        assert row.corrected_at == world.env.now()
        await world.advance(seconds=10)
        (message,) = world.general.history()
        assert "Painting" in say(message)
        assert "corrected" in say(message).lower()
        assert await drafts(world) == []
        last = (await world.ledger())[-1]
        assert (last.kind, last.facts["what"]) == ("giveaway.edited", "prize, required_role, winners")
        # Who entered before is still in, and may leave.
        again = await press(world.member, message, "gw.enter")
        assert "already in" in say(again)
        assert "corrected" in say(again)
        assert "corrected since you entered" in say(await world.member.slash(world.general, "my show"))
        await press(world.member, again, "gw.leave")
        assert (await row_of(world)).entry_count == 0


async def test_those_who_want_direct_messages_are_told_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, winners=3)
        async with world.platform.database.write() as tx:
            await world.platform.preferences.save(tx, world.member.id, Preference("ja", None, direct=True))
        await enter(world, world.member, world.other)
        await change(world, "gw.d.look", prize="Painting")
        await world.env.settle()
        await world.advance(minutes=1)
        (message,) = world.member.user.dm_channel.history()
        assert "訂正" in say(message)
        assert message.embeds[0].url is not None
        assert str(world.general.history()[0].id) in message.embeds[0].url
        await change(world, "gw.d.look", description="Words only")
        await world.advance(minutes=1)
        assert len(world.member.user.dm_channel.history()) == 1
        await change(world, "gw.d.look", winners="4")
        await world.advance(minutes=1)
        assert len(world.member.user.dm_channel.history()) == 2


async def test_later_only_some_things_change(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, winners=3, ends="5 days", claim="button")
        await world.advance(minutes=11)
        before = await row_of(world)
        for kind, values, said in (
            ("gw.d.look", {"prize": "Painting"}, "could be corrected until"),
            ("gw.d.look", {"winners": "2"}, "can only be more"),
            ("gw.d.claim", {"claim": ["none"]}, "claimed could be changed until"),
            ("gw.d.when", {"ends": "1h"}, "1 day of notice"),
            ("gw.d.when", {"ends": "23h59m"}, "1 day of notice"),
        ):
            refused = await change(world, kind, **values)
            assert said in answered(refused), kind
        row = await row_of(world)
        assert (row.prize, row.winners, row.claim, row.closes_at) == (
            before.prize,
            before.winners,
            before.claim,
            before.closes_at,
        )
        assert row.revision == 0
        await change(world, "gw.d.look", description="More words", winners="5", picture=("a.png", picture()))
        await change(world, "gw.d.when", ends="6 days")
        row = await row_of(world)
        assert (row.description, row.winners, row.revision) == ("More words", 5, 2)
        assert row.picture_id is not None
        assert row.closes_at == world.env.now().replace(microsecond=0) + timedelta(days=6)
        await change(world, "gw.d.when", ends="25h")
        row = await row_of(world)
        assert row.closes_at == world.env.now().replace(microsecond=0) + timedelta(hours=25)
        await enter(world, world.member)
        await world.advance(hours=25, minutes=3)
        assert (await row_of(world)).state is State.DRAWN


async def test_an_entry_after_a_later_closing_counts(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, ends="1h")
        await enter(world, world.member)
        await change(world, "gw.d.when", ends="3h")
        await world.advance(hours=2)
        await enter(world, world.other)
        assert (await row_of(world)).entry_count == 2


async def test_nobody_is_refused_for_what_was_corrected(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        role = world.guild.create_role("Collectors")
        await post(world, required_role=role)
        assert "need the role" in say(await press(world.member, world.general.history()[0], "gw.enter"))
        me = world.organiser
        who = await choose(me, await press(me, await edit(world), "gw.d.who"), "gw.d.required")
        await press(me, await press(me, who, "gw.d"), "gw.d.post")
        await enter(world, world.member)
        assert (await row_of(world)).entry_count == 1
        again = await press(world.member, world.general.history()[0], "gw.enter")
        assert "corrected" not in say(again)


async def test_before_it_opens_everything_changes_and_nobody_is_told(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, starts="5h", ends="2 days", winners=3)
        panel = await edit(world)
        panel = await fill(
            world.organiser, await press(world.organiser, panel, "gw.d.look"), prize="Other", winners="1"
        )
        panel = await fill(world.organiser, await press(world.organiser, panel, "gw.d.when"), starts="1h", ends="3h")
        where = await press(world.organiser, panel, "gw.d.where")
        where = await choose(world.organiser, where, "gw.d.channels", world.announcements)
        saved = await press(world.organiser, await press(world.organiser, where, "gw.d"), "gw.d.post")
        assert "is changed" in say(saved)
        await world.advance(hours=1, minutes=1)
        row = await row_of(world)
        assert (row.state, row.prize, row.winners, row.revision) == (State.OPEN, "Other", 1, 0)
        assert row.closes_at - row.starts_at == timedelta(hours=3)
        assert [each.channel_id for each in await posts(world)] == [world.announcements.id]
        (message,) = world.announcements.history()
        assert "corrected" not in say(message).lower()
        assert world.general.history() == []


async def test_without_a_start_a_planned_one_opens_at_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, starts="5h", ends="2 days")
        await change(world, "gw.d.when", starts="", ends="1h")
        await world.env.settle()
        assert (await row_of(world)).state is State.OPEN
        assert len(world.general.history()) == 1


async def test_a_channel_is_added_in_time_and_none_taken_away(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        me = world.organiser
        where = await press(me, await edit(world), "gw.d.where")
        where = await choose(me, where, "gw.d.channels", world.announcements)
        refused = await press(me, await press(me, where, "gw.d"), "gw.d.post")
        assert f"posted in {world.general.mention} already" in answered(refused)
        where = await press(me, await edit(world), "gw.d.where")
        where = await choose(me, where, "gw.d.channels", world.announcements, world.general)
        await press(me, await press(me, where, "gw.d"), "gw.d.post")
        assert len(world.announcements.history()) == len(world.general.history()) == 1
        await enter(world, world.member)
        assert "2 entrants" in say(await press(world.other, world.announcements.history()[0], "gw.enter"))


async def test_two_organisers_do_not_undo_each_other(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, description="Old words", winners=2)
        mine = await edit(world)
        theirs = await world.moderator.slash(world.general, "giveaway edit", giveaway="1")
        theirs = await fill(world.moderator, await press(world.moderator, theirs, "gw.d.look"), winners="7")
        await press(world.moderator, theirs, "gw.d.post")
        mine = await fill(world.organiser, await press(world.organiser, mine, "gw.d.look"), description="New words")
        await press(world.organiser, mine, "gw.d.post")
        row = await row_of(world)
        assert (row.description, row.winners) == ("New words", 7)


async def test_saving_without_a_change_changes_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        saved = await press(world.organiser, await edit(world), "gw.d.post")
        assert "Nothing was different" in say(saved)
        assert (await row_of(world)).revision == 0
        assert [line.kind for line in await world.ledger()] == ["giveaway.posted"]


async def test_a_second_edit_takes_the_place_of_the_first(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        first = await edit(world)
        await edit(world)
        assert len(await drafts(world)) == 1
        async with unchanged(world):
            assert "no longer exists" in answered(await press(world.organiser, first, "gw.d.post"))


async def test_from_closing_on_nothing_changes(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        panel = await edit(world)
        for state, said in (
            (State.CLOSING, "has closed"),
            (State.FROZEN, "has closed"),
            (State.DRAWN, "is over"),
            (State.EMPTY, "is over"),
            (State.CANCELLED, "was cancelled already"),
        ):
            await set_state(world, state)
            async with unchanged(world):
                assert said in answered(await edit(world)), state
                assert said in answered(await press(world.organiser, panel, "gw.d.post")), state
                ended = await world.organiser.slash(world.general, "giveaway end", giveaway="1")
                assert said in say(ended), state


async def test_end_closes_at_once_and_says_so(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, ends="5 days")
        await enter(world, world.member)
        await world.advance(hours=1)
        ended = await world.organiser.slash(world.general, "giveaway end", giveaway="#1")
        assert "closed with 1 entrant" in say(ended)
        row = await row_of(world)
        assert row.ended_early
        assert row.closes_at == world.env.now().replace(microsecond=0)
        await world.advance(minutes=3)
        assert (await row_of(world)).state is State.DRAWN
        assert "early" in say(world.general.history()[0]).lower()
        kinds = [line.kind for line in await world.ledger()]
        assert kinds.count("giveaway.ended") == 1
        async with unchanged(world):
            again = await world.organiser.slash(world.general, "giveaway end", giveaway="1")
        assert "is over" in say(again)


async def test_a_scheduled_one_cannot_be_ended(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, starts="2h")
        async with unchanged(world):
            answer = await world.organiser.slash(world.general, "giveaway end", giveaway="1")
        assert "/giveaway cancel" in say(answer)


async def cancel(world: World, reason: str = "The print was damaged") -> str:
    return say(await world.organiser.slash(world.general, "giveaway cancel", giveaway="1", reason=reason))


async def test_cancelling_an_open_one(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        await enter(world, world.member)
        assert "is cancelled" in await cancel(world)
        row = await row_of(world)
        assert (row.state, row.cancel_reason, row.cancelled_by) == (
            State.CANCELLED,
            "The print was damaged",
            world.organiser.id,
        )
        await world.advance(seconds=10)
        (message,) = world.general.history()
        assert "The print was damaged" in say(message)
        assert "gw.enter" not in str(message.components)
        await world.advance(days=3)
        assert (await row_of(world)).state is State.CANCELLED
        assert len(world.general.history()) == 1
        async with unchanged(world):
            assert "was cancelled already" in await cancel(world)


async def test_cancelling_a_scheduled_one_it_never_appears(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, starts="2h")
        await cancel(world)
        await world.advance(days=1)
        assert (await row_of(world)).state is State.CANCELLED
        assert world.general.history() == []


async def test_cancelling_between_freeze_and_draw_keeps_the_draw(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, ends="1h")
        await enter(world, world.member)
        await set_state(world, State.FROZEN)
        assert "still computed and published" in await cancel(world)
        row = await row_of(world)
        assert row.state is State.FROZEN
        assert row.cancelled_at is not None
        async with unchanged(world):
            assert "was cancelled already" in await cancel(world)


async def test_after_the_draw_cancelling_is_refused(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, ends="1h")
        for state, said in ((State.DRAWN, "are drawn"), (State.EMPTY, "without entrants")):
            await set_state(world, state)
            async with unchanged(world):
                assert said in await cancel(world)


async def test_reasons_that_cannot_be(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        async with unchanged(world):
            assert "Nothing of the reason" in await cancel(world, "\u200b")
            assert "301 characters" in await cancel(world, "r" * 301)
            for number in ("7", "abc", "", "#", "1 OR 1=1", "9" * 50):
                answer = await world.organiser.slash(world.general, "giveaway cancel", giveaway=number, reason="x")
                assert "There is no giveaway" in say(answer)


async def test_members_may_do_none_of_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        elsewhere, stranger = world.other_guild()
        async with unchanged(world):
            for command, options in (("edit", {}), ("end", {}), ("cancel", {"reason": "x"})):
                refused = await world.member.slash(world.general, f"giveaway {command}", giveaway="1", **options)
                assert "Only organisers" in say(refused)
                foreign = await stranger.slash(elsewhere, f"giveaway {command}", giveaway="1", **options)
                assert "There is no giveaway" in say(foreign)


async def test_another_organiser_may_act_on_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        colleague = world.add_member("colleague", world.organisers)
        await colleague.slash(world.general, "giveaway cancel", giveaway="1", reason="Agreed")
        assert (await row_of(world)).cancelled_by == colleague.id


async def test_what_was_entered_before_a_correction_is_rechecked_at_closing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, ends="1h")
        await enter(world, world.member, world.other)
        role = world.guild.create_role("Collectors")
        me = world.organiser
        who = await choose(me, await press(me, await edit(world), "gw.d.who"), "gw.d.required", role)
        await press(me, await press(me, who, "gw.d"), "gw.d.post")
        await world.advance(hours=2)
        assert (await row_of(world)).state is State.EMPTY
        async with world.platform.database.read() as session:
            dropped = (await session.scalars(select(GiveawayEntry.dropped))).all()
        assert set(dropped) == {"required_role"}
