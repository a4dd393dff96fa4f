"""Telling those who are going what changed, and asking whether they still come; or that it does not take place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction, instant
from bot.delivery import Delivery, DeliveryState, Parcel, Target
from bot.errors import NotFound, WrongState
from bot.i18n import t
from bot.people import Actor
from cogs.events.rules.kinds import Answer, Where
from cogs.events.service.following import Happening, News
from cogs.events.service.records import OccurrenceInfo, occurrence_info, occurrence_of, post_url
from cogs.events.service.voices import Voices, in_part, parts_for, voices
from cogs.events.tables import Change, Event, Occurrence, OccurrenceState, Rsvp

if TYPE_CHECKING:
    from bot.app import Platform

# With a change as subject; a cancellation has the occurrence.
CHANGED: Final = "event.changed"
CANCELLED: Final = "event.cancelled"
_COMING: Final = (Answer.GOING, Answer.OFFERED)


@dataclass(frozen=True, slots=True)
class Was:
    """Time and place before a change; None where they stayed."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    where: Where | None = None
    channel_id: int | None = None
    place: str | None = None
    place_changed: bool = False


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice in one place; ``user_ids`` are those who are mentioned there."""

    info: OccurrenceInfo
    was: Was
    user_ids: Sequence[int]
    url: str | None
    cancelled: bool = False


class Notices:
    """Say each change of time or place once, in every place of the date."""

    def __init__(self, platform: "Platform", voices_: Voices) -> None:
        self._platform = platform
        self._voices = voices_

    async def follow(self, tx: Transaction, news: News) -> None:
        """Put the notice of a change or a cancellation."""
        row = news.occurrence
        if news.what is Happening.CHANGED and news.change is not None:
            await self._merge(tx, news.change)
            if news.change.before:
                await self._put(tx, CHANGED, news.change.id, row, news.event, news.now)
        elif news.what is Happening.CANCELLED and row.announced_at is not None:
            await self._put(tx, CANCELLED, row.id, row, news.event, news.now)

    async def _merge(self, tx: Transaction, change: Change) -> None:
        """Take what changed before and has not been said yet into this change: people know only what was said."""
        earlier = (
            select(Change)
            .where(Change.occurrence_id == change.occurrence_id, Change.id < change.id)
            .order_by(Change.id.desc())
        )
        before: dict[str, Any] = dict(change.before)
        after: dict[str, Any] = dict(change.after)
        for each in (await tx.session.scalars(earlier)).all():
            said = select(Delivery.id).where(
                Delivery.kind == CHANGED,
                Delivery.subject == each.id,
                Delivery.state.in_((DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN)),
            )
            if (await tx.session.scalar(said.limit(1))) is not None:
                break
            before |= each.before
            after = {**each.after, **after}
        same = {name for name in before if before[name] == after.get(name)}
        change.before = {name: value for name, value in before.items() if name not in same}
        change.after = {name: value for name, value in after.items() if name not in same}
        await tx.session.flush()

    async def _put(
        self, tx: Transaction, kind: str, subject: int, row: Occurrence, event: Event, now: datetime
    ) -> None:
        coming = select(func.count()).where(Rsvp.occurrence_id == row.id, Rsvp.answer.in_(_COMING))
        parts = parts_for((await tx.session.scalar(coming)) or 0)
        parcel = Parcel(kind, subject, row.guild_id, Target.MESSAGE, "en", organiser_id=event.organiser_id)
        for voice in await voices(tx.session, row.id):
            for part in range(parts if voice.first else 1):
                await self._voices.put(tx, parcel, voice, now, part=part, parts=parts)

    async def load_change(self, session: AsyncSession, delivery: Delivery) -> NoticeView | None:
        """Read a change; None once a later one says it too, or the date is over."""
        change = await session.get(Change, delivery.subject)
        row = None if change is None else await session.get(Occurrence, change.occurrence_id)
        event = None if row is None else await session.get(Event, row.event_id)
        if change is None or row is None or event is None or row.state is not OccurrenceState.OPEN:
            return None
        later = select(Change.id).where(Change.occurrence_id == row.id, Change.id > change.id).limit(1)
        if (await session.scalar(later)) is not None:
            return None
        people = await self._mentioned(session, row, delivery.params)
        return NoticeView(occurrence_info(row, event), was(change), people, await post_url(session, row))

    async def load_cancellation(self, session: AsyncSession, delivery: Delivery) -> NoticeView | None:
        """Read what does not take place."""
        row = await session.get(Occurrence, delivery.subject)
        event = None if row is None else await session.get(Event, row.event_id)
        if row is None or event is None:
            return None
        people = await self._mentioned(session, row, delivery.params)
        return NoticeView(occurrence_info(row, event), Was(), people, await post_url(session, row), cancelled=True)

    async def _mentioned(self, session: AsyncSession, row: Occurrence, params: Mapping[str, Any]) -> Sequence[int]:
        if not params.get("first"):
            return ()
        query = select(Rsvp.user_id).where(Rsvp.occurrence_id == row.id, Rsvp.answer.in_(_COMING))
        found = (await session.scalars(query.order_by(Rsvp.user_id))).all()
        return [user_id for user_id in found if in_part(user_id, params["part"], params["parts"])]

    async def still_coming(self, actor: Actor, key: int, now: datetime) -> OccurrenceInfo:
        """Note that a member comes to a date as it stands now; raises WrongState for one who was not going."""
        async with self._platform.database.write() as tx:
            row, event = await occurrence_of(tx.session, actor.guild_id, key, lock=True)
            info = occurrence_info(row, event)
            rsvp = await tx.session.get(Rsvp, (key, actor.user_id), with_for_update=True)
            if row.announced_at is None:
                raise NotFound(t("event.not_found"))
            if row.state is not OccurrenceState.OPEN:
                raise WrongState(t("event.still.over", title=info.details.title))
            if rsvp is None or rsvp.answer is not Answer.GOING:
                raise WrongState(t("event.still.not_going", title=info.details.title))
            rsvp.confirmed = row.sequence
        return info


def was(change: Change) -> Was:
    """Return what a change of an occurrence says there was before."""
    before = change.before
    return Was(
        starts_at=instant(before["starts_at"]) if "starts_at" in before else None,
        ends_at=instant(before["ends_at"]) if "ends_at" in before else None,
        where=Where(before["where"]) if "where" in before else None,
        channel_id=before.get("channel_id"),
        place=before.get("place"),
        place_changed=not before.keys().isdisjoint({"where", "channel_id", "place"}),
    )
