"""What wallets and gates offer other features: requirements, balances, wallets, holders, roles."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.chain.reader import Tag
from bot.errors import NotFound, TryAgain, WrongState
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import Text, t
from bot.markup import Markup
from bot.people import Actor
from bot.ports import Holding, Line, Requirement, SnapshotInfo, Wallet
from bot.verdict import Verdict
from cogs.wallets.rules.terms import Rule
from cogs.wallets.service.linking import PAGE, domain_of
from cogs.wallets.service.measuring import Findings, Measuring
from cogs.wallets.service.planning import RECHECK
from cogs.wallets.service.records import fold, gate_named, gates_of, holders_of, lock_server, rules_of, suggest_gates
from cogs.wallets.service.wallets import LinkedWallets
from cogs.wallets.tables import Gate, Snapshot, SnapshotHolder

if TYPE_CHECKING:
    from bot.app import Platform

# The most tickets one holder can have; more tokens count as many.
MOST_TOKENS = 2**53 - 1


class GateReading:
    """Rules of a server, read now for given members."""

    def __init__(self, platform: "Platform", measuring: Measuring) -> None:
        self._platform = platform
        self._measuring = measuring

    async def read(
        self, guild_id: int, key: int, user_ids: Collection[int] | None, tag: Tag | None = None
    ) -> tuple[Rule | None, Sequence[int], Findings]:
        """Return a rule, whom it was read for (everyone with a wallet where none are named), and what was found.

        Without a *tag* one member is read at the newest block, several at a safe one.
        """
        async with self._platform.database.read() as session:
            rules = await rules_of(session, guild_id)
            holders = await holders_of(session, guild_id, user_ids)
        users = sorted({holder.user_id for holder in holders} if user_ids is None else set(user_ids))
        if key not in rules:
            return None, users, Findings()
        if tag is None:
            tag = Tag.LATEST if len(users) == 1 else Tag.SAFE
        return rules[key], users, await self._measuring.measure(rules, [key], users, holders, tag)


class GateRequirements:
    """Passing a rule, for whoever asks it of members; a rule that was removed is unknown."""

    def __init__(self, reading: GateReading) -> None:
        self._reading = reading

    async def resolve(self, session: AsyncSession, guild_id: int, name: str) -> Requirement:
        require_enabled(await config_of(session, guild_id), Feature.WALLETS)
        row = await gate_named(session, guild_id, name)
        return Requirement(row.id, row.name)

    async def suggest(self, session: AsyncSession, guild_id: int, typed: str) -> Sequence[Requirement]:
        return [Requirement(each.key, each.name) for each in await suggest_gates(session, guild_id, typed)]

    async def check(self, guild_id: int, key: int, user_ids: Collection[int]) -> Mapping[int, Verdict]:
        _, users, findings = await self._reading.read(guild_id, key, user_ids)
        verdicts = {user_id: findings.of(key, user_id).verdict for user_id in users}
        failing = [user_id for user_id, verdict in verdicts.items() if verdict is Verdict.NO]
        if failing and len(users) > 1:
            # A safe block is minutes old. Who was told that they pass, at the newest, may have got their token since.
            _, _, newest = await self._reading.read(guild_id, key, failing, Tag.LATEST)
            verdicts |= {user_id: newest.of(key, user_id).verdict for user_id in failing}
        return verdicts


class GateBalances:
    """Whole tokens by a rule; of a combined one, one for whoever passes it."""

    def __init__(self, reading: GateReading) -> None:
        self._reading = reading

    async def of(self, guild_id: int, key: int, user_ids: Collection[int]) -> Mapping[int, int | None]:
        rule, users, findings = await self._reading.read(guild_id, key, user_ids)
        return {user_id: _tokens(rule, findings, key, user_id) for user_id in users}


class OfferedWallets:
    """Wallets of members, for claims."""

    def __init__(self, platform: "Platform", wallets: LinkedWallets) -> None:
        self._platform = platform
        self._wallets = wallets

    async def require(self, session: AsyncSession, guild_id: int) -> None:
        """Raise WrongState while wallets are turned off there, or nobody can link one."""
        require_enabled(await config_of(session, guild_id), Feature.WALLETS)
        if self._platform.web.url(PAGE) is None and self._platform.settings.wallet_paste is None:
            raise WrongState(t("wallet.link.off"))

    async def of(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Wallet]:
        return [Wallet(row.id, row.address) for row in await self._wallets.of(session, guild_id, user_id)]

    def genuine(self, *, bare: bool = False) -> Text | None:
        """Say where wallets are linked, as ``/wallet link`` does, and what is never asked for."""
        page, domain = self._platform.web.url(PAGE), self._platform.settings.wallet_paste
        host = None if page is None else domain_of(page)
        if bare:
            page, named = host, markup.code
        else:
            named = _strong
        if page is None:
            return None if domain is None else t("wallet.genuine_paste", domain=named(domain))
        if domain in (None, host):
            return t("wallet.genuine", page=named(page))
        return t("wallet.genuine_both", page=named(page), domain=named(domain))


class GateHolders:
    """Who takes part in an airdrop: members who pass a rule, or holders in a snapshot."""

    def __init__(self, platform: "Platform", reading: GateReading) -> None:
        self._platform = platform
        self._reading = reading

    async def by_rule(self, guild_id: int, rule: str) -> Sequence[Holding]:
        """Return members who pass; raises TryAgain while that cannot be read of someone."""
        async with self._platform.database.read() as session:
            require_enabled(await config_of(session, guild_id), Feature.WALLETS)
            row = await gate_named(session, guild_id, rule)
        found, users, findings = await self._reading.read(guild_id, row.id, None)
        verdicts = {user_id: findings.of(row.id, user_id).verdict for user_id in users}
        if Verdict.UNKNOWN in verdicts.values():
            raise TryAgain(t("gate.holders.unread", rule=row.name))
        passing = [user_id for user_id in users if verdicts[user_id] is Verdict.YES]
        tokens = {user_id: _tokens(found, findings, row.id, user_id) for user_id in passing}
        # Where a wallet could not be read, but enough was found, there is no telling how many they are.
        return [Holding(str(user_id), 1 if amount is None else amount) for user_id, amount in tokens.items()]

    async def by_snapshot(self, guild_id: int, snapshot: str) -> tuple[SnapshotInfo, Sequence[Holding]]:
        """Return an airdrop's snapshot and everyone in it; raises NotFound."""
        async with self._platform.database.read() as session:
            query = select(Snapshot).where(Snapshot.guild_id == guild_id, Snapshot.folded == fold(snapshot))
            row = (await session.scalars(query)).one_or_none()
            if row is None:
                raise NotFound(t("gate.no_such_snapshot", value=snapshot))
            lines = select(SnapshotHolder.address, SnapshotHolder.amount).where(SnapshotHolder.snapshot_id == row.id)
            found = (await session.execute(lines.order_by(SnapshotHolder.address))).all()
        info = SnapshotInfo(row.name, row.chain_id, row.contract, row.block, row.digest)
        return info, [Holding(address, min(int(amount), MOST_TOKENS)) for address, amount in found]

    async def suggest(self, session: AsyncSession, guild_id: int, typed: str, *, snapshots: bool) -> Sequence[str]:
        if not snapshots:
            return [each.name for each in await suggest_gates(session, guild_id, typed)]
        query = select(Snapshot.name).where(
            Snapshot.guild_id == guild_id, Snapshot.folded.contains(fold(typed), autoescape=True)
        )
        return (await session.scalars(query.order_by(Snapshot.id.desc()).limit(25))).all()


