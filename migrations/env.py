"""What alembic runs to do anything: on the connection that ``bot.migrate`` opened, inside its transaction."""

from collections.abc import Iterable
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import DropTableOp, MigrationScript, ModifyTableOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy import TypeDecorator

from migrations.models import metadata


def render_item(kind: str, item: object, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write types of our own as what they are in the database: a migration must not change when code does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def shorten(
    migration: MigrationContext, revision: str | Iterable[str | None] | Iterable[str], scripts: list[MigrationScript]
) -> None:
    """Leave out what need not be written: an empty migration, and dropping the indexes of a table that is dropped."""
    (script,) = scripts
    if script.upgrade_ops is None or script.downgrade_ops is None or script.upgrade_ops.is_empty():
        scripts.clear()
        return
    operations = script.downgrade_ops.ops
    dropped = {operation.table_name for operation in operations if isinstance(operation, DropTableOp)}
    script.downgrade_ops.ops = [
        operation
        for operation in operations
        if not (isinstance(operation, ModifyTableOps) and operation.table_name in dropped)
    ]


wishes = context.config.attributes
context.configure(
    connection=wishes["connection"],
    target_metadata=metadata(),
    # SQLite alters few things of a table: batch mode makes a new one, copies the rows and drops the old one. The first
    # migration alters none, and is shorter without.
    render_as_batch=wishes.get("batch", True),
    process_revision_directives=shorten if "batch" in wishes else None,
    render_item=render_item,
    compare_server_default=True,
    # The driver's own transactions are off, so that even SQLite's DDL is undone as a whole.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
