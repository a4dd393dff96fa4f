"""The group-commit writer: many clicks, one transaction, each caller answered after the commit.

A *hot write* is a function of a synchronous connection and the rows that have gathered; it runs them as one statement
where it can and returns one result per row, in order. It may run more than once for the same rows (after a neighbour's
failure), each time in a transaction that starts from the committed state.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine

from bot.database import Database, beginning_with, prepare_sqlite
from bot.figures import COMMITS, GATHERED, timed

Row = TypeVar("Row", contravariant=True)
Result = TypeVar("Result", covariant=True)
BATCH: Final = 512

log = logging.getLogger(__name__)


class HotWrite(Protocol[Row, Result]):
    """Run gathered rows on a connection inside a transaction; return a result per row."""

    def __call__(self, connection: Connection, rows: Sequence[Row], /) -> Sequence[Result]: ...


@dataclass(slots=True)
class _Call:
    write: HotWrite[Any, Any]
    row: Any
    future: asyncio.Future[Any]


class Writer:
    """Gather hot writes and commit them together.

    There is no resident task: the first caller starts one, which ends when nothing is left. *after* is called after
    each commit: hot writes may have put deliveries, and have nobody to tell.
    """

    def __init__(self, database: Database, after: Callable[[], None] | None = None) -> None:
        self._database = database
        self._after = after
        self._pending: list[_Call] = []
        self._runner: asyncio.Task[None] | None = None
        # One thread, so that the one synchronous connection of SQLite is only ever used by it.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._engine: Engine | None = None

    async def submit(self, write: HotWrite[Row, Result], row: Row) -> Result:
        """Have *row* written with whatever else has gathered; returns its result once it is on disk.

        Raises what *write* raises for this row alone; neighbours in the batch are not affected.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._pending.append(_Call(write, row, future))
        if self._runner is None:
            self._runner = asyncio.create_task(self._run(), name="writer")
        return await future

    async def _run(self) -> None:
        try:
            while self._pending:
                calls, self._pending = self._pending[:BATCH], self._pending[BATCH:]
                outcomes: list[Any]
                try:
                    with timed(COMMITS):
                        outcomes = await self._commit(calls)
                    GATHERED.inc(len(calls))
                except Exception as error:  # the database itself refused: every caller hears of it
                    outcomes = [error] * len(calls)
                if self._after is not None:
                    self._after()
                for call, outcome in zip(calls, outcomes, strict=True):
                    if call.future.done():
                        continue
                    if isinstance(outcome, Exception):
                        call.future.set_exception(outcome)
                    else:
                        call.future.set_result(outcome)
        finally:
            self._runner = None

    async def _commit(self, calls: list[_Call]) -> list[Any]:
        if self._database.write_lock is None:
            async with self._database.engine.connect() as connection:
                outcomes = await connection.run_sync(run_batch, calls)
                await connection.commit()
                return outcomes
        async with self._database.write_lock:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._commit_in_thread, calls)

    def _commit_in_thread(self, calls: list[_Call]) -> list[Any]:
        if self._engine is None:
            self._engine = create_engine(
                self._database.url.set(drivername="sqlite"), pool_size=1, max_overflow=0, hide_parameters=True
            )
            event.listen(self._engine, "connect", prepare_sqlite)
            event.listen(self._engine, "begin", beginning_with("BEGIN IMMEDIATE"))
        with self._engine.begin() as connection:
            return run_batch(connection, calls)

    async def close(self) -> None:
        """Finish what was submitted and let go of the thread and its connection."""
        if self._runner is not None:
            await self._runner
        engine = self._engine
        if engine is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, engine.dispose)
        self._thread.shutdown(wait=False)


def run_batch(connection: Connection, calls: Sequence[_Call]) -> list[Any]:
    """Run the calls of each kind together; one that fails is run again row by row, so that only the bad row fails."""
    outcomes: list[Any] = [None] * len(calls)
    kinds: dict[HotWrite[Any, Any], list[int]] = {}
    for index, call in enumerate(calls):
        kinds.setdefault(call.write, []).append(index)
    for write, indices in kinds.items():
        try:
            with connection.begin_nested():
                results: Sequence[Any] = write(connection, [calls[i].row for i in indices])
        except Exception:
            log.warning("a batch of %s failed and is run row by row", _name(write), exc_info=len(indices) == 1)
            results = [_alone(connection, write, calls[i].row) for i in indices]
        for index, result in zip(indices, results, strict=True):
            outcomes[index] = result
    return outcomes


def _alone(connection: Connection, write: HotWrite[Any, Any], row: Any) -> Any:
    try:
        with connection.begin_nested():
            return write(connection, [row])[0]
    except Exception as error:
        return error


def _name(write: Callable[..., Any] | HotWrite[Any, Any]) -> str:
    return getattr(write, "__qualname__", type(write).__name__)
