"""The group-commit writer: who gets which answer, and when."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from bot.database import Base, Database
from bot.state import Remembered
from bot.writer import BATCH, Writer


@pytest.fixture
async def database(either_url: str) -> AsyncIterator[Database]:
    database = Database(either_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.tables["remembered"].create)
    yield database
    await database.close()


def keep(connection: Connection, names: Sequence[str]) -> Sequence[int]:
    """Store names; each caller is told how many were in the batch."""
    connection.execute(insert(Remembered), [{"name": name, "value": "x"} for name in names])
    return [len(names)] * len(names)


def fail_on_bad(connection: Connection, names: Sequence[str]) -> Sequence[str]:
    keep(connection, names)
    if "bad" in names:
        raise ValueError("bad")
    return names


async def stored(database: Database) -> set[str]:
    async with database.read() as session:
        return set((await session.scalars(select(Remembered.name))).all())


async def test_what_gathers_is_committed_together(database: Database) -> None:
    writer = Writer(database)
    sizes = await asyncio.gather(*(writer.submit(keep, f"n{i}") for i in range(BATCH + 88)))
    await writer.close()
    assert len(await stored(database)) == BATCH + 88
    # Two transactions: the first full batch, and the rest.
    assert sorted(set(sizes)) == [88, BATCH]


async def test_a_bad_row_fails_alone(database: Database) -> None:
    writer = Writer(database)
    names = ["a", "bad", "b"]
    results = await asyncio.gather(*(writer.submit(fail_on_bad, name) for name in names), return_exceptions=True)
    await writer.close()
    assert [results[0], results[2]] == ["a", "b"]
    assert isinstance(results[1], ValueError)
    assert await stored(database) == {"a", "b"}


async def test_a_kind_that_fails_does_not_disturb_another(database: Database) -> None:
    writer = Writer(database)
    results = await asyncio.gather(
        writer.submit(keep, "good"), writer.submit(fail_on_bad, "bad"), return_exceptions=True
    )
    await writer.close()
    assert results[0] == 1
    assert isinstance(results[1], ValueError)
    assert await stored(database) == {"good"}


async def test_an_answer_comes_after_the_commit(database: Database) -> None:
    writer = Writer(database)
    await writer.submit(keep, "there")
    # Another connection sees it at once.
    assert await stored(database) == {"there"}
    with pytest.raises(IntegrityError):
        await writer.submit(keep, "there")
    await writer.close()


async def test_writers_and_transactions_take_turns(database: Database) -> None:
    """Two hundred of each at once: nothing is lost and nobody hears that the database is locked."""
    writer = Writer(database)

    async def ordinary(i: int) -> None:
        async with database.write() as tx:
            await tx.session.execute(select(Remembered).where(Remembered.name == "none"))
            tx.session.add(Remembered(name=f"t{i}", value="x"))

    await asyncio.gather(*(writer.submit(keep, f"w{i}") for i in range(200)), *(ordinary(i) for i in range(200)))
    await writer.close()
    assert len(await stored(database)) == 400


async def test_a_caller_who_gave_up_does_not_stop_the_others(database: Database) -> None:
    writer = Writer(database)
    gone = asyncio.create_task(writer.submit(keep, "gone"))
    other = asyncio.create_task(writer.submit(keep, "other"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await other == 2
    await writer.close()
    assert await stored(database) == {"gone", "other"}


async def test_sqlite_loses_nothing_in_a_power_cut(database: Database) -> None:
    if not database.is_sqlite:
        return
    async with database.read() as session:
        settings = {
            name: (await session.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
