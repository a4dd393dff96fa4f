"""Posting: an event comes to be, each of its dates is announced in time, begins and ends."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot import clock
from bot.database import Transaction
from bot.ledger.rules import Fact, time_text
from bot.ledger.service import Entry
from bot.numbers import next_number
from bot.posts import Place, Posts
from bot.schedule import Due
from cogs.events.rules.options import Proposal
from cogs.events.service.dates import END, LIVE, Dates
from cogs.events.service.diary import ANNOUNCED, ENDED, STARTED, Diary
from cogs.events.service.following import Followers, Happening, News
from cogs.events.service.records import lock_date, places_of
from cogs.events.service.roles import take_back
from cogs.events.tables import KIND, Event, EventState, Occurrence, OccurrenceState

if TYPE_CHECKING:
    from bot.app import Platform


class Posting:
    """From a proposal to dates that are announced, take place, and are followed by the next."""

    def __init__(self, platform: "Platform", posts: Posts, dates: Dates, followers: Followers) -> None:
        self._platform = platform
        self._posts = posts
        self._dates = dates
        self._followers = followers
        self._diary = Diary(platform.ledger)

    async def post(
        self,
        tx: Transaction,
        guild_id: int,
        organiser_id: int,
        proposal: Proposal,
        places: Sequence[Place],
        now: datetime,
    ) -> tuple[Event, Occurrence]:
        """Write an event with its first dates, what is due, and the ledger's row; announce the first, or plan it."""
        event = new_event(guild_id, await next_number(tx, guild_id, KIND), organiser_id, proposal, places, now)
        tx.session.add(event)
        await tx.session.flush()
        first = await self._dates.write(tx, event, proposal.first, now)
        await self._dates.lay_ahead(tx, event, now)
        await self._note(tx, event, first, organiser_id, now)
        if first.announce_at is None:
            await self.announce(tx, first, event, now)
        return event, first

    async def announce(self, tx: Transaction, row: Occurrence, event: Event, now: datetime) -> None:
        """Announce a planned date in all its places."""
        row.state, row.announced_at = OccurrenceState.OPEN, now
        await tx.session.flush()
        await self._posts.plan(tx, row.id, row.guild_id, places_of(event))
        await self._posts.publish(tx, row.id, organiser_id=event.organiser_id, now=now)
        await self._dates.schedule(tx, row, now)
        await self._followers.tell(tx, News(Happening.ANNOUNCED, row, event, now))

    async def announce_due(self, due: Due) -> datetime | None:
        """Announce a date at its time; returns a later one when it was moved."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            found = await self._found(tx, due.subject)
            if found is None or found[0].state is not OccurrenceState.PLANNED or found[0].announce_at is None:
                return None
            row, event = found
            if row.announce_at is not None and row.announce_at > now:
                return row.announce_at
            if row.ends_at > now:
                due_at = row.announce_at
                await self.announce(tx, row, event, now)
                await self._diary.happened(tx, ANNOUNCED, row, event, now, due_at)
        return None

    async def close(self, due: Due) -> datetime | None:
        """Show on the posts that answers are closed."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            found = await self._found(tx, due.subject)
            if found is None or found[0].state is not OccurrenceState.OPEN:
                return None
            if found[0].rsvp_closes_at > now:
                return found[0].rsvp_closes_at
            await self._posts.refresh(tx, found[0].id, now)
        return None

    async def start(self, due: Due) -> datetime | None:
        """Have a date begin; one that was not announced yet is announced now, unless it is over by now."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            found = await self._found(tx, due.subject)
            if found is None or found[0].state not in (OccurrenceState.PLANNED, OccurrenceState.OPEN):
                return None
            row, event = found
            if row.starts_at > now:
                return row.starts_at
            unannounced = row.state is OccurrenceState.PLANNED and row.ends_at > now
            if unannounced:
                await self.announce(tx, row, event, now)
            row.state, row.started_at = OccurrenceState.RUNNING, now
            await tx.session.flush()
            await self._platform.schedule.put(tx, END, row.id, row.ends_at, guild_id=row.guild_id)
            await self._posts.refresh(tx, row.id, now)
            await self._followers.tell(tx, News(Happening.STARTED, row, event, now))
            if unannounced:
                await self._diary.happened(tx, ANNOUNCED, row, event, now, row.announce_at)
            await self._diary.happened(tx, STARTED, row, event, now, row.starts_at)
        return None

    async def end(self, due: Due) -> datetime | None:
        """Have a date end; the role goes back, and the next date is announced."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            found = await self._found(tx, due.subject)
            if found is None or found[0].state is not OccurrenceState.RUNNING:
                return None
            row, event = found
            if row.ends_at > now:
                return row.ends_at
            row.state = OccurrenceState.OVER
            await tx.session.flush()
            taken = await tx.session.run_sync(
                lambda session: take_back(session.connection(), row.id, None, now, noted=True)
            )
            tx.after_commit(self._platform.deliveries.wake)
            await self._posts.refresh(tx, row.id, now)
            await self._followers.tell(tx, News(Happening.ENDED, row, event, now))
            await self._diary.happened(tx, ENDED, row, event, now, row.ends_at)
            await self._diary.taken(tx, row, event, taken, now)
            await self.go_on(tx, event, now)
        return None

    async def go_on(self, tx: Transaction, event: Event, now: datetime) -> None:
        """See to what comes next in a series, after one of its dates ended, was moved or cancelled."""
        if event.state is not EventState.LIVE:
            return
        if event.rule is not None and event.organiser_id is not None:
            # A series ends with whoever answers for it: once the organiser is forgotten no further dates are laid.
            await self._dates.lay_ahead(tx, event, now)
        query = (
            select(Occurrence)
            .where(Occurrence.event_id == event.id, Occurrence.state.in_(LIVE))
            .order_by(Occurrence.starts_at, Occurrence.id)
        )
        first = (await tx.session.scalars(query.limit(1))).one_or_none()
        if first is None:
            event.state = EventState.OVER
        elif first.state is OccurrenceState.PLANNED and first.announce_at is None and first.ends_at > now:
            await self.announce(tx, first, event, now)
            await self._diary.happened(tx, ANNOUNCED, first, event, now, None)

    async def _found(self, tx: Transaction, key: int) -> tuple[Occurrence, Event] | None:
        return await lock_date(tx.session, key)

    async def _note(self, tx: Transaction, event: Event, first: Occurrence, actor_id: int, now: datetime) -> None:
        facts: dict[str, Fact] = {
            "starts": time_text(first.starts_at),
            "ends": time_text(first.ends_at),
            "where": event.where.value,
            "repeats": event.rule is not None,
        }
        if event.capacity is not None:
            facts["capacity"] = event.capacity
        if event.places:
            facts["channel"] = str(event.places[0]["channel_id"])
        texts = {"title": event.title, "description": event.description, "place": event.place}
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=event.guild_id,
                kind="event.posted",
                actor_id=actor_id,
                subject=f"event:{event.number}",
                texts={name: text for name, text in texts.items() if text},
                facts=facts,
            ),
            now=now,
        )


