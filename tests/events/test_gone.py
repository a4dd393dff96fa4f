"""Who had a part in events is forgotten: nothing of them is left, neither with us nor in what was said."""

from datetime import timedelta
from pathlib import Path

from bot.preferences import Preference
from cogs.events.rules.kinds import Answer, Scope
from cogs.events.rules.recurrence import Every, Rule
from cogs.events.tables import EventState
from tests.events.outside.stage import change, post
from tests.events.stage import answers, event_of, everywhere, occurrence, post_message
from tests.events.test_checkin import digits
from tests.harness import choose, forge_modal, press, running_bot, say
from tests.polls.heard.stage import forget
from tests.polls.test_gone import holding

FEATURES = ("config", "home", "events", "privacy")
HOUR = timedelta(hours=1)


async def test_a_member_with_a_part_in_everything_is_forgotten(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        me, other = world.member, world.other
        key = await post(world, hours=30, capacity=1, shows_names=True, remind=(HOUR, timedelta(0)))
        full = await post(world, hours=40, capacity=1, title="Full")
        waits = await post(world, hours=50, capacity=1, title="Waits")
        maybe = await post(world, hours=60, title="Maybe")
        going = await press(me, await post_message(world, key), "ev.going")
        await press(me, going, "ev.remind")
        for occupied in (full, waits):
            await press(other, await post_message(world, occupied), "ev.going")
            await press(me, await post_message(world, occupied), "ev.going")
        await press(other, await post_message(world, full), "ev.cant")
        assert (await answers(world, full))[me.id] is Answer.OFFERED
        await press(me, await post_message(world, maybe), "ev.maybe")
        off = await post(world, hours=70, title="Off")
        await press(me, await post_message(world, off), "ev.going")
        await world.organiser.slash(world.general, "event cancel", event="5", reason="No room.")
        await me.slash(world.general, "event calendar")
        row = await occurrence(world, key)
        await change(world, key, starts=row.starts_at + HOUR, ends=row.ends_at + HOUR)
        await world.advance(hours=30.2)
        await world.advance(hours=1)
        now = await digits(world, key)
        assert "You are checked in" in say(await forge_modal(me, world.general, f"ev.digits:{key}", {"digits": now}))
        # Of the change, of the cancellation, an offer, and two reminders.
        before = [each.id for each in everywhere(world) if me.mention in each.content]
        assert len(before) == 5
        await forget(world, me)
        await world.advance(minutes=2)
        assert await holding(world, me.id) == []
        assert [say(each) for each in everywhere(world) if str(me.id) in f"{each.content}{say(each)}"] == []
        said = [say(each) for each in everywhere(world) if each.id in before]
        for part in ("Something has changed", "does not take place", "Starts", "has begun"):
            assert any(part in each for each in said), part


async def test_whoever_ran_events_is_forgotten(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        me = world.organiser
        async with world.platform.database.write() as tx:
            await world.platform.preferences.save(tx, me.id, Preference("en", None, direct=True))
        key = await post(world, hours=30, repeat=Rule(Every.WEEK), title="Weekly")
        single = await post(world, hours=3, title="Single")
        off = await post(world, hours=60, title="Off")
        await press(me, await post_message(world, single), "ev.going")
        await me.slash(world.general, "event cancel", event="3", reason="No room.")
        await me.slash(world.general, "event cancel", event="1.2", reason="No room.")
        await change(world, key, Scope.ALL, title="Every week")
        await me.slash(world.general, "event edit", event="1", scope="this")
        await world.advance(hours=3.2)
        desk = await me.slash(world.general, "event checkin", event="2")
        await choose(me, desk, "ev.tick", world.other)
        await me.slash(world.general, "event export", event="2")
        await forget(world, me)
        await world.advance(minutes=2)
        assert await holding(world, me.id) == []
        assert [say(each) for each in everywhere(world) if str(me.id) in f"{each.content}{say(each)}"] == []
        assert (await event_of(world, off)).state is EventState.CANCELLED
        assert (await event_of(world, key)).state is EventState.LIVE
