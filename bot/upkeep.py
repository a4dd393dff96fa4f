"""Upkeep: who has left, what is kept no longer, what waits for permissions. Periodic, and safe to miss or repeat."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from bot import clock
from bot.absences import Absence, Presence
from bot.database import Database, Transaction
from bot.delivery import Deliveries, Delivery, DeliveryState, Target
from bot.drafts import expire_drafts
from bot.guilds import GuildRow
from bot.numbers import LastNumber
from bot.ports import Custodian
from bot.posts import Post
from bot.schedule import Deadline
from bot.sweep import Sweep, Sweeper

# Permission changes are told by the gateway; the hourly look is for those that were missed.
RETRIED_FOR: Final = timedelta(days=14)
DELIVERIES_KEPT: Final = timedelta(days=30)
ERASED_AFTER: Final = timedelta(days=30)

log = logging.getLogger(__name__)


class Upkeep:
    """Work that keeps the house, run by the schedule's periodic jobs."""

    def __init__(
        self,
        database: Database,
        deliveries: Deliveries,
        custodians: Sequence[Custodian],
        presence: Presence,
        sweeper: Sweeper,
    ) -> None:
        self._database = database
        self._deliveries = deliveries
        self._custodians = custodians
        self._presence = presence
        self._sweeper = sweeper

    async def compare_guilds(self, present: set[int], shard_count: int | None, shard_ids: Sequence[int] | None) -> None:
        """Note which servers removed the bot while it was away, and which came back.

        Only servers of the shards this process holds are judged; Discord has a server on shard (id >> 22) % count.
        """
        now = clock.now()
        count = shard_count or 1
        async with self._database.write() as tx:
            rows = (await tx.session.scalars(select(GuildRow).with_for_update())).all()
            for row in rows:
                if shard_ids is not None and (row.guild_id >> 22) % count not in shard_ids:
                    continue
                if row.guild_id in present:
                    row.left_at = None
                elif row.left_at is None:
                    row.left_at = now
            known = {row.guild_id for row in rows}
            for guild_id in present - known:
                tx.session.add(GuildRow(guild_id=guild_id, places={}, disabled=[], greeted=False))

    async def hourly(self) -> None:
        """Drop what is kept no longer, try again what waits, and take up the daily sweep where it is due."""
        now = clock.now()
        async with self._database.write() as tx:
            await expire_drafts(tx, now)
            await self._drop_old_deliveries(tx, now)
        await self._deliveries.retry(Delivery.target != Target.DIRECT, Delivery.created_at > now - RETRIED_FOR, now=now)
        await self._presence.flush()
        await self._erase_left_guilds(now)
        await self._sweeper.run()

    async def _drop_old_deliveries(self, tx: Transaction, now: datetime) -> None:
        ended = (DeliveryState.SENT, DeliveryState.DROPPED, DeliveryState.FAILED)
        await tx.session.execute(
            delete(Delivery).where(Delivery.state.in_(ended), Delivery.not_before < now - DELIVERIES_KEPT)
        )

    async def _erase_left_guilds(self, now: datetime) -> None:
        long_gone = GuildRow.left_at <= now - ERASED_AFTER
        async with self._database.read() as session:
            gone = (await session.scalars(select(GuildRow.guild_id).where(long_gone))).all()
        for guild_id in gone:
            try:
                await self._erase_guild(guild_id, now)
            except Exception:
                log.exception("server %s could not be erased; trying again in an hour", guild_id)

    async def _erase_guild(self, guild_id: int, now: datetime) -> None:
        """Erase everything of a server, unless the bot was invited again or another process has done it."""
        async with self._database.write() as tx:
            row = await tx.session.get(GuildRow, guild_id, with_for_update=True)
            if row is None or row.left_at is None or row.left_at > now - ERASED_AFTER:
                return
            for custodian in reversed(self._custodians):
                await custodian.erase_guild(tx, guild_id)
            for table in (Deadline, Delivery, Post, LastNumber, Absence, Sweep, GuildRow):
                await tx.session.execute(delete(table).where(table.guild_id == guild_id))
        log.info("a server that removed the bot 30 days ago was erased")
