"""Events, the dates on which they take place, who answered, waits and was there, and what Discord shows of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, EnumText, Key, Snowflake
from bot.sayings import Said
from cogs.events.rules.kinds import Answer, Where

# Posts, numbers and deliveries of events are of this kind; the subject of a post is an occurrence.
KIND: Final = "event"


class EventState(StrEnum):
    LIVE = "live"
    OVER = "over"
    CANCELLED = "cancelled"


class Event(Base):
    """A series: what takes place, by which rule, and what every date of it has in common; one date is a series of one.

    live --its last occurrence is over, and its rule yields none after it--> over
    live --cancelled as a whole--> cancelled

    ``begins`` is the wall-clock time (naive, ISO) in ``zone`` from which ``rule`` counts, and of the first occurrence;
    ``rule`` is ``rules.recurrence.Rule`` as JSON, None for a single date. ``length_seconds`` is measured on the wall
    clock.
    Changing times of *all* dates once some were held moves ``begins`` to the next one; those held keep their rows.
    Changing *this and following* ends this series before that date (``until`` of its rule) and writes a second one
    with a number and ``uid`` of its own, ``split_from`` this; occurrences from then on move over with their answers.

    Invariants: ``uid`` never changes. Every date on which something differs from the rule (moved, cancelled, own
    details) is a row of :class:`Occurrence`; dates without a row are just what the rule says. ``sequence`` grows with
    each change that a calendar shows.
    """

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("guild_id", "number"), Index(None, "guild_id", "state"))

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    number: Mapped[int]
    uid: Mapped[str] = mapped_column(unique=True, doc="32 random hex digits, the identity in calendars")
    state: Mapped[EventState] = mapped_column(EnumText(EventState), default=EventState.LIVE)
    split_from: Mapped[int | None] = mapped_column(doc="the event of which this one is the continuation")

    organiser_id: Mapped[Snowflake | None] = mapped_column(doc="None once that person is forgotten")
    title: Mapped[str]
    description: Mapped[str | None]
    bring: Mapped[str | None]
    picture_id: Mapped[int | None]
    where: Mapped[Where] = mapped_column(EnumText(Where))
    channel_id: Mapped[Snowflake | None] = mapped_column(doc="where it happens: voice, stage, text")
    place: Mapped[str | None] = mapped_column(doc="where it happens: an address, a link")

    zone: Mapped[str]
    begins: Mapped[str] = mapped_column(doc="naive local time, ISO with seconds")
    length_seconds: Mapped[int]
    rule: Mapped[dict[str, Any] | None]

    capacity: Mapped[int | None]
    rsvp_role: Mapped[Snowflake | None]
    rsvp_lead_seconds: Mapped[int] = mapped_column(default=0, doc="answers close that long before the start")
    going_role: Mapped[Snowflake | None]
    shows_names: Mapped[bool] = mapped_column(default=False, doc="whether posts name who is going")
    remind: Mapped[list[Any]] = mapped_column(doc="seconds before the start, longest first; 0 is at the start")
    ping_role: Mapped[Snowflake | None]
    places: Mapped[list[Any]] = mapped_column(
        doc="where each occurrence is announced: [{channel_id, language, title, text}], up to five"
    )
    announce_lead_seconds: Mapped[int | None] = mapped_column(
        doc="how long before its start an occurrence is announced; None: when the one before is over"
    )

    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(doc="the last change that a calendar shows")
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[Snowflake | None]
    cancel_reason: Mapped[str | None]


class OccurrenceState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"


class Occurrence(Base):
    """A date of an event. Rows exist for those that are near, and for those that differ from the rule.

    planned (not announced) --announced--> open --starts--> running --ends--> over
    planned, open, running --cancelled--> cancelled

    ``slot`` is the wall-clock time (naive, ISO) at which the rule puts it, and its identity in calendars
    (RECURRENCE-ID) even when ``moved``: then ``starts_at`` is another time. ``overrides`` are details that differ from
    the event's, by the names of :class:`Event`'s columns; ``records.details`` joins the two.

    Invariants: one row per (event, slot), and per (event, ordinal), counted from 1, which people see: event 42.3.
    Answers are taken only while open and before ``rsvp_closes_at``; who is going may withdraw until it is over.
    Nobody gets a place beyond ``capacity``; lowered below those who have one, all keep theirs. Each arrow is one
    transaction that checks the state it leaves. ``secret`` (20 bytes) makes the digits of the check-in and stays.
    """

    __tablename__ = "event_occurrences"
    __table_args__ = (
        UniqueConstraint("event_id", "slot"),
        UniqueConstraint("event_id", "ordinal"),
        Index(None, "guild_id", "state", "starts_at"),
    )

    id: Mapped[Key]
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    guild_id: Mapped[Snowflake]
    ordinal: Mapped[int]
    state: Mapped[OccurrenceState] = mapped_column(EnumText(OccurrenceState), default=OccurrenceState.PLANNED)
    slot: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    rsvp_closes_at: Mapped[datetime]
    announce_at: Mapped[datetime | None] = mapped_column(doc="None: when the one before is over")
    moved: Mapped[bool] = mapped_column(default=False)
    overrides: Mapped[dict[str, Any]] = mapped_column(default=dict)
    capacity: Mapped[int | None] = mapped_column(doc="the event's or its own")
    secret: Mapped[bytes] = mapped_column(LargeBinary)

    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(doc="the last change that a calendar shows")
    announced_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None] = mapped_column(doc="when the bot noticed; much later after a downtime")
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[Snowflake | None]
    cancel_reason: Mapped[str | None]


class Rsvp(Base):
    """What a member answered for one occurrence.

    (none), maybe, cant, lapsed --Going--> going where a place is free and nobody waits, else waiting
    waiting --a place is free, first in line--> offered (a place is held) --confirms--> going
    offered --time is over--> lapsed; --Maybe or Can't--> maybe, cant
    going, waiting --Maybe or Can't--> maybe, cant

    ``line`` orders those waiting: smaller goes first; kept while offered, None otherwise. *Maybe* holds no place.
    ``remind`` is whether the member asked to be reminded of this one. ``confirmed`` is the occurrence's sequence to
    which *Still coming?* was last answered with yes, or at which the answer was given.
    """

    __tablename__ = "event_rsvps"
    __table_args__ = (Index(None, "user_id"), Index(None, "occurrence_id", "answer", "line"))

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("event_occurrences.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    answer: Mapped[Answer] = mapped_column(EnumText(Answer))
    line: Mapped[int | None]
    answered_at: Mapped[datetime]
    remind: Mapped[bool] = mapped_column(default=False)
    confirmed: Mapped[int] = mapped_column(default=0)


class OfferState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Offer(Base):
    """A place offered to the first in line, until a stated time.

    open --confirmed--> confirmed; --the time is over--> lapsed; --the member says no--> declined;
    --the occurrence is cancelled, or they were forgotten--> withdrawn

    Invariants: at most one open offer per member and occurrence, and then their answer is ``offered``. ``until`` is
    never later than the closing of answers, and never between 23:00 and 08:00 in the event's zone.
    """

    __tablename__ = "event_offers"
    __table_args__ = (Index(None, "occurrence_id", "state"), Index(None, "user_id"))

    id: Mapped[Key]
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("event_occurrences.id", ondelete="CASCADE"))
    user_id: Mapped[Snowflake]
    state: Mapped[OfferState] = mapped_column(EnumText(OfferState), default=OfferState.OPEN)
    offered_at: Mapped[datetime]
    until: Mapped[datetime]
    channel_id: Mapped[Snowflake | None] = mapped_column(doc="of the message that offered it")
    message_id: Mapped[Snowflake | None]


class Attendance(Base):
    """Someone was there: recorded once per occurrence. ``by`` is the staff member who ticked them, None for digits."""

    __tablename__ = "event_attendances"
    __table_args__ = (Index(None, "user_id"),)

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("event_occurrences.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[Snowflake | None]
    by_staff: Mapped[bool] = mapped_column(default=False, doc="stays true when that person is forgotten")


class Guess(Base):
    """Digits a member tried lately: the latest five instants, as microseconds."""

    __tablename__ = "event_guesses"
    __table_args__ = (Index(None, "user_id"),)

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("event_occurrences.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    tries: Mapped[list[Any]]


class Grant(Base):
    """A ``going_role`` that we gave for an occurrence, and take back: who had it otherwise has no row and keeps it.

    Absent once taken back. Several rows may hold one role of a member; the last one that goes takes it away.
    """

    __tablename__ = "event_grants"
    __table_args__ = (Index(None, "guild_id", "user_id", "role_id"),)

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("event_occurrences.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    role_id: Mapped[Snowflake]
    guild_id: Mapped[Snowflake]


class Change(Base):
    """A change of time or place of an announced occurrence, said once.

    ``before`` and ``after`` hold what differs: ``starts_at``, ``ends_at`` (microseconds), ``where``, ``channel_id``,
    ``place``. ``sequence`` is the occurrence's after the change; a later change before this one was said replaces it.
    """

    __tablename__ = "event_changes"
    __table_args__ = (UniqueConstraint("occurrence_id", "sequence"),)

    id: Mapped[Key]
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("event_occurrences.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[Snowflake | None]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class EventMessage(Said):
    """A notice or reminder of an occurrence that mentioned people, until it mentions nobody any more.

    ``params`` tell what it said: the ``change`` of a notice of one, whether it had ``begun`` of a reminder.
    """

    __tablename__ = "event_messages"
    __table_args__ = (Index(None, "occurrence_id"),)

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("event_occurrences.id", ondelete="CASCADE"))


class ReminderState(StrEnum):
    DUE = "due"
    SAID = "said"
    SKIPPED = "skipped"


class Reminder(Base):
    """A reminder of an occurrence: for all in its thread or channel (``user_id`` 0), or for a member who asked.

    due --its time has come--> said (deliveries were written), or skipped (the occurrence is over, or it is too late)
    skipped --the occurrence is moved to later--> due; said --it is moved by a day or more--> due (of members: skipped)
    Unique by lead and person, so that each is said once; moving the occurrence moves those that were not said.
    """

    __tablename__ = "event_reminders"
    __table_args__ = (UniqueConstraint("occurrence_id", "user_id", "lead_seconds"), Index(None, "user_id"))

    id: Mapped[Key]
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("event_occurrences.id", ondelete="CASCADE"))
    user_id: Mapped[Snowflake] = mapped_column(default=0)
    lead_seconds: Mapped[int]
    due_at: Mapped[datetime]
    state: Mapped[ReminderState] = mapped_column(EnumText(ReminderState), default=ReminderState.DUE)


class NativeState(StrEnum):
    WANTED = "wanted"
    THERE = "there"
    REFUSED = "refused"
    GONE = "gone"


class Native(Base):
    """The scheduled event in Discord that mirrors an occurrence.

    wanted --created--> there --deleted, by us or by hand--> gone
    wanted, there --refused (permission, limit)--> refused --permissions change, or another ends--> wanted
    ``shown`` is the occurrence as we last wrote it there, so that an edit made in Discord can be told from ours.
    """

    __tablename__ = "event_natives"
    __table_args__ = (Index(None, "guild_id", "state"),)

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("event_occurrences.id", ondelete="CASCADE"), primary_key=True)
    guild_id: Mapped[Snowflake]
    native_id: Mapped[Snowflake | None] = mapped_column(unique=True)
    state: Mapped[NativeState] = mapped_column(EnumText(NativeState), default=NativeState.WANTED)
    shown: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str | None]


class Thread(Base):
    """The thread under a post of an occurrence; None while it is not made, ``lost`` when it was deleted by hand."""

    __tablename__ = "event_threads"
    __table_args__ = (Index(None, "occurrence_id"),)

    post_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, doc="the key of bot.posts.Post")
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("event_occurrences.id", ondelete="CASCADE"))
    thread_id: Mapped[Snowflake | None] = mapped_column(unique=True)
    lost: Mapped[bool] = mapped_column(default=False)


class FeedScope(StrEnum):
    """What a calendar feed holds: what its owner answered, all of the server, or the server's own public feed."""

    MINE = "mine"
    ALL = "all"
    SERVER = "server"


class Feed(Base):
    """A calendar's private address: whoever has the token reads the feed; renewing replaces it.

    ``user_id`` is 0 for the server's own. One row per (server, person, scope).
    """

    __tablename__ = "event_feeds"
    __table_args__ = (UniqueConstraint("guild_id", "user_id", "scope"), Index(None, "user_id"))

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    user_id: Mapped[Snowflake]
    scope: Mapped[FeedScope] = mapped_column(EnumText(FeedScope))
    token: Mapped[str] = mapped_column(unique=True, doc="43 characters, 32 random bytes")
    language: Mapped[str]
    created_at: Mapped[datetime]
