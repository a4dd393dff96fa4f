"""Verification records: what moderators see of them, and what only the operator can take out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.csvfile import csv_bytes
from bot.ledger.rules import time_text
from bot.people import Actor
from bot.verdict import Verdict
from cogs.wallets.rules.addresses import shortened
from cogs.wallets.rules.holders import lines
from cogs.wallets.rules.terms import How, Method
from cogs.wallets.service.gates import Gates
from cogs.wallets.tables import Gate, GateStanding, Snapshot, SnapshotHolder, WalletLink

if TYPE_CHECKING:
    from bot.app import Platform

PAGE: Final = 8


@dataclass(frozen=True, slots=True)
class Record:
    """Who verified which wallet, when and how, and which rules they pass since when; the address is shortened."""

    user_id: int
    wallet: str
    linked_at: datetime
    how: How
    method: Method
    rules: Sequence[tuple[str, datetime]]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page; *number* counts from 0."""

    records: Sequence[Record]
    number: int
    total: int


class Records:
    """The verification records of a server."""

    def __init__(self, platform: "Platform", gates: Gates) -> None:
        self._platform = platform
        self._gates = gates

    async def page(self, actor: Actor, number: int) -> RecordPage:
        """Return a page, newest first; for moderators."""
        await self._gates.moderated(actor)
        here = WalletLink.guild_id == actor.guild_id
        async with self._platform.database.read() as session:
            count = (await session.execute(select(func.count()).select_from(WalletLink).where(here))).scalar_one()
            total = max(1, -(-count // PAGE))
            number = min(number, total - 1)
            query = select(WalletLink).where(here).order_by(WalletLink.id.desc()).offset(number * PAGE).limit(PAGE)
            rows = (await session.scalars(query)).all()
            met = await _met(session, actor.guild_id, [row.user_id for row in rows])
        records = [
            Record(
                row.user_id,
                shortened(row.address),
                row.linked_at,
                row.how,
                row.method,
                met.get(row.user_id, ()),
            )
            for row in rows
        ]
        return RecordPage(records, number, total)


class WalletExporter:
    """What `ikuzo export` writes of a server: addresses in full, for whoever runs the bot alone."""

    async def files(self, session: AsyncSession, guild_id: int) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        yield "wallets.csv", _wallets(session, guild_id)
        snapshots = select(Snapshot).where(Snapshot.guild_id == guild_id).order_by(Snapshot.id)
        for row in (await session.scalars(snapshots)).all():
            yield f"snapshot-{row.id}.csv", _snapshot(session, row.id)


async def _met(
    session: AsyncSession, guild_id: int, user_ids: Sequence[int]
) -> Mapping[int, Sequence[tuple[str, datetime]]]:
    query = (
        select(GateStanding.user_id, Gate.name, GateStanding.since)
        .join(Gate, Gate.id == GateStanding.gate_id)
        .where(GateStanding.guild_id == guild_id, GateStanding.user_id.in_(user_ids))
        .where(GateStanding.verdict == Verdict.YES)
        .order_by(Gate.number)
    )
    met: dict[int, list[tuple[str, datetime]]] = {}
    for user_id, name, since in (await session.execute(query)).all():
        met.setdefault(user_id, []).append((name, since))
    return met


async def _wallets(session: AsyncSession, guild_id: int) -> AsyncIterator[bytes]:
    query = select(WalletLink).where(WalletLink.guild_id == guild_id).order_by(WalletLink.id)
    rows = (await session.scalars(query)).all()
    met = await _met(session, guild_id, [row.user_id for row in rows])
    yield csv_bytes(
        ("user", "address", "linked_at", "how", "method", "chain", "block", "code_hash", "rules"),
        (
            (
                str(row.user_id),
                row.address,
                time_text(row.linked_at),
                row.how.value,
                row.method.value,
                str(row.chain_id),
                "" if row.block is None else str(row.block),
                row.code_hash or "",
                " ".join(name for name, _ in met.get(row.user_id, ())),
            )
            for row in rows
        ),
    )


async def _snapshot(session: AsyncSession, key: int) -> AsyncIterator[bytes]:
    query = select(SnapshotHolder.address, SnapshotHolder.amount).where(SnapshotHolder.snapshot_id == key)
    holders = {address: int(amount) for address, amount in (await session.execute(query)).all()}
    yield csv_bytes(("address", "amount"), (tuple(line.split(":")) for line in lines(holders)))
