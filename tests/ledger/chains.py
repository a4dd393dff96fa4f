"""Chains to test with, made and written down by the documented rules alone: nothing here uses the project's code."""

import copy
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from hypothesis import strategies as st

Json: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[str | int, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_names = st.sampled_from(["a", "winner", "reason", "x_2", "z" * 32])
_texts = st.text(max_size=6) | st.sampled_from(["賞品 “A”\n🎁", '"\\\x7f\x1f', "\u2028", ""])
_ids = st.integers(1, 2**64 - 1).map(str)
_salts = st.integers(0, 2**128 - 1).map(lambda number: f"{number:032x}")
_facts = _texts | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans() | st.none()


def sealed(salt: str, value: str) -> Json:
    return {"digest": hashlib.sha256(f"{salt}:{value}".encode()).hexdigest(), "salt": salt, "value": value}


def _sealed(values: st.SearchStrategy[str]) -> st.SearchStrategy[Json]:
    return st.builds(sealed, _salts, values)


_instants = st.integers(0, 2**36).map(lambda seconds: f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}")
_bodies = st.fixed_dictionaries(
    {
        "at": _instants,
        "kind": st.sampled_from(["giveaway.posted", "giveaway.drawn", "config.changed", "a.b.c"]),
        "subject": st.sampled_from([None, "giveaway:42", "poll:7", "rule:artist-2"]),
        "actor": st.none() | _sealed(_ids),
        "persons": st.dictionaries(_names, _sealed(_ids), max_size=2),
        "texts": st.dictionaries(_names, _sealed(_texts), max_size=2),
        "facts": st.dictionaries(_names, _facts, max_size=3),
    }
)


def documents(least: int = 1, most: int = 4) -> st.SearchStrategy[Json]:
    """Draw exported ledgers of *least* to *most* rows."""
    return st.builds(document, _ids, st.lists(_bodies, min_size=least, max_size=most))


def document(guild_id: str, bodies: list[Json]) -> Json:
    """Chain *bodies*: rows without number and hash."""
    previous = genesis(guild_id)
    rows: list[Json] = []
    for seq, body in enumerate(copy.deepcopy(bodies), 1):
        row = {"seq": seq, **body}
        previous = row_hash(previous, row)
        rows.append({**row, "hash": previous})
    return {
        "format": "ikuzo-ledger/1",
        "guild_id": guild_id,
        "head": {"seq": len(rows), "hash": previous},
        "rows": rows,
    }


def genesis(guild_id: str) -> str:
    return hashlib.sha256(f"ikuzo-ledger/1\n{guild_id}\n".encode()).hexdigest()


def row_hash(previous: str, row: Json) -> str:
    canonical = {
        "actor": row["actor"] and row["actor"]["digest"],
        "at": row["at"],
        "facts": row["facts"],
        "kind": row["kind"],
        "persons": {name: value["digest"] for name, value in row["persons"].items()},
        "seq": row["seq"],
        "subject": row["subject"],
        "texts": {name: value["digest"] for name, value in row["texts"].items()},
    }
    text = json.dumps(canonical, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(f"{previous}\n{text}\n".encode()).hexdigest()


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every number, text, truth value and null of a document, with the way to it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


def changed(original: Json, path: Path, value: Any) -> Json:
    """Return a copy with another value at the end of *path*."""
    result = copy.deepcopy(original)
    inner: Any = result
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return result


def clear_values(original: Json) -> list[Json]:
    """Return every sealed value of a document's rows, to be erased in place."""
    return [
        value
        for row in original["rows"]
        for value in (*([row["actor"]] if row["actor"] else []), *row["persons"].values(), *row["texts"].values())
    ]
