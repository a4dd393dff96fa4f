"""The breaker: when a cycle would take a role from too many at once, nothing is taken and a moderator is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.delivery import Delivery, Parcel, Target
from bot.errors import NotFound, WrongState
from bot.guilds import config_of
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_moderator
from cogs.wallets.rules.deciding import breaks
from cogs.wallets.service.applying import Found, Kept
from cogs.wallets.service.records import lock_server
from cogs.wallets.tables import KIND, BreakerState, Gate, GateBreaker, GateStanding

if TYPE_CHECKING:
    from bot.app import Platform

ASKED: Final = f"{KIND}.breaker"


@dataclass(frozen=True, slots=True)
class Allowed:
    """From whom roles may be taken, and the names of rules that were stopped."""

    takes: Sequence[Found]
    halted: list[str]


@dataclass(frozen=True, slots=True)
class BreakerView:
    """What a moderator is asked."""

    key: int
    rule: str
    role_id: int
    would_take: int
    holders: int


class Breakers:
    """Stop cycles that go too far, and take a moderator's answer."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def allowed(
        self,
        gates: Mapping[int, Gate],
        kept: Mapping[tuple[int, int], Kept],
        holders: Mapping[int, int],
        takes: Sequence[Found],
        now: datetime,
        *,
        whole: bool,
    ) -> Allowed:
        """Return which of *takes* may be done; *holders* counts grants by rule.

        *whole* is whether this was a recheck of the whole server.
        Who unlinked a wallet themselves never counts, and is never stopped.
        """
        leave: list[Found] = [each for each in takes if kept[each.gate_id, each.user_id].at_once]
        halted: list[str] = []
        by_gate: dict[int, list[Found]] = {key: [] for key in gates} if whole else {}
        for each in takes:
            if not kept[each.gate_id, each.user_id].at_once:
                by_gate.setdefault(each.gate_id, []).append(each)
        for gate_id, wanted in by_gate.items():
            if await self._may(gates[gate_id], len(wanted), holders.get(gate_id, 0), now, whole=whole):
                leave += wanted
            elif wanted:
                halted.append(gates[gate_id].name)
        return Allowed(leave, halted)

    async def _may(self, gate: Gate, wanted: int, holders: int, now: datetime, *, whole: bool) -> bool:
        async with self._platform.database.read() as session:
            row = await _breaker_of(session, gate.id)
        if row is None and not breaks(wanted, holders):
            return True
        async with self._platform.database.write() as tx:
            await lock_server(tx.session, gate.guild_id)
            if await tx.session.get(Gate, gate.id) is None:
                return False
            row = await _breaker_of(tx.session, gate.id)
            if row is not None and row.state is BreakerState.ALLOWED and wanted <= row.would_take:
                # A member's own refresh must not use up what was allowed to a whole recheck.
                row.would_take -= wanted
                if whole or not row.would_take:
                    await tx.session.delete(row)
                return True
            if not breaks(wanted, holders):
                if whole and row is not None:
                    await tx.session.delete(row)
                return row is None or whole
            if row is None or row.state is not BreakerState.ASKED:
                if row is not None:
                    await tx.session.delete(row)
                    await tx.session.flush()
                await self._ask(tx, gate, wanted, holders, now)
            else:
                row.would_take, row.holders = wanted, holders
            return False

    async def _ask(self, tx: Transaction, gate: Gate, wanted: int, holders: int, now: datetime) -> None:
        row = GateBreaker(gate_id=gate.id, guild_id=gate.guild_id, would_take=wanted, holders=holders, asked_at=now)
        tx.session.add(row)
        await tx.session.flush()
        config = await config_of(tx.session, gate.guild_id)
        if config.log_channel_id is not None:
            parcel = Parcel(
                ASKED, row.id, gate.guild_id, Target.MESSAGE, config.language, channel_id=config.log_channel_id
            )
            await self._platform.deliveries.put(tx, parcel, now)
        entry = Entry(
            gate.guild_id, "gate.halted", None, f"gate:{gate.number}", facts={"count": wanted, "entries": holders}
        )
        await self._platform.ledger.append(tx, entry, now=now)

    async def decide(self, actor: Actor, key: int, *, take: bool, now: datetime) -> BreakerView:
        """Take a moderator's answer; raises NotFound for a question that is over."""
        async with self._platform.database.write() as tx:
            require_moderator(actor, await config_of(tx.session, actor.guild_id))
            await lock_server(tx.session, actor.guild_id)
            row = await tx.session.get(GateBreaker, key, with_for_update=True)
            if row is None or row.guild_id != actor.guild_id:
                raise NotFound(t("gate.breaker.over"))
            if row.state is not BreakerState.ASKED:
                raise WrongState(t("gate.breaker.answered"))
            gate = await tx.session.get_one(Gate, row.gate_id)
            row.state = BreakerState.ALLOWED if take else BreakerState.KEPT
            row.decided_by, row.decided_at = actor.user_id, now
            if not take:
                await tx.session.execute(
                    update(GateStanding).where(GateStanding.gate_id == gate.id).values(negatives=0, grace_until=None)
                )
            entry = Entry(
                actor.guild_id,
                "gate.resumed",
                actor.user_id,
                f"gate:{gate.number}",
                facts={"status": row.state.value, "count": row.would_take},
            )
            await self._platform.ledger.append(tx, entry, now=now)
            view = _view(row, gate)
            if not take:
                await tx.session.execute(delete(GateBreaker).where(GateBreaker.id == row.id))
            return view

    async def load(self, session: AsyncSession, delivery: Delivery) -> BreakerView | None:
        """Return what is asked in the log channel; None once it is answered."""
        row = await session.get(GateBreaker, delivery.subject)
        gate = None if row is None else await session.get(Gate, row.gate_id)
        return None if row is None or gate is None else _view(row, gate)

    async def open(self, session: AsyncSession, guild_id: int) -> Sequence[BreakerView]:
        """Return what a moderator is asked in a server now."""
        query = (
            select(GateBreaker, Gate)
            .join(Gate, Gate.id == GateBreaker.gate_id)
            .where(GateBreaker.guild_id == guild_id, GateBreaker.state == BreakerState.ASKED)
            .order_by(GateBreaker.id)
        )
        return [_view(row, gate) for row, gate in (await session.execute(query)).all()]


async def _breaker_of(session: AsyncSession, gate_id: int) -> GateBreaker | None:
    return (await session.scalars(select(GateBreaker).where(GateBreaker.gate_id == gate_id))).one_or_none()


def _view(row: GateBreaker, gate: Gate) -> BreakerView:
    return BreakerView(row.id, gate.name, gate.role_id, row.would_take, row.holders)
