"""Gates on a real database and a real chain, with a Discord that is a set of roles: for many rechecks in little time.

``async with office(path, url) as desk``: people are linked with ``desk.link``, rules made with ``desk.rule``, time
passes with ``desk.cycle``.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.app import Platform, create_platform
from bot.chain.reader import ChainReader
from bot.chain.rpc import Rpc
from bot.database import Base
from bot.delivery import Delivery, DeliveryState, Outcome, Target
from bot.people import Actor, Permission
from bot.ports import Absent, MemberState, RoleState
from bot.settings import Settings
from cogs.wallets.rules.terms import How, Method, Standard
from cogs.wallets.service.applying import ROLE
from cogs.wallets.service.gates import Wish
from cogs.wallets.service.proving import Proof
from cogs.wallets.service.rechecking import Report
from cogs.wallets.tables import Cause, Gate, GateGrant, GateStanding, WalletLink
from cogs.wallets.wiring import Services, build, register
from tests.chain.anvil import CHAIN_ID, Anvil, Contract
from tests.wallets.stage import address, collection

if TYPE_CHECKING:
    from bot.permissions import Need

GUILD = 1_400_000_000_000_000_001
MODERATOR = Actor(9, GUILD, "moderator", "en", permissions=Permission.MANAGE_GUILD)
START = datetime(2027, 3, 1, 12, tzinfo=UTC)
COLLECTORS = 501
PEOPLE = range(1, 11)


@dataclass
class Town:
    """Who has which role; ``managed``, ``above`` and ``gone`` are roles that cannot be given.

    ``silent``: Discord does not say who has which; ``away``: the bot is not in the server.
    """

    roles: dict[int, set[int]] = field(default_factory=dict[int, set[int]])
    left: set[int] = field(default_factory=set[int])
    silent: bool = False
    away: bool = False
    gone: set[int] = field(default_factory=set[int])
    permissions: dict[int, int] = field(default_factory=dict[int, int])
    above: set[int] = field(default_factory=set[int])
    managed: set[int] = field(default_factory=set[int])

    async def fetch(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, MemberState | Absent]:
        return {user_id: self._state(user_id) for user_id in user_ids}

    def _state(self, user_id: int) -> MemberState | Absent:
        if self.silent:
            return Absent.UNKNOWN
        if user_id in self.left:
            return Absent.LEFT
        return MemberState(user_id, frozenset(self.roles.get(user_id, ())), None, is_bot=False)

    async def role_count(self, guild_id: int, role_id: int) -> int | None:
        return None

    def known(self, guild_id: int) -> bool:
        return not self.away

    def guild_name(self, guild_id: int) -> str:
        return "Studio"

    def role(self, guild_id: int, role_id: int) -> RoleState | None:
        if role_id in self.gone:
            return None
        return RoleState(
            role_id,
            f"role {role_id}",
            managed=role_id in self.managed,
            is_default=role_id == guild_id,
            assignable=role_id not in self.above,
            mentionable=True,
            permissions=self.permissions.get(role_id, 0),
        )

    def lacking(self, guild_id: int, needs: "Collection[Need]") -> frozenset["Need"]:
        return frozenset()


@dataclass
class Desk:
    """The feature's services, and what tests do with them."""

    platform: Platform
    services: Services
    town: Town
    now: datetime = START

    def holders(self, role_id: int) -> set[int]:
        return {user_id for user_id, roles in self.town.roles.items() if role_id in roles}

    async def rule(self, name: str, role_id: int, contract: Contract, standard: str = "erc721", **options: Any) -> Gate:
        wish = Wish(
            name,
            role_id,
            str(CHAIN_ID),
            contract.address,
            Standard(standard),
            str(options.get("minimum", "1")),
            options.get("maximum"),
            options.get("token_ids"),
        )
        return (await self.services.gates.add(MODERATOR, wish, self.now)).row

    async def combined(self, name: str, role_id: int, expression: str) -> Gate:
        return (await self.services.gates.combine(MODERATOR, name, role_id, expression, self.now)).row

    async def link(
        self, user_id: int, address: str, method: Method = Method.RECOVER, chain_id: int = CHAIN_ID
    ) -> WalletLink:
        async with self.platform.database.write() as tx:
            return await self.services.wallets.link(
                tx, GUILD, user_id, address, Proof(method, chain_id), How.PAGE, self.now
            )

    async def link_many(self, wallets: Mapping[str, int]) -> None:
        """Link wallets of members by address, without asking anything."""
        async with self.platform.database.write() as tx:
            tx.session.add_all(
                WalletLink(
                    guild_id=GUILD,
                    user_id=user_id,
                    address=address,
                    method=Method.RECOVER,
                    how=How.PAGE,
                    chain_id=CHAIN_ID,
                    linked_at=self.now,
                )
                for address, user_id in wallets.items()
            )

    async def settle(self, anvil: Anvil, people: range = PEOPLE) -> tuple[Contract, Gate]:
        """Let each of these members hold one of a collection, and have the role for it."""
        art = collection(anvil, *(address(n) for n in people))
        gate = await self.rule("collector", COLLECTORS, art)
        await self.link_many({address(n): n for n in people})
        await self.cycle()
        assert self.holders(COLLECTORS) == set(people)
        return art, gate

    async def cycle(self, hours: float = 6) -> Report:
        """Let time pass, recheck everyone, and have Discord do what was decided."""
        self.now += timedelta(hours=hours)
        report = await self.services.rechecking.server(GUILD, Cause.SCHEDULED, self.now)
        await self.carry_out()
        return report

    async def carry_out(self) -> None:
        """Do what the book of deliveries says about roles, as the dispatcher would."""
        async with self.platform.database.write() as tx:
            query = select(Delivery).where(Delivery.kind == ROLE, Delivery.state == DeliveryState.PENDING)
            for row in (await tx.session.scalars(query.order_by(Delivery.id))).all():
                wanted = await self.services.telling.load_role(tx.session, row)
                row.state = DeliveryState.DROPPED if wanted is None else DeliveryState.SENT
                if wanted is None or row.user_id is None or row.role_id is None:
                    continue
                mine = self.town.roles.setdefault(row.user_id, set())
                (mine.add if row.target is Target.ROLE_ADD else mine.discard)(row.role_id)
                await self.services.telling.role_settled(tx, row, Outcome(DeliveryState.SENT))

    async def standing(self, gate: Gate, user_id: int) -> GateStanding:
        async with self.platform.database.read() as session:
            return await session.get_one(GateStanding, (gate.id, user_id))

    async def grants(self) -> list[GateGrant]:
        return await self.rows(select(GateGrant).where(GateGrant.guild_id == GUILD))

    async def rows(self, query: Any) -> list[Any]:
        async with self.platform.database.read() as session:
            return list((await session.scalars(query)).all())

    async def kinds(self) -> list[str]:
        """Return the kinds of the ledger's rows, oldest first."""
        async with self.platform.database.read() as session:
            page = await self.platform.ledger.page(session, GUILD, limit=1_000)
        return [row.kind for row in page.rows][::-1]


@asynccontextmanager
async def office(
    folder: Path,
    *urls: str,
    database_url: str | None = None,
    town: Town | None = None,
) -> AsyncIterator[Desk]:
    """Put gates together over a fresh database, with a chain at *urls*.

    With the *database_url* and *town* of another desk it is a second process of the same bot.
    """
    url = database_url or f"sqlite+aiosqlite:///{folder / 'gates.db'}"
    platform = create_platform(Settings(database_url=url, beacon_urls=()))
    town = town or Town()
    platform.members = town
    platform.guilds = town  # type: ignore[assignment]
    async with platform.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    rpc = Rpc(CHAIN_ID, urls, jitter=lambda: -1.0)
    services = build(platform, {CHAIN_ID: ChainReader(rpc)})
    register(platform, services)
    try:
        yield Desk(platform, services, town)
    finally:
        await platform.close()
