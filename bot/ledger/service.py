"""What is done with a server's ledger: append, read, export, forget."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Transaction
from bot.ledger import rules, store
from bot.ledger.live import LogChannel
from bot.ledger.rules import Fact, Head, Row
from bot.ledger.tables import LedgerClear, LedgerHead, Part
from bot.shape import MAX_INTEGER

EXPORT_CHUNK: Final = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be written down.

    ``kind`` is dotted (``giveaway.drawn``), ``actor_id`` None for the bot itself, ``subject`` names what it is about by
    the number people see (``giveaway:42``). ``persons`` (``{"winner": id}``) and ``texts`` (what people typed) can be
    erased later; ``facts`` never, so they hold nothing personal. Ids among the facts become text, since they are larger
    than every JSON reader keeps exact.
    """

    guild_id: int
    kind: str
    actor_id: int | None
    subject: str | None = None
    persons: Mapping[str, int] = field(default_factory=dict[str, int])
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, newest first, and the end of the chain they were read from."""

    head: Head
    rows: Sequence[Row]

    @property
    def older(self) -> bool:
        """Whether there are rows before these."""
        return bool(self.rows) and self.rows[-1].seq > 1


class Ledger:
    """The hash-chained ledgers of all servers."""

    def __init__(self, log_channel: LogChannel, new_salt: Callable[[], str] = lambda: secrets.token_hex(16)) -> None:
        self._log_channel = log_channel
        self._new_salt = new_salt

    async def append(self, tx: Transaction, entry: Entry, *, now: datetime) -> None:
        """Write a row into the transaction of the change it tells of.

        It locks the end of the server's chain until the commit, so it comes after whatever else the transaction locks.
        Raises ValueError for an entry that the documented format has no room for.
        """
        head = await store.begun_head(tx.session, entry.guild_id)
        row = self._row(entry, head, now)
        await store.write(tx.session, entry.guild_id, row)
        head.seq, head.hash = row.seq, row.hash
        await self._log_channel.follow(tx, head, now)

    def _row(self, entry: Entry, head: LedgerHead, now: datetime) -> Row:
        def seal(value: str) -> rules.Sealed:
            return rules.seal(value, self._new_salt())

        row = Row(
            seq=head.seq + 1,
            at=now.astimezone(UTC).replace(microsecond=0),
            kind=entry.kind,
            subject=entry.subject,
            actor=None if entry.actor_id is None else seal(str(entry.actor_id)),
            persons={name: seal(str(user_id)) for name, user_id in entry.persons.items()},
            texts={name: seal(markup.clean(text)) for name, text in entry.texts.items()},
            facts={name: _fact(value) for name, value in entry.facts.items()},
        )
        row = replace(row, hash=rules.row_hash(head.hash, row))
        # Nothing is written that `ikuzo verify` would refuse to read.
        return rules.parse_row(rules.row_object(row), entry.kind)

    async def head(self, session: AsyncSession, guild_id: int) -> Head:
        """Return the end of a server's chain; row 0 where nothing was written yet."""
        query = select(LedgerHead.seq, LedgerHead.hash).where(LedgerHead.guild_id == guild_id)
        row = (await session.execute(query)).one_or_none()
        return Head(0, rules.genesis(guild_id)) if row is None else Head(row.seq, row.hash)

    async def page(
        self,
        session: AsyncSession,
        guild_id: int,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = 10,
    ) -> Page:
        """Return up to *limit* rows, newest first: the last ones, or those just *before* or *after* a row's number."""
        head = await self.head(session, guild_id)
        if after is not None:
            first, last = after + 1, min(head.seq, after + limit)
        else:
            last = head.seq if before is None else min(head.seq, before - 1)
            first = max(1, last - limit + 1)
        return Page(head, (await store.read(session, guild_id, first, last))[::-1])

    async def document(self, session: AsyncSession, guild_id: int) -> AsyncIterator[bytes]:
        """Yield ``ledger.json`` in pieces; rows added while it is read are left out."""
        head = await self.head(session, guild_id)
        yield rules.document_start(guild_id, head).encode()
        for first in range(1, head.seq + 1, EXPORT_CHUNK):
            rows = await store.read(session, guild_id, first, min(head.seq, first + EXPORT_CHUNK - 1))
            yield "".join(map(rules.row_line, rows)).encode()
        yield rules.DOCUMENT_END.encode()

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, *, now: datetime) -> int:
        """Erase who a person is from every row, with what they wrote as actor and texts that contain their id.

        Messages in the log channel that showed it are edited. Returns how many rows lost something; the chain itself is
        the same as before.
        """
        head = await store.locked_head(tx.session, guild_id)
        if head is None:
            return 0
        here = LedgerClear.guild_id == guild_id
        acted = select(LedgerClear.seq).where(here, LedgerClear.part == Part.ACTOR, LedgerClear.user_id == user_id)
        texts = delete(LedgerClear).where(
            here,
            LedgerClear.part == Part.TEXT,
            or_(LedgerClear.seq.in_(acted), LedgerClear.text.contains(str(user_id))),
        )
        persons = delete(LedgerClear).where(here, LedgerClear.user_id == user_id)
        erased: set[int] = set()
        for statement in (texts, persons):
            found = await tx.session.execute(
                statement.returning(LedgerClear.seq).execution_options(synchronize_session=False)
            )
            erased.update(found.scalars())
        if erased:
            head.erasures += 1
            await self._log_channel.edit(tx, head, erased, now)
        return len(erased)

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        """Erase a server's ledger; should the bot come back, a new chain begins."""
        head = await store.locked_head(tx.session, guild_id)
        if head is not None:
            await self._log_channel.erase_guild(tx, head)
            await store.erase_guild(tx.session, guild_id)

    async def naming(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Row]:
        """Return the rows that name a person, oldest first."""
        return await store.read_naming(session, guild_id, user_id)

    async def count_naming(self, session: AsyncSession, guild_id: int, user_id: int) -> int:
        """Return how many rows name a person."""
        query = select(func.count(distinct(LedgerClear.seq))).where(
            LedgerClear.guild_id == guild_id, LedgerClear.user_id == user_id
        )
        return (await session.execute(query)).scalar_one()

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        """Return ids of persons named in a server's ledger, ascending from *after*."""
        query = (
            select(LedgerClear.user_id)
            .where(LedgerClear.guild_id == guild_id, LedgerClear.user_id > after)
            .distinct()
            .order_by(LedgerClear.user_id)
            .limit(limit)
        )
        return [user_id for user_id in (await session.scalars(query)).all() if user_id is not None]


def _fact(value: Fact) -> Fact:
    if isinstance(value, str):
        return markup.clean(value)
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return str(value)
    return value
