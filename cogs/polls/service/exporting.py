"""What ``ikuzo export`` writes of polls: the bundles of those that are closed."""

from collections.abc import AsyncIterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cogs.polls.tables import Poll, PollBundle


class PollExporter:
    """Closed polls as anyone can recount them; of open ones there is nothing to give away."""

    async def files(self, session: AsyncSession, guild_id: int) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """Yield ``poll-<number>.json`` for each closed poll."""
        query = select(Poll.id, Poll.number).where(Poll.guild_id == guild_id).order_by(Poll.number)
        for key, number in (await session.execute(query)).all():
            bundle = await session.get(PollBundle, key)
            if bundle is not None:
                yield f"poll-{number}.json", _whole(bundle.data)
                session.expunge(bundle)


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data
