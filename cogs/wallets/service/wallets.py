"""Linked wallets: kept, listed, unlinked; one wallet, one member per server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction, insert_for
from bot.errors import NotFound, WrongState
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_moderator
from cogs.wallets.rules.addresses import digest, shortened
from cogs.wallets.rules.terms import MAX_WALLETS, How, Method
from cogs.wallets.service.proving import Proof
from cogs.wallets.service.rechecking import Rechecking
from cogs.wallets.service.records import lock_server
from cogs.wallets.tables import GateStanding, WalletCooldown, WalletLink, WalletMember

if TYPE_CHECKING:
    from bot.app import Platform

COOLDOWN: Final = timedelta(hours=24)
REFRESH_EVERY: Final = timedelta(minutes=1)
# After so long the owner of a contract wallet is asked to prove it anew: its signers can change.
PROOF_KEPT: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OwnWallet:
    """A wallet as its owner sees it; moderators see ``shortened``. ``old``: its contract was asked long ago."""

    key: int
    address: str
    how: How
    method: Method
    chain_id: int
    linked_at: datetime
    old: bool = False

    @property
    def shortened(self) -> str:
        return shortened(self.address)


class LinkedWallets:
    """The wallets of members."""

    def __init__(self, platform: "Platform", rechecking: Rechecking) -> None:
        self._platform = platform
        self._rechecking = rechecking

    async def of(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[WalletLink]:
        """Return a member's wallets, oldest first."""
        query = select(WalletLink).where(WalletLink.guild_id == guild_id, WalletLink.user_id == user_id)
        return (await session.scalars(query.order_by(WalletLink.id))).all()

    async def enabled(self, actor: Actor) -> None:
        """Raise WrongState while wallets are turned off here."""
        async with self._platform.database.read() as session:
            require_enabled(await config_of(session, actor.guild_id), Feature.WALLETS)

    async def own(self, actor: Actor) -> Sequence[OwnWallet]:
        """Return the asking member's wallets, oldest first; also while wallets are turned off."""
        return await self.of_member(actor, None)

    async def of_member(self, actor: Actor, user_id: int | None) -> Sequence[OwnWallet]:
        """Return somebody's wallets: one's own for None, others' for moderators."""
        async with self._platform.database.read() as session:
            if user_id is not None:
                require_moderator(actor, await config_of(session, actor.guild_id))
            rows = await self.of(session, actor.guild_id, actor.user_id if user_id is None else user_id)
        now = clock.now()
        return [
            OwnWallet(row.id, row.address, row.how, row.method, row.chain_id, row.linked_at, _is_old(row, now))
            for row in rows
        ]

    async def named(self, actor: Actor, typed: str, user_id: int | None) -> int:
        """Return the key of a wallet by its key, address or shortened address; raises NotFound."""
        wanted = typed.strip().lower()
        for wallet in await self.of_member(actor, user_id):
            if wanted in (str(wallet.key), wallet.address, wallet.shortened):
                return wallet.key
        raise NotFound(t("wallet.no_such"))

    async def link(
        self, tx: Transaction, guild_id: int, user_id: int, address: str, proof: Proof, how: How, now: datetime
    ) -> WalletLink:
        """Keep a wallet that was just proved, in the transaction that locked the server and consumes its session.

        One that is the member's already rests on the newer proof from then on, unless that says less.
        Raises WrongState for someone else's wallet, one that somebody unlinked a short while ago, and too many.
        """
        mine = await self.of(tx.session, guild_id, user_id)
        here = select(WalletLink).where(WalletLink.guild_id == guild_id, WalletLink.address == address)
        taken = (await tx.session.scalars(here)).one_or_none()
        if taken is not None:
            if taken.user_id != user_id:
                raise WrongState(t("wallet.link.taken"))
            if proof.method is Method.RECOVER or taken.method is not Method.RECOVER:
                _rest_on(taken, proof, how, now)
            return taken
        await _require_cool(tx, guild_id, user_id, address, now)
        if len(mine) >= MAX_WALLETS:
            raise WrongState(t("wallet.link.many", n=MAX_WALLETS))
        row = WalletLink(guild_id=guild_id, user_id=user_id, address=address)
        _rest_on(row, proof, how, now)
        tx.session.add(row)
        await tx.session.flush()
        return row

    async def unlink(self, actor: Actor, key: int, now: datetime) -> str:
        """Unlink one of the member's own wallets, or as a moderator anybody's; returns it shortened.

        Roles follow at once: whoever unlinks a wallet is asked for no grace.
        """
        async with self._platform.database.write() as tx:
            await lock_server(tx.session, actor.guild_id)
            row = await tx.session.get(WalletLink, key, with_for_update=True)
            if row is None or row.guild_id != actor.guild_id:
                raise NotFound(t("wallet.no_such"))
            if row.user_id != actor.user_id:
                require_moderator(actor, await config_of(tx.session, actor.guild_id))
                entry = Entry(actor.guild_id, "wallet.unlinked", actor.user_id, persons={"member": row.user_id})
                await self._platform.ledger.append(tx, entry, now=now)
            user_id, shown = row.user_id, shortened(row.address)
            await cool(tx, row, row.user_id, now)
            await tx.session.delete(row)
            await tx.session.execute(
                update(GateStanding)
                .where(GateStanding.guild_id == actor.guild_id, GateStanding.user_id == user_id)
                .values(at_once=True)
            )
        await self._rechecking.members(actor.guild_id, [user_id], now)
        return shown

    async def tidy(self) -> None:
        """Drop cooldowns that are over; links have deadlines of their own."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            await tx.session.execute(delete(WalletCooldown).where(WalletCooldown.until <= now))

    async def refresh(self, actor: Actor, now: datetime) -> None:
        """Recheck the member, at most once a minute; raises WrongState for one that comes too soon."""
        async with self._platform.database.write() as tx:
            row = await tx.session.get(WalletMember, (actor.guild_id, actor.user_id), with_for_update=True)
            if row is not None and row.refreshed_at is not None and now - row.refreshed_at < REFRESH_EVERY:
                raise WrongState(t("wallet.refresh.soon", when=row.refreshed_at + REFRESH_EVERY))
            new = insert_for(tx.session)(WalletMember).values(
                guild_id=actor.guild_id, user_id=actor.user_id, refreshed_at=now
            )
            await tx.session.execute(
                new.on_conflict_do_update(
                    index_elements=[WalletMember.guild_id, WalletMember.user_id], set_={"refreshed_at": now}
                )
            )
        await self._rechecking.members(actor.guild_id, [actor.user_id], now)


def _rest_on(row: WalletLink, proof: Proof, how: How, now: datetime) -> None:
    row.method, row.how, row.linked_at = proof.method, how, now
    row.chain_id, row.block, row.code_hash = proof.chain_id, proof.block, proof.code_hash


def _is_old(row: WalletLink, now: datetime) -> bool:
    return row.method is not Method.RECOVER and now - row.linked_at > PROOF_KEPT


async def cool(tx: Transaction, row: WalletLink, owner: int | None, now: datetime) -> None:
    """Keep a wallet that is about to be unlinked from everyone but *owner* for a while, None for everyone."""
    statement = insert_for(tx.session)(WalletCooldown).values(
        guild_id=row.guild_id, digest=digest(row.guild_id, row.address), user_id=owner, until=now + COOLDOWN
    )
    await tx.session.execute(
        statement.on_conflict_do_update(
            index_elements=[WalletCooldown.guild_id, WalletCooldown.digest],
            set_={"user_id": owner, "until": now + COOLDOWN},
        )
    )


async def _require_cool(tx: Transaction, guild_id: int, user_id: int, address: str, now: datetime) -> None:
    await tx.session.execute(delete(WalletCooldown).where(WalletCooldown.until <= now))
    query = select(WalletCooldown).where(
        WalletCooldown.guild_id == guild_id, WalletCooldown.digest == digest(guild_id, address)
    )
    row = (await tx.session.scalars(query)).one_or_none()
    if row is not None and row.user_id != user_id:
        raise WrongState(t("wallet.link.cooling", when=row.until))
