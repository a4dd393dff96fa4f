"""Files for organisers: who answered, who was there."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.csvfile import Cell, csv_bytes
from bot.guilds import Feature, config_of, require_enabled
from bot.people import Actor, require_organiser
from cogs.events.rules.kinds import Answer
from cogs.events.service.records import OccurrenceInfo, occurrence_info, occurrence_of
from cogs.events.tables import Attendance, Event, Occurrence, Rsvp

if TYPE_CHECKING:
    from bot.app import Platform

HEADER: Final = ("user", "answer", "answered_at", "place_in_line", "attended", "attended_at", "checked_in_by")


@dataclass(frozen=True, slots=True)
class Exported:
    """A file of a date's answers and attendances."""

    info: OccurrenceInfo
    name: str
    data: bytes
    rows: int


class Exports:
    """Write down answers and attendances."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def export(self, actor: Actor, key: int) -> Exported:
        """Return a date's people as CSV; raises NotAllowed for who is no organiser."""
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
            require_organiser(actor, config)
            require_enabled(config, Feature.EVENTS)
            row, event = await occurrence_of(session, actor.guild_id, key)
            rows = await rows_of(session, key)
        info = occurrence_info(row, event)
        return Exported(info, _file_name(info), csv_bytes(HEADER, rows), len(rows))


class EventExporter:
    """What `ikuzo export` writes of a server: every date with its answers and attendances."""

    async def files(self, session: AsyncSession, guild_id: int) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        yield "events.csv", _events(session, guild_id)
        query = select(Occurrence, Event).join(Event, Event.id == Occurrence.event_id)
        query = query.where(Occurrence.guild_id == guild_id, Occurrence.announced_at.is_not(None))
        for row, event in (await session.execute(query.order_by(Event.number, Occurrence.ordinal))).all():
            yield _file_name(occurrence_info(row, event)), _people(session, row.id)


async def _events(session: AsyncSession, guild_id: int) -> AsyncIterator[bytes]:
    query = select(Occurrence, Event).join(Event, Event.id == Occurrence.event_id)
    query = query.where(Occurrence.guild_id == guild_id).order_by(Event.number, Occurrence.ordinal)
    rows = (await session.execute(query)).all()
    yield csv_bytes(
        ("event", "title", "starts", "ends", "where", "place", "capacity", "state"),
        (
            (
                (info := occurrence_info(row, event)).name,
                info.details.title,
                row.starts_at,
                row.ends_at,
                info.details.where.value,
                info.details.place,
                row.capacity,
                row.state.value,
            )
            for row, event in rows
        ),
    )


async def _people(session: AsyncSession, key: int) -> AsyncIterator[bytes]:
    yield csv_bytes(HEADER, await rows_of(session, key))


async def rows_of(session: AsyncSession, key: int) -> Sequence[tuple[Cell, ...]]:
    """Return a date's people as rows of a file: those going first, then in line, and those without an answer."""
    rsvps = (await session.scalars(select(Rsvp).where(Rsvp.occurrence_id == key))).all()
    there = (await session.scalars(select(Attendance).where(Attendance.occurrence_id == key))).all()
    answers = {rsvp.user_id: rsvp for rsvp in rsvps}
    present = {each.user_id: each for each in there}
    order = list(Answer)

    def rank(user: int) -> tuple[int, int, int]:
        found = answers.get(user)
        return (len(order), 0, user) if found is None else (order.index(found.answer), found.line or 0, user)

    return [_row(user, answers.get(user), present.get(user)) for user in sorted({*answers, *present}, key=rank)]


def _file_name(info: OccurrenceInfo) -> str:
    return f"event-{info.name.replace('.', '-')}.csv"


def _row(user: int, rsvp: Rsvp | None, there: Attendance | None) -> tuple[Cell, ...]:
    by: Cell = None
    if there is not None:
        by = (str(there.by) if there.by is not None else "staff") if there.by_staff else "digits"
    return (
        str(user),
        None if rsvp is None else rsvp.answer.value,
        None if rsvp is None else rsvp.answered_at,
        None if rsvp is None or rsvp.answer is not Answer.WAITING else rsvp.line,
        there is not None,
        None if there is None else there.at,
        by,
    )