class GateRoles:
    """The roles that rules give."""

    async def given_roles(self, session: AsyncSession, guild_id: int) -> Sequence[int]:
        return (await session.scalars(select(Gate.role_id).where(Gate.guild_id == guild_id))).all()


class GatesRunning:
    """Rechecks, for the moderator who turns wallets off: they stop, and roles stay as they are."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def running(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Line]:
        return [Line(t("gate.off.going_on", rule=row.name)) for row in await gates_of(session, guild_id)]

    async def cancel_running(self, actor: Actor, now: datetime) -> Sequence[Text]:
        async with self._platform.database.write() as tx:
            server = await lock_server(tx.session, actor.guild_id)
            # Somebody else may have turned wallets on again by now.
            enabled = (await config_of(tx.session, actor.guild_id)).enabled(Feature.WALLETS)
            if server is not None and not enabled:
                await self._platform.schedule.drop(tx, RECHECK, server.id)
        return ()


def _strong(address: str) -> Markup:
    return Markup(f"**{address}**")


def _tokens(rule: Rule | None, findings: Findings, key: int, user_id: int) -> int | None:
    finding = findings.of(key, user_id)
    if rule is None or finding.verdict is Verdict.UNKNOWN:
        return None
    if rule.leaf is None:
        return 1 if finding.verdict is Verdict.YES else 0
    return None if finding.amount is None else min(finding.amount // 10**rule.leaf.decimals, MOST_TOKENS)
