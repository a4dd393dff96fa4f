"""Closing: voting ends, ballots are counted, and what tied them to voters is destroyed.

Each step is a transaction of its own that leaves the next one due, so that after a crash it goes on where it was.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome
from bot.ledger.service import Entry
from bot.pieces import droppable
from bot.posts import Posts
from bot.schedule import Due
from cogs.polls.rules import bundle as bundles
from cogs.polls.rules.tally import to_json
from cogs.polls.service.boxes import destroy_box
from cogs.polls.service.heard.saying import Saying
from cogs.polls.service.records import PollInfo, info_of
from cogs.polls.service.tallying import ballot_rows
from cogs.polls.tables import Poll, PollBundle, PollWriteIn, State

if TYPE_CHECKING:
    from bot.app import Platform

COUNT: Final = "poll.count"
WIPE: Final = "poll.wipe"
RESULT: Final = "poll.result"
# While a backup is made on PostgreSQL nothing may be dropped; while somebody reads, SQLite keeps its log.
LATER: Final = timedelta(seconds=10)


# Called in the transaction that closes a poll, after its result is stored.
Follower = Callable[[Transaction, Poll, datetime], Awaitable[None]]


class Closing:
    """From open to counting, and on to closed."""

    def __init__(self, platform: "Platform", posts: Posts, saying: Saying, follow: Follower) -> None:
        self._platform = platform
        self._posts = posts
        self._saying = saying
        self._follow = follow

    async def close(self, due: Due) -> datetime | None:
        """Stop voting once the closing time has come; returns a later one when it was moved."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(Poll, due.subject, with_for_update=True)
            if row is None or row.state is not State.OPEN:
                return None
            if row.closes_at > now:
                return row.closes_at
            await self.stop_voting(tx, row, now, None)
        return None

    async def stop_voting(self, tx: Transaction, row: Poll, now: datetime, actor_id: int | None) -> None:
        """Leave the open state; counting is due at once. *actor_id* is who closed it before its time."""
        row.state = State.COUNTING
        # Voting ended when it was to end, however late we noticed.
        row.closed_at = min(now, row.closes_at).replace(microsecond=0)
        row.ended_early = actor_id is not None
        await self._platform.schedule.put(tx, COUNT, row.id, now, guild_id=row.guild_id)
        await self._posts.refresh(tx, row.id, now)

    async def count(self, due: Due) -> datetime | None:
        """Count a poll that has closed; returns when to try again where its box cannot be destroyed yet."""
        async with self._platform.database.read() as session:
            row = await session.get(Poll, due.subject)
            if row is None or row.state is not State.COUNTING:
                return None
            found = await info_of(session, row)
            rows = await ballot_rows(session, found)
        eligible = None
        if found.terms.voters is not None:
            eligible = await self._platform.members.role_count(found.guild_id, found.terms.voters)
        closed = await self._platform.compute(
            bundles.close, _asked(found), [option.text for option in found.options], found.rule, rows, eligible
        )
        return await self._store(due.subject, len(rows), closed)

    async def _store(self, key: int, counted: int, closed: bundles.Closed) -> datetime | None:
        """Keep result and state together, and destroy what they were counted from."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            if not await droppable(tx.session):
                return now + LATER
            row = await tx.session.get(Poll, key, with_for_update=True)
            if row is None or row.state is not State.COUNTING:
                return None
            if row.vote_count != counted:
                # Someone was forgotten just now, and their ballot with them.
                return now
            row.state, row.counted_at, row.result = State.CLOSED, now, to_json(closed.tally)
            tx.session.add(PollBundle(poll_id=key, data=closed.data))
            await tx.session.execute(delete(PollWriteIn).where(PollWriteIn.poll_id == key))
            await tx.session.flush()
            await destroy_box(tx, key)
            if self._platform.database.is_sqlite:
                await self._platform.schedule.put(tx, WIPE, key, now, guild_id=row.guild_id)
            await self._follow(tx, row, now)
            await self._saying.everywhere(tx, row, RESULT, "", {}, now)
            await self._posts.refresh(tx, key, now)
            await self._note(tx, row, closed, now)
        return None

    async def _note(self, tx: Transaction, row: Poll, closed: bundles.Closed, now: datetime) -> None:
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=row.guild_id,
                kind="poll.closed",
                actor_id=None,
                subject=f"poll:{row.number}",
                texts={"question": row.question},
                facts={
                    "ballots": closed.tally.turnout.ballots,
                    "digest": hashlib.sha256(closed.data).hexdigest(),
                },
            ),
            now=now,
        )

    async def wipe(self, due: Due) -> datetime | None:
        """Have SQLite's log emptied, where what was destroyed still is; returns when to try again while it is read."""
        if await self._platform.database.empty_log():
            return None
        return clock.now() + LATER

    async def result_settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Remember where the bundle is, and have the posts and the other channels' results lead there."""
        await self._saying.settled(tx, delivery, outcome)
        if outcome.state is not DeliveryState.SENT or not delivery.params.get("first"):
            return
        row = await tx.session.get(Poll, delivery.subject)
        if row is None:
            return
        row.result_channel_id, row.result_message_id = delivery.channel_id, outcome.message_id
        await self._saying.refresh(tx, row, (RESULT,), clock.now(), but_first=True)
        await self._posts.refresh(tx, row.id, clock.now())


def _asked(found: PollInfo) -> bundles.Poll:
    """Return what the bundle says of the poll itself."""
    return bundles.Poll(
        id=found.public_id,
        number=found.number,
        guild_id=str(found.guild_id),
        question=found.question,
        opened_at=found.opened_at or found.starts_at,
        closed_at=found.closed_at or found.closes_at,
    )
