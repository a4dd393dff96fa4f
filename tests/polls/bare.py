"""Polls on a database alone: without Discord, with deliveries that wait for ever."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.app import Platform, create_platform
from bot.posts import Posts
from bot.schedule import Due
from bot.settings import Settings
from cogs.polls.service.closing import COUNT, WIPE
from cogs.polls.service.opening import CLOSE, open_poll
from cogs.polls.tables import KIND, Poll, PollOption, State
from cogs.polls.wiring import Services, build, register

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
GUILD = 1_400_000_000_000_000_001


@asynccontextmanager
async def bare_polls(url: str) -> AsyncIterator[tuple[Platform, Services]]:
    """Give polls on a database without Discord, whose deliveries wait for ever."""
    platform = create_platform(Settings(database_url=url, beacon_urls=()))
    services = build(platform)
    register(platform, services)
    try:
        yield platform, services
    finally:
        await platform.writer.close()
        await platform.compute.close()
        await platform.database.close()


async def opened(platform: Platform, services: Services, **values: Any) -> int:
    row = Poll(
        **{
            "guild_id": GUILD,
            "number": 1,
            "public_id": "ab" * 16,
            "state": State.SCHEDULED,
            "question": "Which?",
            "terms": {},
            "zone": "UTC",
            "created_at": NOW,
            "starts_at": NOW,
            "closes_at": NOW + timedelta(hours=1),
            **values,
        }
    )
    async with platform.database.write() as tx:
        tx.session.add(row)
        await tx.session.flush()
        tx.session.add_all(PollOption(poll_id=row.id, position=i, text=f"Option {i}") for i in range(5))
        await open_poll(platform, tx, Posts(platform.deliveries, KIND), row, NOW)
    return row.id


async def close(platform: Platform, services: Services, key: int) -> None:
    """Close and count a poll, as the deadlines would."""
    async with platform.database.write() as tx:
        row = await tx.session.get_one(Poll, key)
        row.closes_at = NOW
    for kind, step in ((CLOSE, services.closing.close), (COUNT, services.closing.count), (WIPE, services.closing.wipe)):
        assert await step(Due(kind, key, GUILD, NOW, 0)) is None
        assert await step(Due(kind, key, GUILD, NOW, 0)) is None
