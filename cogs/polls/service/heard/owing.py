"""Answers and promises that are due: written down at closing, recalled in time, passed on to moderators."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.direct import put_direct
from bot.guilds import Purpose, config_of
from bot.ledger.service import Entry
from bot.ports import Absent, MemberState
from bot.posts import Posts
from bot.schedule import Due
from cogs.polls.rules.heard import AGAIN, Moment, answer_due, overtaken, reminders
from cogs.polls.service.heard.board import Boards
from cogs.polls.service.heard.records import AnswerView, Owner, owner_of, promised, view_of
from cogs.polls.service.heard.saying import ANSWER, DONE, OWED, Saying
from cogs.polls.tables import AnswerState, Poll, PollAnswer

if TYPE_CHECKING:
    from bot.app import Platform

ANSWERS: Final = {
    Moment.HALF: "poll.answer_half",
    Moment.DAY: "poll.answer_day",
    Moment.DUE: "poll.answer_due",
}
PROMISES: Final = {
    Moment.HALF: "poll.promise_half",
    Moment.DAY: "poll.promise_day",
    Moment.DUE: "poll.promise_due",
}
MOMENTS: Final = {kind: moment for kinds in (ANSWERS, PROMISES) for moment, kind in kinds.items()}
OWED_DIRECT: Final = "poll.owed_direct"
# A poll counted later than this after its closing, since we were down, is answered counting from then.
LATE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder: of which poll, whom, of its answer or of the promise in it, and when; ``direct`` names nobody."""

    view: AnswerView
    owner: Owner
    of_promise: bool
    due_at: datetime
    is_overdue: bool
    direct: bool


