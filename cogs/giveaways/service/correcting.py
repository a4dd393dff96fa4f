"""Correcting, ending and cancelling giveaways: in public, and never what the draw depends on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Transaction
from bot.drafting.craft import Saved, Subject
from bot.drafting.reading import seen
from bot.drafting.values import changed
from bot.errors import WrongState
from bot.guilds import Purpose, config_of
from bot.i18n import t
from bot.ledger.rules import Fact, time_text
from bot.ledger.service import Entry
from bot.people import Actor, require_organiser
from bot.posts import Place, Posts
from cogs.giveaways.rules.correcting import is_correction
from cogs.giveaways.rules.options import Options, Proposal, terms_of
from cogs.giveaways.rules.terms import Terms
from cogs.giveaways.service.changing import require_changeable
from cogs.giveaways.service.closing import Closing, forget_organiser
from cogs.giveaways.service.posting import CLOSE, OPEN, Posting
from cogs.giveaways.service.records import GiveawayInfo, giveaway_of, info
from cogs.giveaways.service.telling import TELL
from cogs.giveaways.tables import Giveaway, State

if TYPE_CHECKING:
    from bot.app import Platform

RECHECK: Final = "giveaway.recheck"
LONGEST_REASON: Final = 300
_WHO: Final = frozenset(
    ("required_role", "excluded_role", "bonuses", "account_age", "member_for", "cooldown", "holders_of", "attended")
)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What came of cancelling; ``next`` is the one of the series that still comes."""

    info: GiveawayInfo
    next: GiveawayInfo | None


