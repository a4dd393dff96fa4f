"""A giveaway from the first press to the published proof, through permissions lost, beacons away and restarts."""

import json
from datetime import timedelta
from pathlib import Path

import discord
import simcord

from bot.verify import VerifyOptions, verify_files
from cogs.giveaways.rules import draw
from cogs.giveaways.rules.terms import Terms
from cogs.giveaways.tables import State, Waiting
from tests.giveaways.stage import entries, freezes, giveaway, open_giveaway, prizes
from tests.harness import World, forge, press, running_bot, say


async def enter(world: World, *actors: simcord.MemberActor) -> list[str]:
    post = world.general.history()[0]
    return [say(await press(actor, post, "gw.enter")) for actor in actors]


def bundle_of(channel: simcord.ChannelHandle, name: str = "draw-1.json") -> bytes:
    """Return the last bundle attached in a channel."""
    env = channel._env
    for message in reversed(channel.history()):
        for attachment in message.attachments:
            if attachment.filename == name:
                data = env.backend.cdn.get(attachment.url)
                assert data is not None
                return data
    raise AssertionError(f"no {name} in the channel")


def verified(tmp_path: Path, data: bytes) -> list[str]:
    path = tmp_path / "draw-1.json"
    path.write_bytes(data)
    lines: list[str] = []
    assert verify_files([path], VerifyOptions(allow_operator_trusted=True), lines.append) == 0, "\n".join(lines)
    return lines


async def test_the_story_without_a_beacon(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world, winners=2)
        answers = await enter(world, world.member, world.other)
        assert "1 entrant" in answers[0]
        assert "2 entrants" in answers[1]
        await world.advance(minutes=61)
        row = await giveaway(world, key)
        assert row.state is State.DRAWN
        assert {prize.user_id for prize in await prizes(world, key)} == {world.member.id, world.other.id}
        (freeze,) = await freezes(world, key)
        assert freeze.counts
        texts = [say(message) for message in world.general.history()]
        assert (row.digest or "?") in "\n".join(texts)
        lines = verified(tmp_path, bundle_of(world.general))
        assert any("operator" in line for line in lines)


async def test_pressing_again_offers_to_leave(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world)
        await enter(world, world.member)
        post = world.general.history()[0]
        again = await press(world.member, post, "gw.enter")
        assert "already in" in say(again)
        details = await press(world.member, again, "gw.details")
        (entry,) = await entries(world, key)
        assert entry.token in say(details)
        assert (entry.salt or "?") in say(details)
        assert entry.token == draw.token((await giveaway(world, key)).public_id, str(world.member.id), entry.salt or "")
        left = await press(world.member, again, "gw.leave")
        assert "You left" in say(left)
        assert await entries(world, key) == []
        assert (await giveaway(world, key)).entry_count == 0


async def test_requirements_are_told(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        organiser = world.organiser.id
        role = world.guild.create_role("Collectors")
        terms = Terms(organiser_id=organiser, required_role=role.id, excluded_roles=(world.artists.id,))
        key = await open_giveaway(world, terms=terms)
        newcomer = world.add_member("newcomer")
        answers = await enter(world, world.organiser, world.member, newcomer)
        assert "You started this giveaway" in answers[0]
        assert f"<@&{world.artists.id}>" in answers[1]
        assert f"<@&{role.id}>" in answers[2]
        assert await entries(world, key) == []


async def test_bonus_tickets_add_up(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        terms = Terms(organiser_id=world.organiser.id, bonuses=((world.artists.id, 4),))
        key = await open_giveaway(world, terms=terms)
        (answer,) = await enter(world, world.member)
        assert "5 tickets" in answer
        (entry,) = await entries(world, key)
        assert entry.tickets == 5


async def test_lapsed_requirements_take_off_the_list(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        terms = Terms(organiser_id=world.organiser.id, required_role=world.artists.id)
        key = await open_giveaway(world, terms=terms, winners=3)
        leaver = world.add_member("leaver", world.artists)
        await enter(world, world.member, world.other, leaver)
        world.guild.remove_member(leaver)
        with world.inside():
            await world.bot.http.remove_role(world.guild.id, world.other.id, world.artists.id)
        await world.advance(minutes=61)
        dropped = {entry.user_id: entry.dropped for entry in await entries(world, key)}
        assert dropped == {world.member.id: None, world.other.id: "required_role", leaver.id: "left"}
        assert [prize.user_id for prize in await prizes(world, key)] == [world.member.id]
        bundle = json.loads(bundle_of(world.general))
        assert sorted(reason for _, reason in bundle["excluded"]) == ["left", "required_role"]


async def test_nobody_entered(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world)
        await world.advance(minutes=61)
        assert (await giveaway(world, key)).state is State.EMPTY
        assert await prizes(world, key) == []
        assert await freezes(world, key) == []


async def test_the_button_of_an_ended_giveaway_says_so(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world)
        await enter(world, world.member)
        await world.advance(minutes=61)
        result = await world.other.click(world.general.history()[0], custom_id=f"gw.info:{key}")
        assert say(result)
        assert "over" in say(await forge(world.other, world.general, f"gw.enter:{key}"))
        assert "no longer in use" in say(await forge(world.other, world.general, "gw.enter:999999999999999999999"))
        assert "does not exist" in say(await forge(world.other, world.general, "gw.enter:99"))


async def test_another_servers_button_is_refused(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world)
        elsewhere, stranger = world.other_guild()
        assert "does not exist" in say(await forge(stranger, elsewhere, f"gw.enter:{key}"))
        assert await entries(world, key) == []


async def test_channel_lost_the_draw_waits_and_goes_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world)
        await enter(world, world.member, world.other)
        with world.inside():
            channel = world.bot.get_channel(world.general.id)
            assert isinstance(channel, discord.TextChannel)
            role = world.guild.me.guild.self_role if world.guild.me else None
            target = role or channel.guild.default_role
            await channel.set_permissions(target, overwrite=discord.PermissionOverwrite(send_messages=False))
        await world.advance(hours=3)
        row = await giveaway(world, key)
        assert row.state is State.FROZEN
        assert row.waiting is Waiting.PERMISSIONS
        assert len(await entries(world, key)) == 2
        with world.inside():
            await channel.set_permissions(target, overwrite=None)
        await world.env.settle()
        await world.advance(minutes=5)
        row = await giveaway(world, key)
        assert row.state is State.DRAWN
        assert row.waiting is None
        (freeze,) = await freezes(world, key)
        # It waited unsent, so it got a new time before it was sent.
        assert freeze.at >= row.closes_at + timedelta(hours=2)
        assert len([message for message in world.general.history() if (row.digest or "?") in say(message)]) >= 1
        verified(tmp_path, bundle_of(world.general))


async def test_restarts_between_steps_change_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world, winners=1)
        await enter(world, world.member)
        await world.restart()
        await enter(world, world.other)
        await world.restart()
        await world.advance(minutes=61)
        await world.restart()
        await world.advance(minutes=5)
        assert (await giveaway(world, key)).state is State.DRAWN
        assert len(await prizes(world, key)) == 1
        assert len(await freezes(world, key)) == 1
        announcements = [
            m for m in world.general.history() if m.attachments and "draw-1.json" in m.attachments[0].filename
        ]
        assert len(announcements) == 1


async def test_after_downtime_it_is_closed_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world)
        await enter(world, world.member)
        await world.sleep(hours=30)
        assert (await giveaway(world, key)).state is State.OPEN
        await world.restart()
        await world.advance(minutes=5)
        assert (await giveaway(world, key)).state is State.DRAWN
        assert len(await prizes(world, key)) == 1
