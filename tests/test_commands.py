"""The commands as Discord was given them: names and types that people rely on, Discord's limits, and the pages in docs.

In the signatures ``name`` must be given and ``[name]`` may be; ``~`` suggests while one types, ``a|b`` are the choices.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final

import pytest_asyncio
from discord import AppCommandOptionType, Permissions

from bot.i18n import languages
from tests.commands import page, path_of
from tests.harness import running_bot

SIGNATURES: Final = """
/my show
/my settings
/browse
/help
/config setup
/config show
/config feature name:giveaways|polls|events|wallets enabled:boolean
/config channel purpose:announcements|giveaways|polls|events|log|answers [channel:channel]
/config role purpose:organiser|staff|excluded|event-ping|giveaway-ping [role:role]
/config timezone zone~
/config language language:en|ja|ko
/config log
/config check
/config reset
/privacy notice
/privacy export
/privacy forget
/giveaway start [prize] [ends] [winners:integer] [description] [image:attachment] [channel:channel] [starts]
 [required_role:role] [excluded_role:role] [bonuses] [account_age] [member_for] [holders_of~] [attended~] [cooldown]
 [claim:none|button|in-person|wallet] [claim_within] [ping:role] [repeat:daily|weekly|monthly] [post:boolean]
/giveaway edit giveaway~
/giveaway end giveaway~
/giveaway cancel giveaway~ reason
/giveaway reroll giveaway~ reason [winner:user] [count:integer]
/giveaway list
/giveaway info giveaway~
/giveaway entrants giveaway~
/giveaway claims giveaway~
/giveaway export giveaway~
/giveaway proof giveaway~
/giveaway redeem [code]
/giveaway airdrop prize winners:integer [rule~] [snapshot~] [per_token:boolean] [at]
/poll create [question] [options] [ends] [kind:single|multiple|ranked|rating] [secrecy:secret|open]
 [results:after|live] [max_choices:integer] [voters:role] [holders_of~] [attended~] [weights~] [quorum]
 [threshold:integer] [write_ins:boolean] [receipts:on|off] [starts] [channel:channel] [answer_owner] [answer_by]
 [ping:role] [image:attachment] [post:boolean]
/poll close poll~
/poll extend poll~ by
/poll edit poll~
/poll results poll~
/poll export poll~ [format:csv|json]
/poll list
/poll respond poll~ status:accepted|partly|declined text [due]
/poll done poll~ text
/poll propose
/event create [title] [starts] [ends] [where:voice|stage|text|online|in-person] [channel:channel] [place]
 [description] [image:attachment] [capacity:integer] [rsvp_role:role] [rsvp_closes] [going_role:role] [bring] [repeat~]
 [until] [remind] [post_in:channel] [announce_at] [ping:role] [post:boolean]
/event edit event~ [scope:this|following|all]
/event cancel event~ reason [scope:this|following|all]
/event announce event~
/event list
/event attendees event~
/event checkin event~
/event export event~
/event calendar
/wallet link [address]
/wallet list
/wallet unlink [wallet~] [member:user]
/wallet status
/wallet refresh
/gate add name role:role chain~ contract standard:erc20|erc721|erc1155 [min] [max] [token_ids]
/gate combine name role:role expression
/gate list
/gate remove rule~
/gate test rule~ member:user
/gate recheck
/gate records
/gate panel
/gate protect member:user
/gate grace length [rule~]
/gate snapshot name [chain~] [contract] [block:integer] [file:attachment]
"""
SUBCOMMAND: Final = AppCommandOptionType.subcommand.value


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def commands(tmp_path_factory: Any) -> AsyncIterator[list[dict[str, Any]]]:
    async with running_bot(tmp_path_factory.mktemp("commands")) as world:
        yield world.commands()


def written(commands: list[dict[str, Any]]) -> Iterator[str]:
    """Return each command in the form of the signatures."""
    for command in commands:
        parts = [each for each in command["options"] if each["type"] == SUBCOMMAND]
        for part in parts:
            yield " ".join((f"/{command['name']} {part['name']}", *map(option, part["options"])))
        if not parts:
            yield " ".join((f"/{command['name']}", *map(option, command["options"])))


def option(each: Mapping[str, Any]) -> str:
    kind = "|".join(choice["value"] for choice in each.get("choices") or ())
    if not kind and each["type"] != AppCommandOptionType.string.value:
        kind = AppCommandOptionType(each["type"]).name
    text = each["name"] + ("~" if each.get("autocomplete") else "") + (f":{kind}" if kind else "")
    return text if each.get("required") else f"[{text}]"


def test_names_and_types_are_those_people_rely_on(commands: list[dict[str, Any]]) -> None:
    assert sorted(written(commands)) == sorted(SIGNATURES.replace("\n ", " ").strip().splitlines())


def test_the_pages_in_docs_are_what_the_commands_are_now(commands: list[dict[str, Any]]) -> None:
    for language in languages():
        there = path_of(language).read_text(encoding="utf-8")
        assert there == page(commands, language), "run: uv run python -m tests.commands"


def test_only_configuring_is_for_moderators_from_the_start(commands: list[dict[str, Any]]) -> None:
    manage = str(Permissions(manage_guild=True).value)
    found = {each["name"]: each["default_member_permissions"] for each in commands}
    assert {name for name, needed in found.items() if needed is not None} == {"config", "gate"}
    assert {str(found["config"]), str(found["gate"])} == {manage}


def test_every_command_fits_into_what_discord_takes(commands: list[dict[str, Any]]) -> None:
    for command in commands:
        for language in languages():
            assert weight(command, language) <= 8_000, (command["name"], language)
        for each in nodes(command):
            assert len(each.get("options") or ()) <= 25
            assert len(each.get("choices") or ()) <= 25
            for language in languages():
                assert 1 <= len(word(each, "description", language)) <= 100 or "value" in each, each["name"]
            required = [option.get("required", False) for option in each.get("options") or ()]
            assert required == sorted(required, reverse=True), each["name"]


def nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in (*(node.get("options") or ()), *(node.get("choices") or ())):
        yield from nodes(child)


def word(node: Mapping[str, Any], name: str, language: str) -> str:
    local = node.get(f"{name}_localizations") or {}
    return str(local.get(language) or node.get(name) or "")


def weight(command: Mapping[str, Any], language: str) -> int:
    """Count the characters of a command as Discord does, in one language."""
    return sum(
        len(word(each, "name", language)) + len(word(each, "description", language)) + len(str(each.get("value") or ""))
        for each in nodes(command)
    )
