"""Reading boxes for counting; the counting itself is done in the worker process."""

import json
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bulk import pages
from cogs.polls.rules.ballots import Kind
from cogs.polls.rules.bundle import BallotRow
from cogs.polls.rules.count import Row, Tally, count_rows
from cogs.polls.service.boxes import box
from cogs.polls.service.records import PollInfo

if TYPE_CHECKING:
    from bot.compute import Compute


async def live_tally(compute: "Compute", session: AsyncSession, found: PollInfo) -> Tally:
    """Count an open poll as it stands now."""
    ballots = box(found.id)
    query = select(ballots.c.choices, ballots.c.weight, func.count()).group_by(ballots.c.choices, ballots.c.weight)
    rows: list[Row] = []
    async for page in pages(session, query):
        rows += [(padded(found, choices), weight, number) for choices, weight, number in page]
    return await compute(count_rows, found.public_id, len(found.options), found.rule, rows, None)


async def ballot_rows(session: AsyncSession, found: PollInfo) -> list[BallotRow]:
    """Return the ballots in a poll's box, in no particular order."""
    ballots = box(found.id)
    query = select(ballots.c.receipt, ballots.c.choices, ballots.c.weight, ballots.c.voter)
    rows: list[BallotRow] = []
    async for page in pages(session, query):
        rows += [
            (receipt, padded(found, choices), weight, None if voter is None else str(voter))
            for receipt, choices, weight, voter in page
        ]
    return rows


def padded(found: PollInfo, choices: str) -> str:
    """Return a ballot of a rating poll with nothing for the options that were approved after it was cast."""
    if found.kind is not Kind.RATING or choices == "[]":
        return choices
    missing = len(found.options) - choices.count(",") - 1
    return choices if missing <= 0 else json.dumps(json.loads(choices) + [None] * missing, separators=(",", ":"))
