"""The database: engines, the unit of work, and the types columns have.

SQLite has one write connection behind one lock, and a few for reading; PostgreSQL has a pool and row locks. A reply
that says something happened is sent after :meth:`Database.write` has committed.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final

from sqlalchemy import JSON, BigInteger, Connection, Dialect, Integer, MetaData, String, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, mapped_column

BUSY_TIMEOUT: Final = timedelta(seconds=15)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, kept as whole microseconds since 1970 in both databases.

    Numbers compare the same in either dialect, in statements fed from JSON, and in a backup moved between them.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum by its value: readable in the database, and no schema change when a member is added."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


def micros(when: datetime) -> int:
    """Return an aware instant as microseconds since 1970, exactly; raises ValueError for a naive one."""
    if when.tzinfo is None:
        raise ValueError(f"{when!r} has no zone")
    return (when - _EPOCH) // timedelta(microseconds=1)


def instant(value: int) -> datetime:
    """Return microseconds since 1970 as an aware instant."""
    return _EPOCH + timedelta(microseconds=value)


Snowflake = Annotated[int, mapped_column(BigInteger)]
Key = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)]


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class Transaction:
    """One use case's changes: committed together, and only then told to anyone.

    ``session`` is an ordinary :class:`AsyncSession`. Wake-ups are registered with :meth:`after_commit`.
    """

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self._afterwards: list[Callable[[], None]] = []

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call *callback* once the transaction is on disk; not at all when it is rolled back."""
        self._afterwards.append(callback)

    def committed(self) -> None:
        """Run what waited for the commit, in order."""
        for callback in self._afterwards:
            callback()


class Database:
    """Engines and locks of one database, SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        self.dialect: str = self.url.get_backend_name()
        # The hot-write connection and ordinary write transactions take turns on SQLite, in order of arrival.
        self.write_lock: asyncio.Lock | None = asyncio.Lock() if self.is_sqlite else None
        if self.is_sqlite:
            self._writes = _sqlite_engine(self.url, begin="BEGIN IMMEDIATE", size=1)
            self._reads = _sqlite_engine(self.url, begin="BEGIN", size=4)
        else:
            self._writes = self._reads = create_async_engine(
                self.url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
            )

    @property
    def is_sqlite(self) -> bool:
        return self.dialect == "sqlite"

    @property
    def engine(self) -> AsyncEngine:
        """The engine whose connections may write."""
        return self._writes

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """Open the unit of work: everything in it is committed on leaving, or nothing when it raises.

        Nothing outside the database is awaited inside; what was read before is checked again here.
        """
        if self.write_lock is None:
            async with self._transaction() as transaction:
                yield transaction
        else:
            async with self.write_lock, self._transaction() as transaction:
                yield transaction
        transaction.committed()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        async with AsyncSession(self._writes, expire_on_commit=False) as session:
            transaction = Transaction(session)
            yield transaction
            await session.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a session for reading one consistent state."""
        async with AsyncSession(self._reads, expire_on_commit=False) as session:
            yield session

    async def empty_log(self) -> bool:
        """Write SQLite's log into its file and empty it, so that nothing old is left in it; False while it is read."""
        if self.write_lock is None or self.url.database is None:
            return True
        async with self.write_lock:
            return await asyncio.to_thread(_truncate_log, self.url.database)

    async def close(self) -> None:
        """Close every connection."""
        await self._writes.dispose()
        await self._reads.dispose()


def insert_for(bind: AsyncSession | Connection) -> "Callable[..., sqlite.Insert | postgresql.Insert]":
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    dialect = bind.dialect if isinstance(bind, Connection) else bind.get_bind().dialect
    return sqlite.insert if dialect.name == "sqlite" else postgresql.insert


def _sqlite_engine(url: URL, *, begin: str, size: int) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=size, max_overflow=0, pool_timeout=60, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", prepare_sqlite)
    event.listen(engine.sync_engine, "begin", beginning_with(begin))
    return engine


def _truncate_log(path: str) -> bool:
    connection = sqlite3.connect(path, timeout=1)
    try:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    return not busy


def beginning_with(statement: str) -> Callable[[Connection], None]:
    """Return a listener that begins a transaction with *statement*, instead of the driver's own way."""

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin


def prepare_sqlite(connection: Any, record: object) -> None:
    """Set what our SQLite connections have: write-ahead log, full durability, foreign keys, overwritten deletions.

    The driver's own transactions are off, since it starts deferred ones, which fail under concurrent writers.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={int(BUSY_TIMEOUT.total_seconds() * 1000)}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
