"""What events show in ``/my show`` and ``/browse``."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.i18n import Text, t
from bot.ports import Action, Line, Section
from cogs.events.rules.kinds import Answer
from cogs.events.service.buttons import CANT, GOING
from cogs.events.service.dates import LIVE
from cogs.events.service.records import OccurrenceInfo, counts_of, occurrence_info, post_url
from cogs.events.service.seats import open_offer
from cogs.events.tables import Event, Occurrence, OccurrenceState, Rsvp

SHOWN: Final = 25
# Of a series only the next date is shown, and the others leave room.
READ: Final = 1_000
ENDED_SHOWN: Final = 5
RECENT: Final = timedelta(days=30)


class EventShowcase:
    """A member's answers, and the server's events."""

    async def mine(self, session: AsyncSession, guild_id: int, user_id: int, now: datetime) -> Sequence[Section]:
        sections = (
            Section(t("event.show.answers"), await self._answers(session, guild_id, user_id)),
            Section(t("event.show.organised"), await self._organised(session, guild_id, user_id)),
        )
        return [section for section in sections if section.lines]

    async def browse(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Section]:
        coming = (OccurrenceState.OPEN, OccurrenceState.RUNNING)
        ended = (
            select(Occurrence, Event)
            .join(Event, Event.id == Occurrence.event_id)
            .where(Occurrence.guild_id == guild_id, Occurrence.state == OccurrenceState.OVER)
            .where(Occurrence.ends_at > now - RECENT, Occurrence.announced_at.is_not(None))
            .order_by(Occurrence.ends_at.desc())
            .limit(ENDED_SHOWN)
        )
        over = [
            Line(
                t("event.show.ended", **_names(occurrence_info(row, event))), row.ends_at, await post_url(session, row)
            )
            for row, event in (await session.execute(ended)).all()
        ]
        sections = (
            Section(t("event.show.coming"), await self._coming(session, guild_id, coming)),
            Section(t("event.show.past"), over),
        )
        return [section for section in sections if section.lines]

    async def _coming(
        self, session: AsyncSession, guild_id: int, states: Sequence[OccurrenceState], organiser: int | None = None
    ) -> list[Line]:
        query = (
            select(Occurrence, Event)
            .join(Event, Event.id == Occurrence.event_id)
            .where(Occurrence.guild_id == guild_id, Occurrence.state.in_(states))
            .order_by(Occurrence.starts_at, Occurrence.id)
            .limit(READ)
        )
        if organiser is not None:
            query = query.where(Event.organiser_id == organiser)
        lines: list[Line] = []
        seen: set[int] = set()
        for row, event in (await session.execute(query)).all():
            if event.id in seen and row.state is OccurrenceState.PLANNED:
                continue
            if len(lines) == SHOWN:
                break
            seen.add(event.id)
            info = occurrence_info(row, event)
            counts = await counts_of(session, row.id)
            going = t("event.count.going", n=counts.going)
            lines.append(
                Line(t("event.show.line", going=going, **_names(info)), row.starts_at, await post_url(session, row))
            )
        return lines

    async def _answers(self, session: AsyncSession, guild_id: int, user_id: int) -> list[Line]:
        query = (
            select(Occurrence, Event, Rsvp)
            .join(Event, Event.id == Occurrence.event_id)
            .join(Rsvp, Rsvp.occurrence_id == Occurrence.id)
            .where(Occurrence.guild_id == guild_id, Rsvp.user_id == user_id, Occurrence.state.in_(LIVE))
            .where(Rsvp.answer != Answer.CANT)
            .order_by(Occurrence.starts_at, Occurrence.id)
            .limit(SHOWN)
        )
        lines: list[Line] = []
        for row, event, rsvp in (await session.execute(query)).all():
            info = occurrence_info(row, event)
            until = await open_offer(session, row.id, user_id)
            lines.append(line_of(info, rsvp.answer, until, await post_url(session, row)))
        return lines

    async def _organised(self, session: AsyncSession, guild_id: int, user_id: int) -> list[Line]:
        return await self._coming(session, guild_id, LIVE, user_id)


def _names(info: OccurrenceInfo) -> dict[str, str]:
    return {"number": info.name, "title": info.details.title}


def line_of(info: OccurrenceInfo, answer: Answer, until: datetime | None, url: str | None) -> Line:
    """Return a member's answer as a line; *until* is how long an offered place is kept."""
    return Line(_answered(info, answer, until), info.starts_at, url, _actions(info, answer))


def _answered(info: OccurrenceInfo, answer: Answer, until: datetime | None) -> Text:
    names = _names(info)
    match answer:
        case Answer.GOING:
            return t("event.show.going", **names)
        case Answer.MAYBE:
            return t("event.show.maybe", **names)
        case Answer.WAITING:
            return t("event.show.waiting", **names)
        case Answer.OFFERED:
            return t("event.show.offered", until=until or info.rsvp_closes_at, **names)
        case _:
            return t("event.show.lapsed", **names)


def _actions(info: OccurrenceInfo, answer: Answer) -> Sequence[Action]:
    # Several events are in one list: each button says whose it is.
    cant = Action(t("event.show.cant", number=info.name), f"{CANT}:{info.id}")
    if answer in (Answer.GOING, Answer.WAITING):
        return (cant,)
    return (Action(t("event.show.attend", number=info.name), f"{GOING}:{info.id}"), cant)
