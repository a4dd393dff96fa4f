"""Changing what was posted: one date, that and all that follow, or the whole series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.database import Transaction
from bot.errors import WrongState
from bot.i18n import t
from bot.ledger.rules import time_text
from bot.ledger.service import Entry
from bot.numbers import next_number
from bot.posts import Place, Posts
from bot.times import parse_zone
from cogs.events.rules.kinds import Scope
from cogs.events.rules.laying import lay
from cogs.events.rules.options import Proposal
from cogs.events.rules.recurrence import Span, cut_before, span
from cogs.events.rules.waiting import offer_until
from cogs.events.service.calls import call_again
from cogs.events.service.cancelling import Cancelling
from cogs.events.service.comparing import Common, Standing, common_of, differences, move, own_of, standing_of
from cogs.events.service.dates import AHEAD, MOST, Dates, announce_at, first_coming, leading, rule_of
from cogs.events.service.following import Followers, Happening, News
from cogs.events.service.posting import Posting, bring_in, new_event
from cogs.events.service.records import details_of, with_overrides
from cogs.events.service.roles import regive
from cogs.events.service.seats import OFFER_END, fill
from cogs.events.tables import KIND, Change, Event, Occurrence, OccurrenceState, Offer, OfferState

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change: the event that holds the date now, and whether those going are told."""

    event: Event
    occurrence: Occurrence
    anything: bool
    told: bool


