"""A member's data in wallets and gates: what is kept, export, erasure; and what a server's removal erases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.i18n import Text, t
from bot.ledger.rules import time_text
from cogs.wallets.service.applying import Applying
from cogs.wallets.service.explaining import status_of
from cogs.wallets.service.planning import RECHECK
from cogs.wallets.service.records import gates_of, lock_server
from cogs.wallets.service.wallets import cool
from cogs.wallets.tables import (
    Gate,
    GateBreaker,
    GateCycle,
    GateGrant,
    GateServer,
    GateStanding,
    LinkSession,
    ProtectedMember,
    Snapshot,
    SnapshotHolder,
    WalletCooldown,
    WalletLink,
    WalletMember,
)

if TYPE_CHECKING:
    from bot.app import Platform


class WalletCustodian:
    """The feature's duty towards the people in its tables."""

    def __init__(self, platform: "Platform", applying: Applying) -> None:
        self._platform = platform
        self._applying = applying

    def notice(self) -> Text:
        return t("wallet.privacy.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        linked = select(WalletLink).where(WalletLink.guild_id == guild_id, WalletLink.user_id == user_id)
        wallets = [
            {
                "address": row.address,
                "linked_at": time_text(row.linked_at),
                "how": row.how.value,
                "method": row.method.value,
                "chain": row.chain_id,
            }
            for row in (await session.scalars(linked.order_by(WalletLink.id))).all()
        ]
        status = await status_of(session, guild_id, user_id)
        rules = [
            {
                "rule": rule.name,
                "verdict": rule.verdict.value,
                "found": rule.found,
                "checked_at": None if rule.checked_at is None else time_text(rule.checked_at),
                "grace_until": None if rule.grace_until is None else time_text(rule.grace_until),
                "role_given": rule.grant is not None,
            }
            for rule in status.rules
            if rule.verdict is not None
        ]
        asked = select(LinkSession).where(LinkSession.guild_id == guild_id, LinkSession.user_id == user_id)
        links = [
            {
                "asked_at": time_text(row.created_at),
                "how": row.how.value,
                "state": row.state.value,
                "account": row.account,
                "address": row.address,
            }
            for row in (await session.scalars(asked.order_by(LinkSession.id))).all()
        ]
        made: dict[str, object] = {"wallets": wallets, "gate_rules": rules, "wallet_links_of_today": links}
        if status.protected:
            made["protected_from_losing_roles"] = True
        cooling = select(WalletCooldown.until).where(
            WalletCooldown.guild_id == guild_id, WalletCooldown.user_id == user_id
        )
        if found := (await session.scalars(cooling.order_by(WalletCooldown.until))).all():
            made["unlinked_wallets_kept_for_you_until"] = [time_text(until) for until in found]
        asking = await session.get(WalletMember, (guild_id, user_id))
        if asking is not None and asking.refreshed_at is not None:
            made["wallets_last_refreshed_at"] = time_text(asking.refreshed_at)
        return made

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        wallets = await _count(session, WalletLink, guild_id, user_id)
        roles = await _count(session, GateGrant, guild_id, user_id)
        ends = [t("wallet.privacy.ends_wallets", n=wallets)] if wallets else []
        return [*ends, t("wallet.privacy.ends_roles", n=roles)] if roles else ends

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        """Erase a member: wallets and standings at once, and the roles that rested on them are taken."""
        await lock_server(tx.session, guild_id)
        for gate in await gates_of(tx.session, guild_id):
            await self._applying.give_up(tx, gate, user_id, now)
        mine = select(WalletLink).where(WalletLink.guild_id == guild_id, WalletLink.user_id == user_id)
        for wallet in (await tx.session.scalars(mine)).all():
            # To be forgotten is no way of passing a wallet on at once.
            await cool(tx, wallet, None, now)
        for table in (WalletLink, LinkSession, WalletMember, GateStanding, GateGrant, ProtectedMember):
            await tx.session.execute(delete(table).where(table.guild_id == guild_id, table.user_id == user_id))
        await tx.session.execute(
            update(WalletCooldown)
            .where(WalletCooldown.guild_id == guild_id, WalletCooldown.user_id == user_id)
            .values(user_id=None)
        )
        for table, column in (
            (Gate, Gate.created_by),
            (Snapshot, Snapshot.created_by),
            (ProtectedMember, ProtectedMember.by),
            (GateBreaker, GateBreaker.decided_by),
        ):
            await tx.session.execute(
                update(table).where(table.guild_id == guild_id, column == user_id).values({column: None})
            )

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        tables = (WalletLink, WalletCooldown, LinkSession, WalletMember, GateStanding, GateGrant, ProtectedMember)
        found = union(
            *(select(table.user_id).where(table.guild_id == guild_id, table.user_id > after) for table in tables)
        ).subquery()
        query = select(found.c.user_id).where(found.c.user_id.is_not(None)).order_by(found.c.user_id).limit(limit)
        return [int(user_id) for user_id in (await session.scalars(query)).all()]

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        server = await lock_server(tx.session, guild_id)
        if server is not None:
            await self._platform.schedule.drop(tx, RECHECK, server.id)
        snapshots = select(Snapshot.id).where(Snapshot.guild_id == guild_id)
        await tx.session.execute(delete(SnapshotHolder).where(SnapshotHolder.snapshot_id.in_(snapshots)))
        for table in (
            WalletLink,
            WalletCooldown,
            LinkSession,
            WalletMember,
            GateStanding,
            GateGrant,
            ProtectedMember,
            GateBreaker,
            GateCycle,
            Snapshot,
            Gate,
            GateServer,
        ):
            await tx.session.execute(delete(table).where(table.guild_id == guild_id))


async def _count(session: AsyncSession, table: type[WalletLink] | type[GateGrant], guild_id: int, user_id: int) -> int:
    query = select(func.count()).select_from(table).where(table.guild_id == guild_id, table.user_id == user_id)
    return (await session.execute(query)).scalar_one()
