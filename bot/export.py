"""``ikuzo export``: what belongs to one server, as files."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database
from bot.delivery import Deliveries
from bot.files import private_file
from bot.guilds import GuildRow
from bot.ledger.service import Ledger
from bot.ledger.setup import register
from bot.ledger.tables import LedgerHead
from bot.migrate import Migrations, reachable
from bot.refusal import Refusal
from bot.schedule import Schedule
from bot.settings import Settings

LEDGER_FILE = "ledger.json"


class Exporter(Protocol):
    """Whoever keeps something of a server and can write it down."""

    def files(self, session: AsyncSession, guild_id: int) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """Yield files by name and content; a content is taken to its end before the next file is asked for."""
        ...


def run_export(settings: Settings, guild_id: int, folder: Path) -> list[Path]:
    """Write what is kept of a server into *folder*; returns the files. Raises :class:`~bot.refusal.Refusal`."""
    return asyncio.run(_run_export(settings, guild_id, folder))


async def _run_export(settings: Settings, guild_id: int, folder: Path) -> list[Path]:
    from bot.app import exporters  # which knows the features, and imports this module

    await Migrations(settings.database_url).require_newest()
    database = Database(settings.database_url)
    try:
        ledger = register(database, Deliveries(database), Schedule(database))
        return await export_guild(database, guild_id, folder, ledger, exporters())
    finally:
        await database.close()


async def export_guild(
    database: Database, guild_id: int, folder: Path, ledger: Ledger, exporters: Sequence[Exporter] = ()
) -> list[Path]:
    """Write a server's ledger, then what features add, into *folder*; returns the files.

    Raises :class:`~bot.refusal.Refusal`.
    """
    async with reachable(), database.read() as session:
        if not await _known(session, guild_id):
            raise Refusal(f"Nothing is kept of a server {guild_id}; copy the number with Copy Server ID in Discord.")
        _make(folder)
        written = [await _write(folder / LEDGER_FILE, ledger.document(session, guild_id))]
        for exporter in exporters:
            async for name, content in exporter.files(session, guild_id):
                written.append(await _write(folder / name, content))
    return written


async def _known(session: AsyncSession, guild_id: int) -> bool:
    here = select(GuildRow.guild_id).where(GuildRow.guild_id == guild_id)
    there = select(LedgerHead.guild_id).where(LedgerHead.guild_id == guild_id)
    return (await session.scalar(here)) is not None or (await session.scalar(there)) is not None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"The folder {folder} cannot be made: {error.strerror or type(error).__name__}.") from None


async def _write(path: Path, content: AsyncIterator[bytes]) -> Path:
    with private_file(path) as file:
        async for piece in content:
            file.write(piece)
    return path
