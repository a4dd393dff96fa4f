"""Filling in a ballot as a member does: one component after the other, as each was answered."""

import re
from collections.abc import Sequence

from bot.demo.person import Missed, Person, Seen
from bot.demo.reading import components, kinds

PICK = "poll.pick"
RANK = "poll.rank"
_ADD, _CAST = "a", "c"


async def rank(person: Person, ballot: Seen, order: Sequence[int]) -> Seen:
    """Pick options in a ranked ballot, best first, and cast it; returns what was said then."""
    for option in order:
        ballot = await person.chooses(ballot.last, _part(ballot, _ADD), str(option))
    return await person.presses(ballot.last, _part(ballot, _CAST))


async def choose_first(person: Person, ballot: Seen, choice: float) -> None:
    """Vote for one option, first where they are ranked; *choice*, from 0 to below 1, says which."""
    found = kinds(ballot.last) & {PICK, RANK} if ballot.messages else set[str]()
    for kind in found:
        prefix = PICK if kind == PICK else _part(ballot, _ADD)
        (menu,) = [part for part in components(ballot.last) if str(part.get("custom_id")).startswith(f"{prefix}:")]
        option = menu["options"][int(choice * len(menu["options"]))]["value"]
        if kind == PICK:
            await person.chooses(ballot.last, PICK, option)
        else:
            await rank(person, ballot, [int(option)])


def _part(ballot: Seen, action: str) -> str:
    """Return what the custom id of the one component that does this begins with."""
    for part in components(ballot.last):
        found = re.match(rf"{re.escape(RANK)}:\d+:\d+:{action}(?=:)", part.get("custom_id") or "")
        if found is not None:
            return found[0]
    raise Missed("the ballot cannot be filled in further")
