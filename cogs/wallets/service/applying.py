"""Writes down what was found of members, and what follows for their roles."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction, insert_for
from bot.delivery import Parcel, Target
from bot.direct import put_direct
from bot.ledger.service import Entry
from bot.verdict import Verdict
from cogs.wallets.rules.deciding import Case, Decision, Step, decide
from cogs.wallets.service.measuring import Finding, Holder
from cogs.wallets.service.records import holders_of, lock_server, wallets_by_user
from cogs.wallets.tables import KIND, Gate, GateGrant, GateStanding, GrantState, Trouble

if TYPE_CHECKING:
    from bot.app import Platform

ROLE: Final = f"{KIND}.role"
GRACE_BEGAN: Final = f"{KIND}.grace"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a member under a rule: their standing, and the role we gave."""

    verdict: Verdict | None = None
    since: datetime | None = None
    cycle_id: int | None = None
    negatives: int = 0
    grace_until: datetime | None = None
    at_once: bool = False
    grant: GrantState | None = None
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for a whole recheck. ``cycle_id`` is None for one of single members.

    ``counts`` is whether a no counts against someone; ``asked``, whether somebody asked for this recheck: then a role
    that was taken away by someone else is given once more. ``held`` are the wallets that
    were read, by member, of whom something is written down.
    """

    guild_id: int
    language: str
    cycle_id: int | None
    now: datetime
    protected: Collection[int]
    counts: bool
    asked: bool
    held: Mapping[int, frozenset[Holder]] = field(default_factory=dict[int, frozenset[Holder]])


@dataclass(frozen=True, slots=True)
class Found:
    """One member under one rule: what was found, and whether they have the role (None: not known)."""

    gate_id: int
    user_id: int
    finding: Finding
    has_role: bool | None
    may_take: bool


@dataclass
class Tally:
    """What came of it."""

    given: int = 0
    taken: int = 0
    warned: int = 0
    contested: int = 0

    def add(self, other: "Tally") -> None:
        self.given += other.given
        self.taken += other.taken
        self.warned += other.warned
        self.contested += other.contested


def decision(setting: Setting, kept: Kept, each: Found, grace: timedelta, *, final: bool) -> Decision:
    """Decide about one member's role, given what is kept."""
    case = Case(
        verdict=each.finding.verdict,
        has_role=each.has_role,
        granted=kept.grant in (GrantState.GIVING, GrantState.GIVEN),
        settled=kept.grant is GrantState.GIVEN,
        taking=kept.grant is GrantState.TAKING,
        missing=0 if setting.asked else kept.missing,
        negatives=kept.negatives,
        grace_until=kept.grace_until,
        at_once=kept.at_once,
        protected=each.user_id in setting.protected,
        counts=setting.counts and kept.cycle_id != setting.cycle_id,
        final=final,
    )
    return decide(case, grace, setting.now)


async def kept_of(
    session: AsyncSession, guild_id: int, user_ids: Collection[int] | None = None
) -> dict[tuple[int, int], Kept]:
    """Return what is kept of members of a server, by rule and member."""
    standings = select(
        GateStanding.gate_id,
        GateStanding.user_id,
        GateStanding.verdict,
        GateStanding.since,
        GateStanding.cycle_id,
        GateStanding.negatives,
        GateStanding.grace_until,
        GateStanding.at_once,
    ).where(GateStanding.guild_id == guild_id)
    grants = select(GateGrant.gate_id, GateGrant.user_id, GateGrant.state, GateGrant.missing).where(
        GateGrant.guild_id == guild_id
    )
    if user_ids is not None:
        standings = standings.where(GateStanding.user_id.in_(user_ids))
        grants = grants.where(GateGrant.user_id.in_(user_ids))
    kept: dict[tuple[int, int], Kept] = {}
    for gate_id, user_id, verdict, since, cycle_id, negatives, until, at_once in await session.execute(standings):
        kept[gate_id, user_id] = Kept(verdict, since, cycle_id, negatives, until, at_once)
    for gate_id, user_id, state, missing in await session.execute(grants):
        kept[gate_id, user_id] = replace(kept.get((gate_id, user_id), Kept()), grant=state, missing=missing)
    return kept


