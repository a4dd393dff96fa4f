"""What a member owes and proposed, in ``/my show``; the board of answers, in ``/browse``."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.i18n import Text, t
from bot.people import Actor, Permission
from bot.ports import Action, Line, Section
from cogs.polls.service.heard.board import BoardView, Entry, board_of
from cogs.polls.service.heard.proposing import WITHDRAW, ProposalInfo, proposal_info
from cogs.polls.service.heard.records import RESPOND
from cogs.polls.service.heard.words import days, owner_name, shortened
from cogs.polls.service.records import post_url
from cogs.polls.tables import AnswerState, Poll, PollAnswer, PollProposal, ProposalState

RECENT: Final = timedelta(days=30)
SHOWN: Final = 10
MINE: Final = 25


class HeardShowcase:
    """Answers that fall to a member, proposals of theirs, and what the server was promised."""

    async def mine(self, session: AsyncSession, guild_id: int, user_id: int, now: datetime) -> Sequence[Section]:
        lines = await self._proposals(session, guild_id, user_id, now)
        return [Section(t("poll.heard.show.proposals"), lines)] if lines else []

    async def owed(self, session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Section]:
        """Return the answers and promises someone owes: their own, a role's they have, and as a moderator nobody's."""
        query = (
            select(Poll, PollAnswer)
            .join(PollAnswer, PollAnswer.poll_id == Poll.id)
            .where(Poll.guild_id == actor.guild_id, _falls_to(actor))
            .where(PollAnswer.state.in_((AnswerState.AWAITING, AnswerState.PROMISED)))
            .order_by(PollAnswer.due_at)
            .limit(MINE)
        )
        rows = (await session.execute(query)).all()
        lines = [await self._owed(session, row, answer, now) for row, answer in rows]
        return [Section(t("poll.heard.show.owed"), lines)] if lines else []

    async def _owed(self, session: AsyncSession, row: Poll, answer: PollAnswer, now: datetime) -> Line:
        values = {"number": str(row.number), "question": shortened(row.question)}
        url = await post_url(session, row)
        if answer.state is AnswerState.PROMISED:
            return Line(t("poll.heard.show.promised", **values), answer.promise_due, url)
        overdue = answer.due_at <= now
        said = t("poll.heard.show.overdue", **values) if overdue else t("poll.heard.show.awaiting", **values)
        respond = Action(t("poll.heard.button.respond", number=str(row.number)), f"{RESPOND}:{row.id}")
        return Line(said, answer.due_at, url, (respond,))

    async def _proposals(self, session: AsyncSession, guild_id: int, user_id: int, now: datetime) -> list[Line]:
        query = (
            select(PollProposal)
            .where(PollProposal.guild_id == guild_id, PollProposal.user_id == user_id)
            .where(PollProposal.state != ProposalState.WITHDRAWN)
            .order_by(PollProposal.number.desc())
            .limit(MINE)
        )
        rows = (await session.scalars(query)).all()
        infos = [await proposal_info(session, row) for row in rows]
        return [_proposal(info) for info in infos if _is_shown(info, now)]

    async def browse(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Section]:
        board = await board_of(session, guild_id, now)
        return () if board.is_empty else (Section(t("poll.board.title"), _board(board)),)


def _falls_to(actor: Actor) -> ColumnElement[bool]:
    theirs = or_(PollAnswer.owner_user == actor.user_id, PollAnswer.owner_role.in_(actor.role_ids))
    mine = theirs & PollAnswer.gone.is_(False)
    if not actor.has(Permission.MANAGE_GUILD):
        return mine
    return or_(mine, PollAnswer.gone, PollAnswer.owner_user.is_(None) & PollAnswer.owner_role.is_(None))


def _is_shown(info: ProposalInfo, now: datetime) -> bool:
    """Whether a proposal is open in any way, or was decided about lately."""
    if info.decided_at is None or info.state is ProposalState.APPROVED:
        return True
    return info.decided_at > now - RECENT


def _proposal(info: ProposalInfo) -> Line:
    values = {"number": str(info.number), "question": shortened(info.question)}
    match info.state:
        case ProposalState.WAITING:
            withdraw = Action(t("poll.propose.button.withdraw", number=str(info.number)), f"{WITHDRAW}:{info.id}")
            return Line(t("poll.propose.show.waiting", **values), info.due_at, None, (withdraw,))
        case ProposalState.POSTED:
            return Line(t("poll.propose.show.posted", **values), None, info.url)
        case ProposalState.DECLINED:
            return Line(t("poll.propose.show.declined", reason=info.reason or "", **values), info.decided_at)
        case ProposalState.APPROVED | ProposalState.WITHDRAWN:
            return Line(t("poll.propose.show.approved", **values), info.decided_at)


def _board(board: BoardView) -> list[Line]:
    lines = [Line(text) for text in figures_lines(board)]
    lines += [_entry(entry, promise=True) for entry in board.promises[:SHOWN]]
    lines += _more(board.promise_count)
    lines += [_entry(entry, promise=False) for entry in board.awaiting[:SHOWN]]
    lines += _more(board.awaiting_count)
    lines += [_done(entry) for entry in board.done]
    return lines


def _more(count: int) -> list[Line]:
    return [Line(t("poll.board.more", n=count - SHOWN))] if count > SHOWN else []


def figures_lines(board: BoardView) -> list[Text]:
    """Return what the figures say, and how many proposals wait, in sentences."""
    lines: list[Text] = []
    share, median = board.figures.percent, board.figures.median_days
    if share is not None:
        counts = {"in_time": board.figures.in_time, "n": board.figures.due}
        lines.append(t("poll.board.share", percent=share, **counts))
    if median is not None:
        lines.append(t("poll.board.median", days=days(median)))
    if board.proposals:
        lines.append(t("poll.board.proposals", n=board.proposals))
    if board.proposals_overdue:
        lines.append(t("poll.board.proposals_overdue", n=board.proposals_overdue))
    if board.prepared:
        lines.append(t("poll.board.prepared", n=board.prepared))
    return lines


def _entry(entry: Entry, *, promise: bool) -> Line:
    values = {"number": str(entry.number), "question": shortened(entry.question), "owner": owner_name(entry.owner)}
    if promise:
        late = t("poll.board.line.promise_overdue", **values)
        return Line(late if entry.is_overdue else t("poll.board.line.promise", **values), entry.due_at, entry.url)
    late = t("poll.board.line.awaiting_overdue", **values)
    return Line(late if entry.is_overdue else t("poll.board.line.awaiting", **values), entry.due_at, entry.url)


def _done(entry: Entry) -> Line:
    values = {"number": str(entry.number), "question": shortened(entry.question)}
    said = t("poll.board.line.done", happened=entry.happened, not_yet=entry.not_yet, **values)
    return Line(said, entry.done_at, entry.url)
