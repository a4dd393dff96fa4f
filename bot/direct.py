"""Direct messages: only to members who turned them on in ``/my settings``, and off again when Discord refuses them."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.delivery import Deliveries, Parcel, Target
from bot.preferences import PreferenceRow

# Discord's "Cannot send messages to this user": their privacy settings, or they blocked the bot.
REFUSED: Final = "50007"


async def put_direct(deliveries: Deliveries, tx: Transaction, parcel: Parcel, now: datetime) -> bool:
    """Put a direct message if the member turned them on; returns whether it was.

    It is worded in the language the member chose, in the parcel's where they chose none. Whether the member still wants
    it is asked again when its turn comes.
    """
    if parcel.target is not Target.DIRECT or parcel.user_id is None:
        raise ValueError(f"{parcel.kind} of {parcel.subject} is no direct message")
    row = await tx.session.get(PreferenceRow, parcel.user_id)
    if row is None or not row.direct:
        return False
    await deliveries.put(tx, replace(parcel, language=row.language or parcel.language), now)
    return True


async def wanted(session: AsyncSession, user_id: int) -> bool:
    """Whether a member takes direct messages now."""
    row = await session.get(PreferenceRow, user_id)
    return row is not None and row.direct


async def turn_off(tx: Transaction, user_id: int) -> None:
    """Turn a member's direct messages off, since Discord does not let them through."""
    await tx.session.execute(update(PreferenceRow).where(PreferenceRow.user_id == user_id).values(direct=False))
