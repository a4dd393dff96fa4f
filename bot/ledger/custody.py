"""The ledger's duty towards the persons in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.i18n import Text, t
from bot.ledger.rules import Row, time_text
from bot.ledger.service import Ledger


class LedgerCustodian:
    """What of a member the ledger keeps, shows and erases."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def notice(self) -> Text:
        return t("ledger.privacy.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        """Return the rows that name the member, and as what; texts only where the member wrote them."""
        rows = await self._ledger.naming(session, guild_id, user_id)
        return {"ledger": [_exported(row, str(user_id)) for row in rows]}

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        count = await self._ledger.count_naming(session, guild_id, user_id)
        return [t("ledger.privacy.consequence", n=count)] if count else []

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        await self._ledger.forget(tx, guild_id, user_id, now=now)

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        return await self._ledger.known_users(session, guild_id, after, limit)

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        await self._ledger.erase_guild(tx, guild_id)


def _exported(row: Row, person: str) -> Mapping[str, object]:
    acted = row.actor is not None and row.actor.value == person
    named = [name for name, value in row.persons.items() if value.value == person]
    return {
        "row": row.seq,
        "at": time_text(row.at),
        "kind": row.kind,
        "subject": row.subject,
        "as": ["actor", *named] if acted else named,
        "texts": {name: text.value for name, text in row.texts.items()} if acted else {},
        "facts": dict(row.facts),
    }
