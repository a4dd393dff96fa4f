"""What can be done to a bundle: the pieces of which `tests/vectors/tamper.py` makes its list."""

import copy
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

from cogs.giveaways.rules import draw
from tests.vectors.scenario import reach

Document: TypeAlias = dict[str, Any]
Change: TypeAlias = Callable[[Document], Document]

HERE = Path(__file__).parent
STRANGER = "0" * 31 + "1"
OTHER_HEX = "ab" * 32
QUICKNET_SIGNATURE = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
"""drand's of round 1000, on another network than the vectors'."""


@dataclass(frozen=True)
class Tamper:
    """A falsified bundle: *change* made to *vector* must be refused by *check* with *reason* among its words."""

    name: str
    vector: str
    check: StrEnum
    reason: str
    change: Change | None = None
    raw: Callable[[bytes], bytes] | None = None
    folder: Path = HERE

    def apply(self) -> bytes:
        """Return the falsified file."""
        data = (self.folder / f"{self.vector}.json").read_bytes()
        if self.raw is not None:
            return self.raw(data)
        assert self.change is not None
        return json.dumps(self.change(json.loads(data)), ensure_ascii=False, separators=(",", ":")).encode()


def put(*path: str | int, value: object) -> Change:
    """Return the change that sets the value at *path*."""

    def change(document: Document) -> Document:
        changed: Any = copy.deepcopy(document)
        inner = changed
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = copy.deepcopy(value)
        return changed

    return change


def drop(*path: str | int) -> Change:
    """Return the change that removes what stands at *path*."""

    def change(document: Document) -> Document:
        changed: Any = copy.deepcopy(document)
        inner = changed
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        return changed

    return change


def edit(*path: str | int, by: Callable[[Any], object]) -> Change:
    """Return the change that replaces the value at *path* by what *by* makes of it."""

    def change(document: Document) -> Document:
        found: Any = document
        for step in path:
            found = found[step]
        return put(*path, value=by(copy.deepcopy(found)))(document)

    return change


def both(*changes: Change) -> Change:
    """Return the change that makes several, one after another."""

    def change(document: Document) -> Document:
        for one in changes:
            document = one(document)
        return document

    return change


def swapped(rows: list[Any]) -> list[Any]:
    """Exchange the first two."""
    return [rows[1], rows[0], *rows[2:]]


def off_by(amount: int) -> Callable[[Any], object]:
    """Add to a number."""
    return lambda number: number + amount


def later(milliseconds: int) -> Callable[[Any], object]:
    """Move the time in a message's id."""
    return lambda snowflake: str(int(snowflake) + (milliseconds << 22))


def redrawn(document: Document) -> Document:
    """Return a bundle without beacon in which everything follows from its entrants and seed again, results too.

    Also from a list that nobody may draw from.
    """
    document = copy.deepcopy(document)
    entrants = [(name, weight) for name, weight in document["entrants"]]
    digest = draw.entrants_digest(entrants)
    document["entrants_digest"] = digest
    for message in document["freezes"]:
        message |= {"digest": digest, "entries": len(entrants), "tickets": sum(weight for _, weight in entrants)}
    seed = bytes.fromhex(document["seed"])
    document["commitment"] = draw.commitment(seed)
    key = draw.draw_key(document["giveaway"]["id"], seed, digest, None, None)
    best = {
        name: min((hmac.digest(key, f"{name}:{k}".encode(), "sha256") for k in range(weight)), default=b"\xff" * 33)
        for name, weight in entrants
    }
    document["ranking"] = sorted((name for name, _ in entrants), key=lambda name: (best[name], name))
    at = document["results"][0]["at"]
    document["results"] = [
        {"rank": place.rank, "token": place.token, "user_id": None, "salt": None, "outcome": "won", "reason": None}
        | {"at": at}
        for place in reach(document["ranking"], document["giveaway"]["winners"], ())
    ]
    return document


def one_person_twice(document: Document) -> Document:
    """Put one member on the list under two salts, and let both win."""
    giveaway_id, person = document["giveaway"]["id"], "300000000000000000"
    names = {draw.token(giveaway_id, person, salt): salt for salt in ("0" * 32, "1" * 32)}
    document = redrawn(document | {"entrants": sorted([name, 1] for name in names)})
    for row in document["results"]:
        row |= {"user_id": person, "salt": names[row["token"]]}
    return document


def nobody(document: Document) -> Document:
    return document | {"entrants": [], "ranking": [], "results": []}


def winner_to_third(document: Document) -> Document:
    """Give the first prize to the third in the ranking, name and all."""
    document = copy.deepcopy(document)
    first = document["results"][0]
    first |= {"token": document["ranking"][2], "user_id": None, "salt": None}
    return document


def another_seed(document: Document) -> Document:
    """Change the seed and all that follows from it, but not what was promised."""
    return redrawn(document | {"seed": OTHER_HEX}) | {"commitment": document["commitment"]}


def repeated(field: str) -> Change:
    """Return the change that lists the first of a field twice."""

    def change(document: Document) -> Document:
        return document | {field: [document[field][0], *document[field]]}

    return change


def exclude_first(document: Document) -> Document:
    return document | {"excluded": [[document["entrants"][0][0], "role"]]}


def extra_row(document: Document) -> Document:
    """Append a row that passes over the next in the ranking, whom no prize had reached."""
    document = copy.deepcopy(document)
    rows = document["results"]
    rank = len(rows) + 1
    row = {"rank": rank, "token": document["ranking"][rank - 1], "user_id": None, "salt": None}
    rows.append(row | {"outcome": "passed", "reason": "left", "at": rows[0]["at"]})
    return document


def row_too_many(document: Document) -> Document:
    """Append a place that the ranking does not have."""
    document = copy.deepcopy(document)
    rows = document["results"]
    rows.append(rows[-1] | {"rank": len(rows) + 1})
    return document


def other_signature(document: Document) -> Document:
    """Use the chain's genuine signature of another round."""
    other = json.loads((HERE / "late-freezes.json").read_bytes())["beacon"]
    beacon = document["beacon"] | {"signature": other["signature"], "randomness": other["randomness"]}
    return document | {"beacon": beacon}


def later_freeze(document: Document) -> Document:
    """Add a freeze message after one that counts, drawn from nothing."""
    document = copy.deepcopy(document)
    last = document["freezes"][-1]
    added = last | {"message_id": later(60_000)(last["message_id"]), "at": last["at"].replace("12:00:", "12:01:")}
    if last["round"] is not None:
        added["round"] = last["round"] + 20
    document["freezes"].append(added)
    return document


def freeze_again(document: Document) -> Document:
    return document | {"freezes": [*document["freezes"], document["freezes"][-1]]}
