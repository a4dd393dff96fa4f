"""What becomes of a link: the private answer that offered it is edited, roles follow, and secrets go in time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, Parcel, Target
from bot.schedule import Due
from cogs.wallets.rules.addresses import shortened
from cogs.wallets.rules.terms import MAX_FAILURES
from cogs.wallets.service.explaining import MemberStatus, status_of
from cogs.wallets.service.rechecking import Rechecking
from cogs.wallets.tables import LinkSession, LinkState, WalletLink

if TYPE_CHECKING:
    from bot.app import Platform

LINK: Final = "wallet.link"
REPLY: Final = "wallet.reply"
# How long Discord lets an answer be edited.
REPLY_LIFETIME: Final = timedelta(minutes=15)
# How long a link can say why it is over.
KEPT: Final = timedelta(days=1)


class Fate(StrEnum):
    LINKED = "linked"
    UNLINKED = "unlinked"
    REPLACED = "replaced"
    BURNT = "burnt"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a link ended; ``wallet`` is shortened, ``status`` what the rules found by then."""

    fate: Fate
    wallet: str | None
    status: MemberStatus
    reply_token: str = field(repr=False)


class Outcomes:
    """Tell members what became of their links."""

    def __init__(self, platform: "Platform", rechecking: Rechecking) -> None:
        self._platform = platform
        self._rechecking = rechecking

    async def tell(self, tx: Transaction, row: LinkSession, now: datetime) -> None:
        """Have the answer that offered a link say how it ended."""
        if row.reply_token is not None:
            parcel = Parcel(REPLY, row.id, row.guild_id, Target.REPLY, row.language, replace=True)
            await self._platform.deliveries.put(tx, parcel, now)

    async def due(self, due: Due) -> datetime | None:
        """Do what is due of a link: recheck whose it is, say that it is over, erase what is secret, delete it."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(LinkSession, due.subject, with_for_update=True)
            if row is None:
                return None
            if now >= row.created_at + KEPT:
                await tx.session.delete(row)
                return None
            if now >= row.created_at + REPLY_LIFETIME:
                _erase(row)
                return row.created_at + KEPT
        if row.state is LinkState.CONSUMED:
            await self._rechecking.members(row.guild_id, [row.user_id], now)
        async with self._platform.database.write() as tx:
            again = await tx.session.get(LinkSession, due.subject, with_for_update=True)
            if again is None:
                return None
            await self.tell(tx, again, now)
        return row.created_at + REPLY_LIFETIME

    async def load(self, session: AsyncSession, delivery: Delivery) -> Outcome | None:
        """Return how a link ended; None once the answer can no longer be edited, or while it is still good."""
        row = await session.get(LinkSession, delivery.subject)
        now = clock.now()
        if row is None or row.reply_token is None or now >= row.created_at + REPLY_LIFETIME:
            return None
        fate, wallet = _fate(row), None
        if fate is Fate.LINKED:
            linked = await session.get(WalletLink, row.wallet_id)
            if linked is None or linked.user_id != row.user_id:
                fate = Fate.UNLINKED
            else:
                wallet = shortened(linked.address)
        elif fate is Fate.EXPIRED and now < row.expires_at:
            return None
        return Outcome(fate, wallet, await status_of(session, row.guild_id, row.user_id), row.reply_token)


def _fate(row: LinkSession) -> Fate:
    match row.state:
        case LinkState.CONSUMED:
            return Fate.LINKED
        case LinkState.BURNT:
            return Fate.BURNT if row.failures >= MAX_FAILURES else Fate.REPLACED
        case LinkState.OPEN:
            return Fate.EXPIRED


def _erase(row: LinkSession) -> None:
    row.reply_token = row.address = row.message = row.state_hash = row.verifier = row.browser_hash = None
