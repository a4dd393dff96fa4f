"""Messages of unknown fate: shown to organisers, decided by a person, never sent twice by guess."""

from datetime import timedelta
from pathlib import Path

import discord
import pytest
import simcord
from sqlalchemy import select

from bot.delivery import Delivery, DeliveryState, Target
from tests.harness import (
    GUILD_ID,
    Answer,
    World,
    click_id,
    components,
    forge,
    forge_modal,
    labels,
    press,
    running_bot,
    say,
)
from tests.home.stage import STRICT, delivery, install, undelivered

FEATURES = ("home",)
UNKNOWN, FAILED, SENT = DeliveryState.UNKNOWN, DeliveryState.FAILED, DeliveryState.SENT


def link(message: discord.Message | simcord.ResponseMessage, channel: simcord.ChannelHandle) -> str:
    return f"https://discord.com/channels/{GUILD_ID}/{channel.id}/{message.id}"


async def show(world: World, actor: simcord.MemberActor) -> Answer:
    return await actor.slash(world.general, "my show")


async def give_link(world: World, key: int, text: str, actor: simcord.MemberActor | None = None) -> str:
    """Press *It is there* and submit the form; returns what was answered."""
    actor = actor or world.organiser
    shown = await press(actor, await show(world, actor), "undelivered.there")
    assert shown.modal is not None
    return say(await actor.submit_modal(shown, {"link": text}))


def notes(channel: simcord.ChannelHandle) -> list[str | None]:
    return [message.embeds[0].description for message in channel.history() if message.embeds]


