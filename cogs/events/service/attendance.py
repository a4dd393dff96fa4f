"""Attendance as something giveaways and polls can ask for: whoever checked in at any date of an event."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.i18n import t
from bot.ports import Requirement, Verdict
from cogs.events.service.records import event_numbered
from cogs.events.tables import Attendance, Event, Occurrence

if TYPE_CHECKING:
    from bot.database import Database

SUGGESTED = 25
_CHUNK = 500


class AttendanceRequirements:
    """The port ``attended``: an event by its number or title, and who was there."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def resolve(self, session: AsyncSession, guild_id: int, name: str) -> Requirement:
        """Find the event that was named, by number or by title; of two with one title the newer. Raises NotFound."""
        try:
            event, _ = await event_numbered(session, guild_id, name)
        except NotFound:
            query = select(Event).where(Event.guild_id == guild_id, Event.title == name.strip())
            found = (await session.scalars(query.order_by(Event.number.desc()).limit(1))).one_or_none()
            if found is None:
                raise NotFound(t("event.attended.unknown", value=name)) from None
            event = found
        return Requirement(event.id, event.title)

    async def suggest(self, session: AsyncSession, guild_id: int, typed: str) -> Sequence[Requirement]:
        """Return events whose title or number goes with what was typed, newest first."""
        typed = typed.strip().removeprefix("#")
        query = select(Event).where(Event.guild_id == guild_id)
        if typed:
            number = cast(Event.number, String)
            query = query.where(
                or_(Event.title.icontains(typed, autoescape=True), number.startswith(typed, autoescape=True))
            )
        rows = await session.scalars(query.order_by(Event.number.desc()).limit(SUGGESTED))
        return [Requirement(row.id, row.title) for row in rows.all()]

    async def check(self, guild_id: int, key: int, user_ids: Collection[int]) -> Mapping[int, Verdict]:
        """Return whether each was at one of the event's dates; a date that went on to another event counts there."""
        there: set[int] = set()
        wanted = list(user_ids)
        async with self._database.read() as session:
            for start in range(0, len(wanted), _CHUNK):
                query = (
                    select(Attendance.user_id)
                    .join(Occurrence, Occurrence.id == Attendance.occurrence_id)
                    .where(
                        Occurrence.guild_id == guild_id,
                        Occurrence.event_id == key,
                        Attendance.user_id.in_(wanted[start : start + _CHUNK]),
                    )
                )
                there.update((await session.scalars(query)).all())
        return {user_id: Verdict.YES if user_id in there else Verdict.NO for user_id in wanted}
