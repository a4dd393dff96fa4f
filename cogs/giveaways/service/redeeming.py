"""Redeeming pick-up codes: by staff, once, with the staff member named, undone within ten minutes."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Transaction
from bot.errors import BadInput, NotFound, TryAgain, WrongState
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_staff
from bot.posts import Posts
from cogs.giveaways.rules.claiming import CODE_LENGTH, UNDO, read_code
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.service.claims import Claims
from cogs.giveaways.service.prizes import PrizeInfo, is_waiting, prize_info, prize_of
from cogs.giveaways.tables import ClaimState, Giveaway, GiveawayPrize

if TYPE_CHECKING:
    from bot.app import Platform

# Of 32^8 codes nobody finds one by guessing; the limit is for whoever tries all the same.
TRIES: Final = 10
TRIES_IN: Final = timedelta(minutes=1)
REMEMBERED: Final = 1_000
# After an undo the winner comes back to the stand; the prize does not pass on before.
GRACE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A prize that was just handed over; it can be undone until ``undo_until``."""

    prize: PrizeInfo
    undo_until: datetime


class Redeeming:
    """What staff do at the stand.

    Wrong codes are counted in memory: all interactions of a server come to the process that holds its shard.
    """

    def __init__(self, platform: "Platform", posts: Posts, claims: Claims) -> None:
        self._platform = platform
        self._posts = posts
        self._claims = claims
        self._wrong: OrderedDict[tuple[int, int], deque[datetime]] = OrderedDict()

    async def require_staff(self, actor: Actor) -> None:
        """Raise NotAllowed, saying who may, unless *actor* may redeem."""
        async with self._platform.database.read() as session:
            await self._require(session, actor)

    async def redeem(self, actor: Actor, typed: str, now: datetime) -> Redeemed:
        """Hand a prize over; raises a UserError that says what is wrong with the code, or with the prize."""
        async with self._platform.database.write() as tx:
            await self._require(tx.session, actor)
            self._limit(actor, now)
            row, prize = await self._find(tx, actor, typed, now)
            number = str(row.number)
            if prize.outcome is Outcome.PASSED:
                raise WrongState(t("giveaway.redeem.passed", number=number, at=prize.at))
            if not is_waiting(prize):
                by = t("giveaway.redeem.someone") if prize.redeemed_by is None else markup.user(prize.redeemed_by)
                raise WrongState(t("giveaway.redeem.again", number=number, by=by, at=prize.claimed_at or prize.at))
            prize.claim_state, prize.claimed_at, prize.redeemed_by = ClaimState.DELIVERED, now, actor.user_id
            await self._claims.drop_deadlines(tx, prize.id)
            await self._posts.refresh(tx, row.id, now)
            await self._note(tx, actor, row, prize, "giveaway.redeemed", now)
            return Redeemed(prize_info(row, prize), now + UNDO)

    async def undo(self, actor: Actor, key: int, now: datetime) -> PrizeInfo:
        """Take a redemption back, so that the code works again; raises WrongState after ten minutes."""
        async with self._platform.database.write() as tx:
            await self._require(tx.session, actor)
            row, prize = await prize_of(tx.session, actor.guild_id, key, lock=True)
            if prize.outcome is Outcome.PASSED or prize.redeemed_by is None or prize.claimed_at is None:
                raise WrongState(t("giveaway.redeem.nothing_to_undo"))
            if now - prize.claimed_at > UNDO:
                raise WrongState(t("giveaway.redeem.undo_late", until=prize.claimed_at + UNDO))
            await self._claims.reopen(tx, row, prize, now, GRACE)
            await self._posts.refresh(tx, row.id, now)
            await self._note(tx, actor, row, prize, "giveaway.redeem_undone", now)
            return prize_info(row, prize)

    async def _require(self, session: AsyncSession, actor: Actor) -> None:
        config = await config_of(session, actor.guild_id)
        require_enabled(config, Feature.GIVEAWAYS)
        require_staff(actor, config)

    async def _find(self, tx: Transaction, actor: Actor, typed: str, now: datetime) -> tuple[Giveaway, GiveawayPrize]:
        shown = markup.clean(typed)[:40]
        code = read_code(typed)
        if code is None:
            raise BadInput(t("giveaway.redeem.no_code", value=shown, n=CODE_LENGTH))
        query = (
            select(GiveawayPrize.id)
            .join(Giveaway, Giveaway.id == GiveawayPrize.giveaway_id)
            .where(Giveaway.guild_id == actor.guild_id, GiveawayPrize.code == code)
        )
        key = await tx.session.scalar(query.order_by(GiveawayPrize.id.desc()).limit(1))
        if key is None:
            self._count(actor, now)
            raise NotFound(t("giveaway.redeem.unknown", value=shown))
        return await prize_of(tx.session, actor.guild_id, key, lock=True)

    def _limit(self, actor: Actor, now: datetime) -> None:
        tries = self._wrong.get((actor.guild_id, actor.user_id))
        while tries and now - tries[0] >= TRIES_IN:
            tries.popleft()
        if tries and len(tries) >= TRIES:
            raise TryAgain(t("giveaway.redeem.too_many", from_then=tries[0] + TRIES_IN))

    def _count(self, actor: Actor, now: datetime) -> None:
        tries = self._wrong.setdefault((actor.guild_id, actor.user_id), deque())
        tries.append(now)
        self._wrong.move_to_end((actor.guild_id, actor.user_id))
        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)

    async def _note(
        self, tx: Transaction, actor: Actor, row: Giveaway, prize: GiveawayPrize, kind: str, now: datetime
    ) -> None:
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=row.guild_id,
                kind=kind,
                actor_id=actor.user_id,
                subject=f"giveaway:{row.number}",
                persons={} if prize.user_id is None else {"winner": prize.user_id},
                facts={"rank": prize.rank},
            ),
            now=now,
        )
