"""Rechecks: what members hold is read, then standings and roles follow. Unknown never takes a role away."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from bot import clock
from bot.chain.reader import Tag
from bot.database import Transaction
from bot.ports import Absent, MemberState
from bot.schedule import Due
from bot.verdict import Verdict
from cogs.wallets.rules.deciding import Step
from cogs.wallets.service.applying import Applying, Found, Kept, Setting, Tally, decision, kept_of
from cogs.wallets.service.beginning import Standings, State, load_standings, load_state
from cogs.wallets.service.breaking import Breakers
from cogs.wallets.service.measuring import BREATH, UNREAD, Finding, Findings, Measuring, judge_all
from cogs.wallets.service.noticing import Noticing
from cogs.wallets.service.planning import EVERY, Planning
from cogs.wallets.service.records import gates_of, lock_server, wallets_by_user
from cogs.wallets.tables import (
    Cause,
    GateCycle,
    GateGrant,
    GateServer,
    GateStanding,
    GrantState,
    Trouble,
)

if TYPE_CHECKING:
    from bot.app import Platform

# How soon a server is looked for again that is not to be seen in Discord: the bot left it, or Discord is away.
AWAY: Final = timedelta(hours=1)
# A cycle that began so long ago and has not ended is not running any more.
LONGEST: Final = timedelta(minutes=10)
CYCLES_KEPT: Final = 50
BATCH: Final = 100
# Which holders are looked at in Discord each cycle, to notice roles that someone else took: one in so many.
LOOK_AT: Final = 4


@dataclass
class Report:
    """What one recheck came to."""

    members: int = 0
    unknown: int = 0
    tally: Tally = field(default_factory=Tally)
    halted: list[str] = field(default_factory=list[str])


class Rechecking:
    """Recheck servers and single members; of one server one recheck at a time."""

    def __init__(
        self, platform: "Platform", measuring: Measuring, applying: Applying, breakers: Breakers, planning: Planning
    ) -> None:
        self._platform = platform
        self._measuring = measuring
        self._applying = applying
        self._breakers = breakers
        self._planning = planning
        self._noticing = Noticing(platform, applying)
        self._locks: dict[int, asyncio.Lock] = {}

    async def due(self, due: Due) -> datetime | None:
        """Run a server's recheck, and say when the next is."""
        async with self._platform.database.read() as session:
            server = await session.get(GateServer, due.subject)
            found = server is not None and await gates_of(session, server.guild_id)
        if server is None or not found:
            return None
        now = clock.now()
        if not self._platform.guilds.known(server.guild_id):
            return now + AWAY
        await self.server(server.guild_id, Cause.SCHEDULED, now)
        return now + EVERY

    async def server(self, guild_id: int, cause: Cause, now: datetime) -> Report:
        """Recheck everyone with a wallet or a role of ours; one cycle, read at safe blocks.

        Beside one that runs in another process it counts against nobody: two readings of one moment are one.
        """
        lock = self._locks.setdefault(guild_id, asyncio.Lock())
        async with lock:
            async with self._platform.database.write() as tx:
                await lock_server(tx.session, guild_id)
                alone = not await _others(tx, guild_id, now)
                cycle = GateCycle(guild_id=guild_id, cause=cause, blocks={}, started_at=now)
                tx.session.add(cycle)
            state = await load_state(self._platform, guild_id)
            setting = Setting(
                guild_id,
                state.language,
                cycle.id,
                now,
                state.protected,
                counts=alone,
                asked=cause is Cause.ASKED,
            )
            report, findings = await self._run(setting, state, None, Tag.SAFE)
            if report.unknown or any(gate.trouble is Trouble.UNREAD for gate in state.gates.values()):
                await self._noticing.unread(guild_id, state.gates, now)
            async with self._platform.database.write() as tx:
                row = await tx.session.get(GateCycle, cycle.id)
                if row is None:
                    # Everything of the server was erased meanwhile.
                    return report
                row.blocks = {
                    str(chain_id): None if block is None else {"number": block.number, "hash": block.hash}
                    for chain_id, block in findings.blocks.items()
                }
                row.members, row.unknown, row.finished_at = report.members, report.unknown, now
                row.given, row.taken = report.tally.given, report.tally.taken
                if cause is Cause.ASKED:
                    await self._planning.plan(tx, guild_id, now + EVERY)
                old = select(GateCycle.id).where(GateCycle.guild_id == guild_id).order_by(GateCycle.id.desc())
                keep = (await tx.session.scalars(old.limit(CYCLES_KEPT))).all()
                await tx.session.execute(
                    delete(GateCycle).where(GateCycle.guild_id == guild_id, GateCycle.id < min(keep))
                )
        return report

    async def members(self, guild_id: int, user_ids: Collection[int], now: datetime) -> Report:
        """Recheck some members at once, at the newest block; a no counts against nobody here."""
        state = await load_state(self._platform, guild_id, user_ids)
        setting = Setting(guild_id, state.language, None, now, state.protected, counts=False, asked=True)
        report, _ = await self._run(setting, state, sorted(user_ids), Tag.LATEST)
        return report

    async def _run(
        self, setting: Setting, state: State, only: Sequence[int] | None, tag: Tag
    ) -> tuple[Report, Findings]:
        """Recheck everyone, or *only* some; how they stood is read while the chains are asked."""
        guild_id, whole, now = setting.guild_id, setting.cycle_id is not None, setting.now
        read, standings = await asyncio.gather(
            self._measuring.read(state.rules, state.rules, state.holders, tag),
            load_standings(self._platform, guild_id, only),
        )
        users = sorted(state.having() | standings.everyone) if only is None else only
        findings = await judge_all(read, users)
        pairs = await _changing(setting, state, standings, users, findings)
        troubled = await self._noticing.roles(state.gates, now, asked=setting.asked and whole)
        # Of everyone this would take as long as the calls themselves.
        changing = {user_id for _, user_id in pairs}
        held = wallets_by_user(holder for holder in state.holders if holder.user_id in changing)
        setting = replace(setting, held=held)
        found = await self._seen(guild_id, state, pairs, findings, troubled)
        async with self._platform.database.read() as session:
            kept = await kept_of(session, guild_id, {each.user_id for each in found})
        takes = [each for each in found if _would_take(setting, state, kept, each, troubled)]
        confirmed = await self._confirmed(state, takes)
        holders = {gate_id: len(given) for gate_id, given in state.granted.items()}
        allowed = await self._breakers.allowed(state.gates, kept, holders, confirmed, now, whole=whole)
        may = {(each.gate_id, each.user_id) for each in allowed.takes}
        report = Report(members=len(users), unknown=_unknown(findings), halted=allowed.halted)
        for start in range(0, len(found), BATCH):
            batch = [_with_leave(each, may) for each in found[start : start + BATCH]]
            async with self._platform.database.write() as tx:
                report.tally.add(await self._applying.apply(tx, setting, state.gates, state.graces, batch))
        if whole:
            await self._tidy(guild_id, standings.everyone - state.having())
        return report, findings

    async def _seen(
        self,
        guild_id: int,
        state: State,
        pairs: Sequence[tuple[int, int]],
        findings: Findings,
        troubled: Mapping[int, Trouble],
    ) -> list[Found]:
        """Put together what was found with who has which role; a role that cannot be handled is not known."""
        wanted = {user_id for gate_id, user_id in pairs if gate_id not in troubled}
        members: Mapping[int, MemberState | Absent] = {}
        if wanted:
            members = await self._platform.members.fetch(guild_id, wanted)
        await self._drop_leavers(guild_id, members)
        found: list[Found] = []
        for gate_id, user_id in pairs:
            member = members.get(user_id, Absent.UNKNOWN)
            has_role: bool | None = None
            if isinstance(member, MemberState) and gate_id not in troubled:
                has_role = state.gates[gate_id].role_id in member.role_ids
            found.append(Found(gate_id, user_id, findings.of(gate_id, user_id), has_role, may_take=False))
        return found

    async def _drop_leavers(self, guild_id: int, members: Mapping[int, MemberState | Absent]) -> None:
        """Forget roles of members who left: Discord took them, and gives none back when they return."""
        left = [user_id for user_id, member in members.items() if member is Absent.LEFT]
        if left:
            gone = delete(GateGrant).where(GateGrant.guild_id == guild_id, GateGrant.user_id.in_(left))
            async with self._platform.database.write() as tx:
                await tx.session.execute(gone)

    async def _confirmed(self, state: State, takes: Sequence[Found]) -> list[Found]:
        """Ask again at finalized blocks, and every endpoint alone, before a role is taken.

        Of whoever has no wallet any more nothing is to be asked: they hold nothing, whatever the chains say.
        """
        having = {holder.user_id for holder in state.holders}
        asked = [each for each in takes if each.user_id in having]
        sure = [each for each in takes if each.user_id not in having]
        if not asked:
            return sure
        users = sorted({each.user_id for each in asked})
        gates = {each.gate_id for each in asked}
        holders = [holder for holder in state.holders if holder.user_id in set(users)]
        width = max((reader.rpc.width for reader in self._measuring.chains.values()), default=1)
        still = list(asked)
        for place in range(width):
            again = await self._measuring.measure(
                state.rules,
                gates,
                users,
                holders,
                Tag.FINALIZED,
                via=lambda reader, place=place: reader.each()[min(place, reader.rpc.width - 1)],
            )
            still = [each for each in still if again.of(each.gate_id, each.user_id).verdict is Verdict.NO]
        return [*sure, *still]

    async def _tidy(self, guild_id: int, stray: Collection[int]) -> None:
        """Forget how rules stood for those who have neither a wallet nor a role of ours any more."""
        if stray:
            async with self._platform.database.write() as tx:
                await _forget(tx, guild_id, stray)


