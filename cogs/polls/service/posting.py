"""Posting: a poll comes to be, and opens at its time."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot import clock
from bot.database import Transaction
from bot.ledger.rules import Fact
from bot.ledger.service import Entry
from bot.numbers import next_number
from bot.posts import Place, Posts
from bot.schedule import Due
from bot.shape import time_text
from cogs.polls.rules.options import SHORTEST, Options, Proposal
from cogs.polls.service.changing import OPEN
from cogs.polls.service.opening import open_poll
from cogs.polls.tables import KIND, Poll, PollOption, State

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class Maker:
    """Who posts a poll, and where: their server."""

    guild_id: int
    user_id: int


class Posting:
    """From a proposal to a poll that is open."""

    def __init__(self, platform: "Platform", posts: Posts) -> None:
        self._platform = platform
        self._posts = posts

    async def post(
        self, tx: Transaction, maker: Maker, proposal: Proposal, places: Sequence[Place], now: datetime
    ) -> Poll:
        """Write a poll with its posts, what is due, and the ledger's row; one that starts later appears then."""
        row = Poll(
            guild_id=maker.guild_id,
            number=await next_number(tx, maker.guild_id, KIND),
            public_id=secrets.token_hex(16),
            state=State.SCHEDULED,
            organiser_id=maker.user_id,
            created_at=now,
            starts_at=proposal.opens,
            closes_at=proposal.closes,
            **values_of(proposal, maker.user_id),
        )
        tx.session.add(row)
        await tx.session.flush()
        tx.session.add_all(options_for(row.id, proposal.options))
        await tx.session.flush()
        await self._posts.plan(tx, row.id, maker.guild_id, places)
        if proposal.scheduled:
            await self._platform.schedule.put(tx, OPEN, row.id, row.starts_at, guild_id=maker.guild_id)
        else:
            await open_poll(self._platform, tx, self._posts, row, now)
        await self._note(tx, row, proposal.options, places, now)
        return row

    async def open(self, due: Due) -> datetime | None:
        """Open a scheduled poll, once; returns a later time when it was moved.

        Opened late, it still closes when it was to close. Where less than the shortest running time would be left, it
        has its whole running time from now on instead: nothing was public yet, and nobody could vote otherwise.
        """
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(Poll, due.subject, with_for_update=True)
            if row is None or row.state is not State.SCHEDULED:
                return None
            if row.starts_at > now:
                return row.starts_at
            if row.closes_at - now < SHORTEST:
                row.closes_at = now.replace(microsecond=0) + (row.closes_at - row.starts_at)
            await open_poll(self._platform, tx, self._posts, row, now)
        return None

    async def _note(self, tx: Transaction, row: Poll, options: Options, places: Sequence[Place], now: datetime) -> None:
        facts: dict[str, Fact] = {
            "kind": row.kind.value,
            "secrecy": row.secrecy.value,
            "options": len(options.choices),
            "starts": time_text(row.starts_at),
            "ends": time_text(row.closes_at),
        }
        if places:
            facts["channel"] = str(places[0].channel_id)
        entry = Entry(
            guild_id=row.guild_id,
            kind="poll.posted",
            actor_id=row.organiser_id,
            subject=f"poll:{row.number}",
            texts={"question": row.question},
            facts=facts,
        )
        await self._platform.ledger.append(tx, entry, now=now)


def values_of(proposal: Proposal, organiser_id: int | None) -> dict[str, Any]:
    """Return the columns that hold what an organiser says; the organiser answers where nobody else is named."""
    options = proposal.options
    named = options.answer_user is not None or options.answer_role is not None
    return {
        "question": proposal.question,
        "picture_id": options.picture_id,
        "kind": options.kind,
        "secrecy": options.secrecy,
        "results": options.results,
        "max_choices": options.max_choices,
        "terms": options.terms.to_json(),
        "quorum": None if options.quorum is None else options.quorum.least,
        "quorum_is_percent": options.quorum is not None and options.quorum.percent,
        "threshold": options.threshold,
        "write_ins": options.write_ins,
        "receipts": options.receipts,
        "ping_role": options.ping,
        "zone": options.zone,
        "answer_user": options.answer_user if named or not options.is_answered else organiser_id,
        "answer_role": options.answer_role,
        "answer_orphaned": options.is_answered and not named and organiser_id is None,
        "answer_seconds": _seconds(options.answer_within),
        "answer_by": options.answer_by,
    }


def options_for(key: int, options: Options) -> list[PollOption]:
    """Return the rows of what can be voted for, in order."""
    return [PollOption(poll_id=key, position=place, text=text) for place, text in enumerate(options.choices)]


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())
