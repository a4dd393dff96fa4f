"""Reminders: in the thread or channel at the event's lead times, and to members at those they asked for; each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.direct import put_direct
from bot.preferences import LEADS, PreferenceRow
from bot.schedule import Due
from cogs.events.rules.kinds import Answer
from cogs.events.service.following import Happening, News
from cogs.events.service.records import OccurrenceInfo, occurrence_info, post_url
from cogs.events.service.voices import Voice, Voices, in_part, parts_for, voices
from cogs.events.tables import Event, Occurrence, OccurrenceState, Reminder, ReminderState, Rsvp

if TYPE_CHECKING:
    from bot.app import Platform

# A deadline, with an occurrence as subject.
REMIND: Final = "event.remind"
# With a reminder as subject.
IN_CHANNEL: Final = "event.reminder"
DIRECTLY: Final = "event.reminder_direct"
# Later than this, a reminder says that it is late.
LATE: Final = timedelta(minutes=5)
# Who was reminded of a date that is moved this much later is reminded of the new one as well.
ANEW: Final = timedelta(days=1)
_TAKING_PLACE: Final = (OccurrenceState.OPEN, OccurrenceState.RUNNING)


@dataclass(frozen=True, slots=True)
class ReminderView:
    """A reminder; ``begun`` and ``late`` are as of the moment it is sent."""

    info: OccurrenceInfo
    user_ids: Sequence[int]
    url: str | None
    begun: bool
    late: bool
    direct: bool


class Reminding:
    """Keep the reminders of a date, and say them when they are due."""

    def __init__(self, platform: "Platform", voices_: Voices) -> None:
        self._platform = platform
        self._voices = voices_

    async def follow(self, tx: Transaction, news: News) -> None:
        """Have reminders be due when a date is announced; move them with it, and drop them when it is off."""
        match news.what:
            case Happening.ANNOUNCED | Happening.CHANGED:
                if news.occurrence.state in _TAKING_PLACE:
                    await self._lay(tx, news.occurrence, news.event, news.now)
            case Happening.CANCELLED | Happening.ENDED:
                await self._platform.schedule.drop(tx, REMIND, news.occurrence.id)
                for each in await _due(tx.session, news.occurrence.id):
                    each.state = ReminderState.SKIPPED
            case _:
                pass

    async def _lay(self, tx: Transaction, row: Occurrence, event: Event, now: datetime) -> None:
        """Write the reminders of a date, one for each lead time anybody can have asked for."""
        query = select(Reminder).where(Reminder.occurrence_id == row.id, Reminder.user_id == 0)
        there = {each.lead_seconds: each for each in (await tx.session.scalars(query)).all()}
        for lead in {*event.remind, *(minutes * 60 for minutes in LEADS)}:
            due_at = row.starts_at - timedelta(seconds=lead)
            reminder = there.get(lead)
            if reminder is None:
                state = ReminderState.DUE if due_at > now else ReminderState.SKIPPED
                tx.session.add(Reminder(occurrence_id=row.id, user_id=0, lead_seconds=lead, due_at=due_at, state=state))
            elif reminder.state is not ReminderState.SAID:
                # One that is too late is not said: the notice of the change says it better. It is again once it is not.
                reminder.due_at = due_at
                reminder.state = ReminderState.DUE if due_at > now else ReminderState.SKIPPED
            elif due_at > now and due_at - reminder.due_at >= ANEW:
                reminder.due_at, reminder.state = due_at, ReminderState.DUE
                await self._take_back(tx, row.id, lead)
        await tx.session.flush()
        left = await _due(tx.session, row.id)
        if left:
            await self._platform.schedule.put(tx, REMIND, row.id, left[0].due_at, guild_id=row.guild_id)
        else:
            await self._platform.schedule.drop(tx, REMIND, row.id)

    async def _take_back(self, tx: Transaction, occurrence_id: int, lead: int) -> None:
        """Note that nobody was reminded yet of a date that is another day now."""
        theirs = (Reminder.occurrence_id == occurrence_id, Reminder.lead_seconds == lead, Reminder.user_id != 0)
        await tx.session.execute(update(Reminder).where(*theirs).values(state=ReminderState.SKIPPED))

    async def due(self, due: Due) -> datetime | None:
        """Say what is due for a date: of several for the same people, the one that is nearest to the start."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(Occurrence, due.subject, with_for_update=True)
            event = None if row is None else await tx.session.get(Event, row.event_id)
            if row is None or event is None:
                return None
            waiting = await _due(tx.session, row.id)
            ripe = [each for each in waiting if each.due_at <= now]
            on = row.state in _TAKING_PLACE and row.ends_at > now
            for each in ripe:
                each.state = ReminderState.SAID if on else ReminderState.SKIPPED
            if on and ripe:
                await self._say(tx, row, event, ripe, now)
            later = [each for each in waiting if each.due_at > now]
            return later[0].due_at if later and row.state in _TAKING_PLACE else None

    async def _say(
        self, tx: Transaction, row: Occurrence, event: Event, ripe: Sequence[Reminder], now: datetime
    ) -> None:
        leads = {each.lead_seconds: each for each in ripe}
        for_all = min((lead for lead in leads if lead in event.remind), default=None)
        personal = await self._ask(tx.session, row, event, set(leads))
        places = await voices(tx.session, row.id)
        mentioned: dict[int, int] = {}
        for user_id, lead in personal.items():
            if not await self._remind(tx, row, user_id, leads[lead], places, now):
                mentioned[lead] = mentioned.get(lead, 0) + 1
        for lead, reminder in leads.items():
            parcel = Parcel(
                IN_CHANNEL, reminder.id, row.guild_id, Target.MESSAGE, "en", organiser_id=event.organiser_id
            )
            parts = parts_for(mentioned.get(lead, 0))
            for voice in places:
                if lead == for_all or (voice.first and lead in mentioned):
                    for part in range(parts if voice.first else 1):
                        await self._voices.put(tx, parcel, voice, now, part=part, parts=parts, stamp=_stamp(reminder))

    async def _ask(self, session: AsyncSession, row: Occurrence, event: Event, leads: set[int]) -> Mapping[int, int]:
        """Return who asked to be reminded now, with the lead time that is nearest to the start."""
        query = (
            select(Rsvp.user_id, Rsvp.answer, Rsvp.remind, PreferenceRow.lead_times)
            .outerjoin(PreferenceRow, PreferenceRow.user_id == Rsvp.user_id)
            .where(Rsvp.occurrence_id == row.id, Rsvp.answer.in_((Answer.GOING, Answer.MAYBE)))
        )
        found: dict[int, int] = {}
        for user_id, answer, remind, minutes in await session.execute(query):
            own = {int(each) * 60 for each in minutes or ()}
            wanted = own or set(event.remind)
            if (remind or (own and answer is Answer.GOING)) and wanted & leads:
                found[user_id] = min(wanted & leads)
        return found

    async def _remind(
        self,
        tx: Transaction,
        row: Occurrence,
        user_id: int,
        reminder: Reminder,
        places: Sequence[Voice],
        now: datetime,
    ) -> bool:
        """Remind a member directly; returns whether that is possible. It is noted either way."""
        lead = reminder.lead_seconds
        query = select(Reminder).where(
            Reminder.occurrence_id == row.id, Reminder.user_id == user_id, Reminder.lead_seconds == lead
        )
        mine = (await tx.session.scalars(query)).one_or_none()
        if mine is None:
            mine = Reminder(occurrence_id=row.id, user_id=user_id, lead_seconds=lead)
            tx.session.add(mine)
        mine.due_at, mine.state = reminder.due_at, ReminderState.SAID
        await tx.session.flush()
        parcel = Parcel(
            kind=DIRECTLY,
            subject=mine.id,
            recipient=_stamp(reminder),
            guild_id=row.guild_id,
            target=Target.DIRECT,
            user_id=user_id,
            language=places[0].language if places else "en",
        )
        return await put_direct(self._platform.deliveries, tx, parcel, now)

    async def load(self, session: AsyncSession, delivery: Delivery) -> ReminderView | None:
        """Read a reminder as it is true now; None once the date is over, was cancelled, or nobody is left to remind."""
        reminder = await session.get(Reminder, delivery.subject)
        row = None if reminder is None else await session.get(Occurrence, reminder.occurrence_id)
        event = None if row is None else await session.get(Event, row.event_id)
        now = clock.now()
        if reminder is None or row is None or event is None or row.state not in _TAKING_PLACE or row.ends_at <= now:
            return None
        direct = delivery.target is Target.DIRECT
        people = [] if direct else await self._mentioned(session, reminder, delivery)
        if not direct and not people and reminder.lead_seconds not in event.remind:
            return None
        return ReminderView(
            occurrence_info(row, event),
            people,
            await post_url(session, row),
            begun=row.starts_at <= now,
            late=now - reminder.due_at > LATE,
            direct=direct,
        )

    async def _mentioned(self, session: AsyncSession, reminder: Reminder, delivery: Delivery) -> list[int]:
        """Return whom a reminder in the channel names: those who asked for it and take no direct messages."""
        if reminder.user_id:
            return [reminder.user_id]
        params = delivery.params
        if not params.get("first"):
            return []
        directly = select(Delivery.subject).where(
            Delivery.kind == DIRECTLY, Delivery.subject == Reminder.id, Delivery.recipient == _stamp(reminder)
        )
        query = select(Reminder.user_id).where(
            Reminder.occurrence_id == reminder.occurrence_id,
            Reminder.lead_seconds == reminder.lead_seconds,
            Reminder.user_id != 0,
            Reminder.state == ReminderState.SAID,
            ~directly.exists(),
        )
        found = (await session.scalars(query.order_by(Reminder.user_id))).all()
        return [user_id for user_id in found if in_part(user_id, params["part"], params["parts"])]

    async def direct_settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Remind in the thread when Discord does not let a direct message through."""
        reminder = await tx.session.get(Reminder, delivery.subject)
        if outcome.state is not DeliveryState.FAILED or reminder is None:
            return
        for voice in (await voices(tx.session, reminder.occurrence_id))[:1]:
            parcel = Parcel(IN_CHANNEL, reminder.id, delivery.guild_id, Target.MESSAGE, "en")
            await self._voices.put(tx, parcel, voice, clock.now(), stamp=_stamp(reminder))


def _stamp(reminder: Reminder) -> str:
    """Return what tells a reminder from one of the same date before it was moved to another day."""
    return str(int(reminder.due_at.timestamp()))


async def _due(session: AsyncSession, occurrence_id: int) -> Sequence[Reminder]:
    query = select(Reminder).where(
        Reminder.occurrence_id == occurrence_id, Reminder.user_id == 0, Reminder.state == ReminderState.DUE
    )
    return (await session.scalars(query.order_by(Reminder.due_at))).all()
