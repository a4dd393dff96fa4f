"""Where things are said of an announced date: the thread under each of its posts, else the post's channel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.posts import Post
from cogs.events.service.records import OccurrenceInfo, occurrence_info
from cogs.events.tables import KIND, Event, Occurrence, OccurrenceState, Thread

if TYPE_CHECKING:
    from bot.app import Platform

# With an occurrence as subject and a post as recipient.
THREAD: Final = "event.thread"
# People named in one message; Discord allows a hundred, and a message has 2 000 characters.
MENTIONS: Final = 50


@dataclass(frozen=True, slots=True)
class Voice:
    """A place to say something in, in its language; only the ``first`` mentions anybody."""

    post_id: int
    channel_id: int
    language: str
    first: bool


async def voices(session: AsyncSession, occurrence_id: int) -> Sequence[Voice]:
    """Return where something is said of an occurrence, a place for each post."""
    query = (
        select(Post, Thread.thread_id)
        .outerjoin(Thread, (Thread.post_id == Post.id) & Thread.lost.is_(False))
        .where(Post.kind == KIND, Post.subject == occurrence_id)
        .order_by(Post.id)
    )
    found = (await session.execute(query)).all()
    return [
        Voice(post.id, thread_id or post.channel_id, post.language, number == 0)
        for number, (post, thread_id) in enumerate(found)
    ]


def parts_for(people: int) -> int:
    """Return into how many messages that many mentions are split; at least one."""
    return max(1, -(-people // MENTIONS))


def in_part(user_id: int, part: int, parts: int) -> bool:
    """Whether a member is named in a part; the same one for good, whoever comes and goes meanwhile."""
    return (user_id >> 22) % parts == part


class Voices:
    """Open a thread under each post, and say things there, or in the channel when it is gone."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def posted(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Open the thread of a post that has just been sent; *delivery* is the post's."""
        if outcome.state is not DeliveryState.SENT or outcome.message_id is None:
            return
        post_id = int(delivery.recipient)
        if await tx.session.get(Thread, post_id) is None:
            tx.session.add(Thread(post_id=post_id, occurrence_id=delivery.subject))
        parcel = Parcel(
            kind=THREAD,
            subject=delivery.subject,
            recipient=delivery.recipient,
            guild_id=delivery.guild_id,
            target=Target.THREAD,
            channel_id=delivery.channel_id,
            message_id=outcome.message_id,
            language=delivery.language,
            organiser_id=delivery.organiser_id,
        )
        await self._platform.deliveries.put(tx, parcel, clock.now())

    async def load_thread(self, session: AsyncSession, delivery: Delivery) -> OccurrenceInfo | None:
        """Read what a thread is named after; None once nobody needs it."""
        row = await session.get(Occurrence, delivery.subject)
        event = None if row is None else await session.get(Event, row.event_id)
        if row is None or event is None or row.state not in (OccurrenceState.OPEN, OccurrenceState.RUNNING):
            return None
        return occurrence_info(row, event)

    async def thread_settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Keep the thread's id; None where a post can have no thread, and the channel serves."""
        thread = await tx.session.get(Thread, int(delivery.recipient))
        if thread is not None and outcome.state is DeliveryState.SENT:
            thread.thread_id, thread.lost = outcome.message_id, False

    async def put(
        self,
        tx: Transaction,
        parcel: Parcel,
        voice: Voice,
        now: datetime,
        *,
        part: int = 0,
        parts: int = 1,
        stamp: str = "",
    ) -> None:
        """Say something in a place, once for each *stamp*; :meth:`settled` is told how it ended."""
        said = replace(
            parcel,
            recipient=f"{voice.post_id}:{part}:{stamp}" if stamp else f"{voice.post_id}:{part}",
            target=Target.MESSAGE,
            channel_id=voice.channel_id,
            language=voice.language,
            params={"first": voice.first, "part": part, "parts": parts, **(parcel.params or {})},
        )
        await self._platform.deliveries.put(tx, said, now)

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Say in the channel what a thread that was deleted or locked did not take."""
        if outcome.state is not DeliveryState.FAILED or delivery.channel_id is None:
            return
        query = select(Thread, Post.channel_id).join(Post, Post.id == Thread.post_id)
        found = (await tx.session.execute(query.where(Thread.thread_id == delivery.channel_id))).one_or_none()
        if found is None:
            return
        thread, channel_id = found
        thread.lost, delivery.state = True, DeliveryState.DROPPED
        parcel = Parcel(
            kind=delivery.kind,
            subject=delivery.subject,
            recipient=f"{delivery.recipient}:channel",
            guild_id=delivery.guild_id,
            target=Target.MESSAGE,
            channel_id=channel_id,
            language=delivery.language,
            params=dict(delivery.params),
            organiser_id=delivery.organiser_id,
        )
        await self._platform.deliveries.put(tx, parcel, clock.now())
