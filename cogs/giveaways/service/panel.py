"""The organisers' side of claims: who has claimed, reminding, giving more time, and marking what was delivered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.delivery import Delivery
from bot.drafting.reading import Reader
from bot.errors import BadInput, WrongState
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.ledger.rules import Fact, time_text
from bot.ledger.service import Entry
from bot.people import Actor, require_organiser
from bot.posts import Posts
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.reading import read_claim_time
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.service.announcing import REMINDER
from cogs.giveaways.service.claims import Claims
from cogs.giveaways.service.passing import Moved
from cogs.giveaways.service.prizes import PrizeInfo, is_waiting, prize_info, prize_of, require_drawn
from cogs.giveaways.service.records import GiveawayInfo, giveaway_numbered, giveaway_of, info
from cogs.giveaways.service.redraw import Redraws, Reroll, waiting
from cogs.giveaways.service.reminding import DIRECTLY, Reminding, Why
from cogs.giveaways.tables import ClaimState, Giveaway, GiveawayPrize

if TYPE_CHECKING:
    from bot.app import Platform

LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class ClaimsView:
    """A drawn giveaway's winners, by rank; who was passed over is left out."""

    info: GiveawayInfo
    prizes: Sequence[PrizeInfo]


class ClaimsPanel:
    """What organisers do about claims; each method checks for itself that it is one who asks."""

    def __init__(
        self, platform: "Platform", posts: Posts, claims: Claims, reminding: Reminding, redraws: Redraws
    ) -> None:
        self._platform = platform
        self._posts = posts
        self._claims = claims
        self._reminding = reminding
        self._redraws = redraws

    async def named(self, actor: Actor, typed: str) -> int:
        """Return the key of the drawn giveaway an option names."""
        async with self._platform.database.read() as session:
            await self._require(session, actor)
            row = await giveaway_numbered(session, actor.guild_id, typed)
            require_drawn(row)
            return row.id

    async def view(self, actor: Actor, key: int) -> ClaimsView:
        """Return who won and what became of each prize."""
        async with self._platform.database.read() as session:
            await self._require(session, actor)
            row = await giveaway_of(session, actor.guild_id, key)
            require_drawn(row)
            return ClaimsView(info(row), [prize_info(row, prize) for prize in await _won(session, key)])

    async def prize(self, actor: Actor, key: int) -> PrizeInfo:
        """Return one prize."""
        async with self._platform.database.read() as session:
            await self._require(session, actor)
            row, prize = await prize_of(session, actor.guild_id, key)
            return prize_info(row, prize)

    async def mark(self, actor: Actor, key: int, now: datetime, *, delivered: bool) -> PrizeInfo:
        """Mark a prize as delivered, or as not; the same again changes nothing."""
        async with self._platform.database.write() as tx:
            row, prize = await self._held(tx, actor, key)
            if (prize.claim_state is ClaimState.DELIVERED) is not delivered:
                await self._mark(tx, row, prize, now, delivered=delivered)
                kind = "giveaway.delivered" if delivered else "giveaway.undelivered"
                await self._note(tx, actor, row, kind, now, {"rank": prize.rank}, [prize])
                await self._posts.refresh(tx, row.id, now)
            return prize_info(row, prize)

    async def mark_all(self, actor: Actor, key: int, now: datetime) -> int:
        """Mark all prizes as delivered but those still to be claimed; returns how many that was news for."""
        async with self._platform.database.write() as tx:
            row = await self._drawn(tx, actor, key)
            owed = (ClaimState.NONE, ClaimState.CLAIMED)
            prizes = [prize for prize in await _won(tx.session, key) if prize.claim_state in owed]
            for prize in prizes:
                await self._mark(tx, row, prize, now, delivered=True)
            if prizes:
                await self._note(tx, actor, row, "giveaway.delivered", now, {"count": len(prizes)}, prizes)
                await self._posts.refresh(tx, row.id, now)
            return len(prizes)

    async def extend(self, actor: Actor, key: int, typed: str, now: datetime) -> PrizeInfo:
        """Give a winner more time: *typed* is a length to add, or the new end."""
        async with self._platform.database.write() as tx:
            row, prize = await self._held(tx, actor, key)
            _require_waiting(row, prize)
            before = max(prize.claim_until or now, now)
            zone = actor.zone or (await config_of(tx.session, actor.guild_id)).zone
            until = _later(typed, before, zone, Reader(now, actor.language))
            if until <= before:
                raise BadInput(t("giveaway.extend.not_later", value=until, until=before))
            if until - now > LONGEST:
                raise BadInput(t("giveaway.extend.too_far", value=until, most=LONGEST))
            prize.claim_until = until
            await self._claims.set_deadlines(tx, row.guild_id, prize, now)
            facts = {"rank": prize.rank, "until": time_text(until)}
            await self._note(tx, actor, row, "giveaway.claim_extended", now, facts, [prize])
            return prize_info(row, prize)

    async def remind(self, actor: Actor, key: int, now: datetime) -> PrizeInfo:
        """Remind one winner; raises WrongState for a second time within a day."""
        async with self._platform.database.write() as tx:
            row, prize = await self._held(tx, actor, key)
            _require_waiting(row, prize)
            if prize.id in await _reminded(tx.session, row, [prize], now):
                raise WrongState(t("giveaway.remind.already"))
            await self._reminding.put(tx, row, [prize], Why.ASKED, _stamp(prize, now), now)
            await self._note(tx, actor, row, "giveaway.reminded", now, {"rank": prize.rank}, [prize])
            return prize_info(row, prize)

    async def remind_all(self, actor: Actor, key: int, now: datetime) -> int:
        """Remind everyone who has not claimed and was not reminded by hand today; returns how many."""
        async with self._platform.database.write() as tx:
            row = await self._drawn(tx, actor, key)
            held = [prize for prize in await waiting(tx.session, key) if prize.user_id is not None]
            before = await _reminded(tx.session, row, held, now)
            fresh = [prize for prize in held if prize.id not in before]
            if fresh:
                await self._reminding.put(tx, row, fresh, Why.ASKED, _stamp(fresh[0], now), now)
                await self._note(tx, actor, row, "giveaway.reminded", now, {"count": len(fresh)}, fresh)
            return len(fresh)

    async def pass_on(self, actor: Actor, key: int, reason: str, now: datetime) -> Moved:
        """Pass a prize on, by the same rules as ``/giveaway reroll``."""
        async with self._platform.database.read() as session:
            await self._require(session, actor)
            row, prize = await prize_of(session, actor.guild_id, key)
            if prize.user_id is None:
                raise WrongState(t("giveaway.panel.nobody"))
            number, winner = str(row.number), prize.user_id
        return await self._redraws.reroll(actor, number, Reroll(reason, winner), now)

    async def _require(self, session: AsyncSession, actor: Actor) -> None:
        config = await config_of(session, actor.guild_id)
        require_enabled(config, Feature.GIVEAWAYS)
        require_organiser(actor, config)

    async def _drawn(self, tx: Transaction, actor: Actor, key: int) -> Giveaway:
        await self._require(tx.session, actor)
        row = await giveaway_of(tx.session, actor.guild_id, key, lock=True)
        require_drawn(row)
        return row

    async def _held(self, tx: Transaction, actor: Actor, key: int) -> tuple[Giveaway, GiveawayPrize]:
        """Return a prize somebody holds, locked; raises WrongState for one that passed on."""
        await self._require(tx.session, actor)
        row, prize = await prize_of(tx.session, actor.guild_id, key, lock=True)
        require_drawn(row)
        if prize.outcome is Outcome.PASSED:
            raise WrongState(t("giveaway.panel.passed", at=prize.at))
        return row, prize

    async def _mark(
        self, tx: Transaction, row: Giveaway, prize: GiveawayPrize, now: datetime, *, delivered: bool
    ) -> None:
        if not delivered:
            await self._take_back(tx, row, prize, now)
            return
        if prize.claim_state is ClaimState.OPEN:
            # Who has not claimed a prize may still have to, should this be taken back.
            prize.claimed_at = now if row.claim is Claim.IN_PERSON else None
            await self._claims.drop_deadlines(tx, prize.id)
        prize.claim_state = ClaimState.DELIVERED
        # A winner who had said that it had not arrived may say so again.
        prize.received = prize.received or None

    async def _take_back(self, tx: Transaction, row: Giveaway, prize: GiveawayPrize, now: datetime) -> None:
        """Note that a prize was not delivered: a code works again, and what nobody claimed waits to be claimed."""
        if row.claim is Claim.NONE:
            prize.claim_state = ClaimState.NONE
        elif row.claim is Claim.IN_PERSON or prize.claimed_at is None:
            await self._claims.reopen(tx, row, prize, now)
        else:
            prize.claim_state = ClaimState.CLAIMED

    async def _note(
        self,
        tx: Transaction,
        actor: Actor,
        row: Giveaway,
        kind: str,
        now: datetime,
        facts: Mapping[str, Fact],
        prizes: Sequence[GiveawayPrize],
    ) -> None:
        people = [prize.user_id for prize in prizes if prize.user_id is not None]
        named = {"winner": people[0]} if len(people) == 1 else {f"winner_{n}": who for n, who in enumerate(people, 1)}
        entry = Entry(row.guild_id, kind, actor.user_id, f"giveaway:{row.number}", persons=named, facts=facts)
        await self._platform.ledger.append(tx, entry, now=now)


