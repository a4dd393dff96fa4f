"""``/help``: each sees what they can do, and every example works when it is copied."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import simcord

from bot.guilds import Feature, Purpose, row_for_update
from bot.i18n import languages, plain, t
from bot.people import Standing
from bot.ports import Topic
from bot.times import parse_duration, parse_instant
from cogs.home.service.topics import topics
from tests.harness import GUILD_ID, Answer, World, choose, components, forge, messages, running_bot, say

INSTANTS = frozenset({"ends", "starts"})
LENGTHS = frozenset({"claim_within", "cooldown"})
# Features and the topics they add are told one by one, so that a test names those it is about.
SOME = ("home", "config", "privacy", "giveaways", "polls")
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


async def ask(world: World, actor: simcord.MemberActor) -> Answer:
    return await actor.slash(world.general, "help")


def offered(answer: Answer) -> list[str]:
    """Return the topics in the select."""
    (select,) = [each for each in components(answer) if each["custom_id"] == "help.topic"]
    return [option["value"] for option in select["options"]]


def example_commands(world: World, language: str) -> list[str]:
    """Return what can be copied, of the pages that are always there and of those each feature adds."""
    told = (*topics(), *world.platform.topics)
    return [plain(language, example.command) for topic in told for example in topic.examples]


async def pages(actor: simcord.MemberActor, answer: Answer) -> str:
    """Return what all pages of a topic say."""
    told = say(answer)
    while (last := components(answer)[-1])["custom_id"].startswith("page:") and not last.get("disabled"):
        answer = await actor.click(messages(answer)[-1], custom_id=last["custom_id"])
        told += say(answer)
    return told


async def test_it_knows_who_is_asking(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=SOME) as world:
        helper = world.guild.create_role("Helpers")
        async with world.platform.database.write() as tx:
            (await row_for_update(tx.session, GUILD_ID)).places = {Purpose.STAFF.value: helper.id}
        staff = world.add_member("staff", helper)
        seen: list[list[str]] = []
        for actor, you in (
            (world.member, "You take part"),
            (staff, "You are staff"),
            (world.organiser, "You are an organiser"),
            (world.moderator, "You are a moderator"),
        ):
            answer = await ask(world, actor)
            assert you in say(answer)
            assert all(message.flags.ephemeral for message in messages(answer))
            seen.append(offered(answer))
        member = ["mine", "giveaways", "privacy", "voting", "heard"]
        organiser = ["running", "after", "times", "polling", "answering"]
        assert seen[0] == member
        assert sorted(seen[1]) == sorted([*member, "stand"])
        assert sorted(seen[2]) == sorted([*seen[1], *organiser])
        assert sorted(seen[3]) == sorted([*seen[2], "setup", "log"])


async def test_topics_open_in_place_and_lead_back(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        answer = await choose(world.organiser, await ask(world, world.organiser), "help.topic", "running")
        told = await pages(world.organiser, answer)
        assert "`/giveaway start`" in told
        assert "`/giveaway cancel giveaway:1 reason:" in told
        answer = await choose(world.organiser, answer, "help.topic", "start")
        assert "You are an organiser" in say(answer)


async def test_topics_for_others_stay_closed(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        for forged in ("setup", "running", "nonsense"):
            answer = await forge(world.member, world.general, "help.topic", values=[forged])
            assert "You take part" in say(answer)


async def test_features_that_are_off_are_left_out(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=SOME) as world:
        async with world.platform.database.write() as tx:
            (await row_for_update(tx.session, GUILD_ID)).disabled = [Feature.GIVEAWAYS.value]
        assert offered(await ask(world, world.organiser)) == [
            "mine",
            "privacy",
            "voting",
            "heard",
            "polling",
            "answering",
        ]


async def test_other_features_add_topics(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("home",)) as world:
        word = t("help.title")
        for name, command in (("extra", "my"), ("absent", "nothing")):
            world.platform.topics.append(Topic(name, Standing.MEMBER, command, title=word, summary=word, text=word))
        assert offered(await ask(world, world.member)) == ["mine", "extra"]


@pytest.mark.parametrize("language", languages())
async def test_every_topic_in_every_language(tmp_path: Path, language: str) -> None:
    async with running_bot(tmp_path) as world:
        await world.speak(world.moderator, language)
        answer = await ask(world, world.moderator)
        shown = ""
        for name in offered(answer):
            answer = await choose(world.moderator, answer, "help.topic", name)
            shown += await pages(world.moderator, answer)
        for command in example_commands(world, language):
            assert f"`{command}`" in shown


async def test_it_works_after_a_restart(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("home",)) as world:
        answer = await ask(world, world.member)
        await world.restart()
        assert "`/my show`" in say(await choose(world.member, answer, "help.topic", "mine"))


def leaves(command: dict[str, Any], path: str = "") -> dict[str, dict[str, dict[str, Any]]]:
    """Return the options of each command that can be run, by its full name."""
    name = f"{path}/{command['name']}" if not path else f"{path} {command['name']}"
    options = command.get("options") or []
    inner = [option for option in options if option["type"] in (1, 2)]
    if not inner:
        return {name: {option["name"]: option for option in options}}
    return {found: spec for each in inner for found, spec in leaves(each, name).items()}


def read(command: str, known: dict[str, dict[str, dict[str, Any]]]) -> tuple[str, dict[str, str]]:
    """Take a command apart as Discord does when it is pasted: its name, and the options it has."""
    names = [name for name in known if command == name or command.startswith(f"{name} ")]
    assert len(names) == 1, f"{command!r} names {names}"
    (name,) = names
    parts = re.split(r"(?:^| )([a-z_]+):", command.removeprefix(name))
    assert parts[0] == "", f"{command!r} has words before its first option"
    return name, dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("language", languages())
async def test_examples_are_accepted_by_the_commands_there_are(tmp_path: Path, language: str) -> None:
    async with running_bot(tmp_path) as world:
        known = {name: spec for command in world.commands() for name, spec in leaves(command).items()}
        for command in example_commands(world, language):
            name, given = read(command, known)
            options = known[name]
            assert given.keys() <= options.keys(), f"{command!r} has options that {name} has not"
            required = {each for each, option in options.items() if option.get("required")}
            assert required <= given.keys(), f"{command!r} lacks {required - given.keys()}"
            for option, value in given.items():
                accepted(options[option], value, language)


def accepted(option: dict[str, Any], value: str, language: str) -> None:
    """Fail unless Discord takes a value for an option, and the bot understands it."""
    assert value
    if choices := option.get("choices"):
        assert value in {str(choice["value"]) for choice in choices}
    match option["type"]:
        case 4:
            assert int(value) >= option.get("min_value", 1)
            assert int(value) <= option.get("max_value", 10**6)
        case 5:
            assert value in {"true", "false"}
        case kind:
            assert kind == 3, "a role, channel or member cannot be copied from one server to another"
    if option["name"] in INSTANTS:
        assert parse_instant(value, now=NOW, zone=ZoneInfo("Asia/Seoul")) > NOW
    if option["name"] in LENGTHS:
        assert parse_duration(value)


async def test_every_command_is_among_the_examples(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        known = {name: spec for command in world.commands() for name, spec in leaves(command).items()}
        roots = {name.split()[0] for name in known} - {"/help"}
        assert roots == {command.split()[0] for command in example_commands(world, "en")}


async def test_a_copied_example_is_answered(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        known = {name: spec for command in world.commands() for name, spec in leaves(command).items()}
        for command in example_commands(world, "en"):
            name, given = read(command, known)
            values: dict[str, Any] = {
                option: {4: int, 5: "true".__eq__}.get(known[name][option]["type"], str)(value)
                for option, value in given.items()
            }
            answer = await world.moderator.slash(world.general, name[1:], **values)
            assert answer.acknowledged, command
            assert answer.modal is not None or say(answer), command
            assert "reference" not in say(answer), command
