"""What of answers and proposals is going on when a moderator turns polls off, and what becomes of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.guilds import config_of
from bot.i18n import Text, plain, t
from bot.people import Actor
from bot.ports import Line, Running
from cogs.polls.service.heard.proposing import Proposing
from cogs.polls.service.heard.words import shortened
from cogs.polls.service.records import post_url
from cogs.polls.tables import OWED_ANSWERS, AnswerState, Poll, PollAnswer, PollProposal, ProposalState

if TYPE_CHECKING:
    from bot.database import Database


class HeardRunning:
    """Polls that run, and beside them answers, promises and proposals.

    Turning polls off ends no answer and no promise: people are reminded, and their buttons work. Proposals are declined
    when what runs is cancelled, since nobody could post them.
    """

    def __init__(self, database: "Database", polls: Running, proposing: Proposing) -> None:
        self._database = database
        self._polls = polls
        self._proposing = proposing

    async def running(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Line]:
        lines = [*await self._polls.running(session, guild_id, now), *await _heard(session, guild_id)]
        return sorted(lines, key=lambda line: line.when or now)

    async def cancel_running(self, actor: Actor, now: datetime) -> Sequence[Text]:
        """Cancel what runs of polls, decline what waits; answers and promises stay owed."""
        kept = [*await self._polls.cancel_running(actor, now)]
        async with self._database.read() as session:
            language = (await config_of(session, actor.guild_id)).language
            owed = select(func.count()).where(
                PollAnswer.poll_id == Poll.id, Poll.guild_id == actor.guild_id, PollAnswer.state.in_(OWED_ANSWERS)
            )
            count = await session.scalar(owed) or 0
        await self._proposing.cancel_waiting(actor, plain(language, t("poll.heard.off.declined")), now)
        return [*kept, t("poll.heard.off.stays", n=count)] if count else kept


async def _heard(session: AsyncSession, guild_id: int) -> list[Line]:
    query = (
        select(Poll, PollAnswer)
        .join(PollAnswer, PollAnswer.poll_id == Poll.id)
        .where(Poll.guild_id == guild_id, PollAnswer.state.in_(OWED_ANSWERS))
    )
    lines: list[Line] = []
    for row, answer in (await session.execute(query)).all():
        values = {"number": str(row.number), "question": shortened(row.question)}
        url = await post_url(session, row)
        if answer.state is AnswerState.PROMISED:
            lines.append(Line(t("poll.heard.off.promised", **values), answer.promise_due, url))
        else:
            lines.append(Line(t("poll.heard.off.owed", **values), answer.due_at, url))
    waiting = select(PollProposal).where(PollProposal.guild_id == guild_id, PollProposal.state == ProposalState.WAITING)
    for proposal in (await session.scalars(waiting)).all():
        values = {"number": str(proposal.number), "question": shortened(proposal.question)}
        lines.append(Line(t("poll.heard.off.proposal", **values), proposal.due_at))
    return lines
