"""Finding events and their dates: for autocomplete, for the month at a glance, by what was typed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.people import Actor, Standing, require_organiser, require_staff, standing
from bot.times import at_wall_clock, parse_zone
from cogs.events.rules.kinds import Answer
from cogs.events.service.dates import LIVE
from cogs.events.service.records import (
    Counts,
    OccurrenceInfo,
    counts_of,
    event_numbered,
    occurrence_info,
    occurrence_of,
    post_url,
)
from cogs.events.tables import Attendance, Event, Occurrence, OccurrenceState, Rsvp

if TYPE_CHECKING:
    from bot.app import Platform

PUBLIC: Final = (OccurrenceState.OPEN, OccurrenceState.RUNNING, OccurrenceState.OVER, OccurrenceState.CANCELLED)
SUGGESTED: Final = 25
PAGE: Final = 20
# Beside the next of each series, so that one alone can be changed.
PER_EVENT: Final = 4


@dataclass(frozen=True, slots=True)
class Listed:
    """A date in a list: where its post is, and how many are going."""

    info: OccurrenceInfo
    counts: Counts
    url: str | None
    mine: Answer | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month at a glance, in the zone of whoever looks; ``first`` is its first day."""

    first: date
    today: date
    zone: str
    dates: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class Attendee:
    """Someone's answer, or someone who was there without one."""

    user_id: int
    answer: Answer | None
    present: bool


@dataclass(frozen=True, slots=True)
class Attendees:
    """Who answered what for a date."""

    info: OccurrenceInfo
    counts: Counts
    people: Sequence[Attendee]
    more: bool


