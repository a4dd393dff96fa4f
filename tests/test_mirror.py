"""Scheduled events and threads: each there once, as wanted, whatever Discord or the process does meanwhile."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Kind, Outcome, Parcel, Target
from bot.natives import LONGEST_DESCRIPTION, NativeWanted, Phase, Venue, with_link, without_link
from tests.harness import GUILD_ID, World, running_bot

KIND = "test.native"
URL = f"https://discord.com/channels/{GUILD_ID}/1/2"


@dataclass
class Feature:
    """A feature that wants one scheduled event, and notes what became of it."""

    wanted: NativeWanted
    fates: list[tuple[DeliveryState, int | None, str | None]] = field(default_factory=list)

    async def load(self, session: AsyncSession, delivery: Delivery) -> NativeWanted:
        return self.wanted

    def native(self, wanted: NativeWanted, language: str) -> NativeWanted:
        return wanted

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        self.fates.append((outcome.state, outcome.message_id, outcome.error))

    @property
    def native_id(self) -> int | None:
        return next((number for _, number, _ in reversed(self.fates) if number is not None), None)


def install(world: World) -> Feature:
    starts = clock.now() + timedelta(days=2)
    wanted = NativeWanted(
        "Sketch night", "Bring paper", starts, starts + timedelta(hours=1), Venue.EXTERNAL, None, "Studio", URL
    )
    feature = Feature(wanted)
    world.platform.deliveries.register(KIND, Kind(feature.load, None, feature.settled, native=feature.native))
    return feature


async def put(world: World, feature: Feature, **changes: Any) -> None:
    feature.wanted = replace(feature.wanted, **changes)
    parcel = Parcel(KIND, 1, GUILD_ID, Target.NATIVE, "en", message_id=feature.native_id, replace=True)
    with world.inside():
        async with world.platform.database.write() as tx:
            await world.platform.deliveries.put(tx, parcel, clock.now())
    await world.env.settle()


def there(world: World) -> list[Any]:
    return list(world.env.backend.get_guild(GUILD_ID).scheduled_events.values())


def written(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Return what was asked of scheduled events other than to read them."""
    return [
        (entry.method, entry.json if isinstance(entry.json, dict) else {})
        for entry in world.env.http_requests
        if "scheduled-events" in entry.path and entry.method != "GET"
    ]


async def forget_answer(world: World) -> None:
    """Leave the row as a death between Discord's answer and its recording does."""
    async with world.platform.database.write() as tx:
        row = (await tx.session.scalars(select(Delivery).where(Delivery.kind == KIND))).one()
        row.state, row.since, row.lease_until, row.sent_message_id = DeliveryState.SENDING, clock.now(), None, None
    with world.inside():
        world.platform.dispatcher.wake()
    await world.env.settle()


