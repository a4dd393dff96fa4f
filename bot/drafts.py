"""Drafts: what someone is preparing, as a row, so that it outlives a restart and Discord's fifteen minutes."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Key, Snowflake, Transaction
from bot.errors import NotFound, WrongState
from bot.i18n import Text, t

if TYPE_CHECKING:
    from bot.ui.router import Press

KEPT: Final = timedelta(days=30)
MOST: Final = 20


class DraftRow(Base):
    """Values of something not posted yet, by name; ``subject`` is set while something posted is being changed."""

    __tablename__ = "drafts"

    id: Mapped[Key]
    kind: Mapped[str]
    guild_id: Mapped[Snowflake] = mapped_column(index=True)
    user_id: Mapped[Snowflake]
    channel_id: Mapped[Snowflake] = mapped_column(doc="where it was begun: the channel a post goes to by default")
    subject: Mapped[int | None]
    values: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as others see it."""

    id: int
    kind: str
    guild_id: int
    user_id: int
    channel_id: int
    subject: int | None
    values: Mapping[str, Any]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DraftKind:
    """How drafts of one kind are called in a list, and how the panel of one is shown again.

    ``name`` reads as a line of its own ("Giveaway: Art print"); ``open`` answers the press of *Open*.
    """

    name: Callable[[Draft], Text]
    open: Callable[["Press", Draft], Awaitable[None]]


class DraftKinds:
    """What kinds of drafts there are; each feature registers its own, in its setup."""

    def __init__(self) -> None:
        self._kinds: dict[str, DraftKind] = {}

    def register(self, kind: str, how: DraftKind) -> None:
        if kind in self._kinds:
            raise ValueError(f"two kinds of drafts named {kind}")
        self._kinds[kind] = how

    def of(self, kind: str) -> DraftKind | None:
        """Return how a kind is handled; None for drafts of a feature that is not there any more."""
        return self._kinds.get(kind)


async def open_draft(
    tx: Transaction,
    kind: str,
    guild_id: int,
    user_id: int,
    channel_id: int,
    values: Mapping[str, Any],
    now: datetime,
    *,
    subject: int | None = None,
) -> Draft:
    """Begin a draft; raises WrongState when the member has too many already."""
    own = await drafts_of(tx.session, guild_id, user_id)
    if len(own) >= MOST:
        raise WrongState(t("draft.too_many", n=MOST))
    row = DraftRow(
        # Never one there was before: messages of a draft that is gone still carry its key.
        id=secrets.randbelow(2**48) + 1,
        kind=kind,
        guild_id=guild_id,
        user_id=user_id,
        channel_id=channel_id,
        subject=subject,
        values=dict(values),
        created_at=now,
        updated_at=now,
    )
    tx.session.add(row)
    await tx.session.flush()
    return _draft(row)


async def draft_of(session: AsyncSession, key: int, guild_id: int, user_id: int, kind: str) -> Draft:
    """Return a member's own draft; raises NotFound for another's, another server's, or one that is gone."""
    return _draft(await _own(session, key, guild_id, user_id, kind))


async def own_draft(session: AsyncSession, key: int, guild_id: int, user_id: int) -> Draft:
    """Return a member's own draft of whatever kind; raises NotFound like :func:`draft_of`."""
    row = await session.get(DraftRow, key)
    if row is None or (row.guild_id, row.user_id) != (guild_id, user_id):
        raise NotFound(t("draft.gone"))
    return _draft(row)


async def change_draft(
    tx: Transaction, key: int, guild_id: int, user_id: int, kind: str, changes: Mapping[str, Any], now: datetime
) -> Draft:
    """Set values of a draft; None removes one. Raises NotFound like :func:`draft_of`."""
    row = await _own(tx.session, key, guild_id, user_id, kind)
    merged = {**row.values, **changes}
    row.values = {name: value for name, value in merged.items() if value is not None}
    row.updated_at = now
    return _draft(row)


async def drafts_of(session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Draft]:
    """Return a member's drafts, latest first."""
    query = select(DraftRow).where(DraftRow.guild_id == guild_id, DraftRow.user_id == user_id)
    return [_draft(row) for row in (await session.scalars(query.order_by(DraftRow.updated_at.desc()))).all()]


async def discard_draft(tx: Transaction, key: int) -> None:
    """Remove a draft, posted or given up."""
    await tx.session.execute(delete(DraftRow).where(DraftRow.id == key))


async def expire_drafts(tx: Transaction, now: datetime) -> int:
    """Remove drafts nobody touched for 30 days; returns how many."""
    gone = await tx.session.execute(delete(DraftRow).where(DraftRow.updated_at < now - KEPT).returning(DraftRow.id))
    return len(gone.all())


async def _own(session: AsyncSession, key: int, guild_id: int, user_id: int, kind: str) -> DraftRow:
    row = await session.get(DraftRow, key, with_for_update=True)
    if row is None or (row.guild_id, row.user_id, row.kind) != (guild_id, user_id, kind):
        raise NotFound(t("draft.gone"))
    return row


def _draft(row: DraftRow) -> Draft:
    return Draft(
        row.id, row.kind, row.guild_id, row.user_id, row.channel_id, row.subject, dict(row.values), row.updated_at
    )
