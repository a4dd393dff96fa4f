"""Upkeep: who has left, what is kept no longer, what waits for permissions. Periodic, and safe to miss or repeat."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from bot import clock
from bot.database import Database, Transaction
from bot.delivery import Deliveries, Delivery, DeliveryState, Target
from bot.drafts import expire_drafts
from bot.guilds import GuildRow
from bot.ports import Custodian, Guilds

# Permission changes are told by the gateway; the hourly look is for those that were missed.
RETRIED_FOR: Final = timedelta(days=14)
DELIVERIES_KEPT: Final = timedelta(days=30)
ERASED_AFTER: Final = timedelta(days=30)

log = logging.getLogger(__name__)


class Upkeep:
    """Work that keeps the house, run by the schedule's periodic jobs."""

    def __init__(self, database: Database, deliveries: Deliveries, guilds: Guilds) -> None:
        self._database = database
        self._deliveries = deliveries
        self._guilds = guilds
        self.custodians: list[Custodian] = []

    async def compare_guilds(self, present: set[int], shard_count: int | None, shard_ids: Sequence[int] | None) -> None:
        """Note which servers removed the bot while it was away, and which came back.

        Only servers of the shards this process holds are judged; (id >> 22) % count is Discord's rule for which those are.
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
        """Drop what is kept no longer, and try again what waits."""
        now = clock.now()
        async with self._database.write() as tx:
            await expire_drafts(tx, now)
            await self._drop_old_deliveries(tx, now)
        await self._deliveries.retry(
            Delivery.target != Target.DIRECT, Delivery.created_at > now - RETRIED_FOR, now=now
        )
        await self._erase_left_guilds(now)

    async def _drop_old_deliveries(self, tx: Transaction, now: datetime) -> None:
        ended = (DeliveryState.SENT, DeliveryState.DROPPED, DeliveryState.FAILED)
        await tx.session.execute(
            delete(Delivery).where(Delivery.state.in_(ended), Delivery.not_before < now - DELIVERIES_KEPT)
        )

    async def _erase_left_guilds(self, now: datetime) -> None:
        async with self._database.read() as session:
            gone = (await session.scalars(select(GuildRow.guild_id).where(GuildRow.left_at < now - ERASED_AFTER))).all()
        for guild_id in gone:
            async with self._database.write() as tx:
                for custodian in self.custodians:
                    await custodian.erase_guild(tx, guild_id)
                await tx.session.execute(delete(Delivery).where(Delivery.guild_id == guild_id))
                await tx.session.execute(delete(GuildRow).where(GuildRow.guild_id == guild_id))
            log.info("a server that removed the bot 30 days ago was erased")
