"""Reminding winners who have not claimed yet: directly where they want that, else in the channel, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.direct import put_direct
from bot.i18n import Text
from bot.schedule import Deadline, Due
from cogs.giveaways.rules import draw
from cogs.giveaways.rules.claiming import LAST_CALL
from cogs.giveaways.service.announcing import MENTIONS, REMINDER, Announcing
from cogs.giveaways.service.claims import HALF
from cogs.giveaways.service.loading import genuine
from cogs.giveaways.service.prizes import is_waiting
from cogs.giveaways.service.records import GiveawayInfo, info, post_url
from cogs.giveaways.service.showcase import result_url
from cogs.giveaways.tables import ClaimState, Giveaway, GiveawayPrize

if TYPE_CHECKING:
    from bot.app import Platform

# With a prize as subject; a reminder in the channel has the giveaway.
DIRECTLY: Final = "giveaway.claim_reminder_direct"
# Reminders due within this of each other are one message.
TOGETHER: Final = timedelta(minutes=1)


class Why(StrEnum):
    """Which reminder: at half time, 6 h before the end, or one that an organiser asked for."""

    HALF = "half"
    LAST = "last"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class ReminderView:
    """A reminder to one winner, or in the channel to several with the same end; ``until`` is None without an end.

    ``genuine`` says where wallets are linked, where the prize goes to one.
    """

    info: GiveawayInfo
    user_ids: Sequence[int]
    until: datetime | None
    url: str | None
    direct: bool
    genuine: Text | None = None


class Reminding:
    """Remind winners at the times their claims were opened with, or when an organiser asks."""

    def __init__(self, platform: "Platform", announcing: Announcing) -> None:
        self._platform = platform
        self._announcing = announcing

    async def due(self, due: Due) -> datetime | None:
        """Remind everyone of a giveaway whose claim ends at the same instant, in one message of the channel."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            prize = await tx.session.get(GiveawayPrize, due.subject)
            row = None if prize is None else await tx.session.get(Giveaway, prize.giveaway_id, with_for_update=True)
            if prize is None or row is None or prize.claim_until is None or not is_waiting(prize):
                return None
            if prize.claim_until <= now or _overtaken(due, prize.claim_until, now):
                return None
            together = await _to_remind(tx.session, due, row.id, prize.claim_until)
            if prize not in together:
                # Reminded with another just now.
                return None
            why = Why.HALF if due.kind == HALF else Why.LAST
            await self.put(tx, row, together, why, f"{int(prize.claim_until.timestamp())}.{prize.id}", now)
            for other in together:
                if other is not prize:
                    await self._platform.schedule.drop(tx, due.kind, other.id)
        return None

    async def put(
        self, tx: Transaction, row: Giveaway, prizes: Sequence[GiveawayPrize], why: Why, stamp: str, now: datetime
    ) -> None:
        """Write reminders; *stamp* tells several of one kind apart, so that the same one again changes nothing."""
        (channel_id, language), *_ = await self._announcing.places(tx.session, row)
        in_channel: list[GiveawayPrize] = []
        for prize in prizes:
            parcel = Parcel(
                kind=DIRECTLY,
                subject=prize.id,
                recipient=f"{why}:{stamp}",
                guild_id=row.guild_id,
                target=Target.DIRECT,
                user_id=prize.user_id,
                language=language,
            )
            if not await put_direct(self._platform.deliveries, tx, parcel, now):
                in_channel.append(prize)
        for start in range(0, len(in_channel), MENTIONS):
            some = in_channel[start : start + MENTIONS]
            await self._in_channel(tx, row, some, f"{why}:{stamp}:{start}", (channel_id, language), now)

    async def _in_channel(
        self,
        tx: Transaction,
        row: Giveaway,
        prizes: Sequence[GiveawayPrize],
        recipient: str,
        place: tuple[int | None, str],
        now: datetime,
    ) -> None:
        channel_id, language = place
        parcel = Parcel(
            kind=REMINDER,
            subject=row.id,
            recipient=recipient,
            guild_id=row.guild_id,
            target=Target.MESSAGE,
            channel_id=row.result_channel_id or channel_id,
            language=language,
            params={"first": True, "prizes": [prize.id for prize in prizes]},
            organiser_id=row.organiser_id,
        )
        await self._platform.deliveries.put(tx, parcel, now)

    async def direct_settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Remind in the channel instead when Discord does not let a direct message through."""
        if outcome.state is not DeliveryState.FAILED:
            return
        prize = await tx.session.get(GiveawayPrize, delivery.subject)
        row = None if prize is None else await tx.session.get(Giveaway, prize.giveaway_id)
        if prize is None or row is None or not is_waiting(prize):
            return
        place, *_ = await self._announcing.places(tx.session, row)
        recipient = f"{delivery.recipient}:instead:{prize.id}"
        await self._in_channel(tx, row, [prize], recipient, place, clock.now())

    async def load_in_channel(self, session: AsyncSession, delivery: Delivery) -> ReminderView | None:
        """Read a reminder for the channel: whoever has claimed meanwhile is left out."""
        view = await self._read(session, delivery, waiting=True)
        return view if view is not None and view.user_ids else None

    async def load_again(self, session: AsyncSession, delivery: Delivery) -> ReminderView | None:
        """Read a reminder that stands in the channel: whoever was forgotten since is not named any more."""
        return await self._read(session, delivery, waiting=False)

    async def _read(self, session: AsyncSession, delivery: Delivery, *, waiting: bool) -> ReminderView | None:
        row = await session.get(Giveaway, delivery.subject)
        if row is None:
            return None
        query = select(GiveawayPrize).where(GiveawayPrize.id.in_(delivery.params["prizes"]))
        found = (await session.scalars(query.order_by(GiveawayPrize.rank))).all()
        prizes = [prize for prize in found if is_waiting(prize) or not waiting]
        return await self._view(session, row, prizes, direct=False)

    async def load_direct(self, session: AsyncSession, delivery: Delivery) -> ReminderView | None:
        """Read a direct reminder; None once the prize is claimed."""
        prize = await session.get(GiveawayPrize, delivery.subject)
        row = None if prize is None else await session.get(Giveaway, prize.giveaway_id)
        if prize is None or row is None or not is_waiting(prize) or prize.user_id is None:
            return None
        return await self._view(session, row, [prize], direct=True)

    async def _view(
        self, session: AsyncSession, row: Giveaway, prizes: Sequence[GiveawayPrize], *, direct: bool
    ) -> ReminderView | None:
        if not prizes:
            return None
        return ReminderView(
            info=info(row),
            user_ids=[prize.user_id for prize in prizes if prize.user_id is not None],
            until=prizes[0].claim_until,
            url=result_url(row) or await post_url(session, row),
            direct=direct,
            genuine=genuine(self._platform, row, bare=direct),
        )


def _overtaken(due: Due, until: datetime, now: datetime) -> bool:
    """Whether the reminder at half time is so late that the last one is due as well."""
    last = until - LAST_CALL
    return due.kind == HALF and due.due_at < last <= now


async def _to_remind(session: AsyncSession, due: Due, key: int, until: datetime) -> Sequence[GiveawayPrize]:
    """Return the prizes of a giveaway that wait until the same instant and for which this reminder is due as well."""
    query = (
        select(GiveawayPrize)
        .join(Deadline, (Deadline.subject == GiveawayPrize.id) & (Deadline.kind == due.kind))
        .where(
            GiveawayPrize.giveaway_id == key,
            GiveawayPrize.outcome == draw.Outcome.WON,
            GiveawayPrize.claim_state == ClaimState.OPEN,
            GiveawayPrize.claim_until == until,
            GiveawayPrize.user_id.is_not(None),
            Deadline.due_at <= due.due_at + TOGETHER,
        )
    )
    return (await session.scalars(query.order_by(GiveawayPrize.rank))).all()
