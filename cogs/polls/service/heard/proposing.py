"""Proposals: made by members, answered by organisers within a week."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.direct import put_direct
from bot.drafts import Draft, DraftRow, open_draft
from bot.errors import NotFound, WrongState
from bot.guilds import Feature, Purpose, config_of, require_enabled
from bot.i18n import t
from bot.ledger.rules import Fact
from bot.ledger.service import Entry
from bot.numbers import next_number
from bot.people import Actor, require_organiser
from bot.posts import UNKNOWN_MESSAGE
from bot.schedule import Due
from cogs.polls.rules.heard import DAY, MOST_A_DAY, MOST_PROPOSALS, PROPOSAL_WITHIN, Moment, reminders
from cogs.polls.rules.proposing import Wish, read_reason
from cogs.polls.service.heard.board import Boards
from cogs.polls.service.records import post_url
from cogs.polls.tables import KIND, Poll, PollProposal, ProposalState

if TYPE_CHECKING:
    from bot.app import Platform

PROPOSAL: Final = "poll.proposal"
EDIT: Final = "poll.proposal_edit"
DECIDED: Final = "poll.proposal_decided"
DEADLINES: Final = {
    Moment.HALF: "poll.proposal_half",
    Moment.DAY: "poll.proposal_day",
    Moment.DUE: "poll.proposal_due",
}
APPROVE: Final = "poll.approve"
DECLINE: Final = "poll.decline"
WITHDRAW: Final = "poll.withdraw"
# The value of a draft that says from which proposal it came.
FROM: Final = "proposal"
# The deadline at which is looked whether an approved proposal still has its draft, which may expire or go with whoever
# approved it.
PREPARED: Final = "poll.proposal_prepared"
LOOK_EVERY: Final = DAY

# Turns a proposal into the values of a poll's draft.
Fill = Callable[[Wish], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ProposalInfo:
    """A proposal at one instant; ``url`` leads to the poll it became."""

    id: int
    guild_id: int
    number: int
    state: ProposalState
    user_id: int | None
    question: str
    options: tuple[str, ...]
    why: str | None
    created_at: datetime
    due_at: datetime
    decided_at: datetime | None
    decided_by: int | None
    reason: str | None
    channel_id: int | None
    url: str | None = None

    @property
    def is_late(self) -> bool:
        return self.decided_at is not None and self.decided_at > self.due_at


async def proposal_info(session: AsyncSession, row: PollProposal) -> ProposalInfo:
    """Return a row's values."""
    poll = None if row.poll_id is None else await session.get(Poll, row.poll_id)
    return ProposalInfo(
        id=row.id,
        guild_id=row.guild_id,
        number=row.number,
        state=row.state,
        user_id=row.user_id,
        question=row.question,
        options=tuple(str(option) for option in row.options),
        why=row.why,
        created_at=row.created_at,
        due_at=row.due_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
        channel_id=row.channel_id,
        url=None if poll is None else await post_url(session, poll),
    )