async def test_made_changed_and_taken_away(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        await put(world, feature)
        (made,) = there(world)
        assert (made.name, made.entity_type, made.entity_metadata) == ("Sketch night", 3, {"location": "Studio"})
        assert made.description.startswith(f"Bring paper\n\n{URL}#")
        assert feature.fates == [(DeliveryState.SENT, made.id, None)]
        await put(world, feature, name="Ink night")
        await put(world, feature)
        assert [each.name for each in there(world)] == ["Ink night"]
        assert written(world)[1:] == [("PATCH", {"name": "Ink night"})]
        await put(world, feature, ended=True)
        assert there(world) == []


async def test_a_death_before_the_answer_makes_no_second_one(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        await put(world, feature)
        await forget_answer(world)
        assert len(there(world)) == 1
        assert [fate[:2] for fate in feature.fates] == [(DeliveryState.SENT, there(world)[0].id)] * 2


async def test_a_death_before_the_call_makes_it_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        await put(world, feature)
        world.env.backend.delete_scheduled_event(GUILD_ID, there(world)[0].id)
        await forget_answer(world)
        assert len(there(world)) == 1


async def test_no_answer_is_followed_by_a_look(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        world.env.inject_error("POST", f"/guilds/{GUILD_ID}/scheduled-events", status=503)
        await put(world, feature)
        await world.advance(minutes=1)
        assert len(there(world)) == 1
        assert [method for method, _ in written(world)] == ["POST", "POST"]


async def test_changed_while_it_was_being_made_is_made_once_and_right(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        world.env.inject_error("POST", f"/guilds/{GUILD_ID}/scheduled-events", status=503)
        await put(world, feature)
        await put(world, feature, name="Ink night")
        await world.advance(minutes=1)
        assert [each.name for each in there(world)] == ["Ink night"]


async def test_refused_and_made_when_the_permission_comes(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        path = f"/guilds/{GUILD_ID}/scheduled-events"
        world.env.inject_error("POST", path, status=403, code=50013)
        await put(world, feature)
        assert feature.fates == [(DeliveryState.FAILED, None, "50013")]
        guild = world.bot.get_guild(GUILD_ID)
        assert guild is not None
        with world.inside():
            await guild.default_role.edit(permissions=discord.Permissions(create_events=True, manage_events=True))
        await world.env.settle()
        assert len(there(world)) == 1


async def test_deleted_by_hand_is_told(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        await put(world, feature)
        world.env.backend.delete_scheduled_event(GUILD_ID, there(world)[0].id)
        await put(world, feature, name="Ink night")
        assert there(world) == []
        assert feature.fates[-1][::2] == (DeliveryState.FAILED, "10070")


async def test_it_begins_and_ends_with_us_and_not_twice(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        stage = world.guild.create_voice_channel("Stage")
        await put(world, feature, venue=Venue.VOICE, channel_id=stage.id, place=None)
        await put(world, feature, phase=Phase.ACTIVE)
        await put(world, feature, phase=Phase.ACTIVE)
        assert [each.status for each in there(world)] == [2]
        await put(world, feature, ended=True)
        await put(world, feature, ended=True)
        assert [each.status for each in there(world)] == [3]
        assert [body.get("status") for _, body in written(world)] == [None, 2, 3]


async def test_a_place_becomes_a_channel_and_back(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        voice = world.guild.create_voice_channel("Lounge")
        await put(world, feature)
        await put(world, feature, venue=Venue.VOICE, channel_id=voice.id, place=None)
        (made,) = there(world)
        assert (made.entity_type, made.channel_id, made.entity_metadata) == (2, voice.id, None)
        await put(world, feature, venue=Venue.EXTERNAL, channel_id=None, place="Park")
        (made,) = there(world)
        assert (made.entity_type, made.channel_id, made.entity_metadata) == (3, None, {"location": "Park"})


async def test_a_picture_is_sent_with_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        await put(world, feature, picture=b"\x89PNG one")
        await put(world, feature, name="Ink night")
        assert [body.get("image") for _, body in written(world)] == ["data:image/png;base64,iVBORyBvbmU=", None]


async def test_what_the_gateway_knows_can_be_read(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        feature = install(world)
        await put(world, feature)
        natives = world.platform.natives
        (state,) = natives.listed(GUILD_ID)
        assert (state.name, state.description, state.place) == ("Sketch night", "Bring paper", "Studio")
        assert (state.starts_at, state.ends_at) == (feature.wanted.starts_at, feature.wanted.ends_at)
        assert (state.venue, state.phase, state.channel_id) == (Venue.EXTERNAL, Phase.SCHEDULED, None)
        assert natives.listed(5) is None
        with world.inside():
            assert await natives.fetch(GUILD_ID, state.native_id) == state
            assert await natives.fetch(GUILD_ID, 5) is None
        world.env.inject_error("GET", f"/guilds/{GUILD_ID}/scheduled-events/{state.native_id}", status=400)
        with world.inside(), pytest.raises(OSError, match="could not be read"):
            await natives.fetch(GUILD_ID, state.native_id)


async def test_a_thread_is_opened_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=()) as world:
        fates: list[Outcome] = []

        async def load(session: AsyncSession, delivery: Delivery) -> str:
            return "A long name " * 20

        async def settled(tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
            fates.append(outcome)

        kind = Kind(load, None, settled, name=lambda name, language: name)
        world.platform.deliveries.register("test.thread", kind)
        channel: Any = world.bot.get_channel(world.general.id)
        with world.inside():
            message = await channel.send("hello")
        for _ in range(2):
            parcel = Parcel(
                "test.thread",
                1,
                GUILD_ID,
                Target.THREAD,
                "en",
                channel_id=channel.id,
                message_id=message.id,
                replace=True,
            )
            if fates:
                # As Discord answers where there is one; the simulation would open a second one.
                path = f"/channels/{channel.id}/messages/{message.id}/threads"
                world.env.inject_error("POST", path, status=400, code=160004)
            with world.inside():
                async with world.platform.database.write() as tx:
                    await world.platform.deliveries.put(tx, parcel, clock.now())
            await world.env.settle()
        assert [fate.state for fate in fates] == [DeliveryState.SENT] * 2
        assert fates[1].message_id == message.id
        (thread,) = channel.guild.threads
        assert thread.id == fates[0].message_id
        assert len(thread.name) == 100


class TestDescriptions:
    @given(st.text(max_size=1100).map(str.strip))
    def test_the_link_always_fits_and_comes_off_again(self, text: str) -> None:
        url = "https://discord.com/channels/1400000000000000001/1400000000000000002/1400000000000000003"
        whole = with_link(text, url, "a" * 24)
        assert len(whole) <= LONGEST_DESCRIPTION
        assert whole.endswith(f"{url}#{'a' * 24}")
        if len(text) <= 800:
            assert without_link(whole) == text.rstrip()

    def test_a_description_without_a_link_stays(self) -> None:
        assert without_link("one\ntwo ") == "one\ntwo"
