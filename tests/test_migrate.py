"""Migrations: forward, back, several at once, keeping rows, and the schema they make being the models' own."""

import asyncio
import re
from pathlib import Path
from textwrap import dedent

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.database import Database
from bot.migrate import FOLDER, MigrationError, Migrations, Standing, Unreachable, upgrade
from migrations import write
from migrations.models import metadata, modules_with_tables

PARENTS = """
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("parents", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String))
    op.create_table(
        "children",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("parents.id", ondelete="CASCADE"), nullable=False),
    )


def downgrade():
    op.drop_table("children")
    op.drop_table("parents")
"""
WIDEN = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("parents") as batch:
        batch.alter_column("name", type_=sa.String(100), existing_type=sa.String)
        batch.add_column(sa.Column("note", sa.String))


def downgrade():
    with op.batch_alter_table("parents") as batch:
        batch.drop_column("note")
"""
ORPHAN = """
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("DELETE FROM parents")


def downgrade():
    pass
"""


async def tables(url: str) -> set[str]:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))
    finally:
        await engine.dispose()


async def rows(url: str, query: str) -> list[tuple[object, ...]]:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]
    finally:
        await engine.dispose()


async def execute(url: str, *statements: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


def history(folder: Path, *scripts: str) -> Path:
    for number, script in enumerate(scripts, 1):
        (folder / f"{number:04}_sample.py").write_text(dedent(script), encoding="utf-8")
    return folder


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    folder = tmp_path / "versions"
    folder.mkdir()
    return folder


async def test_up_down_and_up_again(either_url: str) -> None:
    migrations = Migrations(either_url)
    expected = set(metadata().tables) | {"alembic_version"}
    await migrations.up()
    assert await tables(either_url) == expected
    await migrations.down("base")
    assert await tables(either_url) == {"alembic_version"}
    await migrations.up()
    assert await tables(either_url) == expected


async def test_every_step_can_be_taken_back(database_url: str) -> None:
    migrations = Migrations(database_url)
    for script in sorted((FOLDER / "versions").glob("[0-9]*.py")):
        await migrations.up(script.name[:4])
        await migrations.down("base" if script.name.startswith("0001") else f"{int(script.name[:4]) - 1:04}")
        await migrations.up(script.name[:4])
    assert (await migrations.position()).standing is Standing.CURRENT


async def test_the_history_makes_what_the_models_say(either_url: str) -> None:
    migrations = Migrations(either_url)
    await migrations.up()
    # Raises where a table, column, type, index or constraint differs.
    await migrations.run(command.check)


def test_revisions_are_numbered_in_one_line() -> None:
    names = sorted(path.name for path in (FOLDER / "versions").glob("*.py"))
    assert [name[:5] for name in names] == [f"{number:04}_" for number in range(1, len(names) + 1)]
    assert all(re.fullmatch(r"[0-9]{4}_[a-z0-9_]+\.py", name) for name in names)


def test_every_module_with_tables_is_found() -> None:
    root = FOLDER.parent
    written = {
        ".".join(path.relative_to(root).with_suffix("").parts)
        for package in ("bot", "cogs")
        for path in (root / package).rglob("*.py")
        if "__tablename__ =" in path.read_text(encoding="utf-8")
    }
    assert set(modules_with_tables()) == written
    assert {"bot.schedule", "bot.delivery"} <= written


async def test_several_processes_may_start_at_once(either_url: str) -> None:
    await asyncio.gather(*(upgrade(either_url) for _ in range(4)))
    assert (await Migrations(either_url).position()).standing is Standing.CURRENT


async def test_a_table_made_anew_keeps_its_childrens_rows(either_url: str, versions: Path) -> None:
    migrations = Migrations(either_url, history(versions, PARENTS, WIDEN))
    await migrations.up("0001")
    await execute(
        either_url, "INSERT INTO parents VALUES (1, 'a'), (2, 'b')", "INSERT INTO children VALUES (7, 1), (8, 2)"
    )
    await migrations.up()
    assert await rows(either_url, "SELECT id, name, note FROM parents ORDER BY id") == [(1, "a", None), (2, "b", None)]
    assert await rows(either_url, "SELECT id, parent_id FROM children ORDER BY id") == [(7, 1), (8, 2)]
    await migrations.down("0001")
    assert await rows(either_url, "SELECT id, parent_id FROM children ORDER BY id") == [(7, 1), (8, 2)]


async def test_a_migration_that_orphans_rows_changes_nothing(database_url: str, versions: Path) -> None:
    migrations = Migrations(database_url, history(versions, PARENTS, ORPHAN))
    await migrations.up("0001")
    await execute(database_url, "INSERT INTO parents VALUES (1, 'a')", "INSERT INTO children VALUES (7, 1)")
    with pytest.raises(MigrationError, match="1 rows without their parents, of children"):
        await migrations.up()
    assert await rows(database_url, "SELECT id FROM parents") == [(1,)]
    assert (await migrations.position()).revision == "0001"


async def test_a_migration_that_fails_changes_nothing(either_url: str, versions: Path) -> None:
    broken = WIDEN.replace(
        "    with op.batch",
        '    op.execute("CREATE TABLE half (id INTEGER)")\n    op.execute("nonsense")\n    with op.batch',
        1,
    )
    migrations = Migrations(either_url, history(versions, PARENTS, broken))
    with pytest.raises(Unreachable, match="nonsense"):
        await migrations.up()
    assert not await tables(either_url)


async def test_foreign_keys_are_enforced_again_afterwards(database_url: str) -> None:
    await upgrade(database_url)
    database = Database(database_url)
    async with database.write() as tx:
        assert await tx.session.scalar(text("PRAGMA foreign_keys")) == 1
    await database.close()


async def test_where_a_database_stands(either_url: str) -> None:
    migrations = Migrations(either_url)
    assert (await migrations.position()).standing is Standing.EMPTY
    await migrations.up()
    position = await migrations.position()
    assert (position.standing, position.revision) == (Standing.CURRENT, migrations.newest)
    await migrations.down("base")
    assert (await migrations.position()).standing is Standing.EMPTY


def test_looking_makes_no_file(database_url: str) -> None:
    asyncio.run(Migrations(database_url).position())
    assert not Path(make_url(database_url).database or "").exists()


async def test_a_database_behind_the_code_is_recognised(database_url: str, versions: Path) -> None:
    migrations = Migrations(database_url, history(versions, PARENTS, WIDEN))
    await migrations.up("0001")
    assert (await migrations.position()).standing is Standing.BEHIND


async def test_a_database_newer_than_the_code_is_left_alone(either_url: str) -> None:
    await upgrade(either_url)
    await execute(either_url, "UPDATE alembic_version SET version_num = '9999'")
    assert (await Migrations(either_url).position()).standing is Standing.UNKNOWN
    with pytest.raises(MigrationError, match=r"has the schema 9999, which this version of Ikuzo.* does not know"):
        await upgrade(either_url)


async def test_an_unknown_revision_is_refused_with_those_there_are(database_url: str) -> None:
    with pytest.raises(MigrationError, match=r"^There is no revision 4711; there are base, 0001"):
        await Migrations(database_url).down("4711")


async def test_a_database_that_cannot_be_reached_is_one_sentence_without_its_password() -> None:
    with pytest.raises(Unreachable) as refusal:
        await upgrade("postgresql+asyncpg://ikuzo:hunter2hunter2@127.0.0.1:1/ikuzo")
    assert str(refusal.value).startswith("The database of DATABASE_URL refuses: ")
    assert "hunter2" not in str(refusal.value)


async def test_a_history_can_be_begun(database_url: str, versions: Path) -> None:
    written = await write.write("First schema", versions)
    assert written == versions / "0001_first_schema.py"
    migrations = Migrations(database_url, versions)
    await migrations.up()
    await migrations.run(command.check)
    await migrations.down("base")
    assert await tables(database_url) == {"alembic_version"}


def test_nothing_is_written_where_nothing_differs(versions: Path) -> None:
    asyncio.run(write.write("First schema", versions))
    assert asyncio.run(write.write("Add nothing", versions)) is None
    assert len(list(versions.glob("*.py"))) == 1


def test_the_next_migration_holds_the_difference(tmp_path: Path, versions: Path) -> None:
    first = asyncio.run(write.write("First schema", versions))
    assert first is not None
    shortened = re.sub(r' +sa\.Column\("error",.*\n', "", first.read_text(encoding="utf-8"), count=1)
    first.write_text(shortened, encoding="utf-8")
    second = asyncio.run(write.write("Keep the error", versions))
    assert second is not None
    assert second.name == "0002_keep_the_error.py"
    assert 'add_column(sa.Column("error"' in second.read_text(encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'next.db'}"
    asyncio.run(Migrations(url.replace("sqlite:", "sqlite+aiosqlite:"), versions).up())
    engine = create_engine(url)
    assert "error" in {column["name"] for column in inspect(engine).get_columns("deliveries")}
    engine.dispose()