async def _forget(tx: Transaction, guild_id: int, user_ids: Collection[int]) -> None:
    ids = sorted(user_ids)
    for start in range(0, len(ids), BREATH):
        granted = select(GateGrant.user_id).where(GateGrant.guild_id == guild_id)
        await tx.session.execute(
            delete(GateStanding).where(
                GateStanding.guild_id == guild_id,
                GateStanding.user_id.in_(ids[start : start + BREATH]),
                GateStanding.user_id.not_in(granted),
            )
        )


async def _others(tx: Transaction, guild_id: int, now: datetime) -> bool:
    """Whether another process is rechecking the server."""
    running = select(GateCycle.id).where(
        GateCycle.guild_id == guild_id, GateCycle.finished_at.is_(None), GateCycle.started_at > now - LONGEST
    )
    return (await tx.session.scalars(running.limit(1))).first() is not None


async def _changing(
    setting: Setting, state: State, standings: Standings, users: Sequence[int], findings: Findings
) -> list[tuple[int, int]]:
    """Return the pairs of rule and member for which anything is to be done or written."""
    pairs: list[tuple[int, int]] = []
    cycle_id = setting.cycle_id
    for gate_id, gate in state.gates.items():
        # Whoever asks for a recheck wants to know whether a fight over a role is over.
        again = setting.asked and gate.trouble is Trouble.FOUGHT_OVER
        calm, granted = standings.calm.get(gate_id, {}), state.granted.get(gate_id, {})
        found = findings.found.get(gate_id, {})
        # Thousands share the same few values, before and now; without a grant nothing else matters.
        alike: dict[tuple[int, int], bool] = {}
        for start in range(0, len(users), BREATH):
            await asyncio.sleep(0)
            part = users[start : start + BREATH]
            for user_id, before, now in zip(part, map(calm.get, part), map(found.get, part), strict=True):
                finding = now or UNREAD
                if user_id in granted or cycle_id is None:
                    grant = granted.get(user_id)
                    look = cycle_id is None or again or (user_id + cycle_id) % LOOK_AT == 0
                    news = look or _news(before, grant, finding)
                else:
                    both = id(before), id(finding)
                    known = alike.get(both)
                    news = alike.setdefault(both, _news(before, None, finding)) if known is None else known
                if news:
                    pairs.append((gate_id, user_id))
    return pairs


