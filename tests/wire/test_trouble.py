"""The steps between which a bot can die, and what a network does: each can be had on order."""

from itertools import pairwise

import pytest

from tests.wire.client import Wire
from tests.wire.handles import Channel, Guild, Member
from tests.wire.harness import BotProcess
from tests.wire.models import Message

pytestmark = pytest.mark.asyncio(loop_scope="module")


def posts(channel: Channel) -> str:
    """Where the bot sends what it says in this channel."""
    return f"/channels/{channel.id}/messages"


def nonce(channel: Channel) -> str:
    """A nonce of this test's own: Discord compares them per author, not per channel."""
    return f"n{channel.id}"


async def words(channel: Channel) -> list[str]:
    """What was ever said in the channel for all to see."""
    return [one.content for one in await channel.created() if not one.ephemeral]


async def test_a_nonce_makes_two_attempts_one_message(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    first = await alice.slash(channel, "send", text="draw", nonce=nonce(channel))
    again = await alice.slash(channel, "send", text="draw", nonce=nonce(channel))
    other = await alice.slash(channel, "send", text="draw", nonce="another")
    assert first.text == again.text
    assert first.text.endswith(f" {nonce(channel)}")
    assert other.text != first.text
    assert await words(channel) == ["draw", "draw"]


async def test_a_nonce_is_forgotten_when_its_window_is_over(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    await wire.settings(nonce_window=120)
    first = await alice.slash(channel, "send", text="draw", nonce=nonce(channel))
    await wire.advance(119)
    assert (await alice.slash(channel, "send", text="draw", nonce=nonce(channel))).text == first.text
    await wire.advance(2)
    assert (await alice.slash(channel, "send", text="draw", nonce=nonce(channel))).text != first.text
    assert await words(channel) == ["draw", "draw"]


async def test_the_message_is_there_although_the_answer_was_lost(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    await wire.trouble.lose_answer("POST", posts(channel))
    assert (await alice.slash(channel, "send", text="draw", nonce=nonce(channel))).text == "failed ClientOSError"
    assert await words(channel) == ["draw"]
    (lost,) = await wire.requests("POST", posts(channel), "reset")
    assert lost.effect
    assert lost.status is None
    assert (await alice.slash(channel, "send", text="draw", nonce=nonce(channel))).text.startswith("sent ")
    assert await words(channel) == ["draw"]


async def test_nothing_happened_when_the_request_was_lost(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    await wire.trouble.lose_request("POST", posts(channel))
    assert (await alice.slash(channel, "send", text="draw", nonce=nonce(channel))).text == "failed ClientOSError"
    assert await words(channel) == []
    (lost,) = await wire.requests("POST", posts(channel), "reset")
    assert not lost.effect


async def test_the_bot_is_killed_between_the_effect_and_the_answer(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    hold = await wire.trouble.hold("POST", posts(channel), contains="draw")
    await alice.slash(channel, "send", text="draw", nonce=nonce(channel), until="ack")
    held = await hold.reached()
    assert held.effect
    await bot.kill()
    await wire.gone()
    await hold.release()
    await bot.start()
    await wire.connected(0)
    assert (await alice.slash(channel, "send", text="draw", nonce=nonce(channel))).text.startswith("sent ")
    assert await words(channel) == ["draw"]


async def test_the_bot_is_killed_before_the_effect(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    hold = await wire.trouble.hold("POST", posts(channel), stage="before")
    await alice.slash(channel, "send", text="draw", nonce=nonce(channel), until="ack")
    held = await hold.reached()
    assert not held.effect
    await bot.kill()
    await hold.release(go_on=False)
    (dropped,) = await wire.requests("POST", posts(channel), "dropped")
    assert not dropped.effect
    assert await words(channel) == []
    await bot.start()
    await wire.connected(0)


async def test_a_rate_limit_is_waited_out(bot: BotProcess, wire: Wire, alice: Member, channel: Channel) -> None:
    await wire.trouble.rate_limit("POST", posts(channel), retry_after=0.3)
    assert (await alice.slash(channel, "send", text="draw", nonce=nonce(channel))).text.startswith("sent ")
    refused, sent = await wire.requests("POST", posts(channel))
    assert (refused.status, sent.status) == (429, 200)
    assert (sent.at - refused.at).total_seconds() >= 0.29


async def test_the_global_limit_holds_up_everything(
    bot: BotProcess, wire: Wire, guild: Guild, alice: Member, channel: Channel
) -> None:
    role = await guild.role("artist")
    await wire.trouble.rate_limit("POST", posts(channel), retry_after=0.5, everywhere=True)
    await alice.slash(channel, "send", text="draw", nonce=nonce(channel), until="ack")
    await wire.until(lambda: wire.requests("POST", posts(channel), "answered"), what="the refusal")
    assert (await alice.slash(channel, "give", person=alice, role=role)).text == "given"
    (refused, _), (given,) = (
        await wire.requests("POST", posts(channel)),
        await wire.requests("PUT", f"/guilds/{guild.id}/*"),
    )
    assert (given.at - refused.at).total_seconds() >= 0.49


async def test_a_limit_of_a_route_is_told_and_kept(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    await wire.trouble.limit(2, 0.5, "POST", posts(channel))
    for number in range(5):
        await alice.slash(channel, "send", text=str(number), nonce=f"{nonce(channel)}{number}")
    assert await words(channel) == ["0", "1", "2", "3", "4"]
    sent = await wire.requests("POST", posts(channel))
    assert [request.status for request in sent] == [200] * 5  # discord.py obeys the headers
    pairs = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(sent)]
    assert sum(pairs) >= 0.9


async def test_a_server_error_is_tried_again_by_discord_py(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    await wire.trouble.refuse("POST", posts(channel), 502, effect=True)
    reply = await alice.slash(channel, "send", text="draw", nonce=nonce(channel))
    assert reply.text.startswith("sent ")
    assert [request.status for request in await wire.requests("POST", posts(channel))] == [502, 200]
    assert await words(channel) == ["draw"]


async def test_missing_permissions_are_refused_as_on_discord(
    bot: BotProcess, guild: Guild, alice: Member, channel: Channel
) -> None:
    await channel.deny(guild, "send_messages")
    await guild.limit_bot("view_channel")
    assert (await alice.slash(channel, "send", text="draw", nonce=nonce(channel))).text == "failed Forbidden"
    await channel.clear(guild)
    assert (await alice.slash(channel, "send", text="draw", nonce=nonce(channel))).text.startswith("sent ")


async def test_an_answer_may_be_slow(bot: BotProcess, wire: Wire, alice: Member, channel: Channel) -> None:
    await wire.trouble.slow("POST", posts(channel), 0.4)
    reply = await alice.slash(channel, "send", text="draw", nonce=nonce(channel), until="ack")
    assert reply.loading

    async def finished() -> Message | None:
        now = await wire.reply(reply)
        return None if now.loading else now.message

    assert (await wire.until(finished)).content.startswith("sent ")


async def test_a_command_that_thinks_for_ever_is_seen_thinking(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    reply = await alice.slash(channel, "think", until="ack")
    assert reply.answered
    assert reply.loading
    assert reply.kind == "deferred"
