"""Calendar feeds, fetched as calendar programs do, and read by a library that did not write them."""

import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import simcord

from bot import clock
from bot.environment import Listen
from bot.times import at_wall_clock
from cogs.events.rules.kinds import Scope, Where
from cogs.events.rules.recurrence import Every, Rule
from tests.events.outside.stage import FEATURES, cancel, change, go, post, row_of
from tests.events.stage import post_message
from tests.harness import World, forge, messages, press, running_bot, say
from tests.web.client import Browser, Got, browsing

PUBLIC = "https://bot.example.org"
WEB: dict[str, Any] = {"web_listen": Listen("127.0.0.1", 0), "web_public_url": PUBLIC}
HOUR = timedelta(hours=1)


async def addresses(world: World, member: simcord.MemberActor) -> list[str]:
    """Return what /event calendar gives, as links: the member's own answers, everything, the server's."""
    answer = await member.slash(world.general, "event calendar")
    return [found.removeprefix(PUBLIC) for found in re.findall(rf"<({PUBLIC}/calendar/[\w-]+\.ics)>", say(answer))]


def entries(got: Got) -> list[Any]:
    assert got.status == 200
    return list(icalendar.Calendar.from_ical(got.text).walk("VEVENT"))


async def fetched(browser: Browser, path: str) -> list[Any]:
    return entries(await browser.get(path))


async def test_one_of_the_server_one_of_all_and_one_of_what_i_answered(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES, **WEB) as world, browsing(world.platform.web) as browser:
        single = await post(world, hours=30, bring="ink; pens")
        weekly = await post(
            world, hours=40, title="Weekly", repeat=Rule(Every.WEEK), where=Where.IN_PERSON, place="Park"
        )
        mine, everything, server = await addresses(world, world.member)
        assert await fetched(browser, mine) == []
        assert [str(each["summary"]) for each in await fetched(browser, everything)] == ["Sketch night", "Weekly"]
        assert [str(each["summary"]) for each in await fetched(browser, server)] == ["Sketch night", "Weekly"]
        await go(world, single, world.member)
        await go(world, weekly, world.member, kind="ev.maybe")
        found = await fetched(browser, mine)
        assert [(str(each["summary"]), str(each["status"])) for each in found] == [
            ("Sketch night", "CONFIRMED"),
            ("Weekly", "TENTATIVE"),
        ]
        assert "Bring: ink; pens" in str(found[0]["description"])
        assert str(found[0]["url"]).startswith("https://discord.com/channels/")
        # Everybody has addresses of their own, but for the server's.
        theirs = await addresses(world, world.other)
        assert theirs[2] == server
        assert {mine, everything}.isdisjoint(theirs)
        got = await browser.get(mine)
        assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert got.headers["Cache-Control"] == "private, no-cache"


async def test_a_series_in_the_feed_is_the_series_in_the_server(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES, **WEB) as world, browsing(world.platform.web) as browser:
        key = await post(world, hours=48, repeat=Rule(Every.WEEK), zone="Europe/Berlin")
        (_, everything, _) = await addresses(world, world.member)
        first = await row_of(world, key)
        await change(world, key, starts=first.starts_at + 2 * HOUR, ends=first.ends_at + 2 * HOUR)
        calendar = icalendar.Calendar.from_ical((await browser.get(everything)).text)
        end = first.starts_at + timedelta(days=70)
        dates: list[Any] = recurring_ical_events.of(calendar).between(first.starts_at - HOUR, end)
        told = sorted(each.start.timestamp() for each in dates)
        local = first.starts_at.astimezone(dates[0].start.tzinfo).replace(tzinfo=None)
        weekly = [at_wall_clock(local + timedelta(days=7 * n), dates[0].start.tzinfo) for n in range(1, 10)]
        assert told == [(first.starts_at + 2 * HOUR).timestamp(), *(each.timestamp() for each in weekly)]


