"""What is known of a poll's answer, as frozen values: for its post, its messages, the board and the lists."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import Actor, Permission
from cogs.polls.rules.heard import Status
from cogs.polls.service.records import PollInfo, info_of, post_url, result_url
from cogs.polls.tables import AnswerState, Poll, PollAnswer, PollProposal, PollWitness, State

# What components are called in their custom ids, each followed by the poll's key.
LISTEN: Final = "poll.listen"
HAPPENED: Final = "poll.happened"
NOT_YET: Final = "poll.not_yet"
RESPOND: Final = "poll.respond"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owes an answer: a member, a role, or moderators, for one that was never named or is not there any more."""

    user_id: int | None = None
    role_id: int | None = None
    gone: bool = False

    @property
    def is_moderators(self) -> bool:
        return self.gone or (self.user_id is None and self.role_id is None)

    def may_answer(self, actor: Actor) -> bool:
        """Whether someone may answer: the owner, whoever has the role, and moderators."""
        mine = actor.user_id == self.user_id or self.role_id in actor.role_ids
        return mine or actor.has(Permission.MANAGE_GUILD)


@dataclass(frozen=True, slots=True)
class Heard:
    """A poll's answer at one instant.

    ``owner`` is None where none was promised. ``state`` is None until the poll is closed; ``within`` or ``due_at`` say
    then until when it will be answered. ``proposer`` is the member whose proposal became the poll.
    """

    owner: Owner | None
    state: AnswerState | None = None
    within: timedelta | None = None
    due_at: datetime | None = None
    is_overdue: bool = False
    status: Status | None = None
    text: str = ""
    answered_at: datetime | None = None
    answered_by: int | None = None
    is_late: bool = False
    corrected_at: datetime | None = None
    promise_due: datetime | None = None
    promise_overdue: bool = False
    done_at: datetime | None = None
    done_by: int | None = None
    done_text: str = ""
    happened: int = 0
    not_yet: int = 0
    proposer: int | None = None
    proposed: bool = False

    @property
    def done_late(self) -> bool:
        return self.done_at is not None and self.promise_due is not None and self.done_at > self.promise_due


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A poll with its answer, and where the poll and its result are to be seen."""

    info: PollInfo
    heard: Heard
    url: str | None


def owner_of(answer: PollAnswer) -> Owner:
    return Owner(answer.owner_user, answer.owner_role, answer.gone)


def promised(row: Poll) -> bool:
    """Whether a poll promised an answer."""
    return row.answer_user is not None or row.answer_role is not None or row.answer_orphaned


async def heard_of(session: AsyncSession, row: Poll, now: datetime) -> Heard:
    """Return what is to be shown of a poll's answer."""
    proposal = (await session.scalars(select(PollProposal).where(PollProposal.poll_id == row.id))).one_or_none()
    proposed, proposer = proposal is not None, None if proposal is None else proposal.user_id
    answer = await session.get(PollAnswer, row.id)
    if answer is None:
        if row.state is State.CANCELLED or not promised(row):
            return Heard(None, proposed=proposed, proposer=proposer)
        within = None if row.answer_seconds is None else timedelta(seconds=row.answer_seconds)
        owner = Owner(row.answer_user, row.answer_role)
        return Heard(owner, within=within, due_at=row.answer_by, proposed=proposed, proposer=proposer)
    counts = await witnesses(session, row.id) if answer.state is AnswerState.DONE else (0, 0)
    promise_open = answer.state is AnswerState.PROMISED and answer.promise_due is not None
    return Heard(
        owner_of(answer),
        state=answer.state,
        due_at=answer.due_at,
        is_overdue=answer.state is AnswerState.AWAITING and answer.due_at <= now,
        status=answer.status,
        text=answer.text or "",
        answered_at=answer.answered_at,
        answered_by=answer.answered_by,
        is_late=answer.answered_at is not None and answer.answered_at > answer.due_at,
        corrected_at=answer.corrected_at,
        promise_due=answer.promise_due,
        promise_overdue=promise_open and answer.promise_due is not None and answer.promise_due <= now,
        done_at=answer.done_at,
        done_by=answer.done_by,
        done_text=answer.done_text or "",
        happened=counts[0],
        not_yet=counts[1],
        proposer=proposer,
        proposed=proposed,
    )


async def witnesses(session: AsyncSession, key: int) -> tuple[int, int]:
    """Return how many voters say that a promise was kept, and how many that it was not yet."""
    query = select(PollWitness.happened, func.count()).where(PollWitness.poll_id == key).group_by(PollWitness.happened)
    counts = dict((await session.execute(query)).all())
    return counts.get(True, 0), counts.get(False, 0)


async def view_of(session: AsyncSession, row: Poll, now: datetime) -> AnswerView:
    """Return a poll with its answer."""
    url = await post_url(session, row) or result_url(row)
    return AnswerView(await info_of(session, row), await heard_of(session, row, now), url)
