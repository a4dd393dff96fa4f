"""The offer of the setup: once in each server, wherever it can be heard."""

from pathlib import Path
from typing import Any

import simcord

from bot.i18n import plain, t
from tests.harness import World, labels, press, running_bot, say, shown


def fresh(folder: Path, **options: Any) -> Any:
    return running_bot(folder, features=("config",), greeted=False, **options)


async def shut(world: World) -> tuple[simcord.ChannelHandle, simcord.MemberActor]:
    """Be invited to a server in which the bot may post nowhere; return a channel and the owner."""
    guild = world.env.create_guild("Shut")
    channel = guild.create_text_channel("general")
    for role in guild.roles.values():
        world.env.backend.edit_role(guild.id, role.id, {"permissions": 0})
    await world.invite(guild)
    return channel, simcord.MemberActor(world.env, guild, guild.owner)


def hello(channel: simcord.ChannelHandle, language: str = "en") -> list[Any]:
    title = plain(language, t("config.welcome.title"))
    return [message for message in channel.history() if any(embed.title == title for embed in message.embeds)]


async def test_the_first_writable_channel_is_greeted_in_the_servers_language_and_mentions_nobody(
    tmp_path: Path,
) -> None:
    async with fresh(tmp_path, locale="ko") as world:
        await world.invite()
        (message,) = hello(world.general, "ko")
        assert labels(message) == ["설정하기"]
        assert not message.mentions
        assert not message.mention_everyone
        assert world.announcements.history() == []


async def test_the_servers_own_channel_for_such_messages_goes_first(tmp_path: Path) -> None:
    async with fresh(tmp_path) as world:
        guild = world.env.create_guild("Other")
        guild.create_text_channel("rules")
        lobby = guild.create_text_channel("lobby")
        world.env.backend.edit_guild(guild.id, {"system_channel_id": lobby.id})
        await world.invite(guild)
        assert len(hello(lobby)) == 1


async def test_only_moderators_open_the_panel_from_it_and_they_see_it_alone(tmp_path: Path) -> None:
    async with fresh(tmp_path) as world:
        await world.invite()
        (message,) = hello(world.general)
        refused = await press(world.member, message, "cfg.setup")
        assert "Only moderators" in say(refused)
        opened = await press(world.moderator, message, "cfg.setup")
        assert "1 of 5" in say(opened)
        assert shown(opened).flags.ephemeral
        assert len(hello(world.general)) == 1


async def test_it_is_said_once_although_the_bot_restarts_leaves_and_comes_back(tmp_path: Path) -> None:
    async with fresh(tmp_path) as world:
        await world.invite()
        await world.restart()
        await world.invite()
        assert len(hello(world.general)) == 1
        answer = await world.moderator.slash(world.general, "config show")
        assert "has not been set up" not in say(answer)


async def test_a_server_that_is_available_again_is_not_greeted(tmp_path: Path) -> None:
    async with fresh(tmp_path) as world:
        assert hello(world.general) == []


async def test_where_no_channel_takes_it_the_first_moderator_is_told_with_the_first_answer(tmp_path: Path) -> None:
    async with fresh(tmp_path) as world:
        channel, owner = await shut(world)
        first = await owner.slash(channel, "config show")
        assert "has not been set up" in say(first)
        assert shown(first).flags.ephemeral
        assert "1 of 5" in say(await press(owner, first, "cfg.setup"))
        second = await owner.slash(channel, "config show")
        assert "has not been set up" not in say(second)


async def test_a_refused_greeting_is_owed_to_the_first_moderator_and_not_posted_later(tmp_path: Path) -> None:
    async with fresh(tmp_path) as world:
        guild = world.env.create_guild("Late")
        channel = guild.create_text_channel("general")
        world.env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50013)
        await world.invite(guild)
        assert hello(channel) == []
        owner = simcord.MemberActor(world.env, guild, guild.owner)
        assert "has not been set up" in say(await owner.slash(channel, "config show"))
        world.env.backend.edit_channel(channel.id, {"topic": "changed"})
        await world.advance(hours=2)
        assert hello(channel) == []


async def test_opening_the_panel_oneself_makes_the_offer_needless(tmp_path: Path) -> None:
    async with fresh(tmp_path) as world:
        channel, owner = await shut(world)
        for command in ("config setup", "config show"):
            assert "has not been set up" not in say(await owner.slash(channel, command))
