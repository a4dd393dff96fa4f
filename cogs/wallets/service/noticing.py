"""Notices what keeps rules from working, for moderators: roles that cannot be handled, rules that cannot be read."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot.verdict import Verdict
from cogs.wallets.service.applying import Applying
from cogs.wallets.service.positions import trouble_of
from cogs.wallets.tables import Gate, GateStanding, Trouble

if TYPE_CHECKING:
    from bot.app import Platform

# How long a rule may be unread of someone before moderators are told; a shorter outage mends itself.
UNREAD_FOR: Final = timedelta(hours=24)


class Noticing:
    """Write down what is wrong with rules when it begins, and when it is over."""

    def __init__(self, platform: "Platform", applying: Applying) -> None:
        self._platform = platform
        self._applying = applying

    async def roles(self, gates: Mapping[int, Gate], now: datetime, *, asked: bool) -> Mapping[int, Trouble]:
        """Notice roles that are gone or above the bot; nothing follows for these.

        That a role is fought over is taken back once a moderator asks for a recheck: it shows again if it goes on.
        """
        found: dict[int, Trouble] = {}
        for gate in gates.values():
            if not self._platform.guilds.known(gate.guild_id):
                found[gate.id] = Trouble.ROLE_GONE
                continue
            trouble = trouble_of(self._platform.guilds.role(gate.guild_id, gate.role_id))
            if trouble is not None:
                found[gate.id] = trouble
            elif gate.trouble is Trouble.UNREAD or (gate.trouble is Trouble.FOUGHT_OVER and not asked):
                continue
            if trouble is not gate.trouble:
                async with self._platform.database.write() as tx:
                    await self._applying.trouble(tx, gate, trouble, now)
        return found

    async def unread(self, guild_id: int, gates: Mapping[int, Gate], now: datetime) -> None:
        """Notice rules that have been unknown of a member for long; nobody loses a role by it, and nobody gets one."""
        long = select(GateStanding.gate_id).where(
            GateStanding.guild_id == guild_id,
            GateStanding.verdict == Verdict.UNKNOWN,
            GateStanding.since <= now - UNREAD_FOR,
        )
        async with self._platform.database.read() as session:
            stuck = set((await session.scalars(long.distinct())).all())
        for gate in gates.values():
            begins = gate.id in stuck and gate.trouble is None
            if begins or (gate.id not in stuck and gate.trouble is Trouble.UNREAD):
                async with self._platform.database.write() as tx:
                    await self._applying.trouble(tx, gate, Trouble.UNREAD if begins else None, now)
