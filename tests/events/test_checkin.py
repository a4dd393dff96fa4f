"""Check-in: the digits of this minute, five tries, staff who tick; each attendance once, and what it opens."""

from datetime import timedelta
from pathlib import Path

import simcord
from sqlalchemy import select

from bot.people import Permission
from bot.ports import Verdict
from cogs.events.rules.digits import digits_at
from cogs.events.tables import Guess
from cogs.giveaways.rules.terms import Named, Terms
from tests.desk import unchanged
from tests.events.stage import (
    as_actor,
    attendances,
    event_of,
    occurrence,
    pass_time,
    post_event,
    post_message,
    services,
    up_to_date,
)
from tests.giveaways.stage import open_giveaway
from tests.harness import GUILD_ID, World, choose, click_id, components, forge, forge_modal, press, running_bot, say


async def digits(world: World, key: int) -> str:
    return digits_at((await occurrence(world, key)).secret, world.env.now())


async def enter(world: World, member: simcord.MemberActor, key: int, typed: str) -> str:
    return say(await forge_modal(member, world.general, f"ev.digits:{key}", {"digits": typed}))


async def test_digits_are_shown_to_staff_and_check_members_in_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=3)
        early = await enter(world, world.member, key, "123456")
        assert "Check-in opens" in early
        await pass_time(world, hours=3, seconds=30)
        shown = await world.organiser.slash(world.general, "event checkin", event="1")
        now = await digits(world, key)
        assert f"# {now[:3]} {now[3:]}" in say(shown)
        refused = await world.member.slash(world.general, "event checkin", event="1")
        assert now not in say(refused)
        assert "staff" in say(refused).lower()
        opened = await world.member.click(await up_to_date(world, key), custom_id=f"ev.here:{key}")
        assert opened.modal is not None
        now = await digits(world, key)
        assert "You are checked in" in await enter(world, world.member, key, f"{now[:3]} {now[3:]}")
        assert "already" in await enter(world, world.member, key, now)
        (there,) = await attendances(world, key)
        assert (there.user_id, there.by_staff) == (world.member.id, False)


async def test_digits_of_a_minute_ago_and_of_yesterday_are_refused(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=1)
        await pass_time(world, hours=1, seconds=30)
        row, now = await occurrence(world, key), world.env.now()
        old = await digits(world, key)
        await world.advance(seconds=60)
        assert "not the digits of this minute" in await enter(world, world.member, key, old)
        yesterday = digits_at(row.secret, now - timedelta(days=1))
        assert "not the digits of this minute" in await enter(world, world.member, key, yesterday)
        # A restart changes neither the digits nor how often was guessed.
        await world.restart()
        for _ in range(3):
            assert "not the digits" in await enter(world, world.member, key, "x")
        assert "Try again" in await enter(world, world.member, key, await digits(world, key))
        assert "You are checked in" in await enter(world, world.other, key, await digits(world, key))
        assert {each.user_id for each in await attendances(world, key)} == {world.other.id}
        async with world.platform.database.read() as session:
            (guess,) = (await session.scalars(select(Guess).where(Guess.user_id == world.member.id))).all()
        assert len(guess.tries) == 5
        await world.advance(seconds=61)
        assert "You are checked in" in await enter(world, world.member, key, await digits(world, key))


async def test_staff_tick_members(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=0.5)
        shown = await world.organiser.slash(world.general, "event checkin", event="1")
        result = await choose(world.organiser, shown, "ev.tick", world.member, world.other)
        assert f"<@{world.member.id}>" in say(result)
        again = await choose(world.organiser, shown, "ev.tick", world.member)
        assert "Recorded before" in say(again)
        assert {each.user_id: each.by for each in await attendances(world, key)} == {
            world.member.id: world.organiser.id,
            world.other.id: world.organiser.id,
        }
        row = (await world.ledger())[-1]
        assert (row.kind, row.facts["count"]) == ("event.attendance", 2)
        assert click_id(shown, "ev.new_digits")
        assert any(component.get("max_values") == 25 for component in components(shown))


