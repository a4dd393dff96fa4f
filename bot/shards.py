"""Which servers a process is responsible for, where several share one database.

A process sees channels, roles and members only of the servers on its shards. So it takes the work of these at once,
and that of others only when it has waited for a while: then whoever holds their shard is gone, and what cannot be seen
is asked of Discord instead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, SQLColumnExpression, or_, true

STRANGERS_WAIT: Final = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Share:
    """The shards of a process; ``ids`` is None for the process that holds all of them."""

    count: int = 1
    ids: frozenset[int] | None = None

    def may_take(
        self, guild_id: SQLColumnExpression[Any], due: SQLColumnExpression[Any], now: datetime
    ) -> ColumnElement[bool]:
        """Return the condition under which a row may be taken by this process at *now*."""
        if self.ids is None:
            return true()
        # PostgreSQL shifts a bigint by an integer only, and parameters are bigints.
        own = ((guild_id // (1 << 22)) % self.count).in_(self.ids)
        return or_(guild_id.is_(None), own, due <= now - STRANGERS_WAIT)
