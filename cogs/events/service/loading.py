"""Reading what an occurrence's post shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.delivery import NEW_FILES, Delivery, Target
from bot.images import CheckedImage, load_image
from bot.posts import Post
from cogs.events.rules.kinds import Answer
from cogs.events.service.records import Counts, OccurrenceInfo, counts_of, occurrence_info
from cogs.events.tables import Event, Occurrence, OccurrenceState, Rsvp

# Names that fit a post; the rest is counted.
NAMES: Final = 40


@dataclass(frozen=True, slots=True)
class PostView:
    """A post: the date, the organiser's own words in this place, and the counts.

    ``names`` are empty unless the organiser shows them. ``closed`` is whether it is ahead and no answers are taken any
    more. ``new_picture`` is whether an edit replaces the picture, which otherwise stays as it is.
    """

    info: OccurrenceInfo
    title: str | None
    text: str | None
    counts: Counts
    names: Sequence[int]
    picture: CheckedImage | None
    closed: bool = False
    new_picture: bool = False


async def load_post(session: AsyncSession, delivery: Delivery) -> PostView | None:
    """Read what a post shows now; None once its occurrence is gone."""
    row = await session.get(Occurrence, delivery.subject)
    event = None if row is None else await session.get(Event, row.event_id)
    post = await session.get(Post, int(delivery.recipient))
    if row is None or event is None or post is None:
        return None
    view = await view_of(session, row, event, post)
    new = NEW_FILES in delivery.params
    return replace(view, new_picture=delivery.target is Target.EDIT and new)


async def view_of(session: AsyncSession, row: Occurrence, event: Event, post: Post | None = None) -> PostView:
    """Return what is shown of an occurrence, in the words of a post where one is given."""
    info = occurrence_info(row, event)
    names: Sequence[int] = ()
    if event.shows_names:
        going = select(Rsvp.user_id).where(Rsvp.occurrence_id == row.id, Rsvp.answer == Answer.GOING)
        names = (await session.scalars(going.order_by(Rsvp.answered_at, Rsvp.user_id).limit(NAMES))).all()
    return PostView(
        info,
        None if post is None else post.title,
        None if post is None else post.text,
        await counts_of(session, row.id),
        names,
        await load_image(session, info.details.picture_id),
        closed=row.state is OccurrenceState.OPEN and row.rsvp_closes_at <= clock.now(),
    )
