"""Claims: opened with a win, taken by the winner, and what the winner says of the delivery."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot.database import Transaction
from bot.delivery import Delivery, Parcel, Target
from bot.direct import put_direct
from bot.errors import NotFound, WrongState
from bot.guilds import config_of
from bot.i18n import Text, t
from bot.ledger.service import Entry
from bot.people import Actor
from bot.ports import Wallet
from bot.posts import Posts
from cogs.giveaways.rules.claiming import LEAST, claim_end, new_code, reminders
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.service.prizes import PrizeInfo, prize_info, won_by
from cogs.giveaways.service.records import giveaway_of, post_url
from cogs.giveaways.tables import ClaimState, Giveaway, GiveawayPrize, Source

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.app import Platform

HALF: Final = "giveaway.claim_half"
LAST: Final = "giveaway.claim_last"
END: Final = "giveaway.claim_end"
# Completes the pass of a prize whose winner was forgotten.
FORGOTTEN: Final = "giveaway.pass"
# Looks daily whether those who have not claimed yet are still in the server.
LOOK: Final = "giveaway.look"
LOOK_EVERY: Final = timedelta(days=1)
MISSING: Final = "giveaway.missing"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of claiming; ``new`` is False when it was claimed already. ``genuine``: where wallets are linked."""

    prize: PrizeInfo
    new: bool
    genuine: Text | None = None


@dataclass(frozen=True, slots=True)
class WalletChoice:
    """A prize that goes to a wallet, its winner's wallets to choose from, and where wallets are linked."""

    prize: PrizeInfo
    wallets: Sequence[Wallet]
    genuine: Text | None


@dataclass(frozen=True, slots=True)
class MissingView:
    """What an organiser is told of a prize that has not arrived; ``url`` leads to the giveaway's post."""

    prize: PrizeInfo
    url: str | None


class Told(StrEnum):
    """What a winner's word on the delivery came to."""

    RECEIVED = "received"
    MISSING = "missing"
    KNOWN = "known"


