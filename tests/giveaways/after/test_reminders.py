"""Reminding winners: at half time and 6 h before the end, each once, directly only where they want that."""

from pathlib import Path

import simcord

from bot.preferences import Preference
from cogs.giveaways.rules.terms import Claim
from tests.giveaways.after.stage import Drawn, deliveries, drawn, public
from tests.harness import World, press, running_bot, say

DAY = 86_400


async def take_directly(world: World, *actors: simcord.MemberActor) -> None:
    async with world.platform.database.write() as tx:
        for actor in actors:
            await world.platform.preferences.save(tx, actor.id, Preference(direct=True))


def reminders(world: World) -> list[str]:
    return [message.content for message in public(world) if "a reminder" in message.content]


async def ticking(world: World, **values: object) -> Drawn:
    return await drawn(world, 4, winners=3, claim=Claim.BUTTON, claim_seconds=DAY, **values)


async def test_winners_are_reminded_together_and_once_at_each_time(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await ticking(world)
        first, second, third = stage.ranking[:3]
        await press(first, public(world)[-1], "gw.claim")
        await world.advance(hours=11, minutes=58)
        assert reminders(world) == []
        await world.advance(minutes=3)
        (reminder,) = reminders(world)
        assert f"<@{second.id}>" in reminder
        assert f"<@{third.id}>" in reminder
        assert f"<@{first.id}>" not in reminder
        claimed = await press(second, public(world)[-1], "gw.claim")
        assert "Claimed" in say(claimed)
        await world.advance(hours=6)
        assert len(reminders(world)) == 2
        assert f"<@{second.id}>" not in reminders(world)[-1]
        assert f"<@{third.id}>" in reminders(world)[-1]
        assert "6 h" not in say(public(world)[-1])
        await world.advance(hours=5)
        assert len(reminders(world)) == 2


async def test_direct_messages_only_to_who_wants_them(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await ticking(world)
        first, second, third = stage.ranking[:3]
        await take_directly(world, second)
        await world.advance(hours=12, minutes=2)
        (reminder,) = reminders(world)
        assert [f"<@{who.id}>" in reminder for who in (first, second, third)] == [True, False, True]
        (direct,) = await deliveries(world, "giveaway.claim_reminder_direct")
        assert direct.user_id == second.id
        assert direct.sent_message_id is not None


async def test_a_direct_message_that_is_refused_becomes_a_mention(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.BUTTON, claim_seconds=7_200)
        winner = stage.ranking[0]
        await take_directly(world, winner)
        world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
        await world.advance(minutes=62)
        (reminder,) = reminders(world)
        assert f"<@{winner.id}>" in reminder


async def test_after_a_downtime_only_the_last_reminder_is_sent(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await ticking(world)
        await world.sleep(hours=20)
        await world.restart()
        await world.env.settle()
        (reminder,) = reminders(world)
        assert all(f"<@{who.id}>" in reminder for who in stage.ranking[:3])
        await world.restart()
        await world.env.settle()
        assert len(reminders(world)) == 1


async def test_a_short_time_to_claim_has_one_reminder(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await drawn(world, 4, claim=Claim.IN_PERSON, claim_seconds=7_200)
        await world.advance(minutes=62)
        assert len(reminders(world)) == 1
        assert "pick-up code" in say(public(world)[-1])
        await world.advance(minutes=50)
        assert len(reminders(world)) == 1