async def _won(session: AsyncSession, key: int) -> Sequence[GiveawayPrize]:
    query = select(GiveawayPrize).where(GiveawayPrize.giveaway_id == key, GiveawayPrize.outcome == Outcome.WON)
    return (await session.scalars(query.order_by(GiveawayPrize.rank))).all()


def _stamp(first: GiveawayPrize, now: datetime) -> str:
    """Return what tells a day's reminders by hand apart: the first prize in each, since nobody is in two."""
    return f"{now:%Y%m%d}.{first.id}"


async def _reminded(session: AsyncSession, row: Giveaway, prizes: Sequence[GiveawayPrize], now: datetime) -> set[int]:
    """Return the prizes whose winners were reminded by hand today, directly or in the channel."""
    today = Delivery.recipient.startswith(f"{Why.ASKED}:{now:%Y%m%d}.")
    keys = [prize.id for prize in prizes]
    directly = select(Delivery.subject).where(Delivery.kind == DIRECTLY, Delivery.subject.in_(keys), today)
    in_channel = select(Delivery.params).where(Delivery.kind == REMINDER, Delivery.subject == row.id, today)
    found = set((await session.scalars(directly)).all())
    for params in await session.scalars(in_channel):
        found.update(params["prizes"])
    return found


def _require_waiting(row: Giveaway, prize: GiveawayPrize) -> None:
    if not is_waiting(prize) or prize.user_id is None:
        raise WrongState(t("giveaway.panel.not_waiting", number=str(row.number)))


def _later(typed: str, before: datetime, zone: str, reader: Reader) -> datetime:
    """Return the new end: a length (a bare number means days) counts from the end there was."""
    found = read_claim_time(typed, zone, reader)
    return before + found if isinstance(found, timedelta) else found
