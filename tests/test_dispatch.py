"""Deliveries: each message once, in order, whatever Discord or the process does meanwhile."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from sqlalchemy import Connection, event, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Kind, Outcome, Parcel, Target
from bot.dispatch import DIRECT_PACE, NONCE_WINDOW
from bot.preferences import Preference
from bot.ui.outgoing import Outgoing
from tests.harness import GUILD_ID, World, running_bot

KIND = "test.message"
EDIT = "test.edit"


@dataclass
class Feature:
    """A feature that says what its rows say, and notes their fates."""

    fates: list[tuple[int, DeliveryState, str | None]] = field(default_factory=list)
    wanted: bool = True
    refuse: str | None = None
    words: dict[int, str] = field(default_factory=dict)

    async def load(self, session: AsyncSession, delivery: Delivery) -> str | None:
        return self.words.get(delivery.subject, f"number {delivery.subject}") if self.wanted else None

    def render(self, words: str, language: str) -> Outgoing:
        return Outgoing(embeds=(discord.Embed(description=words),))

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        self.fates.append((delivery.subject, outcome.state, outcome.error))

    async def prepare(self, tx: Transaction, delivery: Delivery, now: datetime) -> str | None:
        return self.refuse

    def kind(self) -> Kind:
        return Kind(load=self.load, render=self.render, settled=self.settled, prepare=self.prepare)


def install(world: World) -> Feature:
    feature = Feature()
    world.platform.deliveries.register(KIND, feature.kind())
    world.platform.deliveries.register(EDIT, feature.kind())
    return feature


async def put(world: World, subject: int, **changes: Any) -> None:
    values: dict[str, Any] = {
        "kind": KIND,
        "subject": subject,
        "guild_id": GUILD_ID,
        "target": Target.MESSAGE,
        "language": "en",
        "channel_id": world.general.id,
        **changes,
    }
    with world.inside():
        async with world.platform.database.write() as tx:
            await world.platform.deliveries.put(tx, Parcel(**values), clock.now())
    await world.env.settle()


async def change(world: World, subject: int, **values: Any) -> None:
    """Change a row by hand, as a death at an unlucky moment leaves it."""
    async with world.platform.database.write() as tx:
        row = (await tx.session.scalars(select(Delivery).where(Delivery.subject == subject))).one()
        for name, value in values.items():
            setattr(row, name, value)


async def row_of(world: World, subject: int, kind: str = KIND) -> Delivery:
    query = select(Delivery).where(Delivery.kind == kind, Delivery.subject == subject)
    async with world.platform.database.read() as session:
        return (await session.scalars(query)).one()


async def wake(world: World) -> None:
    with world.inside():
        world.platform.dispatcher.wake()
    await world.env.settle()


def said(channel: simcord.ChannelHandle) -> list[str | None]:
    return [message.embeds[0].description for message in channel.history() if message.embeds]


def sends(world: World, channel: simcord.ChannelHandle) -> list[dict[str, Any]]:
    path = f"/channels/{channel.id}/messages"
    requests = [entry for entry in world.env.http_requests if entry.method == "POST" and entry.path == path]
    return [entry.json for entry in requests if isinstance(entry.json, dict)]


def last(channel: simcord.ChannelHandle) -> discord.Message:
    message = channel.last_message
    assert message is not None
    return message


async def test_sent_once_with_its_nonce(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        feature = install(world)
        await put(world, 1)
        await put(world, 1)
        assert said(world.general) == ["number 1"]
        row = await row_of(world, 1)
        (sent,) = sends(world, world.general)
        assert sent["nonce"] == row.nonce
        assert sent["enforce_nonce"] is True
        assert len(row.nonce) <= 25
        assert sent["embeds"][0]["url"].endswith(f"#{row.nonce}")
        assert row.state is DeliveryState.SENT
        assert row.sent_message_id == last(world.general).id
        assert feature.fates == [(1, DeliveryState.SENT, None)]


async def test_in_order_per_channel(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        install(world)
        world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=500)
        with world.inside():
            async with world.platform.database.write() as tx:
                for subject in (1, 2, 3):
                    parcel = Parcel(KIND, subject, GUILD_ID, Target.MESSAGE, "en", channel_id=world.general.id)
                    await world.platform.deliveries.put(tx, parcel, clock.now())
        await put(world, 4, channel_id=world.announcements.id)
        # The first one is waited for, in its channel only.
        assert said(world.general) == []
        assert said(world.announcements) == ["number 4"]
        await world.advance(minutes=1)
        assert said(world.general) == ["number 1", "number 2", "number 3"]


async def test_a_failed_call_is_repeated_with_the_same_nonce(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        install(world)
        world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=503)
        await put(world, 1)
        await world.advance(minutes=1)
        assert said(world.general) == ["number 1"]
        nonces = {sent["nonce"] for sent in sends(world, world.general)}
        assert len(nonces) == 1


async def test_refused_for_good_and_tried_again_when_permissions_return(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        feature = install(world)
        hidden = world.guild.create_text_channel("hidden", overwrites={world.guild.default_role: deny()})
        await put(world, 1, channel_id=hidden.id)
        assert feature.fates == [(1, DeliveryState.FAILED, "50013")]
        # A refusal is certain: nothing was sent, and others are not held up.
        assert (await row_of(world, 1)).since is None
        await put(world, 2)
        assert said(world.general) == ["number 2"]
        with world.inside():
            channel = world.bot.get_channel(hidden.id)
            assert isinstance(channel, discord.TextChannel)
            await channel.set_permissions(channel.guild.default_role, overwrite=None)
        await world.env.settle()
        assert said(hidden) == ["number 1"]


def deny() -> discord.PermissionOverwrite:
    return discord.PermissionOverwrite(send_messages=False)


async def test_died_before_the_answer_and_found_in_the_channel(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        feature = install(world)
        await put(world, 1)
        long_ago = clock_of(world) - NONCE_WINDOW - timedelta(seconds=60)
        await change(
            world, 1, state=DeliveryState.SENDING, since=long_ago, lease_until=None, sent_message_id=None, sent_at=None
        )
        await wake(world)
        assert said(world.general) == ["number 1"]
        row = await row_of(world, 1)
        assert row.state is DeliveryState.SENT
        assert row.sent_message_id == last(world.general).id
        assert feature.fates[-1] == (1, DeliveryState.SENT, None)


async def test_died_before_the_call_and_not_in_the_channel(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        install(world)
        await put(world, 1, not_before=clock_of(world) + timedelta(days=1))
        long_ago = clock_of(world) - NONCE_WINDOW - timedelta(seconds=60)
        await change(world, 1, state=DeliveryState.SENDING, since=long_ago, lease_until=None)
        await wake(world)
        assert said(world.general) == ["number 1"]


async def test_unknown_where_history_cannot_be_read(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        feature = install(world)
        await put(world, 1)
        long_ago = clock_of(world) - NONCE_WINDOW - timedelta(seconds=60)
        await change(world, 1, state=DeliveryState.SENDING, since=long_ago, lease_until=None)
        world.env.inject_error("GET", f"/channels/{world.general.id}/messages", status=403)
        await wake(world)
        assert feature.fates[-1] == (1, DeliveryState.UNKNOWN, "history")
        assert said(world.general) == ["number 1"]
        # Readable again: it is looked for, found, and not sent twice.
        with world.inside():
            await world.platform.deliveries.retry(Delivery.guild_id == GUILD_ID, now=clock.now())
        await world.env.settle()
        assert said(world.general) == ["number 1"]
        assert (await row_of(world, 1)).state is DeliveryState.SENT


async def test_a_lease_of_another_process_is_respected(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        install(world)
        await put(world, 1, not_before=clock_of(world) + timedelta(days=1))
        held = {
            "state": DeliveryState.SENDING,
            "owner": "another",
            "lease_until": clock_of(world) + timedelta(minutes=3),
        }
        await change(world, 1, **held)
        await put(world, 2)
        assert said(world.general) == []
        await world.advance(minutes=4)
        await wake(world)
        assert said(world.general) == ["number 1", "number 2"]


async def test_not_wanted_any_more_is_dropped(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        feature = install(world)
        feature.wanted = False
        await put(world, 1)
        assert said(world.general) == []
        assert feature.fates == [(1, DeliveryState.DROPPED, None)]


async def test_prepare_may_say_that_it_must_wait(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        feature = install(world)
        feature.refuse = "no_channel"
        await put(world, 1)
        assert said(world.general) == []
        assert feature.fates == [(1, DeliveryState.FAILED, "no_channel")]
        feature.refuse = None
        with world.inside():
            await world.platform.deliveries.retry(Delivery.guild_id == GUILD_ID, now=clock.now())
        await world.env.settle()
        assert said(world.general) == ["number 1"]


async def test_edits_are_absolute_and_never_closer_than_five_seconds(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        feature = install(world)
        await put(world, 1)
        message = last(world.general)
        for word in ("first", "second", "third"):
            feature.words[1] = word
            await put(world, 1, kind=EDIT, target=Target.EDIT, message_id=message.id, recipient="post", replace=True)
        assert said(world.general) == ["first"]
        await world.advance(seconds=5)
        assert said(world.general) == ["third"]
        path = f"/channels/{world.general.id}/messages/{message.id}"
        edits = [entry for entry in world.env.http_requests if entry.method == "PATCH" and entry.path == path]
        assert len(edits) == 2


async def test_an_edit_of_a_deleted_message_fails(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        feature = install(world)
        await put(world, 1, kind=EDIT, target=Target.EDIT, message_id=12345, replace=True)
        assert feature.fates == [(1, DeliveryState.FAILED, "10008")]


async def test_direct_messages_are_paced(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        install(world)
        with world.inside():
            async with world.platform.database.write() as tx:
                for actor in (world.member, world.other):
                    await world.platform.preferences.save(tx, actor.id, Preference(direct=True))
                for subject, actor in enumerate((world.member, world.other), 1):
                    await world.platform.preferences.save(tx, actor.id, Preference(direct=True))
                    parcel = Parcel(KIND, subject, None, Target.DIRECT, "en", user_id=actor.id)
                    await world.platform.deliveries.put(tx, parcel, clock.now())
        await world.env.settle()
        await world.advance(seconds=3 * DIRECT_PACE.total_seconds())
        states = [(await row_of(world, subject)).state for subject in (1, 2)]
        assert states == [DeliveryState.SENT, DeliveryState.SENT]


async def test_roles_are_given_and_taken(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        install(world)
        prize = world.guild.create_role("Prize")
        await put(world, 1, target=Target.ROLE_ADD, user_id=world.member.id, role_id=prize.id)
        assert prize.id in [role.id for role in await roles(world, world.member)]
        await put(world, 2, target=Target.ROLE_REMOVE, user_id=world.member.id, role_id=prize.id)
        assert prize.id not in [role.id for role in await roles(world, world.member)]


async def test_nothing_is_sent_when_the_transaction_failed(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        install(world)

        async def change_that_fails() -> None:
            async with world.platform.database.write() as tx:
                parcel = Parcel(KIND, 1, GUILD_ID, Target.MESSAGE, "en", channel_id=world.general.id)
                await world.platform.deliveries.put(tx, parcel, clock.now())
                raise RuntimeError("the change that would have caused it")

        with pytest.raises(RuntimeError), world.inside():
            await change_that_fails()
        await wake(world)
        assert said(world.general) == []


async def roles(world: World, actor: simcord.MemberActor) -> list[discord.Role]:
    guild = world.bot.get_guild(GUILD_ID)
    assert guild is not None
    with world.inside():
        return (await guild.fetch_member(actor.id)).roles


def clock_of(world: World) -> datetime:
    return world.env.now()


async def test_a_database_that_takes_no_writes_is_not_asked_at_once_again(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        install(world)
        engine, tries = world.platform.database.engine.sync_engine, list[object]()

        def refuse(connection: Connection) -> None:
            tries.append(connection)
            connection.exec_driver_sql("ROLLBACK")
            raise OSError("disk full")

        with world.inside():
            async with world.platform.database.write() as tx:
                parcel = Parcel(KIND, 1, GUILD_ID, Target.MESSAGE, "en", channel_id=world.general.id)
                await world.platform.deliveries.put(tx, parcel, clock.now())
        event.listen(engine, "commit", refuse)
        await world.advance(seconds=9)
        event.remove(engine, "commit", refuse)
        assert 2 <= len(tries) <= 6
        await world.advance(seconds=5)
        assert said(world.general) == ["number 1"]
        world.errors.clear()
