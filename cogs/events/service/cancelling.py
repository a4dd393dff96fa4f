"""Cancelling a date, that and all that follow, or the whole series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot.database import Transaction
from bot.drafting.reading import one_line, seen
from bot.errors import WrongState
from bot.guilds import config_of
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_organiser
from bot.posts import Posts
from cogs.events.rules.kinds import Scope
from cogs.events.rules.recurrence import cut_before
from cogs.events.service.dates import LIVE, Dates, rule_of
from cogs.events.service.diary import Diary
from cogs.events.service.following import Followers, Happening, News
from cogs.events.service.posting import Posting
from cogs.events.service.records import OccurrenceInfo, occurrence_info, occurrence_of
from cogs.events.service.roles import Taken, take_back
from cogs.events.service.seats import withdraw_offers
from cogs.events.tables import Event, EventState, Occurrence, OccurrenceState

if TYPE_CHECKING:
    from bot.app import Platform

LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What was cancelled: a date, and which others of its series with it."""

    info: OccurrenceInfo
    scope: Scope


class Cancelling:
    """Cancel dates; each of those who announced it edit their posts by it."""

    def __init__(
        self, platform: "Platform", posts: Posts, dates: Dates, posting: Posting, followers: Followers
    ) -> None:
        self._platform = platform
        self._posts = posts
        self._dates = dates
        self._posting = posting
        self._followers = followers
        self._diary = Diary(platform.ledger)

    async def cancel(self, actor: Actor, key: int, scope: Scope, reason: str, now: datetime) -> Cancelled:
        """Cancel for a reason; raises NotAllowed for who is no organiser, WrongState for what is over already."""
        said = read_reason(reason)
        async with self._platform.database.write() as tx:
            require_organiser(actor, await config_of(tx.session, actor.guild_id))
            whole = scope is not Scope.THIS
            row, event = await occurrence_of(tx.session, actor.guild_id, key, lock=True, whole=whole)
            if event.state is not EventState.LIVE or row.state not in LIVE:
                raise WrongState(t("event.cancel.over", title=event.title))
            return await self.cancel_within(tx, row, event, scope, said, actor.user_id, now)

    async def cancel_within(
        self,
        tx: Transaction,
        row: Occurrence,
        event: Event,
        scope: Scope,
        reason: str | None,
        actor_id: int | None,
        now: datetime,
    ) -> Cancelled:
        """Cancel in a transaction; *actor_id* is None where it was done in Discord by nobody we know."""
        if event.rule is None:
            scope = Scope.ALL
        gone = await self._of_scope(tx, row, event, scope)
        taken = [await self.cancel_one(tx, each, event, actor_id, reason, now, noted=True) for each in gone]
        if scope is Scope.FOLLOWING:
            self._cut(event, row, now)
        if scope is Scope.ALL:
            event.state, event.cancelled_at, event.cancelled_by = EventState.CANCELLED, now, actor_id
            event.cancel_reason = reason
        event.sequence, event.changed_at = event.sequence + 1, now
        await self._note(tx, row, event, scope, reason, actor_id, now)
        for each, roles in zip(gone, taken, strict=True):
            await self._diary.taken(tx, each, event, roles, now)
        await tx.session.flush()
        await self._posting.go_on(tx, event, now)
        tx.after_commit(self._platform.deliveries.wake)
        return Cancelled(occurrence_info(row, event), scope)

    async def cancel_one(
        self,
        tx: Transaction,
        row: Occurrence,
        event: Event,
        actor_id: int | None,
        reason: str | None,
        now: datetime,
        *,
        noted: bool = False,
    ) -> Sequence[Taken]:
        """Cancel a date: its posts say so, offers end, the role goes back; from whom, *noted* by the caller if so."""
        row.state, row.cancelled_at, row.cancelled_by = OccurrenceState.CANCELLED, now, actor_id
        row.cancel_reason = reason
        row.sequence, row.changed_at = row.sequence + 1, now
        await self._dates.unschedule(tx, row)
        await tx.session.flush()
        await tx.session.run_sync(lambda session: withdraw_offers(session.connection(), row.id))
        taken = await tx.session.run_sync(
            lambda session: take_back(session.connection(), row.id, None, now, noted=noted)
        )
        await self._posts.refresh(tx, row.id, now, new_files=True)
        await self._followers.tell(tx, News(Happening.CANCELLED, row, event, now, actor_id=actor_id))
        return taken

    async def _of_scope(self, tx: Transaction, row: Occurrence, event: Event, scope: Scope) -> Sequence[Occurrence]:
        if scope is Scope.THIS:
            return [row]
        query = select(Occurrence).where(Occurrence.event_id == event.id, Occurrence.state.in_(LIVE))
        if scope is Scope.FOLLOWING:
            query = query.where(Occurrence.slot >= row.slot)
        return (await tx.session.scalars(query.order_by(Occurrence.starts_at))).all()

    def _cut(self, event: Event, row: Occurrence, now: datetime) -> None:
        rule = rule_of(event)
        begins, slot = datetime.fromisoformat(event.begins), datetime.fromisoformat(row.slot)
        left = None if rule is None else cut_before(rule, begins, slot)
        if left is None:
            event.state, event.cancelled_at = EventState.CANCELLED, now
        else:
            event.rule = left.to_json()

    async def _note(
        self,
        tx: Transaction,
        row: Occurrence,
        event: Event,
        scope: Scope,
        reason: str | None,
        actor_id: int | None,
        now: datetime,
    ) -> None:
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=event.guild_id,
                kind="event.cancelled",
                actor_id=actor_id,
                subject=f"event:{event.number}",
                texts={"title": event.title} | ({"reason": reason} if reason else {}),
                facts={"scope": scope.value, "occurrence": row.ordinal},
            ),
            now=now,
        )


def read_reason(text: str) -> str:
    """Return a reason as one line; raises BadInput when nothing of it can be seen or it is too long."""
    return seen(
        one_line(text),
        LONGEST_REASON,
        blank=t("event.reason.blank"),
        too_long=lambda n: t("event.reason.too_long", n=n, most=LONGEST_REASON),
    )
