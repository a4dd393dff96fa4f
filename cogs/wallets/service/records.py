"""Rows of wallets and gates as values, and how they are found."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import insert_for
from bot.errors import NotFound
from bot.i18n import t
from cogs.wallets.rules.expression import reread
from cogs.wallets.rules.terms import Leaf, Method, Rule
from cogs.wallets.rules.tokens import parse_token_ids
from cogs.wallets.service.measuring import Holder
from cogs.wallets.tables import Gate, GateServer, WalletLink

GRACE: Final = timedelta(hours=24)
SUGGESTED: Final = 25
# Seconds over which the rechecks of servers are spread.
SPREAD: Final = 1_800


@dataclass(frozen=True, slots=True)
class Named:
    """A rule by its key, number and name."""

    key: int
    number: int
    name: str


def fold(name: str) -> str:
    """Return what two names share that people take for the same."""
    return name.strip().casefold()


def rule_of(row: Gate) -> Rule:
    """Return a rule's row as values."""
    leaf = None
    if row.contract is not None and row.chain_id is not None and row.standard is not None:
        leaf = Leaf(
            chain_id=row.chain_id,
            contract=row.contract,
            standard=row.standard,
            minimum=int(row.minimum or 0),
            maximum=None if row.maximum is None else int(row.maximum),
            decimals=row.decimals,
            token_ids=None if row.token_ids is None else parse_token_ids(row.token_ids),
        )
    expression = None if row.expression is None else reread(row.expression)
    return Rule(row.id, row.number, row.name, row.role_id, leaf, expression)


async def gates_of(session: AsyncSession, guild_id: int) -> Sequence[Gate]:
    """Return a server's rules, in the order they were made."""
    return (await session.scalars(select(Gate).where(Gate.guild_id == guild_id).order_by(Gate.number))).all()


async def rules_of(session: AsyncSession, guild_id: int) -> Mapping[int, Rule]:
    """Return a server's rules as values, by key."""
    return {row.id: rule_of(row) for row in await gates_of(session, guild_id)}


async def gate_named(session: AsyncSession, guild_id: int, typed: str) -> Gate:
    """Return the rule an option names, by name or number; raises NotFound."""
    for row in await gates_of(session, guild_id):
        if row.folded == fold(typed) or str(row.number) == typed.strip().removeprefix("#"):
            return row
    raise NotFound(t("gate.no_such_rule", value=typed))


async def suggest_gates(session: AsyncSession, guild_id: int, typed: str) -> Sequence[Named]:
    """Return rules whose name or number goes with what was typed, newest first."""
    wanted = fold(typed).removeprefix("#")
    rows = [row for row in await gates_of(session, guild_id) if wanted in row.folded or str(row.number) == wanted]
    return [Named(row.id, row.number, row.name) for row in rows[::-1][:SUGGESTED]]


async def holders_of(session: AsyncSession, guild_id: int, user_ids: Collection[int] | None = None) -> Sequence[Holder]:
    """Return the linked wallets of members, or of everyone in a server."""
    only_on = case((WalletLink.method != Method.RECOVER, WalletLink.chain_id))
    query = select(WalletLink.user_id, WalletLink.address, only_on).where(WalletLink.guild_id == guild_id)
    if user_ids is not None:
        query = query.where(WalletLink.user_id.in_(user_ids))
    return [Holder(*row) for row in (await session.execute(query)).all()]


def wallets_by_user(holders: Iterable[Holder]) -> Mapping[int, frozenset[Holder]]:
    """Return each member's wallets as a set that can be compared."""
    found: dict[int, list[Holder]] = {}
    for holder in holders:
        found.setdefault(holder.user_id, []).append(holder)
    return {user_id: frozenset(mine) for user_id, mine in found.items()}


async def server_of(session: AsyncSession, guild_id: int) -> GateServer | None:
    return (await session.scalars(select(GateServer).where(GateServer.guild_id == guild_id))).one_or_none()


async def lock_server(session: AsyncSession, guild_id: int) -> GateServer | None:
    """Lock what a server has of wallets and gates until the transaction ends; there is nothing before its first.

    Whatever changes wallets, rules, standings or grants takes this lock first: so what a recheck read is compared with
    what is true when it is written down, and nobody waits in a circle.
    """
    query = select(GateServer).where(GateServer.guild_id == guild_id).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def server_for_update(session: AsyncSession, guild_id: int) -> GateServer:
    """Return a server's row, locked until the transaction ends; made where there is none."""
    new = insert_for(session)(GateServer).values(
        guild_id=guild_id, grace_seconds=int(GRACE.total_seconds()), spread=secrets.randbelow(SPREAD)
    )
    await session.execute(new.on_conflict_do_nothing(index_elements=[GateServer.guild_id]))
    return (await session.scalars(select(GateServer).where(GateServer.guild_id == guild_id).with_for_update())).one()


def grace_of(row: Gate, server: GateServer | None) -> timedelta:
    """Return how long a rule's role is kept after the first no."""
    if row.grace_seconds is not None:
        return timedelta(seconds=row.grace_seconds)
    return GRACE if server is None else timedelta(seconds=server.grace_seconds)
