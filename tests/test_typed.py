"""Whatever people type into any option of any command: an answer in a sentence, and nothing unforeseen in the log."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from discord import AppCommandOptionType as Kind

from tests.harness import World, running_bot, say

TYPED: Final = ("9" * 30, "-1", "０", "\u202e\u200d", "<@&1> <@1>, @x=", "1e400 9999999d", "a|b || c" * 40, "٣")
NUMBERS: Final = (-(2**53) + 1, 0, 2**53 - 1)


def subcommands(world: World) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for command in world.commands():
        parts = [each for each in command["options"] if each["type"] == Kind.subcommand.value]
        for part in parts:
            yield f"{command['name']} {part['name']}", part["options"]
        if not parts:
            yield command["name"], command["options"]


def values(world: World, option: Mapping[str, Any], turn: int) -> Any:
    """Return something for an option, another thing each turn."""
    if option.get("choices"):
        return option["choices"][turn % len(option["choices"])]["value"]
    match Kind(option["type"]):
        case Kind.string:
            return TYPED[(turn + len(option["name"])) % len(TYPED)]
        case Kind.integer:
            least, most = option.get("min_value"), option.get("max_value")
            return min(max(NUMBERS[turn % 3], NUMBERS[0] if least is None else least), most or NUMBERS[2])
        case Kind.boolean:
            return turn % 2 == 0
        case Kind.user:
            return world.other
        case Kind.role:
            return (world.artists, world.guild.default_role)[turn % 2]
        case Kind.channel:
            return world.log
        case _:
            return ("file.txt", b"\xff\x00,=1")


async def test_nothing_typed_is_met_with_silence_or_an_error(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        found: list[str] = []
        for name, options in subcommands(world):
            for turn in range(len(TYPED) if options else 1):
                given = {each["name"]: values(world, each, turn) for each in options}
                if turn % 2:
                    given = {each["name"]: given[each["name"]] for each in options if each.get("required")}
                answer = await world.moderator.slash(world.general, name, **given)
                said = say(answer)
                if not (said or answer.modal) or "reference" in said:
                    found.append(f"/{name} {given}: {said}")
        assert found == []
