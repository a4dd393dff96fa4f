"""Rows in and out of the tables, as plain values: a server may have a hundred thousand."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import insert_for
from bot.ledger.rules import Row, Sealed, genesis
from bot.ledger.tables import LedgerClear, LedgerHead, LedgerPost, LedgerRow, Part


async def locked_head(session: AsyncSession, guild_id: int) -> LedgerHead | None:
    """Return the end of a server's chain, nobody else's until the transaction ends; None where there is no chain."""
    query = select(LedgerHead).where(LedgerHead.guild_id == guild_id).with_for_update()
    # Read again even if the session knows it: what it knows may be older than the lock.
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def begun_head(session: AsyncSession, guild_id: int) -> LedgerHead:
    """Return the locked end of a server's chain, which begins here if there is none; two may begin it at once."""
    head = await locked_head(session, guild_id)
    if head is None:
        new = insert_for(session)(LedgerHead).values(guild_id=guild_id, hash=genesis(guild_id))
        await session.execute(new.on_conflict_do_nothing())
        head = await locked_head(session, guild_id)
    if head is None:
        raise LookupError(f"the ledger of server {guild_id} was erased while it was written")
    return head


async def write(session: AsyncSession, guild_id: int, row: Row) -> None:
    """Insert a row and, beside it, its clear values."""
    await session.execute(
        insert(LedgerRow).values(
            guild_id=guild_id,
            seq=row.seq,
            at=row.at,
            kind=row.kind,
            subject=row.subject,
            actor=None if row.actor is None else row.actor.digest,
            persons={name: value.digest for name, value in row.persons.items()},
            texts={name: value.digest for name, value in row.texts.items()},
            facts=dict(row.facts),
            hash=row.hash,
        )
    )
    clear = _clear(guild_id, row)
    if clear:
        await session.execute(insert(LedgerClear), clear)


def _clear(guild_id: int, row: Row) -> list[dict[str, Any]]:
    actor = [] if row.actor is None else [(Part.ACTOR, "", row.actor)]
    persons = [(Part.PERSON, name, value) for name, value in row.persons.items()]
    texts = [(Part.TEXT, name, value) for name, value in row.texts.items()]
    return [
        {
            "guild_id": guild_id,
            "seq": row.seq,
            "part": part,
            "name": name,
            "salt": value.salt,
            "user_id": None if part is Part.TEXT or value.value is None else int(value.value),
            "text": value.value if part is Part.TEXT else None,
        }
        for part, name, value in (*actor, *persons, *texts)
    ]


async def read(session: AsyncSession, guild_id: int, first: int, last: int) -> list[Row]:
    """Return the rows *first* to *last*, both included, in order; the clear values as far as they are still there."""
    return await _read(session, guild_id, LedgerRow.seq.between(first, last), LedgerClear.seq.between(first, last))


async def read_naming(session: AsyncSession, guild_id: int, user_id: int) -> list[Row]:
    """Return the rows that name a person, in order."""
    seqs = select(LedgerClear.seq).where(LedgerClear.guild_id == guild_id, LedgerClear.user_id == user_id)
    return await _read(session, guild_id, LedgerRow.seq.in_(seqs), LedgerClear.seq.in_(seqs))


async def _read(
    session: AsyncSession, guild_id: int, of_rows: ColumnElement[bool], of_clear: ColumnElement[bool]
) -> list[Row]:
    beside: dict[int, dict[tuple[str, str], tuple[str, str | None]]] = {}
    found = await session.execute(
        select(
            LedgerClear.seq, LedgerClear.part, LedgerClear.name, LedgerClear.salt, LedgerClear.user_id, LedgerClear.text
        ).where(LedgerClear.guild_id == guild_id, of_clear)
    )
    for seq, part, name, salt, user_id, text in found:
        beside.setdefault(seq, {})[part, name] = (salt, text if user_id is None else str(user_id))
    rows = await session.execute(
        select(
            LedgerRow.seq,
            LedgerRow.at,
            LedgerRow.kind,
            LedgerRow.subject,
            LedgerRow.actor,
            LedgerRow.persons,
            LedgerRow.texts,
            LedgerRow.facts,
            LedgerRow.hash,
        )
        .where(LedgerRow.guild_id == guild_id, of_rows)
        .order_by(LedgerRow.seq)
    )
    return [_row(tuple(row), beside.get(row.seq, {})) for row in rows]


def _row(columns: Sequence[Any], clear: dict[tuple[str, str], tuple[str, str | None]]) -> Row:
    seq, at, kind, subject, actor, persons, texts, facts, hash_ = columns

    def sealed(part: Part, name: str, digest: str) -> Sealed:
        salt, value = clear.get((part, name), (None, None))
        return Sealed(digest, salt, value)

    return Row(
        seq=seq,
        at=at,
        kind=kind,
        subject=subject,
        actor=None if actor is None else sealed(Part.ACTOR, "", actor),
        persons={name: sealed(Part.PERSON, name, digest) for name, digest in persons.items()},
        texts={name: sealed(Part.TEXT, name, digest) for name, digest in texts.items()},
        facts=facts,
        hash=hash_,
    )


async def erase_guild(session: AsyncSession, guild_id: int) -> None:
    """Delete everything a server's ledger holds."""
    for table in (LedgerClear, LedgerRow, LedgerPost, LedgerHead):
        await session.execute(delete(table).where(table.guild_id == guild_id))
