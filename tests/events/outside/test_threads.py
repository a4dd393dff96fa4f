"""Threads, reminders and notices: each said once, where it belongs, and to those it is for."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import clock
from bot.posts import Place
from bot.preferences import Preference
from cogs.events.rules.kinds import Answer, Scope, Where
from cogs.events.rules.recurrence import Every, Rule
from cogs.events.tables import Rsvp
from tests.events.outside.stage import FEATURES, cancel, change, go, guild_of, post, row_of, said_in, thread_of
from tests.events.stage import answers, post_message
from tests.harness import World, press, running_bot, say

HOUR = timedelta(hours=1)


def texts(messages: list[Any]) -> list[str]:
    """Return what cards say, with whom they mention in front."""
    return [f"{each.content}|{each.embeds[0].get('description', '')}" for each in messages]


def footers(messages: list[Any]) -> list[str | None]:
    return [(each.embeds[0].get("footer") or {}).get("text") for each in messages]


async def prefer(world: World, member: Any, *leads: int, direct: bool = False) -> None:
    async with world.platform.database.write() as tx:
        await world.platform.preferences.save(tx, member.id, Preference("en", None, direct, leads))


class TestThreads:
    async def test_each_post_has_one_named_after_the_event(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            places = [Place(world.general.id, "en"), Place(world.announcements.id, "ja")]
            key = await post(world, places=places)
            threads = guild_of(world).threads
            assert sorted(each.parent_id for each in threads) == sorted([world.general.id, world.announcements.id])
            assert {each.name for each in threads} == {"Sketch night"}
            await change(world, key, title="Ink night")
            assert len(guild_of(world).threads) == 2
            await post(world, hours=30, title="Weekly", repeat=Rule(Every.WEEK))
            (weekly,) = [each for each in guild_of(world).threads if each.name.startswith("Weekly")]
            assert " · " in weekly.name

    async def test_where_there_can_be_none_the_channel_serves(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            path = f"/channels/{world.general.id}/messages/*/threads"
            world.env.inject_error("POST", path, status=400, code=50024)
            key = await post(world, hours=2)
            assert list(guild_of(world).threads) == []
            await world.advance(hours=1.1)
            assert "Starts" in texts(said_in(world, world.general.id))[-1]
            shown = await world.organiser.slash(world.general, "my show")
            assert "thread" not in say(shown)
            assert (await answers(world, key)) == {}

    async def test_what_a_deleted_thread_does_not_take_is_said_in_the_channel(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            await post(world, hours=2, remind=(HOUR, timedelta(0)))
            (thread,) = guild_of(world).threads
            world.env.inject_error("POST", f"/channels/{thread.id}/messages", status=404, code=10003)
            await world.advance(hours=2.1)
            said = texts(said_in(world, world.general.id))[1:]
            assert len(said) == 2
            assert "Starts" in said[0]
            assert "has begun" in said[1]


class TestReminders:
    async def test_in_the_thread_at_each_lead_time_once(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world, hours=3, remind=(2 * HOUR, HOUR, timedelta(0)))
            await world.advance(minutes=55)
            assert await thread_of(world, key) == []
            await world.advance(minutes=10)
            assert len(await thread_of(world, key)) == 1
            await world.advance(hours=2.5)
            said = texts(await thread_of(world, key))
            assert ["has begun" in each for each in said] == [False, False, True]
            assert footers(await thread_of(world, key)) == [None] * 3

    async def test_those_who_asked_are_told_directly_or_named(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            third = world.add_member("chie")
            key = await post(world, hours=4, remind=(HOUR,))
            await prefer(world, world.member, 30, direct=True)
            await prefer(world, world.other, 180)
            await go(world, key, world.member, world.other)
            await go(world, key, third, kind="ev.maybe")
            await world.advance(hours=1.1)
            # Three hours before: only the one who asked for it.
            assert texts(await thread_of(world, key))[0].startswith(f"<@{world.other.id}>|")
            await world.advance(hours=2)
            assert texts(await thread_of(world, key))[1].startswith("|")
            await world.advance(minutes=35)
            sent: list[Any] = [
                entry.json
                for entry in world.env.http_requests
                if entry.method == "POST" and "embeds" in str(entry.json)
            ]
            assert len(await thread_of(world, key)) == 2
            assert sent[-1]["embeds"][0]["url"].startswith("https://discord.com/channels/")
            assert sent[-1].get("components", []) == []

    async def test_a_member_asks_for_one_date_alone(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world, hours=3, remind=(HOUR,))
            await go(world, key, world.member)
            answer = await press(world.member, await post_message(world, key), "ev.going")
            await press(world.member, answer, "ev.remind")
            await world.advance(hours=2.1)
            assert texts(await thread_of(world, key))[0].startswith(f"<@{world.member.id}>|")

    async def test_moved_with_the_date_and_not_said_twice(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world, hours=3, remind=(HOUR,))
            row = await row_of(world, key)
            await change(world, key, starts=row.starts_at + HOUR, ends=row.ends_at + HOUR)
            await world.advance(hours=2.5)
            assert len(await thread_of(world, key)) == 1
            await world.advance(hours=1)
            assert len(await thread_of(world, key)) == 2
            await change(world, key, starts=row.starts_at + 3 * HOUR, ends=row.ends_at + 3 * HOUR)
            await world.advance(hours=2)
            assert ["Something has changed" in each for each in texts(await thread_of(world, key))] == [
                True,
                False,
                True,
            ]

    async def test_another_day_is_recalled_anew(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            third = world.add_member("chie")
            key = await post(world, hours=3, remind=(HOUR,))
            await prefer(world, world.member, 60, direct=True)
            await go(world, key, world.member, world.other, third)
            for member in (world.other, third):
                await press(member, await press(member, await post_message(world, key), "ev.going"), "ev.remind")
            await world.advance(hours=2.1)
            first = await thread_of(world, key)
            assert len(first) == 1
            assert str(world.other.id) in first[0].content
            row = await row_of(world, key)
            await change(world, key, starts=row.starts_at + 48 * HOUR, ends=row.ends_at + 48 * HOUR)
            await go(world, key, third, kind="ev.cant")
            sent = len(world.env.http_requests)
            await world.sleep(hours=47.9)
            await world.restart()
            await world.env.settle()
            await world.advance(minutes=10)
            said = texts(await thread_of(world, key))
            assert ["Something has changed" in each for each in said] == [False, True, False]
            # Those who still come: one by name, the other directly.
            assert said[2].startswith(f"<@{world.other.id}>|")
            bodies = [each.json for each in world.env.http_requests[sent:] if "Starts" in str(each.json)]
            assert len(bodies) == 2

    async def test_what_was_too_late_to_be_said_is_said_of_a_later_date(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world, hours=1, remind=(2 * HOUR,))
            row = await row_of(world, key)
            await change(world, key, starts=row.starts_at + 3 * HOUR, ends=row.ends_at + 3 * HOUR)
            await world.advance(hours=2.1)
            notice, reminder = texts(await thread_of(world, key))
            assert "Something has changed" in notice
            assert "Starts" in reminder

    async def test_other_times_alone_are_nobodys_notice_and_hold_from_now_on(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world, hours=2, remind=(HOUR, HOUR / 4))
            before = await row_of(world, key)
            # An hour and a half is no lead time of /my settings, so that nothing is written for it yet.
            await change(world, key, Scope.ALL, remind=(HOUR * 1.5, HOUR / 4))
            assert await thread_of(world, key) == []
            await world.advance(minutes=31)
            assert ["Starts" in each for each in texts(await thread_of(world, key))] == [True]
            await world.advance(minutes=40)
            assert len(await thread_of(world, key)) == 1, "an hour before is not one of them any more"
            await world.advance(minutes=40)
            assert len(await thread_of(world, key)) == 2
            assert (await row_of(world, key)).sequence == before.sequence

    async def test_cancelled_is_not_reminded(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world, hours=3)
            await cancel(world, key)
            await world.advance(hours=5)
            assert ["does not take place" in each for each in texts(await thread_of(world, key))] == [True]

    async def test_after_a_downtime_the_nearest_is_said_and_says_that_it_is_late(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world, hours=48)
            await world.sleep(hours=47.5)
            await world.restart()
            await world.advance(minutes=1)
            said = await thread_of(world, key)
            assert len(said) == 1
            assert footers(said) == ["This reminder is late: the bot was away."]


class TestNotices:
    async def test_those_going_are_named_once_and_asked(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            third = world.add_member("chie")
            key = await post(world, capacity=2, remind=())
            await go(world, key, world.member, world.other, third)
            row = await row_of(world, key)
            await change(world, key, starts=row.starts_at + HOUR, ends=row.ends_at + HOUR, place="Park")
            (said,) = await thread_of(world, key)
            assert sorted(said.content.split()) == sorted(f"<@{each.id}>" for each in (world.member, world.other))
            text = texts([said])[0]
            assert f"<t:{int(row.starts_at.timestamp())}:F>" in text
            assert "Park" in text
            assert "Still coming?" in text
            message = await guild_of(world).get_thread(said.channel_id).fetch_message(said.id)  # pyright: ignore[reportOptionalMemberAccess]
            assert say(await press(world.member, message, "ev.still")).startswith("Good: you are still coming")
            assert "not among those going" in say(await press(third, message, "ev.still"))
            # Whoever cannot come any more frees the place for the next in line.
            await press(world.other, message, "ev.cant")
            assert (await answers(world, key))[third.id] is Answer.OFFERED

    async def test_two_changes_before_the_first_is_said_are_one(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world, remind=())
            row = await row_of(world, key)
            (thread,) = guild_of(world).threads
            world.env.inject_error("POST", f"/channels/{thread.id}/messages", status=503)
            await change(world, key, starts=row.starts_at + HOUR, ends=row.ends_at + HOUR)
            await change(world, key, starts=row.starts_at + 2 * HOUR, ends=row.ends_at + 2 * HOUR)
            await world.advance(minutes=5)
            (said,) = texts(await thread_of(world, key))
            assert f"<t:{int(row.starts_at.timestamp())}:F>" in said
            assert f"<t:{int((row.starts_at + 2 * HOUR).timestamp())}:F>" in said

    async def test_what_is_not_time_or_place_is_not_said(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world, remind=())
            await change(world, key, title="Ink night", description="Bring ink")
            assert await thread_of(world, key) == []

    async def test_many_people_are_named_in_several_messages_each_once(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world, remind=(), where=Where.IN_PERSON, zone="Asia/Tokyo")
            ids = [world.member.id + (n << 22) for n in range(1, 121)]
            async with world.platform.database.write() as tx:
                tx.session.add_all(
                    Rsvp(occurrence_id=key, user_id=each, answer=Answer.GOING, answered_at=clock.now(), remind=False)
                    for each in ids
                )
            await change(world, key, place="Elsewhere")
            said = await thread_of(world, key)
            named = [int(each.strip("<@>")) for message in said for each in message.content.split()]
            assert sorted(named) == ids
            assert len(said) == 3
