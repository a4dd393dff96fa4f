"""What people do in Discord's own list of events: changed, cancelled or deleted there, the bot follows."""

import logging
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from bot.database import Transaction, instant
from bot.delivery import OPEN_STATES, Delivery, DeliveryState
from bot.errors import UserError
from bot.i18n import languages, plain
from bot.ledger.service import Entry
from bot.natives import NativeState, Phase, Venue
from bot.times import FURTHEST
from cogs.events.rules.kinds import Scope, Where
from cogs.events.rules.options import WHERE_NAMES, Options, review
from cogs.events.rules.reading import read_description, read_place, read_title
from cogs.events.service.cancelling import Cancelling
from cogs.events.service.changing import Changing
from cogs.events.service.mirroring import NATIVE, Mirroring, seen, shown
from cogs.events.service.records import lock_date, places_of
from cogs.events.service.standing import options_of
from cogs.events.tables import Event, Native, Occurrence, OccurrenceState
from cogs.events.tables import NativeState as Step

if TYPE_CHECKING:
    from bot.app import Platform

_WHERE: Final = {Venue.VOICE: Where.VOICE, Venue.STAGE: Where.STAGE}
_TAKING_PLACE: Final = (OccurrenceState.OPEN, OccurrenceState.RUNNING)

log = logging.getLogger(__name__)


class HandEdits:
    """Follow changes of mirrored dates that were not ours; who made them, Discord does not say."""

    def __init__(self, platform: "Platform", mirroring: Mirroring, changing: Changing, cancelling: Cancelling) -> None:
        self._platform = platform
        self._mirroring = mirroring
        self._changing = changing
        self._cancelling = cancelling

        # Of which something was noticed while a write of ours was on its way.
        self._again: set[int] = set()

    async def noticed(self, guild_id: int, state: NativeState, now: datetime) -> None:
        """Look at a scheduled event that the gateway says was changed.

        What the gateway tells may be older than our own last write, so Discord is asked how it stands, but for an end,
        which is final.
        """
        async with self._platform.database.read() as session:
            query = select(Native.occurrence_id).where(Native.native_id == state.native_id)
            if (await session.scalar(query)) is None:
                return
        if state.phase.is_final:
            await self.changed(state, now)
        else:
            await self._look(guild_id, state.native_id, now)

    async def room_found(self, guild_id: int, now: datetime) -> None:
        """Show what there was no room for: one of the server's scheduled events, whosoever's, is over or deleted."""
        async with self._platform.database.write() as tx:
            await self._mirroring.room_found(tx, guild_id, now)

    async def written(self, guild_id: int, native_id: int, now: datetime) -> None:
        """Look again, after a write of ours, at what was noticed while it was on its way."""
        if native_id in self._again:
            self._again.discard(native_id)
            await self._look(guild_id, native_id, now)

    async def _look(self, guild_id: int, native_id: int, now: datetime) -> None:
        try:
            state = await self._platform.natives.fetch(guild_id, native_id)
        except OSError as error:
            log.warning("%s; it is looked at again at the next connection", error)
            return
        if state is None:
            await self.deleted(native_id, now)
        else:
            await self.changed(state, now)

    async def changed(self, state: NativeState, now: datetime) -> None:
        """Follow a scheduled event as Discord has it now; one that is not a mirror of ours is left alone.

        While a write of ours is on its way nothing is concluded; :meth:`written` looks again when it is done.
        """
        async with self._platform.database.write() as tx:
            found = await self._mirrored(tx, state.native_id)
            if found is None:
                return
            native, row, event = found
            if row.state not in _TAKING_PLACE:
                return
            if await self._under_way(tx, row.id):
                self._again.add(state.native_id)
                return
            match state.phase:
                case Phase.CANCELLED:
                    await self._forget(tx, native)
                    await self._cancelling.cancel_within(tx, row, event, Scope.THIS, None, None, now)
                case Phase.COMPLETED:
                    await self._forget(tx, native)
                case _:
                    await self._follow(tx, native, row, event, state, now)

    async def deleted(self, native_id: int, now: datetime) -> None:
        """Note that a mirror was deleted by hand: the event goes on without it, and the log says so."""
        async with self._platform.database.write() as tx:
            found = await self._mirrored(tx, native_id)
            if found is None:
                return
            native, row, event = found
            if row.state not in _TAKING_PLACE or await self._under_way(tx, row.id):
                return
            await self._forget(tx, native)
            facts = {"occurrence": row.ordinal}
            entry = Entry(event.guild_id, "event.unlisted", None, f"event:{event.number}", facts=facts)
            await self._platform.ledger.append(tx, entry, now=now)
            await self._mirroring.balance(tx, native.guild_id, now)

    async def reconcile(self, guild_id: int, now: datetime) -> None:
        """Follow what happened to a server's scheduled events while we were not connected."""
        listed = self._platform.natives.listed(guild_id)
        if listed is None:
            return
        async with self._platform.database.read() as session:
            query = select(Native.native_id).where(Native.guild_id == guild_id, Native.state == Step.THERE)
            ours = {native_id for native_id in (await session.scalars(query)).all() if native_id is not None}
        there = {state.native_id: state for state in listed}
        for native_id in sorted(ours):
            state = there.get(native_id)
            if state is None:
                await self._look(guild_id, native_id, now)
            else:
                await self.changed(state, now)
        # A permission may have come while nobody told us.
        refused = (Delivery.kind == NATIVE, Delivery.guild_id == guild_id, Delivery.state == DeliveryState.FAILED)
        await self._platform.deliveries.retry(*refused, now=now)

    async def guilds(self) -> list[int]:
        """Return the servers that have mirrored dates."""
        async with self._platform.database.read() as session:
            query = select(Native.guild_id).where(Native.state != Step.GONE).distinct()
            return list((await session.scalars(query)).all())

    async def _mirrored(self, tx: Transaction, native_id: int) -> tuple[Native, Occurrence, Event] | None:
        query = select(Native).where(Native.native_id == native_id, Native.state == Step.THERE)
        native = (await tx.session.scalars(query.with_for_update())).one_or_none()
        found = None if native is None else await lock_date(tx.session, native.occurrence_id)
        return None if native is None or found is None else (native, *found)

    async def _under_way(self, tx: Transaction, occurrence_id: int) -> bool:
        query = select(Delivery.id).where(
            Delivery.kind == NATIVE, Delivery.subject == occurrence_id, Delivery.state.in_(OPEN_STATES)
        )
        return (await tx.session.scalar(query)) is not None

    async def _forget(self, tx: Transaction, native: Native) -> None:
        native.state, native.native_id = Step.GONE, None
        await tx.session.flush()

    async def _follow(
        self, tx: Transaction, native: Native, row: Occurrence, event: Event, state: NativeState, now: datetime
    ) -> None:
        view = await self._mirroring.view(tx.session, row.id)
        if view is None:
            return
        theirs, ours, known = seen(state), shown(view), native.shown
        edited = {
            name: value
            for name, value in theirs.items()
            if value is not None and value != known.get(name) and value != ours[name]
        }
        if view.place is None and theirs["place"] in _names_of(view.info.details.where):
            # Discord wants a place of everything: without one it has the name of its kind from us.
            edited.pop("place", None)
        if not edited:
            return
        try:
            options = with_edits(options_of(row, event, Scope.THIS), edited, theirs)
            found = review(options, now, row.announced_at)
            far = options.starts is not None and options.starts - now > FURTHEST
            if found.proposal is None or far or row.state is not OccurrenceState.OPEN:
                log.info("an edit of scheduled event %s cannot be followed", state.native_id)
                await self._mirroring.put_again(tx, native, now)
                return
            # A savepoint, since a change that is refused half way must leave nothing behind.
            async with tx.session.begin_nested():
                places = places_of(event)
                done = await self._changing.change(tx, row, event, Scope.THIS, found.proposal, places, None, now)
            if not done.anything:
                # Read as we read everything that is typed it was no change, but it stands there otherwise.
                await self._mirroring.put_again(tx, native, now)
        except UserError as refusal:
            log.info("an edit of scheduled event %s was refused: %s", state.native_id, refusal)
            await tx.session.refresh(native)
            await self._mirroring.put_again(tx, native, now)


