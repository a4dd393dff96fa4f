"""Reminding organisers of proposals that wait: those due about the same time in one message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock, markup
from bot.delivery import Delivery, Parcel, Target
from bot.guilds import Purpose, config_of
from bot.schedule import Deadline, Due
from cogs.polls.rules.heard import PROPOSAL_WITHIN, Moment, overtaken
from cogs.polls.service.heard.board import Boards
from cogs.polls.service.heard.proposing import DEADLINES
from cogs.polls.tables import PollProposal, ProposalState

if TYPE_CHECKING:
    from bot.app import Platform

REMINDER: Final = "poll.proposal_owed"
TOGETHER: Final = timedelta(hours=12)
SHOWN: Final = 50
MOMENTS: Final = {kind: moment for moment, kind in DEADLINES.items()}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal in a reminder; ``url`` leads to its buttons."""

    number: int
    question: str
    due_at: datetime
    is_overdue: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class WaitingView:
    """What organisers are reminded of; ``role_id`` is theirs, where one is configured."""

    proposals: Sequence[Waiting]
    role_id: int | None


class WaitingReminders:
    """Remind organisers at half time, a day before and when a proposal is due, each once."""

    def __init__(self, platform: "Platform", boards: Boards) -> None:
        self._platform = platform
        self._boards = boards

    async def due(self, due: Due) -> datetime | None:
        """Remind of every proposal in the same channel for which this is due within half a day, or overdue already."""
        now = clock.now()
        moment = MOMENTS[due.kind]
        async with self._platform.database.write() as tx:
            row = await tx.session.get(PollProposal, due.subject)
            if row is None or row.state is not ProposalState.WAITING:
                return None
            # Locked before the board.
            together = await _together(tx.session, due, row, now if moment is Moment.DUE else due.due_at + TOGETHER)
            if moment is Moment.DUE:
                await self._boards.refresh(tx, row.guild_id, now)
            if overtaken(moment, row.due_at - PROPOSAL_WITHIN, row.due_at, now) or row.id not in {
                other.id for other in together
            }:
                # Or reminded with another just now.
                return None
            for other in together:
                if other.id != row.id:
                    await self._platform.schedule.drop(tx, due.kind, other.id)
            config = await config_of(tx.session, row.guild_id)
            parcel = Parcel(
                kind=REMINDER,
                subject=row.id,
                recipient=moment.value,
                guild_id=row.guild_id,
                target=Target.MESSAGE,
                channel_id=row.channel_id,
                language=config.language,
                params={"proposals": [other.id for other in together]},
            )
            await self._platform.deliveries.put(tx, parcel, now)
        return None

    async def load(self, session: AsyncSession, delivery: Delivery) -> WaitingView | None:
        """Read a reminder: what was answered meanwhile is left out."""
        now = clock.now()
        query = select(PollProposal).where(
            PollProposal.id.in_(delivery.params["proposals"]), PollProposal.state == ProposalState.WAITING
        )
        rows = (await session.scalars(query.order_by(PollProposal.due_at, PollProposal.id))).all()
        if not rows or delivery.guild_id is None:
            return None
        config = await config_of(session, delivery.guild_id)
        return WaitingView([_waiting(row, now) for row in rows], config.place(Purpose.ORGANISER))


def _waiting(row: PollProposal, now: datetime) -> Waiting:
    url = None
    if row.channel_id is not None and row.message_id is not None:
        url = markup.jump(row.guild_id, row.channel_id, row.message_id)
    return Waiting(row.number, row.question, row.due_at, row.due_at <= now, url)


async def _together(session: AsyncSession, due: Due, row: PollProposal, until: datetime) -> Sequence[PollProposal]:
    """Return the proposals of a channel for which this reminder is due by then, locked in the order of their keys."""
    query = (
        select(PollProposal)
        .join(Deadline, (Deadline.subject == PollProposal.id) & (Deadline.kind == due.kind))
        .where(
            PollProposal.guild_id == row.guild_id,
            PollProposal.channel_id == row.channel_id,
            PollProposal.state == ProposalState.WAITING,
            Deadline.due_at <= until,
        )
    )
    return (await session.scalars(query.order_by(PollProposal.id).limit(SHOWN).with_for_update())).all()