def new_event(
    guild_id: int, number: int, organiser_id: int | None, proposal: Proposal, places: Sequence[Place], now: datetime
) -> Event:
    """Return the row of a new event."""
    event = Event(
        guild_id=guild_id,
        number=number,
        uid=secrets.token_hex(16),
        state=EventState.LIVE,
        organiser_id=organiser_id,
        created_at=now,
        changed_at=now,
        sequence=0,
    )
    bring_in(event, proposal, places)
    lead = proposal.announce_lead
    event.announce_lead_seconds = None if lead is None else int(lead.total_seconds())
    return event


def bring_in(event: Event, proposal: Proposal, places: Sequence[Place]) -> None:
    """Set everything of an event that a draft says."""
    event.title, event.description, event.bring = proposal.title, proposal.description, proposal.bring
    event.picture_id = proposal.picture_id
    event.where, event.channel_id, event.place = proposal.where, proposal.channel_id, proposal.place
    event.zone, event.begins = proposal.zone, proposal.begins.isoformat()
    event.length_seconds = _seconds(proposal.length)
    event.rule = None if proposal.rule is None else proposal.rule.to_json()
    event.capacity, event.rsvp_role = proposal.capacity, proposal.rsvp_role
    event.rsvp_lead_seconds = _seconds(proposal.rsvp_lead)
    event.going_role, event.shows_names = proposal.going_role, proposal.shows_names
    event.remind = [_seconds(lead) for lead in proposal.remind]
    event.ping_role = proposal.ping
    event.places = [
        {"channel_id": place.channel_id, "language": place.language, "title": place.title, "text": place.text}
        for place in places
    ]


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
