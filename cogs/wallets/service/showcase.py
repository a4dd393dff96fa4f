"""What wallets and gates show in ``/my show``."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.i18n import t
from bot.ports import Line, Section
from bot.verdict import Verdict
from cogs.wallets.rules.addresses import shortened
from cogs.wallets.service.explaining import RuleStatus, status_of
from cogs.wallets.tables import WalletLink


class WalletShowcase:
    """A member's wallets, and how the rules stand for them."""

    async def mine(self, session: AsyncSession, guild_id: int, user_id: int, now: datetime) -> Sequence[Section]:
        query = select(WalletLink).where(WalletLink.guild_id == guild_id, WalletLink.user_id == user_id)
        rows = (await session.scalars(query.order_by(WalletLink.id))).all()
        wallets = [Line(t("wallet.show.wallet", wallet=shortened(row.address)), row.linked_at) for row in rows]
        status = await status_of(session, guild_id, user_id)
        rules = [_line(rule) for rule in status.rules if rule.verdict is not None]
        sections = (Section(t("wallet.show.wallets"), wallets), Section(t("wallet.show.rules"), rules))
        return [section for section in sections if section.lines]

    async def browse(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Section]:
        return ()


def _line(rule: RuleStatus) -> Line:
    role = markup.role(rule.role_id)
    if rule.grace_until is not None:
        return Line(t("wallet.show.grace", rule=rule.name, role=role), rule.grace_until)
    match rule.verdict:
        case Verdict.YES:
            return Line(t("wallet.show.yes", rule=rule.name, role=role))
        case Verdict.NO:
            return Line(t("wallet.show.no", rule=rule.name, role=role))
        case _:
            return Line(t("wallet.show.unknown", rule=rule.name, role=role))
