"""``ikuzo restore``: a backup into a database of either kind, whole or not at all."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import MetaData, Table, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alone import alone
from bot.backup import Progress, batch_size, no_progress
from bot.database import Database
from bot.migrate import Migrations, reachable
from bot.pieces import cut, drop_pieces
from bot.portable import MANIFEST, Entry, Manifest, kept_columns, kept_tables, load_manifest, load_row, writable
from bot.refusal import Refusal
from bot.shape import Misshapen

_MAX_MANIFEST_BYTES: Final = 1024 * 1024
_BLOCK: Final = 1024 * 1024


async def restore(
    database_url: str, path: Path, *, metadata: MetaData, replace: bool = False, progress: Progress = no_progress
) -> Manifest:
    """Fill a database from a backup; one that holds anything only where *replace* says so.

    The whole file is checked before anything is changed, and everything is changed in one transaction. Raises
    :class:`~bot.refusal.Refusal`.
    """
    tables = kept_tables(metadata)
    migrations = Migrations(database_url)
    with _opened(path) as archive:
        manifest = _manifest(archive)
        _check_fit(manifest, tables, migrations.newest)
        for entry in manifest.tables:
            _check_digest(archive, entry)
        with alone(database_url):
            await migrations.up()
            async with reachable(), _writing(database_url) as connection:
                await _clear(connection, metadata.sorted_tables, replace=replace)
                for source, entry in zip(tables, manifest.tables, strict=True):
                    await _fill(connection, archive, source, entry, progress)
                for source in tables:
                    await connection.run_sync(cut, source)
    return manifest


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as error:
        raise Refusal(f"The file {path} cannot be read: {error.strerror or type(error).__name__}.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, Misshapen) as error:
        raise Refusal(f"The file {path} is no whole backup of Ikuzo: {error}.") from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    with archive.open(MANIFEST) as file:
        data = file.read(_MAX_MANIFEST_BYTES + 1)
    try:
        parsed: object = json.loads(data)
    except (ValueError, RecursionError):
        raise Misshapen(f"{MANIFEST} is not JSON") from None
    return load_manifest(parsed)


def _check_fit(manifest: Manifest, tables: Sequence[Table], newest: str) -> None:
    """Refuse a backup of another schema: its rows would not be what this code takes them for."""
    if manifest.revision != newest:
        raise Refusal(
            f"The backup has the schema {manifest.revision}, this version of Ikuzo has {newest}: restore it with the "
            "version that made it, then run ikuzo migrate with this one."
        )
    here = [(table.name, tuple(column.name for column in kept_columns(table))) for table in tables]
    if here != [(entry.name, entry.columns) for entry in manifest.tables]:
        raise Refusal("The backup has other tables or columns than this version of Ikuzo: restore it with its own.")


def _check_digest(archive: zipfile.ZipFile, entry: Entry) -> None:
    digest = hashlib.sha256()
    with archive.open(entry.member) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != entry.sha256:
        raise Misshapen(f"{entry.member} was changed: its digest is another one")


@asynccontextmanager
async def _writing(database_url: str) -> AsyncIterator[AsyncConnection]:
    database = Database(database_url)
    try:
        async with database.write() as tx:
            yield await tx.session.connection()
    finally:
        await database.close()


async def _clear(connection: AsyncConnection, tables: Sequence[Table], *, replace: bool) -> None:
    """Make sure that nothing is there; what is there goes only where it may."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables)
        # A bot that still runs waits until everything is there.
        await connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
    else:
        await connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    for table in reversed(tables):
        if replace:
            await connection.execute(delete(table))
        elif (await connection.execute(select(1).select_from(table).limit(1))).first() is not None:
            raise Refusal(
                f"The database is not empty (table {table.name} has rows): name another in DATABASE_URL, or repeat "
                "with --replace to lose what is there."
            )
    for table in tables:
        await connection.run_sync(drop_pieces, table)


async def _fill(
    connection: AsyncConnection, archive: zipfile.ZipFile, source: Table, entry: Entry, progress: Progress
) -> None:
    load, target, done = load_row(source), insert(writable(source)), 0
    progress(source.name, done, entry.rows)
    with archive.open(entry.member) as lines:
        while batch := list(islice(lines, batch_size(source))):
            try:
                rows = [load(line) for line in batch]
            except (ValueError, TypeError, RecursionError):
                raise Misshapen(
                    f"{entry.member} has a line, one of {len(batch)} from {done + 1}, that is no row"
                ) from None
            await connection.execute(target, rows)
            done += len(batch)
            progress(source.name, done, entry.rows)
    await _advance_sequence(connection, source)


async def _advance_sequence(connection: AsyncConnection, source: Table) -> None:
    """Have PostgreSQL number new rows after the restored ones; SQLite does by itself."""
    key = source.autoincrement_column
    if connection.dialect.name != "postgresql" or key is None:
        return
    sequence = func.pg_get_serial_sequence(source.name, key.name)
    last = select(func.max(key)).scalar_subquery()
    await connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