class Applying:
    """Turn findings into standings, grants and deliveries, in the caller's transaction."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def apply(
        self,
        tx: Transaction,
        setting: Setting,
        gates: Mapping[int, Gate],
        graces: Mapping[int, timedelta],
        batch: Sequence[Found],
    ) -> Tally:
        """Write down a batch; what is kept is read again here, so that two checks at once do not count twice.

        Left out are rules that were removed meanwhile, and members whose wallets changed: what was found is not true of
        them any more, and whoever changed them has them checked again.
        """
        tally = Tally()
        users = {each.user_id for each in batch}
        await lock_server(tx.session, setting.guild_id)
        kept = await kept_of(tx.session, setting.guild_id, users)
        there = select(Gate.id).where(Gate.guild_id == setting.guild_id)
        left = set((await tx.session.scalars(there)).all())
        held = wallets_by_user(await holders_of(tx.session, setting.guild_id, users))
        rows: list[dict[str, Any]] = []
        for each in batch:
            if each.gate_id not in left or held.get(each.user_id) != setting.held.get(each.user_id):
                continue
            before = kept.get((each.gate_id, each.user_id), Kept())
            made = decision(setting, before, each, graces[each.gate_id], final=each.may_take)
            if made.step is Step.TAKE and not each.may_take:
                made = Decision(Step.NOTHING, made.negatives, made.grace_until, made.missing)
            rows.append(_standing(setting, before, each, made))
            await self._act(tx, setting, gates[each.gate_id], each, made, tally)
        if rows:
            await _write_standings(tx, rows)
        return tally

    async def _act(
        self, tx: Transaction, setting: Setting, gate: Gate, each: Found, made: Decision, tally: Tally
    ) -> None:
        match made.step:
            case Step.NOTHING:
                return
            case Step.GIVE:
                tally.given += 1
                await self._change(tx, gate, each.user_id, Target.ROLE_ADD, setting.now)
                await self._set_grant(tx, setting, gate, each.user_id, made.missing)
                await self._record(tx, gate, each.user_id, "role.given", setting.now)
            case Step.TAKE:
                tally.taken += 1
                await self.take(tx, gate, each.user_id, setting.now)
            case Step.WARN:
                tally.warned += 1
                await self._warn(tx, setting, gate, each.user_id, made)
            case Step.CONTEST:
                tally.contested += 1
                await self.trouble(tx, gate, Trouble.FOUGHT_OVER, setting.now)
            case Step.ABANDON:
                await tx.session.execute(_grant_of(gate.id, each.user_id))

    async def take(self, tx: Transaction, gate: Gate, user_id: int, now: datetime) -> None:
        """Take a role that we gave; the grant goes once Discord agreed."""
        if await tx.session.get(GateGrant, (gate.id, user_id)) is None:
            return
        await self._change(tx, gate, user_id, Target.ROLE_REMOVE, now)
        taken = update(GateGrant).where(GateGrant.gate_id == gate.id, GateGrant.user_id == user_id)
        await tx.session.execute(taken.values(state=GrantState.TAKING))
        await self._record(tx, gate, user_id, "role.taken", now)

    async def give_up(self, tx: Transaction, gate: Gate, user_id: int, now: datetime) -> None:
        """Take a role we gave from someone whose rows are about to go; the delivery asks no more then."""
        grant = await tx.session.get(GateGrant, (gate.id, user_id), with_for_update=True)
        if grant is None:
            return
        parcel = Parcel(
            ROLE,
            gate.id,
            gate.guild_id,
            Target.ROLE_REMOVE,
            "en",
            recipient=_whose(user_id, grant.role_id),
            user_id=user_id,
            role_id=grant.role_id,
            params={"reason": f"rule {gate.name}", "final": True},
            replace=True,
        )
        await self._platform.deliveries.put(tx, parcel, now)

    async def trouble(self, tx: Transaction, gate: Gate, trouble: Trouble | None, now: datetime) -> None:
        """Note why a role cannot be handled, or that it can again; said when it changes."""
        await lock_server(tx.session, gate.guild_id)
        row = await tx.session.get(Gate, gate.id)
        if row is None or row.trouble is trouble:
            return
        because = trouble or row.trouble
        row.trouble = gate.trouble = trouble
        kind = "gate.trouble" if trouble is not None else "gate.trouble_over"
        if because is Trouble.UNREAD:
            kind = "gate.unread" if trouble is not None else "gate.read_again"
        entry = Entry(
            gate.guild_id, kind, None, f"gate:{gate.number}", facts={"because": because.value if because else ""}
        )
        await self._platform.ledger.append(tx, entry, now=now)

    async def _set_grant(self, tx: Transaction, setting: Setting, gate: Gate, user_id: int, missing: int) -> None:
        grant = await tx.session.get(GateGrant, (gate.id, user_id), with_for_update=True)
        if grant is None:
            grant = GateGrant(
                gate_id=gate.id, user_id=user_id, guild_id=gate.guild_id, role_id=gate.role_id, given_at=setting.now
            )
            tx.session.add(grant)
        grant.state, grant.missing = GrantState.GIVING, missing
        await tx.session.flush()

    async def _change(self, tx: Transaction, gate: Gate, user_id: int, target: Target, now: datetime) -> None:
        """Have a role changed. The delivery is locked before the grant, as when Discord's answer is written down."""
        parcel = Parcel(
            ROLE,
            gate.id,
            gate.guild_id,
            target,
            "en",
            recipient=_whose(user_id, gate.role_id),
            user_id=user_id,
            role_id=gate.role_id,
            params={"reason": f"rule {gate.name}"},
            replace=True,
        )
        await self._platform.deliveries.put(tx, parcel, now)

    async def _record(self, tx: Transaction, gate: Gate, user_id: int, kind: str, now: datetime) -> None:
        subject, facts = f"gate:{gate.number}", {"role": str(gate.role_id)}
        entry = Entry(gate.guild_id, kind, None, subject, persons={"member": user_id}, facts=facts)
        await self._platform.ledger.append(tx, entry, now=now)

    async def _warn(self, tx: Transaction, setting: Setting, gate: Gate, user_id: int, made: Decision) -> None:
        if made.grace_until is None:
            return
        parcel = Parcel(
            GRACE_BEGAN,
            gate.id,
            gate.guild_id,
            Target.DIRECT,
            setting.language,
            recipient=f"{user_id}:{int(made.grace_until.timestamp())}",
            user_id=user_id,
            params={"until": int(made.grace_until.timestamp())},
        )
        await put_direct(self._platform.deliveries, tx, parcel, setting.now)


