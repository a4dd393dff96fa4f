"""Ledgers in real databases, and what tests write into them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.database import Base, Database
from bot.delivery import Deliveries
from bot.guilds import Purpose, row_for_update
from bot.ledger.rules import Fact
from bot.ledger.service import Entry, Ledger
from bot.ledger.setup import register
from bot.schedule import Schedule
from bot.verify import VerifyOptions, verify_files

GUILD = 1_400_000_000_000_000_001
OTHER_GUILD = 1_400_000_000_000_000_002
CHANNEL = 1_400_000_000_000_000_011
MODERATOR = 1_400_000_000_000_000_101
WINNER = 1_400_000_000_000_000_102
NOW = datetime(2026, 3, 1, 12, 0, 0, 987_654, tzinfo=UTC)


@dataclass(frozen=True)
class Book:
    """A ledger as one process has it."""

    database: Database
    deliveries: Deliveries
    schedule: Schedule
    ledger: Ledger

    async def append(self, *entries: Entry, now: datetime = NOW) -> None:
        """Write entries, each in a transaction of its own."""
        for entry in entries:
            async with self.database.write() as tx:
                await self.ledger.append(tx, entry, now=now)

    async def forget(self, user_id: int, guild_id: int = GUILD) -> int:
        async with self.database.write() as tx:
            return await self.ledger.forget(tx, guild_id, user_id, now=NOW)

    async def export(self, guild_id: int = GUILD) -> bytes:
        async with self.database.read() as session:
            return b"".join([piece async for piece in self.ledger.document(session, guild_id)])

    async def verified(self, folder: Path, guild_id: int = GUILD, head: str | None = None) -> str:
        """Export to a file, check it as ``ikuzo verify`` does, and return what that printed."""
        path = folder / "ledger.json"
        path.write_bytes(await self.export(guild_id))
        lines: list[str] = []
        code = verify_files([path], VerifyOptions(head=head), lines.append)
        assert code == 0, "\n".join(lines)
        return "\n".join(lines)

    async def set_log_channel(self, channel_id: int | None, language: str = "en", guild_id: int = GUILD) -> None:
        async with self.database.write() as tx:
            row = await row_for_update(tx.session, guild_id)
            row.places = {} if channel_id is None else {Purpose.LOG.value: channel_id}
            row.language = language


def book(url: str) -> Book:
    """Open a ledger as a process does."""
    database = Database(url)
    deliveries, schedule = Deliveries(database), Schedule(database)
    return Book(database, deliveries, schedule, register(database, deliveries, schedule))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Book]:
    """Make the tables and open a ledger on them."""
    it = book(url)
    async with it.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    try:
        yield it
    finally:
        await it.database.close()


def entry(
    kind: str = "giveaway.posted",
    *,
    guild_id: int = GUILD,
    actor_id: int | None = MODERATOR,
    subject: str | None = "giveaway:42",
    persons: Mapping[str, int] | None = None,
    texts: Mapping[str, str] | None = None,
    facts: Mapping[str, Fact] | None = None,
) -> Entry:
    return Entry(guild_id, kind, actor_id, subject, persons or {}, texts or {}, facts or {})