class Owing:
    """Who owes what; called when a poll is closed, and by deadlines from then on."""

    def __init__(self, platform: "Platform", posts: Posts, saying: Saying, boards: Boards) -> None:
        self._platform = platform
        self._posts = posts
        self._saying = saying
        self._boards = boards

    async def closed(self, tx: Transaction, row: Poll, now: datetime) -> None:
        """Write down the answer a poll owes, in the transaction that closes it; once, however often it is called."""
        if not promised(row) or await tx.session.get(PollAnswer, row.id) is not None:
            return
        ended = row.closed_at or now
        closed_at = now if now - ended > LATE else ended
        within = None if row.answer_seconds is None else timedelta(seconds=row.answer_seconds)
        row.answer_by = answer_due(closed_at, within, row.answer_by)
        answer = PollAnswer(
            poll_id=row.id,
            state=AnswerState.AWAITING,
            owner_user=row.answer_user,
            owner_role=row.answer_role,
            closed_at=closed_at,
            due_at=row.answer_by,
        )
        tx.session.add(answer)
        await tx.session.flush()
        await self._set(tx, row, ANSWERS, closed_at, answer.due_at)
        await self._boards.refresh(tx, row.guild_id, now)

    async def answered(self, tx: Transaction, row: Poll, answer: PollAnswer) -> None:
        """Make what was owed before not due any more, and what was promised due."""
        for kind in MOMENTS:
            await self._platform.schedule.drop(tx, kind, row.id)
        if answer.state is AnswerState.PROMISED and answer.promise_due and answer.promised_at:
            await self._set(tx, row, PROMISES, answer.promised_at, answer.promise_due)

    async def _set(
        self, tx: Transaction, row: Poll, kinds: dict[Moment, str], start: datetime, due_at: datetime
    ) -> None:
        for moment, when in reminders(start, due_at).items():
            await self._platform.schedule.put(tx, kinds[moment], row.id, when, guild_id=row.guild_id)

    async def due(self, due: Due) -> datetime | None:
        """Remind whoever owes an answer or was to keep a promise; show what is overdue."""
        now = clock.now()
        of_promise = due.kind in PROMISES.values()
        async with self._platform.database.read() as session:
            row = await session.get(Poll, due.subject)
            answer = await session.get(PollAnswer, due.subject)
        if row is None or answer is None:
            return None
        gone = await self._gone(row.guild_id, answer)
        async with self._platform.database.write() as tx:
            row = await tx.session.get(Poll, due.subject, with_for_update=True)
            answer = await tx.session.get(PollAnswer, due.subject)
            wanted = AnswerState.PROMISED if of_promise else AnswerState.AWAITING
            if row is None or answer is None or answer.state is not wanted:
                return None
            if gone is not None and gone is not answer.gone:
                await self.pass_on(tx, row, answer, now, gone=gone)
            return await self._remind(tx, row, answer, MOMENTS[due.kind], now, of_promise=of_promise)

    async def _gone(self, guild_id: int, answer: PollAnswer) -> bool | None:
        """Whether the owner is not there any more; None where that cannot be read."""
        if answer.owner_user is not None:
            states = await self._platform.members.fetch(guild_id, [answer.owner_user])
            match states.get(answer.owner_user):
                case MemberState():
                    return False
                case Absent.LEFT:
                    return True
                case _:
                    return None
        if answer.owner_role is not None and self._platform.guilds.known(guild_id):
            return self._platform.guilds.role(guild_id, answer.owner_role) is None
        return None

    async def pass_on(self, tx: Transaction, row: Poll, answer: PollAnswer, now: datetime, *, gone: bool) -> None:
        """Have moderators owe what someone who is gone owed; take it back when they are there again."""
        answer.gone = gone
        await self.show(tx, row, now)
        if gone:
            entry = Entry(row.guild_id, "poll.answer_orphaned", None, f"poll:{row.number}")
            await self._platform.ledger.append(tx, entry, now=now)

    async def show(self, tx: Transaction, row: Poll, now: datetime) -> None:
        """Have everything that shows a poll's answer say what is stored now."""
        await self._posts.refresh(tx, row.id, now)
        await self._saying.refresh(tx, row, (ANSWER, DONE), now)
        await self._boards.refresh(tx, row.guild_id, now)

    async def _remind(
        self, tx: Transaction, row: Poll, answer: PollAnswer, moment: Moment, now: datetime, *, of_promise: bool
    ) -> datetime | None:
        start, due_at = answer.closed_at, answer.due_at
        if of_promise and answer.promised_at is not None and answer.promise_due is not None:
            start, due_at = answer.promised_at, answer.promise_due
        if overtaken(moment, start, due_at, now):
            return None
        weeks = max(0, (now - due_at) // AGAIN)
        what = "promise" if of_promise else "answer"
        stamp = f"{what}.{moment}.{int(due_at.timestamp())}.{weeks if moment is Moment.DUE else 0}"
        await self._tell(tx, row, owner_of(answer), stamp, {"promise": of_promise}, now)
        if moment is not Moment.DUE:
            return None
        await self._posts.refresh(tx, row.id, now)
        await self._boards.refresh(tx, row.guild_id, now)
        return due_at + (weeks + 1) * AGAIN if of_promise else None

    async def _tell(
        self, tx: Transaction, row: Poll, owner: Owner, stamp: str, params: dict[str, bool], now: datetime
    ) -> None:
        """Remind a member directly where they want that, others in the poll's channel, moderators in their log."""
        (channel_id, language), *_ = await self._saying.places(tx.session, row)
        if owner.user_id is not None and not owner.is_moderators:
            parcel = Parcel(
                kind=OWED_DIRECT,
                subject=row.id,
                recipient=stamp,
                guild_id=row.guild_id,
                target=Target.DIRECT,
                user_id=owner.user_id,
                language=language,
                params=dict(params),
            )
            if await put_direct(self._platform.deliveries, tx, parcel, now):
                return
        place = (channel_id, language)
        if owner.is_moderators:
            config = await config_of(tx.session, row.guild_id)
            place = (config.place(Purpose.LOG) or channel_id, config.language)
        await self._saying.put(tx, row, OWED, stamp, place, {"first": True, **params}, now)

    async def direct_settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Remind in the channel instead when Discord does not let a direct message through."""
        if outcome.state not in (DeliveryState.FAILED, DeliveryState.DROPPED):
            return
        row = await tx.session.get(Poll, delivery.subject)
        answer = await tx.session.get(PollAnswer, delivery.subject)
        if row is None or answer is None or not _still_owed(answer, of_promise=bool(delivery.params.get("promise"))):
            return
        place, *_ = await self._saying.places(tx.session, row)
        params = {"first": True, **delivery.params}
        await self._saying.put(tx, row, OWED, delivery.recipient, place, params, clock.now())

    async def load(self, session: AsyncSession, delivery: Delivery) -> Reminder | None:
        """Read a reminder; None when it was answered, or done, before its turn came."""
        answer = await session.get(PollAnswer, delivery.subject)
        if answer is None or not _still_owed(answer, of_promise=bool(delivery.params.get("promise"))):
            return None
        return await self.load_again(session, delivery)

    async def load_again(self, session: AsyncSession, delivery: Delivery) -> Reminder | None:
        """Read a reminder that stands in a channel: whoever was forgotten since is not named any more."""
        row = await session.get(Poll, delivery.subject)
        answer = await session.get(PollAnswer, delivery.subject)
        if row is None or answer is None:
            return None
        now = clock.now()
        of_promise = bool(delivery.params.get("promise"))
        due_at = answer.promise_due if of_promise and answer.promise_due is not None else answer.due_at
        return Reminder(
            await view_of(session, row, now),
            owner_of(answer),
            of_promise,
            due_at,
            due_at <= now,
            delivery.target is Target.DIRECT,
        )


def _still_owed(answer: PollAnswer, *, of_promise: bool) -> bool:
    return answer.state is (AnswerState.PROMISED if of_promise else AnswerState.AWAITING)
