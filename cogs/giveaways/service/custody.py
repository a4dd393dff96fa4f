"""A member's data in giveaways: what is kept, export, and erasure that leaves every draw verifiable."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.i18n import Text, t
from bot.numbers import LastNumber
from bot.posts import Post, Posts
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.service.closing import forget_organiser
from cogs.giveaways.tables import (
    KIND,
    ClaimState,
    Giveaway,
    GiveawayEntry,
    GiveawayPrize,
    State,
)

if TYPE_CHECKING:
    from bot.app import Platform

# Before the list is fixed an entry simply goes; after it, only the name behind the token does.
UNFIXED: Final = (State.SCHEDULED, State.OPEN, State.CLOSING)

# Passes the unclaimed prize of someone who is gone to the next in the ranking; set by the service of redraws.
PassOn = Callable[[Transaction, Giveaway, GiveawayPrize, datetime], Awaitable[None]]
# Has announcements and their bundles replaced; set by the service of draws.
Republish = Callable[[Transaction, Giveaway, datetime], Awaitable[None]]


class GiveawayCustodian:
    """The feature's duty towards the people in its tables."""

    def __init__(self, platform: "Platform", posts: Posts, pass_on: PassOn, republish: Republish) -> None:
        self._platform = platform
        self._posts = posts
        self._pass_on = pass_on
        self._republish = republish

    def notice(self) -> Text:
        return t("giveaway.privacy.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        entries = await session.execute(
            select(Giveaway, GiveawayEntry)
            .join(GiveawayEntry, GiveawayEntry.giveaway_id == Giveaway.id)
            .where(Giveaway.guild_id == guild_id, GiveawayEntry.user_id == user_id)
            .order_by(Giveaway.number)
        )
        prizes = await session.execute(
            select(Giveaway, GiveawayPrize)
            .join(GiveawayPrize, GiveawayPrize.giveaway_id == Giveaway.id)
            .where(Giveaway.guild_id == guild_id, GiveawayPrize.user_id == user_id)
            .order_by(Giveaway.number, GiveawayPrize.rank)
        )
        organised = await session.scalars(
            select(Giveaway).where(Giveaway.guild_id == guild_id, Giveaway.organiser_id == user_id)
        )
        return {
            "giveaway_entries": [_entry(row, entry) for row, entry in entries],
            "giveaway_prizes": [_prize(row, prize) for row, prize in prizes],
            "giveaways_organised": [
                {"number": row.number, "prize": row.prize, "posted": row.created_at.isoformat()} for row in organised
            ],
        }

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        running = await session.scalar(
            select(func.count())
            .select_from(GiveawayEntry)
            .join(Giveaway, Giveaway.id == GiveawayEntry.giveaway_id)
            .where(Giveaway.guild_id == guild_id, GiveawayEntry.user_id == user_id, Giveaway.state.in_(UNFIXED))
        )
        fixed = await session.scalar(
            select(func.count())
            .select_from(GiveawayEntry)
            .join(Giveaway, Giveaway.id == GiveawayEntry.giveaway_id)
            .where(Giveaway.guild_id == guild_id, GiveawayEntry.user_id == user_id, Giveaway.state == State.FROZEN)
        )
        prizes = await session.scalar(
            select(func.count())
            .select_from(GiveawayPrize)
            .join(Giveaway, Giveaway.id == GiveawayPrize.giveaway_id)
            .where(
                Giveaway.guild_id == guild_id,
                GiveawayPrize.user_id == user_id,
                GiveawayPrize.outcome == Outcome.WON,
                GiveawayPrize.claim_state == ClaimState.OPEN,
            )
        )
        found: list[Text] = []
        if running:
            found.append(t("giveaway.privacy.ends_entries", n=running))
        if fixed:
            found.append(t("giveaway.privacy.ends_frozen", n=fixed))
        if prizes:
            found.append(t("giveaway.privacy.ends_prizes", n=prizes))
        return found

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        await self._forget_running(tx, guild_id, user_id, now)
        touched = await self._forget_prizes(tx, guild_id, user_id, now)
        touched |= await self._forget_fixed(tx, guild_id, user_id)
        touched |= await self._forget_organiser(tx, guild_id, user_id)
        for key in sorted(touched):
            row = await tx.session.get(Giveaway, key)
            if row is not None:
                await self._posts.refresh(tx, key, now)
                await self._republish(tx, row, now)

    async def _forget_running(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        query = (
            select(Giveaway)
            .join(GiveawayEntry, GiveawayEntry.giveaway_id == Giveaway.id)
            .where(Giveaway.guild_id == guild_id, GiveawayEntry.user_id == user_id, Giveaway.state.in_(UNFIXED))
            .order_by(Giveaway.id)
            .with_for_update()
        )
        for row in (await tx.session.scalars(query)).all():
            await tx.session.execute(
                delete(GiveawayEntry).where(GiveawayEntry.giveaway_id == row.id, GiveawayEntry.user_id == user_id)
            )
            row.entry_count -= 1
            await self._posts.refresh(tx, row.id, now)

    async def _forget_prizes(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> set[int]:
        query = (
            select(Giveaway, GiveawayPrize)
            .join(GiveawayPrize, GiveawayPrize.giveaway_id == Giveaway.id)
            .where(Giveaway.guild_id == guild_id, GiveawayPrize.user_id == user_id)
            .order_by(Giveaway.id)
            .with_for_update()
        )
        touched: set[int] = set()
        for row, prize in (await tx.session.execute(query)).all():
            if prize.outcome is Outcome.WON and prize.claim_state is ClaimState.OPEN:
                await self._pass_on(tx, row, prize, now)
            prize.user_id = prize.code = prize.wallet = None
            touched.add(row.id)
        await tx.session.execute(
            update(GiveawayPrize)
            .where(GiveawayPrize.redeemed_by == user_id, GiveawayPrize.giveaway_id.in_(_of(guild_id)))
            .values(redeemed_by=None)
        )
        return touched

    async def _forget_fixed(self, tx: Transaction, guild_id: int, user_id: int) -> set[int]:
        erased = await tx.session.scalars(
            update(GiveawayEntry)
            .where(GiveawayEntry.user_id == user_id, GiveawayEntry.giveaway_id.in_(_of(guild_id)))
            .values(user_id=None, salt=None)
            .returning(GiveawayEntry.giveaway_id)
        )
        return set(erased.all())

    async def _forget_organiser(self, tx: Transaction, guild_id: int, user_id: int) -> set[int]:
        query = select(Giveaway).where(
            Giveaway.guild_id == guild_id, or_(Giveaway.organiser_id == user_id, Giveaway.cancelled_by == user_id)
        )
        touched: set[int] = set()
        for row in (await tx.session.scalars(query.with_for_update())).all():
            if row.organiser_id == user_id:
                row.organiser_id = None
                # Until the list is fixed the terms still keep the organiser out; they are judged by id.
                if row.state not in UNFIXED:
                    forget_organiser(row)
                touched.add(row.id)
            if row.cancelled_by == user_id:
                row.cancelled_by = None
        return touched

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        found: set[int] = set()
        entries = select(GiveawayEntry.user_id).where(
            GiveawayEntry.giveaway_id.in_(_of(guild_id)), GiveawayEntry.user_id > after
        )
        organisers = select(Giveaway.organiser_id).where(Giveaway.guild_id == guild_id, Giveaway.organiser_id > after)
        for query in (entries, organisers):
            column = query.selected_columns[0]
            ids = await session.scalars(query.distinct().order_by(column).limit(limit))
            found.update(user_id for user_id in ids if user_id is not None)
        return sorted(found)[:limit]

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        await tx.session.execute(delete(Post).where(Post.kind == KIND, Post.guild_id == guild_id))
        # Entries, freezes and prizes go with their giveaway.
        await tx.session.execute(delete(Giveaway).where(Giveaway.guild_id == guild_id))
        await tx.session.execute(delete(LastNumber).where(LastNumber.guild_id == guild_id, LastNumber.kind == KIND))


def _of(guild_id: int) -> Any:
    return select(Giveaway.id).where(Giveaway.guild_id == guild_id).scalar_subquery()


def _entry(row: Giveaway, entry: GiveawayEntry) -> dict[str, object]:
    return {
        "giveaway": row.number,
        "prize": row.prize,
        "entered_at": entry.entered_at.isoformat(),
        "tickets": entry.tickets,
        "token": entry.token,
        "salt": entry.salt,
        "taken_off_at_closing": entry.dropped,
        "could_not_be_rechecked": entry.unchecked,
    }


def _prize(row: Giveaway, prize: GiveawayPrize) -> dict[str, object]:
    return {
        "giveaway": row.number,
        "prize": row.prize,
        "rank": prize.rank,
        "outcome": prize.outcome.value,
        "reason": prize.reason,
        "at": prize.at.isoformat(),
        "claim": prize.claim_state.value,
        "claimed_at": None if prize.claimed_at is None else prize.claimed_at.isoformat(),
        "wallet": prize.wallet,
        "received": prize.received,
    }
