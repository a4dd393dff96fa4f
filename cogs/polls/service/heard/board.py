"""The board of answers: one message that shows at a glance what asking has come to, kept up to date by edits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.guilds import GuildConfig, Purpose, config_of
from bot.posts import UNKNOWN_MESSAGE
from bot.schedule import Due
from cogs.polls.rules.heard import PERIOD, Figures, Record, figures
from cogs.polls.service.heard.records import Owner, owner_of, witnesses
from cogs.polls.service.heard.saying import follow
from cogs.polls.service.records import post_url, result_url
from cogs.polls.tables import AnswerState, Poll, PollAnswer, PollBoard, PollProposal, ProposalState

if TYPE_CHECKING:
    from bot.app import Platform

BOARD: Final = "poll.board"
EDIT: Final = "poll.board_edit"
MOVED: Final = "poll.board_moved"
# The deadline at which the board is looked at, since nobody tells of a message that was deleted by hand.
LOOK: Final = "poll.board"
LOOK_EVERY: Final = timedelta(hours=6)
SHOWN: Final = 40
DONE_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A poll on the board; ``due_at`` is of its answer or its promise, ``done_at`` when that was reported done."""

    number: int
    question: str
    url: str | None
    owner: Owner
    due_at: datetime
    is_overdue: bool
    done_at: datetime | None = None
    happened: int = 0
    not_yet: int = 0


@dataclass(frozen=True, slots=True)
class BoardView:
    """Everything on the board. Lists are cut at :data:`SHOWN`, whoever is overdue first; counts count all.

    ``oldest_due`` is when the proposal waiting longest is, or was, to be answered; ``prepared`` are approved and not
    posted yet.
    """

    figures: Figures
    promises: Sequence[Entry] = ()
    promise_count: int = 0
    awaiting: Sequence[Entry] = ()
    awaiting_count: int = 0
    done: Sequence[Entry] = ()
    done_count: int = 0
    proposals: int = 0
    proposals_overdue: int = 0
    oldest_due: datetime | None = None
    prepared: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nobody was promised anything yet."""
        answers = self.promise_count or self.awaiting_count or self.done_count
        return not (self.figures.due or answers or self.proposals or self.prepared)


@dataclass(frozen=True, slots=True)
class Moved:
    """What an old board says: where the board is now, None for nowhere."""

    to: int | None


@dataclass
class _Found:
    entries: list[Entry] = field(default_factory=list[Entry])
    count: int = 0


async def board_of(session: AsyncSession, guild_id: int, now: datetime) -> BoardView:
    """Read a server's board."""
    promises = await _entries(session, guild_id, AnswerState.PROMISED, now)
    awaiting = await _entries(session, guild_id, AnswerState.AWAITING, now)
    done = await _entries(session, guild_id, AnswerState.DONE, now)
    waiting = (PollProposal.guild_id == guild_id, PollProposal.state == ProposalState.WAITING)
    count, oldest = (await session.execute(select(func.count(), func.min(PollProposal.due_at)).where(*waiting))).one()
    late = select(func.count()).select_from(PollProposal).where(*waiting, PollProposal.due_at <= now)
    approved = (PollProposal.guild_id == guild_id, PollProposal.state == ProposalState.APPROVED)
    prepared = select(func.count()).select_from(PollProposal).where(*approved)
    return BoardView(
        await figures_of(session, guild_id, now),
        promises.entries,
        promises.count,
        awaiting.entries,
        awaiting.count,
        done.entries,
        done.count,
        proposals=count,
        proposals_overdue=await session.scalar(late) or 0,
        oldest_due=oldest,
        prepared=await session.scalar(prepared) or 0,
    )


async def figures_of(session: AsyncSession, guild_id: int, now: datetime) -> Figures:
    """Reckon the board's figures."""
    query = (
        select(PollAnswer.closed_at, PollAnswer.due_at, PollAnswer.answered_at)
        .join(Poll, Poll.id == PollAnswer.poll_id)
        .where(Poll.guild_id == guild_id, PollAnswer.closed_at >= now - PERIOD, PollAnswer.promised)
    )
    return figures([Record(*row) for row in (await session.execute(query)).all()], now)


async def _entries(session: AsyncSession, guild_id: int, state: AnswerState, now: datetime) -> _Found:
    where: list[ColumnElement[bool]] = [Poll.guild_id == guild_id, PollAnswer.state == state]
    order, most = PollAnswer.due_at.asc(), SHOWN
    if state is AnswerState.PROMISED:
        order = PollAnswer.promise_due.asc()
    elif state is AnswerState.DONE:
        order, most = PollAnswer.done_at.desc(), DONE_SHOWN
        where.append(PollAnswer.done_at >= now - PERIOD)
    joined = select(Poll, PollAnswer).join(PollAnswer, PollAnswer.poll_id == Poll.id).where(*where)
    count = await session.scalar(select(func.count()).select_from(joined.subquery())) or 0
    rows = (await session.execute(joined.order_by(order, Poll.id).limit(most))).all()
    return _Found([await _entry(session, row, answer, now) for row, answer in rows], count)


async def _entry(session: AsyncSession, row: Poll, answer: PollAnswer, now: datetime) -> Entry:
    due_at = answer.due_at if answer.state is AnswerState.AWAITING else answer.promise_due or answer.due_at
    happened, not_yet = await witnesses(session, row.id) if answer.done_at is not None else (0, 0)
    url = await post_url(session, row) or result_url(row)
    overdue = due_at <= now if answer.done_at is None else answer.done_at > due_at
    return Entry(row.number, row.question, url, owner_of(answer), due_at, overdue, answer.done_at, happened, not_yet)


