"""Why someone has a role or not: per rule what was found, what is needed, and what comes next. Never an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.chain.reader import Tag
from bot.guilds import config_of
from bot.people import Actor, require_moderator
from bot.schedule import Deadline
from bot.verdict import Verdict
from cogs.wallets.rules.amounts import amount_text
from cogs.wallets.rules.terms import Rule
from cogs.wallets.service.gates import shown_expression
from cogs.wallets.service.measuring import Findings, Measuring
from cogs.wallets.service.planning import RECHECK
from cogs.wallets.service.records import gate_named, gates_of, holders_of, rule_of, server_of
from cogs.wallets.tables import (
    Gate,
    GateCycle,
    GateGrant,
    GateStanding,
    GrantState,
    ProtectedMember,
    Trouble,
    WalletLink,
)

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class RuleStatus:
    """A rule as it stands for one member; amounts in whole tokens, None for combined rules and what was not read."""

    number: int
    name: str
    role_id: int
    expression: str | None
    verdict: Verdict | None
    found: str | None
    needed: str | None
    most: str | None
    checked_at: datetime | None = None
    grace_until: datetime | None = None
    grant: GrantState | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class MemberStatus:
    """All rules for one member."""

    user_id: int
    wallets: int
    protected: bool
    next_at: datetime | None
    rules: Sequence[RuleStatus]


class Explaining:
    """Tell members and moderators how rules stand."""

    def __init__(self, platform: "Platform", measuring: Measuring) -> None:
        self._platform = platform
        self._measuring = measuring

    async def status(self, guild_id: int, user_id: int) -> MemberStatus:
        """Return what was last found of a member; nothing is read from a chain."""
        async with self._platform.database.read() as session:
            return await status_of(session, guild_id, user_id)

    async def test(self, actor: Actor, typed: str, user_id: int) -> MemberStatus:
        """Read a rule and all it rests on for a member now; nothing follows from it."""
        async with self._platform.database.read() as session:
            require_moderator(actor, await config_of(session, actor.guild_id))
            gate = await gate_named(session, actor.guild_id, typed)
            rows = {row.id: row for row in await gates_of(session, actor.guild_id)}
            rules = {key: rule_of(row) for key, row in rows.items()}
            holders = await holders_of(session, actor.guild_id, [user_id])
            kept = await status_of(session, actor.guild_id, user_id)
        findings = await self._measuring.measure(rules, [gate.id], [user_id], holders, Tag.LATEST)
        order = sorted(findings.found, key=lambda key: (key != gate.id, rows[key].number))
        listed = [_found(rows[key], rows, rules[key], findings, user_id) for key in order]
        return MemberStatus(user_id, len(holders), kept.protected, kept.next_at, listed)


async def status_of(session: AsyncSession, guild_id: int, user_id: int) -> MemberStatus:
    """Return what is kept of a member under all rules."""
    rows = {row.id: row for row in await gates_of(session, guild_id)}
    mine = (GateStanding.guild_id == guild_id, GateStanding.user_id == user_id)
    standings = {row.gate_id: row for row in (await session.scalars(select(GateStanding).where(*mine))).all()}
    granted = select(GateGrant).where(GateGrant.guild_id == guild_id, GateGrant.user_id == user_id)
    grants = {row.gate_id: row.state for row in (await session.scalars(granted)).all()}
    wallets = select(func.count()).select_from(WalletLink)
    wallets = wallets.where(WalletLink.guild_id == guild_id, WalletLink.user_id == user_id)
    server = await server_of(session, guild_id)
    next_at = None
    if server is not None:
        due = select(Deadline.due_at).where(Deadline.kind == RECHECK, Deadline.subject == server.id)
        next_at = (await session.scalars(due)).one_or_none()
    # A cycle checks everybody, and writes only what changed.
    cycles = select(GateCycle.finished_at).where(GateCycle.guild_id == guild_id, GateCycle.finished_at.is_not(None))
    checked = (await session.scalars(cycles.order_by(GateCycle.id.desc()).limit(1))).one_or_none()
    return MemberStatus(
        user_id,
        (await session.execute(wallets)).scalar_one(),
        await session.get(ProtectedMember, (guild_id, user_id)) is not None,
        next_at,
        [_kept(row, rows, standings.get(key), grants.get(key), checked) for key, row in rows.items()],
    )


def _kept(
    row: Gate,
    rows: Mapping[int, Gate],
    standing: GateStanding | None,
    grant: GrantState | None,
    checked: datetime | None,
) -> RuleStatus:
    needed, most = _needs(rule_of(row))
    found = None
    if standing is not None and standing.found is not None and row.expression is None:
        found = amount_text(int(standing.found), row.decimals)
    return RuleStatus(
        row.number,
        row.name,
        row.role_id,
        shown_expression(row, list(rows.values())),
        None if standing is None else standing.verdict,
        found,
        needed,
        most,
        None if standing is None else max(standing.checked_at, checked or standing.checked_at),
        None if standing is None else standing.grace_until,
        grant,
        row.trouble,
    )


def _found(row: Gate, rows: Mapping[int, Gate], rule: Rule, findings: Findings, user_id: int) -> RuleStatus:
    finding = findings.of(row.id, user_id)
    needed, most = _needs(rule)
    amount = None if finding.amount is None else amount_text(finding.amount, row.decimals)
    expression = shown_expression(row, list(rows.values()))
    return RuleStatus(row.number, row.name, row.role_id, expression, finding.verdict, amount, needed, most)


def _needs(rule: Rule) -> tuple[str | None, str | None]:
    leaf = rule.leaf
    if leaf is None:
        return None, None
    most = None if leaf.maximum is None else amount_text(leaf.maximum, leaf.decimals)
    return amount_text(leaf.minimum, leaf.decimals), most
