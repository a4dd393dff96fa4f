"""What a member set for themselves with ``/my settings``, in every server alike."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, ForeignKey, Index, delete, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot import clock
from bot.database import Base, Database, Snowflake, Transaction, insert_for

# The reminder lead times a member can choose among, in minutes.
LEADS: Final = (0, 10, 30, 60, 180, 1_440, 2_880, 10_080)
REMEMBERED: Final = 10_000
# Another process may have changed them; nobody minds a minute.
FRESH: Final = timedelta(minutes=1)


class PreferenceRow(Base):
    """A member's settings; absent while all are the defaults."""

    __tablename__ = "preferences"

    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str | None]
    zone: Mapped[str | None]
    direct: Mapped[bool] = mapped_column(default=False, doc="whether direct messages may be sent")
    lead_times: Mapped[list[Any]] = mapped_column(default=list, doc="own reminder lead times, in minutes")


class PreferencePlace(Base):
    """A server in which a member's settings are used; with the last of these rows the settings go."""

    __tablename__ = "preference_places"
    __table_args__ = (Index(None, "guild_id", "user_id"),)

    user_id: Mapped[Snowflake] = mapped_column(ForeignKey("preferences.user_id", ondelete="CASCADE"), primary_key=True)
    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)


@dataclass(frozen=True, slots=True)
class Preference:
    """A member's settings; None follows Discord's language and the server's zone. Lead times are minutes."""

    language: str | None = None
    zone: str | None = None
    direct: bool = False
    lead_times: tuple[int, ...] = ()


class Preferences:
    """Read and change members' settings; reading is cached, since every answer asks for the language."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: OrderedDict[int, tuple[datetime, Preference]] = OrderedDict()

    async def of(self, user_id: int) -> Preference:
        """Return a member's settings."""
        now = clock.now()
        held = self._cache.get(user_id)
        if held is not None and now - held[0] < FRESH:
            return held[1]
        async with self._database.read() as session:
            found = await preference_of(session, user_id)
        self._cache[user_id] = (now, found)
        self._cache.move_to_end(user_id)
        while len(self._cache) > REMEMBERED:
            self._cache.popitem(last=False)
        return found

    def _uncache(self, user_id: int) -> None:
        self._cache.pop(user_id, None)

    async def save(self, tx: Transaction, user_id: int, preference: Preference) -> None:
        """Replace a member's settings."""
        row = await tx.session.get(PreferenceRow, user_id, with_for_update=True)
        if row is None:
            row = PreferenceRow(user_id=user_id)
            tx.session.add(row)
        row.language, row.zone, row.direct = preference.language, preference.zone, preference.direct
        row.lead_times = list(preference.lead_times)
        tx.after_commit(lambda: self._uncache(user_id))

    async def forget(self, tx: Transaction, user_id: int) -> None:
        """Erase a member's settings."""
        await tx.session.execute(delete(PreferenceRow).where(PreferenceRow.user_id == user_id))
        tx.after_commit(lambda: self._uncache(user_id))

    async def leave(self, tx: Transaction, guild_id: int, user_id: int) -> None:
        """Note that settings are not used in a server any more; erase them when they are used in no other."""
        here = (PreferencePlace.guild_id == guild_id, PreferencePlace.user_id == user_id)
        await tx.session.execute(delete(PreferencePlace).where(*here))
        if not await used_elsewhere(tx.session, guild_id, user_id):
            await self.forget(tx, user_id)


async def preference_of(session: AsyncSession, user_id: int) -> Preference:
    """Read a member's settings, past the cache."""
    row = await session.get(PreferenceRow, user_id)
    return Preference() if row is None else Preference(row.language, row.zone, row.direct, tuple(row.lead_times))


async def used_elsewhere(session: AsyncSession, guild_id: int, user_id: int) -> bool:
    """Whether a member's settings are used in another server than this one."""
    other = (PreferencePlace.user_id == user_id, PreferencePlace.guild_id != guild_id)
    return bool(await session.scalar(select(exists().where(*other))))


async def place_settings(tx: Transaction, guild_id: int, user_ids: Sequence[int]) -> None:
    """Note the members among these who have settings as using them in a server."""
    those = select(PreferenceRow.user_id, literal(guild_id, BigInteger)).where(PreferenceRow.user_id.in_(user_ids))
    statement = insert_for(tx.session)(PreferencePlace).from_select(["user_id", "guild_id"], those)
    await tx.session.execute(statement.on_conflict_do_nothing())
