"""Answering an event, the line for a place, and offers: each answered after the commit."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot import clock, markup
from bot.errors import NotAllowed, NotFound, UserError, WrongState
from bot.i18n import t
from bot.people import Actor
from bot.schedule import Due
from cogs.events.rules.kinds import Answer
from cogs.events.rules.waiting import Wish
from cogs.events.service.records import Counts, OccurrenceInfo, counts_of, occurrence_info, occurrence_of
from cogs.events.service.seats import Replied, Reply, ReplyResult, lapse, reply
from cogs.events.tables import Rsvp

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What is said after a press: the answer that stands, what it was before, and what a member can do about it."""

    info: OccurrenceInfo
    answer: Answer
    changed: bool
    before: Answer | None
    position: int | None
    counts: Counts
    remind: bool


class Answering:
    """Members' side of an announced date."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def answer(self, actor: Actor, key: int, wish: Wish, now: datetime, *, taking: bool = False) -> AnswerView:
        """Take a member's answer; raises a UserError that says why it cannot be taken."""
        row = Reply(key, actor.guild_id, actor.user_id, actor.role_ids, wish, now, taking)
        result = await self._platform.writer.submit(reply, row)
        if result.outcome not in (Replied.DONE, Replied.SAME):
            raise await self._refusal(actor, key, result)
        if result.outcome is Replied.DONE:
            self._platform.schedule.wake()
            self._platform.deliveries.wake()
        return await self.view(actor, key, result)

    async def view(self, actor: Actor, key: int, result: ReplyResult) -> AnswerView:
        """Return what is said of an answer."""
        async with self._platform.database.read() as session:
            row, event = await occurrence_of(session, actor.guild_id, key)
            counts = await counts_of(session, key)
            rsvp = await session.get(Rsvp, (key, actor.user_id))
        return AnswerView(
            occurrence_info(row, event),
            result.answer or Answer.CANT,
            result.outcome is Replied.DONE,
            result.before,
            result.position,
            counts,
            remind=rsvp is not None and rsvp.remind,
        )

    async def remind(self, actor: Actor, key: int, now: datetime, *, wanted: bool) -> OccurrenceInfo:
        """Note whether a member wants to be reminded of a date they may come to; raises WrongState for others."""
        async with self._platform.database.write() as tx:
            row, event = await occurrence_of(tx.session, actor.guild_id, key)
            rsvp = await tx.session.get(Rsvp, (key, actor.user_id), with_for_update=True)
            if rsvp is None or rsvp.answer is Answer.CANT:
                raise WrongState(t("event.remind.no_answer"))
            if row.starts_at <= now:
                raise WrongState(t("event.answer.begun", title=event.title))
            rsvp.remind = wanted
            return occurrence_info(row, event)

    async def offer_ended(self, due: Due) -> datetime | None:
        """End an offer at its time and ask the next in line."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            again = await tx.session.run_sync(lambda session: lapse(session.connection(), due.subject, now))
            tx.after_commit(self._platform.deliveries.wake)
            tx.after_commit(self._platform.schedule.wake)
        return again

    async def _refusal(self, actor: Actor, key: int, result: ReplyResult) -> UserError:
        if result.outcome is Replied.NOT_THERE:
            return NotFound(t("event.not_found"))
        async with self._platform.database.read() as session:
            row, event = await occurrence_of(session, actor.guild_id, key)
        info = occurrence_info(row, event)
        title = info.details.title
        match result.outcome:
            case Replied.NOT_YET:
                return WrongState(t("event.answer.not_yet", title=title))
            case Replied.BARRED:
                return NotAllowed(t("event.answer.barred", role=markup.role(info.event.rsvp_role or 0)))
            case Replied.CLOSED:
                return WrongState(t("event.answer.closed", title=title, closed=info.rsvp_closes_at))
            case Replied.CANCELLED:
                return WrongState(t("event.answer.cancelled", title=title, reason=info.cancel_reason or ""))
            case Replied.NOT_OFFERED:
                return NotAllowed(t("event.answer.not_offered"))
            case _:
                return WrongState(t("event.answer.over", title=title))
