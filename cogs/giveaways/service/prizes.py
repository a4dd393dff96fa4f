"""Prizes as the rest of the feature sees them: places of a ranking that a prize reached, with what became of each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotAllowed, NotFound, WrongState
from bot.i18n import t
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.service.records import GiveawayInfo, info
from cogs.giveaways.tables import ClaimState, Giveaway, GiveawayPrize, State


@dataclass(frozen=True, slots=True)
class PrizeInfo:
    """A prize at one instant, with its giveaway. ``user_id`` is None for an address, and for who was forgotten."""

    id: int
    info: GiveawayInfo
    rank: int
    user_id: int | None
    outcome: Outcome
    reason: str | None
    at: datetime
    claim_state: ClaimState
    claim_until: datetime | None
    claimed_at: datetime | None
    code: str | None
    redeemed_by: int | None
    wallet: str | None
    received: bool | None


def prize_info(row: Giveaway, prize: GiveawayPrize) -> PrizeInfo:
    """Return a prize's values."""
    return PrizeInfo(
        id=prize.id,
        info=info(row),
        rank=prize.rank,
        user_id=prize.user_id,
        outcome=prize.outcome,
        reason=prize.reason,
        at=prize.at,
        claim_state=prize.claim_state,
        claim_until=prize.claim_until,
        claimed_at=prize.claimed_at,
        code=prize.code,
        redeemed_by=prize.redeemed_by,
        wallet=prize.wallet,
        received=prize.received,
    )


async def prize_of(
    session: AsyncSession, guild_id: int, key: int, *, lock: bool = False
) -> tuple[Giveaway, GiveawayPrize]:
    """Return a prize of this server by its key, with its giveaway; raises NotFound for another server's."""
    prize = await session.get(GiveawayPrize, key)
    # The giveaway is locked before its prizes, by everyone.
    row = None if prize is None else await session.get(Giveaway, prize.giveaway_id, with_for_update=lock)
    if prize is None or row is None or row.guild_id != guild_id:
        raise NotFound(t("giveaway.prize.not_found"))
    if lock:
        await session.refresh(prize, with_for_update=True)
    return row, prize


async def won_by(session: AsyncSession, row: Giveaway, user_id: int) -> GiveawayPrize:
    """Return the prize a member holds in a drawn giveaway; raises a UserError that says why they hold none."""
    require_drawn(row)
    query = select(GiveawayPrize).where(GiveawayPrize.giveaway_id == row.id, GiveawayPrize.user_id == user_id)
    prize = (await session.scalars(query)).one_or_none()
    if prize is None:
        raise NotAllowed(t("giveaway.claim.not_yours", number=str(row.number)))
    if prize.outcome is Outcome.PASSED:
        raise WrongState(t("giveaway.claim.passed", number=str(row.number), at=prize.at))
    return prize


def require_drawn(row: Giveaway) -> None:
    """Raise WrongState, saying why nobody won, unless a giveaway was drawn and not cancelled."""
    number = str(row.number)
    if row.cancelled_at is not None or row.state is State.CANCELLED:
        raise WrongState(t("giveaway.over.cancelled", number=number, reason=row.cancel_reason or ""))
    if row.state is State.EMPTY:
        raise WrongState(t("giveaway.after.empty", number=number))
    if row.state is not State.DRAWN:
        raise WrongState(t("giveaway.after.not_drawn", number=number))


def is_waiting(prize: GiveawayPrize) -> bool:
    """Whether a prize waits to be claimed by whoever won it."""
    return prize.outcome is Outcome.WON and prize.claim_state is ClaimState.OPEN
