"""Which servers' work a process takes: its own shards' at once, anybody else's only once it has been left lying."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.database import UtcDateTime
from bot.shards import STRANGERS_WAIT, Share

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
JUST_NOW, LONG_AGO = NOW - timedelta(seconds=1), NOW - STRANGERS_WAIT
# Servers of the shards 0, 1 and 2 of three, the largest id there can be, and work of no server.
GUILDS = (3 << 22, 4 << 22, 5 << 22, 2**63 - 1, None)
WORK = Table(
    "work",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger),
    Column("due", UtcDateTime),
)


def owned(share: Share, guild_id: int | None) -> bool:
    """Whether work belongs to a share by Discord's rule: https://discord.com/developers/docs/events/gateway#sharding."""
    return guild_id is None or share.ids is None or (guild_id >> 22) % share.count in share.ids


@pytest.fixture
async def work(either_url: str) -> AsyncIterator[AsyncConnection]:
    """A table with two rows of each server: one due just now, one left lying."""
    engine = create_async_engine(either_url)
    async with engine.begin() as connection:
        await connection.run_sync(WORK.metadata.create_all)
        rows = [{"guild_id": guild, "due": due} for guild in GUILDS for due in (JUST_NOW, LONG_AGO)]
        await connection.execute(insert(WORK), rows)
        yield connection
    await engine.dispose()


async def test_work_is_taken_as_servers_are_owned(work: AsyncConnection) -> None:
    for share in (Share(), Share(3, frozenset((0,))), Share(3, frozenset((1, 2))), Share(1, frozenset((0,)))):
        query = select(WORK.c.guild_id, WORK.c.due).where(share.may_take(WORK.c.guild_id, WORK.c.due, NOW))
        taken = {tuple(row) for row in await work.execute(query)}
        own = {(guild, due) for guild in GUILDS if owned(share, guild) for due in (JUST_NOW, LONG_AGO)}
        assert taken == own | {(guild, LONG_AGO) for guild in GUILDS}
