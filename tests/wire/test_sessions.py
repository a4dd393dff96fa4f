"""The gateway's protocol, payload by payload."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from tests.wire.client import Wire
from tests.wire.errors import CannotDo
from tests.wire.handles import Channel, Guild, Member
from tests.wire.harness import WireServer
from tests.wire.raw import GUILDS_AND_MESSAGES, RawBot

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROW = {"type": 1, "components": []}


@pytest_asyncio.fixture(loop_scope="module")
async def bot(discord_server: WireServer) -> AsyncIterator[RawBot]:
    async with aiohttp.ClientSession() as session:
        yield RawBot(discord_server, session)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"token": "wrong"}, 4004),
        ({"shard": [2, 2]}, 4010),
        ({"intents": GUILDS_AND_MESSAGES | 1 << 1}, 4014),
        ({"intents": GUILDS_AND_MESSAGES | 1 << 15}, 4014),
    ],
)
async def test_a_wrong_identity_is_hung_up_on(bot: RawBot, wire: Wire, changes: dict[str, object], code: int) -> None:
    async with bot.connect() as socket:
        await socket.send(2, bot.identity(**changes))
        assert await socket.close_code() == code


async def test_an_approved_intent_is_let_in(bot: RawBot, wire: Wire, guild: Guild) -> None:
    await wire.settings(approved_intents=["members"])
    async with bot.identified(intents=GUILDS_AND_MESSAGES | 1 << 1) as (socket, _):
        bob = await guild.member("bob")
        joined = await socket.event("GUILD_MEMBER_ADD")
        assert int(joined["user"]["id"]) == bob.id


async def test_ready_is_followed_by_the_guilds_of_the_shard(bot: RawBot, wire: Wire) -> None:
    guilds = [await wire.guild(shard=shard, shards=2) for shard in (0, 1)]
    await guilds[1].crowd(300)
    async with bot.identified(shard=[1, 2]) as (socket, ready):
        assert ready["shard"] == [1, 2]
        assert str(guilds[1].id) in {one["id"] for one in ready["guilds"]}
        assert str(guilds[0].id) not in {one["id"] for one in ready["guilds"]}
        made = [await socket.event("GUILD_CREATE") for _ in ready["guilds"]][-1]
        assert (made["member_count"], made["large"], len(made["members"])) == (302, True, 1)


async def test_the_stream_can_be_compressed_with_zlib(bot: RawBot, wire: Wire) -> None:
    async with bot.connect("zlib-stream") as socket:
        await socket.send(1, None)
        assert (await socket.receive())["op"] == 11
        await socket.send(2, bot.identity())
        assert (await socket.event("READY"))["v"] == 10


@pytest.mark.parametrize(("op", "code"), [(8, 4003), (99, 4001)], ids=["members before identify", "unknown opcode"])
async def test_a_payload_out_of_place_is_hung_up_on(bot: RawBot, wire: Wire, op: int, code: int) -> None:
    async with bot.connect() as socket:
        await socket.send(op, {})
        assert await socket.close_code() == code


async def test_identifying_twice_is_hung_up_on(bot: RawBot, wire: Wire) -> None:
    async with bot.identified() as (socket, _):
        await socket.send(2, bot.identity())
        assert await socket.close_code() == 4005


async def test_more_than_120_payloads_a_minute_are_hung_up_on(bot: RawBot, wire: Wire) -> None:
    async with bot.connect() as socket:
        for _ in range(120):
            await socket.send(1, None)
            assert (await socket.receive())["op"] == 11
        await socket.send(1, None)
        assert await socket.close_code() == 4008


async def test_what_was_missed_is_sent_again_from_the_sequence(
    bot: RawBot, wire: Wire, guild: Guild, channel: Channel, alice: Member
) -> None:
    async with bot.identified() as (socket, ready):
        await alice.send(channel, "seen")
        seen = await socket.event("MESSAGE_CREATE")
        assert seen["content"] == ""
        await wire.trouble.gateway("drop")
        await socket.close_code()
    (session,) = [one for one in (await wire.state()).sessions if one.id == ready["session_id"]]
    missed = await alice.send(channel, "missed")
    resume = {"token": bot.identity()["token"], "session_id": ready["session_id"], "seq": session.sequence}
    async with bot.connect() as socket:
        await socket.send(6, {**resume, "seq": 10_000})
        assert await socket.close_code() == 4007
    async with bot.connect() as socket:
        await socket.send(6, resume)
        again = await socket.receive()
        assert (again["t"], again["s"], int(again["d"]["id"])) == (
            "MESSAGE_CREATE",
            session.sequence + 1,
            missed.id,
        )
        assert (await socket.receive())["t"] == "RESUMED"


async def test_an_unknown_session_is_invalid(bot: RawBot, wire: Wire) -> None:
    async with bot.connect() as socket:
        await socket.send(6, {"token": bot.identity()["token"], "session_id": "none", "seq": 1})
        assert await socket.receive() == {"op": 9, "d": False, "s": None, "t": None}


@pytest.mark.parametrize(("code", "kept"), [(1000, False), (4000, True)])
async def test_only_a_goodbye_ends_the_session(bot: RawBot, wire: Wire, code: int, kept: bool) -> None:
    async with bot.identified() as (socket, ready):
        await socket.socket.close(code=code)

    async def detached() -> bool:
        sessions = {one.id: one.connected for one in (await wire.state()).sessions}
        return sessions.get(ready["session_id"]) is (False if kept else None)

    assert await wire.until(detached)


async def test_members_are_answered_with_the_nonce_and_who_was_not_found(
    bot: RawBot, wire: Wire, guild: Guild, alice: Member
) -> None:
    async with bot.identified() as (socket, _):
        request = {"guild_id": str(guild.id), "user_ids": [str(alice.id), "5"], "limit": 2, "nonce": "q1"}
        await socket.send(8, request)
        chunk = await socket.event("GUILD_MEMBERS_CHUNK")
        assert [int(one["user"]["id"]) for one in chunk["members"]] == [alice.id]
        assert (chunk["not_found"], chunk["nonce"], chunk["chunk_count"]) == (["5"], "q1", 1)


async def test_a_list_that_discord_would_not_answer_is_said_aloud(bot: RawBot, wire: Wire, guild: Guild) -> None:
    async with bot.identified() as (socket, _):
        await socket.send(8, {"guild_id": str(guild.id), "user_ids": list(range(1, 102)), "limit": 0})
        await socket.send(8, {"guild_id": str(guild.id), "query": "", "limit": 0})

        async def noticed() -> bool:
            return len((await wire.state()).gaps) == 2

        await wire.until(noticed)
    many, everyone = await wire.call("forget_gaps")
    assert "101 user_ids" in many
    assert "without the members intent" in everyone


async def test_the_bot_hears_of_its_own_roles(bot: RawBot, wire: Wire, guild: Guild) -> None:
    role = await guild.role("helper")
    async with bot.identified() as (socket, ready):
        await wire.call("give_role", guild=guild.id, user=ready["user"]["id"], role=role.id)
        update = await socket.event("GUILD_MEMBER_UPDATE")
        assert str(role.id) in update["roles"]


async def test_an_interaction_tells_the_languages(bot: RawBot, wire: Wire) -> None:
    guild = await wire.guild("미술", locale="ko")
    channel, alice = await guild.channel("general"), await guild.member("alice", locale="ja")
    async with bot.identified() as (socket, _):
        await alice.forge(channel, {"custom_id": "invented"}, until="none")
        heard = await socket.event("INTERACTION_CREATE")
        assert (heard["locale"], heard["guild_locale"]) == ("ja", "ko")
        assert heard["data"] == {"component_type": 2, "custom_id": "invented"}


async def test_a_choice_is_made_by_label_or_of_people(
    bot: RawBot, wire: Wire, guild: Guild, channel: Channel, alice: Member
) -> None:
    options = [{"label": "Rock", "value": "r"}, {"label": "Paper", "value": "p"}]
    rows = [
        {**ROW, "components": [{"type": 3, "custom_id": "hand", "options": options}]},
        {**ROW, "components": [{"type": 5, "custom_id": "person"}]},
    ]
    made = await bot.post(f"/channels/{channel.id}/messages", {"content": "choose", "components": rows})
    message = await channel.message("choose")
    assert message.id == int(made.body["id"])
    async with bot.identified() as (socket, _):
        await alice.select(message, "Paper", custom_id="hand", until="none")
        assert (await socket.event("INTERACTION_CREATE"))["data"]["values"] == ["p"]
        await alice.select(message, alice, custom_id="person", until="none")
        assert (await socket.event("INTERACTION_CREATE"))["data"]["values"] == [str(alice.id)]
        with pytest.raises(CannotDo, match="Scissors"):
            await alice.select(message, "Scissors", custom_id="hand", until="none")


async def test_an_answer_counts_until_the_deadline(bot: RawBot, wire: Wire, channel: Channel, alice: Member) -> None:
    async with bot.identified() as (socket, _):
        asked = [await alice.forge(channel, {"custom_id": "x"}, until="none") for _ in range(2)]
        heard = [await socket.event("INTERACTION_CREATE") for _ in asked]
        paths = [f"/interactions/{one['id']}/{one['token']}/callback" for one in heard]
        first = await bot.post(paths[0], {"type": 4, "data": {"content": "in time"}})
        assert first.status == 204
        doubled = await bot.post(paths[0], {"type": 4, "data": {"content": "again"}})
        assert doubled.body["code"] == 40060
        await wire.advance(4)
        assert (await bot.post(paths[1], {"type": 5})).body["code"] == 10062
        reply = await wire.reply(asked[0])
        assert (reply.text, reply.answered) == ("in time", True)
