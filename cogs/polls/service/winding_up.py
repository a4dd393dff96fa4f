"""What of polls is going on when a moderator turns them off, and ending all of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import UserError
from bot.i18n import Text, t
from bot.people import Actor
from bot.ports import Line
from cogs.polls.service.changing import Changing
from cogs.polls.service.showcase import line
from cogs.polls.tables import GOING_ON, Poll, State

if TYPE_CHECKING:
    from bot.database import Database


class WindingUp:
    """The feature's answer to being turned off: open polls close now and are counted, scheduled ones are withdrawn.

    Votes that were cast are not thrown away.
    """

    def __init__(self, database: "Database", changing: Changing) -> None:
        self._database = database
        self._changing = changing

    async def running(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Line]:
        lines = [await line(session, row) for row in await _going_on(session, guild_id)]
        return sorted(lines, key=lambda each: each.when or now)

    async def cancel_running(self, actor: Actor, now: datetime) -> Sequence[Text]:
        """Close or withdraw each; returns a sentence for each that goes on all the same."""
        async with self._database.read() as session:
            rows = [(row.id, row.number, row.state) for row in await _going_on(session, actor.guild_id)]
        kept: list[Text] = []
        for key, number, state in rows:
            if state is State.COUNTING:
                kept.append(t("poll.off.counting", number=str(number)))
                continue
            try:
                await self._changing.close(actor, key, now)
            except UserError as error:
                kept.append(t("poll.off.kept", number=str(number), why=error.text))
        return kept


async def _going_on(session: AsyncSession, guild_id: int) -> Sequence[Poll]:
    query = select(Poll).where(Poll.guild_id == guild_id, Poll.state.in_(GOING_ON))
    return (await session.scalars(query.order_by(Poll.closes_at))).all()
