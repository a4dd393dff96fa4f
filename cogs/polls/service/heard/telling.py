"""Voters who want to be told the answer, and what they say of whether the promise in it was kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock, markup
from bot.database import Transaction
from bot.delivery import Delivery, Parcel, Target
from bot.direct import put_direct, wanted
from bot.errors import NotAllowed, NotFound, WrongState
from bot.guilds import config_of
from bot.i18n import t
from bot.live import count_changed
from bot.people import Actor
from bot.schedule import Due
from cogs.polls.service.heard.board import Boards
from cogs.polls.service.heard.records import AnswerView, view_of, witnesses
from cogs.polls.service.heard.saying import ANSWER, DONE, Saying
from cogs.polls.service.records import poll_of
from cogs.polls.tables import KIND, AnswerState, Poll, PollAnswer, PollListener, PollMessage, PollVoter, PollWitness

if TYPE_CHECKING:
    from bot.app import Platform

# The deadline, and the delivery to each.
TELL: Final = "poll.tell"
TOLD: Final = "poll.told"
CHUNK: Final = 100


class Listening(StrEnum):
    """What pressing *Tell me the answer* came to."""

    ON = "on"
    ON_WITHOUT_DIRECT = "on_without_direct"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a voter said, whether that is new, and what all say."""

    said: bool
    new: bool
    happened: int
    not_yet: int


class Telling:
    """The voters' side of an answer."""

    def __init__(self, platform: "Platform", saying: Saying, boards: Boards) -> None:
        self._platform = platform
        self._saying = saying
        self._boards = boards

    async def listen(self, actor: Actor, key: int) -> Listening:
        """Have a voter told the answer, or, pressed again, not told."""
        async with self._platform.database.write() as tx:
            row, answer = await self._voted(tx.session, actor, key)
            if answer.state is not AnswerState.AWAITING:
                raise WrongState(t("poll.heard.listen.answered", number=str(row.number)))
            mine = await tx.session.get(PollListener, (row.id, actor.user_id))
            if mine is not None:
                await tx.session.delete(mine)
                return Listening.OFF
            tx.session.add(PollListener(poll_id=row.id, user_id=actor.user_id))
            direct = await wanted(tx.session, actor.user_id)
        return Listening.ON if direct else Listening.ON_WITHOUT_DIRECT

    async def witness(self, actor: Actor, key: int, now: datetime, *, happened: bool) -> Witnessed:
        """Note whether a voter says that what was promised happened; one word each, and it can be changed."""
        async with self._platform.database.write() as tx:
            row, answer = await self._voted(tx.session, actor, key)
            if answer.state is not AnswerState.DONE or answer.done_at is None:
                raise NotFound(t("error.stale_component"))
            mine = await tx.session.get(PollWitness, (row.id, actor.user_id))
            new = mine is None or mine.happened is not happened
            if mine is None:
                tx.session.add(PollWitness(poll_id=row.id, user_id=actor.user_id, happened=happened))
            else:
                mine.happened = happened
            await tx.session.flush()
            if new:
                await self._count(tx, row, answer.done_at, now)
            counts = await witnesses(tx.session, row.id)
        return Witnessed(happened, new, *counts)

    async def recount(self, tx: Transaction, row: Poll, now: datetime) -> None:
        """Have counts follow after somebody's word was erased."""
        answer = await tx.session.get(PollAnswer, row.id)
        if answer is not None and answer.done_at is not None:
            await self._count(tx, row, answer.done_at, now)

    async def _count(self, tx: Transaction, row: Poll, since: datetime, now: datetime) -> None:
        await self._saying.count(tx, row, DONE, since, now)
        await tx.session.run_sync(lambda session: count_changed(session.connection(), KIND, {row.id: since}, now))
        await self._boards.refresh(tx, row.guild_id, now)

    async def _voted(self, session: AsyncSession, actor: Actor, key: int) -> tuple[Poll, PollAnswer]:
        """Return a poll in which someone voted, locked, with its answer; raises NotAllowed for who did not vote."""
        row = await poll_of(session, actor.guild_id, key, lock=True)
        answer = await session.get(PollAnswer, row.id)
        if answer is None:
            raise NotFound(t("error.stale_component"))
        if await session.get(PollVoter, (row.id, actor.user_id)) is None:
            raise NotAllowed(t("poll.heard.voters_only", number=str(row.number)))
        return row, answer

    async def tell(self, due: Due) -> datetime | None:
        """Put a direct message to every voter who asked for one; their wish ends with it."""
        now = clock.now()
        while True:
            async with self._platform.database.write() as tx:
                row = await tx.session.get(Poll, due.subject)
                if row is None:
                    return None
                language = (await config_of(tx.session, row.guild_id)).language
                query = select(PollListener.user_id).where(PollListener.poll_id == row.id)
                found = (await tx.session.scalars(query.order_by(PollListener.user_id).limit(CHUNK))).all()
                for user_id in found:
                    parcel = Parcel(
                        kind=TOLD,
                        subject=row.id,
                        recipient=str(user_id),
                        guild_id=row.guild_id,
                        target=Target.DIRECT,
                        user_id=user_id,
                        language=language,
                    )
                    await put_direct(self._platform.deliveries, tx, parcel, now)
                told = (PollListener.poll_id == row.id, PollListener.user_id.in_(found))
                await tx.session.execute(delete(PollListener).where(*told))
            if len(found) < CHUNK:
                return None

    async def load_told(self, session: AsyncSession, delivery: Delivery) -> AnswerView | None:
        """Read what a voter is told; the address leads to the answer where it stands."""
        row = await session.get(Poll, delivery.subject)
        if row is None:
            return None
        view = await view_of(session, row, clock.now())
        query = select(PollMessage).where(PollMessage.poll_id == row.id, PollMessage.kind == ANSWER)
        message = (await session.scalars(query.order_by(PollMessage.id).limit(1))).one_or_none()
        if message is None:
            return view
        return AnswerView(view.info, view.heard, markup.jump(row.guild_id, message.channel_id, message.message_id))

    async def load(self, session: AsyncSession, delivery: Delivery) -> AnswerView | None:
        """Read a poll's answer for a message that shows it."""
        row = await session.get(Poll, delivery.subject)
        return None if row is None else await view_of(session, row, clock.now())
