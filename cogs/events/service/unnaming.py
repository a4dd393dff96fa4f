"""Notices and reminders that mentioned people: remembered, so that whoever is forgotten is not named there any more."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.sayings import edit_kind
from cogs.events.service.notices import CANCELLED, CHANGED, NoticeView, Was, was
from cogs.events.service.records import OccurrenceInfo, occurrence_info, post_url
from cogs.events.service.reminding import IN_CHANNEL, ReminderView
from cogs.events.tables import Change, Event, EventMessage, Occurrence, Reminder

if TYPE_CHECKING:
    from bot.app import Platform

NOTICES: Final = (CHANGED, CANCELLED)


class Unnaming:
    """Remember where people were mentioned, and take all names out where one has to go: they were told long ago."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def sent(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Remember a message that may have mentioned people; only those of the first place do."""
        if outcome.state is not DeliveryState.SENT or outcome.message_id is None or delivery.channel_id is None:
            return
        row = await self._said_of(tx.session, delivery)
        if row is None or not delivery.params.get("first"):
            return
        params = {"change": delivery.subject} if delivery.kind == CHANGED else {"begun": row.starts_at <= clock.now()}
        tx.session.add(
            EventMessage(
                occurrence_id=row.id,
                kind=delivery.kind,
                recipient=delivery.recipient,
                channel_id=delivery.channel_id,
                message_id=outcome.message_id,
                language=delivery.language,
                params=params,
            )
        )

    async def _said_of(self, session: AsyncSession, delivery: Delivery) -> Occurrence | None:
        key: int | None = delivery.subject
        if delivery.kind == CHANGED:
            key = await session.scalar(select(Change.occurrence_id).where(Change.id == delivery.subject))
        elif delivery.kind == IN_CHANNEL:
            key = await session.scalar(select(Reminder.occurrence_id).where(Reminder.id == delivery.subject))
        return None if key is None else await session.get(Occurrence, key)

    async def unname(self, tx: Transaction, keys: Collection[int], now: datetime) -> None:
        """Have the messages of these dates mention nobody any more."""
        mine = EventMessage.occurrence_id.in_(keys)
        for message in (await tx.session.scalars(select(EventMessage).where(mine).order_by(EventMessage.id))).all():
            row = await tx.session.get_one(Occurrence, message.occurrence_id)
            parcel = Parcel(
                kind=edit_kind(message.kind),
                subject=row.id,
                # Their keys may be given again.
                recipient=str(message.message_id),
                guild_id=row.guild_id,
                target=Target.EDIT,
                channel_id=message.channel_id,
                message_id=message.message_id,
                language=message.language,
                params=message.params,
                replace=True,
            )
            await self._platform.deliveries.put(tx, parcel, now)
        await tx.session.execute(delete(EventMessage).where(mine))

    async def load_notice(self, session: AsyncSession, delivery: Delivery) -> NoticeView | None:
        """Read a notice as it is worded now, without names."""
        found = await _date(session, delivery.subject)
        if found is None:
            return None
        if delivery.kind == edit_kind(CANCELLED):
            return NoticeView(found[0], Was(), (), found[1], cancelled=True)
        change = await session.get(Change, delivery.params["change"])
        return None if change is None else NoticeView(found[0], was(change), (), found[1])

    async def load_reminder(self, session: AsyncSession, delivery: Delivery) -> ReminderView | None:
        """Read a reminder as it is worded now, without names."""
        found = await _date(session, delivery.subject)
        if found is None:
            return None
        return ReminderView(found[0], (), found[1], begun=bool(delivery.params.get("begun")), late=False, direct=False)


async def _date(session: AsyncSession, key: int) -> tuple[OccurrenceInfo, str | None] | None:
    row = await session.get(Occurrence, key)
    event = None if row is None else await session.get(Event, row.event_id)
    return None if row is None or event is None else (occurrence_info(row, event), await post_url(session, row))
