"""Messages of a poll beside its posts: answers and reminders, remembered, and edited when what they say changes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Parcel
from bot.guilds import Purpose, config_of
from bot.permissions import POSTS
from bot.posts import Posts, take_place
from bot.sayings import Sayings
from cogs.polls.tables import Poll, PollMessage

if TYPE_CHECKING:
    from bot.app import Platform

ANSWER: Final = "poll.answer"
DONE: Final = "poll.done"
OWED: Final = "poll.owed"
KINDS: Final = (ANSWER, DONE, OWED)
GATHER: Final = timedelta(seconds=2)
FIRST_HOUR: Final = timedelta(hours=1)
LATER_GAP: Final = timedelta(minutes=1)


class Saying(Sayings[Poll, PollMessage]):
    """Have something said under a poll, in each of its channels and their languages, or in one."""

    def __init__(self, platform: "Platform", posts: Posts) -> None:
        super().__init__(platform.deliveries, PollMessage, PollMessage.poll_id)
        self._platform = platform
        self._posts = posts

    async def places(self, session: AsyncSession, row: Poll) -> list[tuple[int | None, str]]:
        """Return the channels of a poll with their languages; without any, the first that is configured for polls."""
        posts = [post for post in await self._posts.of(session, row.id) if not post.lost]
        if posts:
            return [(post.channel_id, post.language) for post in posts]
        config = await config_of(session, row.guild_id)
        return [(config.place(Purpose.POLLS) or config.place(Purpose.ANNOUNCEMENTS), config.language)]

    async def prepare(self, tx: Transaction, delivery: Delivery, now: datetime) -> str | None:
        """Send the first message to another channel when its own can take none any more."""
        row = await tx.session.get(Poll, delivery.subject)
        if row is None or not delivery.params.get("first"):
            return None
        config = await config_of(tx.session, row.guild_id)
        posts = [post.channel_id for post in await self._posts.of(tx.session, row.id)]
        configured = [config.place(Purpose.POLLS), config.place(Purpose.ANNOUNCEMENTS)]
        channels = [delivery.channel_id, *posts, *configured]
        return take_place(self._platform.guilds, delivery, row.guild_id, channels, POSTS)

    async def lock(self, tx: Transaction, subject: int) -> None:
        """Lock a poll before what was sent of it: whoever changes it marks what is on its way."""
        await tx.session.get(Poll, subject, with_for_update=True)

    async def count(self, tx: Transaction, row: Poll, kind: str, since: datetime, now: datetime) -> None:
        """Have counts on messages follow, soon in the first hour after *since*, at most once a minute later.

        The caller has locked what is counted for.
        """
        for message in await self.standing(tx.session, row.id, (kind,)):
            await follow(self._platform, tx, self.edit_of(message, row.guild_id), since, now)


async def follow(platform: "Platform", tx: Transaction, parcel: Parcel, since: datetime, now: datetime) -> None:
    """Put an edit that shows a count, unless one waits already: it will show what is stored when its turn comes."""
    query = select(Delivery.state, Delivery.sent_at).where(
        Delivery.kind == parcel.kind, Delivery.subject == parcel.subject, Delivery.recipient == parcel.recipient
    )
    before = (await tx.session.execute(query)).one_or_none()
    if before is not None and before.state is DeliveryState.PENDING:
        return
    soon = now + GATHER
    if before is not None and before.sent_at is not None and now - since >= FIRST_HOUR:
        soon = max(soon, before.sent_at + LATER_GAP)
    await platform.deliveries.put(tx, replace(parcel, not_before=soon), now)
