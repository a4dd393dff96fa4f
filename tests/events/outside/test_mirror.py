"""Dates among Discord's own scheduled events: there once, and in step both ways."""

from datetime import datetime, timedelta
from pathlib import Path

import discord

from cogs.events.rules.kinds import Where
from cogs.events.tables import NativeState, OccurrenceState
from tests.events.outside.stage import (
    FEATURES,
    cancel,
    change,
    edit_by_hand,
    guild_of,
    native_row,
    natives,
    post,
    row_of,
    state_of,
)
from tests.events.stage import answers, post_message
from tests.harness import GUILD_ID, World, running_bot, say

PATH = f"/guilds/{GUILD_ID}/scheduled-events"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def kinds(world: World) -> list[str]:
    return [row.kind for row in await world.ledger()]


class TestOurs:
    async def test_it_is_there_with_the_announcement_and_leads_to_it(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world)
            (native,) = natives(world)
            row, message = await row_of(world, key), await post_message(world, key)
            assert (native.name, native.entity_type, native.status) == ("Sketch night", 3, 1)
            assert native.entity_metadata == {"location": "https://example.org/room"}
            assert instant(native.scheduled_start_time) == row.starts_at
            assert instant(native.scheduled_end_time) == row.ends_at
            assert native.description.startswith(f"Bring paper\n\n{message.jump_url}#")
            assert (await native_row(world, key)).state is NativeState.THERE

    async def test_voice_stage_and_text_are_their_own_kinds(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            voice = world.guild.create_voice_channel("Lounge")
            await post(world, hours=1, where=Where.VOICE, channel=voice.id, place=None)
            await post(world, hours=2, where=Where.TEXT, channel=world.announcements.id, place=None)
            await post(world, hours=3, where=Where.IN_PERSON, place="Park", zone="Europe/Berlin")
            await post(world, hours=4, place=None)
            shown = [(each.entity_type, each.channel_id, each.entity_metadata) for each in natives(world)]
            assert shown[0] == (2, voice.id, None)
            assert shown[1][2] == {"location": "#announcements"}
            assert shown[2][2] == {"location": "Park"}
            assert shown[3][2] == {"location": "online"}

    async def test_it_follows_every_change_and_goes_when_cancelled(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world)
            row = await row_of(world, key)
            later = row.starts_at + timedelta(hours=3)
            await change(world, key, title="Ink night", starts=later, ends=later + timedelta(hours=2), place="Park")
            (native,) = natives(world)
            assert (native.name, native.entity_metadata) == ("Ink night", {"location": "Park"})
            assert instant(native.scheduled_start_time) == later
            await cancel(world, key)
            assert natives(world) == []

    async def test_it_begins_and_ends_with_the_date(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            voice = world.guild.create_voice_channel("Lounge")
            key = await post(world, hours=1, where=Where.VOICE, channel=voice.id, place=None)
            await world.advance(hours=1.2)
            assert [each.status for each in natives(world)] == [2]
            await world.advance(hours=2)
            assert [each.status for each in natives(world)] == [3]
            assert (await native_row(world, key)).state is NativeState.GONE

    async def test_interested_is_no_answer(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world)
            world.env.backend.set_scheduled_event_subscription(GUILD_ID, natives(world)[0].id, world.member.id, True)
            await world.env.settle()
            assert await answers(world, key) == {}


class TestTheirs:
    """What people do in Discord's own list."""

    async def test_an_edit_is_followed_and_written_down(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world)
            (native,) = natives(world)
            later = instant(native.scheduled_start_time) + timedelta(hours=1)
            edit_by_hand(
                world,
                native.id,
                name="Ink night",
                scheduled_start_time=later.isoformat(),
                scheduled_end_time=(later + timedelta(hours=1)).isoformat(),
            )
            await world.env.settle()
            row = await row_of(world, key)
            assert row.starts_at == later
            await world.advance(minutes=1)
            assert (await post_message(world, key)).embeds[0].title == "Ink night"
            assert (await kinds(world))[-1] == "event.edited"
            assert [each.name for each in natives(world)] == ["Ink night"]

    async def test_another_place_and_description_are_followed(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world)
            (native,) = natives(world)
            link = native.description.rpartition("\n")[2]
            edit_by_hand(world, native.id, entity_metadata={"location": "Park"}, description=f"Bring ink\n\n{link}")
            await world.env.settle()
            await world.advance(minutes=1)
            embed = (await post_message(world, key)).embeds[0]
            assert "Bring ink" in (embed.description or "")
            assert any("Park" in (each.value or "") for each in embed.fields)

    async def test_into_a_voice_channel_and_out_of_it_is_followed(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key, voice = await post(world), world.guild.create_voice_channel("Lounge")
            (native,) = natives(world)
            edit_by_hand(world, native.id, entity_type=2, channel_id=voice.id, entity_metadata=None)
            await world.advance(minutes=1)
            assert voice.mention in say(await post_message(world, key))
            away = {"entity_type": 3, "channel_id": None, "entity_metadata": {"location": "Park"}}
            edit_by_hand(world, native.id, **away)
            await world.advance(minutes=1)
            assert "Park" in say(await post_message(world, key))
            assert [(each.entity_type, each.entity_metadata) for each in natives(world)] == [(3, {"location": "Park"})]

    async def test_an_edit_that_cannot_be_is_taken_back(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world)
            (native,) = natives(world)
            starts = instant(native.scheduled_start_time)
            edit_by_hand(world, native.id, scheduled_end_time=(starts + timedelta(days=500)).isoformat())
            await world.env.settle()
            (native,) = natives(world)
            assert instant(native.scheduled_end_time) == (await row_of(world, key)).ends_at
            assert "event.edited" not in await kinds(world)

    async def test_an_edit_in_the_moment_of_ours_loses_against_it(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world)
            (native,) = natives(world)
            world.env.inject_error("PATCH", f"{PATH}/{native.id}", status=503)
            await change(world, key, title="Ink night")
            edit_by_hand(world, native.id, name="Nonsense")
            await world.env.settle()
            await world.advance(minutes=1)
            assert [each.name for each in natives(world)] == ["Ink night"]
            assert (await post_message(world, key)).embeds[0].title == "Ink night"

    async def test_cancelled_there_is_cancelled_here(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world)
            edit_by_hand(world, natives(world)[0].id, status=4)
            await world.env.settle()
            assert await state_of(world, key) is OccurrenceState.CANCELLED
            assert (await kinds(world))[-1] == "event.cancelled"

    async def test_deleted_there_goes_on_here_without_it(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            key = await post(world)
            world.env.backend.delete_scheduled_event(GUILD_ID, natives(world)[0].id)
            await world.env.settle()
            assert await state_of(world, key) is OccurrenceState.OPEN
            assert (await native_row(world, key)).state is NativeState.GONE
            assert (await kinds(world))[-1] == "event.unlisted"
            await change(world, key, title="Ink night")
            assert natives(world) == []

    async def test_somebody_elses_event_is_theirs(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            await post(world)
            other = world.guild.create_scheduled_event(
                "Tea", start_time="2100-01-01T00:00:00+00:00", entity_type=3, location="x"
            )
            edit_by_hand(world, other.id, name="Coffee")
            world.env.backend.delete_scheduled_event(GUILD_ID, other.id)
            await world.env.settle()
            assert await kinds(world) == ["event.posted"]


class TestAfterDowntime:
    async def test_edits_cancellations_and_deletions_are_found(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            keys = [await post(world, hours=hours) for hours in (24, 25, 26)]
            edited, cancelled, deleted = natives(world)
            await world.sleep(minutes=10)
            backend, subscribers = world.env.backend, list(world.env.backend.subscribers)
            # Nobody is connected who could be told.
            backend.subscribers.clear()
            edit_by_hand(world, edited.id, name="Ink night")
            edit_by_hand(world, cancelled.id, status=4)
            backend.delete_scheduled_event(GUILD_ID, deleted.id)
            backend.subscribers.extend(subscribers)
            await world.restart()
            await world.advance(minutes=1)
            assert (await post_message(world, keys[0])).embeds[0].title == "Ink night"
            assert await state_of(world, keys[1]) is OccurrenceState.CANCELLED
            assert await state_of(world, keys[2]) is OccurrenceState.OPEN
            assert (await native_row(world, keys[2])).state is NativeState.GONE


class TestRoom:
    async def test_without_the_permission_it_waits_says_so_and_goes_on(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, features=FEATURES) as world:
            world.env.inject_error("POST", PATH, status=403, code=50013)
            key = await post(world)
            assert await state_of(world, key) is OccurrenceState.OPEN
            assert (await native_row(world, key)).state is NativeState.REFUSED
            shown = await world.organiser.slash(world.general, "my show")
            assert "Sketch night" in say(shown)
            assert "list of events" in say(shown)
            with world.inside():
                await guild_of(world).default_role.edit(permissions=discord.Permissions(create_events=True))
            await world.env.settle()
            assert len(natives(world)) == 1
