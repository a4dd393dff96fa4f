"""What of events is going on when a moderator turns them off, and cancelling all of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import UserError
from bot.guilds import config_of
from bot.i18n import Text, plain, t
from bot.people import Actor
from bot.ports import Line
from cogs.events.rules.kinds import Scope
from cogs.events.service.cancelling import Cancelling
from cogs.events.service.dates import LIVE
from cogs.events.service.records import next_occurrence, post_url
from cogs.events.tables import Event, EventState

if TYPE_CHECKING:
    from bot.database import Database


class WindingUp:
    """The feature's answer to being turned off."""

    def __init__(self, database: "Database", cancelling: Cancelling) -> None:
        self._database = database
        self._cancelling = cancelling

    async def running(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Line]:
        """Return each event that has dates to come, by the next of them."""
        lines: list[Line] = []
        for event in await _live(session, guild_id):
            row = await next_occurrence(session, event.id)
            if row is None or row.state not in LIVE:
                continue
            said = t("event.off.going_on", number=str(event.number), title=event.title)
            if event.rule is not None:
                said = t("event.off.series", number=str(event.number), title=event.title)
            lines.append(Line(said, row.starts_at, await post_url(session, row)))
        return sorted(lines, key=lambda line: line.when or now)

    async def cancel_running(self, actor: Actor, now: datetime) -> Sequence[Text]:
        """Cancel every event with all its dates to come."""
        async with self._database.read() as session:
            language = (await config_of(session, actor.guild_id)).language
            found = [
                (event, await next_occurrence(session, event.id)) for event in await _live(session, actor.guild_id)
            ]
        reason = plain(language, t("event.off.reason"))
        kept: list[Text] = []
        for event, row in found:
            if row is None:
                continue
            try:
                await self._cancelling.cancel(actor, row.id, Scope.ALL, reason, now)
            except UserError as error:
                kept.append(t("event.off.kept", number=str(event.number), why=error.text))
        return kept


async def _live(session: AsyncSession, guild_id: int) -> Sequence[Event]:
    query = select(Event).where(Event.guild_id == guild_id, Event.state == EventState.LIVE)
    return (await session.scalars(query.order_by(Event.number))).all()
