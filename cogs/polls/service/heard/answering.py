"""Answering a poll, correcting the answer for a while, and reporting that what was promised is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Transaction
from bot.drafting.reading import Reader, read_date
from bot.errors import BadInput, NotAllowed, NotFound, WrongState
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.ledger.rules import Fact, time_text
from bot.ledger.service import Entry
from bot.people import Actor
from bot.posts import Posts
from cogs.polls.rules.heard import CORRECTING, MAX_ANSWER, Status
from cogs.polls.service.heard.board import Boards
from cogs.polls.service.heard.owing import Owing
from cogs.polls.service.heard.records import AnswerView, owner_of, view_of
from cogs.polls.service.heard.saying import ANSWER, DONE, Saying
from cogs.polls.service.heard.telling import TELL
from cogs.polls.service.records import PollInfo, info_of, poll_numbered, poll_of
from cogs.polls.tables import AnswerState, Poll, PollAnswer, State

if TYPE_CHECKING:
    from bot.app import Platform

SUGGESTED: Final = 25
# By then the answer stands in the channel, so that voters can be led to it.
SHORTLY: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Reply:
    """What someone wants to answer, as typed; ``due`` is when a promise is to be kept."""

    status: Status
    text: str
    due: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll that is about to be answered, with the answer to be corrected, where there is one already."""

    id: int
    number: int
    zone: str
    status: Status | None
    text: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Responded:
    """What came of answering: the poll with its answer, and whether an earlier one was corrected."""

    view: AnswerView
    corrected: bool


