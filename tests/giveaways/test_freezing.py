"""The freeze message when Discord does not take it: late, of unknown fate, without its file, in another channel."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import discord.http
import pytest

from bot.demo.beacon import DemoBeacon, TestChain
from bot.preferences import Preference
from bot.verify import VerifyOptions, verify_files
from cogs.giveaways.tables import State, Waiting
from tests.giveaways.after.stage import bundles, public, verify
from tests.giveaways.organising.desk import post
from tests.giveaways.stage import entries, freezes, giveaway, open_giveaway, prizes
from tests.harness import GUILD_ID, World, press, running_bot, say

CHAIN = TestChain()
# An attempt follows after 0, 2, 6, 14, 30 and 62 seconds; by the last, the nonce means nothing any more.
MINUTE = 5


async def begun(world: World) -> int:
    """Have a giveaway of an hour with two entrants and a beacon; returns its key."""
    world.platform.beacon = DemoBeacon(CHAIN, world.env.now)
    key = (await post(world, ends="1h")).id
    for person in (world.member, world.other):
        await press(person, world.general.history()[0], "gw.enter")
    await world.advance(minutes=59)
    return key


def verified(world: World, folder: Path) -> list[dict[str, object]]:
    """Check the newest bundle as anyone does; returns its freezes."""
    (folder / "chain.json").write_text(json.dumps(CHAIN.info_json()))
    (folder / "draw-1.json").write_bytes(bundles(world)[-1])
    lines: list[str] = []
    options = VerifyOptions(chain=folder / "chain.json")
    assert verify_files([folder / "draw-1.json"], options, lines.append) == 0, "\n".join(lines)
    return json.loads(bundles(world)[-1])["freezes"]


async def test_one_that_came_too_late_is_followed_by_another_and_both_are_in_the_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_bot(tmp_path) as world:
        key = await begun(world)
        messages = f"/channels/{world.general.id}/messages"
        world.env.inject_error("POST", messages, status=500)
        send, slow = world.bot.http.request, ["once"]

        async def request(route: discord.http.Route, **values: Any) -> Any:
            if route.method == "POST" and route.url.endswith(messages) and not world.env.backend.faults and slow:
                slow.clear()
                await asyncio.sleep(44)
            return await send(route, **values)

        monkeypatch.setattr(world.bot.http, "request", request)
        await world.advance(minutes=8)
        first, second = await freezes(world, key)
        assert (first.counts, second.counts) == (False, True)
        assert first.message_id is not None
        assert (second.round or 0) > (first.round or 0)
        assert second.at >= first.at + timedelta(seconds=45)
        digest = (await giveaway(world, key)).digest or "?"
        standing = [say(each) for each in public(world) if digest in say(each) and "draw-1" not in say(each)]
        assert len(standing) == 2, "the same list, the same digest"
        assert "too late" in standing[1]
        assert (await giveaway(world, key)).round == second.round
        listed = verified(world, tmp_path)
        assert [each["message_id"] for each in listed] == [str(first.message_id), str(second.message_id)]
        assert len({each["digest"] for each in listed}) == 1


async def test_one_that_is_certainly_not_there_gets_a_new_time_before_it_is_sent(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await begun(world)
        closes = (await giveaway(world, key)).closes_at
        world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=500, times=MINUTE)
        await world.advance(minutes=8)
        (freeze,) = await freezes(world, key)
        assert freeze.counts
        assert freeze.at >= closes + timedelta(seconds=60)
        assert len(verified(world, tmp_path)) == 1


async def test_one_of_unknown_fate_is_never_sent_again_by_hand_and_found_when_it_can_be_read(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await world.moderator.slash(world.general, "config channel", purpose="log", channel=world.log)
        async with world.platform.database.write() as tx:
            await world.platform.preferences.save(tx, world.organiser.id, Preference(direct=True))
        key = await begun(world)
        messages = f"/channels/{world.general.id}/messages"
        world.env.inject_error("POST", messages, status=500, times=MINUTE)
        world.env.inject_error("GET", messages, status=403, code=50001, times=None)
        await world.advance(minutes=10)
        row = await giveaway(world, key)
        assert (row.state, row.waiting) == (State.FROZEN, Waiting.UNREADABLE)
        assert "waits" in say(public(world)[0]).lower()
        assert any("waits" in say(message).lower() for message in world.log.history())
        assert world.organiser.user.dm_channel is not None
        (notice,) = world.organiser.user.dm_channel.history()
        assert "Read Message History" in say(notice)
        mine = await world.organiser.slash(world.general, "my show")
        assert "Send again" not in str(mine.response and mine.response.components)
        await world.advance(hours=5)
        assert (await giveaway(world, key)).state is State.FROZEN

        world.env.backend.faults.clear()
        channel = world.bot.get_channel(world.general.id)
        assert isinstance(channel, discord.TextChannel)
        with world.inside():
            await channel.edit(topic="readable again")
        await world.env.settle()
        await world.advance(minutes=6)
        row = await giveaway(world, key)
        assert (row.state, row.waiting) == (State.DRAWN, None)
        verified(world, tmp_path)


async def test_without_its_file_it_is_not_sent_but_where_it_can_be(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await begun(world)
        await set_permission(world, attach_files=False)
        await world.advance(minutes=30)
        row = await giveaway(world, key)
        assert (row.state, row.waiting) == (State.FROZEN, Waiting.PERMISSIONS)
        assert await prizes(world, key) == []
        await world.moderator.slash(
            world.general, "config channel", purpose="announcements", channel=world.announcements
        )
        await world.advance(hours=1)
        (freeze,) = await freezes(world, key)
        assert freeze.channel_id == world.announcements.id
        assert (await giveaway(world, key)).state is State.DRAWN
        assert any(
            file.filename == "draw-1.json" for each in world.announcements.history() for file in each.attachments
        )


async def test_a_beacon_turned_off_while_it_waits_is_not_waited_for(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await begun(world)
        await set_permission(world, attach_files=False)
        await world.advance(minutes=5)
        world.platform.beacon = None
        await set_permission(world)
        await world.advance(minutes=10)
        row = await giveaway(world, key)
        assert (row.state, row.trusted) == (State.DRAWN, {"off": True})
        (freeze,) = await freezes(world, key)
        assert (freeze.round, freeze.counts) == (None, True)
        assert all("Operator-trusted draw" in say(message) for message in public(world))
        bundle = verify(tmp_path, bundles(world)[-1])
        assert bundle["operator_trusted"] == "off"


async def test_a_beacon_turned_on_while_it_waits_decides(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await begun(world)
        beacon, world.platform.beacon = world.platform.beacon, None
        await set_permission(world, attach_files=False)
        await world.advance(minutes=5)
        assert (await giveaway(world, key)).trusted == {"off": True}
        world.platform.beacon = beacon
        await set_permission(world)
        await world.advance(minutes=10)
        row = await giveaway(world, key)
        assert (row.state, row.trusted) == (State.DRAWN, None)
        (listed,) = verified(world, tmp_path)
        assert listed["round"] == row.round
        assert not any("Operator-trusted draw" in say(message) for message in public(world))


async def test_what_a_beacon_decided_stays_so_when_it_is_turned_off_later(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await begun(world)
        await world.advance(minutes=5)
        (prize,) = await prizes(world, key)
        world.platform.beacon = None
        winner = world.member if prize.user_id == world.member.id else world.other
        await press(winner, public(world)[-1], "gw.received")
        await world.advance(minutes=2)
        assert "1/1" in say(public(world)[0])
        info = say(await press(winner, public(world)[0], "gw.info"))
        for said in (say(public(world)[0]), info):
            assert "Operator-trusted draw" not in said
            assert "--allow-operator-trusted" not in said
        assert CHAIN.chain.hash in info


async def set_permission(world: World, **values: bool) -> None:
    """Deny the bot something in *general*."""
    channel = world.bot.get_channel(world.general.id)
    assert isinstance(channel, discord.TextChannel)
    role = channel.guild.self_role or channel.guild.default_role
    with world.inside():
        await channel.set_permissions(role, overwrite=discord.PermissionOverwrite(**values) if values else None)
    await world.env.settle()


async def test_a_lost_announcement_waits_and_comes_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await begun(world)
        await world.advance(minutes=1, seconds=30)
        assert (await giveaway(world, key)).state is State.FROZEN
        await set_permission(world, send_messages=False)
        await world.advance(hours=2)
        row = await giveaway(world, key)
        assert (row.state, row.result_message_id) == (State.DRAWN, None)
        assert bundles(world) == []
        await set_permission(world)
        await world.advance(minutes=10)
        assert len(bundles(world)) == 1
        (prize,) = await prizes(world, key)
        assert [each.content.count(f"<@{prize.user_id}>") for each in public(world)].count(1) == 1
        await world.advance(hours=2)
        assert len(bundles(world)) == 1


async def test_who_cannot_be_read_at_closing_stays_on_the_list_and_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world)
        for person in (world.member, world.other):
            await press(person, world.general.history()[0], "gw.enter")
        world.guild.remove_member(world.other)
        monkeypatch.setattr(world.bot.get_guild(GUILD_ID), "unavailable", True)
        await world.advance(minutes=61)
        monkeypatch.setattr(world.bot.get_guild(GUILD_ID), "unavailable", False)
        await world.advance(minutes=10)
        assert [(each.dropped, each.unchecked) for each in await entries(world, key)] == [(None, True)] * 2
        bundle = json.loads(bundles(world)[-1])
        assert bundle["excluded"] == []
        assert sorted(bundle["unchecked"]) == [token for token, _ in bundle["entrants"]]
