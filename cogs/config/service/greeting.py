"""The offer of ``/config setup``: once in each server, in a channel on joining, or to the first moderator who comes."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, Transaction
from bot.delivery import Deliveries, Delivery, DeliveryState, Outcome, Parcel, Target
from bot.guilds import GuildConfig, config_of, row_for_update
from bot.people import Actor, Standing, standing
from bot.permissions import POSTS
from bot.ports import Guilds

WELCOME = "config.welcome"


class Greeter:
    """Sees to it that a server hears of the setup, and hears of it once.

    Not greeted --joined, a channel takes it--> greeted --refused for good--> not greeted
    Not greeted --a moderator's first command--> greeted
    """

    def __init__(self, database: Database, deliveries: Deliveries, guilds: Guilds) -> None:
        self._database = database
        self._deliveries = deliveries
        self._guilds = guilds
        # Servers known to be greeted, so that not every command asks the database.
        self._greeted: set[int] = set()

    async def joined(self, guild_id: int, locale: str, now: datetime) -> None:
        """Offer the setup in a channel of a server that has just invited the bot."""
        channel_id = self._guilds.greeting_channel(guild_id, POSTS)
        async with self._database.write() as tx:
            row = await row_for_update(tx.session, guild_id)
            row.locale = locale
            if row.greeted or channel_id is None:
                return
            row.greeted = True
            config = await config_of(tx.session, guild_id)
            parcel = Parcel(
                kind=WELCOME,
                subject=0,
                recipient=str(guild_id),
                guild_id=guild_id,
                target=Target.MESSAGE,
                language=config.language,
                channel_id=channel_id,
            )
            await self._deliveries.put(tx, parcel, now)

    async def owed(self, actor: Actor) -> bool:
        """Return whether this person is to be offered the setup now; asked again, the answer is no."""
        if actor.guild_id in self._greeted:
            return False
        async with self._database.read() as session:
            config = await config_of(session, actor.guild_id)
        if standing(actor, config) is not Standing.MODERATOR:
            return False
        self._greeted.add(actor.guild_id)
        async with self._database.write() as tx:
            row = await row_for_update(tx.session, actor.guild_id)
            before, row.greeted = row.greeted, True
            # What a channel refused is not posted any more, should it let us in one day.
            refused = (Delivery.kind == WELCOME, Delivery.guild_id == actor.guild_id)
            await tx.session.execute(delete(Delivery).where(*refused, Delivery.state == DeliveryState.FAILED))
        return not before

    async def load(self, session: AsyncSession, row: Delivery) -> GuildConfig | None:
        """Return the settings of the server that is greeted."""
        return None if row.guild_id is None else await config_of(session, row.guild_id)

    async def settled(self, tx: Transaction, row: Delivery, outcome: Outcome) -> None:
        """Greet again at the first command where no channel would have it."""
        if outcome.state is DeliveryState.FAILED and row.guild_id is not None:
            self._greeted.discard(row.guild_id)
            (await row_for_update(tx.session, row.guild_id)).greeted = False
