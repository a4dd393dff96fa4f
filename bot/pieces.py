"""Tables kept in pieces: one of each owner's own, so that what must leave no trace can be dropped as a whole.

Of a table that stays, what was deleted or changed can be read from its pages for long. A dropped one is gone:
PostgreSQL removes its files, and SQLite (``secure_delete``) overwrites its pages. The table in the metadata is the
pieces' shape; rows are in it only while a backup is being restored. A backup takes the rows of all pieces, and what is
*beside* them (``Pieces.beside``) it leaves.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection, MetaData, Select, Table, delete, insert, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database

# By the name of the shape: a table's ``info`` would be written into migrations.
_HOW: Final[dict[str, "Pieces"]] = {}
# Any number that nothing else in the database locks.
_BACKUP: Final = 0x696B757A6F


@dataclass(frozen=True, slots=True)
class Pieces:
    """How a table is cut: ``prefix`` and the owner's key name a piece, ``column`` holds that key, ``owners`` have one.

    ``beside`` is the prefix of tables that go with the pieces and into no backup.
    """

    prefix: str
    column: str
    owners: Select[int]
    beside: str


def keep_in_pieces(shape: Table, how: Pieces) -> None:
    """Name a table that is kept in pieces; its module does so once."""
    _HOW[shape.name] = how


def in_pieces(shape: Table) -> bool:
    """Say whether a table is only the shape of pieces."""
    return shape.name in _HOW


@lru_cache(maxsize=1024)
def piece(shape: Table, key: int) -> Table:
    """Return the table of one owner's rows."""
    own = shape.to_metadata(MetaData(), name=f"{_HOW[shape.name].prefix}{key}")
    for constraint in own.constraints:
        # Its name is the shape's, and there is one of each name in PostgreSQL.
        constraint.name = None
    return own


def pieces(connection: Connection, shape: Table) -> Sequence[Table]:
    """Return the pieces there are; of a table that is in one, that table."""
    if not in_pieces(shape):
        return [shape]
    return [piece(shape, key) for key in _keys(connection, _HOW[shape.name].prefix)]


def drop_pieces(connection: Connection, shape: Table) -> None:
    """Drop all pieces and what is beside them, for others that take their place."""
    if not in_pieces(shape):
        return
    for table in pieces(connection, shape):
        table.drop(connection)
    beside = _HOW[shape.name].beside
    for key in _keys(connection, beside):
        Table(f"{beside}{key}", MetaData()).drop(connection)


def cut(connection: Connection, shape: Table) -> None:
    """Bring rows that came out of a backup into pieces, one for each owner there is."""
    if not in_pieces(shape):
        return
    how = _HOW[shape.name]
    for key in connection.scalars(how.owners).all():
        own = piece(shape, key)
        own.create(connection)
        rows = select(*shape.columns).where(shape.c[how.column] == key)
        connection.execute(insert(own).from_select([each.name for each in shape.columns], rows))
    if connection.dialect.name == "postgresql":
        connection.execute(text(f'TRUNCATE "{shape.name}"'))
    else:
        connection.execute(delete(shape))


@asynccontextmanager
async def undropped(database: Database) -> AsyncIterator[None]:
    """Keep pieces from being dropped: what is read for long in one transaction would miss them on PostgreSQL.

    One at a time: a second backup waits for the first.
    """
    if database.is_sqlite:
        yield
        return
    async with database.engine.connect() as connection:
        # Taken before the reading transaction begins, and let go with the connection's own.
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _BACKUP})
        yield


async def droppable(session: AsyncSession) -> bool:
    """Say whether pieces may be dropped in this transaction: not while a backup is made on PostgreSQL.

    Any number of transactions may drop some at once; a backup waits for them.
    """
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(await session.scalar(text("SELECT pg_try_advisory_xact_lock_shared(:lock)"), {"lock": _BACKUP}))


async def until_droppable(session: AsyncSession) -> None:
    """Wait for a backup that is being made on PostgreSQL, so that pieces may be dropped in this transaction."""
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": _BACKUP})


def _keys(connection: Connection, prefix: str) -> list[int]:
    names = inspect(connection).get_table_names()
    found = (re.fullmatch(rf"{re.escape(prefix)}(\d+)", name) for name in names)
    return sorted(int(each[1]) for each in found if each is not None)
