"""Giveaways, who entered, what was published before the draw, and what became of each prize."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, EnumText, Key, Snowflake
from bot.sayings import Said
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.terms import Claim, Repeats

KIND: Final = "giveaway"
NOBODY: Final = 0
"""Stands in terms for an organiser who was forgotten."""


class State(StrEnum):
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSING = "closing"
    FROZEN = "frozen"
    DRAWN = "drawn"
    EMPTY = "empty"
    CANCELLED = "cancelled"


class Source(StrEnum):
    """Where entrants come from: members press Enter, or an airdrop among members or holders."""

    ENTRY = "entry"
    MEMBERS = "members"
    HOLDERS = "holders"


class Waiting(StrEnum):
    """What a giveaway waits for, where that is worth saying.

    A permission for the freeze message; a channel that can be read, since the message's fate is unknown; the beacon;
    or, after a day without it, a moderator's word to go on. One that is closing may wait for the gate rule that says
    who takes part in an airdrop.
    """

    RULE = "rule"
    PERMISSIONS = "permissions"
    UNREADABLE = "unreadable"
    BEACON = "beacon"
    BEACON_GIVE_UP = "beacon_give_up"


class Giveaway(Base):
    """A giveaway or an airdrop.

    scheduled --opens--> open --closes--> closing (nobody enters; lapsing requirements are held again)
    closing --list fixed--> frozen (the freeze message is posted; when one counts, the round is awaited) --> drawn
    closing --nobody left--> empty
    scheduled, open, closing --cancel, the rule of an airdrop was removed--> cancelled
    frozen --cancel--> frozen with ``cancelled_at``: the draw is computed and published all the same, nobody wins

    Invariants: ``seed`` and ``commitment`` never change after insertion. Entries are inserted only while open and
    before ``closes_at``. From closing on, neither list nor weights change; ``digest``, ``entries`` and ``tickets`` are
    set with frozen. Each arrow is one transaction that checks the state it leaves.
    ``revision`` grows with each correction of what entering asks for; an entry judged by an older one is judged again.
    """

    __tablename__ = "giveaways"
    __table_args__ = (
        UniqueConstraint("guild_id", "number"),
        Index(None, "guild_id", "state"),
        Index(None, "series_id"),
    )

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    number: Mapped[int]
    public_id: Mapped[str] = mapped_column(doc="32 random hex digits, the id of the draw")
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[str]
    source: Mapped[Source] = mapped_column(EnumText(Source), default=Source.ENTRY)
    state: Mapped[State] = mapped_column(EnumText(State))
    revision: Mapped[int] = mapped_column(default=0)

    organiser_id: Mapped[Snowflake | None] = mapped_column(doc="None once that person is forgotten")
    prize: Mapped[str]
    description: Mapped[str | None]
    picture_id: Mapped[int | None]
    winners: Mapped[int]
    terms: Mapped[dict[str, Any]]
    claim: Mapped[Claim] = mapped_column(EnumText(Claim), default=Claim.NONE)
    claim_seconds: Mapped[int | None] = mapped_column(doc="from the draw to the end of a claim")
    claim_until: Mapped[datetime | None] = mapped_column(doc="or the date it ends")
    ping_role: Mapped[Snowflake | None]
    zone: Mapped[str] = mapped_column(doc="the zone in which its times were given")

    repeats: Mapped[Repeats | None] = mapped_column(EnumText(Repeats))
    series_id: Mapped[int | None] = mapped_column(doc="the first giveaway of a repeated one")
    series_index: Mapped[int] = mapped_column(default=0)
    runs_seconds: Mapped[int | None] = mapped_column(
        doc="of a repeated one: how long each runs on the wall clock, whatever becomes of this one's closing"
    )

    created_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closes_at: Mapped[datetime] = mapped_column(doc="the announced one")
    ended_early: Mapped[bool] = mapped_column(default=False)
    entry_count: Mapped[int] = mapped_column(default=0)
    corrected_at: Mapped[datetime | None] = mapped_column(doc="the last time something was corrected in public")

    frozen_at: Mapped[datetime | None]
    digest: Mapped[str | None]
    entries: Mapped[int | None]
    tickets: Mapped[int | None]
    round: Mapped[int | None] = mapped_column(doc="of the freeze that counts")
    signature: Mapped[str | None] = mapped_column(doc="hex; the beacon's, once fetched and verified")
    waiting: Mapped[Waiting | None] = mapped_column(EnumText(Waiting))
    beacon_failing_since: Mapped[datetime | None]
    trusted: Mapped[dict[str, Any] | None] = mapped_column(
        doc="why without a beacon: {off: true} or {at, abandoned_round}"
    )
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(doc="of a holders' airdrop")
    per_token: Mapped[bool] = mapped_column(default=False)
    drawn_at: Mapped[datetime | None]
    drawn_winners: Mapped[int | None] = mapped_column(doc="winners when it was drawn, before a redraw added more")
    result_channel_id: Mapped[Snowflake | None]
    result_message_id: Mapped[Snowflake | None] = mapped_column(doc="the announcement that carries the bundle")

    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[Snowflake | None]
    cancel_reason: Mapped[str | None]


class GiveawayEntry(Base):
    """Someone on the list of a giveaway.

    ``user_id`` (or ``address``) and ``salt`` become None when the person is forgotten after the freeze; before it the
    row goes. ``dropped`` is why someone was taken off at closing, and
    ``unchecked`` that a requirement could not be read then and counts as met. ``tickets`` become final at the freeze.
    """

    __tablename__ = "giveaway_entries"
    __table_args__ = (UniqueConstraint("giveaway_id", "user_id"), Index(None, "user_id"))

    giveaway_id: Mapped[int] = mapped_column(ForeignKey("giveaways.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[Snowflake | None]
    address: Mapped[str | None] = mapped_column(doc="in a holders' airdrop, instead of a user id")
    salt: Mapped[str | None]
    tickets: Mapped[int]
    entered_at: Mapped[datetime]
    dropped: Mapped[str | None]
    unchecked: Mapped[bool] = mapped_column(default=False)


class GiveawayFreeze(Base):
    """A freeze message: what it said, and whether it stood in public early enough.

    ``counts`` is None until it has been sent. Only the last one of a giveaway may count.
    """

    __tablename__ = "giveaway_freezes"
    __table_args__ = (UniqueConstraint("giveaway_id", "ordinal"),)

    id: Mapped[Key]
    giveaway_id: Mapped[int] = mapped_column(ForeignKey("giveaways.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    at: Mapped[datetime] = mapped_column(doc="whole second; the round is chosen for a minute later")
    round: Mapped[int | None]
    chain: Mapped[str | None] = mapped_column(
        doc="the beacon's chain hash, with the genesis and period it was reckoned by"
    )
    genesis: Mapped[int | None]
    period: Mapped[int | None]
    channel_id: Mapped[Snowflake | None]
    message_id: Mapped[Snowflake | None]
    counts: Mapped[bool | None]


class GiveawayMessage(Said):
    """An announcement that stands in a channel: a result, or places that passed on."""

    __tablename__ = "giveaway_messages"
    __table_args__ = (UniqueConstraint("giveaway_id", "kind", "recipient"),)

    giveaway_id: Mapped[int] = mapped_column(ForeignKey("giveaways.id", ondelete="CASCADE"))


class ClaimState(StrEnum):
    NONE = "none"
    OPEN = "open"
    CLAIMED = "claimed"
    DELIVERED = "delivered"


class GiveawayPrize(Base):
    """A place of the ranking that a prize reached.

    won --passed over (unclaimed, left, declined, ineligible, an organiser's reason)--> passed; the next rank follows.

    Claim, while won: none (nothing to do) or open --claimed (button, wallet)--> claimed
    none, claimed --organiser marks it, or the winner says so--> delivered --either says otherwise--> claimed or none
    open --organiser marks it--> delivered --taken back--> open, unless the winner has said something of it meanwhile
    open --redeemed (in person)--> delivered --undone within ten minutes, or taken back by an organiser--> open
    Invariants: ranks of a giveaway are without gaps from 1; nobody stands on two; a passed row never wins again.
    """

    __tablename__ = "giveaway_prizes"
    __table_args__ = (
        UniqueConstraint("giveaway_id", "rank"),
        UniqueConstraint("giveaway_id", "code"),
        Index(None, "user_id"),
    )

    id: Mapped[Key]
    giveaway_id: Mapped[int] = mapped_column(ForeignKey("giveaways.id", ondelete="CASCADE"))
    rank: Mapped[int]
    token: Mapped[str]
    user_id: Mapped[Snowflake | None]
    outcome: Mapped[Outcome] = mapped_column(EnumText(Outcome))
    reason: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(doc="when the outcome became what it is")
    claim_state: Mapped[ClaimState] = mapped_column(EnumText(ClaimState), default=ClaimState.NONE)
    claim_until: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    code: Mapped[str | None] = mapped_column(doc="pick-up code of an in-person prize")
    redeemed_by: Mapped[Snowflake | None]
    wallet: Mapped[str | None]
    received: Mapped[bool | None] = mapped_column(doc="what the winner said")