def _names_of(where: Where) -> set[str]:
    return {plain(language, WHERE_NAMES[where]) for language in languages()}


def with_edits(options: Options, edited: dict[str, Any], theirs: dict[str, Any]) -> Options:
    """Return a date's options with what was edited in Discord; *theirs* is the whole of what stands there.

    Texts are read as those that are typed in a draft; raises BadInput for one that would not be taken there.
    """
    changes: dict[str, Any] = {}
    if "name" in edited:
        changes["title"] = read_title(edited["name"])
    if "description" in edited:
        changes["description"] = read_description(edited["description"]) if edited["description"] else None
    if "starts_at" in edited:
        changes["starts"] = instant(edited["starts_at"])
    if "ends_at" in edited or "starts_at" in edited:
        changes["ends"] = None if theirs["ends_at"] is None else instant(theirs["ends_at"])
    if edited.keys() & {"venue", "channel_id", "place"}:
        venue = Venue(theirs["venue"])
        stays = options.where in (Where.ONLINE, Where.IN_PERSON)
        changes["where"] = _WHERE.get(venue) or (options.where if stays else Where.ONLINE)
        changes["channel"] = None if venue is Venue.EXTERNAL else theirs["channel_id"]
        external = venue is Venue.EXTERNAL
        changes["place"] = read_place(theirs["place"]) if external and theirs["place"] else None
    return replace(options, **changes)
