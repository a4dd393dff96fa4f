"""A member's part in answers and proposals: what is kept, export, and forgetting. Promises stay, names go."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.i18n import Text, t
from bot.ledger.rules import time_text
from bot.numbers import LastNumber
from cogs.polls.service.heard.owing import Owing
from cogs.polls.service.heard.proposing import Proposing
from cogs.polls.service.heard.saying import KINDS, Saying
from cogs.polls.service.heard.telling import Telling
from cogs.polls.tables import (
    GOING_ON,
    OWED_ANSWERS,
    Poll,
    PollAnswer,
    PollBoard,
    PollListener,
    PollProposal,
    PollVoter,
    PollWitness,
    ProposalState,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select


class HeardCustodian:
    """The duty towards owners of answers, voters who spoke up about them, and members who proposed polls."""

    def __init__(self, saying: Saying, owing: Owing, telling: Telling, proposing: Proposing) -> None:
        self._saying = saying
        self._owing = owing
        self._telling = telling
        self._proposing = proposing

    def notice(self) -> Text:
        return t("poll.heard.privacy.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        answers = (
            select(Poll, PollAnswer)
            .join(PollAnswer, PollAnswer.poll_id == Poll.id)
            .where(Poll.guild_id == guild_id, _named(user_id))
            .order_by(Poll.number)
        )
        proposals = select(PollProposal).where(PollProposal.guild_id == guild_id, PollProposal.user_id == user_id)
        said = (
            select(Poll.number, PollWitness.happened)
            .join(PollWitness, PollWitness.poll_id == Poll.id)
            .where(Poll.guild_id == guild_id, PollWitness.user_id == user_id)
            .order_by(Poll.number)
        )
        asked = (
            select(Poll.number)
            .join(PollListener, PollListener.poll_id == Poll.id)
            .where(Poll.guild_id == guild_id, PollListener.user_id == user_id)
            .order_by(Poll.number)
        )
        found = {
            "poll_answers": [_answer(row, answer, user_id) for row, answer in (await session.execute(answers)).all()],
            "poll_proposals": [
                _proposal(row) for row in (await session.scalars(proposals.order_by(PollProposal.number))).all()
            ],
            "poll_promises_seen": [
                {"poll": number, "happened": happened} for number, happened in (await session.execute(said)).all()
            ],
            "poll_answers_asked_for": [{"poll": number} for number in (await session.scalars(asked)).all()],
        }
        return {name: values for name, values in found.items() if values}

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        owed = select(func.count()).where(
            PollAnswer.poll_id.in_(_of(guild_id)), PollAnswer.owner_user == user_id, PollAnswer.state.in_(OWED_ANSWERS)
        )
        ahead = select(func.count()).where(
            Poll.guild_id == guild_id, Poll.answer_user == user_id, Poll.state.in_(GOING_ON)
        )
        waiting = select(func.count()).where(*_waiting(guild_id, user_id))
        owing = (await session.scalar(owed) or 0) + (await session.scalar(ahead) or 0)
        proposals = await session.scalar(waiting) or 0
        found: list[Text] = []
        if owing:
            found.append(t("poll.heard.privacy.passes_on", n=owing))
        if proposals:
            found.append(t("poll.heard.privacy.withdraws", n=proposals))
        return found

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        await _lock_polls(tx, guild_id, user_id)
        touched = await self._forget_owner(tx, guild_id, user_id)
        touched |= await self._forget_answers(tx, guild_id, user_id)
        touched |= await self._forget_proposals(tx, guild_id, user_id, now)
        await tx.session.execute(
            delete(PollListener).where(PollListener.user_id == user_id, PollListener.poll_id.in_(_of(guild_id)))
        )
        witnessed = await tx.session.scalars(
            delete(PollWitness)
            .where(PollWitness.user_id == user_id, PollWitness.poll_id.in_(_of(guild_id)))
            .returning(PollWitness.poll_id)
        )
        counted = set(witnessed.all())
        for key in sorted(touched | counted):
            row = await tx.session.get(Poll, key)
            if row is not None and key in touched:
                await self._owing.show(tx, row, now)
                await self._saying.refresh(tx, row, KINDS, now)
            elif row is not None:
                await self._telling.recount(tx, row, now)

    async def _forget_owner(self, tx: Transaction, guild_id: int, user_id: int) -> set[int]:
        """Have moderators answer for polls that are not closed yet."""
        rows = (
            await tx.session.scalars(select(Poll).where(Poll.guild_id == guild_id, Poll.answer_user == user_id))
        ).all()
        for row in rows:
            row.answer_user, row.answer_orphaned = None, True
        return {row.id for row in rows}

    async def _forget_answers(self, tx: Transaction, guild_id: int, user_id: int) -> set[int]:
        query = select(PollAnswer).where(PollAnswer.poll_id.in_(_of(guild_id)), _named(user_id))
        rows = (await tx.session.scalars(query)).all()
        for row in rows:
            if row.owner_user == user_id:
                row.owner_user, row.gone = None, True
            row.answered_by = None if row.answered_by == user_id else row.answered_by
            row.done_by = None if row.done_by == user_id else row.done_by
        return {row.poll_id for row in rows}

    async def _forget_proposals(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> set[int]:
        """Take back what waits, erase the words of all; polls that came from them are credited to nobody."""
        mine = or_(PollProposal.user_id == user_id, PollProposal.decided_by == user_id)
        query = select(PollProposal).where(PollProposal.guild_id == guild_id, mine)
        polls: set[int] = set()
        for row in (await tx.session.scalars(query.order_by(PollProposal.id).with_for_update())).all():
            prepared = row.decided_by == user_id and row.state is ProposalState.APPROVED
            if row.decided_by == user_id:
                row.decided_by = None
            if row.user_id == user_id:
                row.user_id, row.question, row.options, row.why = None, "", [], None
                if row.state is ProposalState.WAITING:
                    row.state = ProposalState.WITHDRAWN
                polls.update(() if row.poll_id is None else (row.poll_id,))
            if prepared:
                # The draft goes with its owner.
                await self._proposing.given_up(tx, row.id, now)
            await self._proposing.show(tx, row, now)
        return polls

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        polls = _of(guild_id)
        answers, proposals = PollAnswer.poll_id.in_(polls), PollProposal.guild_id == guild_id
        everyone: list[Select[Any]] = [
            select(column.label("user_id")).where(column > after, here)
            for column, here in (
                (Poll.answer_user, Poll.guild_id == guild_id),
                (PollAnswer.owner_user, answers),
                (PollAnswer.answered_by, answers),
                (PollAnswer.done_by, answers),
                (PollWitness.user_id, PollWitness.poll_id.in_(polls)),
                (PollListener.user_id, PollListener.poll_id.in_(polls)),
                (PollProposal.user_id, proposals),
                (PollProposal.decided_by, proposals),
            )
        ]
        query = union(*everyone).subquery()
        return (await session.scalars(select(query.c.user_id).order_by(query.c.user_id).limit(limit))).all()

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        # Answers, listeners and witnesses go with their poll.
        await tx.session.execute(delete(PollProposal).where(PollProposal.guild_id == guild_id))
        await tx.session.execute(delete(PollBoard).where(PollBoard.guild_id == guild_id))
        await tx.session.execute(
            delete(LastNumber).where(LastNumber.guild_id == guild_id, LastNumber.kind == "proposal")
        )


async def _lock_polls(tx: Transaction, guild_id: int, user_id: int) -> None:
    """Lock every poll someone has a part in, in the order of their keys.

    This comes before anything else of polls is locked, here or by the custodian of polls, who forgets after this one:
    whoever changes a poll locks it first, and then its proposals, its messages and the board.
    """
    parts = union(
        *(select(table.poll_id).where(table.user_id == user_id) for table in (PollVoter, PollWitness, PollListener)),
        select(PollAnswer.poll_id).where(_named(user_id)),
        select(PollProposal.poll_id).where(PollProposal.user_id == user_id, PollProposal.poll_id.is_not(None)),
    )
    part = or_(Poll.answer_user == user_id, Poll.organiser_id == user_id, Poll.id.in_(parts))
    query = select(Poll.id).where(Poll.guild_id == guild_id, part)
    await tx.session.execute(query.order_by(Poll.id).with_for_update())


def _of(guild_id: int) -> Any:
    return select(Poll.id).where(Poll.guild_id == guild_id).scalar_subquery()


def _named(user_id: int) -> "ColumnElement[bool]":
    return or_(PollAnswer.owner_user == user_id, PollAnswer.answered_by == user_id, PollAnswer.done_by == user_id)


def _waiting(guild_id: int, user_id: int) -> "tuple[ColumnElement[bool], ...]":
    return (
        PollProposal.guild_id == guild_id,
        PollProposal.user_id == user_id,
        PollProposal.state == ProposalState.WAITING,
    )


def _answer(row: Poll, answer: PollAnswer, user_id: int) -> dict[str, object]:
    given = answer.answered_by == user_id
    done = answer.done_by == user_id
    return {
        "poll": row.number,
        "owed_by_me": answer.owner_user == user_id,
        "due_at": time_text(answer.due_at),
        "answered_at": time_text(answer.answered_at) if given and answer.answered_at else None,
        "status": answer.status.value if given and answer.status else None,
        "answer": answer.text if given else None,
        "done_at": time_text(answer.done_at) if done and answer.done_at else None,
        "done": answer.done_text if done else None,
    }


def _proposal(row: PollProposal) -> dict[str, object]:
    return {
        "number": row.number,
        "question": row.question,
        "options": list(row.options),
        "why": row.why,
        "made_at": time_text(row.created_at),
        "state": row.state.value,
        "reason": row.reason,
    }
