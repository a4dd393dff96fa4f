"""An event's post before it is posted, as it will look."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.images import load_image
from bot.posts import Place
from cogs.events.rules.kinds import Scope
from cogs.events.rules.options import Options, rsvp_lead
from cogs.events.rules.recurrence import Span
from cogs.events.service.loading import PostView, view_of
from cogs.events.service.records import Counts, Details, EventInfo, OccurrenceInfo
from cogs.events.tables import Event, EventState, Occurrence, OccurrenceState

# It is drawn when the event is posted.
TO_COME = "0" * 32


async def preview(
    session: AsyncSession,
    options: Options,
    place: Place,
    imagined: OccurrenceInfo,
    there: tuple[Occurrence, Event] | None,
) -> PostView:
    """Return the post of a date that is imagined, in a place; with the answers given where the date is *there*."""
    picture = await load_image(session, options.picture_id)
    if there is None:
        return PostView(imagined, place.title, place.text, Counts(), (), picture)
    view = await view_of(session, *there)
    return replace(view, info=imagined, title=place.title, text=place.text, picture=picture, closed=False)


def imagine(
    options: Options,
    guild_id: int,
    number: int,
    organiser_id: int | None,
    now: datetime,
    there: tuple[Occurrence, Event, Scope] | None,
) -> OccurrenceInfo | None:
    """Return the first date as it will be once it is announced; None while too little is said, or it makes no sense."""
    first = options.first()
    if options.title is None or options.where is None or first is None or first.ends_at <= first.starts_at:
        return None
    return OccurrenceInfo(
        id=0,
        event=_event(options, first, guild_id, number, organiser_id, now, there),
        ordinal=1 if there is None or there[2] is Scope.FOLLOWING else there[0].ordinal,
        # Whatever is announced later appears when it is open, so nobody sees it before.
        state=OccurrenceState.OPEN,
        slot=first.slot,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        rsvp_closes_at=first.starts_at - rsvp_lead(options, first.starts_at),
        announce_at=None,
        moved=False,
        details=_details(options),
        capacity=options.capacity,
        sequence=0,
        changed_at=now,
        announced_at=None,
        cancel_reason=None,
    )


def _event(
    options: Options,
    first: Span,
    guild_id: int,
    number: int,
    organiser_id: int | None,
    now: datetime,
    there: tuple[Occurrence, Event, Scope] | None,
) -> EventInfo:
    rule = options.rule()
    said = None if rule is None else rule.to_json()
    return EventInfo(
        id=0,
        guild_id=guild_id,
        number=number,
        uid=TO_COME,
        state=EventState.LIVE,
        organiser_id=organiser_id,
        details=_details(options),
        zone=options.zone,
        begins=first.slot,
        # A date changed alone stays one of its series.
        rule=there[1].rule if there is not None and there[2] is Scope.THIS else said,
        capacity=options.capacity,
        rsvp_role=options.rsvp_role,
        rsvp_lead=rsvp_lead(options, first.starts_at),
        going_role=options.going_role,
        shows_names=options.shows_names,
        remind=options.remind,
        ping_role=options.ping,
        places=(),
        announce_lead=None,
        sequence=0,
        created_at=now,
        changed_at=now,
        cancel_reason=None,
    )


def _details(options: Options) -> Details:
    if options.title is None or options.where is None:
        raise ValueError("an event without title or kind of place cannot be imagined")
    return Details(
        title=options.title,
        description=options.description,
        bring=options.bring,
        picture_id=options.picture_id,
        where=options.where,
        channel_id=options.channel,
        place=options.place,
        length=max(options.length(), timedelta(0)),
    )