class Answering:
    """What owners of answers and moderators do."""

    def __init__(self, platform: "Platform", posts: Posts, saying: Saying, boards: Boards, owing: Owing) -> None:
        self._platform = platform
        self._posts = posts
        self._saying = saying
        self._boards = boards
        self._owing = owing

    async def ask_due(self, actor: Actor, typed: str, reply: Reply, now: datetime) -> Asked:
        """Return the poll for whose answer a date is still asked; refuses what would be refused with one."""
        _text_of(reply)
        async with self._platform.database.read() as session:
            await self._require_on(session, actor)
            row = await poll_numbered(session, actor.guild_id, typed)
            return await self._asked(session, actor, row, now)

    async def ask(self, actor: Actor, key: int, now: datetime) -> Asked:
        """Return a poll that someone is about to answer with the form."""
        async with self._platform.database.read() as session:
            return await self._asked(session, actor, await poll_of(session, actor.guild_id, key), now)

    async def _asked(self, session: AsyncSession, actor: Actor, row: Poll, now: datetime) -> Asked:
        answer = await self._answerable(session, actor, row, now)
        _require_answerable(row, answer, now)
        zone = actor.zone or (await config_of(session, actor.guild_id)).zone
        return Asked(row.id, row.number, zone, answer.status, answer.text or "", answer.promise_due)

    async def respond(self, actor: Actor, poll: str | int, reply: Reply, now: datetime) -> Responded:
        """Answer a poll, named as typed or by its key, or correct an answer given less than ten minutes ago.

        One that promised no answer can be answered all the same. Raises NotAllowed for whoever does not owe it,
        WrongState while there is nothing to answer, and BadInput for an empty text, a declined poll with a date, and
        anything else without one.
        """
        async with self._platform.database.write() as tx:
            row = await self._locked(tx, actor, poll)
            answer = await self._answerable(tx.session, actor, row, now)
            _require_answerable(row, answer, now)
            text, due = _text_of(reply), await self._due_of(tx.session, actor, reply, now)
            corrected = answer.state is not AnswerState.AWAITING
            if corrected:
                answer.corrected_at = now
            else:
                answer.answered_at = now
            answer.status, answer.text, answer.answered_by = reply.status, text, actor.user_id
            answer.state = AnswerState.PROMISED if reply.status.promises else AnswerState.DECLINED
            answer.promised_at, answer.promise_due = (now, due) if due is not None else (None, None)
            tx.session.add(answer)
            await tx.session.flush()
            await self._owing.answered(tx, row, answer)
            if corrected:
                await self._owing.show(tx, row, now)
            else:
                await self._publish(tx, row, now)
            await self._note(tx, actor, row, answer, now, corrected=corrected)
            return Responded(await view_of(tx.session, row, now), corrected)

    async def _publish(self, tx: Transaction, row: Poll, now: datetime) -> None:
        await self._saying.everywhere(tx, row, ANSWER, "", {}, now)
        await self._posts.refresh(tx, row.id, now)
        await self._boards.refresh(tx, row.guild_id, now)
        await self._platform.schedule.put(tx, TELL, row.id, now + SHORTLY, guild_id=row.guild_id)

    async def done(self, actor: Actor, poll: str, text: str, now: datetime) -> AnswerView:
        """Report that what was promised is done, and ask voters whether it is."""
        async with self._platform.database.write() as tx:
            row = await self._locked(tx, actor, poll)
            answer = await self._given(tx.session, row)
            if answer is None:
                raise WrongState(t("poll.heard.none_promised", number=str(row.number)))
            _require_owner(actor, row, answer)
            _require_promised(row, answer)
            words = markup.clean(text)
            if markup.is_blank(words):
                raise BadInput(t("poll.heard.done.no_text"))
            _require_short(words)
            answer.state, answer.done_at, answer.done_by, answer.done_text = AnswerState.DONE, now, actor.user_id, words
            await tx.session.flush()
            await self._owing.answered(tx, row, answer)
            await self._saying.everywhere(tx, row, DONE, "", {}, now)
            await self._owing.show(tx, row, now)
            late = answer.promise_due is not None and now > answer.promise_due
            subject = f"poll:{row.number}"
            entry = Entry(
                row.guild_id, "poll.done", actor.user_id, subject, texts={"text": words}, facts={"late": late}
            )
            await self._platform.ledger.append(tx, entry, now=now)
            return await view_of(tx.session, row, now)

    async def suggest(self, actor: Actor, typed: str, now: datetime, *, done: bool) -> Sequence[PollInfo]:
        """Return polls someone may answer, or with *done* report as done, newest first."""
        query = select(Poll, PollAnswer).join(PollAnswer, PollAnswer.poll_id == Poll.id, isouter=not done)
        if done:
            query = query.where(PollAnswer.state == AnswerState.PROMISED)
        else:
            waiting = or_(PollAnswer.state == AnswerState.AWAITING, PollAnswer.state.is_(None))
            given = PollAnswer.state.in_((AnswerState.PROMISED, AnswerState.DECLINED))
            query = query.where(or_(waiting, given & (PollAnswer.answered_at > now - CORRECTING)))
        here = (Poll.guild_id == actor.guild_id, Poll.state == State.CLOSED)
        query = query.where(*here).order_by(Poll.number.desc()).limit(500)
        wanted = typed.strip().removeprefix("#").casefold()
        async with self._platform.database.read() as session:
            rows = (await session.execute(query)).all()
            found = [row for row, answer in rows if owner_of(answer or _unpromised(row, now)).may_answer(actor)]
            named = [row for row in found if wanted in row.question.casefold() or str(row.number).startswith(wanted)]
            return [await info_of(session, row) for row in named[:SUGGESTED]]

    async def _locked(self, tx: Transaction, actor: Actor, poll: str | int) -> Poll:
        """Return a poll, locked. Only commands name it by number, and answer that polls are off; buttons go on."""
        if isinstance(poll, int):
            return await poll_of(tx.session, actor.guild_id, poll, lock=True)
        await self._require_on(tx.session, actor)
        row = await poll_numbered(tx.session, actor.guild_id, poll)
        return await poll_of(tx.session, actor.guild_id, row.id, lock=True)

    async def _require_on(self, session: AsyncSession, actor: Actor) -> None:
        require_enabled(await config_of(session, actor.guild_id), Feature.POLLS)

    async def _answerable(self, session: AsyncSession, actor: Actor, row: Poll, now: datetime) -> PollAnswer:
        """Return the answer someone owes, or may give: a new one where none was promised."""
        answer = await self._given(session, row)
        if answer is None:
            answer = _unpromised(row, now)
            if not owner_of(answer).may_answer(actor):
                raise NotAllowed(t("poll.heard.not_yours_unpromised", number=str(row.number)))
        _require_owner(actor, row, answer)
        return answer

    async def _given(self, session: AsyncSession, row: Poll) -> PollAnswer | None:
        """Return a closed poll's answer, None where none was promised or given; raises for one that is not closed."""
        answer = await session.get(PollAnswer, row.id, populate_existing=True)
        if answer is None and row.state in (State.SCHEDULED, State.CANCELLED):
            raise NotFound(t("poll.no_such_number", value=str(row.number)))
        if answer is None and row.state is not State.CLOSED:
            raise WrongState(t("poll.heard.still_open", number=str(row.number), closes=row.closes_at))
        return answer

    async def _due_of(self, session: AsyncSession, actor: Actor, reply: Reply, now: datetime) -> datetime | None:
        typed = (reply.due or "").strip()
        if not reply.status.promises:
            if typed:
                raise BadInput(t("poll.heard.declined_due", value=typed))
            return None
        if not typed:
            raise BadInput(t("poll.heard.due_missing"))
        zone = actor.zone or (await config_of(session, actor.guild_id)).zone
        return read_date(typed, zone, Reader(now, actor.language))

    async def _note(
        self, tx: Transaction, actor: Actor, row: Poll, answer: PollAnswer, now: datetime, *, corrected: bool
    ) -> None:
        facts: dict[str, Fact] = {"status": answer.status.value if answer.status else None}
        if answer.promise_due is not None:
            facts["due"] = time_text(answer.promise_due)
        if answer.answered_at is not None:
            facts["late"] = answer.answered_at > answer.due_at
        kind = "poll.answer_corrected" if corrected else "poll.answered"
        texts = {"text": answer.text or ""}
        entry = Entry(row.guild_id, kind, actor.user_id, f"poll:{row.number}", texts=texts, facts=facts)
        await self._platform.ledger.append(tx, entry, now=now)


