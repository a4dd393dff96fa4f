"""What polls show in ``/my show`` (that someone voted, never what) and ``/browse``."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.i18n import t
from bot.ports import Line, Section
from cogs.polls.service.records import post_url, result_url
from cogs.polls.tables import Poll, PollVoter, State

RECENT: Final = timedelta(days=30)
SHOWN: Final = 10
RUNNING: Final = (State.OPEN, State.COUNTING)


class PollShowcase:
    """The polls a member voted in or runs, and the server's."""

    async def mine(self, session: AsyncSession, guild_id: int, user_id: int, now: datetime) -> Sequence[Section]:
        voted = (
            select(Poll)
            .join(PollVoter, PollVoter.poll_id == Poll.id)
            .where(Poll.guild_id == guild_id, PollVoter.user_id == user_id, Poll.closes_at > now - RECENT)
            .order_by(Poll.closes_at.desc())
            .limit(SHOWN)
        )
        organised = (
            select(Poll)
            .where(Poll.guild_id == guild_id, Poll.organiser_id == user_id)
            .where(Poll.state.in_((State.SCHEDULED, *RUNNING)))
            .order_by(Poll.closes_at)
            .limit(SHOWN)
        )
        sections = (
            Section(t("poll.show.voted"), [await _voted(session, row) for row in await session.scalars(voted)]),
            Section(t("poll.show.organised"), [await line(session, row) for row in await session.scalars(organised)]),
        )
        return [section for section in sections if section.lines]

    async def browse(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Section]:
        here = select(Poll).where(Poll.guild_id == guild_id)
        running = here.where(Poll.state.in_(RUNNING)).order_by(Poll.closes_at).limit(25)
        ended = here.where(Poll.state == State.CLOSED).order_by(Poll.closed_at.desc()).limit(SHOWN)
        sections = (
            Section(t("poll.show.running"), [await line(session, row) for row in await session.scalars(running)]),
            Section(t("poll.show.ended"), [await line(session, row) for row in await session.scalars(ended)]),
        )
        return [section for section in sections if section.lines]


async def line(session: AsyncSession, row: Poll) -> Line:
    """Return a poll as a line, by its time."""
    values = {"number": str(row.number), "question": row.question}
    votes = t("poll.count.votes", n=row.vote_count)
    match row.state:
        case State.SCHEDULED:
            return Line(t("poll.show.opens", **values), row.starts_at)
        case State.CLOSED:
            return Line(t("poll.show.closed", votes=votes, **values), row.closed_at, await _url(session, row))
        case _:
            return Line(t("poll.show.open", votes=votes, **values), row.closes_at, await _url(session, row))


async def _voted(session: AsyncSession, row: Poll) -> Line:
    values = {"number": str(row.number), "question": row.question}
    if row.state is State.OPEN:
        return Line(t("poll.show.mine_open", **values), row.closes_at, await _url(session, row))
    return Line(t("poll.show.mine", **values), row.closed_at, await _url(session, row))


async def _url(session: AsyncSession, row: Poll) -> str | None:
    return result_url(row) or await post_url(session, row)
