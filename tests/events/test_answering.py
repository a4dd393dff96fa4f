"""Answers to an event: one press each, never more than there are places, the line in order of arrival."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import simcord

from bot import clock
from bot.errors import NotFound
from bot.preferences import Preference
from cogs.events.rules.kinds import Answer
from cogs.events.rules.waiting import Wish
from cogs.events.service.answering import Answering
from cogs.events.service.seats import Replied, Reply, reply
from cogs.events.tables import Occurrence, OfferState
from tests.events.stage import (
    answers,
    as_actor,
    event_of,
    everywhere,
    line,
    occurrence,
    offers,
    pass_time,
    post_event,
    post_message,
    services,
)
from tests.harness import GUILD_ID, World, forge, labels, press, running_bot, say

STORM = 500


async def test_an_announcement_and_its_buttons(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, capacity=2, description="Bring a friend.")
        post = await post_message(world, key)
        assert labels(post) == ["Going", "Maybe", "Can't"]
        for expected in (
            "Sketch night",
            "Bring a friend.",
            "0 of 2 going",
            f"<t:{stamp(await occurrence(world, key))}:F>",
        ):
            assert expected in say(post)
        said = say(await press(world.member, post, "ev.going"))
        assert "You are going to **Sketch night**" in said
        assert "1 of 2 going" in said
        assert "already going" in say(await press(world.member, post, "ev.going"))
        assert "Maybe holds no place" in say(await press(world.other, post, "ev.maybe"))
        await world.advance(seconds=10)
        assert "1 of 2 going · 1 maybe · 0 can't" in say(await post_message(world, key))
        await press(world.member, post, "ev.cant")
        assert await answers(world, key) == {world.member.id: Answer.CANT, world.other.id: Answer.MAYBE}


async def test_the_last_place_goes_to_one_and_the_other_is_first_in_line(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, capacity=1)
        members = (world.member, world.other)
        with world.inside():
            now, answering = clock.now(), Answering(world.platform)
            first, second = await asyncio.gather(
                *(answering.answer(as_actor(world, each), key, Wish.GOING, now) for each in members)
            )
        assert (first.answer, second.answer, second.position) == (Answer.GOING, Answer.WAITING, 1)
        await world.env.settle()
        assert sorted((await answers(world, key)).values()) == [Answer.GOING, Answer.WAITING]


async def test_a_storm_of_clicks_never_fills_more_than_there_is(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, capacity=37)
        with world.inside():
            now = clock.now()
            rows = [Reply(key, GUILD_ID, 10_000 + n, frozenset(), Wish.GOING, now) for n in range(STORM)]
            # Every tenth presses twice, and some change their minds in the middle of it.
            rows[100:100] = [
                Reply(key, GUILD_ID, 10_000 + n, frozenset(), Wish.GOING, now) for n in range(0, STORM, 10)
            ]
            rows[300:300] = [Reply(key, GUILD_ID, 10_000 + n, frozenset(), Wish.CANT, now) for n in range(5)]
            results = await asyncio.gather(*(world.platform.writer.submit(reply, row) for row in rows))
        assert all(result.outcome in (Replied.DONE, Replied.SAME) for result in results)
        found = await answers(world, key)
        held = [user for user, answer in found.items() if answer in (Answer.GOING, Answer.OFFERED)]
        assert len(held) == 37
        waiting = await line(world, key)
        arrived = list(dict.fromkeys(row.user_id for row in rows))
        assert waiting == [user for user in arrived if user in waiting], "in order of arrival"
        assert arrived[5:37] == [user for user in arrived if found[user] is Answer.GOING], "the first of all are in"
        assert len(waiting) == STORM - 37 - 5
        await world.env.settle()


async def test_a_freed_place_is_offered_to_the_first_in_line(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key, third = await post_event(world, capacity=1, hours=72), world.add_member("chika")
        post = await post_message(world, key)
        await press(world.member, post, "ev.going")
        await press(world.other, post, "ev.going")
        assert "You are number 2" in say(await press(third, post, "ev.going"))
        assert "your place is free for someone else" in say(await press(world.member, post, "ev.cant"))
        await world.env.settle()
        (offer,) = await offers(world, key)
        assert (offer.user_id, offer.state) == (world.other.id, OfferState.OPEN)
        # While it is kept, nobody else gets it: neither who comes now nor the next in line.
        assert "You are number 2" in say(await press(world.member, post, "ev.going"))
        (call,) = [each for each in everywhere(world) if each.content == f"<@{world.other.id}>"]
        assert f"<t:{int(offer.until.timestamp())}:F>" in say(call)
        assert "kept for someone else" in say(await press(third, call, "ev.take"))
        assert "The place is yours" in say(await press(world.other, call, "ev.take"))
        assert (await answers(world, key))[world.other.id] is Answer.GOING
        assert await line(world, key) == [third.id, world.member.id]


async def test_an_offer_that_is_not_taken_goes_to_the_next_and_so_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key, third = await post_event(world, capacity=1, hours=72), world.add_member("chika")
        post = await post_message(world, key)
        for member in (world.member, world.other, third):
            await press(member, post, "ev.going")
        await press(world.member, post, "ev.cant")
        (offer,) = await offers(world, key)
        await pass_time(world, seconds=(offer.until - world.env.now()).total_seconds() + 1)
        first, second = await offers(world, key)
        assert (first.state, second.user_id, second.state) == (OfferState.LAPSED, third.id, OfferState.OPEN)
        assert (await answers(world, key))[world.other.id] is Answer.LAPSED
        # Declining passes it on at once; nobody is left here.
        await press(third, post, "ev.cant")
        assert [each.state for each in await offers(world, key)] == [OfferState.LAPSED, OfferState.DECLINED]
        assert "You are going" in say(await press(world.other, post, "ev.going"))


async def test_who_takes_direct_messages_is_offered_a_place_there_and_else_beside_the_post(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key, third = await post_event(world, capacity=1, hours=72), world.add_member("chika")
        post = await post_message(world, key)
        async with world.platform.database.write() as tx:
            for member in (world.other, third):
                await world.platform.preferences.save(tx, member.id, Preference("en", None, direct=True))
        for member in (world.member, world.other, third):
            await press(member, post, "ev.going")
        await press(world.member, post, "ev.cant")
        sent: list[Any] = [entry.json for entry in world.env.http_requests]
        (told,) = [body for body in sent if "kept for you until" in str(body)]
        (card,) = told["embeds"]
        assert card["url"].startswith(post.jump_url)
        assert not told.get("components")
        assert not [each for each in everywhere(world) if f"<@{world.other.id}>" in each.content]
        # Refused by Discord it is said where everyone can read it.
        world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
        await press(world.other, post, "ev.cant")
        await world.advance(seconds=5)
        (call,) = [each for each in everywhere(world) if each.content == f"<@{third.id}>"]
        assert "The place is yours" in say(await press(third, call, "ev.take"))


async def test_nobody_loses_a_place_because_the_bot_was_away(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, capacity=1, hours=96)
        post = await post_message(world, key)
        await press(world.member, post, "ev.going")
        await press(world.other, post, "ev.going")
        await press(world.member, post, "ev.cant")
        (offer,) = await offers(world, key)
        await world.sleep(seconds=(offer.until - world.env.now()).total_seconds() + 3600)
        await world.restart()
        await world.env.settle()
        (again,) = await offers(world, key)
        assert again.state is OfferState.OPEN
        assert again.until > world.env.now()
        assert (await answers(world, key))[world.other.id] is Answer.OFFERED
        assert "The place is yours" in say(await press(world.other, post, "ev.going"))


async def test_nobody_is_promoted_once_answers_are_closed(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, capacity=1, hours=48, rsvp_lead=timedelta(hours=6))
        post = await post_message(world, key)
        await press(world.member, post, "ev.going")
        await press(world.other, post, "ev.going")
        await pass_time(world, hours=42, minutes=1)
        assert "Answers for Sketch night closed" in say(await press(world.other, post, "ev.maybe"))
        assert "your place is free" in say(await press(world.member, post, "ev.cant"))
        assert await offers(world, key) == []
        assert await line(world, key) == [world.other.id]


async def test_who_may_not_answer(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, rsvp_role=world.organisers.id)
        post = await post_message(world, key)
        assert f"<@&{world.organisers.id}>" in say(await press(world.member, post, "ev.going"))
        assert "You are going" in say(await press(world.organiser, post, "ev.going"))
        for forged in ("ev.going:999999", "ev.going:x", "ev.take:1", "ev.here:999999"):
            assert say(await forge(world.member, world.general, forged))
        channel, stranger = world.other_guild()
        assert "not here any more" in say(await forge(stranger, channel, f"ev.going:{key}"))
        assert await answers(world, key) == {world.organiser.id: Answer.GOING}


async def test_the_role_of_those_going_is_given_and_taken_back(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        role = world.guild.create_role("Guests")
        had = world.add_member("dora", role)
        key = await post_event(world, going_role=role.id, hours=30)
        post = await post_message(world, key)
        for member in (world.member, world.other, had):
            await press(member, post, "ev.going")
        await world.env.settle()
        assert {m.id for m in (world.member, world.other) if role.id in roles_of(world, m)} == {
            world.member.id,
            world.other.id,
        }
        await press(world.other, post, "ev.cant")
        await world.env.settle()
        assert role.id not in roles_of(world, world.other)
        await pass_time(world, hours=32)
        assert role.id not in roles_of(world, world.member)
        # Whoever had it otherwise keeps it.
        assert role.id in roles_of(world, had)


async def test_another_servers_event_is_none(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world)
        actor = as_actor(world, world.member)
        with world.inside(), pytest.raises(NotFound):
            await Answering(world.platform).answer(actor, key + 5, Wish.GOING, clock.now())
        assert (await event_of(world, key)).number == 1
        assert services(world)


def stamp(row: Occurrence) -> int:
    return int(row.starts_at.timestamp())


def roles_of(world: World, member: simcord.MemberActor) -> set[int]:
    """Return someone's roles as Discord has them."""
    stored = world.env.backend.get_member(world.guild.id, member.id)
    return set(stored.role_ids)
