"""When a server is rechecked next: a deadline there is whenever wallets are on and there are rules."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot.database import Transaction
from bot.guilds import Feature, GuildConfig, config_of
from bot.schedule import Deadline, DeadlineState
from cogs.wallets.service.records import lock_server
from cogs.wallets.tables import Gate

if TYPE_CHECKING:
    from bot.app import Platform

RECHECK: Final = "gate.recheck"
EVERY: Final = timedelta(hours=6)


class Planning:
    """Keep each server's recheck on the schedule; turning wallets off takes it away where a moderator wants that."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def plan(self, tx: Transaction, guild_id: int, due_at: datetime) -> None:
        """Have a server rechecked at *due_at*, unless that is planned already, wallets are off, or it has no rules."""
        server = await lock_server(tx.session, guild_id)
        if server is None or not (await config_of(tx.session, guild_id)).enabled(Feature.WALLETS):
            return
        if (await tx.session.scalars(select(Gate.id).where(Gate.guild_id == guild_id).limit(1))).first() is None:
            return
        waiting = select(Deadline.id).where(
            Deadline.kind == RECHECK, Deadline.subject == server.id, Deadline.state == DeadlineState.PENDING
        )
        # One that runs now may have found no rules, and would end without another.
        if (await tx.session.scalars(waiting)).first() is None:
            due_at += timedelta(seconds=server.spread)
            await self._platform.schedule.put(tx, RECHECK, server.id, due_at, guild_id=guild_id)

    async def config_changed(self, tx: Transaction, config: GuildConfig, now: datetime) -> None:
        """Take rechecks up again once wallets are turned on; what was missed is done soon."""
        await self.plan(tx, config.guild_id, now)
