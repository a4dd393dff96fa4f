"""Telling members that a place was offered to them: directly where they want that, else beside the announcement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.hot import put_delivery
from bot.posts import Post
from bot.preferences import PreferenceRow
from cogs.events.service.records import OccurrenceInfo, occurrence_info, post_url
from cogs.events.tables import KIND, Event, Occurrence, Offer, OfferState, Thread

# With an offer as subject.
OFFERED: Final = "event.offer"
OFFERED_DIRECTLY: Final = "event.offer_direct"
# The message of an offer whose member was forgotten names nobody any more.
OFFERED_EDIT: Final = "event.offer_edit"


@dataclass(frozen=True, slots=True)
class OfferView:
    """A place that is kept for someone."""

    info: OccurrenceInfo
    user_id: int
    until: datetime
    url: str | None
    direct: bool


def call(connection: Connection, row: Row[Any], offer_id: int, user_id: int, until: datetime, now: datetime) -> None:
    """Tell a member of their offer; *row* is the occurrence with its event's organiser."""
    preference = connection.execute(
        select(PreferenceRow.direct, PreferenceRow.language).where(PreferenceRow.user_id == user_id)
    ).one_or_none()
    channel_id, language = _where(connection, row.id)
    stamp = str(int(until.timestamp()))
    if preference is not None and preference.direct:
        parcel = Parcel(
            kind=OFFERED_DIRECTLY,
            subject=offer_id,
            recipient=stamp,
            guild_id=row.guild_id,
            target=Target.DIRECT,
            user_id=user_id,
            language=preference.language or language,
        )
        put_delivery(connection, parcel, now)
    elif channel_id is not None:
        _call_in_channel(connection, row.guild_id, offer_id, stamp, (channel_id, language), row.organiser_id, now)


async def call_again(tx: Transaction, offer: Offer, now: datetime) -> None:
    """Tell a member of an offer that ends sooner than was said."""
    query = (
        select(Occurrence.id, Occurrence.guild_id, Event.organiser_id)
        .join(Event, Event.id == Occurrence.event_id)
        .where(Occurrence.id == offer.occurrence_id)
    )

    def tell(connection: Connection) -> None:
        row = cast("Row[Any]", connection.execute(query).one())
        call(connection, row, offer.id, offer.user_id, offer.until, now)

    await tx.session.run_sync(lambda session: tell(session.connection()))


def _call_in_channel(
    connection: Connection,
    guild_id: int,
    offer_id: int,
    stamp: str,
    place: tuple[int, str],
    organiser_id: int | None,
    now: datetime,
) -> None:
    parcel = Parcel(
        kind=OFFERED,
        subject=offer_id,
        recipient=stamp,
        guild_id=guild_id,
        target=Target.MESSAGE,
        channel_id=place[0],
        language=place[1],
        organiser_id=organiser_id,
    )
    put_delivery(connection, parcel, now)


def _where(connection: Connection, occurrence_id: int) -> tuple[int | None, str]:
    """Return the thread of an occurrence's first post, else its channel, and the language there."""
    post = connection.execute(
        select(Post.id, Post.channel_id, Post.language)
        .where(Post.kind == KIND, Post.subject == occurrence_id)
        .order_by(Post.lost, Post.id)
        .limit(1)
    ).one_or_none()
    if post is None:
        return None, "en"
    thread = connection.scalar(
        select(Thread.thread_id).where(Thread.post_id == post.id, Thread.thread_id.is_not(None), Thread.lost.is_(False))
    )
    return thread or post.channel_id, post.language


async def load_offer(session: AsyncSession, delivery: Delivery) -> OfferView | None:
    """Read an offer; None once it was taken or is over."""
    offer = await session.get(Offer, delivery.subject)
    row = None if offer is None else await session.get(Occurrence, offer.occurrence_id)
    event = None if row is None else await session.get(Event, row.event_id)
    if offer is None or row is None or event is None or offer.state is not OfferState.OPEN:
        return None
    direct = delivery.target is Target.DIRECT
    return OfferView(occurrence_info(row, event), offer.user_id, offer.until, await post_url(session, row), direct)


async def load_nobody(session: AsyncSession, delivery: Delivery) -> str:
    """Return what stands in place of an offer to someone who was forgotten."""
    return delivery.language


async def offered(tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
    """Keep where an offer was made, so that whoever is forgotten disappears from there."""
    offer = await tx.session.get(Offer, delivery.subject)
    if offer is not None and outcome.state is DeliveryState.SENT:
        offer.channel_id, offer.message_id = delivery.channel_id, outcome.message_id


async def not_reached(tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
    """Tell a member where the event is announced when Discord does not let a direct message through."""
    if outcome.state not in (DeliveryState.FAILED, DeliveryState.DROPPED):
        return
    offer = await tx.session.get(Offer, delivery.subject)
    row = None if offer is None else await tx.session.get(Occurrence, offer.occurrence_id)
    event = None if row is None else await tx.session.get(Event, row.event_id)
    if offer is None or row is None or event is None or offer.state is not OfferState.OPEN:
        return

    def put(connection: Connection) -> None:
        channel_id, language = _where(connection, row.id)
        if channel_id is not None:
            place = (channel_id, language)
            _call_in_channel(
                connection, row.guild_id, offer.id, delivery.recipient, place, event.organiser_id, clock.now()
            )

    await tx.session.run_sync(lambda session: put(session.connection()))