class Claims:
    """The winners' side of a drawn giveaway; ``choose`` takes one of several at random."""

    def __init__(
        self, platform: "Platform", posts: Posts, choose: Callable[[Sequence[str]], str] = secrets.choice
    ) -> None:
        self._platform = platform
        self._posts = posts
        self._choose = choose

    async def open_claim(self, tx: Transaction, row: Giveaway, prize: GiveawayPrize, now: datetime) -> None:
        """Open the claim of a prize in the transaction that gives it; one that reached a forgotten person passes on."""
        if row.source is Source.HOLDERS:
            return
        if prize.user_id is None:
            await self._platform.schedule.put(tx, FORGOTTEN, prize.id, now, guild_id=row.guild_id)
            return
        if row.claim is Claim.NONE:
            return
        within = None if row.claim_seconds is None else timedelta(seconds=row.claim_seconds)
        risen = prize.rank > (row.drawn_winners or row.winners)
        prize.claim_state = ClaimState.OPEN
        prize.claim_until = claim_end(row.claim, within, row.claim_until, now, risen=risen)
        if row.claim is Claim.IN_PERSON:
            prize.code = await self._fresh_code(tx, row.guild_id)
        await tx.session.flush()
        await self.set_deadlines(tx, row.guild_id, prize, now)
        await self._platform.schedule.put(tx, LOOK, row.id, now + LOOK_EVERY, guild_id=row.guild_id)

    async def set_deadlines(self, tx: Transaction, guild_id: int, prize: GiveawayPrize, now: datetime) -> None:
        """Make reminders and the end of an open claim due; whatever was due before is not any more."""
        await self.drop_deadlines(tx, prize.id)
        if prize.claim_until is None:
            return
        half, last = reminders(now, prize.claim_until)
        for kind, due_at in ((HALF, half), (LAST, last), (END, prize.claim_until)):
            if due_at is not None:
                await self._platform.schedule.put(tx, kind, prize.id, due_at, guild_id=guild_id)

    async def drop_deadlines(self, tx: Transaction, prize_id: int) -> None:
        """Make nothing due for a prize any more."""
        for kind in (HALF, LAST, END):
            await self._platform.schedule.drop(tx, kind, prize_id)

    async def reopen(
        self, tx: Transaction, row: Giveaway, prize: GiveawayPrize, now: datetime, least: timedelta = LEAST
    ) -> None:
        """Have a prize that was thought handed over wait for its winner again, for *least* or longer."""
        prize.claim_state, prize.claimed_at, prize.redeemed_by, prize.received = ClaimState.OPEN, None, None, None
        if prize.claim_until is not None:
            prize.claim_until = max(prize.claim_until, now + least)
            await self.set_deadlines(tx, row.guild_id, prize, now)
        # Nobody is looked for any more once everything is claimed.
        await self._platform.schedule.put(tx, LOOK, row.id, now + LOOK_EVERY, guild_id=row.guild_id)

    async def claim(self, actor: Actor, key: int, now: datetime) -> Claimed:
        """Take one's prize with the button; raises WrongState when it is claimed otherwise, or the time is over."""
        async with self._platform.database.write() as tx:
            row = await giveaway_of(tx.session, actor.guild_id, key, lock=True)
            prize = await won_by(tx.session, row, actor.user_id)
            if row.claim is not Claim.BUTTON:
                raise WrongState(t("giveaway.claim.no_button", number=str(row.number)))
            if prize.claim_state is not ClaimState.OPEN:
                return Claimed(prize_info(row, prize), new=False)
            await self._take(tx, actor, row, prize, now)
            return Claimed(prize_info(row, prize), new=True)

    async def prize(self, actor: Actor, key: int) -> PrizeInfo:
        """Return one's own prize."""
        async with self._platform.database.read() as session:
            row = await giveaway_of(session, actor.guild_id, key)
            return prize_info(row, await won_by(session, row, actor.user_id))

    async def declinable(self, actor: Actor, key: int) -> PrizeInfo:
        """Return one's own prize; raises WrongState once it is delivered."""
        prize = await self.prize(actor, key)
        if prize.claim_state is ClaimState.DELIVERED:
            raise WrongState(t("giveaway.decline.delivered", number=str(prize.info.number)))
        return prize

    async def wallets(self, actor: Actor, key: int, now: datetime) -> WalletChoice:
        """Return the wallets a winner may choose from; raises WrongState without any, or while none can be linked."""
        async with self._platform.database.read() as session:
            row = await giveaway_of(session, actor.guild_id, key)
            prize = await won_by(session, row, actor.user_id)
            _require_choosable(row, prize, now)
            wallets = await self._wallets(session, actor)
            return WalletChoice(prize_info(row, prize), wallets, self._platform.wallets.genuine())

    async def choose_wallet(self, actor: Actor, key: int, wallet_key: str, now: datetime) -> Claimed:
        """Claim with a linked wallet; until the prize is delivered another may be chosen.

        Raises NotFound for one that is not linked any more.
        """
        async with self._platform.database.write() as tx:
            row = await giveaway_of(tx.session, actor.guild_id, key, lock=True)
            prize = await won_by(tx.session, row, actor.user_id)
            _require_choosable(row, prize, now)
            linked = {str(wallet.key): wallet for wallet in await self._wallets(tx.session, actor)}
            if wallet_key not in linked:
                raise NotFound(t("giveaway.claim.wallet_gone"))
            address = linked[wallet_key].address
            new = prize.wallet != address
            if new:
                prize.wallet = address
                await self._take(tx, actor, row, prize, now)
            return Claimed(prize_info(row, prize), new=new, genuine=self._platform.wallets.genuine())

    async def code(self, actor: Actor, key: int) -> PrizeInfo:
        """Return one's prize with its pick-up code; raises WrongState when it is not picked up in person, or was."""
        prize = await self.prize(actor, key)
        number = str(prize.info.number)
        if prize.info.claim is not Claim.IN_PERSON:
            raise WrongState(t("giveaway.claim.not_in_person", number=number))
        if prize.claim_state is not ClaimState.OPEN or prize.code is None:
            when = prize.claimed_at or prize.at
            raise WrongState(t("giveaway.claim.picked_up", number=number, at=when))
        return prize

    async def tell(self, actor: Actor, key: int, now: datetime, *, arrived: bool) -> Told:
        """Note that a prize has arrived, or that it has not, of which the organiser is told."""
        async with self._platform.database.write() as tx:
            row = await giveaway_of(tx.session, actor.guild_id, key, lock=True)
            prize = await won_by(tx.session, row, actor.user_id)
            if prize.claim_state is ClaimState.OPEN:
                raise WrongState(t("giveaway.claim.first", number=str(row.number)))
            if prize.received is arrived:
                return Told.KNOWN
            first = prize.received is None
            prize.received = arrived
            if arrived:
                prize.claim_state = ClaimState.DELIVERED
            elif prize.claim_state is ClaimState.DELIVERED:
                # Who says so is there to take it, claimed or not.
                prize.claim_state = ClaimState.NONE if row.claim is Claim.NONE else ClaimState.CLAIMED
                prize.claimed_at = prize.claimed_at or now
            await self._posts.refresh(tx, row.id, now)
            if not arrived:
                await self._report(tx, actor, row, prize, now, in_ledger=first)
        return Told.RECEIVED if arrived else Told.MISSING

    async def _take(self, tx: Transaction, actor: Actor, row: Giveaway, prize: GiveawayPrize, now: datetime) -> None:
        if prize.claim_state is ClaimState.OPEN:
            if prize.claim_until is not None and prize.claim_until <= now:
                raise WrongState(t("giveaway.claim.too_late", number=str(row.number), until=prize.claim_until))
            await self.drop_deadlines(tx, prize.id)
        prize.claim_state, prize.claimed_at = ClaimState.CLAIMED, now
        await self._posts.refresh(tx, row.id, now)
        await self._note(tx, actor, row, prize, "giveaway.claimed", now)

    async def _report(
        self, tx: Transaction, actor: Actor, row: Giveaway, prize: GiveawayPrize, now: datetime, *, in_ledger: bool
    ) -> None:
        """Tell the organiser, once, that a prize has not arrived; the ledger's channel hears of it too."""
        if row.organiser_id is not None:
            parcel = Parcel(
                kind=MISSING,
                subject=prize.id,
                guild_id=row.guild_id,
                target=Target.DIRECT,
                user_id=row.organiser_id,
                language=(await config_of(tx.session, row.guild_id)).language,
            )
            await put_direct(self._platform.deliveries, tx, parcel, now)
        if in_ledger:
            await self._note(tx, actor, row, prize, "giveaway.not_received", now)

    async def load_missing(self, session: "AsyncSession", delivery: Delivery) -> MissingView | None:
        """Read the note to the organiser; None when the prize has arrived meanwhile."""
        prize = await session.get(GiveawayPrize, delivery.subject)
        row = None if prize is None else await session.get(Giveaway, prize.giveaway_id)
        if prize is None or row is None or prize.received is not False:
            return None
        return MissingView(prize_info(row, prize), await post_url(session, row))

    async def _wallets(self, session: "AsyncSession", actor: Actor) -> Sequence[Wallet]:
        wallets = await self._platform.wallets.of(session, actor.guild_id, actor.user_id)
        if not wallets:
            genuine = self._platform.wallets.genuine()
            if genuine is None:
                raise WrongState(t("giveaway.claim.no_wallet"))
            raise WrongState(t("giveaway.claim.no_wallet_at", genuine=genuine))
        return wallets

    async def _note(
        self, tx: Transaction, actor: Actor, row: Giveaway, prize: GiveawayPrize, kind: str, now: datetime
    ) -> None:
        entry = Entry(row.guild_id, kind, actor.user_id, f"giveaway:{row.number}", facts={"rank": prize.rank})
        await self._platform.ledger.append(tx, entry, now=now)

    async def _fresh_code(self, tx: Transaction, guild_id: int) -> str:
        """Return a code nobody has in the server, since staff type it without saying for which giveaway."""
        while True:
            code = new_code(self._choose)
            taken = (
                select(GiveawayPrize.id)
                .join(Giveaway, Giveaway.id == GiveawayPrize.giveaway_id)
                .where(Giveaway.guild_id == guild_id, GiveawayPrize.code == code)
            )
            if await tx.session.scalar(taken.limit(1)) is None:
                return code


def _require_choosable(row: Giveaway, prize: GiveawayPrize, now: datetime) -> None:
    number = str(row.number)
    if row.claim is not Claim.WALLET:
        raise WrongState(t("giveaway.claim.no_wallet_asked", number=number))
    if prize.claim_state is ClaimState.DELIVERED:
        raise WrongState(t("giveaway.claim.sent", number=number))
    if prize.claim_state is ClaimState.OPEN and prize.claim_until is not None and prize.claim_until <= now:
        raise WrongState(t("giveaway.claim.too_late", number=number, until=prize.claim_until))
