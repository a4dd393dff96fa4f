"""REST as Discord answers it, request by request."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from tests.wire.client import Wire
from tests.wire.handles import Channel, Guild, Member
from tests.wire.harness import WireServer
from tests.wire.raw import RawBot

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROW = {"type": 1, "components": []}


@pytest_asyncio.fixture(loop_scope="module")
async def bot(discord_server: WireServer) -> AsyncIterator[RawBot]:
    async with aiohttp.ClientSession() as session:
        yield RawBot(discord_server, session)


def button(custom_id: str, number: int | None = None) -> dict[str, object]:
    known = {} if number is None else {"id": number}
    return {"type": 2, "style": 1, "label": custom_id, "custom_id": custom_id, **known}


async def test_a_wrong_token_is_refused(bot: RawBot, wire: Wire) -> None:
    got = await bot.request("GET", "/users/@me", token="wrong")
    assert (got.status, got.body["message"]) == (401, "401: Unauthorized")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/channels/1/messages", b"{", 400, 50109),
        ("POST", "/channels/1/messages", {"content": "x"}, 404, 10003),
        ("GET", "/guilds/1", None, 404, 10004),
        ("GET", "/users/1", None, 404, 10013),
        ("POST", "/interactions/1/none/callback", {"type": 5}, 404, 10062),
    ],
)
async def test_errors_carry_discords_codes(
    bot: RawBot, wire: Wire, method: str, path: str, body: object, status: int, code: int
) -> None:
    got = await bot.request(method, path, body)
    assert (got.status, got.body["code"]) == (status, code)
    assert got.headers["Content-Type"] == "application/json"


async def test_limits_are_told_per_route_and_channel(bot: RawBot, wire: Wire, guild: Guild) -> None:
    one, other = await guild.channel("one"), await guild.channel("other")
    first = await bot.post(f"/channels/{one.id}/messages", {"content": "x"})
    again = await bot.post(f"/channels/{one.id}/messages", {"content": "x"})
    elsewhere = await bot.post(f"/channels/{other.id}/messages", {"content": "x"})
    read = await bot.get(f"/channels/{one.id}/messages")
    bucket = first.headers["X-RateLimit-Bucket"]
    assert again.headers["X-RateLimit-Bucket"] == elsewhere.headers["X-RateLimit-Bucket"] == bucket
    assert read.headers["X-RateLimit-Bucket"] != bucket
    left = [int(got.headers["X-RateLimit-Remaining"]) for got in (first, again, elsewhere)]
    assert left[0] - 1 == left[1]
    assert left[2] == left[0]


async def test_a_limit_refuses_what_is_over_it(bot: RawBot, wire: Wire, channel: Channel) -> None:
    await wire.trouble.limit(1, 30, "POST", "/channels/*/messages")
    await bot.post(f"/channels/{channel.id}/messages", {"content": "x"})
    got = await bot.post(f"/channels/{channel.id}/messages", {"content": "x"})
    assert got.status == 429
    assert 0 < got.body["retry_after"] <= 30
    assert got.body["global"] is False
    assert int(got.headers["Retry-After"]) >= got.body["retry_after"]
    assert got.headers["Via"]


async def test_the_global_limit_says_so(bot: RawBot, wire: Wire) -> None:
    await wire.trouble.rate_limit("GET", "/users/@me", retry_after=2.5, everywhere=True)
    got = await bot.get("/users/@me")
    assert (got.status, got.body["global"], got.body["retry_after"]) == (429, True, 2.5)
    assert (got.headers["X-RateLimit-Global"], got.headers["Retry-After"]) == ("true", "3")


async def test_a_fault_strikes_what_it_names_and_no_more(bot: RawBot, wire: Wire, channel: Channel) -> None:
    path = f"/channels/{channel.id}/messages"
    await wire.trouble.refuse("POST", path, 503, contains="draw", skip=1, times=2)
    words = ["draw 0", "poll", "draw 1", "draw 2", "draw 3"]
    assert [(await bot.post(path, {"content": word})).status for word in words] == [200, 200, 503, 503, 200]
    fault = await wire.trouble.refuse("POST", path, 503, times=None)
    assert [(await bot.post(path, {"content": "x"})).status for _ in range(3)] == [503] * 3
    await wire.trouble.clear(fault)
    assert (await bot.post(path, {"content": "x"})).status == 200


@pytest.mark.parametrize("nonce", ["n" * 25, 123456])
async def test_a_nonce_is_echoed_and_kept(bot: RawBot, wire: Wire, channel: Channel, nonce: str | int) -> None:
    body = {"content": "x", "nonce": nonce, "enforce_nonce": True}
    first = await bot.post(f"/channels/{channel.id}/messages", body)
    again = await bot.post(f"/channels/{channel.id}/messages", {**body, "content": "y"})
    assert first.body["nonce"] == again.body["nonce"] == nonce
    assert (again.status, again.body["id"], again.body["content"]) == (200, first.body["id"], "x")
    assert len(await channel.created()) == 1


async def test_a_nonce_that_is_not_enforced_makes_two(bot: RawBot, wire: Wire, channel: Channel) -> None:
    for _ in range(2):
        await bot.post(f"/channels/{channel.id}/messages", {"content": "x", "nonce": "free"})
    assert len(await channel.created()) == 2


async def test_a_long_nonce_is_refused(bot: RawBot, wire: Wire, channel: Channel) -> None:
    body = {"content": "x", "nonce": "n" * 26, "enforce_nonce": True}
    assert (await bot.post(f"/channels/{channel.id}/messages", body)).body["code"] == 50035


async def test_a_repeated_nonce_still_needs_the_permission(
    bot: RawBot, wire: Wire, guild: Guild, channel: Channel
) -> None:
    body = {"content": "x", "nonce": "lost access", "enforce_nonce": True}
    await bot.post(f"/channels/{channel.id}/messages", body)
    await guild.limit_bot("view_channel")
    await channel.deny(guild, "send_messages")
    assert (await bot.post(f"/channels/{channel.id}/messages", body)).body["code"] == 50013


async def test_history_is_paged_as_on_discord(bot: RawBot, wire: Wire, channel: Channel) -> None:
    path = f"/channels/{channel.id}/messages"
    made = [(await bot.post(path, {"content": str(number)})).body["id"] for number in range(9)]

    async def page(**query: object) -> str:
        return " ".join(one["content"] for one in (await bot.get(path, **query)).body)

    assert await page(limit=3) == "8 7 6"
    assert await page(after=made[2], limit=3) == "5 4 3"
    assert await page(before=made[2]) == "1 0"
    assert await page(around=made[4], limit=3) == "5 4 3"
    assert await page(around=made[4], limit=1) == "4"
    assert await page(after=made[8]) == ""
    for limit in (0, 101):
        assert (await bot.get(path, limit=limit)).body["code"] == 50035


async def test_history_needs_its_permission(bot: RawBot, wire: Wire, guild: Guild, channel: Channel) -> None:
    path = f"/channels/{channel.id}/messages"
    await bot.post(path, {"content": "x"})
    await guild.limit_bot("view_channel")
    await channel.deny(guild, "read_message_history")
    assert (await bot.get(path)).body == []
    await channel.deny(guild, "view_channel")
    assert (await bot.get(path)).body["code"] == 50001


async def test_others_words_are_hidden_without_the_content_intent(
    bot: RawBot, wire: Wire, alice: Member, channel: Channel
) -> None:
    await alice.send(channel, "between us")
    path = f"/channels/{channel.id}/messages"
    assert [one["content"] for one in (await bot.get(path)).body] == [""]
    await wire.settings(approved_intents=["message_content"])
    assert [one["content"] for one in (await bot.get(path)).body] == ["between us"]


async def test_component_ids_are_kept_and_the_rest_numbered(bot: RawBot, wire: Wire, channel: Channel) -> None:
    path = f"/channels/{channel.id}/messages"
    rows = [{**ROW, "components": [button("a"), button("b", 1)]}, {**ROW, "components": [button("c", 90)]}]
    made = (await bot.post(path, {"content": "x", "components": rows})).body
    ids = [[row["id"], *(one["id"] for one in row["components"])] for row in made["components"]]
    assert ids == [[2, 3, 1], [4, 90]]
    edited = await bot.request("PATCH", f"{path}/{made['id']}", {"content": "y"})
    assert edited.body["components"] == made["components"]
    doubled = [{**ROW, "components": [button("a", 5), button("b", 5)]}]
    assert (await bot.post(path, {"content": "x", "components": doubled})).body["code"] == 50035


async def test_files_arrive_with_name_and_description(bot: RawBot, wire: Wire, channel: Channel) -> None:
    described = [{"id": 1, "filename": "二.txt", "description": "the second"}]
    got = await bot.upload(
        f"/channels/{channel.id}/messages", {"attachments": described}, ("a.txt", b"one"), ("b.txt", b"two")
    )
    first, second = got.body["attachments"]
    assert ("description" in first, second["description"]) == (False, "the second")
    assert second["filename"] == "二.txt"
    assert await wire.download(second["url"]) == b"two"


async def test_an_embed_shows_the_uploaded_picture(bot: RawBot, wire: Wire, channel: Channel) -> None:
    path = f"/channels/{channel.id}/messages"
    body = {"embeds": [{"title": "x", "url": "attachment://", "image": {"url": "attachment://a.png"}}]}
    made = (await bot.upload(path, body, ("a.png", b"one"))).body
    assert made["embeds"][0]["image"]["url"] == made["attachments"][0]["url"]
    edited = (await bot.request("PATCH", f"{path}/{made['id']}", {**body, "content": "y"})).body
    assert edited["embeds"] == made["embeds"]


async def test_a_file_may_be_too_large(bot: RawBot, wire: Wire, channel: Channel) -> None:
    got = await bot.upload(f"/channels/{channel.id}/messages", {}, ("big.bin", bytes(10 * 1024 * 1024 + 1)))
    assert (got.status, got.body["code"]) == (413, 40005)
    assert await channel.created() == []


@pytest.mark.parametrize("missing", ["attach_files", "embed_links"])
async def test_files_and_embeds_need_their_permission(
    bot: RawBot, wire: Wire, guild: Guild, channel: Channel, missing: str
) -> None:
    path = f"/channels/{channel.id}/messages"
    await guild.limit_bot("view_channel", "send_messages")
    await channel.deny(guild, missing)
    if missing == "attach_files":
        got = await bot.upload(path, {"content": "x"}, ("a.txt", b"one"))
    else:
        got = await bot.post(path, {"embeds": [{"title": "x"}]})
    assert (got.status, got.body["code"]) == (403, 50013)
    assert (await bot.post(path, {"content": "x"})).status == 200


async def test_an_attachment_can_expire(bot: RawBot, wire: Wire, channel: Channel) -> None:
    got = await bot.upload(f"/channels/{channel.id}/messages", {}, ("a.txt", b"one"))
    url = got.body["attachments"][0]["url"]
    assert await wire.download(url) == b"one"
    await wire.trouble.refuse("GET", "/attachments/*", 404)
    with pytest.raises(aiohttp.ClientResponseError, match="404"):
        await wire.download(url)


async def test_members_per_role_are_counted(bot: RawBot, wire: Wire, guild: Guild) -> None:
    artist, empty = await guild.role("artist"), await guild.role("empty")
    await guild.crowd(5, artist)
    counts = (await bot.get(f"/guilds/{guild.id}/roles/member-counts")).body
    assert counts == {str(artist.id): 5, str(empty.id): 0, str(guild.bot_role): 1}


async def test_the_member_list_needs_the_privileged_intent(bot: RawBot, wire: Wire, guild: Guild) -> None:
    path = f"/guilds/{guild.id}/members"
    assert (await bot.get(path, limit=10)).body["code"] == 50001
    await wire.settings(approved_intents=["members"])
    assert len((await bot.get(path, limit=10)).body) == 2


async def test_the_bot_can_ask_who_it_is(bot: RawBot, wire: Wire) -> None:
    state = await wire.state()
    assert int((await bot.get("/users/@me")).body["id"]) == state.bot
    for path in ("/applications/@me", "/oauth2/applications/@me"):
        assert int((await bot.get(path)).body["id"]) == state.application
    assert (await bot.request("GET", "/gateway", token="none needed")).body["url"].startswith("ws://127.0.0.1:")
    await wire.settings(shards=3)
    assert (await bot.get("/gateway/bot")).body["shards"] == 3


async def test_an_event_is_edited_with_its_cover(bot: RawBot, wire: Wire, guild: Guild) -> None:
    path = f"/guilds/{guild.id}/scheduled-events"
    body = {
        "name": "Opening",
        "entity_type": 3,
        "privacy_level": 2,
        "scheduled_start_time": "2100-01-01T00:00:00+00:00",
        "scheduled_end_time": "2100-01-01T01:00:00+00:00",
        "entity_metadata": {"location": "The hall"},
    }
    made = (await bot.post(path, body)).body
    changes = {"name": "Late opening", "image": "data:image/png;base64,AAAA"}
    edited = await bot.request("PATCH", f"{path}/{made['id']}", changes)
    assert (edited.status, edited.body["name"]) == (200, "Late opening")
    assert [one["name"] for one in await guild.scheduled_events()] == ["Late opening"]


async def test_what_is_not_served_is_said_aloud(bot: RawBot, wire: Wire) -> None:
    got = await bot.get("/guilds/1/soundboard-sounds")
    assert got.status == 501
    (gap,) = await wire.call("forget_gaps")
    assert "soundboard" in gap
    assert (await wire.state()).gaps == ()


async def test_commands_are_registered_and_read_back(bot: RawBot, wire: Wire) -> None:
    application = (await wire.state()).application
    path = f"/applications/{application}/commands"
    put = await bot.request("PUT", path, [{"name": "roll", "description": "Dice", "type": 1}])
    got = await bot.get(path)
    assert (put.status, got.status) == (200, 200)
    assert [one["name"] for one in got.body] == ["roll"]
    assert [one["name"] for one in await wire.commands("roll")] == ["roll"]