class Boards:
    """Keep the live boards of all servers."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def config_changed(self, tx: Transaction, config: GuildConfig, now: datetime) -> None:
        """Follow the channel and the language that moderators configured."""
        await self._refresh(tx, config, now)

    async def refresh(self, tx: Transaction, guild_id: int, now: datetime) -> None:
        """Have the board show what is stored now; make it where there is none and there should be one."""
        await self._refresh(tx, await config_of(tx.session, guild_id), now)

    async def _refresh(self, tx: Transaction, config: GuildConfig, now: datetime) -> None:
        wanted = config.place(Purpose.ANSWERS)
        row = await _locked(tx.session, config.guild_id)
        if row is None:
            if wanted is None:
                return
            row = PollBoard(guild_id=config.guild_id, language=config.language)
            tx.session.add(row)
            await tx.session.flush()
        if row.channel_id != wanted:
            await self._move(tx, row, wanted, now)
        if row.channel_id is None:
            return
        if row.language != config.language:
            row.language = config.language
            if row.message_id is None:
                # What is on its way speaks the old language; the next generation takes its place.
                row.generation += 1
        if row.message_id is None:
            await self._send(tx, row, now)
        else:
            await follow(self._platform, tx, self._edit_of(row, EDIT), now, now)

    async def _move(self, tx: Transaction, row: PollBoard, channel_id: int | None, now: datetime) -> None:
        if row.message_id is not None:
            await self._platform.deliveries.put(tx, self._edit_of(row, MOVED), now)
        row.channel_id, row.message_id = channel_id, None
        row.generation += 1
        if channel_id is None:
            await self._platform.schedule.drop(tx, LOOK, row.id)

    async def _send(self, tx: Transaction, row: PollBoard, now: datetime) -> None:
        mine = (Delivery.kind == BOARD, Delivery.subject == row.id, Delivery.recipient == str(row.generation))
        if await tx.session.scalar(select(Delivery.id).where(*mine)) is not None:
            # On its way; what changes meanwhile follows once it is there.
            return
        parcel = Parcel(
            kind=BOARD,
            subject=row.id,
            recipient=str(row.generation),
            guild_id=row.guild_id,
            target=Target.MESSAGE,
            channel_id=row.channel_id,
            language=row.language,
        )
        await self._platform.deliveries.put(tx, parcel, now)
        await self._platform.schedule.put(tx, LOOK, row.id, now + LOOK_EVERY, guild_id=row.guild_id)

    def _edit_of(self, row: PollBoard, kind: str) -> Parcel:
        return Parcel(
            kind=kind,
            subject=row.id,
            recipient=str(row.generation),
            guild_id=row.guild_id,
            target=Target.EDIT,
            channel_id=row.channel_id,
            message_id=row.message_id,
            language=row.language,
            replace=True,
        )

    async def look(self, due: Due) -> datetime | None:
        """Bring a board up to date now and then: a message that was deleted by hand is missed by this."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(PollBoard, due.subject)
            if row is None or row.channel_id is None:
                return None
            await self.refresh(tx, row.guild_id, now)
        return now + LOOK_EVERY

    async def load(self, session: AsyncSession, delivery: Delivery) -> BoardView | None:
        """Read the board; None for a message that another took the place of."""
        row = await session.get(PollBoard, delivery.subject)
        if row is None or delivery.recipient != str(row.generation):
            return None
        return await board_of(session, row.guild_id, clock.now())

    async def load_moved(self, session: AsyncSession, delivery: Delivery) -> Moved | None:
        """Read where the board is now."""
        row = await session.get(PollBoard, delivery.subject)
        return None if row is None else Moved(row.channel_id)

    async def lock(self, tx: Transaction, subject: int) -> None:
        """Lock the board before what was sent of it."""
        await tx.session.get(PollBoard, subject, with_for_update=True)

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Remember where the board stands, and what changed since it was read."""
        row = await tx.session.get(PollBoard, delivery.subject)
        if row is None or outcome.state is not DeliveryState.SENT or outcome.message_id is None:
            return
        now = clock.now()
        if delivery.recipient == str(row.generation):
            row.message_id = outcome.message_id
            await self._platform.deliveries.put(tx, self._edit_of(row, EDIT), now)
            return
        # The board moved on while this one was being sent.
        stray = Parcel(
            kind=MOVED,
            subject=row.id,
            recipient=delivery.recipient,
            guild_id=row.guild_id,
            target=Target.EDIT,
            channel_id=delivery.channel_id,
            message_id=outcome.message_id,
            language=row.language,
            replace=True,
        )
        await self._platform.deliveries.put(tx, stray, now)

    async def edited(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Make another board where this one was deleted by hand."""
        if outcome.state is not DeliveryState.FAILED or outcome.error != UNKNOWN_MESSAGE:
            return
        row = await tx.session.get(PollBoard, delivery.subject)
        if row is not None and row.message_id == delivery.message_id:
            row.message_id = None
            row.generation += 1
            await self.refresh(tx, row.guild_id, clock.now())


async def _locked(session: AsyncSession, guild_id: int) -> PollBoard | None:
    query = select(PollBoard).where(PollBoard.guild_id == guild_id).with_for_update()
    return (await session.scalars(query)).one_or_none()
