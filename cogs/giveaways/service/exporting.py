"""What ``ikuzo export`` writes of giveaways: all of them, who entered and won, and the proof of each draw."""

from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.compute import Compute
from bot.csvfile import csv_bytes
from cogs.giveaways.service.exports import ENTRANTS, entrants_of, prize_files
from cogs.giveaways.service.proof import proof_files
from cogs.giveaways.tables import Giveaway, State

GIVEAWAYS: Final = ("giveaway", "prize", "state", "starts_at", "closes_at", "drawn_at", "cancelled_at", "organiser")


class GiveawayExporter:
    """A server's giveaways; those that are not drawn yet have neither winners nor a proof."""

    async def files(self, session: AsyncSession, guild_id: int) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """Yield ``giveaways.csv``, then of each giveaway its entrants, winners, claims, wallets and ``draw-….json``."""
        yield "giveaways.csv", _listed(session, guild_id)
        compute = Compute()
        try:
            query = select(Giveaway).where(Giveaway.guild_id == guild_id).order_by(Giveaway.number)
            for row in (await session.scalars(query)).all():
                yield f"giveaway-{row.number}-entrants.csv", _entrants(session, row.id)
                if row.state is State.DRAWN:
                    for file in (*await prize_files(session, row), *await proof_files(session, compute, row)):
                        yield file.name, _whole(file.data)
        finally:
            await compute.close()


async def _listed(session: AsyncSession, guild_id: int) -> AsyncIterator[bytes]:
    query = select(
        Giveaway.number,
        Giveaway.prize,
        Giveaway.state,
        Giveaway.starts_at,
        Giveaway.closes_at,
        Giveaway.drawn_at,
        Giveaway.cancelled_at,
        Giveaway.organiser_id,
    ).where(Giveaway.guild_id == guild_id)
    rows = (await session.execute(query.order_by(Giveaway.number))).all()
    yield csv_bytes(
        GIVEAWAYS,
        (
            (number, prize, state.value, *times, "" if organiser is None else str(organiser))
            for number, prize, state, *times, organiser in rows
        ),
    )


async def _entrants(session: AsyncSession, key: int) -> AsyncIterator[bytes]:
    yield csv_bytes(ENTRANTS, await entrants_of(session, key))


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data