class Proposing:
    """Make, approve, decline and take back proposals."""

    def __init__(self, platform: "Platform", boards: Boards, fill: Fill) -> None:
        self._platform = platform
        self._boards = boards
        self._fill = fill

    async def require_room(self, actor: Actor, now: datetime) -> None:
        """Raise WrongState when polls are off, or someone has as many proposals waiting, or of today, as one may."""
        async with self._platform.database.read() as session:
            await self._require_room(session, actor, now)

    async def _require_room(self, session: AsyncSession, actor: Actor, now: datetime) -> None:
        require_enabled(await config_of(session, actor.guild_id), Feature.POLLS)
        mine = (PollProposal.guild_id == actor.guild_id, PollProposal.user_id == actor.user_id)
        waiting = (*mine, PollProposal.state == ProposalState.WAITING)
        if (await session.scalar(select(func.count()).where(*waiting)) or 0) >= MOST_PROPOSALS:
            raise WrongState(t("poll.propose.too_many", n=MOST_PROPOSALS))
        today = (*mine, PollProposal.created_at > now - DAY)
        if (await session.scalar(select(func.count()).where(*today)) or 0) >= MOST_A_DAY:
            raise WrongState(t("poll.propose.too_often", n=MOST_A_DAY))

    async def propose(self, actor: Actor, wish: Wish, channel_id: int, now: datetime) -> ProposalInfo:
        """Write a proposal down and show it to organisers; *channel_id* is where it was made.

        They see it in the log channel, else in the one for polls, else where it was made.
        """
        async with self._platform.database.write() as tx:
            number = await next_number(tx, actor.guild_id, "proposal")
            await self._require_room(tx.session, actor, now)
            config = await config_of(tx.session, actor.guild_id)
            shown_in = config.place(Purpose.LOG) or config.place(Purpose.POLLS) or channel_id
            row = PollProposal(
                guild_id=actor.guild_id,
                number=number,
                state=ProposalState.WAITING,
                user_id=actor.user_id,
                question=wish.question,
                options=list(wish.options),
                why=wish.why,
                created_at=now,
                due_at=now + PROPOSAL_WITHIN,
                channel_id=shown_in,
            )
            tx.session.add(row)
            await tx.session.flush()
            parcel = Parcel(
                kind=PROPOSAL,
                subject=row.id,
                guild_id=row.guild_id,
                target=Target.MESSAGE,
                channel_id=shown_in,
                language=config.language,
            )
            await self._platform.deliveries.put(tx, parcel, now)
            await self._make_due(tx, row, now)
            await self._boards.refresh(tx, row.guild_id, now)
            return await proposal_info(tx.session, row)

    async def _make_due(self, tx: Transaction, row: PollProposal, now: datetime) -> None:
        for moment, when in reminders(now, row.due_at).items():
            await self._platform.schedule.put(tx, DEADLINES[moment], row.id, when, guild_id=row.guild_id)

    async def approve(self, actor: Actor, key: int, channel_id: int, now: datetime) -> Draft:
        """Turn a proposal into a draft of the approver's, which they complete and post.

        Without a channel for polls it goes up where it was approved, which is better not the log, where few look.
        """
        async with self._platform.database.write() as tx:
            config = await config_of(tx.session, actor.guild_id)
            if channel_id == config.place(Purpose.LOG):
                channel_id = config.place(Purpose.ANNOUNCEMENTS) or channel_id
            row = await self._waiting(tx.session, actor, key)
            wish = Wish(row.question, tuple(str(option) for option in row.options), row.why)
            values = {**self._fill(wish), FROM: row.id}
            draft = await open_draft(tx, KIND, actor.guild_id, actor.user_id, channel_id, values, now)
            await self._decide(tx, actor, row, ProposalState.APPROVED, None, now)
            await self._platform.schedule.put(tx, PREPARED, row.id, now + LOOK_EVERY, guild_id=row.guild_id)
            return draft

    async def decline(self, actor: Actor, key: int, typed: str, now: datetime) -> ProposalInfo:
        """Decline a proposal with a reason, which its member is told."""
        reason = read_reason(typed)
        async with self._platform.database.write() as tx:
            row = await self._waiting(tx.session, actor, key)
            await self._decide(tx, actor, row, ProposalState.DECLINED, reason, now)
            return await proposal_info(tx.session, row)

    async def decidable(self, actor: Actor, key: int) -> ProposalInfo:
        """Return a proposal an organiser may still decide about."""
        async with self._platform.database.read() as session:
            return await proposal_info(session, await self._waiting(session, actor, key))

    async def withdraw(self, actor: Actor, key: int, now: datetime) -> ProposalInfo:
        """Take back one's own proposal while it waits; raises NotFound."""
        async with self._platform.database.write() as tx:
            row = await self._of_guild(tx.session, actor.guild_id, key)
            if row.user_id != actor.user_id:
                raise NotFound(t("poll.propose.not_found"))
            _require_waiting(row)
            row.state = ProposalState.WITHDRAWN
            await self.settle(tx, row, now)
            return await proposal_info(tx.session, row)

    async def posted(self, tx: Transaction, proposal: int, poll: Poll, now: datetime) -> None:
        """Credit the member whose approved proposal a poll came from; called in the transaction that posts it."""
        row = await tx.session.get(PollProposal, proposal, with_for_update=True)
        if row is None or row.guild_id != poll.guild_id or row.state is not ProposalState.APPROVED:
            return
        row.state, row.poll_id = ProposalState.POSTED, poll.id
        await tx.session.flush()
        await self.settle(tx, row, now)
        await self._tell(tx, row, now)

    async def given_up(self, tx: Transaction, proposal: int, now: datetime) -> None:
        """Have a proposal decided about anew whose draft will not be posted: approved and dropped is no answer.

        Whoever made it is told. Without them nothing is left of it that could be decided about.
        """
        row = await tx.session.get(PollProposal, proposal, with_for_update=True)
        if row is None or row.state is not ProposalState.APPROVED:
            return
        row.decided_at = row.decided_by = None
        row.state = ProposalState.WITHDRAWN if row.user_id is None else ProposalState.WAITING
        if row.user_id is not None:
            row.due_at = now + PROPOSAL_WITHIN
        await tx.session.flush()
        await self.settle(tx, row, now)
        if row.user_id is None:
            return
        await self._make_due(tx, row, now)
        await self._tell(tx, row, now)
        subject, persons = f"proposal:{row.number}", {"member": row.user_id}
        entry = Entry(row.guild_id, "poll.proposal_reopened", None, subject, persons=persons)
        await self._platform.ledger.append(tx, entry, now=now)

    async def look(self, due: Due) -> datetime | None:
        """Have a proposal decided about anew whose draft is gone; where it is still there, look again."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(PollProposal, due.subject, with_for_update=True)
            if row is None or row.state is not ProposalState.APPROVED:
                return None
            drafts = select(DraftRow.values).where(DraftRow.guild_id == row.guild_id, DraftRow.kind == KIND)
            if any(values.get(FROM) == row.id for values in (await tx.session.scalars(drafts)).all()):
                return now + LOOK_EVERY
            await self.given_up(tx, row.id, now)
        return None

    async def cancel_waiting(self, actor: Actor, reason: str, now: datetime) -> None:
        """Decline what waits in a server, with one reason for all: polls are turned off."""
        waiting = (PollProposal.guild_id == actor.guild_id, PollProposal.state == ProposalState.WAITING)
        async with self._platform.database.write() as tx:
            require_organiser(actor, await config_of(tx.session, actor.guild_id))
            query = select(PollProposal).where(*waiting).order_by(PollProposal.id).with_for_update()
            for row in (await tx.session.scalars(query)).all():
                await self._decide(tx, actor, row, ProposalState.DECLINED, reason, now)

    async def _decide(
        self,
        tx: Transaction,
        actor: Actor,
        row: PollProposal,
        state: ProposalState,
        reason: str | None,
        now: datetime,
    ) -> None:
        row.state, row.decided_at, row.decided_by, row.reason = state, now, actor.user_id, reason
        await tx.session.flush()
        await self.settle(tx, row, now)
        await self._tell(tx, row, now)
        kind = "poll.proposal_approved" if state is ProposalState.APPROVED else "poll.proposal_declined"
        facts: dict[str, Fact] = {"late": now > row.due_at}
        # Not what was proposed: whoever proposed it may want it forgotten, and is not the one who acted.
        texts = {} if reason is None else {"reason": reason}
        persons = {} if row.user_id is None else {"member": row.user_id}
        subject = f"proposal:{row.number}"
        entry = Entry(row.guild_id, kind, actor.user_id, subject, persons=persons, texts=texts, facts=facts)
        await self._platform.ledger.append(tx, entry, now=now)

    async def settle(self, tx: Transaction, row: PollProposal, now: datetime) -> None:
        """Make nothing due for a proposal any more, and show what it is now."""
        for kind in (*DEADLINES.values(), PREPARED):
            await self._platform.schedule.drop(tx, kind, row.id)
        await self.show(tx, row, now)

    async def show(self, tx: Transaction, row: PollProposal, now: datetime) -> None:
        """Have what organisers see, and the board, say what is stored now."""
        await tx.session.flush()
        if row.message_id is not None:
            await self._platform.deliveries.put(tx, await self._edit_of(tx.session, row), now)
        await self._boards.refresh(tx, row.guild_id, now)

    async def _edit_of(self, session: AsyncSession, row: PollProposal) -> Parcel:
        return Parcel(
            kind=EDIT,
            subject=row.id,
            guild_id=row.guild_id,
            target=Target.EDIT,
            channel_id=row.channel_id,
            message_id=row.message_id,
            language=(await config_of(session, row.guild_id)).language,
            replace=True,
        )

    async def _tell(self, tx: Transaction, row: PollProposal, now: datetime) -> None:
        """Tell the member what became of it, directly where they want that; ``/my show`` says it to all."""
        if row.user_id is None:
            return
        parcel = Parcel(
            kind=DECIDED,
            subject=row.id,
            # It may be approved more than once.
            recipient=f"{row.state.value}.{int(now.timestamp())}",
            guild_id=row.guild_id,
            target=Target.DIRECT,
            user_id=row.user_id,
            language=(await config_of(tx.session, row.guild_id)).language,
        )
        await put_direct(self._platform.deliveries, tx, parcel, now)

    async def _waiting(self, session: AsyncSession, actor: Actor, key: int) -> PollProposal:
        require_organiser(actor, await config_of(session, actor.guild_id))
        row = await self._of_guild(session, actor.guild_id, key)
        _require_waiting(row)
        return row

    async def _of_guild(self, session: AsyncSession, guild_id: int, key: int) -> PollProposal:
        row = await session.get(PollProposal, key, with_for_update=True)
        if row is None or row.guild_id != guild_id:
            raise NotFound(t("poll.propose.not_found"))
        return row

    async def load(self, session: AsyncSession, delivery: Delivery) -> ProposalInfo | None:
        """Read a proposal for whatever shows it."""
        row = await session.get(PollProposal, delivery.subject)
        return None if row is None else await proposal_info(session, row)

    async def load_told(self, session: AsyncSession, delivery: Delivery) -> ProposalInfo | None:
        """Read a proposal for whoever made it; None when they took it back meanwhile."""
        info = await self.load(session, delivery)
        return None if info is None or info.state is ProposalState.WITHDRAWN else info

    async def load_new(self, session: AsyncSession, delivery: Delivery) -> ProposalInfo | None:
        """Read a proposal for organisers; None when it was taken back before they saw it."""
        return await self.load_told(session, delivery)

    async def lock(self, tx: Transaction, subject: int) -> None:
        """Lock a proposal before what was sent of it."""
        await tx.session.get(PollProposal, subject, with_for_update=True)

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Remember where organisers see a proposal; what changed since it was read follows."""
        row = await tx.session.get(PollProposal, delivery.subject)
        if row is None or outcome.state is not DeliveryState.SENT or outcome.message_id is None:
            return
        row.channel_id, row.message_id = delivery.channel_id, outcome.message_id
        if row.state is not ProposalState.WAITING:
            await self._platform.deliveries.put(tx, await self._edit_of(tx.session, row), delivery.created_at)

    async def edited(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Note that the message was deleted by hand."""
        if outcome.state is DeliveryState.FAILED and outcome.error == UNKNOWN_MESSAGE:
            row = await tx.session.get(PollProposal, delivery.subject)
            if row is not None:
                row.message_id = None


def _require_waiting(row: PollProposal) -> None:
    number = str(row.number)
    match row.state:
        case ProposalState.WAITING:
            return
        case ProposalState.DECLINED:
            raise WrongState(t("poll.propose.already_declined", number=number))
        case ProposalState.WITHDRAWN:
            raise WrongState(t("poll.propose.already_withdrawn", number=number))
        case ProposalState.APPROVED | ProposalState.POSTED:
            raise WrongState(t("poll.propose.already_approved", number=number))
