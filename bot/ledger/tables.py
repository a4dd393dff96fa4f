"""Tables of the ledger: rows that never change, and beside them what may be erased."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, EnumText, Key, Snowflake


class LedgerHead(Base):
    """The end of a server's chain, and how far the log channel has been told.

    Whoever appends holds this row's lock until the commit, so that a chain never forks. ``telling_from`` is the first
    row of the one delivery that is on its way to the log channel, None when there is none:

    None --row appended, a channel is set--> n --sent, unknown or dropped--> first row after it, or None
    n --refused for good--> n: it waits for permissions, or goes to the channel that is set next
    """

    __tablename__ = "ledger_heads"

    id: Mapped[Key]
    guild_id: Mapped[Snowflake] = mapped_column(unique=True)
    seq: Mapped[int] = mapped_column(default=0, doc="the last row's number")
    hash: Mapped[str] = mapped_column(doc="the last row's hash; the genesis hash before the first")
    telling_from: Mapped[int | None]
    telling_channel_id: Mapped[Snowflake | None]
    told_at: Mapped[datetime | None] = mapped_column(doc="when the last delivery to the log channel was claimed")
    pinned_seq: Mapped[int] = mapped_column(default=0, doc="the last row under a head that was put for posting")
    pin_due: Mapped[bool] = mapped_column(default=False, doc="a deadline will post the head")
    erasures: Mapped[int] = mapped_column(default=0, doc="grows with each, to notice one while a message is sent")


class LedgerRow(Base):
    """One row, for good: numbers without gaps, digests in place of persons and free text."""

    __tablename__ = "ledger_rows"

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(doc="whole seconds")
    kind: Mapped[str]
    subject: Mapped[str | None]
    actor: Mapped[str | None] = mapped_column(doc="digest; None where the bot itself acted")
    persons: Mapped[dict[str, Any]] = mapped_column(doc="name -> digest")
    texts: Mapped[dict[str, Any]] = mapped_column(doc="name -> digest")
    facts: Mapped[dict[str, Any]]
    hash: Mapped[str]


class Part(StrEnum):
    """What of a row a clear value belongs to."""

    ACTOR = "actor"
    PERSON = "person"
    TEXT = "text"


class LedgerClear(Base):
    """A clear value with its salt, beside its row; erased by deletion. Either ``user_id`` or ``text`` is set."""

    __tablename__ = "ledger_clear"
    __table_args__ = (
        ForeignKeyConstraint(("guild_id", "seq"), ("ledger_rows.guild_id", "ledger_rows.seq"), ondelete="CASCADE"),
        Index(None, "guild_id", "user_id"),
    )

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[Part] = mapped_column(EnumText(Part), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True, doc="empty for the actor")
    salt: Mapped[str]
    user_id: Mapped[Snowflake | None]
    text: Mapped[str | None]


class LedgerPost(Base):
    """A message in a log channel and the rows it shows, so that it can be edited after an erasure."""

    __tablename__ = "ledger_posts"

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    first: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
    channel_id: Mapped[Snowflake]
    message_id: Mapped[Snowflake]
    language: Mapped[str]
