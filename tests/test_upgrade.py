"""Databases that earlier releases left behind, brought to today's schema and back: no row and no value is lost."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command
from sqlalchemy import MetaData, select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot import safejson
from bot.ledger import rules
from bot.migrate import Migrations, Standing
from tests.fixtures.make import FOLDER
from tests.harness import GUILD_ID
from tests.household import household

SQLITE = sorted(FOLDER.glob("schema-*.sqlite"))
DUMPS = sorted(FOLDER.glob("schema-*.sql"))
# Their rows go with the row they hang on, if a migration loses that one on the way.
CHILDREN = ("giveaway_entries", "giveaway_freezes", "giveaway_messages", "giveaway_prizes", "ledger_clear")

Rows = Mapping[str, list[dict[str, Any]]]


@pytest.fixture(params=[*SQLITE, *DUMPS], ids=lambda path: path.name)
async def left_behind(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The URL of a database as a release left it, and the revision of its schema."""
    file: Path = request.param
    revision = f"{int(re.findall('[0-9]+', file.name)[0]):04}"
    if file.suffix == ".sqlite":
        shutil.copy(file, tmp_path / "ikuzo.db")
        return f"sqlite+aiosqlite:///{tmp_path / 'ikuzo.db'}", revision
    url: str = request.getfixturevalue("postgres_url")
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        await connection.execute(file.read_text(encoding="utf-8"))
    finally:
        await connection.close()
    return url, revision


async def held(url: str, like: Rows | None = None) -> Rows:
    """Return every row of every table, with the columns that *like* has, in an order of its own."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            tables = MetaData()
            await connection.run_sync(tables.reflect)
            found: dict[str, list[dict[str, Any]]] = {}
            for table in tables.sorted_tables:
                if table.name == "alembic_version" or (like is not None and table.name not in like):
                    continue
                rows = [dict(row) for row in (await connection.execute(select(table))).mappings()]
                if like is not None:
                    columns = list(like[table.name][0]) if like[table.name] else []
                    rows = [{column: row[column] for column in columns} for row in rows]
                found[table.name] = sorted(rows, key=repr)
            return found
    finally:
        await engine.dispose()


async def ledger_rows(url: str) -> int:
    """Check the ledger as ``ikuzo verify`` does, written by today's code; returns how many rows it has."""
    async with household(url) as home, home.database.read() as session:
        pieces = [piece async for piece in home.ledger.document(session, GUILD_ID)]
    chain = rules.parse(safejson.loads(b"".join(pieces), max_bytes=2**24, max_depth=8))
    assert [step for step in rules.check(chain) if not step.passed] == []
    return len(chain.rows)


async def test_an_upgrade_keeps_every_row_and_value(left_behind: tuple[str, str]) -> None:
    url, revision = left_behind
    migrations = Migrations(url)
    assert (await migrations.position()).revision == revision
    before = await held(url)
    assert [name for name, rows in before.items() if not rows] == [], "the community left these empty"
    assert {row["state"] for row in before["giveaways"]} >= set(
        "scheduled open closing frozen drawn empty cancelled".split()
    )
    assert set(CHILDREN) <= before.keys()

    await migrations.up()
    assert (await migrations.position()).standing is Standing.CURRENT
    assert await held(url, before) == before
    # Raises where a table, column, type, index or constraint differs from the models.
    await migrations.run(command.check)
    assert await ledger_rows(url) == len(before["ledger_rows"])

    await migrations.down(revision)
    assert await held(url) == before
    await migrations.up()
    assert await held(url, before) == before
