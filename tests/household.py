"""A database with the platform's custodians, and what a sweep asks of Discord: for tests of who is kept."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.absences import Absence, Presence
from bot.custodians import platform_custodians
from bot.database import Base, Database, Transaction
from bot.delivery import Deliveries
from bot.drafts import open_draft
from bot.guilds import row_for_update
from bot.i18n import Text, t
from bot.ledger.custody import LedgerCustodian
from bot.ledger.service import Ledger
from bot.ledger.setup import register
from bot.ports import Absent, Custodian, MemberState
from bot.preferences import Preferences
from bot.schedule import Schedule
from bot.sweep import Sweeper
from bot.upkeep import Upkeep

GUILD, ELSEWHERE = 1_400_000_000_000_000_001, 1_400_000_000_000_000_002
START = datetime(2027, 3, 1, 12, tzinfo=UTC)


@dataclass
class Town:
    """Discord as the sweep sees it: who is gone, and whether it answers at all."""

    gone: set[int] = field(default_factory=set)
    silent: bool = False
    visible: bool = True
    asked: list[Sequence[int]] = field(default_factory=list)
    before_answer: Callable[[], None] | None = None

    async def fetch(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, MemberState | Absent]:
        self.asked.append(list(user_ids))
        if self.before_answer is not None:
            self.before_answer()
        return {user_id: self._state(user_id) for user_id in user_ids}

    def _state(self, user_id: int) -> MemberState | Absent:
        if self.silent:
            return Absent.UNKNOWN
        return Absent.LEFT if user_id in self.gone else MemberState(user_id, frozenset(), None, is_bot=False)

    async def role_count(self, guild_id: int, role_id: int) -> int | None:
        return None

    def known(self, guild_id: int) -> bool:
        return self.visible


@dataclass
class Crowd:
    """A feature that knows people in each server, and forgets them."""

    people: dict[int, list[int]] = field(default_factory=dict)
    broken: bool = False

    def notice(self) -> Text:
        return t("privacy.absences.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        return {"crowd": True} if user_id in self.people.get(guild_id, []) else {}

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        return ()

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        if self.broken:
            raise RuntimeError("this feature cannot forget")
        here = self.people.get(guild_id, [])
        tx.after_commit(lambda: here.remove(user_id) if user_id in here else None)

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        return sorted(user_id for user_id in self.people.get(guild_id, []) if user_id > after)[:limit]

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        def gone() -> None:
            self.people.pop(guild_id, None)

        tx.after_commit(gone)


@dataclass
class Household:
    """The platform's parts that keep something about persons, on a real database."""

    database: Database
    deliveries: Deliveries
    preferences: Preferences
    presence: Presence
    ledger: Ledger
    custodians: list[Custodian]
    crowd: Crowd
    town: Town
    now: datetime = START

    def sweeper(self, owner: str = "one") -> Sweeper:
        return Sweeper(self.database, self.custodians, self.ledger, self.town.known, self.town, owner)

    def upkeep(self) -> Upkeep:
        return Upkeep(self.database, self.deliveries, self.custodians, self.presence, self.sweeper())

    def pass_time(self, **length: float) -> None:
        self.now += timedelta(**length)

    async def settle_in(self, guild_id: int = GUILD) -> None:
        """Make the server known."""
        async with self.database.write() as tx:
            await row_for_update(tx.session, guild_id)

    async def draft(self, user_id: int, guild_id: int = GUILD, **values: Any) -> int:
        async with self.database.write() as tx:
            return (await open_draft(tx, "test", guild_id, user_id, 1, values, self.now)).id

    async def absence(self, user_id: int, guild_id: int = GUILD) -> Absence | None:
        async with self.database.read() as session:
            return await session.get(Absence, (guild_id, user_id))

    async def exported(self, user_id: int, guild_id: int = GUILD) -> dict[str, object]:
        """Return everything any custodian holds, but empty lists."""
        held: dict[str, object] = {}
        async with self.database.read() as session:
            for custodian in self.custodians:
                held.update(await custodian.export(session, guild_id, user_id))
        return {name: value for name, value in held.items() if value}


@asynccontextmanager
async def household(url: str) -> AsyncIterator[Household]:
    """Make the tables and put the parts together, as ``app.py`` does."""
    database = Database(url)
    deliveries, schedule = Deliveries(database), Schedule(database)
    preferences, presence, crowd = Preferences(database), Presence(database), Crowd()
    ledger = register(database, deliveries, schedule)
    custodians: list[Custodian] = [LedgerCustodian(ledger), *platform_custodians(preferences, presence), crowd]
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    try:
        yield Household(database, deliveries, preferences, presence, ledger, custodians, crowd, Town())
    finally:
        await database.close()
