"""Rules: added, combined, removed, listed; grace and protected members. Moderators only."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Transaction, insert_for
from bot.delivery import Parcel, Target
from bot.errors import BadInput, WrongState
from bot.guilds import Feature, GuildConfig, config_of, require_enabled
from bot.i18n import t
from bot.ledger.service import Entry
from bot.numbers import next_number
from bot.people import Actor, Standing, require_moderator, standing
from bot.times import parse_duration
from cogs.wallets.rules.addresses import parse_place
from cogs.wallets.rules.amounts import parse_amount
from cogs.wallets.rules.expression import RESERVED, Expression, circle, names, parse, renamed, reread, written
from cogs.wallets.rules.terms import Standard
from cogs.wallets.rules.tokens import TokenIds, parse_token_ids
from cogs.wallets.service.applying import Applying
from cogs.wallets.service.breaking import Breakers, BreakerView
from cogs.wallets.service.checking import Checking
from cogs.wallets.service.planning import EVERY, Planning
from cogs.wallets.service.positions import require_givable
from cogs.wallets.service.records import (
    Named,
    fold,
    gate_named,
    gates_of,
    lock_server,
    server_for_update,
    server_of,
    suggest_gates,
)
from cogs.wallets.tables import Gate, GateGrant, ProtectedMember

if TYPE_CHECKING:
    from bot.app import Platform

MAX_RULES: Final = 50
MAX_EDITIONS: Final = 100
MAX_GRACE: Final = timedelta(days=90)
_NAME: Final = re.compile(r"[\w'-]{1,32}")


@dataclass(frozen=True, slots=True)
class Wish:
    """What ``/gate add`` asks for, as it was typed."""

    name: str
    role_id: int
    chain: str
    contract: str
    standard: Standard
    minimum: str
    maximum: str | None
    token_ids: str | None


@dataclass(frozen=True, slots=True)
class GateView:
    """A rule as moderators see it."""

    row: Gate
    expression: str | None
    holders: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A server's rules, its grace period, what is asked of moderators, and whose roles are never taken."""

    gates: Sequence[GateView]
    grace: timedelta
    breakers: Sequence[BreakerView]
    protected: Sequence[int]


