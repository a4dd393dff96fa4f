"""Announcements: made in every channel of a giveaway, remembered, and replaced when someone is forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.guilds import config_of
from bot.posts import UNKNOWN_MESSAGE, Posts, take_place
from cogs.giveaways.service.freezing import NEEDS, candidates
from cogs.giveaways.tables import Giveaway, GiveawayMessage

if TYPE_CHECKING:
    from bot.app import Platform

RESULT: Final = "giveaway.result"
PASSED_ON: Final = "giveaway.pass"
REMINDER: Final = "giveaway.claim_reminder"
# More mentions than this do not fit a message of 2 000 characters with its words.
MENTIONS: Final = 60
# Set on an announcement that may have been read before someone was forgotten, or before there was a proof to lead to:
# it is replaced once it is sent.
_STALE: Final = "stale"


def edit_kind(kind: str) -> str:
    """Return the kind of delivery that replaces announcements of a kind."""
    return f"{kind}_edit"


class Announcing:
    """Have something said in every channel of a giveaway; only the first one's mentions anyone and carries files."""

    def __init__(self, platform: "Platform", posts: Posts) -> None:
        self._platform = platform
        self._posts = posts

    async def put(
        self, tx: Transaction, row: Giveaway, kind: str, part: str, params: dict[str, Any], now: datetime
    ) -> None:
        """Write one announcement per channel; *part* tells several of one giveaway apart."""
        for index, (channel_id, language) in enumerate(await self.places(tx.session, row)):
            await self._platform.deliveries.put(
                tx,
                Parcel(
                    kind=kind,
                    subject=row.id,
                    recipient=f"{index}:{part}",
                    guild_id=row.guild_id,
                    target=Target.MESSAGE,
                    channel_id=channel_id,
                    language=language,
                    params={"first": index == 0, **params},
                    organiser_id=row.organiser_id,
                ),
                now,
            )

    async def places(self, session: AsyncSession, row: Giveaway) -> list[tuple[int | None, str]]:
        """Return the channels announcements go to, with their languages: those of the posts, else the first configured.

        A channel that is missing is looked for again when the announcement's turn comes.
        """
        posts = [post for post in await self._posts.of(session, row.id) if not post.lost]
        if posts:
            return [(post.channel_id, post.language) for post in posts]
        language = (await config_of(session, row.guild_id)).language
        return [(channel, language) for channel in (await candidates(session, row))[:1]] or [(None, language)]

    async def prepare(self, tx: Transaction, delivery: Delivery, now: datetime) -> str | None:
        """Send the first announcement to another channel when its own can take none any more."""
        row = await tx.session.get(Giveaway, delivery.subject)
        if row is None or not delivery.params.get("first"):
            return None
        channels = [delivery.channel_id, *await candidates(tx.session, row)]
        return take_place(self._platform.guilds, delivery, row.guild_id, channels, NEEDS)

    async def lock(self, tx: Transaction, subject: int) -> None:
        """Lock the giveaway whose announcement is settled, before its delivery: :meth:`republish` goes that way."""
        await tx.session.execute(select(Giveaway.id).where(Giveaway.id == subject).with_for_update())

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Remember where an announcement stands."""
        if outcome.state is not DeliveryState.SENT or outcome.message_id is None or delivery.channel_id is None:
            return
        params = dict(delivery.params)
        stale = params.pop(_STALE, False)
        message = GiveawayMessage(
            giveaway_id=delivery.subject,
            kind=delivery.kind,
            recipient=delivery.recipient,
            channel_id=delivery.channel_id,
            message_id=outcome.message_id,
            language=delivery.language,
            params=params,
        )
        tx.session.add(message)
        if stale:
            await self._replace(tx, delivery.guild_id, message, clock.now())

    async def edited(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Forget an announcement that was deleted by hand."""
        if outcome.state is DeliveryState.FAILED and outcome.error == UNKNOWN_MESSAGE:
            gone = GiveawayMessage.message_id == delivery.message_id
            await tx.session.execute(delete(GiveawayMessage).where(gone))

    async def republish(self, tx: Transaction, row: Giveaway, now: datetime) -> None:
        """Have every announcement of a giveaway, with the bundle on it, replaced by what is stored now."""
        await self._replace_all(tx, row, (RESULT, PASSED_ON, REMINDER), now)

    async def lead_to_proof(self, tx: Transaction, row: Giveaway, now: datetime) -> None:
        """Have the announcements in further channels lead to the first, which carries the bundle and was just sent."""
        await self._replace_all(tx, row, (RESULT,), now, but="0:%")

    async def _replace_all(
        self, tx: Transaction, row: Giveaway, kinds: Sequence[str], now: datetime, but: str | None = None
    ) -> None:
        """Replace what was sent, and what is on its way once it is there; *but* is a pattern of recipients left out."""
        sent = select(GiveawayMessage).where(GiveawayMessage.giveaway_id == row.id, GiveawayMessage.kind.in_(kinds))
        on_its_way = select(Delivery).where(
            Delivery.kind.in_(kinds),
            Delivery.subject == row.id,
            Delivery.state.not_in((DeliveryState.SENT, DeliveryState.DROPPED)),
        )
        if but is not None:
            sent = sent.where(GiveawayMessage.recipient.not_like(but))
            on_its_way = on_its_way.where(Delivery.recipient.not_like(but))
        for message in (await tx.session.scalars(sent.order_by(GiveawayMessage.id))).all():
            await self._replace(tx, row.guild_id, message, now)
        for delivery in (await tx.session.scalars(on_its_way.with_for_update())).all():
            delivery.params = {**delivery.params, _STALE: True}

    async def _replace(self, tx: Transaction, guild_id: int | None, message: GiveawayMessage, now: datetime) -> None:
        await self._platform.deliveries.put(
            tx,
            Parcel(
                kind=edit_kind(message.kind),
                subject=message.giveaway_id,
                recipient=message.recipient,
                guild_id=guild_id,
                target=Target.EDIT,
                channel_id=message.channel_id,
                message_id=message.message_id,
                language=message.language,
                params=message.params,
                replace=True,
            ),
            now,
        )
