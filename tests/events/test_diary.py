"""The ledger of what the bot does by itself: dates announced, begun, ended; roles given and taken back."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bot.i18n import languages
from bot.ledger.live import Rows
from bot.ledger.render import rows_message
from bot.ledger.rules import Row
from cogs.events.rules.recurrence import Every, Rule
from tests.events.stage import post_event, post_message
from tests.harness import World, press, running_bot


async def rows(world: World, *kinds: str) -> Sequence[Row]:
    return [row for row in await world.ledger() if row.kind in kinds]


def members(row: Row) -> set[int]:
    return {int(person.value or 0) for person in row.persons.values()}


async def test_each_role_given_and_those_that_go_back_together(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        role = world.guild.create_role("Tonight")
        key = await post_event(world, hours=1, going_role=role.id)
        post = await post_message(world, key)
        third = world.add_member("chika")
        for member in (world.member, world.other, third):
            await press(member, post, "ev.going")
        await press(third, post, "ev.cant")
        await world.advance(seconds=30)
        given = await rows(world, "role.given")
        assert [members(row) for row in given] == [{world.member.id}, {world.other.id}, {third.id}]
        assert all(row.actor is None and row.facts["role"] == str(role.id) for row in given)
        (alone,) = await rows(world, "role.taken")
        assert members(alone) == {third.id}
        await world.advance(hours=3)
        _, together = await rows(world, "role.taken")
        assert members(together) == {world.member.id, world.other.id}
        assert (together.subject, together.facts["count"]) == ("event:1", 2)
        assert role.id not in world.env.backend.get_member(world.guild.id, world.member.id).role_ids


async def test_who_had_the_role_of_another_date_is_not_noted_twice(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        role = world.guild.create_role("Tonight")
        first = await post_event(world, hours=1, going_role=role.id)
        second = await post_event(world, hours=9, going_role=role.id)
        for key in (first, second):
            await press(world.member, await post_message(world, key), "ev.going")
        await world.advance(hours=4)
        assert len(await rows(world, "role.given")) == 1
        assert await rows(world, "role.taken") == []
        await world.organiser.slash(world.general, "event cancel", event="2", reason="Rain")
        await world.env.settle()
        (taken,) = await rows(world, "role.taken")
        assert (members(taken), taken.subject) == ({world.member.id}, "event:2")


async def test_what_happens_by_itself_and_late(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post_event(world, hours=2, announce_at=world.env.now() + timedelta(hours=1), repeat=Rule(Every.DAY))
        await world.advance(hours=1.1)
        (announced,) = await rows(world, "event.announced")
        assert (announced.actor, announced.facts) == (None, {"occurrence": 1})
        await world.sleep(hours=1.5)
        await world.restart()
        await world.advance(minutes=1)
        await world.advance(hours=1)
        (began,) = await rows(world, "event.started")
        assert began.facts == {"occurrence": 1, "late": True}
        (ended,) = await rows(world, "event.ended")
        assert ended.facts == {"occurrence": 1}


async def test_in_every_language(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post_event(world, hours=1, announce_at=world.env.now() + timedelta(minutes=30))
        await world.advance(hours=3)
        found = await rows(world, "event.announced", "event.started", "event.ended")
        assert [row.kind for row in found] == ["event.announced", "event.started", "event.ended"]
        for language in languages():
            said = str(rows_message(Rows(found), language).embeds[0].description)
            assert "event." not in said, "each has its own words"
            assert "ledger." not in said