def _unpromised(row: Poll, now: datetime) -> PollAnswer:
    """Return the answer its organiser may give to a closed poll that promised none."""
    return PollAnswer(
        poll_id=row.id,
        state=AnswerState.AWAITING,
        owner_user=row.organiser_id,
        gone=False,
        closed_at=row.closed_at or row.closes_at,
        due_at=now,
        promised=False,
    )


def _require_owner(actor: Actor, row: Poll, answer: PollAnswer) -> None:
    owner, number = owner_of(answer), str(row.number)
    if owner.may_answer(actor):
        return
    if owner.role_id is not None and not owner.is_moderators:
        raise NotAllowed(t("poll.heard.not_yours_role", number=number, role=markup.role(owner.role_id)))
    if owner.user_id is not None and not owner.is_moderators:
        raise NotAllowed(t("poll.heard.not_yours", number=number, owner=markup.user(owner.user_id)))
    raise NotAllowed(t("poll.heard.not_yours_moderators", number=number))


def _text_of(reply: Reply) -> str:
    text = markup.clean(reply.text)
    if markup.is_blank(text):
        if reply.status is Status.DECLINED:
            raise BadInput(t("poll.heard.no_reason"))
        raise BadInput(t("poll.heard.no_text"))
    _require_short(text)
    return text


def _require_short(text: str) -> None:
    if len(text) > MAX_ANSWER:
        raise BadInput(t("poll.heard.too_long", length=len(text), most=MAX_ANSWER))


def _require_answerable(row: Poll, answer: PollAnswer, now: datetime) -> None:
    if answer.state is AnswerState.AWAITING:
        return
    number = str(row.number)
    if answer.state is AnswerState.DONE:
        raise WrongState(t("poll.heard.is_done", number=number))
    if answer.answered_at is not None and now - answer.answered_at > CORRECTING:
        raise WrongState(t("poll.heard.answered", number=number, at=answer.answered_at))


def _require_promised(row: Poll, answer: PollAnswer) -> None:
    number = str(row.number)
    match answer.state:
        case AnswerState.AWAITING:
            raise WrongState(t("poll.heard.done.unanswered", number=number))
        case AnswerState.DECLINED:
            raise WrongState(t("poll.heard.done.declined", number=number))
        case AnswerState.DONE:
            raise WrongState(t("poll.heard.is_done", number=number))
        case AnswerState.PROMISED:
            return
