"""What lies ahead in the published ranking: computed again from what is stored, before the transaction that uses it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import Absent, MemberState
from cogs.giveaways.rules.decide import ranking
from cogs.giveaways.service.proof import entrants_of, randomness_of, round_of
from cogs.giveaways.tables import Giveaway, GiveawayEntry, GiveawayPrize, State

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class Ahead:
    """The places of a ranking from place ``start`` on (0 is the first), and who of those read was in the server.

    ``complete`` says that no place follows.
    """

    start: int
    tokens: Sequence[str]
    complete: bool
    states: Mapping[int, MemberState | Absent]

    def has_left(self, user_id: int | None) -> bool:
        """Whether someone has certainly left; who could not be read has not, and who was forgotten has."""
        return user_id is None or self.states.get(user_id) is Absent.LEFT


async def look_ahead(platform: "Platform", key: int, count: int, others: Collection[int] = ()) -> Ahead | None:
    """Return the next *count* places of a drawn giveaway, with who of those and of *others* is in the server."""
    async with platform.database.read() as session:
        row = await session.get(Giveaway, key)
        if row is None or row.state is not State.DRAWN or row.digest is None:
            return None
        start = await reached(session, key)
        entrants = await entrants_of(session, key) if start < (row.entries or 0) else []
    tokens: Sequence[str] = ()
    if entrants:
        tokens = await platform.compute(
            ranking,
            row.public_id,
            row.seed,
            row.digest,
            round_of(row),
            randomness_of(row),
            entrants,
            start,
            count,
        )
    async with platform.database.read() as session:
        people = await people_of(session, key, tokens)
    ids = {user_id for user_id in people.values() if user_id is not None} | set(others)
    states: Mapping[int, MemberState | Absent] = {}
    if ids:
        states = await platform.members.fetch(row.guild_id, ids)
    return Ahead(start, tokens, start + len(tokens) >= (row.entries or 0), states)


async def reached(session: AsyncSession, key: int) -> int:
    """Return how many places of a ranking were reached; they are without gaps."""
    query = select(func.count()).select_from(GiveawayPrize).where(GiveawayPrize.giveaway_id == key)
    return (await session.execute(query)).scalar_one()


async def people_of(session: AsyncSession, key: int, tokens: Collection[str]) -> dict[str, int | None]:
    """Return who stands behind tokens; None for an address and for who was forgotten."""
    found: dict[str, int | None] = {}
    listed = list(tokens)
    for start in range(0, len(listed), 500):
        query = select(GiveawayEntry.token, GiveawayEntry.user_id).where(
            GiveawayEntry.giveaway_id == key, GiveawayEntry.token.in_(listed[start : start + 500])
        )
        found |= {row.token: row.user_id for row in await session.execute(query)}
    return found
