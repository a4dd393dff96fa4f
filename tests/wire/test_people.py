"""What people can do and see, and how a server is started."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.wire.client import Wire
from tests.wire.errors import CannotDo, NotYet
from tests.wire.handles import Channel, Guild, Member
from tests.wire.harness import ROOT, WireServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_account_and_a_membership_can_be_old(wire: Wire, guild: Guild, channel: Channel) -> None:
    born, came = datetime(2018, 5, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)
    old = await guild.member("old", created=born, joined=came)
    message = await old.send(channel, "hello")
    assert datetime.fromtimestamp(((old.id >> 22) + 1_420_070_400_000) / 1000, UTC) == born
    assert message.author == old.id
    assert abs((message.created - datetime.now(UTC)).total_seconds()) < 60


async def test_people_cannot_do_what_they_may_not(wire: Wire, guild: Guild, channel: Channel, alice: Member) -> None:
    await channel.deny(guild, "send_messages")
    with pytest.raises(CannotDo, match="Missing Permissions"):
        await alice.send(channel, "hello")
    await channel.allow(alice, "send_messages")
    await alice.send(channel, "hello")
    with pytest.raises(CannotDo, match="No application command"):
        await alice.slash(channel, "nothing")
    await alice.leave()
    with pytest.raises(CannotDo, match="not in Art"):
        await alice.send(channel, "hello")


async def test_deleted_messages_are_still_known(wire: Wire, guild: Guild, channel: Channel, alice: Member) -> None:
    kept = await alice.send(channel, "kept")
    gone = await alice.send(channel, "gone")
    await alice.delete(gone)
    assert [one.id for one in await channel.messages(alice)] == [kept.id]
    assert [(one.id, one.deleted) for one in await channel.created()] == [(kept.id, False), (gone.id, True)]


async def test_a_hidden_channel_is_hidden(wire: Wire, guild: Guild, channel: Channel, alice: Member) -> None:
    await channel.deny(alice, "view_channel")
    with pytest.raises(CannotDo, match="cannot read"):
        await channel.messages(alice)


async def test_waiting_ends_with_what_was_waited_for(wire: Wire, channel: Channel, alice: Member) -> None:
    waiting = asyncio.create_task(channel.message("hello"))
    await alice.send(channel, "hello there")
    assert (await waiting).content == "hello there"
    with pytest.raises(NotYet, match="'never'"):
        await channel.message("never", timeout=0.1)


async def test_a_wrong_call_is_explained(wire: Wire) -> None:
    with pytest.raises(RuntimeError, match="nonsense"):
        await wire.call("nonsense")
    with pytest.raises(RuntimeError, match="No setting"):
        await wire.settings(nonsense=1)
    with pytest.raises(CannotDo, match="No permission is called"):
        await wire.call("create_role", guild=(await wire.guild()).id, name="x", permissions=["fly"])


async def test_a_server_can_start_with_people_in_it(tmp_path: Path) -> None:
    seed = {
        "users": [{"name": "alice", "locale": "ko"}],
        "guilds": [
            {
                "name": "Art",
                "shard": 1,
                "shards": 2,
                "roles": [{"name": "artist", "permissions": ["manage_events"]}],
                "channels": [{"name": "general"}, {"name": "hall", "kind": "voice"}],
                "members": [{"name": "alice", "roles": ["artist"]}, {"name": "bob"}],
            }
        ],
    }
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(seed))
    async with WireServer(tmp_path / "wire.log", "--seed", str(file), "--token", "secret") as server:
        ids = server.seed
        assert server.token == "secret"
        assert (ids["Art"] >> 22) % 2 == 1
        members = {one["name"]: one["roles"] for one in await server.client.call("members", guild=ids["Art"])}
        assert members["alice"] == [str(ids["Art/@artist"])]
        assert members["bob"] == []
        assert (await server.client.call("channel", channel=ids["Art/hall"]))["type"] == 2


async def test_the_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.wire", "--until-stdin-closes"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert json.loads(await process.stdout.readline())["port"] > 0
    process.stdin.close()
    async with asyncio.timeout(10):
        assert await process.wait() == 0