class Gates:
    """What moderators do with rules."""

    def __init__(
        self, platform: "Platform", checking: Checking, applying: Applying, breakers: Breakers, planning: Planning
    ) -> None:
        self._platform = platform
        self._planning = planning
        self._applying = applying
        self.checking = checking
        self._breakers = breakers

    async def moderated(self, actor: Actor) -> GuildConfig:
        """Return the server's settings; raises for whoever is no moderator, and while wallets are turned off."""
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
        require_moderator(actor, config)
        require_enabled(config, Feature.WALLETS)
        return config

    async def add(self, actor: Actor, wish: Wish, now: datetime) -> GateView:
        """Make a rule about a token, after looking at its contract and the role."""
        await self.moderated(actor)
        name = _name(wish.name)
        require_givable(self._platform.guilds.role(actor.guild_id, wish.role_id))
        place = parse_place(wish.contract)
        chain_id = self.checking.chain(wish.chain, place)
        ids = _token_ids(wish)
        decimals = await self.checking.contract(chain_id, place.address, wish.standard)
        minimum, maximum = _bounds(wish, decimals)
        row = Gate(
            guild_id=actor.guild_id,
            name=name,
            folded=fold(name),
            role_id=wish.role_id,
            chain_id=chain_id,
            contract=place.address,
            standard=wish.standard,
            minimum=str(minimum),
            maximum=None if maximum is None else str(maximum),
            decimals=decimals,
            token_ids=None if ids is None else str(ids),
            created_by=actor.user_id,
            created_at=now,
        )
        return await self._insert(actor, row, "gate.added", now)

    async def combine(self, actor: Actor, name: str, role_id: int, typed: str, now: datetime) -> GateView:
        """Make a rule out of others."""
        await self.moderated(actor)
        name = _name(name)
        require_givable(self._platform.guilds.role(actor.guild_id, role_id))
        expression = parse(typed)
        async with self._platform.database.read() as session:
            rows = await gates_of(session, actor.guild_id)
        row = Gate(
            guild_id=actor.guild_id,
            name=name,
            folded=fold(name),
            role_id=role_id,
            decimals=0,
            expression=written(_by_key(expression, rows)),
            created_by=actor.user_id,
            created_at=now,
        )
        return await self._insert(actor, row, "gate.combined", now)

    async def _insert(self, actor: Actor, row: Gate, kind: str, now: datetime) -> GateView:
        async with self._platform.database.write() as tx:
            await server_for_update(tx.session, actor.guild_id)
            rows = await gates_of(tx.session, actor.guild_id)
            _require_free(row, rows)
            row.number = await next_number(tx, actor.guild_id, "gate")
            tx.session.add(row)
            await tx.session.flush()
            _require_straight(row, [*rows, row])
            entry = Entry(
                actor.guild_id,
                kind,
                actor.user_id,
                f"gate:{row.number}",
                texts={"name": row.name},
                facts={"role": str(row.role_id)},
            )
            await self._planning.plan(tx, actor.guild_id, now + EVERY)
            await self._platform.ledger.append(tx, entry, now=now)
            return await _view(tx.session, row, [*rows, row])

    async def remove(self, actor: Actor, typed: str, now: datetime, *, take: bool) -> GateView:
        """Remove a rule; *take* is whether the role goes from those we gave it to.

        Raises WrongState for one that others are made of.
        """
        await self.moderated(actor)
        async with self._platform.database.write() as tx:
            await lock_server(tx.session, actor.guild_id)
            row = await gate_named(tx.session, actor.guild_id, typed)
            rows = await gates_of(tx.session, actor.guild_id)
            used = [other.name for other in rows if f"#{row.id}" in _names_of(other)]
            if used:
                raise WrongState(t("gate.remove.used", rule=row.name, by=used))
            view = await _view(tx.session, row, rows)
            if take:
                await self._take_all(tx, row, now)
            entry = Entry(
                actor.guild_id, "gate.removed", actor.user_id, f"gate:{row.number}", facts={"count": view.holders}
            )
            await tx.session.delete(row)
            await tx.session.flush()
            await self._platform.ledger.append(tx, entry, now=now)
        return view

    async def _take_all(self, tx: Transaction, row: Gate, now: datetime) -> None:
        """Take the role from everyone we gave it to; the grants go with the rule, so these deliveries ask no more."""
        protected = select(ProtectedMember.user_id).where(ProtectedMember.guild_id == row.guild_id)
        grants = await tx.session.scalars(
            select(GateGrant.user_id).where(GateGrant.gate_id == row.id, GateGrant.user_id.not_in(protected))
        )
        for user_id in grants.all():
            await self._applying.give_up(tx, row, user_id, now)

    async def overview(self, actor: Actor) -> Overview:
        """Return everything about a server's rules."""
        await self.moderated(actor)
        async with self._platform.database.read() as session:
            rows = await gates_of(session, actor.guild_id)
            server = await server_of(session, actor.guild_id)
            views = [await _view(session, row, rows) for row in rows]
            protected = select(ProtectedMember.user_id).where(ProtectedMember.guild_id == actor.guild_id)
            return Overview(
                views,
                timedelta(hours=24) if server is None else timedelta(seconds=server.grace_seconds),
                await self._breakers.open(session, actor.guild_id),
                (await session.scalars(protected.order_by(ProtectedMember.at))).all(),
            )

    async def one(self, actor: Actor, typed: str) -> GateView:
        """Return a rule an option names."""
        await self.moderated(actor)
        async with self._platform.database.read() as session:
            row = await gate_named(session, actor.guild_id, typed)
            return await _view(session, row, await gates_of(session, actor.guild_id))

    async def suggest(self, actor: Actor, typed: str) -> Sequence[Named]:
        """Return rules for autocomplete; none for whoever is no moderator."""
        async with self._platform.database.read() as session:
            if standing(actor, await config_of(session, actor.guild_id)) is not Standing.MODERATOR:
                return ()
            return await suggest_gates(session, actor.guild_id, typed)

    async def set_grace(self, actor: Actor, typed: str, rule: str | None, now: datetime) -> timedelta:
        """Set how long roles are kept after the first no, for the server or one rule; raises BadInput above 90 days."""
        await self.moderated(actor)
        length = timedelta(0) if typed.strip() in ("0", "0h", "0d") else parse_duration(typed)
        if length > MAX_GRACE:
            raise BadInput(t("gate.grace.long", given=typed))
        async with self._platform.database.write() as tx:
            server = await server_for_update(tx.session, actor.guild_id)
            subject = None
            if rule is not None:
                row = await gate_named(tx.session, actor.guild_id, rule)
                row.grace_seconds, subject = int(length.total_seconds()), f"gate:{row.number}"
            else:
                server.grace_seconds = int(length.total_seconds())
            entry = Entry(
                actor.guild_id,
                "gate.grace" if subject else "gate.grace_default",
                actor.user_id,
                subject,
                facts={"after": int(length.total_seconds())},
            )
            await self._platform.ledger.append(tx, entry, now=now)
        return length

    async def protect(self, actor: Actor, user_id: int, now: datetime) -> bool:
        """Protect a member's roles, or lift that; returns whether they are protected now."""
        await self.moderated(actor)
        async with self._platform.database.write() as tx:
            row = await tx.session.get(ProtectedMember, (actor.guild_id, user_id), with_for_update=True)
            if row is None:
                new = insert_for(tx.session)(ProtectedMember).values(
                    guild_id=actor.guild_id, user_id=user_id, by=actor.user_id, at=now
                )
                await tx.session.execute(new.on_conflict_do_nothing())
            else:
                await tx.session.delete(row)
            entry = Entry(
                actor.guild_id,
                "gate.protected" if row is None else "gate.unprotected",
                actor.user_id,
                persons={"member": user_id},
            )
            await self._platform.ledger.append(tx, entry, now=now)
        return row is None

    async def panel(self, actor: Actor, channel_id: int, now: datetime) -> None:
        """Post the message with *Verify*, *Why no role?* and *Refresh*."""
        config = await self.moderated(actor)
        async with self._platform.database.write() as tx:
            number = await next_number(tx, actor.guild_id, "panel")
            parcel = Parcel(
                "gate.panel",
                number,
                actor.guild_id,
                Target.MESSAGE,
                config.language,
                recipient=str(actor.guild_id),
                channel_id=channel_id,
                organiser_id=actor.user_id,
            )
            await self._platform.deliveries.put(tx, parcel, now)
            entry = Entry(actor.guild_id, "gate.panel", actor.user_id, facts={"channel": str(channel_id)})
            await self._platform.ledger.append(tx, entry, now=now)