async def test_a_message_of_unknown_fate_is_shown_and_sent_again(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        feature = install(world)
        closed = world.guild.create_text_channel("closed")
        messages = f"/channels/{closed.id}/messages"
        # Nobody knows whether any of these arrived, and by the time of the last the nonce means nothing any more.
        world.env.inject_error("POST", messages, status=500, times=5)
        world.env.inject_error("GET", messages, status=403, code=50001, times=None)
        key = await undelivered(world, 7, DeliveryState.PENDING, channel_id=closed.id, since=None)
        with world.inside():
            world.platform.dispatcher.wake()
        await world.advance(minutes=5)
        assert (await delivery(world, key)).state is UNKNOWN
        answer = await show(world, world.organiser)
        assert "giveaway 7" in say(answer).lower()
        assert f"<#{closed.id}>" in say(answer)
        assert labels(answer) == ["1: Send again", "1: It is there"]
        assert "sent again" in say(await press(world.organiser, answer, "undelivered.again"))
        assert notes(closed) == ["note 7"]
        assert feature.fates[-1][1] is SENT
        (row,) = await world.ledger()
        assert (row.kind, row.actor and row.actor.value) == ("delivery.resolved", str(world.organiser.id))
        assert "undelivered" not in str(components(await show(world, world.organiser)))


async def test_it_is_there(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        feature = install(world)
        sent = await undelivered(world, 1, DeliveryState.PENDING, since=None)
        await world.advance(seconds=1)
        message = world.general.last_message
        assert message is not None
        async with world.platform.database.write() as tx:
            row = await tx.session.get_one(Delivery, sent)
            row.state, row.since, row.sent_message_id = UNKNOWN, world.env.now() - timedelta(seconds=5), None
        feature.fates.clear()
        assert "will not be sent again" in await give_link(world, sent, f" <{link(message, world.general)}> ")
        row = await delivery(world, sent)
        assert (row.state, row.sent_message_id) == (SENT, message.id)
        assert feature.fates == [(1, SENT, message.id)]
        assert notes(world.general) == ["note 1"]
        assert [each.kind for each in await world.ledger()] == ["delivery.resolved"]


async def test_links_that_cannot_be_it_are_refused(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        install(world)
        old = await world.member.send(world.general, "hello")
        await world.advance(hours=1)
        key = await undelivered(world, 1, UNKNOWN, since=world.env.now())
        await world.advance(seconds=1)
        foreign = await world.member.send(world.general, "not by the bot")
        await undelivered(world, 2, DeliveryState.PENDING, since=None)
        other = world.general.last_message
        assert other is not None
        here, elsewhere = world.general, world.announcements
        deleted = await world.member.send(world.general, "gone")
        await world.member.delete(deleted)
        for text, why in (
            ("the third one", "not the link of a message"),
            (f"https://example.com/channels/{GUILD_ID}/{here.id}/{other.id}", "not the link of a message"),
            (link(other, elsewhere), "another channel"),
            (f"https://discord.com/channels/{GUILD_ID + 1}/{here.id}/{other.id}", "another channel"),
            (link(old, here), "older than the first attempt"),
            (link(foreign, here), "by someone else"),
            (link(other, here), "another message of this bot"),
            (link(deleted, here), "no such message"),
        ):
            assert why in await give_link(world, key, text), text
            assert (await delivery(world, key)).state is UNKNOWN
        assert list(await world.ledger()) == []


async def test_where_nothing_can_be_read_a_persons_word_counts(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        install(world)
        key = await undelivered(world, 1, UNKNOWN)
        world.env.inject_error("GET", f"/channels/{world.general.id}/messages/*", status=403, code=50001, times=None)
        await world.advance(seconds=1)
        message = await world.member.send(world.general, "who knows")
        assert "will not be sent again" in await give_link(world, key, link(message, world.general))
        again = await undelivered(world, 2, UNKNOWN)
        assert "another message of this bot" in await give_link(world, again, link(message, world.general))


async def test_what_must_not_be_decided_by_hand(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        install(world)
        key = await undelivered(world, 1, UNKNOWN, kind=STRICT)
        answer = await show(world, world.organiser)
        assert "Read Message History" in say(answer)
        assert components(answer) == []
        for identity in (f"undelivered.again:{key}", f"undelivered.there:{key}"):
            assert "nobody can decide it by hand" in say(await forge(world.moderator, world.general, identity))
        assert (await delivery(world, key)).state is UNKNOWN


@pytest.mark.parametrize(
    ("error", "why"), [("50013", "/config check"), ("10003", "is gone"), ("50035", "Discord refused it (50035)")]
)
async def test_a_refusal_says_why_and_can_be_tried_again(tmp_path: Path, error: str, why: str) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        install(world)
        await undelivered(world, 1, FAILED, error=error, since=None)
        answer = await show(world, world.organiser)
        assert why in say(answer)
        assert labels(answer) == ["1: Send again"]
        await press(world.organiser, answer, "undelivered.again")
        await world.env.settle()
        assert notes(world.general) == ["note 1"]


async def test_roles_and_edits_are_named_and_what_is_nobodys_business_is_left_out(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        install(world)
        role, member = world.artists, world.member
        for subject, target in ((1, Target.ROLE_ADD), (2, Target.ROLE_REMOVE)):
            await undelivered(world, subject, FAILED, target=target, role_id=role.id, user_id=member.id, error="50013")
        await undelivered(world, 3, FAILED, target=Target.EDIT, message_id=5, error="50001")
        await undelivered(world, 4, FAILED, target=Target.EDIT, message_id=6, error="10008")
        await undelivered(world, 5, FAILED, target=Target.DIRECT, user_id=member.id, error="50007")
        told = say(await show(world, world.organiser))
        assert f"The role <@&{role.id}> for <@{member.id}>" in told
        assert f"Taking the role <@&{role.id}> from <@{member.id}>" in told
        assert "An edit of a post" in told
        assert told.count("/config check") == 3


async def test_who_sees_what(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        install(world)
        await undelivered(world, 1, UNKNOWN)
        await undelivered(world, 2, UNKNOWN, organiser_id=world.member.id)
        assert [await buttons(world, actor) for actor in (world.moderator, world.organiser, world.member)] == [4, 2, 0]


async def buttons(world: World, actor: simcord.MemberActor) -> int:
    return len(components(await show(world, actor)))


async def test_forged_foreign_and_late_presses_change_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        install(world)
        key = await undelivered(world, 1, UNKNOWN)
        direct = await undelivered(world, 2, FAILED, target=Target.DIRECT, user_id=world.member.id, error="50007")
        channel, stranger = world.other_guild()
        for kind in ("undelivered.again", "undelivered.there"):
            assert "Only organisers" in say(await forge(world.member, world.general, f"{kind}:{key}"))
            assert "no longer exists" in say(await forge(stranger, channel, f"{kind}:{key}"))
            assert "no longer exists" in say(await forge(world.moderator, world.general, f"{kind}:{direct}"))
            assert "no longer exists" in say(await forge(world.moderator, world.general, f"{kind}:999999"))
            assert "no longer in use" in say(await forge(world.moderator, world.general, f"{kind}:x"))
        fields = {"link": f"https://discord.com/channels/{GUILD_ID}/{world.general.id}/{1 << 62}"}
        form = f"undelivered.link:{key}"
        assert "Only organisers" in say(await forge_modal(world.member, world.general, form, fields))
        async with world.platform.database.read() as session:
            states = (await session.scalars(select(Delivery.state).order_by(Delivery.subject))).all()
        assert states == [UNKNOWN, FAILED]
        answer = await show(world, world.organiser)
        identity = click_id(answer, "undelivered.again")
        await press(world.organiser, answer, "undelivered.again")
        assert "has been decided" in say(await forge(world.organiser, world.general, identity))
        assert notes(world.general) == ["note 1"]


async def test_any_organiser_may_decide(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        install(world)
        key = await undelivered(world, 1, UNKNOWN)
        colleague = world.add_member("colleague", world.organisers)
        assert "sent again" in say(await forge(colleague, world.general, f"undelivered.again:{key}"))
        assert notes(world.general) == ["note 1"]
