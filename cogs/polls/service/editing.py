"""Changing a poll before the first vote: nobody has chosen by what it said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from bot.database import Transaction
from bot.drafting.craft import Saved, Subject
from bot.drafting.values import Spot, changed
from bot.errors import TryAgain, WrongState
from bot.i18n import t
from bot.ledger.rules import Fact
from bot.ledger.service import Entry
from bot.people import Actor
from bot.pieces import droppable
from bot.posts import Place, Post, Posts
from bot.shape import time_text
from cogs.polls.rules.options import Options, Proposal
from cogs.polls.service.boxes import destroy_box
from cogs.polls.service.changing import OPEN
from cogs.polls.service.opening import CLOSE, make_own_box
from cogs.polls.service.posting import options_for, values_of
from cogs.polls.service.records import PollInfo, info_of
from cogs.polls.service.voting import over
from cogs.polls.tables import Poll, PollOption, PollWriteIn, State

if TYPE_CHECKING:
    from bot.app import Platform


def require_editable(row: Poll, found: PollInfo, now: datetime) -> None:
    """Raise WrongState, naming why, unless a poll is scheduled, or open and nobody has voted."""
    if row.state is State.SCHEDULED:
        return
    if row.state is not State.OPEN or row.closes_at <= now:
        raise over(found)
    if row.vote_count:
        raise WrongState(t("poll.edit.voted", number=str(row.number)))


def options_of(found: PollInfo, posts: Sequence[Post]) -> Options:
    """Return a poll's options as they stand."""
    answer = found.answer
    terms = found.terms
    is_own = answer is not None and answer.role_id is None and answer.user_id == found.organiser_id
    return Options(
        picture_id=found.picture_id,
        starts=found.starts_at,
        ends=found.closes_at,
        zone=found.zone,
        ping=found.ping_role,
        spots=tuple(Spot(post.channel_id, post.language, post.title, post.text) for post in posts),
        question=found.question,
        choices=tuple(option.text for option in found.options),
        kind=found.kind,
        secrecy=found.secrecy,
        results=found.results,
        max_choices=found.max_choices,
        voters=terms.voters,
        holders_of=terms.holders_of,
        attended=terms.attended,
        weights=terms.weights,
        balance=terms.balance,
        quorum=found.quorum,
        threshold=found.threshold,
        write_ins=found.write_ins,
        receipts=found.receipts,
        is_answered=answer is not None,
        answer_user=None if answer is None or is_own else answer.user_id,
        answer_role=None if answer is None else answer.role_id,
        answer_within=None if answer is None else answer.within,
        answer_by=None if answer is None else answer.by,
    )


class Editing:
    """Bring changes into polls nobody has voted in."""

    def __init__(self, platform: "Platform", posts: Posts) -> None:
        self._platform = platform
        self._posts = posts

    async def apply(
        self,
        tx: Transaction,
        actor: Actor,
        subject: Subject[Options],
        proposal: Proposal,
        places: Sequence[Place],
        now: datetime,
    ) -> Saved[PollInfo]:
        """Bring changes into a poll, locked and checked, which *proposal* was reviewed for."""
        row: Poll = subject.row
        names = changed(subject.before, subject.after)
        if not names:
            return Saved(await info_of(tx.session, row), anything=False)
        for name, value in values_of(proposal, row.organiser_id).items():
            setattr(row, name, value)
        row.starts_at, row.closes_at = proposal.opens, proposal.closes
        if "choices" in names:
            await tx.session.execute(delete(PollOption).where(PollOption.poll_id == row.id))
            tx.session.add_all(options_for(row.id, proposal.options))
        if not row.write_ins:
            await tx.session.execute(delete(PollWriteIn).where(PollWriteIn.poll_id == row.id))
        await self._posts.replan(tx, row.id, row.guild_id, places)
        if row.opened_at is None:
            await self._platform.schedule.put(tx, OPEN, row.id, row.starts_at, guild_id=row.guild_id)
        else:
            await self._correct(tx, row, names, now)
        await self._note(tx, actor, row, names, now)
        return Saved(await info_of(tx.session, row), anything=True)

    async def _correct(self, tx: Transaction, row: Poll, names: frozenset[str], now: datetime) -> None:
        """Have an open poll judged, closed and shown as it is now."""
        row.revision += 1
        if "secrecy" in names:
            if not await droppable(tx.session):
                raise TryAgain(t("poll.edit.backup"))
            # The box is empty; a secret poll's holds a secret of its own.
            await destroy_box(tx, row.id)
            await make_own_box(tx, row)
        await self._platform.schedule.put(tx, CLOSE, row.id, row.closes_at, guild_id=row.guild_id)
        await self._posts.publish(tx, row.id, organiser_id=row.organiser_id, now=now)
        await self._posts.refresh(tx, row.id, now, new_files="picture_id" in names)

    async def _note(self, tx: Transaction, actor: Actor, row: Poll, names: frozenset[str], now: datetime) -> None:
        facts: dict[str, Fact] = {"what": ", ".join(sorted(names)), "revision": row.revision}
        if names & {"ends", "runs"}:
            facts["ends"] = time_text(row.closes_at)
        entry = Entry(
            guild_id=row.guild_id,
            kind="poll.edited",
            actor_id=actor.user_id,
            subject=f"poll:{row.number}",
            texts={"question": row.question} if "question" in names else {},
            facts=facts,
        )
        await self._platform.ledger.append(tx, entry, now=now)


def copied(found: PollInfo, posts: Sequence[Post], zone: str) -> Options:
    """Return a poll's options for another like it, which opens when it is posted and runs as long."""
    written = tuple(option.text for option in found.options if not option.write_in)
    length: timedelta = (found.extended_from or found.closes_at) - found.starts_at
    return replace(
        options_of(found, posts), starts=None, ends=None, runs=length, zone=zone, answer_by=None, choices=written
    )
