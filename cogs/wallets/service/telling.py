"""Role changes and messages to members: what a delivery still has to do, and what follows from its fate."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Target
from cogs.wallets.tables import Gate, GateGrant, GateStanding, GrantState

if TYPE_CHECKING:
    from bot.app import Platform

# Discord's "unknown member", "unknown role" and "unknown user": there is nothing to be changed any more.
GONE: Final = ("10007", "10011", "10013")
_MEANT: Final = {Target.ROLE_ADD: GrantState.GIVING, Target.ROLE_REMOVE: GrantState.TAKING}


@dataclass(frozen=True, slots=True)
class GraceView:
    """What a member is told when a role is about to go."""

    rule: str
    guild_name: str
    until: datetime


class Telling:
    """Load and settle the deliveries of gates."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def load_role(self, session: AsyncSession, delivery: Delivery) -> bool | None:
        """Return whether a role change is still wanted: None where it is not."""
        if delivery.params.get("final"):
            return True
        grant = await session.get(GateGrant, (delivery.subject, delivery.user_id))
        return True if grant is not None and grant.state is _MEANT[delivery.target] else None

    async def role_settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Note that a role was given or taken; what there is nothing to be changed about is forgotten."""
        grant = await tx.session.get(GateGrant, (delivery.subject, delivery.user_id), with_for_update=True)
        if grant is None:
            return
        if outcome.state is DeliveryState.FAILED and outcome.error in GONE:
            await tx.session.delete(grant)
        elif outcome.state is DeliveryState.SENT and grant.state is _MEANT[delivery.target]:
            if grant.state is GrantState.GIVING:
                grant.state = GrantState.GIVEN
            else:
                await tx.session.delete(grant)

    async def load_grace(self, session: AsyncSession, delivery: Delivery) -> GraceView | None:
        """Return what a member is told; None once it is no longer true."""
        standing = await session.get(GateStanding, (delivery.subject, delivery.user_id))
        gate = await session.get(Gate, delivery.subject)
        until = datetime.fromtimestamp(int(delivery.params["until"]), UTC)
        if standing is None or gate is None or standing.grace_until is None or delivery.guild_id is None:
            return None
        name = self._platform.guilds.guild_name(delivery.guild_id) or "?"
        return GraceView(gate.name, name, until)

    async def load_panel(self, session: AsyncSession, delivery: Delivery) -> bool:
        """The panel says the same whenever it is posted."""
        return True
