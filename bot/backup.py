"""``ikuzo backup``: everything in the database into one file, from one consistent state, while the bot runs."""

import hashlib
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from sqlalchemy import MetaData, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database
from bot.files import private_file
from bot.migrate import Migrations, reachable
from bot.pieces import pieces, undropped
from bot.portable import MANIFEST, Entry, Manifest, dump_row, has_blobs, kept_columns, kept_tables, select_list

BATCH: Final = 1000
# Of tables with pictures, so that a batch stays below some hundred megabytes.
BATCH_OF_BLOBS: Final = 16

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told the table, how many of its rows are done, and how many there are."""


def no_progress(table: str, done: int, total: int) -> None:
    """Tell nobody."""


def batch_size(source: Table) -> int:
    """Return how many rows of a table are held in memory at once."""
    return BATCH_OF_BLOBS if has_blobs(source) else BATCH


async def backup(
    database_url: str, path: Path, *, metadata: MetaData, now: datetime, progress: Progress = no_progress
) -> Manifest:
    """Write a backup to *path*, readable only by its owner; a file there is replaced once the new one is whole.

    Raises :class:`~bot.refusal.Refusal`.
    """
    revision = await Migrations(database_url).require_newest()
    with private_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        async with reachable(), _snapshot(database_url) as connection:
            entries = [
                await _write_table(connection, archive, source, f"tables/{number:03}-{source.name}.jsonl", progress)
                for number, source in enumerate(kept_tables(metadata), 1)
            ]
        manifest = Manifest(revision, f"{now:%Y-%m-%dT%H:%M:%SZ}", tuple(entries))
        archive.writestr(MANIFEST, manifest.dumps())
    return manifest


async def _write_table(
    connection: AsyncConnection, archive: zipfile.ZipFile, source: Table, member: str, progress: Progress
) -> Entry:
    parts = await connection.run_sync(pieces, source)
    total = sum([(await connection.execute(select(func.count()).select_from(part))).scalar_one() for part in parts])
    progress(source.name, 0, total)
    dump, digest, rows = dump_row(source), hashlib.sha256(), 0
    with archive.open(member, "w", force_zip64=True) as lines:
        for part in parts:
            query = select(*select_list(part)).order_by(*part.primary_key.columns)
            result = await connection.stream(query.execution_options(yield_per=batch_size(source)))
            async for partition in result.partitions():
                block = b"".join(map(dump, partition))
                digest.update(block)
                lines.write(block)
                rows += len(partition)
                progress(source.name, rows, total)
    columns = tuple(column.name for column in kept_columns(source))
    return Entry(source.name, member, columns, rows, digest.hexdigest())


@asynccontextmanager
async def _snapshot(database_url: str) -> AsyncIterator[AsyncConnection]:
    """Open a transaction that sees one state of the database, whatever is written meanwhile."""
    database = Database(database_url)
    # SQLite's read transactions do by themselves.
    options = {} if database.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        async with undropped(database), database.read() as session:
            yield await session.connection(execution_options=options)
    finally:
        await database.close()
