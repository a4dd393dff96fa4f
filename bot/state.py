"""A few values of the whole installation, by name."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Transaction


class Remembered(Base):
    """A named value: the digest of the commands Discord has, when the last sweep was."""

    __tablename__ = "remembered"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


async def remembered(session: AsyncSession, name: str) -> str | None:
    """Read a value; None when it was never set."""
    row = await session.get(Remembered, name)
    return None if row is None else row.value


async def remember(tx: Transaction, name: str, value: str) -> None:
    """Set a value."""
    await tx.session.merge(Remembered(name=name, value=value))
