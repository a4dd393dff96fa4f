"""Announcements: made in every channel of a giveaway, remembered, and replaced when someone is forgotten."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.delivery import Delivery
from bot.guilds import config_of
from bot.posts import Posts, take_place
from bot.sayings import Sayings
from cogs.giveaways.service.freezing import NEEDS, candidates
from cogs.giveaways.tables import Giveaway, GiveawayMessage

if TYPE_CHECKING:
    from bot.app import Platform

RESULT: Final = "giveaway.result"
PASSED_ON: Final = "giveaway.pass"
REMINDER: Final = "giveaway.claim_reminder"
# More mentions than this do not fit a message of 2 000 characters with its words.
MENTIONS: Final = 60


class Announcing(Sayings[Giveaway, GiveawayMessage]):
    """Announce results, what passed on, and reminders in every channel of a giveaway."""

    def __init__(self, platform: "Platform", posts: Posts) -> None:
        super().__init__(platform.deliveries, GiveawayMessage, GiveawayMessage.giveaway_id)
        self._platform = platform
        self._posts = posts

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

    async def republish(self, tx: Transaction, row: Giveaway, now: datetime) -> None:
        """Have every announcement of a giveaway, with the bundle on it, replaced by what is stored now."""
        await self.refresh(tx, row, (RESULT, PASSED_ON, REMINDER), now)

    async def lead_to_proof(self, tx: Transaction, row: Giveaway, now: datetime) -> None:
        """Have the announcements in further channels lead to the first, which carries the bundle and was just sent."""
        await self.refresh(tx, row, (RESULT,), now, but_first=True)