async def _view(session: AsyncSession, row: Gate, rows: Sequence[Gate]) -> GateView:
    grants = select(func.count()).select_from(GateGrant).where(GateGrant.gate_id == row.id)
    return GateView(row, shown_expression(row, rows), (await session.execute(grants)).scalar_one())


def shown_expression(row: Gate, rows: Sequence[Gate]) -> str | None:
    """Return a combined rule's expression with the names its parts have now."""
    if row.expression is None:
        return None
    by_key: Mapping[str, str] = {f"#{each.id}": each.name for each in rows}
    return written(renamed(reread(row.expression), lambda name: by_key.get(name, name)))


def _names_of(row: Gate) -> frozenset[str]:
    return frozenset() if row.expression is None else frozenset(names(reread(row.expression)))


def _by_key(expression: Expression, rows: Sequence[Gate]) -> Expression:
    """Name rules by key instead of name or number; raises BadInput for one that does not exist."""
    by_name = {row.folded: row for row in rows} | {f"#{row.number}": row for row in rows}

    def key_of(name: str) -> str:
        row = by_name.get(fold(name))
        if row is None:
            raise BadInput(t("gate.expression.unknown", name=name))
        return f"#{row.id}"

    return renamed(expression, key_of)


def _name(typed: str) -> str:
    name = markup.clean(typed)
    if not _NAME.fullmatch(name) or name.isdigit() or fold(name) in RESERVED:
        raise BadInput(t("gate.name.wrong", given=typed))
    return name


def _require_free(row: Gate, rows: Sequence[Gate]) -> None:
    if len(rows) >= MAX_RULES:
        raise WrongState(t("gate.many", n=MAX_RULES))
    for other in rows:
        if other.folded == row.folded:
            raise BadInput(t("gate.name.taken", given=row.name))
        if other.role_id == row.role_id:
            raise BadInput(t("gate.role.taken", rule=other.name))


def _require_straight(row: Gate, rows: Sequence[Gate]) -> None:
    uses = {each.id: [int(name[1:]) for name in _names_of(each)] for each in rows}
    if circle(row.id, uses) is not None:
        raise BadInput(t("gate.expression.circle"))


def _token_ids(wish: Wish) -> TokenIds | None:
    if wish.token_ids is None or not wish.token_ids.strip():
        if wish.standard is Standard.ERC1155:
            raise BadInput(t("gate.token_ids.missing"))
        return None
    if wish.standard is Standard.ERC20:
        raise BadInput(t("gate.token_ids.coin"))
    ids = parse_token_ids(wish.token_ids)
    if wish.standard is Standard.ERC1155 and ids.size > MAX_EDITIONS:
        raise BadInput(t("gate.token_ids.many", n=MAX_EDITIONS))
    return ids


def _bounds(wish: Wish, decimals: int) -> tuple[int, int | None]:
    minimum = parse_amount(wish.minimum, decimals)
    maximum = None if wish.maximum is None else parse_amount(wish.maximum, decimals)
    if maximum is None and minimum == 0:
        raise BadInput(t("gate.amount.nothing"))
    if maximum is not None and maximum < minimum:
        raise BadInput(t("gate.amount.crossed", minimum=wish.minimum, maximum=wish.maximum or ""))
    return minimum, maximum
