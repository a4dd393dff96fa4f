"""What is said of a subject beside its posts: results, answers, reminders; remembered, and kept true by edits."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from bot import clock
from bot.database import Base, Key, Snowflake, Transaction
from bot.delivery import Deliveries, Delivery, DeliveryState, Outcome, Parcel, Target
from bot.posts import UNKNOWN_MESSAGE

# Set on a message that may have been read before something changed: it is edited once it is sent.
_STALE: Final = "stale"


class Said(Base):
    """The columns of a message that stands in a channel; a feature's own table adds the key of its subject.

    Kept as long as the subject, so that whoever is forgotten disappears from what was published; deliveries are not.
    """

    __abstract__ = True

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(doc="of the delivery that sent it")
    recipient: Mapped[str] = mapped_column(doc="of the delivery that sent it")
    channel_id: Mapped[Snowflake]
    message_id: Mapped[Snowflake]
    language: Mapped[str]
    params: Mapped[dict[str, Any]]


class Subject(Protocol):
    """What something is said of: a giveaway's or a poll's row."""

    id: Mapped[int]
    guild_id: Mapped[int]
    organiser_id: Mapped[int | None]


Row = TypeVar("Row", bound=Subject)
Message = TypeVar("Message", bound=Said)


def edit_kind(kind: str) -> str:
    """Return the kind of delivery that edits messages of a kind."""
    return f"{kind}_edit"


class Sayings(ABC, Generic[Row, Message]):
    """Have something said in every channel of a subject, or in one; only the first one mentions and carries files.

    The feature registers :meth:`settled` for each kind, :meth:`edited` for its :func:`edit_kind`, and a lock of the
    subject for the former: :meth:`refresh` marks what is on its way while it holds that lock.
    """

    def __init__(self, deliveries: Deliveries, table: type[Message], subject: InstrumentedAttribute[int]) -> None:
        self._deliveries = deliveries
        self._table = table
        self._subject = subject

    @abstractmethod
    async def places(self, session: AsyncSession, row: Row) -> Sequence[tuple[int | None, str]]:
        """Return the channels it is said in, with their languages; None where one is looked for when its turn comes."""

    async def everywhere(
        self, tx: Transaction, row: Row, kind: str, part: str, params: dict[str, Any], now: datetime
    ) -> None:
        """Write a message for each channel; *part* tells several of one kind apart."""
        for index, place in enumerate(await self.places(tx.session, row)):
            await self.put(tx, row, kind, f"{index}:{part}", place, {"first": index == 0, **params}, now)

    async def put(
        self,
        tx: Transaction,
        row: Row,
        kind: str,
        recipient: str,
        place: tuple[int | None, str],
        params: dict[str, Any],
        now: datetime,
    ) -> None:
        """Write one message."""
        parcel = Parcel(
            kind=kind,
            subject=row.id,
            recipient=recipient,
            guild_id=row.guild_id,
            target=Target.MESSAGE,
            channel_id=place[0],
            language=place[1],
            params=params,
            organiser_id=row.organiser_id,
        )
        await self._deliveries.put(tx, parcel, now)

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Remember where a message stands."""
        if outcome.state is not DeliveryState.SENT or outcome.message_id is None or delivery.channel_id is None:
            return
        params = dict(delivery.params)
        stale = params.pop(_STALE, False)
        message = self._table(
            kind=delivery.kind,
            recipient=delivery.recipient,
            channel_id=delivery.channel_id,
            message_id=outcome.message_id,
            language=delivery.language,
            params=params,
            **{self._subject.key: delivery.subject},
        )
        tx.session.add(message)
        if stale:
            await self._deliveries.put(tx, self.edit_of(message, delivery.guild_id), clock.now())

    async def edited(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Forget a message that was deleted by hand."""
        if outcome.state is DeliveryState.FAILED and outcome.error == UNKNOWN_MESSAGE:
            await tx.session.execute(delete(self._table).where(self._table.message_id == delivery.message_id))

    async def refresh(
        self, tx: Transaction, row: Row, kinds: Collection[str], now: datetime, *, but_first: bool = False
    ) -> None:
        """Have messages of these kinds say what is stored now; one on its way is edited once it is there.

        ``but_first`` leaves those of the first channel as they are.
        """
        for message in await self.standing(tx.session, row.id, kinds):
            if not (but_first and message.params.get("first")):
                await self._deliveries.put(tx, self.edit_of(message, row.guild_id), now)
        on_its_way = select(Delivery).where(
            Delivery.kind.in_(kinds),
            Delivery.subject == row.id,
            Delivery.state.not_in((DeliveryState.SENT, DeliveryState.DROPPED)),
        )
        for delivery in (await tx.session.scalars(on_its_way.with_for_update())).all():
            if not (but_first and delivery.params.get("first")):
                delivery.params = {**delivery.params, _STALE: True}

    async def standing(self, session: AsyncSession, key: int, kinds: Collection[str]) -> Sequence[Message]:
        """Return the messages of a subject that were sent, the oldest first."""
        query = select(self._table).where(self._subject == key, self._table.kind.in_(kinds))
        return (await session.scalars(query.order_by(self._table.id))).all()

    def edit_of(self, message: Message, guild_id: int | None) -> Parcel:
        """Return the edit that brings a message up to date."""
        return Parcel(
            kind=edit_kind(message.kind),
            subject=getattr(message, self._subject.key),
            recipient=message.recipient,
            guild_id=guild_id,
            target=Target.EDIT,
            channel_id=message.channel_id,
            message_id=message.message_id,
            language=message.language,
            params=message.params,
            replace=True,
        )
