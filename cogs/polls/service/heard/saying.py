"""Messages of a poll beside its posts: answers and reminders, remembered, and edited when what they say changes."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.guilds import Purpose, config_of
from bot.permissions import POSTS
from bot.posts import UNKNOWN_MESSAGE, Posts, take_place
from cogs.polls.tables import Poll, PollMessage

if TYPE_CHECKING:
    from bot.app import Platform

ANSWER: Final = "poll.answer"
DONE: Final = "poll.done"
OWED: Final = "poll.owed"
KINDS: Final = (ANSWER, DONE, OWED)
# Set on a message that may have been read before something changed: it is edited once it is sent.
_STALE: Final = "stale"
GATHER: Final = timedelta(seconds=2)
FIRST_HOUR: Final = timedelta(hours=1)
LATER_GAP: Final = timedelta(minutes=1)


def edit_kind(kind: str) -> str:
    """Return the kind of delivery that edits messages of a kind."""
    return f"{kind}_edit"


class Saying:
    """Have something said under a poll, in each of its channels and their languages, or in one."""

    def __init__(self, platform: "Platform", posts: Posts) -> None:
        self._platform = platform
        self._posts = posts

    async def everywhere(
        self, tx: Transaction, row: Poll, kind: str, part: str, params: dict[str, Any], now: datetime
    ) -> None:
        """Write a message for each channel of a poll; *part* tells several of one kind apart."""
        for index, (channel_id, language) in enumerate(await self.places(tx.session, row)):
            place = (channel_id, language)
            await self.put(tx, row, kind, f"{index}:{part}", place, {"first": index == 0, **params}, now)

    async def put(
        self,
        tx: Transaction,
        row: Poll,
        kind: str,
        recipient: str,
        place: tuple[int | None, str],
        params: dict[str, Any],
        now: datetime,
    ) -> None:
        """Write one message."""
        parcel = Parcel(
            kind=kind,
            subject=row.id,
            recipient=recipient,
            guild_id=row.guild_id,
            target=Target.MESSAGE,
            channel_id=place[0],
            language=place[1],
            params=params,
            organiser_id=row.organiser_id,
        )
        await self._platform.deliveries.put(tx, parcel, now)

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

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Remember where a message stands."""
        if outcome.state is not DeliveryState.SENT or outcome.message_id is None or delivery.channel_id is None:
            return
        params = dict(delivery.params)
        stale = params.pop(_STALE, False)
        message = PollMessage(
            poll_id=delivery.subject,
            kind=delivery.kind,
            recipient=delivery.recipient,
            channel_id=delivery.channel_id,
            message_id=outcome.message_id,
            language=delivery.language,
            params=params,
        )
        tx.session.add(message)
        if stale:
            await self._edit(tx, delivery.guild_id, message, clock.now())

    async def edited(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Forget a message that was deleted by hand."""
        if outcome.state is DeliveryState.FAILED and outcome.error == UNKNOWN_MESSAGE:
            await tx.session.execute(delete(PollMessage).where(PollMessage.message_id == delivery.message_id))

    async def refresh(
        self, tx: Transaction, row: Poll, kinds: Collection[str], now: datetime, *, but_first: bool = False
    ) -> None:
        """Have the messages of a poll say what is stored now; one on its way is edited once it is there.

        ``but_first`` leaves those of the first channel as they are.
        """
        for message in await self._standing(tx.session, row.id, kinds):
            if not (but_first and message.params.get("first")):
                await self._edit(tx, row.guild_id, message, now)
        on_its_way = select(Delivery).where(
            Delivery.kind.in_(kinds),
            Delivery.subject == row.id,
            Delivery.state.not_in((DeliveryState.SENT, DeliveryState.DROPPED)),
        )
        for delivery in (await tx.session.scalars(on_its_way.with_for_update())).all():
            if not (but_first and delivery.params.get("first")):
                delivery.params = {**delivery.params, _STALE: True}

    async def count(self, tx: Transaction, row: Poll, kind: str, since: datetime, now: datetime) -> None:
        """Have counts on messages follow, soon in the first hour after *since*, at most once a minute later.

        The caller has locked what is counted for.
        """
        for message in await self._standing(tx.session, row.id, (kind,)):
            parcel = self._parcel(row.guild_id, message)
            await follow(self._platform, tx, parcel, since, now)

    async def _standing(self, session: AsyncSession, key: int, kinds: Collection[str]) -> Sequence[PollMessage]:
        query = select(PollMessage).where(PollMessage.poll_id == key, PollMessage.kind.in_(kinds))
        return (await session.scalars(query.order_by(PollMessage.id))).all()

    async def _edit(self, tx: Transaction, guild_id: int | None, message: PollMessage, now: datetime) -> None:
        await self._platform.deliveries.put(tx, self._parcel(guild_id, message), now)

    def _parcel(self, guild_id: int | None, message: PollMessage) -> Parcel:
        return Parcel(
            kind=edit_kind(message.kind),
            subject=message.poll_id,
            recipient=message.recipient,
            guild_id=guild_id,
            target=Target.EDIT,
            channel_id=message.channel_id,
            message_id=message.message_id,
            language=message.language,
            params=message.params,
            replace=True,
        )


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