def _news(calm: tuple[Verdict, str | None] | None, grant: GrantState | None, finding: Finding) -> bool:
    """Whether anything follows from a verdict: all but what was met with the role, or not met without, as last time."""
    verdict, amount = finding.verdict, finding.amount
    if calm is None or calm[0] is not verdict or calm[1] != (None if amount is None else str(amount)):
        return True
    match verdict:
        case Verdict.YES:
            return grant is not GrantState.GIVEN
        case Verdict.NO:
            return grant is not None
        case Verdict.UNKNOWN:
            return False


def _would_take(
    setting: Setting,
    state: State,
    kept: Mapping[tuple[int, int], Kept],
    each: Found,
    troubled: Mapping[int, Trouble],
) -> bool:
    if each.gate_id in troubled:
        return False
    before = kept.get((each.gate_id, each.user_id), Kept())
    return decision(setting, before, each, state.graces[each.gate_id], final=True).step is Step.TAKE


def _with_leave(each: Found, may: Collection[tuple[int, int]]) -> Found:
    leave = (each.gate_id, each.user_id) in may
    return Found(each.gate_id, each.user_id, each.finding, each.has_role, may_take=leave)


def _unknown(findings: Findings) -> int:
    """Count members of whom something could not be read."""
    members: set[int] = set()
    for found in findings.found.values():
        # The few values that thousands share, by their identity.
        values = {id(finding): finding for finding in found.values()}
        unread = {key for key, finding in values.items() if finding.verdict is Verdict.UNKNOWN}
        if unread:
            members.update(user_id for user_id, finding in found.items() if id(finding) in unread)
    return len(members)
