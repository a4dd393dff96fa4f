"""A member's data in events: what is kept, export, erasure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.delivery import Delivery, Parcel, Target
from bot.i18n import Text, t
from bot.numbers import LastNumber
from bot.posts import Post, Posts
from cogs.events.rules.kinds import Answer
from cogs.events.service.calls import OFFERED, OFFERED_EDIT
from cogs.events.service.dates import LIVE
from cogs.events.service.roles import take_back
from cogs.events.service.seats import drop_member
from cogs.events.service.unnaming import Unnaming
from cogs.events.tables import (
    KIND,
    Attendance,
    Change,
    Event,
    EventState,
    Feed,
    Grant,
    Guess,
    Native,
    Occurrence,
    Offer,
    Reminder,
    Rsvp,
)

if TYPE_CHECKING:
    from bot.app import Platform

_HOLDING = (Answer.GOING, Answer.WAITING, Answer.OFFERED)


class EventCustodian:
    """The feature's duty towards the people in its tables."""

    def __init__(self, platform: "Platform", posts: Posts) -> None:
        self._platform = platform
        self._posts = posts
        self._unnaming = Unnaming(platform)

    def notice(self) -> Text:
        return t("event.privacy.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        answers: Any = await session.execute(
            _theirs(Rsvp, guild_id).where(Rsvp.user_id == user_id).order_by(Occurrence.starts_at)
        )
        there: Any = await session.execute(
            _theirs(Attendance, guild_id).where(Attendance.user_id == user_id).order_by(Occurrence.starts_at)
        )
        offers: Any = await session.execute(_theirs(Offer, guild_id).where(Offer.user_id == user_id).order_by(Offer.id))
        feeds = await session.scalars(select(Feed).where(Feed.guild_id == guild_id, Feed.user_id == user_id))
        organised = await session.scalars(
            select(Event).where(Event.guild_id == guild_id, Event.organiser_id == user_id).order_by(Event.number)
        )
        return {
            "event_answers": [_answer(*row) for row in answers],
            "event_attendances": [_attendance(*row) for row in there],
            "event_offers": [_offer(*row) for row in offers],
            "event_calendars": [
                {"scope": feed.scope.value, "since": feed.created_at.isoformat()} for feed in feeds.all()
            ],
            "events_organised": [
                {"number": row.number, "title": row.title, "posted": row.created_at.isoformat()} for row in organised
            ],
        }

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        held = (
            select(func.count())
            .select_from(Rsvp)
            .join(Occurrence, Occurrence.id == Rsvp.occurrence_id)
            .where(Occurrence.guild_id == guild_id, Rsvp.user_id == user_id, Rsvp.answer.in_(_HOLDING))
            .where(Occurrence.state.in_(LIVE))
        )
        there = (
            select(func.count())
            .select_from(Attendance)
            .join(Occurrence, Occurrence.id == Attendance.occurrence_id)
            .where(Occurrence.guild_id == guild_id, Attendance.user_id == user_id)
        )
        series = select(func.count()).where(
            Event.guild_id == guild_id,
            Event.organiser_id == user_id,
            Event.state == EventState.LIVE,
            Event.rule.is_not(None),
        )
        found: list[Text] = []
        if n := await session.scalar(held):
            found.append(t("event.privacy.ends_places", n=n))
        if n := await session.scalar(there):
            found.append(t("event.privacy.ends_attendances", n=n))
        if n := await session.scalar(series):
            found.append(t("event.privacy.ends_series", n=n))
        return found

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        await _lock_events(tx, guild_id, user_id)
        touched = await self._forget_answers(tx, guild_id, user_id, now)
        mine = _of(guild_id)
        for table in (Attendance, Guess, Reminder):
            await tx.session.execute(delete(table).where(table.user_id == user_id, table.occurrence_id.in_(mine)))
        await tx.session.execute(delete(Feed).where(Feed.guild_id == guild_id, Feed.user_id == user_id))
        ticked = update(Attendance).where(Attendance.by == user_id, Attendance.occurrence_id.in_(mine))
        await tx.session.execute(ticked.values(by=None))
        changed = update(Change).where(Change.by == user_id, Change.occurrence_id.in_(mine))
        await tx.session.execute(changed.values(by=None))
        await tx.session.execute(
            update(Occurrence)
            .where(Occurrence.guild_id == guild_id, Occurrence.cancelled_by == user_id)
            .values(cancelled_by=None)
        )
        touched |= await self._forget_organiser(tx, guild_id, user_id)
        for key in sorted(touched):
            await self._posts.refresh(tx, key, now)

    async def _forget_answers(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> set[int]:
        rows = select(Rsvp.occurrence_id).where(Rsvp.user_id == user_id, Rsvp.occurrence_id.in_(_of(guild_id)))
        keys = sorted((await tx.session.scalars(rows)).all())
        # A message that offered a place names whom it is for.
        calls = select(Offer).where(
            Offer.user_id == user_id, Offer.occurrence_id.in_(_of(guild_id)), Offer.message_id.is_not(None)
        )
        for offer in (await tx.session.scalars(calls)).all():
            await self._platform.deliveries.put(
                tx,
                Parcel(
                    kind=OFFERED_EDIT,
                    subject=offer.id,
                    guild_id=guild_id,
                    target=Target.EDIT,
                    language=await self._language(tx, offer.id),
                    channel_id=offer.channel_id,
                    message_id=offer.message_id,
                    replace=True,
                ),
                now,
            )

        def drop(connection: Any) -> None:
            for key in keys:
                take_back(connection, key, [user_id], now)
                drop_member(connection, key, user_id, now)

        await tx.session.run_sync(lambda session: drop(session.connection()))
        await self._unnaming.unname(tx, keys, now)
        await tx.session.execute(delete(Grant).where(Grant.guild_id == guild_id, Grant.user_id == user_id))
        return set(keys)

    async def _language(self, tx: Transaction, offer_id: int) -> str:
        sent = select(Delivery.language).where(Delivery.kind == OFFERED, Delivery.subject == offer_id)
        return (await tx.session.scalar(sent.limit(1))) or "en"

    async def _forget_organiser(self, tx: Transaction, guild_id: int, user_id: int) -> set[int]:
        query = select(Event).where(
            Event.guild_id == guild_id, or_(Event.organiser_id == user_id, Event.cancelled_by == user_id)
        )
        touched: set[int] = set()
        for event in (await tx.session.scalars(query)).all():
            if event.organiser_id == user_id:
                event.organiser_id = None
                posted = select(Occurrence.id).where(
                    Occurrence.event_id == event.id, Occurrence.announced_at.is_not(None)
                )
                touched.update((await tx.session.scalars(posted)).all())
            if event.cancelled_by == user_id:
                event.cancelled_by = None
        return touched

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        found: set[int] = set()
        mine = _of(guild_id)
        for table in (Rsvp, Attendance):
            query = select(table.user_id).where(and_(table.user_id > after, table.occurrence_id.in_(mine)))
            found.update((await session.scalars(query.distinct().order_by(table.user_id).limit(limit))).all())
        organisers = select(Event.organiser_id).where(Event.guild_id == guild_id, Event.organiser_id > after)
        ids = await session.scalars(organisers.distinct().order_by(Event.organiser_id).limit(limit))
        found.update(user_id for user_id in ids if user_id is not None)
        feeds = select(Feed.user_id).where(Feed.guild_id == guild_id, Feed.user_id > max(after, 0))
        found.update((await session.scalars(feeds.distinct().order_by(Feed.user_id).limit(limit))).all())
        return sorted(found)[:limit]

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        await tx.session.execute(delete(Post).where(Post.kind == KIND, Post.guild_id == guild_id))
        # Dates go with their event, and answers, offers and attendances with them.
        await tx.session.execute(delete(Event).where(Event.guild_id == guild_id))
        for table in (Feed, Grant, Native):
            await tx.session.execute(delete(table).where(table.guild_id == guild_id))
        await tx.session.execute(delete(LastNumber).where(LastNumber.guild_id == guild_id, LastNumber.kind == KIND))


async def _lock_events(tx: Transaction, guild_id: int, user_id: int) -> None:
    """Lock every event someone has a part in, in the order of their keys, before any of its dates."""
    answered = (
        select(Occurrence.event_id).join(Rsvp, Rsvp.occurrence_id == Occurrence.id).where(Rsvp.user_id == user_id)
    )
    part = or_(Event.organiser_id == user_id, Event.cancelled_by == user_id, Event.id.in_(answered))
    query = select(Event.id).where(Event.guild_id == guild_id, part)
    await tx.session.execute(query.order_by(Event.id).with_for_update())


def _of(guild_id: int) -> Any:
    return select(Occurrence.id).where(Occurrence.guild_id == guild_id).scalar_subquery()


def _theirs(table: Any, guild_id: int) -> Any:
    return (
        select(Occurrence, Event, table)
        .join(Event, Event.id == Occurrence.event_id)
        .join(table, table.occurrence_id == Occurrence.id)
        .where(Occurrence.guild_id == guild_id)
    )


def _date(row: Occurrence, event: Event) -> dict[str, object]:
    return {"event": event.number, "title": event.title, "starts": row.starts_at.isoformat()}


def _answer(row: Occurrence, event: Event, rsvp: Rsvp) -> dict[str, object]:
    return {
        **_date(row, event),
        "answer": rsvp.answer.value,
        "answered_at": rsvp.answered_at.isoformat(),
        "reminded": rsvp.remind,
    }


def _attendance(row: Occurrence, event: Event, there: Attendance) -> dict[str, object]:
    return {**_date(row, event), "at": there.at.isoformat(), "checked_in_by_staff": there.by_staff}


def _offer(row: Occurrence, event: Event, offer: Offer) -> dict[str, object]:
    return {
        **_date(row, event),
        "offered_at": offer.offered_at.isoformat(),
        "until": offer.until.isoformat(),
        "outcome": offer.state.value,
    }
