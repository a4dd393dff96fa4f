"""Bring the database's schema to the one this code knows, or elsewhere; several processes may try at once."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from asyncpg import InterfaceError, PostgresError
from filelock import AsyncFileLock, Timeout
from sqlalchemy import Connection, NullPool, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.database import prepare_sqlite
from bot.refusal import Refusal

FOLDER: Final = Path(__file__).parents[1] / "migrations"
NOTHING: Final = "base"
_NEWEST: Final = "head"
_WAIT_SECONDS: Final = 120
# "ikuzo" in ASCII: the advisory lock under which one process at a time migrates.
_ADVISORY_LOCK: Final = 0x696B757A6F

log = logging.getLogger(__name__)


class MigrationError(Refusal):
    """The schema cannot be brought there; nothing was changed."""


class Unreachable(Refusal):
    """The database does not let us in, or refuses what we asked of it."""


class Standing(Enum):
    """How a database's schema compares with the one this code knows."""

    EMPTY = auto()
    BEHIND = auto()
    CURRENT = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Position:
    """Where a database's schema is; ``revision`` is None before the first migration, ``newest`` the code's own."""

    standing: Standing
    revision: str | None
    newest: str


async def upgrade(database_url: str) -> None:
    """Bring the schema to the newest revision; nothing happens where it is there. Raises :class:`Refusal`."""
    await Migrations(database_url).up()


class Migrations:
    """The schema of one database, and the ways to move it. *versions* is the folder of revisions."""

    def __init__(self, database_url: str, versions: Path = FOLDER / "versions") -> None:
        self._url = make_url(database_url)
        self._config = Config()
        self._config.set_main_option("path_separator", "os")
        self._config.set_main_option("script_location", _escaped(FOLDER))
        self._config.set_main_option("version_locations", _escaped(versions))
        self._scripts = ScriptDirectory.from_config(self._config)

    @property
    def newest(self) -> str:
        """The revision this code knows as its own."""
        return self._scripts.get_current_head() or NOTHING

    async def up(self, revision: str = _NEWEST) -> None:
        """Go forward to *revision*."""
        await self._move(revision, command.upgrade)

    async def down(self, revision: str) -> None:
        """Go back to *revision*, or to ``base``, before the first; what later revisions added is lost."""
        await self._move(revision, command.downgrade)

    async def position(self) -> Position:
        """Say where the schema is, changing nothing."""
        revision = await self._revision()
        if revision is None:
            standing = Standing.EMPTY
        elif revision == self.newest:
            standing = Standing.CURRENT
        else:
            known = {script.revision for script in self._scripts.walk_revisions()}
            standing = Standing.BEHIND if revision in known else Standing.UNKNOWN
        return Position(standing, revision, self.newest)

    async def require_newest(self) -> str:
        """Return the revision if it is the code's own; raises :class:`MigrationError` otherwise."""
        position = await self.position()
        match position.standing:
            case Standing.CURRENT:
                return position.newest
            case Standing.UNKNOWN:
                raise MigrationError(newer_than_code(position))
            case Standing.EMPTY | Standing.BEHIND:
                raise MigrationError(
                    f"The database has the schema {position.revision or NOTHING}, this version of Ikuzo "
                    f"{position.newest}: run ikuzo migrate first, or use the version the database is used with."
                )

    async def _revision(self) -> str | None:
        if not self._exists():
            return None
        async with reachable(), _connection(self._engine()) as connection:
            return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())

    def _exists(self) -> bool:
        """Whether there is anything to connect to: connecting to a SQLite file makes it."""
        return not self._is_sqlite or Path(self._url.database or "").exists()

    async def run(self, task: Callable[[Config], None]) -> None:
        """Run one of alembic's own commands on the database, in one transaction under the lock."""
        engine = self._engine(migrating=True)
        # Begun here, or else alembic would commit before the references are looked at.
        async with reachable(), self._locked(), _connection(engine) as connection, connection.begin():
            if not self._is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            await connection.run_sync(self._on, task)
            if self._is_sqlite:
                await _check_references(connection)

    def _on(self, connection: Connection, task: Callable[[Config], None]) -> None:
        self._config.attributes["connection"] = connection
        try:
            task(self._config)
        finally:
            del self._config.attributes["connection"]

    async def _move(self, revision: str, move: Callable[[Config, str], None]) -> None:
        known = [script.revision for script in self._scripts.walk_revisions()][::-1]
        if revision not in (*known, NOTHING, _NEWEST):
            raise MigrationError(f"There is no revision {revision}; there are {NOTHING}, {', '.join(known)}.")
        before = await self._revision()
        try:
            await self.run(lambda config: move(config, revision))
        except CommandError as error:
            # Alembic knows the database's revision no more than we do: it was made by code newer than this.
            position = await self.position()
            if position.standing is Standing.UNKNOWN:
                raise MigrationError(newer_than_code(position)) from None
            raise MigrationError(f"The schema cannot be moved to {revision}: {error}.") from error
        if (after := await self._revision()) != before:
            log.info("the schema went from %s to %s", before or NOTHING, after or NOTHING)

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        """Keep other processes out: by a file beside SQLite's; PostgreSQL's lock is taken in the transaction."""
        if not self._is_sqlite:
            yield
            return
        lock = AsyncFileLock(f"{self._url.database}.migrate.lock", timeout=_WAIT_SECONDS)
        try:
            await lock.acquire()
        except Timeout:
            raise MigrationError(
                f"Another process has been migrating {self._url.database} for long; is it stuck?"
            ) from None
        try:
            yield
        finally:
            await lock.release()

    @property
    def _is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def _engine(self, *, migrating: bool = False) -> AsyncEngine:
        engine = create_async_engine(self._url, poolclass=NullPool)
        if self._is_sqlite:
            begin = "BEGIN IMMEDIATE" if migrating else "BEGIN"

            def on_begin(connection: Connection) -> None:
                connection.exec_driver_sql(begin)

            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(engine.sync_engine, "begin", on_begin)
        return engine


def newer_than_code(position: Position) -> str:
    """Say that a database is ahead of the code."""
    return (
        f"The database has the schema {position.revision}, which this version of Ikuzo, at {position.newest}, does not "
        "know: install the version that made it, or restore a backup made before."
    )


def _prepare_sqlite(connection: Any, record: object) -> None:
    prepare_sqlite(connection, record)
    # Batch mode drops the old table, and ON DELETE CASCADE would empty its children. Has no effect after BEGIN.
    connection.execute("PRAGMA foreign_keys=OFF").close()


async def _check_references(connection: AsyncConnection) -> None:
    """Refuse what left a row without its parent, since nothing was enforced on the way."""
    broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
    if broken:
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        raise MigrationError(f"The migration would leave {len(broken)} rows without their parents, of {tables}.")


@asynccontextmanager
async def _connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


@asynccontextmanager
async def reachable() -> AsyncIterator[None]:
    """Say in a sentence why a database cannot be used, without its URL: raises :class:`Unreachable`."""
    try:
        yield
    except (OSError, TimeoutError, PostgresError, InterfaceError, SQLAlchemyError) as error:
        cause = (isinstance(error, DBAPIError) and error.orig) or error
        log.debug("the database refused", exc_info=True)
        raise Unreachable(f"The database of DATABASE_URL refuses: {str(cause) or type(cause).__name__}.") from None


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")
