"""What stands in the database when a recheck begins, as plain values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.guilds import config_of
from bot.verdict import Verdict
from cogs.wallets.rules.terms import Rule
from cogs.wallets.service.measuring import Holder
from cogs.wallets.service.records import gates_of, grace_of, holders_of, rule_of, server_of
from cogs.wallets.tables import Gate, GateGrant, GateStanding, GrantState, ProtectedMember

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class State:
    """What stood in the database when a recheck began; ``granted`` are grants, by rule and member."""

    gates: Mapping[int, Gate]
    rules: Mapping[int, Rule]
    graces: Mapping[int, timedelta]
    holders: Sequence[Holder]
    granted: Mapping[int, Mapping[int, GrantState]]
    protected: frozenset[int]
    language: str

    def having(self) -> set[int]:
        """Return who has a wallet, or a role of ours."""
        return {holder.user_id for holder in self.holders}.union(*self.granted.values())


@dataclass(frozen=True, slots=True)
class Standings:
    """How members stood: ``calm`` are verdict and amount, by rule and member, of whoever is near to losing nothing.

    Thousands are read each time, so they are plain values; the rest is read for those it matters for. ``everyone`` is
    of whom there is any.
    """

    calm: Mapping[int, Mapping[int, tuple[Verdict, str | None]]]
    everyone: frozenset[int]


async def load_state(platform: "Platform", guild_id: int, user_ids: Collection[int] | None = None) -> State:
    """Read what a recheck of a server, or of some of its members, begins with."""
    async with platform.database.read() as session:
        rows = await gates_of(session, guild_id)
        server = await server_of(session, guild_id)
        protected = select(ProtectedMember.user_id).where(ProtectedMember.guild_id == guild_id)
        granted = await _grants(session, guild_id, user_ids)
        return State(
            gates={row.id: row for row in rows},
            rules={row.id: rule_of(row) for row in rows},
            graces={row.id: grace_of(row, server) for row in rows},
            holders=await holders_of(session, guild_id, user_ids),
            granted=granted,
            protected=frozenset((await session.scalars(protected)).all()),
            language=(await config_of(session, guild_id)).language,
        )


async def load_standings(platform: "Platform", guild_id: int, user_ids: Collection[int] | None = None) -> Standings:
    """Read how the members of a server, or some of them, stood."""
    # Members with the same standing come as one text of ids: tens of thousands of rows are slow to fetch one by one.
    near = (GateStanding.negatives > 0) | GateStanding.grace_until.is_not(None) | GateStanding.at_once
    alike = (GateStanding.gate_id, GateStanding.verdict, GateStanding.found, near)
    query = (
        select(*alike, func.aggregate_strings(cast(GateStanding.user_id, String), ","))
        .where(GateStanding.guild_id == guild_id)
        .group_by(*alike)
    )
    if user_ids is not None:
        query = query.where(GateStanding.user_id.in_(user_ids))
    calm: dict[int, dict[int, tuple[Verdict, str | None]]] = {}
    everyone: set[int] = set()
    async with platform.database.read() as session:
        rows = (await session.execute(query)).all()
    for gate_id, verdict, found, is_near, ids in rows:
        members = list(map(int, ids.split(",")))
        everyone.update(members)
        if not is_near:
            calm.setdefault(gate_id, {}).update(dict.fromkeys(members, (verdict, found)))
    return Standings(calm, frozenset(everyone))


async def _grants(
    session: AsyncSession, guild_id: int, user_ids: Collection[int] | None
) -> dict[int, dict[int, GrantState]]:
    query = select(GateGrant.gate_id, GateGrant.user_id, GateGrant.state).where(GateGrant.guild_id == guild_id)
    if user_ids is not None:
        query = query.where(GateGrant.user_id.in_(user_ids))
    granted: dict[int, dict[int, GrantState]] = {}
    for gate_id, user_id, state in (await session.execute(query)).all():
        granted.setdefault(gate_id, {})[user_id] = state
    return granted
