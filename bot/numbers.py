"""The short numbers people see, counted per server and kind."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Snowflake, Transaction, insert_for


class LastNumber(Base):
    """The last number given in a server for a kind of thing."""

    __tablename__ = "last_numbers"

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


async def next_number(tx: Transaction, guild_id: int, kind: str) -> int:
    """Return the next number of a kind in a server, from 1; given back when the transaction is rolled back."""
    statement = insert_for(tx.session)(LastNumber).values(guild_id=guild_id, kind=kind, last=1)
    taken = await tx.session.scalar(
        statement.on_conflict_do_update(
            index_elements=[LastNumber.guild_id, LastNumber.kind], set_={"last": LastNumber.last + 1}
        ).returning(LastNumber.last)
    )
    if taken is None:
        raise RuntimeError("the database returned no number")
    return taken


async def upcoming_number(session: AsyncSession, guild_id: int, kind: str) -> int:
    """Return the number that the next of a kind will have, if nobody else takes it before."""
    last = await session.scalar(select(LastNumber.last).where(LastNumber.guild_id == guild_id, LastNumber.kind == kind))
    return (last or 0) + 1
