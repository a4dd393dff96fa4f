"""Backup and restore: everything, from one state, into either database, whole or not at all."""

import asyncio
import hashlib
import json
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import (
    JSON,
    Boolean,
    Integer,
    LargeBinary,
    Table,
    TypeDecorator,
    func,
    insert,
    select,
)

from bot.alone import alone
from bot.backup import backup
from bot.database import Database
from bot.migrate import upgrade
from bot.pieces import in_pieces
from bot.portable import dump_row, kept_columns, kept_tables, load_row, writable
from bot.refusal import Refusal
from bot.restore import restore
from migrations.models import metadata

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 7


def value_for(kind: Any, number: int, random: Random) -> Any:
    """Make up a value as it is stored, different for each number."""
    match kind.impl_instance if isinstance(kind, TypeDecorator) else kind:
        case JSON():
            return random.choice(({"n": number, "日本": [None, 1.5, "\n"]}, [number], "text", number, {}))
        case Boolean():
            return number % 2 == 0
        case Integer():
            return number
        case LargeBinary():
            return random.randbytes(40) + bytes([number])
        case _:
            return f"{number} 日本 'quoted\" \\ \n"[:32]


async def fill(url: str) -> None:
    """Put rows into every table, children of the row with the same number."""
    random = Random(7)
    await upgrade(url)
    database = Database(url)
    async with database.write() as tx:
        connection = await tx.session.connection()
        for table in metadata().sorted_tables:
            if in_pieces(table):
                # Of pieces, only the shape is among the tables; tests/polls has backups of them.
                continue
            rows = [
                {
                    column.name: None if column.nullable and number % 3 == 0 else value_for(column.type, number, random)
                    for column in table.columns
                }
                for number in range(1, ROWS + 1)
            ]
            await connection.execute(insert(stored(table)), rows)
    await database.close()


def stored(table: Table) -> Any:
    """Return a table to insert into as it is stored, with the columns that backups leave out."""
    kept = [sqlalchemy.column(each.name, each.type) for each in writable(table).columns]
    left = [sqlalchemy.column(each.name) for each in table.columns if each.name not in {one.name for one in kept}]
    return sqlalchemy.table(table.name, *kept, *left)


async def counts(url: str) -> dict[str, int]:
    database = Database(url)
    async with database.read() as session:
        found = {
            table.name: await session.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata().sorted_tables
            if not in_pieces(table)
        }
    await database.close()
    return found


async def save(url: str, path: Path) -> dict[str, str]:
    """Back up and return the digest of each table."""
    manifest = await backup(url, path, metadata=metadata(), now=NOW)
    return {entry.name: entry.sha256 for entry in manifest.tables}