async def test_changes_and_cancellations_follow_under_the_same_name(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES, **WEB) as world, browsing(world.platform.web) as browser:
        key = await post(world)
        (_, everything, _) = await addresses(world, world.member)
        first = await browser.get(everything)
        unchanged = await browser.get(everything, **{"If-None-Match": first.headers["ETag"]})
        assert (unchanged.status, unchanged.body) == (304, b"")
        row = await row_of(world, key)
        await world.advance(minutes=1)
        await change(world, key, starts=row.starts_at + HOUR, ends=row.ends_at + HOUR)
        moved = await browser.get(everything, **{"If-None-Match": first.headers["ETag"]})
        await cancel(world, key, Scope.ALL)
        gone = await browser.get(everything)
        before, after, cancelled = (entries(each)[0] for each in (first, moved, gone))
        assert before["uid"] == after["uid"] == cancelled["uid"]
        assert before["sequence"] < after["sequence"] < cancelled["sequence"]
        assert after["last-modified"].dt > before["last-modified"].dt
        assert after["dtstart"].dt.timestamp() == (row.starts_at + HOUR).timestamp()
        assert (str(before["status"]), str(cancelled["status"])) == ("CONFIRMED", "CANCELLED")


async def test_nothing_is_told_before_the_server_knows(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES, **WEB) as world, browsing(world.platform.web) as browser:
        with world.inside():
            later = clock.now() + timedelta(minutes=5)
        await post(world, hours=48, announce_at=later)
        (_, everything, server) = await addresses(world, world.member)
        assert await fetched(browser, everything) == []
        await world.advance(minutes=6)
        assert len(await fetched(browser, server)) == 1


async def test_an_address_can_be_renewed_and_the_old_one_is_nobodys(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running_bot(tmp_path, features=FEATURES, **WEB) as world, browsing(world.platform.web) as browser:
        answer = await world.member.slash(world.general, "event calendar")
        before = await addresses(world, world.member)
        after_press = await press(world.member, answer, "ev.feed:mine")
        after = await addresses(world, world.member)
        assert before[0] != after[0]
        assert before[1:] == after[1:]
        assert after[0] in say(after_press)
        refused = [await browser.get(path) for path in (before[0], f"/calendar/{'A' * 43}.ics", "/calendar/x.ics")]
        assert [each.status for each in refused] == [404, 404, 404]
        assert len({each.body for each in refused}) == 1
        assert len({tuple(sorted(set(each.headers) - {"Date"})) for each in refused}) == 1
        assert (await browser.request("POST", after[0])).status == 405
        assert (await browser.get(after[0])).status == 200
        # What the libraries of the database and of Discord say is kept out of every log: see bot/logs.py.
        ours = [record.getMessage() for record in caplog.records if record.name.startswith(("bot", "cogs", "aiohttp"))]
        token = after[0].removeprefix("/calendar/").removesuffix(".ics")
        assert not [line for line in ours if token in line]


async def test_only_organisers_renew_the_servers(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES, **WEB) as world:
        before = (await addresses(world, world.organiser))[2]
        assert "rganisers" in say(await forge(world.member, world.general, "ev.feed:server"))
        assert (await addresses(world, world.organiser))[2] == before
        forged = say(await forge(world.member, world.general, "ev.feed:nonsense"))
        assert "calendar/" not in forged
        await forge(world.organiser, world.general, "ev.feed:server")
        assert (await addresses(world, world.organiser))[2] != before
        assert (await world.ledger())[-1].kind == "event.feed_renewed"


async def test_without_web_pages_the_events_come_as_a_file(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await post(world)
        answer = await world.member.slash(world.general, "event calendar")
        assert "no web address" in say(answer)
        (file,) = messages(answer)[0].attachments
        assert file.filename == "events.ics"
        assert b"SUMMARY:Sketch night" in (world.env.backend.cdn.get(file.url) or b"")


async def test_the_announcement_carries_its_date_as_a_file_that_keeps_up(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        key = await post(world)
        row = await row_of(world, key)

        async def attached() -> Any:
            (file,) = (await post_message(world, key)).attachments
            assert file.filename == "event-1.ics"
            (entry,) = icalendar.Calendar.from_ical(world.env.backend.cdn.get(file.url) or b"").walk("VEVENT")
            return entry

        before = await attached()
        await go(world, key, world.member)
        await world.advance(minutes=1)
        assert (await attached())["sequence"] == before["sequence"]
        await change(world, key, starts=row.starts_at + HOUR, ends=row.ends_at + HOUR)
        await world.advance(minutes=1)
        after = await attached()
        assert after["uid"] == before["uid"]
        assert after["dtstart"].dt.timestamp() == (row.starts_at + HOUR).timestamp()
        await cancel(world, key)
        await world.advance(minutes=1)
        assert str((await attached())["status"]) == "CANCELLED"
