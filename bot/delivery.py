"""Deliveries: rows that say what is to be posted, edited, sent or given, written with the change that causes it.

The dispatcher (``bot/dispatch.py``) carries them out. Features register per kind how a row becomes a message and what
its fate means for them.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Index, UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, EnumText, Key, Snowflake, Transaction
from bot.i18n import Text
from bot.natives import NativeWanted
from bot.ui.outgoing import Outgoing

# No message is edited more often.
EDIT_GAP: Final = timedelta(seconds=5)
# A parameter of an edit that replaces the files too; it stays until such an edit was carried out.
NEW_FILES: Final = "new_files"
_NONCE_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


class Target(StrEnum):
    """What a delivery does; all but MESSAGE and DIRECT are absolute, so that repeating them is harmless.

    THREAD opens the thread of a message; NATIVE makes one of Discord's scheduled events, or changes it as wanted; REPLY
    edits a private answer, which Discord allows for 15 minutes.
    """

    MESSAGE = "message"
    DIRECT = "direct"
    EDIT = "edit"
    ROLE_ADD = "role_add"
    ROLE_REMOVE = "role_remove"
    THREAD = "thread"
    NATIVE = "native"
    REPLY = "reply"


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


OPEN_STATES: Final = (DeliveryState.PENDING, DeliveryState.SENDING)


class Delivery(Base):
    """One thing to be said or done in Discord, once.

    pending --claimed--> sending --Discord agreed--> sent
    sending --refused for good (403, 404, …)--> failed --permissions or channel changed--> pending
    sending --no answer, 5xx--> pending, not before a while
    sending --the process died--> claimed again: inside the nonce's window it is sent again with the same nonce,
        later it is first looked for in the channel
    sending --it may have been sent, and the channel cannot be read--> unknown --readable again--> pending;
        --a person says so--> sent or pending
    pending --no longer wanted when its turn comes--> dropped

    Invariants: unique by (kind, subject, recipient); the nonce is fixed at insertion; ``sending`` is committed before
    the call; of one lane only the earliest open row is ever sending; only the holder of (owner, attempts) ends it.
    ``since`` is None exactly while it is certain that no attempt reached Discord.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "recipient"),
        Index(None, "state", "not_before"),
        Index(None, "lane", "state", "id"),
        Index(None, "guild_id", "state"),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    subject: Mapped[int] = mapped_column(doc="the subject's key in its own table")
    recipient: Mapped[str] = mapped_column(default="", doc="which of several: a post's key, a member, a part's number")
    guild_id: Mapped[Snowflake | None]
    target: Mapped[Target] = mapped_column(EnumText(Target))
    channel_id: Mapped[Snowflake | None]
    message_id: Mapped[Snowflake | None] = mapped_column(
        doc="the message to edit or to open a thread of, or the scheduled event"
    )
    user_id: Mapped[Snowflake | None]
    role_id: Mapped[Snowflake | None]
    language: Mapped[str]
    params: Mapped[dict[str, Any]]
    organiser_id: Mapped[Snowflake | None] = mapped_column(doc="who is told when it cannot be delivered")
    nonce: Mapped[str] = mapped_column(unique=True)
    lane: Mapped[str] = mapped_column(doc="rows of one lane are carried out in order")
    state: Mapped[DeliveryState] = mapped_column(EnumText(DeliveryState), default=DeliveryState.PENDING)
    not_before: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0, doc="grows when an absolute row is put again")
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    since: Mapped[datetime | None] = mapped_column(doc="first call of the attempts whose fate is open")
    sent_message_id: Mapped[Snowflake | None] = mapped_column(doc="or the thread or scheduled event there is now")
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a feature asks to be delivered.

    ``recipient`` tells several of one kind and subject apart. ``replace`` is for absolute targets: a row there already
    is carried out again with these values.
    """

    kind: str
    subject: int
    guild_id: int | None
    target: Target
    language: str
    recipient: str = ""
    channel_id: int | None = None
    message_id: int | None = None
    user_id: int | None = None
    role_id: int | None = None
    params: dict[str, Any] | None = None
    organiser_id: int | None = None
    not_before: datetime | None = None
    replace: bool = False

    @property
    def lane(self) -> str:
        match self.target:
            case Target.MESSAGE:
                return f"channel:{self.channel_id}"
            case Target.EDIT:
                return f"message:{self.message_id}"
            case Target.THREAD:
                return f"thread:{self.message_id}"
            case Target.NATIVE:
                return f"native:{self.kind}:{self.subject}"
            case Target.REPLY:
                return f"reply:{self.kind}:{self.subject}"
            case Target.DIRECT:
                return f"user:{self.user_id}"
            case Target.ROLE_ADD | Target.ROLE_REMOVE:
                return f"member:{self.guild_id}:{self.user_id}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery ended, for the feature it belongs to. ``error`` is Discord's code or a word of ours.

    ``message_id`` is also a thread's, or a scheduled event's; None where none was made, since none was wanted.
    """

    state: DeliveryState
    message_id: int | None = None
    error: str | None = None


