"""The gateway under plain discord.py: what was missed arrives later, once."""

import pytest

from tests.wire.client import Wire
from tests.wire.handles import Channel, Guild, Member
from tests.wire.harness import BotProcess
from tests.wire.models import Reply, State

pytestmark = pytest.mark.asyncio(loop_scope="module")


def resumes(state: State) -> int:
    return sum(session.resumes for session in state.sessions)


async def resumed(wire: Wire, before: State) -> State:
    """Wait until a session was resumed, and none begun, since `before`."""

    async def found() -> State | None:
        state = await wire.state()
        return state if state.connected and resumes(state) > resumes(before) else None

    state = await wire.until(found, what="a resumed session")
    assert state.identified == before.identified
    return state


async def begun(wire: Wire, before: State) -> State:
    """Wait until a new session is connected; discord.py takes five seconds before it identifies again."""

    async def found() -> State | None:
        state = await wire.state()
        return state if state.connected and state.identified > before.identified else None

    return await wire.until(found, timeout=20, what="a new session")


async def answered(wire: Wire, reply: Reply) -> Reply:
    """Wait for the answer to what was sent while nobody listened."""

    async def found() -> Reply | None:
        now = await wire.reply(reply)
        return now if now.answered else None

    return await wire.until(found, what="an answer")


async def test_no_event_is_lost_over_a_broken_connection(
    bot: BotProcess, wire: Wire, alice: Member, channel: Channel
) -> None:
    before = await wire.connected(0)
    await wire.trouble.gateway("block")
    assert await wire.trouble.gateway("drop") == 1
    missed = [await alice.slash(channel, "ping", word=f"w{number}", until="none") for number in range(5)]
    assert not any(reply.answered for reply in missed)
    await wire.trouble.gateway("unblock")
    await resumed(wire, before)
    texts = [(await answered(wire, reply)).text.split()[0] for reply in missed]
    assert texts == ["w0", "w1", "w2", "w3", "w4"]
    for reply in missed:
        assert len(await wire.requests("POST", f"/interactions/{reply.id}/*")) == 1


async def test_a_reconnect_is_obeyed_and_resumed(bot: BotProcess, wire: Wire, alice: Member, channel: Channel) -> None:
    before = await wire.connected(0)
    assert await wire.trouble.gateway("reconnect") == 1
    await resumed(wire, before)
    assert (await alice.slash(channel, "ping")).answered


async def test_a_close_by_discord_is_resumed(bot: BotProcess, wire: Wire, alice: Member, channel: Channel) -> None:
    before = await wire.connected(0)
    await wire.trouble.gateway("close", code=4000)
    await resumed(wire, before)
    assert (await alice.slash(channel, "ping")).answered


async def test_a_session_that_waited_too_long_is_not_resumed(
    bot: BotProcess, wire: Wire, guild: Guild, alice: Member
) -> None:
    before = await wire.connected(0)
    await wire.trouble.gateway("block")
    await wire.trouble.gateway("drop")
    await wire.advance(181)
    meanwhile = await guild.channel("made meanwhile")
    await wire.trouble.gateway("unblock")
    await begun(wire, before)
    assert (await alice.slash(meanwhile, "post", number=1)).answered


async def test_an_invalid_session_leads_to_a_new_one(bot: BotProcess, wire: Wire) -> None:
    before = await wire.connected(0)
    await wire.trouble.gateway("invalidate")
    state = await begun(wire, before)
    old = {session.id for session in before.sessions if session.connected}
    assert old.isdisjoint(session.id for session in state.sessions)


async def test_the_bot_learns_what_people_change(
    bot: BotProcess, guild: Guild, channel: Channel, alice: Member
) -> None:
    bob = await guild.member("bob")
    role = await guild.role("artist")
    await bob.give(role)
    assert (await alice.slash(channel, "who", ids=str(bob.id))).text == "members bob:1"
    await bob.leave()
    assert (await alice.slash(channel, "who", ids=str(bob.id))).text == "members "