class Finding:
    """Look up events. Dates that are not announced are shown where the series is public, else to organisers alone."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def suggest(
        self, actor: Actor, typed: str, states: Collection[OccurrenceState], *, least: Standing = Standing.ORGANISER
    ) -> Sequence[OccurrenceInfo]:
        """Return dates in these states whose title or number goes with what was typed, newest event first.

        Empty for who may not act on them.
        """
        typed = typed.strip().removeprefix("#")
        number, _, ordinal = typed.partition(".")
        async with self._platform.database.read() as session:
            if not _reaches(standing(actor, await config_of(session, actor.guild_id)), least):
                return ()
            query = select(Occurrence, Event).join(Event, Event.id == Occurrence.event_id)
            query = query.where(Event.guild_id == actor.guild_id, Occurrence.state.in_(states))
            if typed:
                numbered = cast(Event.number, String).startswith(number, autoescape=True)
                query = query.where(or_(Event.title.icontains(typed, autoescape=True), numbered))
            order = query.order_by(Event.number.desc(), Occurrence.starts_at, Occurrence.id).limit(500)
            found = [occurrence_info(row, event) for row, event in (await session.execute(order))]
        if ordinal:
            found = [each for each in found if str(each.ordinal).startswith(ordinal)]
        return _few_of_each(found, past=LIVE[0] not in states)

    async def named(self, actor: Actor, typed: str, *, least: Standing = Standing.ORGANISER) -> OccurrenceInfo:
        """Return the date an option names, of a series the next one.

        Raises NotAllowed for who may not act on it, NotFound with what was typed, WrongState while events are turned
        off.
        """
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
            if least is Standing.ORGANISER:
                require_organiser(actor, config)
            if least is Standing.STAFF:
                require_staff(actor, config)
            require_enabled(config, Feature.EVENTS)
            event, row = await event_numbered(session, actor.guild_id, typed)
            if row is None or (least is Standing.MEMBER and row.state is OccurrenceState.PLANNED):
                raise NotFound(t("event.no_such_number", value=typed))
            return occurrence_info(row, event)

    async def month(self, actor: Actor, offset: int, now: datetime) -> Month:
        """Return the dates of a month, *offset* months from this one; those announced, and the others of their series.

        Raises WrongState while events are turned off.
        """
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
            require_enabled(config, Feature.EVENTS)
            name = actor.zone or config.zone
            zone = parse_zone(name)
            today = now.astimezone(zone).date()
            first = _months_on(today.replace(day=1), offset)
            begins, ends = (at_wall_clock(datetime(d.year, d.month, 1), zone) for d in (first, _months_on(first, 1)))  # noqa: DTZ001 (a time on the wall)
            organises = _reaches(standing(actor, config), Standing.ORGANISER)
            public = select(Occurrence.event_id).where(Occurrence.announced_at.is_not(None)).scalar_subquery()
            query = (
                select(Occurrence, Event)
                .join(Event, Event.id == Occurrence.event_id)
                .where(Occurrence.guild_id == actor.guild_id, Occurrence.ends_at > begins, Occurrence.starts_at < ends)
                .order_by(Occurrence.starts_at, Occurrence.id)
                .limit(200)
            )
            if not organises:
                query = query.where(Occurrence.event_id.in_(public))
            rows = (await session.execute(query)).all()
            mine = await self._mine(session, actor.user_id, [row.id for row, _ in rows])
            listed = [
                Listed(
                    occurrence_info(row, event),
                    await counts_of(session, row.id),
                    await post_url(session, row),
                    mine.get(row.id),
                )
                for row, event in rows
            ]
        return Month(first, today, name, listed)

    async def attendees(self, actor: Actor, key: int, page: int) -> Attendees:
        """Return a page of who answered what; staff and above, or everyone where the organiser shows names."""
        async with self._platform.database.read() as session:
            row, event = await occurrence_of(session, actor.guild_id, key)
            if not event.shows_names:
                require_staff(actor, await config_of(session, actor.guild_id))
            people = await people_of(session, key)
            return Attendees(
                occurrence_info(row, event),
                await counts_of(session, key),
                people[page * PAGE : (page + 1) * PAGE],
                more=len(people) > (page + 1) * PAGE,
            )

    async def _mine(self, session: AsyncSession, user_id: int, keys: Sequence[int]) -> dict[int, Answer]:
        query = select(Rsvp.occurrence_id, Rsvp.answer).where(Rsvp.user_id == user_id, Rsvp.occurrence_id.in_(keys))
        return dict((await session.execute(query)).all())


async def people_of(session: AsyncSession, key: int) -> Sequence[Attendee]:
    """Return everyone who answered or was there: going first, then in line, maybe, cannot, and those without a word."""
    answers = select(Rsvp.user_id, Rsvp.answer, Rsvp.line, Rsvp.answered_at).where(Rsvp.occurrence_id == key)
    there = select(Attendance.user_id).where(Attendance.occurrence_id == key).order_by(Attendance.at)
    present = list((await session.scalars(there)).all())
    rows = (await session.execute(answers)).all()
    order = list(Answer)
    ranked = sorted(rows, key=lambda row: (order.index(row[1]), row[2] or 0, row[3], row[0]))
    known = {row[0] for row in ranked}
    were = set(present)
    return [
        *(Attendee(user, answer, user in were) for user, answer, _, _ in ranked),
        *(Attendee(user, None, present=True) for user in present if user not in known),
    ]


def _reaches(held: Standing, least: Standing) -> bool:
    order = list(Standing)
    return order.index(held) >= order.index(least)


def _few_of_each(found: Sequence[OccurrenceInfo], *, past: bool) -> Sequence[OccurrenceInfo]:
    """Return the nearest dates of each event, so that a long series leaves room for others."""
    kept: list[OccurrenceInfo] = []
    seen: dict[int, int] = {}
    for each in reversed(found) if past else found:
        seen[each.event.id] = seen.get(each.event.id, 0) + 1
        if seen[each.event.id] <= PER_EVENT:
            kept.append(each)
    kept.sort(key=lambda each: (-each.event.number, each.starts_at))
    return kept[:SUGGESTED]


def _months_on(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(min(max(year, 1), 9998), month + 1, 1)