def _whose(user_id: int, role_id: int) -> str:
    """Tell role changes apart by the role as well: a rule made later may have the key of one that was removed."""
    return f"{user_id}:{role_id}"


def _standing(setting: Setting, before: Kept, each: Found, made: Decision) -> dict[str, Any]:
    verdict = each.finding.verdict
    same = before.verdict is verdict and before.since is not None
    over = verdict is Verdict.YES or made.step in (Step.TAKE, Step.ABANDON) or before.grant is None
    amount = each.finding.amount
    return {
        "gate_id": each.gate_id,
        "user_id": each.user_id,
        "guild_id": setting.guild_id,
        "verdict": verdict,
        "found": None if amount is None else str(amount),
        "since": before.since if same else setting.now,
        "checked_at": setting.now,
        "cycle_id": setting.cycle_id if setting.cycle_id is not None else before.cycle_id,
        "negatives": made.negatives,
        "grace_until": None if made.step is Step.TAKE else made.grace_until,
        "at_once": before.at_once and not over,
    }


async def _write_standings(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    statement = insert_for(tx.session)(GateStanding)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in ("gate_id", "user_id")}
    upsert = statement.on_conflict_do_update(index_elements=[GateStanding.gate_id, GateStanding.user_id], set_=changed)
    connection = await tx.session.connection()
    await connection.execute(upsert, list(rows))


def _grant_of(gate_id: int, user_id: int):  # noqa: ANN202 (SQLAlchemy's own generic says less than the expression)
    return delete(GateGrant).where(GateGrant.gate_id == gate_id, GateGrant.user_id == user_id)
