"""Events and their dates as the rest of the feature sees them: frozen values instead of rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.errors import NotFound
from bot.i18n import t
from bot.posts import Place, Post
from cogs.events.rules.kinds import Answer, Where
from cogs.events.tables import KIND, Event, EventState, Occurrence, OccurrenceState, Rsvp

_LIVE: Final = (OccurrenceState.PLANNED, OccurrenceState.OPEN, OccurrenceState.RUNNING)


@dataclass(frozen=True, slots=True)
class Details:
    """What takes place and where; of an occurrence the event's with its own in their place."""

    title: str
    description: str | None
    bring: str | None
    picture_id: int | None
    where: Where
    channel_id: int | None
    place: str | None
    length: timedelta


@dataclass(frozen=True, slots=True)
class EventInfo:
    """An event at one instant; ``begins`` is naive, on the clocks of ``zone``."""

    id: int
    guild_id: int
    number: int
    uid: str
    state: EventState
    organiser_id: int | None
    details: Details
    zone: str
    begins: datetime
    rule: Mapping[str, Any] | None
    capacity: int | None
    rsvp_role: int | None
    rsvp_lead: timedelta
    going_role: int | None
    shows_names: bool
    remind: tuple[timedelta, ...]
    ping_role: int | None
    places: tuple[Place, ...]
    announce_lead: timedelta | None
    sequence: int
    created_at: datetime
    changed_at: datetime
    cancel_reason: str | None


@dataclass(frozen=True, slots=True)
class OccurrenceInfo:
    """A date of an event at one instant, with the details that hold for it; ``slot`` is where the rule puts it."""

    id: int
    event: EventInfo
    ordinal: int
    state: OccurrenceState
    slot: datetime
    starts_at: datetime
    ends_at: datetime
    rsvp_closes_at: datetime
    announce_at: datetime | None
    moved: bool
    details: Details
    capacity: int | None
    sequence: int
    changed_at: datetime
    announced_at: datetime | None
    cancel_reason: str | None

    @property
    def name(self) -> str:
        """What people type for it: the event's number, and which of a series: ``42``, ``42.3``."""
        return str(self.event.number) if self.event.rule is None else f"{self.event.number}.{self.ordinal}"

    @property
    def is_ahead(self) -> bool:
        """Whether it has not begun and will."""
        return self.state in (OccurrenceState.PLANNED, OccurrenceState.OPEN)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answered what; ``held`` are places kept for those who were offered one."""

    going: int = 0
    maybe: int = 0
    cant: int = 0
    waiting: int = 0
    held: int = 0


def details_of(event: Event) -> Details:
    """Return what all dates of an event have in common."""
    return Details(
        title=event.title,
        description=event.description,
        bring=event.bring,
        picture_id=event.picture_id,
        where=event.where,
        channel_id=event.channel_id,
        place=event.place,
        length=timedelta(seconds=event.length_seconds),
    )


def with_overrides(details: Details, overrides: Mapping[str, Any]) -> Details:
    """Return details with those of a single date in their place."""
    values = dict(overrides)
    if "where" in values:
        values["where"] = Where(values["where"])
    if "length_seconds" in values:
        values["length"] = timedelta(seconds=values.pop("length_seconds"))
    return replace(details, **values)


def info(row: Event) -> EventInfo:
    """Return an event's values."""
    return EventInfo(
        id=row.id,
        guild_id=row.guild_id,
        number=row.number,
        uid=row.uid,
        state=row.state,
        organiser_id=row.organiser_id,
        details=details_of(row),
        zone=row.zone,
        begins=datetime.fromisoformat(row.begins),
        rule=row.rule,
        capacity=row.capacity,
        rsvp_role=row.rsvp_role,
        rsvp_lead=timedelta(seconds=row.rsvp_lead_seconds),
        going_role=row.going_role,
        shows_names=row.shows_names,
        remind=tuple(timedelta(seconds=lead) for lead in row.remind),
        ping_role=row.ping_role,
        places=tuple(places_of(row)),
        announce_lead=None if row.announce_lead_seconds is None else timedelta(seconds=row.announce_lead_seconds),
        sequence=row.sequence,
        created_at=row.created_at,
        changed_at=row.changed_at,
        cancel_reason=row.cancel_reason,
    )


def places_of(row: Event) -> list[Place]:
    """Return where an event's dates are announced."""
    return [
        Place(int(place["channel_id"]), place["language"], place.get("title"), place.get("text"))
        for place in row.places
    ]


def occurrence_info(row: Occurrence, event: Event) -> OccurrenceInfo:
    """Return the values of a date of an event."""
    held = info(event)
    return OccurrenceInfo(
        id=row.id,
        event=held,
        ordinal=row.ordinal,
        state=row.state,
        slot=datetime.fromisoformat(row.slot),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        rsvp_closes_at=row.rsvp_closes_at,
        announce_at=row.announce_at,
        moved=row.moved,
        details=with_overrides(held.details, row.overrides),
        capacity=row.capacity,
        sequence=row.sequence,
        changed_at=row.changed_at,
        announced_at=row.announced_at,
        cancel_reason=row.cancel_reason or held.cancel_reason,
    )


