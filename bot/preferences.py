"""What a member set for themselves with ``/my settings``, in every server alike."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Mapped, mapped_column

from bot import clock
from bot.database import Base, Database, Snowflake, Transaction

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
            row = await session.get(PreferenceRow, user_id)
        found = Preference() if row is None else Preference(row.language, row.zone, row.direct, tuple(row.lead_times))
        self._cache[user_id] = (now, found)
        self._cache.move_to_end(user_id)
        while len(self._cache) > REMEMBERED:
            self._cache.popitem(last=False)
        return found

    async def save(self, tx: Transaction, user_id: int, preference: Preference) -> None:
        """Replace a member's settings."""
        row = await tx.session.get(PreferenceRow, user_id, with_for_update=True)
        if row is None:
            row = PreferenceRow(user_id=user_id)
            tx.session.add(row)
        row.language, row.zone, row.direct = preference.language, preference.zone, preference.direct
        row.lead_times = list(preference.lead_times)
        tx.after_commit(lambda: self._cache.pop(user_id, None))

    async def forget(self, tx: Transaction, user_id: int) -> None:
        """Erase a member's settings."""
        row = await tx.session.get(PreferenceRow, user_id)
        if row is not None:
            await tx.session.delete(row)
        tx.after_commit(lambda: self._cache.pop(user_id, None))
