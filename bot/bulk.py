"""Very many of something, a few at a time, so that everybody else has their turn on the event loop between."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final, TypeVar, TypeVarTuple

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")
Columns = TypeVarTuple("Columns")

PAGE: Final = 1_000
TURN: Final = 100


async def pages(
    session: AsyncSession, query: Select[*Columns], size: int = PAGE
) -> AsyncIterator[Sequence[Row[*Columns]]]:
    """Read the rows of a query a page at a time: one statement, so one consistent state."""
    result = await session.stream(query, execution_options={"yield_per": size})
    async for page in result.partitions(size):
        yield page


async def in_turns(items: Sequence[T], size: int = TURN) -> AsyncIterator[T]:
    """Go through items that each take some work, and let others run after every *size* of them."""
    for start in range(0, len(items), size):
        for item in items[start : start + size]:
            yield item
        await asyncio.sleep(0)