class Changing:
    """Bring a draft's changes into an event. All of it happens in the transaction that is given."""

    def __init__(
        self,
        platform: "Platform",
        posts: Posts,
        dates: Dates,
        posting: Posting,
        cancelling: Cancelling,
        followers: Followers,
    ) -> None:
        self._platform = platform
        self._posts = posts
        self._dates = dates
        self._posting = posting
        self._cancelling = cancelling
        self._followers = followers

    async def change(
        self,
        tx: Transaction,
        row: Occurrence,
        event: Event,
        scope: Scope,
        proposal: Proposal,
        places: Sequence[Place],
        actor_id: int | None,
        now: datetime,
        names: frozenset[str] = frozenset(),
    ) -> Changed:
        """Change a date, or more of them; raises WrongState for one that has begun.

        Fewer places than are taken are possible: nobody loses theirs, and the next are given once there are any.

        *proposal* is the whole of what is wanted. Of a single date its title, texts, picture, place, times and
        capacity are taken; how often, roles and reminders belong to all dates. *actor_id* is None for a change made
        in Discord's own list of events, which does not say by whom. *names* are the options that were changed, for the
        log; when dates are announced is taken only where that is among them.
        """
        if row.state not in AHEAD or row.starts_at <= now:
            raise WrongState(t("event.change.begun", title=with_overrides(details_of(event), row.overrides).title))
        alone = scope is Scope.THIS and event.rule is not None
        ahead = [row] if alone else await self._ahead(tx, event, now)
        if scope is Scope.ALL:
            # What is said of all dates is said of the first of them: see options_of.
            row = leading(ahead, event, now)
        before = {each.id: standing_of(each, event) for each in ahead}
        series, role, common = event, event.going_role, common_of(row, event)
        if alone:
            await self._one(tx, row, event, proposal)
        else:
            if scope is Scope.FOLLOWING:
                event = await self._split(tx, row, event, proposal, places, now)
            else:
                bring_in(event, proposal, places)
            await self._lay_anew(tx, event, proposal, common, actor_id, now)
        await tx.session.flush()
        changed = told = False
        for each in ahead if alone else await self._ahead(tx, event, now):
            if each.state is OccurrenceState.OPEN and scope is not Scope.THIS:
                await self._posts.replan(tx, each.id, each.guild_id, places)
                await self._posts.publish(tx, each.id, organiser_id=event.organiser_id, now=now)
                if role != event.going_role:
                    await self._change_role(tx, each.id, event.going_role, now)
            said = await self._finish(tx, each, event, before.get(each.id), actor_id, now)
            changed |= said is not None
            told |= said is True
        event.sequence, event.changed_at = event.sequence + 1, now
        if "announce_at" in names:
            await self._announce_at(tx, event, row, scope, proposal, now)
        await self._note(tx, event, row, scope, actor_id, now, names)
        await self._posting.go_on(tx, event, now)
        if event is not series:
            # What is left of the old one may be over already.
            await self._posting.go_on(tx, series, now)
        tx.after_commit(self._platform.deliveries.wake)
        return Changed(event, row, changed, told)

    async def _one(self, tx: Transaction, row: Occurrence, event: Event, proposal: Proposal) -> None:
        """Give a date its own details and times."""
        wanted = {
            "title": proposal.title,
            "description": proposal.description,
            "bring": proposal.bring,
            "picture_id": proposal.picture_id,
            "where": proposal.where.value,
            "channel_id": proposal.channel_id,
            "place": proposal.place,
            "length_seconds": int(proposal.length.total_seconds()),
        }
        row.overrides = {name: value for name, value in wanted.items() if value != getattr(event, name)}
        row.capacity = proposal.capacity
        usual = span(datetime.fromisoformat(row.slot), timedelta(seconds=event.length_seconds), parse_zone(event.zone))
        move(row, proposal.first.starts_at, proposal.first.ends_at)
        row.moved = (row.starts_at, row.ends_at) != (usual.starts_at, usual.ends_at)
        row.rsvp_closes_at = row.starts_at - proposal.rsvp_lead

    async def _split(
        self,
        tx: Transaction,
        row: Occurrence,
        event: Event,
        proposal: Proposal,
        places: Sequence[Place],
        now: datetime,
    ) -> Event:
        """End the series before a date, and let a new one begin there; the first date has nothing before it."""
        rule, slot = rule_of(event), datetime.fromisoformat(row.slot)
        left = None if rule is None else cut_before(rule, datetime.fromisoformat(event.begins), slot)
        if left is None:
            bring_in(event, proposal, places)
            return event
        number = await next_number(tx, event.guild_id, KIND)
        following = new_event(event.guild_id, number, event.organiser_id, proposal, places, now)
        following.split_from, following.announce_lead_seconds = event.id, event.announce_lead_seconds
        tx.session.add(following)
        await tx.session.flush()
        event.rule = left.to_json()
        event.sequence, event.changed_at = event.sequence + 1, now
        moving = select(Occurrence).where(Occurrence.event_id == event.id, Occurrence.slot >= row.slot)
        for ordinal, each in enumerate((await tx.session.scalars(moving.order_by(Occurrence.slot))).all(), start=1):
            each.event_id, each.ordinal = following.id, ordinal
        await tx.session.flush()
        return following

    async def _lay_anew(
        self, tx: Transaction, event: Event, proposal: Proposal, common: Common, actor_id: int | None, now: datetime
    ) -> None:
        """Put the dates ahead where the rule wants them now; those left over are cancelled or go.

        Dates whose slot stays keep it; so do those that were moved by hand while the rule is what it was.
        """
        ahead = list(await self._ahead(tx, event, now))
        first = min(common.laid.anchor, proposal.first.slot).isoformat()
        not_ahead = (Occurrence.event_id == event.id, Occurrence.id.not_in([each.id for each in ahead]))
        off = (await tx.session.scalars(select(Occurrence).where(*not_ahead, Occurrence.slot >= first))).all()
        # A single date is at the very instants that were said, also where clocks show them twice.
        count = MOST + len(ahead) + len(off)
        coming = [proposal.first] if event.rule is None else first_coming(event, now, count)
        slot_of = {each.id: datetime.fromisoformat(each.slot) for each in (*ahead, *off)}
        slots_ahead, slots_off = ([slot_of[each.id] for each in rows] for rows in (ahead, off))
        laid = lay(common.laid, rule_of(event), coming, slots_ahead, slots_off)
        for each in (*ahead, *off):
            # So that no two have one slot for a moment.
            each.slot = f"~{each.id}"
        await tx.session.flush()
        left_over: list[Occurrence] = []
        for each in off:
            slot = slot_of[each.id]
            each.slot = (laid.to[slot].slot if slot in laid.to else slot).isoformat()
        for each in ahead:
            slot = slot_of[each.id]
            if slot in laid.to or slot in laid.stays:
                self._put(each, event, slot, laid.to.get(slot), common)
            else:
                left_over.append(each)
        taken = {each.slot for each in (*ahead, *off)}
        for each in left_over:
            # It stands for itself now; where it was, another may be.
            slot = slot_of[each.id]
            while slot.isoformat() in taken:
                slot += timedelta(seconds=1)
            each.slot = slot.isoformat()
            taken.add(each.slot)
        await self._drop(tx, left_over, event, actor_id, now)

    async def _drop(
        self, tx: Transaction, left_over: Sequence[Occurrence], event: Event, actor_id: int | None, now: datetime
    ) -> None:
        """Take out dates that have no place any more."""
        gone = [each for each in left_over if each.state is OccurrenceState.PLANNED]
        for each in gone:
            await self._dates.unschedule(tx, each)
            await tx.session.delete(each)
        await tx.session.flush()
        for each in left_over:
            if each not in gone:
                await self._cancelling.cancel_one(tx, each, event, actor_id, None, now)
        await tx.session.flush()

    def _put(self, row: Occurrence, event: Event, slot: datetime, target: Span | None, common: Common) -> None:
        """Give a date the place the rule has for it; what was said of it alone, and not of all now, stays its own."""
        row.overrides = own_of(row, event, common)
        lead = timedelta(seconds=event.rsvp_lead_seconds)
        if event.rsvp_lead_seconds == common.values["rsvp_lead_seconds"]:
            lead = row.starts_at - row.rsvp_closes_at
        if event.capacity != common.values["capacity"]:
            row.capacity = event.capacity
        if target is not None and not (row.moved and slot == target.slot and event.rule is not None):
            move(row, target.starts_at, target.ends_at)
            row.moved = False
            row.overrides = {name: row.overrides[name] for name in row.overrides if name != "length_seconds"}
        row.slot = (slot if target is None else target.slot).isoformat()
        row.rsvp_closes_at = row.starts_at - lead

    async def _finish(
        self,
        tx: Transaction,
        row: Occurrence,
        event: Event,
        before: Standing | None,
        actor_id: int | None,
        now: datetime,
    ) -> bool | None:
        """See to what follows from a date's change; True where those going are told, None where nothing differs."""
        after = standing_of(row, event)
        if before is None or after == before:
            return None
        if after == replace(before, remind=after.remind):
            # Nobody needs a notice: whoever is reminded is so at the new times.
            await self._followers.tell(tx, News(Happening.CHANGED, row, event, now, actor_id=actor_id))
            return False
        row.sequence, row.changed_at = row.sequence + 1, now
        await tx.session.flush()
        change = None
        differs = differences(before, after)
        if differs and row.state is OccurrenceState.OPEN:
            change = Change(
                occurrence_id=row.id,
                sequence=row.sequence,
                at=now,
                by=actor_id,
                before={name: pair[0] for name, pair in differs.items()},
                after={name: pair[1] for name, pair in differs.items()},
            )
            tx.session.add(change)
            await tx.session.flush()
        await self._dates.schedule(tx, row, now)
        await self._shorten_offers(tx, row, event, now)
        await tx.session.run_sync(lambda session: fill(session.connection(), row.id, now))
        # The picture, and the date as a file.
        files = (before.starts_at, before.ends_at, before.details) != (after.starts_at, after.ends_at, after.details)
        await self._posts.refresh(tx, row.id, now, new_files=files)
        await self._followers.tell(tx, News(Happening.CHANGED, row, event, now, change, actor_id))
        return change is not None

    async def _change_role(self, tx: Transaction, key: int, role: int | None, now: datetime) -> None:
        await tx.session.run_sync(lambda session: regive(session.connection(), key, role, now))

    async def _announce_at(
        self, tx: Transaction, event: Event, row: Occurrence, scope: Scope, proposal: Proposal, now: datetime
    ) -> None:
        """Plan when dates are announced that are not yet: as long before each as said of the first."""
        if scope is Scope.THIS and event.rule is not None:
            planned: Sequence[Occurrence] = [row]
        else:
            lead = proposal.announce_lead
            event.announce_lead_seconds = None if lead is None else int(lead.total_seconds())
            planned = await self._ahead(tx, event, now)
        for each in planned:
            if each.state is OccurrenceState.PLANNED:
                each.announce_at = proposal.announce_at if each is row else announce_at(event, each.starts_at)
                await self._dates.unschedule(tx, each)
                await self._dates.schedule(tx, each, now)
        await tx.session.flush()

    async def _shorten_offers(self, tx: Transaction, row: Occurrence, event: Event, now: datetime) -> None:
        """No offer outlasts the closing of answers; whoever has one is told of the time that is left."""
        late = (Offer.occurrence_id == row.id, Offer.state == OfferState.OPEN, Offer.until > row.rsvp_closes_at)
        for offer in (await tx.session.scalars(select(Offer).where(*late).order_by(Offer.id).with_for_update())).all():
            offer.until = offer_until(now, row.rsvp_closes_at, parse_zone(event.zone)) or row.rsvp_closes_at
            await self._platform.schedule.put(tx, OFFER_END, offer.id, offer.until, guild_id=row.guild_id)
            await tx.session.flush()
            if offer.until > now:
                await call_again(tx, offer, now)

    async def _ahead(self, tx: Transaction, event: Event, now: datetime) -> Sequence[Occurrence]:
        query = (
            select(Occurrence)
            .where(Occurrence.event_id == event.id, Occurrence.state.in_(AHEAD), Occurrence.starts_at > now)
            .order_by(Occurrence.id)
            .with_for_update()
        )
        return sorted((await tx.session.scalars(query)).all(), key=lambda each: (each.starts_at, each.id))

    async def _note(
        self,
        tx: Transaction,
        event: Event,
        row: Occurrence,
        scope: Scope,
        actor_id: int | None,
        now: datetime,
        names: frozenset[str],
    ) -> None:
        details = with_overrides(details_of(event), row.overrides)
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=event.guild_id,
                kind="event.edited",
                actor_id=actor_id,
                subject=f"event:{event.number}",
                texts={"title": details.title} | ({"place": details.place} if details.place else {}),
                facts={
                    **({"what": ", ".join(sorted(names))} if names else {}),
                    "scope": scope.value,
                    "occurrence": row.ordinal,
                    "starts": time_text(row.starts_at),
                    "ends": time_text(row.ends_at),
                },
            ),
            now=now,
        )
