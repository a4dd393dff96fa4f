"""The commands of ``/config`` that set and show something: for moderators alone, written down, and answered."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.backend import serializers

from bot.guilds import CHANNELS, ROLES, Feature, Purpose
from tests.harness import GUILD_ID, World, labels, press, running_bot, say

COMMANDS = ("setup", "show", "log", "check", "reset")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running_bot(tmp_path, features=("config",)) as running:
        yield running


async def config(world: World, command: str, /, **options: Any) -> str:
    answer = await world.moderator.slash(world.general, f"config {command}", **options)
    assert answer.ephemeral
    return say(answer)


async def test_a_channel_is_set_for_each_purpose_shown_and_cleared(world: World) -> None:
    for purpose in CHANNELS:
        said = await config(world, "channel", purpose=purpose.value, channel=world.log)
        assert world.log.mention in said
        assert (await world.config()).place(purpose) == world.log.id
    assert (await config(world, "show")).count(world.log.mention) == len(CHANNELS)
    assert "no channel any more" in await config(world, "channel", purpose="log")
    assert (await world.config()).place(Purpose.LOG) is None
    assert (await world.config()).place(Purpose.POLLS) == world.log.id


async def test_a_role_is_set_for_each_purpose_shown_and_cleared(world: World) -> None:
    for purpose in ROLES:
        said = await config(world, "role", purpose=purpose.value, role=world.artists)
        assert world.artists.mention in said
        assert (await world.config()).place(purpose) == world.artists.id
    assert (await config(world, "show")).count(world.artists.mention) == len(ROLES)
    assert "no role any more" in await config(world, "role", purpose="staff")
    assert (await world.config()).place(Purpose.STAFF) is None


async def test_a_feature_of_which_nothing_runs_is_turned_off_and_on_at_once(world: World) -> None:
    assert "off" in await config(world, "feature", name="polls", enabled=False)
    assert not (await world.config()).enabled(Feature.POLLS)
    assert (await world.config()).enabled(Feature.GIVEAWAYS)
    assert "**Polls**: off" in await config(world, "show")
    assert "on" in await config(world, "feature", name="polls", enabled=True)
    assert (await world.config()).enabled(Feature.POLLS)


async def test_the_zone_is_read_as_people_write_it_and_shown_with_its_time(world: World) -> None:
    said = await config(world, "timezone", zone="서울")
    assert "Asia/Seoul" in said
    assert "09:00" in said
    assert (await world.config()).zone == "Asia/Seoul"
    assert "Asia/Seoul, 09:00 now" in await config(world, "show")
    await config(world, "timezone", zone="utc+5:30")
    assert (await world.config()).zone == "UTC+5:30"


async def test_zones_are_suggested_with_their_time(world: World) -> None:
    choices = await world.moderator.autocomplete(world.general, "config timezone", "zone", "toky")
    assert {"name": "Asia/Tokyo · 09:00", "value": "Asia/Tokyo"}.items() <= choices[0].items()
    assert len(await world.moderator.autocomplete(world.general, "config timezone", "zone", "")) == 25


async def test_an_unknown_zone_is_refused_with_suggestions(world: World) -> None:
    said = await config(world, "timezone", zone="Asia/Seol")
    assert "Asia/Seol" in said
    assert "Asia/Seoul" in said
    assert not (await world.config()).zone_is_set
    assert await world.ledger() == []


async def test_the_language_is_that_of_public_posts_not_of_private_answers(world: World) -> None:
    assert "日本語" in await config(world, "language", language="ja")
    assert (await world.config()).language == "ja"
    assert "**Giveaways**: on" in await config(world, "show")


async def test_the_language_is_the_servers_own_until_it_is_set(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("config",), locale="ko") as world:
        assert (await world.config()).language == "ko"
        assert "한국어 (the server's own)" in await config(world, "show")
        await config(world, "language", language="en")
        assert "English" in await config(world, "show")
        assert "English (the server's own)" not in await config(world, "show")


async def test_reset_asks_first_and_puts_everything_back(world: World) -> None:
    await config(world, "channel", purpose="polls", channel=world.log)
    await config(world, "timezone", zone="tokyo")
    await config(world, "feature", name="events", enabled=False)
    asked = await world.moderator.slash(world.general, "config reset")
    assert (await world.config()).zone == "Asia/Tokyo"
    kept = await press(world.moderator, asked, "cfg.reset:no")
    assert "stay" in say(kept)
    assert (await world.config()).zone == "Asia/Tokyo"
    asked = await world.moderator.slash(world.general, "config reset")
    assert "default" in say(await press(world.moderator, asked, "cfg.reset:yes"))
    now = await world.config()
    assert (now.places, now.zone_is_set, now.enabled(Feature.EVENTS)) == ({}, False, True)
    assert [row.kind for row in await world.ledger()][-1] == "config.reset"


async def test_each_change_is_a_row_by_whoever_made_it_and_no_change_is_none(world: World) -> None:
    for _ in range(2):
        await config(world, "feature", name="polls", enabled=False)
        await config(world, "channel", purpose="log", channel=world.log)
        await config(world, "role", purpose="organiser", role=world.organisers)
        await config(world, "timezone", zone="tokyo")
        await config(world, "language", language="ko")
    rows = await world.ledger()
    assert [(row.kind, dict(row.facts)) for row in rows] == [
        ("config.changed", {"setting": "feature", "feature": "polls", "enabled": False}),
        ("config.changed", {"setting": "channel", "purpose": "log", "channel_id": str(world.log.id)}),
        ("config.changed", {"setting": "role", "purpose": "organiser", "role_id": str(world.organisers.id)}),
        ("config.changed", {"setting": "timezone", "before": None, "after": "Asia/Tokyo"}),
        ("config.changed", {"setting": "language", "before": None, "after": "ko"}),
    ]
    assert {row.actor.value for row in rows if row.actor is not None} == {str(world.moderator.id)}


async def test_the_log_channel_is_told_as_soon_as_it_is_set(world: World) -> None:
    await config(world, "channel", purpose="log", channel=world.log)
    (told,) = world.log.history()
    assert world.log.mention in say(told)


async def test_the_log_is_paged_from_the_row_that_was_the_last_when_it_was_opened(world: World) -> None:
    for zone in ("tokyo", "seoul") * 6:
        await config(world, "timezone", zone=zone)
    opened = await world.moderator.slash(world.general, "config log")
    assert [f"`{row}`" in say(opened) for row in (12, 3, 2)] == [True, True, False]
    assert "1 of 2" in labels(opened)
    await config(world, "timezone", zone="utc")
    second = await press(world.moderator, opened, "page:1")
    assert [f"`{row}`" in say(second) for row in (3, 2, 1)] == [False, True, True]


async def test_organisers_and_members_may_do_none_of_it(world: World) -> None:
    await world.allow_everyone("config")
    for actor in (world.organiser, world.member):
        for name, options in [
            *((name, {}) for name in COMMANDS),
            ("feature", {"name": "polls", "enabled": False}),
            ("channel", {"purpose": "log", "channel": world.log}),
            ("role", {"purpose": "organiser", "role": world.artists}),
            ("timezone", {"zone": "tokyo"}),
            ("language", {"language": "ja"}),
        ]:
            answer = await actor.slash(world.general, f"config {name}", **options)
            assert answer.ephemeral
            assert "Only moderators" in say(answer), name
    assert await world.ledger() == []
    assert (await world.config()).places == {}


async def test_discord_shows_the_commands_to_manage_server_only(world: World) -> None:
    (command,) = [each for each in await world.bot.tree.fetch_commands() if each.name == "config"]
    assert command.default_member_permissions == discord.Permissions(manage_guild=True)
    assert not [name for name in world.member.available_commands(world.general) if name.startswith("config")]
    assert {name.split()[1] for name in world.moderator.available_commands(world.general)} >= {*COMMANDS, "feature"}


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        ("view_channel", "View Channel"),
        ("send_messages", "Send Messages"),
        ("embed_links", "Embed Links"),
    ],
)
async def test_a_channel_in_which_nothing_can_be_posted_is_refused(world: World, denied: str, named: str) -> None:
    closed = world.channel_without("closed", denied)
    said = await config(world, "channel", purpose="log", channel=closed)
    assert named in said
    assert closed.mention in said
    assert (await world.config()).place(Purpose.LOG) is None
    assert await world.ledger() == []


async def test_a_channel_that_lacks_something_less_vital_is_set_and_it_is_said(world: World) -> None:
    quiet = world.channel_without("quiet", "attach_files", "read_message_history")
    said = await config(world, "channel", purpose="giveaways", channel=quiet)
    assert "Attach Files and Read Message History" in said
    assert (await world.config()).place(Purpose.GIVEAWAYS) == quiet.id


@pytest.mark.parametrize("purpose", [purpose.value for purpose in ROLES])
async def test_everyone_and_roles_of_bots_are_refused_for_each_purpose(world: World, purpose: str) -> None:
    of_bot = world.guild.create_role("Another bot", managed=True)
    # Discord tells by a tag that a role is a bot's, which the simulation leaves out.
    payload = {**serializers.role_payload(of_bot._role), "tags": {"bot_id": "1"}}
    world.env.backend.emit("GUILD_ROLE_UPDATE", {"guild_id": str(GUILD_ID), "role": payload})
    for role in (world.guild.default_role, of_bot):
        said = await config(world, "role", purpose=purpose, role=role)
        assert "Choose another role" in said or "choose that" in said
    assert (await world.config()).places == {}
    assert await world.ledger() == []


async def test_roles_that_integrations_give_decide_nothing_but_may_be_excluded(world: World) -> None:
    boosters = world.guild.create_role("Boosters", managed=True)
    assert "integration" in await config(world, "role", purpose="organiser", role=boosters)
    assert boosters.mention in await config(world, "role", purpose="excluded", role=boosters)
    assert (await world.config()).places == {Purpose.EXCLUDED: boosters.id}


@pytest.mark.parametrize(("language", "word"), [("en", "Settings"), ("ja", "設定"), ("ko", "설정")])
async def test_answers_are_in_the_language_of_whoever_asks(world: World, language: str, word: str) -> None:
    await world.speak(world.moderator, language)
    assert word in await config(world, "show")
    refused = await world.moderator.slash(world.general, "config timezone", zone="nowhere at all")
    assert "nowhere at all" in say(refused)


async def test_choices_and_descriptions_are_translated(world: World) -> None:
    (command,) = world.commands()
    (feature,) = [each for each in command["options"] if each["name"] == "feature"]
    assert set(feature["description_localizations"]) == {"ja", "ko"}
    (name,) = [each for each in feature["options"] if each["name"] == "name"]
    assert [choice["value"] for choice in name["choices"]] == ["giveaways", "polls", "events", "wallets"]
    assert name["choices"][1]["name_localizations"] == {"ja": "投票", "ko": "투표"}


async def test_settings_outlive_a_restart(world: World) -> None:
    await config(world, "channel", purpose="polls", channel=world.log)
    await world.restart()
    assert world.log.mention in await config(world, "show")