def rewrite(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Copy a backup with something in it changed."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def resign(manifest: dict[str, Any]) -> bytes:
    content = {name: value for name, value in manifest.items() if name != "digest"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return json.dumps({**content, "digest": hashlib.sha256(text.encode()).hexdigest()}).encode()


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A backup of a SQLite database with rows in every table."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'full.db'}"
    path = tmp_path / "full.backup"

    async def make() -> None:
        await fill(url)
        await save(url, path)

    asyncio.run(make())
    return path


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
async def test_everything_arrives_in_either_database(
    either_url: str, target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from tests.postgres import fresh_database

    await fill(either_url)
    before = await save(either_url, tmp_path / "first.backup")
    assert before.keys() == metadata().tables.keys()
    if target == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'target.db'}"
        await restore(url, tmp_path / "first.backup", metadata=metadata())
        assert await save(url, tmp_path / "second.backup") == before
    else:
        with fresh_database() as url:
            await restore(url, tmp_path / "first.backup", metadata=metadata())
            assert await save(url, tmp_path / "second.backup") == before
            assert await counts(url) == dict.fromkeys(await counts(either_url), ROWS)


async def test_new_rows_are_numbered_after_the_restored_ones(either_url: str, full: Path) -> None:
    await restore(either_url, full, metadata=metadata())
    database = Database(either_url)
    table = metadata().tables["deadlines"]
    values = {"kind": "new", "subject": 1, "due_at": NOW, "wake_at": NOW, "state": "pending", "attempts": 0}
    async with database.write() as tx:
        key = (await tx.session.execute(insert(table).values(values).returning(table.c.id))).scalar_one()
    await database.close()
    assert key == ROWS + 1


async def test_a_backup_is_one_state_while_others_write(either_url: str, tmp_path: Path) -> None:
    await fill(either_url)
    written: list[str] = []

    def write(table: str, done: int, total: int) -> None:
        # Between the first table and the last, somebody adds a row to the last.
        if not written:
            written.append(table)
            with ThreadPoolExecutor(max_workers=1) as thread:
                thread.submit(asyncio.run, add_remembered(either_url)).result()

    await backup(either_url, tmp_path / "one.backup", metadata=metadata(), now=NOW, progress=write)
    with zipfile.ZipFile(tmp_path / "one.backup") as archive:
        entries = json.loads(archive.read("manifest.json"))["tables"]
    assert {entry["name"]: entry["rows"] for entry in entries}["remembered"] == ROWS
    assert (await counts(either_url))["remembered"] == ROWS + 1


async def add_remembered(url: str) -> None:
    database = Database(url)
    async with database.write() as tx:
        await tx.session.execute(insert(metadata().tables["remembered"]).values(name="meanwhile", value="x"))
    await database.close()


def test_the_file_is_private_and_replaced_whole(full: Path) -> None:
    assert stat.S_IMODE(full.stat().st_mode) == 0o600
    assert not list(full.parent.glob("*.part"))


async def test_a_marked_column_stays_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'source.db'}"
    await fill(url)
    monkeypatch.setitem(metadata().tables["deliveries"].c.error.info, "backup", False)
    await save(url, tmp_path / "marked.backup")
    with zipfile.ZipFile(tmp_path / "marked.backup") as archive:
        entries = {entry["name"]: entry for entry in json.loads(archive.read("manifest.json"))["tables"]}
    assert "error" not in entries["deliveries"]["columns"]
    target = f"sqlite+aiosqlite:///{tmp_path / 'target.db'}"
    await restore(target, tmp_path / "marked.backup", metadata=metadata())
    with sqlite3.connect(tmp_path / "target.db") as connection:
        assert connection.execute("SELECT DISTINCT error FROM deliveries").fetchall() == [(None,)]


async def test_a_marked_table_stays_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'source.db'}"
    await fill(url)
    monkeypatch.setitem(metadata().tables["remembered"].info, "backup", False)
    assert "remembered" not in await save(url, tmp_path / "marked.backup")


def test_what_stays_out_can_be_done_without() -> None:
    for table in metadata().sorted_tables:
        for column in set(table.columns) - set(kept_columns(table)):
            assert column.nullable, f"{table.name}.{column.name} is left out of backups, so it must be nullable"


def test_every_table_has_a_form_and_tables_form_no_circle() -> None:
    tables = kept_tables(metadata())
    for number, table in enumerate(tables):
        dump_row(table)
        load_row(table)
        parents = {key.column.table for key in table.foreign_keys}
        assert parents <= {*tables[:number], table}, table.name


async def test_a_database_that_holds_something_is_left_alone(either_url: str, full: Path) -> None:
    await upgrade(either_url)
    await add_remembered(either_url)
    with pytest.raises(Refusal, match=r"not empty \(table remembered has rows\).*--replace"):
        await restore(either_url, full, metadata=metadata())
    found = await counts(either_url)
    assert found.pop("remembered") == 1
    assert set(found.values()) == {0}


async def test_replace_takes_the_place_of_what_is_there(either_url: str, full: Path) -> None:
    await upgrade(either_url)
    await add_remembered(either_url)
    await restore(either_url, full, metadata=metadata(), replace=True)
    assert set((await counts(either_url)).values()) == {ROWS}
    await restore(either_url, full, metadata=metadata(), replace=True)
    assert set((await counts(either_url)).values()) == {ROWS}


