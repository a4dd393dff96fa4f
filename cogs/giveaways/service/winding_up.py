"""What of giveaways is going on when a moderator turns them off, and cancelling all of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import UserError
from bot.guilds import config_of
from bot.i18n import Text, plain, t
from bot.people import Actor
from bot.ports import Line
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.service.correcting import Correcting
from cogs.giveaways.service.records import post_url
from cogs.giveaways.tables import ClaimState, Giveaway, GiveawayPrize, State

if TYPE_CHECKING:
    from bot.database import Database

GOING_ON: Final = (State.SCHEDULED, State.OPEN, State.CLOSING, State.FROZEN)


class WindingUp:
    """The feature's answer to being turned off."""

    def __init__(self, database: "Database", correcting: Correcting) -> None:
        self._database = database
        self._correcting = correcting

    async def running(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Line]:
        """Return what is scheduled, open or being drawn, and the prizes still to be claimed, by their time."""
        lines = [
            Line(
                t("giveaway.off.going_on", number=str(row.number), prize=row.prize),
                row.starts_at if row.state is State.SCHEDULED else row.closes_at,
                await post_url(session, row),
            )
            for row in await _going_on(session, guild_id)
        ]
        owed = (
            select(Giveaway, GiveawayPrize)
            .join(GiveawayPrize, GiveawayPrize.giveaway_id == Giveaway.id)
            .where(Giveaway.guild_id == guild_id, GiveawayPrize.outcome == Outcome.WON)
            .where(GiveawayPrize.claim_state == ClaimState.OPEN)
            .order_by(GiveawayPrize.claim_until)
        )
        for row, prize in (await session.execute(owed)).all():
            said = t("giveaway.off.owed", number=str(row.number), prize=row.prize)
            lines.append(Line(said, prize.claim_until, await post_url(session, row)))
        return sorted(lines, key=lambda line: line.when or now)

    async def cancel_running(self, actor: Actor, now: datetime) -> Sequence[Text]:
        """Cancel what has not been drawn, series and all; prizes that were won stay won."""
        async with self._database.read() as session:
            language = (await config_of(session, actor.guild_id)).language
            keys = [(row.id, row.number) for row in await _going_on(session, actor.guild_id)]
        reason = plain(language, t("giveaway.off.reason"))
        kept: list[Text] = []
        for key, number in keys:
            async with self._database.read() as session:
                if key not in [row.id for row in await _going_on(session, actor.guild_id)]:
                    # Gone with the series of one before it.
                    continue
            try:
                await self._correcting.cancel(actor, key, reason, now, whole_series=True)
            except UserError as error:
                kept.append(t("giveaway.off.kept", number=str(number), why=error.text))
        return kept


async def _going_on(session: AsyncSession, guild_id: int) -> Sequence[Giveaway]:
    query = select(Giveaway).where(Giveaway.guild_id == guild_id, Giveaway.state.in_(GOING_ON))
    return (await session.scalars(query.where(Giveaway.cancelled_at.is_(None)).order_by(Giveaway.closes_at))).all()
