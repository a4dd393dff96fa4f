"""Posts: one giveaway, poll or event in up to five channels, each in its own language, with one list behind them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Key, Snowflake, Transaction
from bot.delivery import NEW_FILES, Deliveries, Delivery, DeliveryState, Outcome, Parcel, Target
from bot.ports import Guilds, Need

PLACES: Final = 5
# Edits of a post that was deleted by hand are refused with this; the post is then lost, not its subject.
UNKNOWN_MESSAGE: Final = "10008"
NO_CHANNEL: Final = "no_channel"


class Post(Base):
    """A subject's message in one channel.

    ``message_id`` is None until Discord has taken it. ``title`` and ``text`` are the organiser's own translation;
    None means the subject's own words. A post is ``lost`` when its message was deleted.
    """

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("kind", "subject", "channel_id"),)

    id: Mapped[Key]
    kind: Mapped[str]
    subject: Mapped[int]
    guild_id: Mapped[Snowflake]
    channel_id: Mapped[Snowflake]
    message_id: Mapped[Snowflake | None] = mapped_column(index=True)
    language: Mapped[str]
    title: Mapped[str | None]
    text: Mapped[str | None]
    lost: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where and in which language something is to be posted."""

    channel_id: int
    language: str
    title: str | None = None
    text: str | None = None


def take_place(
    guilds: Guilds, delivery: Delivery, guild_id: int, channels: Iterable[int | None], needs: Collection[Need]
) -> str | None:
    """Send a delivery to the first of these channels that can take it; returns why it waits where none can.

    What this process cannot see (a server on another one's shard) is left to Discord to refuse.
    """
    named = [channel_id for channel_id in channels if channel_id is not None]
    if guilds.known(guild_id):
        states = {channel_id: guilds.channel(guild_id, channel_id, needs) for channel_id in named}
        named = [key for key, state in states.items() if state is not None and state.is_postable and not state.missing]
    if not named:
        return NO_CHANNEL
    delivery.channel_id, delivery.lane = named[0], f"channel:{named[0]}"
    return None


class Posts:
    """Create and refresh the posts of a kind of subject.

    The kind ``<name>`` uses deliveries ``<name>.post`` (the message) and ``<name>.edit`` (bringing it up to date), both
    with the post's key as recipient; the feature registers how they are loaded and rendered, with :meth:`settled` for
    the former and :meth:`edited` for the latter.
    """

    def __init__(self, deliveries: Deliveries, name: str) -> None:
        self._deliveries = deliveries
        self.name = name

    async def plan(self, tx: Transaction, subject: int, guild_id: int, places: Sequence[Place]) -> list[Post]:
        """Write the posts of a subject; nothing is sent before :meth:`publish`."""
        made = [
            Post(
                kind=self.name,
                subject=subject,
                guild_id=guild_id,
                channel_id=place.channel_id,
                language=place.language,
                title=place.title,
                text=place.text,
            )
            for place in places[:PLACES]
        ]
        tx.session.add_all(made)
        await tx.session.flush()
        return made

    async def replan(self, tx: Transaction, subject: int, guild_id: int, places: Sequence[Place]) -> None:
        """Change where and how a subject is posted; a post that was sent, or may have been, stays where it is."""
        wanted = {place.channel_id: place for place in places[:PLACES]}
        for post in await self.of(tx.session, subject):
            place = wanted.pop(post.channel_id, None)
            if place is not None:
                post.language, post.title, post.text = place.language, place.title, place.text
            elif not await self._was_published(tx.session, post):
                await tx.session.delete(post)
        await tx.session.flush()
        await self.plan(tx, subject, guild_id, list(wanted.values()))

    async def publish(self, tx: Transaction, subject: int, *, organiser_id: int | None, now: datetime) -> None:
        """Have the posts of a subject sent that were only planned so far."""
        for post in await self.of(tx.session, subject):
            await self._deliveries.put(
                tx,
                Parcel(
                    kind=f"{self.name}.post",
                    subject=subject,
                    recipient=str(post.id),
                    guild_id=post.guild_id,
                    target=Target.MESSAGE,
                    channel_id=post.channel_id,
                    language=post.language,
                    organiser_id=organiser_id,
                ),
                now,
            )

    async def _was_published(self, session: AsyncSession, post: Post) -> bool:
        query = select(Delivery.id).where(
            Delivery.kind == f"{self.name}.post",
            Delivery.subject == post.subject,
            Delivery.recipient == str(post.id),
        )
        return (await session.scalar(query)) is not None

    async def of(self, session: AsyncSession, subject: int) -> list[Post]:
        """Return a subject's posts, in the order in which they were made."""
        query = select(Post).where(Post.kind == self.name, Post.subject == subject).order_by(Post.id)
        return list((await session.scalars(query)).all())

    async def refresh(
        self,
        tx: Transaction,
        subject: int,
        now: datetime,
        *,
        not_before: datetime | None = None,
        new_files: bool = False,
    ) -> None:
        """Have every post of a subject brought up to date; those not sent yet will be up to date when they are.

        With ``new_files`` pictures are sent anew, in place of those that are there.
        """
        for post in await self.of(tx.session, subject):
            if post.message_id is not None and not post.lost:
                await self._deliveries.put(tx, self.edit_of(post, not_before, new_files=new_files), now)
            elif new_files:
                await self._owe_files(tx, post)

    async def _owe_files(self, tx: Transaction, post: Post) -> None:
        """Note that a post which may be on its way was rendered with files that are none any more."""
        query = select(Delivery).where(
            Delivery.kind == f"{self.name}.post", Delivery.subject == post.subject, Delivery.recipient == str(post.id)
        )
        for delivery in (await tx.session.scalars(query)).all():
            delivery.params = {**delivery.params, NEW_FILES: True}

    def edit_of(self, post: Post, not_before: datetime | None = None, *, new_files: bool = False) -> Parcel:
        """Return the edit that brings a post up to date."""
        return Parcel(
            kind=f"{self.name}.edit",
            subject=post.subject,
            recipient=str(post.id),
            guild_id=post.guild_id,
            target=Target.EDIT,
            channel_id=post.channel_id,
            message_id=post.message_id,
            language=post.language,
            params={NEW_FILES: True} if new_files else None,
            not_before=not_before,
            replace=True,
        )

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """Keep the message's id; what changed since it was rendered follows as an edit."""
        if outcome.state is not DeliveryState.SENT or outcome.message_id is None:
            return
        post = await tx.session.get(Post, int(delivery.recipient))
        if post is not None:
            post.message_id = outcome.message_id
            edit = self.edit_of(post, now, new_files=NEW_FILES in delivery.params)
            await self._deliveries.put(tx, edit, now)

    async def edited(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Note a post whose message was deleted by hand."""
        if outcome.state is DeliveryState.FAILED and outcome.error == UNKNOWN_MESSAGE:
            await tx.session.execute(update(Post).where(Post.id == int(delivery.recipient)).values(lost=True))