async def event_of(session: AsyncSession, guild_id: int, key: int) -> Event:
    """Return an event of this server by its key; raises NotFound for another server's, as if it did not exist."""
    row = await session.get(Event, key)
    if row is None or row.guild_id != guild_id:
        raise NotFound(t("event.not_found"))
    return row


async def occurrence_of(
    session: AsyncSession, guild_id: int, key: int, *, lock: bool = False, whole: bool = False
) -> tuple[Occurrence, Event]:
    """Return an occurrence of this server by its key, with its event; raises NotFound like :func:`event_of`.

    Both are locked with *lock*, and with *whole* all dates of the event that are not over: see :func:`lock_date`.
    """
    if lock:
        found = await lock_date(session, key, whole=whole)
        if found is None or found[0].guild_id != guild_id:
            raise NotFound(t("event.not_found"))
        return found
    row = await session.get(Occurrence, key)
    if row is None or row.guild_id != guild_id:
        raise NotFound(t("event.not_found"))
    return row, await event_of(session, guild_id, row.event_id)


async def lock_date(session: AsyncSession, key: int, *, whole: bool = False) -> tuple[Occurrence, Event] | None:
    """Lock an event and a date of it, or with *whole* all that are not over; None where it is gone.

    The event comes first, and dates in the order of their keys, in which answers lock them too: two processes would
    otherwise wait for each other.
    """
    while True:
        event_id = await session.scalar(select(Occurrence.event_id).where(Occurrence.id == key))
        event = None if event_id is None else await session.get(Event, event_id, with_for_update=True)
        if event is None:
            return None
        if whole:
            live = select(Occurrence.id).where(Occurrence.event_id == event_id, Occurrence.state.in_(_LIVE))
            await session.execute(live.order_by(Occurrence.id).with_for_update())
        row = await session.get(Occurrence, key, with_for_update=True)
        if row is None or row.event_id == event_id:
            return None if row is None else (row, event)
        # It became part of another event while we waited.


async def event_numbered(session: AsyncSession, guild_id: int, typed: str) -> tuple[Event, Occurrence | None]:
    """Return the event an option names, and its date where one is named (``42.3``); raises NotFound for what is none.

    Without a date it is the next one: the first that is not over, else the last there was, None where there is none.
    """
    number, _, ordinal = typed.strip().removeprefix("#").partition(".")
    if _is_number(number) and (not ordinal or _is_number(ordinal)):
        query = select(Event).where(Event.guild_id == guild_id, Event.number == int(number))
        event = (await session.scalars(query)).one_or_none()
        if event is not None and not ordinal:
            return event, await next_occurrence(session, event.id)
        if event is not None:
            query_date = select(Occurrence).where(Occurrence.event_id == event.id, Occurrence.ordinal == int(ordinal))
            occurrence = (await session.scalars(query_date)).one_or_none()
            if occurrence is not None:
                return event, occurrence
    raise NotFound(t("event.no_such_number", value=typed))


async def next_occurrence(session: AsyncSession, event_id: int) -> Occurrence | None:
    """Return the first date of an event that is not over, else the last there was."""
    mine = select(Occurrence).where(Occurrence.event_id == event_id).limit(1)
    ahead = mine.where(Occurrence.state.in_(_LIVE)).order_by(Occurrence.starts_at, Occurrence.id)
    found = (await session.scalars(ahead)).one_or_none()
    if found is None:
        last = mine.order_by(Occurrence.starts_at.desc(), Occurrence.id.desc())
        found = (await session.scalars(last)).one_or_none()
    return found


async def counts_of(session: AsyncSession, occurrence_id: int) -> Counts:
    """Count the answers for an occurrence."""
    query = select(Rsvp.answer, func.count()).where(Rsvp.occurrence_id == occurrence_id).group_by(Rsvp.answer)
    found: dict[Answer, int] = dict((await session.execute(query)).all())
    return Counts(
        going=found.get(Answer.GOING, 0),
        maybe=found.get(Answer.MAYBE, 0),
        cant=found.get(Answer.CANT, 0),
        waiting=found.get(Answer.WAITING, 0),
        held=found.get(Answer.OFFERED, 0),
    )


async def post_url(session: AsyncSession, row: Occurrence) -> str | None:
    """Return the address of an occurrence's first post that is there."""
    query = select(Post).where(
        Post.kind == KIND, Post.subject == row.id, Post.message_id.is_not(None), Post.lost.is_(False)
    )
    post = (await session.scalars(query.order_by(Post.id).limit(1))).one_or_none()
    return None if post is None else markup.jump(row.guild_id, post.channel_id, post.message_id or 0)


def _is_number(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) < 10
