"""Dates of events among Discord's own scheduled events: made once the announcement is there, and kept in step."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock, markup
from bot.database import Transaction, micros
from bot.delivery import OPEN_STATES, Delivery, DeliveryState, Outcome, Parcel, Target
from bot.guilds import row_for_update
from bot.i18n import Text, t
from bot.images import load_image
from bot.natives import (
    LONGEST_NAME,
    LONGEST_PLACE,
    NO_ROOM,
    UNKNOWN_NATIVE,
    NativeState,
    Phase,
    Venue,
    shown_description,
)
from cogs.events.rules.kinds import Where
from cogs.events.service.following import Happening, News
from cogs.events.service.records import OccurrenceInfo, occurrence_info, post_url
from cogs.events.tables import Event, Native, Occurrence, OccurrenceState
from cogs.events.tables import NativeState as Step

if TYPE_CHECKING:
    from bot.app import Platform

# With an occurrence as subject.
NATIVE: Final = "event.native"
# Discord takes a hundred a server; some are left to people.
MOST: Final = 90
FULL: Final = "native.full"
AWAY: Final = "away"
_TAKING_PLACE: Final = (OccurrenceState.OPEN, OccurrenceState.RUNNING)
_MIRRORED: Final = (Step.WANTED, Step.THERE, Step.REFUSED)


@dataclass(frozen=True, slots=True)
class MirrorView:
    """A date as it is shown among the scheduled events; ``ended`` takes it away."""

    info: OccurrenceInfo
    url: str
    place: str | None
    picture: bytes | None
    ended: bool

    @property
    def venue(self) -> Venue:
        match self.info.details.where:
            case Where.VOICE:
                return Venue.VOICE
            case Where.STAGE:
                return Venue.STAGE
            case _:
                return Venue.EXTERNAL

    @property
    def phase(self) -> Phase:
        return Phase.ACTIVE if self.info.state is OccurrenceState.RUNNING else Phase.SCHEDULED


class Mirroring:
    """Write what is wanted among the scheduled events: the nearest dates, and never more than 90."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def posted(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Mirror a date once one of its posts is there for the link to lead to; *delivery* is the post's."""
        if outcome.state is not DeliveryState.SENT or delivery.guild_id is None:
            return
        row = await tx.session.get(Occurrence, delivery.subject)
        if row is None or row.state is not OccurrenceState.OPEN:
            return
        if await tx.session.get(Native, row.id) is None:
            tx.session.add(Native(occurrence_id=row.id, guild_id=row.guild_id, state=Step.WANTED, shown={}))
            await tx.session.flush()
            await self.balance(tx, row.guild_id, clock.now())

    async def follow(self, tx: Transaction, news: News) -> None:
        """Bring a mirrored date up to date; what is over makes room for another."""
        if news.what in (Happening.PLANNED, Happening.ANNOUNCED):
            return
        native = await tx.session.get(Native, news.occurrence.id)
        if native is None or native.state is Step.GONE:
            return
        await self._put(tx, native, news.now)
        if news.what is not Happening.STARTED:
            await self.balance(tx, native.guild_id, news.now)

    async def balance(self, tx: Transaction, guild_id: int, now: datetime) -> None:
        """Have the nearest dates be there, and take away those for which there is no room.

        While the server's hundred are full, other people's included, only the nearest of those that were refused is
        tried: it gets what room there is.
        """
        query = (
            select(Native)
            .join(Occurrence, Occurrence.id == Native.occurrence_id)
            .where(Native.guild_id == guild_id, Native.state.in_(_MIRRORED), Occurrence.state.in_(_TAKING_PLACE))
            .order_by(Occurrence.starts_at, Occurrence.id)
        )
        on_its_way = select(Delivery.subject).where(
            Delivery.kind == NATIVE, Delivery.guild_id == guild_id, Delivery.state.in_(OPEN_STATES)
        )
        busy = set((await tx.session.scalars(on_its_way)).all())
        missing = list[Native]()
        for place, native in enumerate((await tx.session.scalars(query)).all()):
            if native.occurrence_id in busy:
                continue
            if place >= MOST and native.native_id is not None:
                await self._put(tx, native, now, away=True)
            elif place < MOST and native.native_id is None:
                missing.append(native)
        crowded = [native for native in missing if native.error == NO_ROOM]
        for native in missing:
            if native not in crowded[1:]:
                await self._put(tx, native, now)

    async def room_found(self, tx: Transaction, guild_id: int, now: datetime) -> None:
        """Try again what the server had no room for, if anything."""
        waiting = select(Native.occurrence_id).where(
            Native.guild_id == guild_id, Native.state.in_((Step.WANTED, Step.REFUSED)), Native.error == NO_ROOM
        )
        if (await tx.session.scalar(waiting.limit(1))) is not None:
            await self.balance(tx, guild_id, now)

    async def _yield_to(self, tx: Transaction, row: Occurrence, now: datetime) -> None:
        """Take the last of our dates away for a nearer one that found no room."""
        query = (
            select(Native)
            .join(Occurrence, Occurrence.id == Native.occurrence_id)
            .where(
                Native.guild_id == row.guild_id,
                Native.state == Step.THERE,
                Occurrence.state == OccurrenceState.OPEN,
                Occurrence.starts_at > row.starts_at,
            )
            .order_by(Occurrence.starts_at.desc(), Occurrence.id.desc())
            .limit(1)
        )
        last = (await tx.session.scalars(query)).one_or_none()
        if last is not None:
            await self._put(tx, last, now, away=True)

    async def _put(self, tx: Transaction, native: Native, now: datetime, *, away: bool = False) -> None:
        row = await tx.session.get(Occurrence, native.occurrence_id)
        event = None if row is None else await tx.session.get(Event, row.event_id)
        if row is None or event is None:
            return
        parcel = Parcel(
            kind=NATIVE,
            subject=row.id,
            guild_id=row.guild_id,
            target=Target.NATIVE,
            language="en",
            message_id=native.native_id,
            params={AWAY: True} if away else None,
            organiser_id=event.organiser_id,
            replace=True,
        )
        await self._platform.deliveries.put(tx, parcel, now)

    async def put_again(self, tx: Transaction, native: Native, now: datetime) -> None:
        """Write a date there once more as it is with us."""
        await self._put(tx, native, now)

    async def prepare(self, tx: Transaction, delivery: Delivery, now: datetime) -> str | None:
        """Wait where there is no room: never more than 90 at once, also while one is on its way."""
        if delivery.message_id is not None or delivery.guild_id is None or delivery.params.get(AWAY):
            return None
        await row_for_update(tx.session, delivery.guild_id)
        there = select(func.count()).where(Native.guild_id == delivery.guild_id, Native.native_id.is_not(None))
        under_way = select(func.count()).where(
            Delivery.guild_id == delivery.guild_id,
            Delivery.kind == NATIVE,
            Delivery.id != delivery.id,
            Delivery.message_id.is_(None),
            Delivery.since.is_not(None),
            Delivery.state.in_(OPEN_STATES),
        )
        n = ((await tx.session.scalar(there)) or 0) + ((await tx.session.scalar(under_way)) or 0)
        return FULL if n >= MOST else None

    async def load(self, session: AsyncSession, delivery: Delivery) -> MirrorView | None:
        """Read what is to be there; None where nothing is and nothing can be any more."""
        view = await self.view(session, delivery.subject, away=bool(delivery.params.get(AWAY)))
        nothing_there = delivery.message_id is None and delivery.since is None
        # Discord lets nothing begin in the past.
        if view is not None and nothing_there and (view.ended or view.info.starts_at <= clock.now()):
            return None
        return view

    async def view(self, session: AsyncSession, occurrence_id: int, *, away: bool = False) -> MirrorView | None:
        """Return a date as it is shown among the scheduled events."""
        row = await session.get(Occurrence, occurrence_id)
        event = None if row is None else await session.get(Event, row.event_id)
        if row is None or event is None:
            return None
        info = occurrence_info(row, event)
        url = await post_url(session, row) or markup.jump(row.guild_id, info.event.places[0].channel_id, 0)
        picture = await load_image(session, info.details.picture_id)
        place = info.details.place
        if info.details.where is Where.TEXT and info.details.channel_id is not None:
            channel = self._platform.guilds.channel(row.guild_id, info.details.channel_id)
            place = None if channel is None else f"#{channel.name}"
        ended = away or row.state not in _TAKING_PLACE
        return MirrorView(info, url, place, None if picture is None else picture.data, ended)

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Keep what Discord made of it, so that a change made there can be told from ours."""
        native = await tx.session.get(Native, delivery.subject)
        row = await tx.session.get(Occurrence, delivery.subject)
        if native is None or row is None:
            return
        on = row.state in _TAKING_PLACE
        match outcome.state:
            case DeliveryState.SENT if on and not delivery.params.get(AWAY) and outcome.message_id is not None:
                view = await self.view(tx.session, row.id)
                had_none = native.error == NO_ROOM
                native.native_id, native.state, native.error = outcome.message_id, Step.THERE, None
                native.shown = {} if view is None else shown(view)
                if had_none:
                    # There may be more room than this one took.
                    await self._make_room(tx, delivery)
            case DeliveryState.SENT | DeliveryState.DROPPED:
                # Displaced by a nearer date it is wanted again when there is room; otherwise it has had its time.
                displaced = on and bool(delivery.params.get(AWAY))
                native.native_id, native.state = None, Step.WANTED if displaced else Step.GONE
                native.error = NO_ROOM if displaced else None
                await self._make_room(tx, delivery)
            case DeliveryState.FAILED if outcome.error == UNKNOWN_NATIVE:
                delivery.state = DeliveryState.DROPPED
                native.native_id, native.state = None, Step.GONE
                await self._make_room(tx, delivery)
            case DeliveryState.FAILED:
                if outcome.error == FULL:
                    # Not a failure: it waits for its turn.
                    delivery.state = DeliveryState.DROPPED
                native.state, native.error = Step.REFUSED, outcome.error
                if outcome.error == NO_ROOM:
                    await self._yield_to(tx, row, clock.now())
            case _:
                pass

    async def _make_room(self, tx: Transaction, delivery: Delivery) -> None:
        await tx.session.flush()
        if delivery.guild_id is not None:
            await self.balance(tx, delivery.guild_id, clock.now())

    async def about(self, session: AsyncSession, delivery: Delivery) -> Text:
        """Say which date it is, for an organiser who is told that it could not be shown."""
        row = await session.get(Occurrence, delivery.subject)
        event = None if row is None else await session.get(Event, row.event_id)
        if row is None or event is None:
            return t("undelivered.native.some")
        return t("event.native.about", title=occurrence_info(row, event).details.title)


def shown(view: MirrorView) -> dict[str, Any]:
    """Return what of a date can be changed in Discord, as JSON values, as we write it there."""
    details = view.info.details
    in_channel = view.venue is not Venue.EXTERNAL
    return {
        "name": name_of(details.title),
        "description": shown_description(details.description or ""),
        "starts_at": micros(view.info.starts_at),
        "ends_at": micros(view.info.ends_at),
        "venue": int(view.venue),
        "channel_id": details.channel_id if in_channel else None,
        "place": None if in_channel else place_of(view),
    }


def seen(state: NativeState) -> dict[str, Any]:
    """Return the same of a scheduled event as Discord has it."""
    return {
        "name": state.name,
        "description": state.description,
        "starts_at": micros(state.starts_at),
        "ends_at": None if state.ends_at is None else micros(state.ends_at),
        "venue": int(state.venue),
        "channel_id": state.channel_id,
        "place": state.place,
    }


def name_of(title: str) -> str:
    """Return a title as a scheduled event's name."""
    return title if len(title) <= LONGEST_NAME else f"{title[: LONGEST_NAME - 1]}…"


def place_of(view: MirrorView) -> str:
    """Return a place as a scheduled event's, which must have one."""
    place = view.place or "–"
    return place if len(place) <= LONGEST_PLACE else f"{place[: LONGEST_PLACE - 1]}…"