def spoil_line(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.endswith("-deliveries.jsonl"))
    members[name] = members[name].replace(b"1", b"2", 1)


def spoil_manifest(members: dict[str, bytes]) -> None:
    members["manifest.json"] = members["manifest.json"].replace(b'"rows": 7', b'"rows": 6', 1)


def drop_member(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.endswith("-deliveries.jsonl"))]


def drop_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def another_format(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    members["manifest.json"] = resign({**manifest, "format": "ikuzo-backup/2"})


def another_schema(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    members["manifest.json"] = resign({**manifest, "revision": "9999"})


def another_column(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    manifest["tables"][0]["columns"].append("more")
    members["manifest.json"] = resign(manifest)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (spoil_line, "no whole backup of Ikuzo: .*deliveries.jsonl was changed"),
        (spoil_manifest, "no whole backup of Ikuzo: manifest.json was changed"),
        (drop_member, "no whole backup of Ikuzo: .*deliveries.jsonl"),
        (drop_manifest, "no whole backup of Ikuzo: .*manifest.json"),
        (another_format, 'must be "ikuzo-backup/1", not "ikuzo-backup/2"'),
        (another_schema, "has the schema 9999, this version of Ikuzo has .*: restore it with the version that made it"),
        (another_column, "other tables or columns"),
    ],
)
async def test_a_changed_backup_touches_nothing(
    full: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], reason: str
) -> None:
    spoiled = rewrite(full, tmp_path / "spoiled.backup", change)
    with pytest.raises(Refusal, match=reason):
        await restore(f"sqlite+aiosqlite:///{tmp_path / 'target.db'}", spoiled, metadata=metadata())
    assert not list(tmp_path.glob("target*"))


@pytest.mark.parametrize("length", [0, 10, 2000])
async def test_a_file_cut_short_is_refused(full: Path, tmp_path: Path, length: int) -> None:
    full.write_bytes(full.read_bytes()[:length])
    with pytest.raises(Refusal, match="no whole backup of Ikuzo"):
        await restore(f"sqlite+aiosqlite:///{tmp_path / 'target.db'}", full, metadata=metadata())


async def test_a_row_the_database_refuses_undoes_everything(either_url: str, full: Path, tmp_path: Path) -> None:
    def break_row(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        entry = next(entry for entry in manifest["tables"] if entry["name"] == "remembered")
        members[entry["member"]] = b'["name",null]\n'
        entry["sha256"] = hashlib.sha256(members[entry["member"]]).hexdigest()
        members["manifest.json"] = resign(manifest)

    await upgrade(either_url)
    await add_remembered(either_url)
    broken = rewrite(full, tmp_path / "broken.backup", break_row)
    with pytest.raises(Refusal):
        await restore(either_url, broken, metadata=metadata(), replace=True)
    found = await counts(either_url)
    assert found.pop("remembered") == 1
    assert set(found.values()) == {0}


async def test_nothing_is_restored_under_a_running_bot(full: Path, database_url: str) -> None:
    with alone(database_url), pytest.raises(Refusal, match=r"Another ikuzo process uses .*: stop it first"):
        await restore(database_url, full, metadata=metadata())


async def test_an_old_schema_is_not_backed_up(either_url: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="run ikuzo migrate first"):
        await backup(either_url, tmp_path / "none.backup", metadata=metadata(), now=NOW)
    assert not (tmp_path / "none.backup").exists()


async def test_files_that_are_not_there_and_folders_that_cannot_be_written(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"gone\.backup cannot be read: No such file"):
        await restore(database_url, tmp_path / "gone.backup", metadata=metadata())
    await upgrade(database_url)
    with pytest.raises(Refusal, match="cannot be written: No such file"):
        await backup(database_url, tmp_path / "no" / "folder.backup", metadata=metadata(), now=NOW)