class Correcting:
    """What organisers do to a giveaway between posting and draw."""

    def __init__(self, platform: "Platform", posts: Posts, posting: Posting, closing: Closing) -> None:
        self._platform = platform
        self._posts = posts
        self._posting = posting
        self._closing = closing

    async def apply(
        self,
        tx: Transaction,
        actor: Actor,
        subject: Subject[Options],
        proposal: Proposal,
        places: Sequence[Place],
        now: datetime,
    ) -> Saved[GiveawayInfo]:
        """Bring changes into a giveaway, locked and checked, which *proposal* was reviewed for."""
        row: Giveaway = subject.row
        names = changed(subject.before, subject.after)
        if not names:
            return Saved(info(row), anything=False, told=False)
        row.prize, row.description, row.picture_id = proposal.prize, proposal.description, proposal.picture_id
        row.winners, row.ping_role, row.zone = proposal.winners, proposal.ping, proposal.zone
        row.claim, row.claim_until = proposal.claim, proposal.claim_until
        row.claim_seconds = _seconds(proposal.claim_within)
        if names & _WHO:
            excluded = (await config_of(tx.session, row.guild_id)).place(Purpose.EXCLUDED)
            row.terms = terms_of(subject.after, Terms.from_json(row.terms).organiser_id, excluded).to_json()
        self._repeat(row, proposal)
        await self._posts.replan(tx, row.id, row.guild_id, places)
        told = False
        if row.opened_at is None:
            row.starts_at, row.closes_at = proposal.opens, proposal.closes
            await self._platform.schedule.put(tx, OPEN, row.id, row.starts_at, guild_id=row.guild_id)
        else:
            told = is_correction(names) and await self._correct(tx, row, proposal, now)
            await self._posts.publish(tx, row.id, organiser_id=row.organiser_id, now=now)
            await self._posts.refresh(tx, row.id, now, new_files="picture_id" in names)
        await self._note(tx, row, "giveaway.edited", actor.user_id, _facts(row, names), now, _texts(row, names))
        return Saved(info(row), anything=True, told=told)

    async def end(self, actor: Actor, key: int, now: datetime) -> GiveawayInfo:
        """Close an open giveaway now; raises WrongState, naming why, for one that is not open."""
        async with self._platform.database.write() as tx:
            require_organiser(actor, await config_of(tx.session, actor.guild_id))
            row = await giveaway_of(tx.session, actor.guild_id, key, lock=True)
            require_changeable(row, now)
            if row.state is not State.OPEN:
                raise WrongState(t("giveaway.end.not_open", number=str(row.number), starts=row.starts_at))
            row.ended_early, row.closes_at = True, now.replace(microsecond=0)
            await self._platform.schedule.drop(tx, CLOSE, row.id)
            await self._closing.stop_entries(tx, row, now)
            await self._note(tx, row, "giveaway.ended", actor.user_id, {"entries": row.entry_count}, now)
        return info(row)

    async def cancel(
        self, actor: Actor, key: int, reason: str, now: datetime, *, whole_series: bool = False
    ) -> Cancelled:
        """Cancel a giveaway for a reason people read; a series goes on unless all of it is cancelled.

        Between freeze and draw only the prizes are: the draw is computed and published all the same. Raises WrongState
        for one that is over.
        """
        reason = read_reason(reason)
        async with self._platform.database.write() as tx:
            require_organiser(actor, await config_of(tx.session, actor.guild_id))
            row = await giveaway_of(tx.session, actor.guild_id, key, lock=True)
            _require_cancellable(row)
            if whole_series:
                await self._end_series(tx, row, actor.user_id, reason, now)
            else:
                await self._posting.follow(tx, row, now)
            await self._cancel(tx, row, actor.user_id, reason, now)
            following = await self._next(tx.session, row)
        return Cancelled(info(row), None if following is None else info(following))

    async def end_series(self, actor: Actor, key: int, now: datetime) -> Sequence[GiveawayInfo]:
        """End the series a giveaway belongs to: nothing follows, and what is only scheduled is cancelled.

        Returns those cancelled; one that is open goes on to its draw. Raises WrongState when nothing was to follow.
        """
        async with self._platform.database.write() as tx:
            require_organiser(actor, await config_of(tx.session, actor.guild_id))
            row = await giveaway_of(tx.session, actor.guild_id, key, lock=True)
            reason = row.cancel_reason or ""
            ended = await self._end_series(tx, row, actor.user_id, reason, now)
            if ended is None:
                raise WrongState(t("giveaway.series.over"))
        return [info(each) for each in ended]

    async def _correct(self, tx: Transaction, row: Giveaway, proposal: Proposal, now: datetime) -> bool:
        """Mark a giveaway corrected; returns whether there is anybody to be told."""
        row.revision, row.corrected_at = row.revision + 1, now
        if proposal.closes != row.closes_at:
            row.closes_at = proposal.closes
            await self._platform.schedule.put(tx, CLOSE, row.id, row.closes_at, guild_id=row.guild_id)
        if row.entry_count:
            await self._platform.schedule.put(tx, TELL, row.id, now, guild_id=row.guild_id)
        return row.entry_count > 0

    def _repeat(self, row: Giveaway, proposal: Proposal) -> None:
        """Set whether and how it repeats; the times of a series are those its first was planned with."""
        begins = row.series_id is None or (row.series_index == 0 and row.opened_at is None)
        row.repeats = proposal.repeat
        if proposal.repeat is not None and begins:
            row.series_id, row.runs_seconds = row.id, _seconds(proposal.runs)

    async def _cancel(self, tx: Transaction, row: Giveaway, actor_id: int, reason: str, now: datetime) -> None:
        row.cancelled_at, row.cancelled_by, row.cancel_reason = now, actor_id, reason
        if row.state is not State.FROZEN:
            row.state = State.CANCELLED
            forget_organiser(row)
            for kind in (OPEN, CLOSE, RECHECK):
                await self._platform.schedule.drop(tx, kind, row.id)
        await self._posts.refresh(tx, row.id, now)
        texts = {"reason": reason} if reason else {}
        await self._note(tx, row, "giveaway.cancelled", actor_id, {}, now, texts)

    async def _end_series(
        self, tx: Transaction, row: Giveaway, actor_id: int, reason: str, now: datetime
    ) -> list[Giveaway] | None:
        """Have nothing follow; returns what was cancelled for it, None when nothing was to follow anyway."""
        if row.series_id is None:
            return None
        query = (
            select(Giveaway)
            .where(Giveaway.guild_id == row.guild_id, Giveaway.series_id == row.series_id)
            .where(Giveaway.repeats.is_not(None))
            .order_by(Giveaway.id)
            .with_for_update()
        )
        rows = (await tx.session.scalars(query)).all()
        going_on = any(each.state in (State.SCHEDULED, State.OPEN) for each in rows)
        ended: list[Giveaway] = []
        for each in rows:
            each.repeats = None
            if each.state is State.SCHEDULED and each.id != row.id:
                await self._cancel(tx, each, actor_id, reason, now)
                ended.append(each)
            elif each.state is State.OPEN:
                await self._posts.refresh(tx, each.id, now)
        return ended if going_on else None

    async def _next(self, session: AsyncSession, row: Giveaway) -> Giveaway | None:
        query = select(Giveaway).where(
            Giveaway.guild_id == row.guild_id,
            Giveaway.series_id == row.series_id,
            Giveaway.series_index > row.series_index,
            Giveaway.state == State.SCHEDULED,
        )
        return (await session.scalars(query.order_by(Giveaway.series_index).limit(1))).one_or_none()

    async def _note(
        self,
        tx: Transaction,
        row: Giveaway,
        kind: str,
        actor_id: int,
        facts: dict[str, Fact],
        now: datetime,
        texts: dict[str, str] | None = None,
    ) -> None:
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=row.guild_id,
                kind=kind,
                actor_id=actor_id,
                subject=f"giveaway:{row.number}",
                texts=texts or {},
                facts=facts,
            ),
            now=now,
        )


def read_reason(text: str) -> str:
    """Return a reason; raises BadInput when nothing of it can be seen or it is too long."""
    return seen(
        markup.clean(text),
        LONGEST_REASON,
        blank=t("giveaway.reason.blank"),
        too_long=lambda n: t("giveaway.reason.too_long", n=n, most=LONGEST_REASON),
    )


def _require_cancellable(row: Giveaway) -> None:
    if row.state is State.CANCELLED or (row.cancelled_at is not None and row.state is State.FROZEN):
        raise WrongState(t("giveaway.change.cancelled", number=str(row.number)))
    if row.state is State.DRAWN:
        raise WrongState(t("giveaway.cancel.drawn", number=str(row.number)))
    if row.state is State.EMPTY:
        raise WrongState(t("giveaway.cancel.empty", number=str(row.number)))


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())


def _facts(row: Giveaway, names: frozenset[str]) -> dict[str, Fact]:
    """Return what was changed, and the values that are no free text."""
    facts: dict[str, Fact] = {"what": ", ".join(sorted(names)), "revision": row.revision}
    if "winners" in names:
        facts["winners"] = row.winners
    if "starts" in names:
        facts["starts"] = time_text(row.starts_at)
    if names & {"ends", "runs"}:
        facts["ends"] = time_text(row.closes_at)
    return facts


def _texts(row: Giveaway, names: frozenset[str]) -> dict[str, str]:
    values = {"prize": row.prize, "description": row.description}
    return {name: value for name, value in values.items() if name in names and value}
