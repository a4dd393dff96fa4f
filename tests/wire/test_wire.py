"""Plain discord.py over the wire: it connects, answers people, and survives what is done to it."""

import re
from pathlib import Path

import pytest

from tests.wire.client import Wire
from tests.wire.conftest import EXAMPLE_BOT
from tests.wire.errors import CannotDo
from tests.wire.handles import Channel, File, Guild, Member
from tests.wire.harness import BotProcess, WireServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_command_is_answered_in_time(bot: BotProcess, alice: Member, channel: Channel) -> None:
    reply = await alice.slash(channel, "ping")
    assert reply.kind == "message"
    assert reply.ephemeral
    assert reply.message is not None
    assert re.fullmatch(r"pong shard 0 pid \d+ ja", reply.message.content)
    assert reply.ack_ms is not None
    assert 0 < reply.ack_ms < 3000
    assert [one.id for one in await channel.messages(alice)] == [reply.message.id]


async def test_others_do_not_see_an_ephemeral_answer(
    bot: BotProcess, guild: Guild, alice: Member, channel: Channel
) -> None:
    await alice.slash(channel, "ping")
    assert await channel.messages(await guild.member("bob")) == []


async def test_options_are_completed(bot: BotProcess, alice: Member, channel: Channel) -> None:
    choices = await alice.complete(channel, "ping", "word", "pi")
    assert [one.value for one in choices] == ["ping"]


async def test_a_button_works_after_the_bot_was_killed(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    before = (await wire.state()).identified
    await alice.slash(channel, "post", number=42)
    message = await channel.message("giveaway 42")
    assert [(one.label, one.id) for one in message.buttons] == [("Enter", 7)]
    await bot.kill()
    await wire.gone()
    await bot.start()
    await wire.connected(0)
    reply = await alice.click(message, "Enter")
    assert reply.text == "alice is in 42"
    assert (await wire.state()).identified == before + 1


async def test_nobody_answers_while_the_bot_is_dead(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    await wire.settings(interaction_deadline=0.2)
    await bot.kill()
    reply = await alice.slash(channel, "ping")
    assert not reply.answered
    assert reply.ack_ms is None
    await bot.start()
    await wire.connected(0)


async def test_a_form_is_filled_in_by_label(bot: BotProcess, alice: Member, channel: Channel) -> None:
    opened = await alice.slash(channel, "form")
    assert opened.modal is not None
    assert [(one.label, one.custom_id) for one in opened.modal.fields] == [("Name", "name")]
    with pytest.raises(CannotDo, match="max_length"):
        await alice.submit(opened, {"Name": "x" * 21})
    reply = await alice.submit(opened, {"Name": "Alice"})
    assert reply.text == "Hello Alice"


async def test_a_file_goes_up_and_comes_back(bot: BotProcess, wire: Wire, alice: Member, channel: Channel) -> None:
    picture = bytes(range(256)) * 40
    reply = await alice.slash(channel, "upload", file=File("絵 1.png", picture))
    assert reply.text == "10240 bytes"
    message = await channel.message("here")
    first, third = message.attachments
    assert (first.description, first.size) == ("the same again", 10240)
    assert await wire.download(first.url) == picture
    assert (third.filename, await wire.download(third.url)) == ("third.txt", b"third")
    assert len(message.revisions) == 1


async def test_history_is_read_in_pages_from_the_oldest(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    first = await alice.send(channel, "before")
    await wire.settings(approved_intents=["message_content"])
    for number in range(230):
        await alice.send(channel, f"line {number}")
    reply = await alice.slash(channel, "history", after=str(first.id))
    assert reply.text == "230 from line 0 to line 229"
    pages = await wire.requests("GET", f"/channels/{channel.id}/messages")
    assert [request.status for request in pages] == [200, 200, 200]


async def test_a_direct_message_arrives_unless_closed(
    bot: BotProcess, guild: Guild, alice: Member, channel: Channel
) -> None:
    bob = await guild.member("bob")
    assert (await alice.slash(channel, "dm", person=bob, text="hello")).text == "written"
    assert [one.content for one in await (await bob.dm()).messages(bob)] == ["hello"]
    await bob.close_dms()
    assert (await alice.slash(channel, "dm", person=bob, text="again")).text == "refused 50007"


async def test_a_role_is_given_only_below_the_bots_own(
    bot: BotProcess, guild: Guild, alice: Member, channel: Channel
) -> None:
    artist = await guild.role("artist")
    boss = await guild.role("boss", position=50)
    assert (await alice.slash(channel, "give", person=alice, role=artist)).text == "given"
    assert await alice.roles() == {artist.id}
    assert (await alice.slash(channel, "give", person=alice, role=boss)).text == "refused 50013"
    assert await alice.roles() == {artist.id}


async def test_members_are_asked_for_without_a_privileged_intent(
    bot: BotProcess, guild: Guild, alice: Member, channel: Channel
) -> None:
    artist = await guild.role("artist")
    bob = await guild.member("bob", artist)
    await guild.crowd(300)
    gone = await guild.member("carol")
    await gone.leave()
    reply = await alice.slash(channel, "who", ids=f"{alice.id} {bob.id} {gone.id}")
    assert reply.text == "members alice:0 bob:1"


async def test_a_native_event_is_created_and_starts_by_the_clock(
    bot: BotProcess, wire: Wire, guild: Guild, alice: Member, channel: Channel
) -> None:
    await alice.slash(channel, "event", name="Opening")
    (event,) = await guild.scheduled_events()
    assert (event["name"], event["status"]) == ("Opening", 1)
    await wire.advance(3700)
    assert (await guild.scheduled_events())[0]["status"] == 2


async def test_two_processes_each_hear_their_shards(tmp_path: Path) -> None:
    async with WireServer(tmp_path / "wire.log") as server:
        await two_shards(server, tmp_path)


async def two_shards(server: WireServer, tmp_path: Path) -> None:
    wire = server.client
    guilds = [await wire.guild(f"Guild {shard}", shard=shard, shards=2) for shard in (0, 1)]
    bots = [
        BotProcess(
            EXAMPLE_BOT,
            {**server.environment, "SHARD_IDS": str(shard), "SHARD_COUNT": "2"},
            tmp_path / f"bot{shard}.log",
        )
        for shard in (0, 1)
    ]
    async with bots[0], bots[1]:
        await wire.commands("ping")
        await wire.connected(0, 1)
        answers = [
            (await (await one.member("alice")).slash(await one.channel("general"), "ping")).text for one in guilds
        ]
        found = [re.fullmatch(r"pong shard (\d) pid (\d+) en-US", text) for text in answers]
        assert [match and match.group(1) for match in found] == ["0", "1"]
        assert len({match and match.group(2) for match in found}) == 2
        await bots[1].kill()
        survivor = await guilds[0].member("bob")
        assert (await survivor.slash(await guilds[0].channel("other"), "ping")).answered