Loader = Callable[[AsyncSession, Delivery], Awaitable[Any]]
Renderer = Callable[[Any, str], Outgoing]
Settler = Callable[[Transaction, Delivery, Outcome], Awaitable[None]]
Preparer = Callable[[Transaction, Delivery, datetime], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a feature's deliveries of one kind become messages, and what follows.

    ``load`` reads what is to be said, or None when nothing is any more; ``render`` words it; ``settled`` runs in the
    transaction that records the fate; ``prepare`` runs in the one that claims it, while it is certain that nothing was
    sent, and may return a reason for which it must wait (the row is then failed until permissions change).
    ``by_hand`` is whether a person may have it sent again when its fate is unknown. ``about`` says in a few words what
    it is ("Result of giveaway 42"), for the organiser who is told that it could not be delivered. ``lock`` locks what
    ``settled`` will change, by the subject, before the delivery's own row is: who changes that first and then its
    deliveries would otherwise wait for each other.
    """

    load: Loader
    render: Renderer | None
    settled: Settler | None = None
    prepare: Preparer | None = None
    by_hand: bool = True
    about: Callable[[AsyncSession, Delivery], Awaitable[Text]] | None = None
    lock: Callable[[Transaction, int], Awaitable[None]] | None = None
    # In place of ``render``: a thread's name, or a scheduled event as it is to be.
    name: Callable[[Any, str], str] | None = None
    native: Callable[[Any, str], NativeWanted] | None = None
    # Of a private answer: its interaction's token, a secret that no delivery holds.
    token: Callable[[Any], str] | None = None


class Wakeable(Protocol):
    """Whoever carries deliveries out."""

    def wake(self) -> None: ...


class Deliveries:
    """The book of deliveries: what kinds there are, and the way in."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.kinds: dict[str, Kind] = {}
        self.dispatcher: Wakeable | None = None

    def register(self, name: str, kind: Kind) -> None:
        """Name how a kind is carried out; each feature does so once, in its setup."""
        if name in self.kinds:
            raise ValueError(f"two kinds of deliveries named {name}")
        self.kinds[name] = kind

    async def put(self, tx: Transaction, parcel: Parcel, now: datetime) -> None:
        """Write a delivery with the change that causes it; the same one again is left alone unless it replaces."""
        query = select(Delivery).where(
            Delivery.kind == parcel.kind, Delivery.subject == parcel.subject, Delivery.recipient == parcel.recipient
        )
        row = (await tx.session.scalars(query.with_for_update())).one_or_none()
        if row is None:
            tx.session.add(_row(parcel, now))
            await tx.session.flush()
        elif parcel.replace:
            _again(row, parcel, now)
        tx.after_commit(self.wake)

    def wake(self) -> None:
        """Have the dispatcher look for work soon."""
        if self.dispatcher is not None:
            self.dispatcher.wake()

    async def retry(self, *which: ColumnElement[bool], now: datetime) -> int:
        """Try again what failed or is unknown and matches; returns how many."""
        async with self.database.write() as tx:
            result = await tx.session.execute(
                update(Delivery)
                .where(Delivery.state.in_((DeliveryState.FAILED, DeliveryState.UNKNOWN)), *which)
                .values(state=DeliveryState.PENDING, not_before=now, owner=None)
                .returning(Delivery.id)
            )
            count = len(result.all())
            if count:
                tx.after_commit(self.wake)
        return count


def new_nonce() -> str:
    """Return a random nonce, at most Discord's 25 characters."""
    return "".join(secrets.choice(_NONCE_ALPHABET) for _ in range(24))


def _row(parcel: Parcel, now: datetime) -> Delivery:
    return Delivery(
        kind=parcel.kind,
        subject=parcel.subject,
        recipient=parcel.recipient,
        guild_id=parcel.guild_id,
        target=parcel.target,
        channel_id=parcel.channel_id,
        message_id=parcel.message_id,
        user_id=parcel.user_id,
        role_id=parcel.role_id,
        language=parcel.language,
        params=parcel.params or {},
        organiser_id=parcel.organiser_id,
        nonce=new_nonce(),
        lane=parcel.lane,
        not_before=parcel.not_before or now,
        created_at=now,
    )


def _again(row: Delivery, parcel: Parcel, now: datetime) -> None:
    row.target, row.lane, row.language = parcel.target, parcel.lane, parcel.language
    row.channel_id, row.message_id = parcel.channel_id, parcel.message_id
    owed = row.state is not DeliveryState.SENT and NEW_FILES in row.params
    row.params = {**(parcel.params or {}), **({NEW_FILES: True} if owed else {})}
    row.revision += 1
    row.not_before = parcel.not_before or now
    if parcel.target is Target.EDIT and row.sent_at is not None:
        row.not_before = max(row.not_before, row.sent_at + EDIT_GAP)
    if row.state is not DeliveryState.SENDING:
        row.state, row.attempts, row.owner, row.error = DeliveryState.PENDING, 0, None, None