async def test_staff_who_are_no_organisers_check_in_and_do_nothing_else(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        door = world.guild.create_role("Door")
        dora = world.add_member("dora", door)
        key = await post_event(world, hours=0.5)
        assert "staff" in say(await dora.slash(world.general, "event checkin", event="1")).lower()
        await world.moderator.slash(world.general, "config role", purpose="staff", role=door)
        shown = await dora.slash(world.general, "event checkin", event="1")
        now = await digits(world, key)
        assert f"# {now[:3]} {now[3:]}" in say(shown)
        assert f"<@{world.member.id}>" in say(await choose(dora, shown, "ev.tick", world.member))
        assert [(each.user_id, each.by) for each in await attendances(world, key)] == [(world.member.id, dora.id)]
        assert f"<@{world.member.id}>" in say(await dora.slash(world.general, "event attendees", event="1"))
        async with unchanged(world):
            refused = [await forge(dora, world.general, f"ev.{kind}") for kind in (f"export:{key}", "feed:server")]
            for command, options in (
                ("create", {"title": "Mine", "starts": "2 days", "where": "online", "post": True}),
                ("edit", {"event": "1"}),
                ("cancel", {"event": "1", "reason": "Because"}),
                ("announce", {"event": "1"}),
                ("export", {"event": "1"}),
            ):
                refused.append(await dora.slash(world.general, f"event {command}", **options))
        for answer in refused:
            assert "rganisers" in say(answer), say(answer)
            assert answer.modal is None


async def test_attendance_opens_a_giveaway(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=0.5)
        event = await event_of(world, key)
        shown = await world.organiser.slash(world.general, "event checkin", event="1")
        await choose(world.organiser, shown, "ev.tick", world.member)
        port = world.platform.attendance
        async with world.platform.database.read() as session:
            for name in ("1", "#1", "Sketch night"):
                assert (await port.resolve(session, GUILD_ID, name)).key == event.id
            assert [each.name for each in await port.suggest(session, GUILD_ID, "sketch")] == ["Sketch night"]
        verdicts = await port.check(GUILD_ID, event.id, [world.member.id, world.other.id])
        assert verdicts == {world.member.id: Verdict.YES, world.other.id: Verdict.NO}
        assert (await port.check(GUILD_ID + 1, event.id, [world.member.id])) == {world.member.id: Verdict.NO}
        terms = Terms(organiser_id=world.organiser.id, attended=Named(event.id, event.title))
        await open_giveaway(world, terms=terms)
        (post,) = [each for each in world.general.history() if "A print" in say(each)]
        assert "Sketch night" in say(await press(world.other, post, "gw.enter"))
        assert "You are in" in say(await press(world.member, post, "gw.enter"))


async def test_the_file_of_a_date(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, hours=0.5, capacity=1)
        post = await post_message(world, key)
        await press(world.member, post, "ev.going")
        await press(world.other, post, "ev.going")
        shown = await world.organiser.slash(world.general, "event checkin", event="1")
        await choose(world.organiser, shown, "ev.tick", world.member)
        refused = await world.member.slash(world.general, "event export", event="1")
        assert "rganiser" in say(refused) or "Manage Events" in say(refused)
        result = await world.organiser.slash(world.general, "event export", event="1")
        assert "2 rows of event #1, Sketch night" in say(result)
        with world.inside():
            actor = as_actor(world, world.organiser, permissions=Permission.MANAGE_EVENTS)
            exported = await services(world).exports.export(actor, key)
        header, *rows = exported.data.decode().splitlines()
        assert header == "user,answer,answered_at,place_in_line,attended,attended_at,checked_in_by"
        first, second = (row.split(",") for row in rows)
        assert (first[:2], first[4], first[6]) == ([str(world.member.id), "going"], "yes", str(world.organiser.id))
        assert (second[:2], second[3], second[4]) == ([str(world.other.id), "waiting"], "1", "no")
