"""Telling those who entered that a giveaway was corrected: by direct message, to whoever turned these on."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.delivery import Delivery, Parcel, Target
from bot.direct import put_direct
from bot.guilds import config_of
from bot.preferences import PreferenceRow
from bot.schedule import Due
from cogs.giveaways.service.records import GiveawayInfo, info, post_url
from cogs.giveaways.tables import Giveaway, GiveawayEntry, State

if TYPE_CHECKING:
    from bot.app import Platform

# The deadline, and the delivery to each.
TELL: Final = "giveaway.tell"
CORRECTED: Final = "giveaway.corrected"
# So many in one transaction that others need not wait for it.
CHUNK: Final = 100


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """What someone who entered is told after a correction."""

    info: GiveawayInfo
    post_url: str | None


class Telling:
    """Corrections, told once to each."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def tell(self, due: Due) -> datetime | None:
        """Put a direct message to everyone who had entered by then; doing it again after a crash changes nothing."""
        now = clock.now()
        after = 0
        while True:
            async with self._platform.database.write() as tx:
                row = await tx.session.get(Giveaway, due.subject)
                if row is None or row.state is not State.OPEN:
                    return None
                language = (await config_of(tx.session, row.guild_id)).language
                people = (
                    select(GiveawayEntry.user_id)
                    .join(PreferenceRow, PreferenceRow.user_id == GiveawayEntry.user_id)
                    .where(GiveawayEntry.giveaway_id == row.id, GiveawayEntry.entered_at <= due.due_at)
                    .where(PreferenceRow.direct.is_(True), GiveawayEntry.user_id > after)
                    .order_by(GiveawayEntry.user_id)
                    .limit(CHUNK)
                )
                found = [user_id for user_id in (await tx.session.scalars(people)).all() if user_id is not None]
                for user_id in found:
                    parcel = Parcel(
                        kind=CORRECTED,
                        subject=row.id,
                        recipient=f"{row.revision}:{user_id}",
                        guild_id=row.guild_id,
                        target=Target.DIRECT,
                        user_id=user_id,
                        language=language,
                    )
                    await put_direct(self._platform.deliveries, tx, parcel, now)
            if len(found) < CHUNK:
                return None
            after = found[-1]

    async def load(self, session: AsyncSession, delivery: Delivery) -> CorrectionView | None:
        """Read what someone is told; None when they left meanwhile, or it is over."""
        row = await session.get(Giveaway, delivery.subject)
        if row is None or row.state is not State.OPEN:
            return None
        entered = select(GiveawayEntry.token).where(
            GiveawayEntry.giveaway_id == row.id, GiveawayEntry.user_id == delivery.user_id
        )
        if await session.scalar(entered) is None:
            return None
        return CorrectionView(info(row), await post_url(session, row))
