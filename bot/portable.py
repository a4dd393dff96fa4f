"""The backup's format: what of the database goes into the file, in a form that either database can take back.

docs/backup.md describes it. Values are the stored ones, before any type of ours makes something of them, so that a
backup moves also what today's code would not understand.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    cast,
    column,
    table,
    type_coerce,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.types import TypeEngine

from bot.shape import Misshapen, Node

FORMAT: Final = "ikuzo-backup/1"
MANIFEST: Final = "manifest.json"
_MAX_ROWS: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One table in the file: its rows are the lines of ``member``, ``sha256`` is that of the member's bytes."""

    name: str
    member: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in the file, with the schema's revision and when it was made (whole UTC seconds)."""

    revision: str
    created_at: str
    tables: tuple[Entry, ...]

    def dumps(self) -> bytes:
        content = {"format": FORMAT, **asdict(self)}
        return json.dumps({**content, "digest": _digest(content)}, ensure_ascii=False, indent=1).encode()


def load_manifest(parsed: object) -> Manifest:
    """Read a manifest, checked against its own digest; raises :class:`~bot.shape.Misshapen`."""
    root = Node(parsed, MANIFEST)
    fields = root.fields(("format", "revision", "created_at", "tables", "digest"))
    if fields["format"].text() != FORMAT:
        raise fields["format"].wrong(f'"{FORMAT}"')
    content = {name: node.value for name, node in fields.items() if name != "digest"}
    if _digest(content) != fields["digest"].hex_digits(64):
        raise Misshapen(f"{MANIFEST} was changed: its digest is another one")
    return Manifest(
        revision=fields["revision"].text(),
        created_at=fields["created_at"].text(),
        tables=tuple(_load_entry(node) for node in fields["tables"].items()),
    )


def _load_entry(node: Node) -> Entry:
    fields = node.fields(("name", "member", "columns", "rows", "sha256"))
    return Entry(
        name=fields["name"].text(),
        member=fields["member"].text(),
        columns=tuple(item.text() for item in fields["columns"].items()),
        rows=fields["rows"].integer(0, _MAX_ROWS),
        sha256=fields["sha256"].hex_digits(64),
    )


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def kept_tables(metadata: MetaData) -> list[Table]:
    """Return the tables whose rows go into a backup, parents before children."""
    return [each for each in metadata.sorted_tables if each.info.get("backup", True)]


def kept_columns(source: Table) -> list[Column[Any]]:
    """Return the columns whose values go into a backup: all but those marked ``info={"backup": False}``."""
    return [each for each in source.columns if each.info.get("backup", True)]


def has_blobs(source: Table) -> bool:
    """Say whether rows may be large."""
    return any(isinstance(_stored(each.type), LargeBinary) for each in kept_columns(source))


def select_list(source: Table) -> list[ColumnElement[Any]]:
    """Return what to select of a table, so that every value comes as it is stored."""
    return [
        cast(each, Text) if isinstance(_stored(each.type), JSON) else type_coerce(each, _stored(each.type))
        for each in kept_columns(source)
    ]


def writable(source: Table) -> TableClause:
    """Return a table to insert into, without defaults and types of ours."""
    return table(source.name, *(column(each.name, _taken(each.type)) for each in kept_columns(source)))


def dump_row(source: Table) -> Callable[[Iterable[Any]], bytes]:
    """Return how a selected row becomes a line: a JSON array of its values."""
    dumps = [_dump(each.type) for each in kept_columns(source)]

    def dump(row: Iterable[Any]) -> bytes:
        values = [None if value is None else to(value) for to, value in zip(dumps, row, strict=True)]
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    return dump


def load_row(source: Table) -> Callable[[bytes], dict[str, Any]]:
    """Return how a line becomes a row again; raises ValueError or TypeError for one that is none."""
    columns = kept_columns(source)
    loads = [_load(each.type) for each in columns]

    def load(line: bytes) -> dict[str, Any]:
        values: list[Any] = json.loads(line)
        named = zip(columns, loads, values, strict=True)
        return {each.name: None if value is None else take(value) for each, take, value in named}

    return load


def _stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return what a type of ours is in the database."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _taken(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    # Only so are SQL's NULL and JSON's null told apart.
    return JSON(none_as_null=True) if isinstance(_stored(kind), JSON) else _stored(kind)


def _dump(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    match _stored(kind):
        case LargeBinary():
            return lambda value: b64encode(value).decode()
        case Integer() | Float() | Boolean() | String() | JSON():
            return lambda value: value
        case other:
            raise TypeError(f"a backup has no form for {other!r}")


def _load(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    match _stored(kind):
        case LargeBinary():
            return lambda value: b64decode(value, validate=True)
        case JSON():
            return lambda value: JSON.NULL if (parsed := json.loads(value)) is None else parsed
        case Float():
            return float
        case Boolean():
            return bool
        case Integer():
            return int
        case _:
            return str
