"""``/event create``: a draft, an announcement at once, a short form; and nothing at all when something cannot be."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import discord

from cogs.events.rules.kinds import Where
from cogs.events.rules.options import Options
from cogs.events.rules.recurrence import Every, Rule
from cogs.events.tables import OccurrenceState
from tests.desk import drafts, picture, posts, unchanged, without_mentions
from tests.events.organising.desk import ONLINE, create, dates, events, post, save, values
from tests.harness import World, components, labels, press, running_bot, say, shown

STARTS = 1768075200  # 2026-01-10 20:00 UTC


async def test_options_become_a_private_draft_and_then_an_announcement(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = world.guild.create_stage_channel("Stage")
        await world.env.settle()
        draft = await create(
            world,
            title="Sketch *night*",
            starts="2026-01-10 20:00",
            ends="2h",
            where="stage",
            channel=stage,
            description="Bring a friend.",
            bring="A pencil",
            capacity=20,
            rsvp_role=world.artists,
            rsvp_closes="6h",
            going_role=world.artists,
            repeat="monthly on the 2nd saturday",
            until="2026-06-30",
            remind="2d, at start",
            image=("a.png", picture()),
        )
        assert draft.ephemeral
        said = say(draft)
        for part in (
            "Sketch \\*night\\*",
            f"<t:{STARTS}:F> – <t:{STARTS + 7200}:t>",
            stage.mention,
            "every month on the second Saturday, until 2026-06-30",
            f"**Next dates:** <t:{STARTS}:f>, <t:{STARTS + 35 * 86400}:f>",
            "0 of 20 going",
            f"**Who:** members with {world.artists.mention}",
            f"**Announced in:** {world.general.mention} (English)",
            "**Pings:** nobody",
            "**Reminders:** 2 days before and at the start",
            f"**Role for those going:** {world.artists.mention}",
            "**Announced:** as soon as you post it",
        ):
            assert part in said, part
        assert [each.filename for each in shown(draft).attachments] == ["picture.png"]
        assert "Going" not in labels(draft)
        assert world.general.history() == []
        assert await events(world) == []

        posted = await save(world, draft)
        assert f"Event #1, **Sketch \\*night\\***, is being announced in {world.general.mention}" in say(posted)
        (event,) = await events(world)
        assert (event.number, event.where, event.channel_id, event.place) == (1, Where.STAGE, stage.id, None)
        assert (event.capacity, event.rsvp_role, event.going_role) == (20, world.artists.id, world.artists.id)
        assert (event.length_seconds, event.rsvp_lead_seconds, event.remind) == (7200, 21_600, [172_800, 0])
        assert (event.bring, event.description) == ("A pencil", "Bring a friend.")
        assert event.rule is not None
        assert event.rule["until"] == "2026-06-30T23:59:00"
        assert [row.starts_at.day for row in (await dates(world, event))[:2]] == [10, 14]
        assert await drafts(world) == []
        (message,) = [each for each in world.general.history() if each.embeds]
        assert [each.split(" ")[0] for each in labels(message)] == ["Going", "Maybe", "Can't"]
        assert [row.kind for row in await world.ledger()] == ["event.posted"]


async def test_with_nothing_missing_it_is_announced_at_once_or_planned(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        now = await create(world, **ONLINE, place="https://meet.example", post_in=world.announcements, post=True)
        assert world.announcements.mention in say(now)
        assert len([each for each in world.announcements.history() if each.embeds]) == 1
        later = await create(world, **ONLINE, announce_at="2026-01-09 09:00", ping=world.artists, post=True)
        assert "It will be announced <t:1767949200:F>" in say(later)
        _, planned = await events(world)
        (row,) = await dates(world, planned)
        assert row.state is OccurrenceState.PLANNED
        assert len([each for each in world.general.history() if each.embeds]) == 0
        await world.sleep(days=8, hours=10)
        await world.restart()
        await world.env.settle()
        (message,) = [each for each in world.general.history() if each.embeds]
        assert message.content == world.artists.mention


async def test_in_person_shows_the_clocks_there_and_takes_an_hour_by_default(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await world.speak(world.organiser, "en", "Asia/Tokyo")
        event = await post(world, where="in-person", place="Gallery Hibiya")
        (message,) = [each for each in world.general.history() if each.embeds]
        assert event.length_seconds == 3600
        assert "On the clocks there: Sat, Jan 10 20:00 – 21:00 (Asia/Tokyo)" in say(message)
        await post(world, title="Online")
        (_, message) = [each for each in world.general.history() if each.embeds]
        assert "clocks there" not in say(message)


async def test_what_is_missing_stays_a_draft_that_says_all_of_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        answer = await create(world, description="Words", until="2026-02-01", post=True)
        said = say(answer)
        for part in ("**Look**: A title", "**When**: When it starts", "**Where it happens**: Where it takes place"):
            assert part in said, part
        async with unchanged(world):
            refused = await press(world.organiser, answer, "ev.d.post")
        assert "A title, such as" in say(shown(refused))
        form = await create(world)
        assert form.modal is not None
        draft = await world.organiser.submit_modal(
            form, {"title": "Walk", "starts": "tomorrow 20:00", "ends": "90m", "where": ["in-person"], "place": "Park"}
        )
        assert "Still missing" not in say(draft)
        await save(world, draft)
        (event,) = await events(world)
        assert (event.where, event.place, event.length_seconds) == (Where.IN_PERSON, "Park", 5400)


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"starts": "2025-06-01 20:00"}, "Write a time still to come"),
    ({"ends": "2026-01-10 19:00"}, "before it"),
    ({"ends": "400 days"}, "is too long"),
    ({"ends": "2027-05-10 20:00"}, "is too long"),
    ({"capacity": 0}, "“0” is no number of places"),
    ({"capacity": -3}, "“\\-3” is no number of places"),
    ({"repeat": "sometimes"}, "I could not read “sometimes” as a rule"),
    ({"remind": "when it rains"}, "I could not read “when it rains”"),
    ({"announce_at": "2025-06-01 09:00"}, "Write a time still to come"),
    ({"image": ("a.png", b"not a picture")}, "a.png"),
    ({"title": "\u200d"}, "The title has nothing that can be seen"),
)


async def test_what_cannot_be_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await world.env.settle()
        async with unchanged(world):
            for options, sentence in REFUSED:
                answer = await create(world, **{**ONLINE, **options}, post=True)
                assert sentence in say(answer), (options, say(answer))
                assert "reference" not in say(answer)
            for actor in (world.member, world.other):
                assert "organiser" in say(await create(world, actor, **ONLINE, post=True)).lower()
        await world.moderator.slash(world.general, "config feature", name="events", enabled=False)
        async with unchanged(world):
            assert "turned off" in say(await create(world, **ONLINE, post=True))


async def test_what_does_not_go_together_is_said_in_the_draft(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        guild = world.guild
        voice, stage = guild.create_voice_channel("Voice"), guild.create_stage_channel("Stage")
        hidden = world.channel_without("hidden", "view_channel")
        await world.env.settle()
        for options, sentence in (
            ({"where": "stage", "channel": voice}, "needs a stage channel"),
            ({"where": "voice", "channel": stage}, "needs a voice channel"),
            ({"where": "text", "channel": stage}, "choose a text channel"),
            ({"where": "stage"}, "The stage channel it takes place in"),
            ({"where": "stage", "channel": stage, "place": "Town hall"}, "“Town hall” does not go with a stage"),
            ({"where": "online", "channel": voice}, "has no channel"),
            ({"where": "in-person"}, "The place, such as"),
            ({"until": "2026-03-01"}, "needs a repetition"),
            ({"repeat": "daily", "ends": "30h"}, "comes again after"),
            ({"rsvp_closes": "2026-01-11 09:00"}, "Answers would close"),
            ({"announce_at": "2026-01-11 09:00"}, "after it starts"),
        ):
            draft = await create(world, **{**ONLINE, **options}, post=True)
            assert sentence in say(draft), (options, say(draft))
            await press(world.organiser, draft, "ev.d.discard")
        assert "I cannot see" in say(await create(world, **{**ONLINE, "where": "text", "channel": hidden}))
        assert await events(world) == []
        assert await drafts(world) == []


async def test_what_the_bot_may_not_do_is_said_with_what_to_do(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        guild = world.guild
        high = guild.create_role("High")
        boss = guild.create_role("Boss", permissions=discord.Permissions(ban_members=True))
        await world.env.settle()
        top = max(role._role.position for role in guild.roles.values())
        world.env.backend.edit_role(guild.id, high.id, {"position": top + 1})
        await world.env.settle()
        for role, sentence in ((high, "is not below my own role"), (boss, "can moderate or change this server")):
            draft = await create(world, **ONLINE, going_role=role, post=True)
            assert sentence in say(draft), say(draft)
        quiet = world.channel_without("quiet", "create_public_threads")
        mute = world.channel_without("mute", "send_messages")
        await world.env.settle()
        assert "I need Send Messages, " in say(await create(world, **ONLINE, post_in=mute))
        assert "cannot open a thread" in say(await create(world, **ONLINE, post_in=quiet))
        without_mentions(world)
        _without(world, "manage_roles", "create_events")
        await world.env.settle()
        draft = await create(world, **ONLINE, going_role=world.artists, ping=world.artists)
        for part in ("I lack Manage Roles", "I lack Create Events", "nobody would be notified"):
            assert part in say(draft), part
        assert await events(world) == []


def _without(world: World, *permissions: str) -> None:
    """Take permissions from every role there is."""
    for role in world.guild.roles.values():
        held = discord.Permissions(role._role.permissions)
        held.update(**dict.fromkeys(permissions, False), administrator=False)
        world.env.backend.edit_role(world.guild.id, role.id, {"permissions": held.value})


async def test_several_places_in_their_languages_and_an_old_one_copied(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await world.moderator.slash(world.general, "config channel", purpose="events", channel=world.announcements)
        await world.moderator.slash(world.general, "config language", language="ja")
        await world.speak(world.organiser, "ko", "Asia/Seoul")
        event = await post(world, repeat="매주", description="함께 그려요", capacity=5)
        assert (event.zone, event.begins) == ("Asia/Seoul", "2026-01-10T20:00:00")
        assert [(each.channel_id, each.language) for each in await posts(world)] == [(world.announcements.id, "ja")]
        await world.speak(world.organiser, "en", "Europe/Berlin")
        draft = await create(world, title="Other")
        panel = await press(world.organiser, draft, "ev.d.copy")
        (select,) = [part for part in components(panel) if part.get("options")]
        assert [each["label"] for each in select["options"]] == ["#1 Sketch night"]
        panel = await world.organiser.select(shown(panel), ["1"], custom_id=select["custom_id"])
        copy = await values(world)
        assert copy == Options(
            runs=timedelta(hours=1),
            zone="Europe/Berlin",
            title="Sketch night",
            description="함께 그려요",
            where=Where.ONLINE,
            capacity=5,
            repeat=Rule(Every.WEEK),
            spots=copy.spots,
        )
        assert "When it starts" in say(panel)


async def test_phrases_are_offered_while_typing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await world.speak(world.organiser, "ja")
        found = await world.organiser.autocomplete(world.general, "event create", "repeat", "毎月最終")
        assert [each["value"] for each in found] == ["毎月最終土曜日", "毎月最終日曜日", "毎月最終金曜日", "毎月最終日"]
        assert await world.organiser.autocomplete(world.general, "event edit", "event", "") == []
