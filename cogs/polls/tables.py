"""Polls, who voted, what was voted while that can still change, and what came of it.

Roll and ballots are apart, and nothing about either has a time or an order of arrival. The ballots of an open poll,
and the secret by which a voter's own is found, are in two tables of that poll's own (``service/boxes.py``), which are
dropped when it is counted.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, cast

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Table, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, EnumText, Key, Snowflake
from bot.pieces import Pieces, keep_in_pieces
from bot.sayings import Said
from cogs.polls.rules.ballots import Kind, Secrecy
from cogs.polls.rules.heard import Status
from cogs.polls.rules.terms import Results

KIND: Final = "poll"
SECRETS: Final = "poll_secret_"


class State(StrEnum):
    SCHEDULED = "scheduled"
    OPEN = "open"
    COUNTING = "counting"
    CLOSED = "closed"
    CANCELLED = "cancelled"


WITH_BOX: Final = (State.OPEN, State.COUNTING)
GOING_ON: Final = (State.SCHEDULED, *WITH_BOX)


class Poll(Base):
    """A poll.

    scheduled --opens--> open (its box of ballots is made) --closes--> counting (nobody votes)
    counting --counted--> closed (the box is destroyed, ballots are rewritten in the order of their receipts)
    scheduled --closed, or polls are turned off--> cancelled: it was never posted

    Invariants: a box exists exactly while open or counting. Ballots change only while open and before ``closes_at``.
    Terms and options change only while scheduled, or open without a vote; ``revision`` grows with each such change, and
    a vote judged by an older one is judged again. After the first vote options are only added: approved write-ins.
    ``vote_count`` is the number of ballots. ``closes_at`` moves once at most, to later (``extended_from``).
    Of each post, ``title`` is the question's translation and ``text`` that of the options, one a line.
    """

    __tablename__ = "polls"
    __table_args__ = (UniqueConstraint("guild_id", "number"), Index(None, "guild_id", "state"))

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    number: Mapped[int]
    public_id: Mapped[str] = mapped_column(doc="32 random hex digits; ties are decided by it")
    state: Mapped[State] = mapped_column(EnumText(State))
    revision: Mapped[int] = mapped_column(default=0)

    organiser_id: Mapped[Snowflake | None] = mapped_column(doc="None once that person is forgotten")
    question: Mapped[str]
    picture_id: Mapped[int | None]
    kind: Mapped[Kind] = mapped_column(EnumText(Kind), default=Kind.SINGLE)
    secrecy: Mapped[Secrecy] = mapped_column(EnumText(Secrecy), default=Secrecy.SECRET)
    results: Mapped[Results] = mapped_column(EnumText(Results), default=Results.AFTER)
    max_choices: Mapped[int | None] = mapped_column(doc="of kind multiple; None is all")
    terms: Mapped[dict[str, Any]]
    quorum: Mapped[int | None] = mapped_column(doc="ballots, or percent of the voters' role")
    quorum_is_percent: Mapped[bool] = mapped_column(default=False)
    threshold: Mapped[int | None] = mapped_column(doc="percent")
    write_ins: Mapped[bool] = mapped_column(default=False)
    receipts: Mapped[bool] = mapped_column(default=True)
    ping_role: Mapped[Snowflake | None]
    zone: Mapped[str] = mapped_column(doc="the zone in which its times were given")

    created_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closes_at: Mapped[datetime] = mapped_column(doc="the announced one")
    extended_from: Mapped[datetime | None] = mapped_column(doc="when it was to close before it was extended")
    ended_early: Mapped[bool] = mapped_column(default=False)
    vote_count: Mapped[int] = mapped_column(default=0)

    closed_at: Mapped[datetime | None] = mapped_column(doc="when voting ended")
    counted_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(doc="the tally (``rules/tally.py``)")
    result_channel_id: Mapped[Snowflake | None]
    result_message_id: Mapped[Snowflake | None] = mapped_column(doc="the announcement that carries the bundle")

    answer_user: Mapped[Snowflake | None] = mapped_column(doc="who owes the answer: a member …")
    answer_role: Mapped[Snowflake | None] = mapped_column(doc="… or a role; both None: no answer promised")
    answer_orphaned: Mapped[bool] = mapped_column(
        default=False, doc="who owed it was forgotten: an answer is promised all the same, and moderators owe it"
    )
    answer_seconds: Mapped[int | None] = mapped_column(doc="from the closing until the answer is due")
    answer_by: Mapped[datetime | None] = mapped_column(doc="or the date; set at closing in either case")


class PollOption(Base):
    """An option; ``position`` is its index in ballots, from 0 and without gaps."""

    __tablename__ = "poll_options"
    __table_args__ = ({"sqlite_with_rowid": False},)

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]
    write_in: Mapped[bool] = mapped_column(default=False, doc="proposed by a voter, approved by an organiser")


class PollWriteIn(Base):
    """An option somebody proposed, until an organiser approves or refuses it. It has no author, and no time.

    Its key is random, so that it tells no order either.
    """

    __tablename__ = "poll_write_ins"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]


class PollVoter(Base):
    """The roll: who voted. Neither what nor when; rows are kept in the order of their keys."""

    __tablename__ = "poll_roll"
    __table_args__ = (Index(None, "user_id"), {"sqlite_with_rowid": False})

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)


class OpenBallot(Base):
    """A ballot that can still be changed; this is the shape, rows are in a table of each open poll's own.

    ``key`` is HMAC-SHA256(the poll's secret, user id) of a secret poll, and the user id of an open one. Only while a
    backup is being restored are rows in this table itself.
    """

    __tablename__ = "poll_open_ballots"
    __table_args__ = (UniqueConstraint("poll_id", "receipt"), {"sqlite_with_rowid": False})

    poll_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    receipt: Mapped[str | None] = mapped_column(doc="8 characters of Crockford's base 32; unique in the poll")
    choices: Mapped[str] = mapped_column(doc="compact JSON: option indices; of a rating 1–5 or null per option")
    weight: Mapped[int]
    voter: Mapped[Snowflake | None] = mapped_column(doc="of an open poll")


keep_in_pieces(
    cast("Table", OpenBallot.__table__),
    Pieces("poll_box_", "poll_id", select(Poll.id).where(Poll.state.in_(WITH_BOX)), beside=SECRETS),
)


class PollBundle(Base):
    """A closed poll's bundle (``ikuzo-poll/1``), with its ballots in the order of their receipts.

    All in one value, so that no row tells an order. Ballots of a secret poll with fewer than five are in none.
    """

    __tablename__ = "poll_bundles"

    poll_id: Mapped[int] = mapped_column(
        ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PollMessage(Said):
    """A message of a poll that stands in a channel beside its posts: a result, an answer."""

    __tablename__ = "poll_messages"
    __table_args__ = (UniqueConstraint("poll_id", "kind", "recipient"),)

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"))


class AnswerState(StrEnum):
    AWAITING = "awaiting"
    DECLINED = "declined"
    PROMISED = "promised"
    DONE = "done"


# Somebody is still to do something.
OWED_ANSWERS: Final = (AnswerState.AWAITING, AnswerState.PROMISED)


class PollAnswer(Base):
    """The answer a closed poll owes, or was given without owing one, and what became of the promise in it.

    awaiting --declined, with a reason--> declined
    awaiting --accepted, partly--> promised --reported done--> done
    declined, promised --corrected within ten minutes--> declined or promised

    Invariants: there is a row for each closed poll that promised an answer; for one that did not there is a row, not
    ``promised`` and never awaiting, once it was answered all the same. ``status``, ``text`` and
    ``answered_at`` are set exactly from the answer on; ``answered_at`` and ``due_at`` never change, so that what was
    late stays late; ``promise_due`` is set exactly while promised or done.
    Without an owner, or with one who is ``gone``, moderators owe it.
    """

    __tablename__ = "poll_answers"

    poll_id: Mapped[int] = mapped_column(
        ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    state: Mapped[AnswerState] = mapped_column(EnumText(AnswerState))
    owner_user: Mapped[Snowflake | None]
    owner_role: Mapped[Snowflake | None]
    gone: Mapped[bool] = mapped_column(default=False, doc="the owner left, or the role was deleted")
    closed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    promised: Mapped[bool] = mapped_column(
        default=True, doc="one that was not is due when it is given, and counts in no figure"
    )
    status: Mapped[Status | None] = mapped_column(EnumText(Status))
    text: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[Snowflake | None] = mapped_column(doc="None once that person is forgotten")
    corrected_at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None] = mapped_column(doc="when the promise, as it stands, was made")
    promise_due: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[Snowflake | None] = mapped_column(doc="None once that person is forgotten")
    done_text: Mapped[str | None]


class PollListener(Base):
    """A voter who asked to be told the answer; the row goes once they were."""

    __tablename__ = "poll_listeners"
    __table_args__ = (Index(None, "user_id"),)

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)


class PollWitness(Base):
    """What a voter says of whether the promise was kept; it has nothing to do with what they voted."""

    __tablename__ = "poll_witnesses"
    __table_args__ = (Index(None, "user_id"),)

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    happened: Mapped[bool]


class ProposalState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    POSTED = "posted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class PollProposal(Base):
    """A poll that a member wishes for.

    waiting --approved: the approver has it as a draft--> approved --that draft is posted--> posted
    approved --that draft is discarded, expires or goes with its owner--> waiting, due anew (or withdrawn: see below)
    waiting --declined, with a reason--> declined
    waiting --the member takes it back, or is forgotten--> withdrawn

    Invariants: ``decided_at`` is set exactly while it is approved, posted or declined; ``poll_id`` exactly once it is
    posted. Once the member is forgotten, only what became a poll keeps its words, and nothing of theirs waits.
    """

    __tablename__ = "poll_proposals"
    __table_args__ = (
        UniqueConstraint("guild_id", "number"),
        Index(None, "guild_id", "state"),
        Index(None, "user_id"),
        Index(None, "poll_id"),
    )

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    number: Mapped[int]
    state: Mapped[ProposalState] = mapped_column(EnumText(ProposalState))
    user_id: Mapped[Snowflake | None] = mapped_column(doc="None once that person is forgotten")
    question: Mapped[str]
    options: Mapped[list[Any]]
    why: Mapped[str | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Snowflake | None] = mapped_column(doc="None once that person is forgotten")
    reason: Mapped[str | None]
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("polls.id", ondelete="SET NULL"))
    channel_id: Mapped[Snowflake | None] = mapped_column(doc="where organisers see it")
    message_id: Mapped[Snowflake | None]


class PollBoard(Base):
    """The one live message that shows a server what was answered and promised.

    Invariants: ``message_id`` is None until Discord has taken the message of this ``generation``; a message that was
    deleted, or is in a channel that is not the board's any more, is followed by one of the next generation.
    """

    __tablename__ = "poll_boards"

    id: Mapped[Key]
    guild_id: Mapped[Snowflake] = mapped_column(unique=True)
    channel_id: Mapped[Snowflake | None]
    message_id: Mapped[Snowflake | None]
    language: Mapped[str]
    generation: Mapped[int] = mapped_column(default=0)
