"""Linked wallets, how they are being linked, gates, what was found of each member, and roles given for it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, EnumText, Key, Snowflake
from bot.verdict import Verdict
from cogs.wallets.rules.terms import How, Method, Standard

KIND: Final = "gate"

# A uint256 in decimal; no column type of both databases holds one as a number.
Amount: Final = String(78)
Address: Final = String(42)


class WalletLink(Base):
    """A wallet that a member proved to hold.

    (proved) --> linked --proved again by the same member--> linked, resting on the newer proof
    linked --unlinked by the member or a moderator, forgotten--> row deleted, a WalletCooldown stays

    Invariants: one member per address and server; at most ``MAX_WALLETS`` a member; inserted only in the transaction
    that consumes its LinkSession. ``address`` is lower case with ``0x``. What was proved by ``erc1271`` or ``erc6492``
    counts on ``chain_id`` only; ``block`` and ``code_hash`` say what that proof rested on.
    """

    __tablename__ = "wallet_links"
    __table_args__ = (UniqueConstraint("guild_id", "address"), Index(None, "guild_id", "user_id"))

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    user_id: Mapped[Snowflake]
    address: Mapped[str] = mapped_column(Address)
    method: Mapped[Method] = mapped_column(EnumText(Method))
    how: Mapped[How] = mapped_column(EnumText(How))
    chain_id: Mapped[Snowflake] = mapped_column(doc="of the text that was signed")
    block: Mapped[Snowflake | None] = mapped_column(doc="at which a contract wallet agreed")
    code_hash: Mapped[str | None] = mapped_column(doc="hex Keccak-256 of that contract wallet's code")
    linked_at: Mapped[datetime]


class WalletCooldown(Base):
    """A wallet that was unlinked: until ``until`` nobody but its former owner may link it in this server.

    The address itself is not kept, only ``digest`` = hex SHA-256(``<guild id>:<lower-case address>``). ``user_id`` is
    None once that person is forgotten; then nobody may. The row goes when the time is over.
    """

    __tablename__ = "wallet_cooldowns"
    __table_args__ = (UniqueConstraint("guild_id", "digest"), Index(None, "until"))

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    digest: Mapped[str]
    user_id: Mapped[Snowflake | None]
    until: Mapped[datetime]


class LinkState(StrEnum):
    OPEN = "open"
    CONSUMED = "consumed"
    BURNT = "burnt"


class LinkSession(Base):
    """A one-time way to link a wallet: the link of the page, or the text to be signed and pasted.

    open (no text yet) --an address is named--> open with ``address`` and ``message`` --another address--> a new text
    open --the signature holds--> consumed, in the transaction that inserts the WalletLink
    open --MAX_FAILURES wrong signatures or identities, or a newer link of the same member--> burnt
    Whatever is older than ``expires_at`` is over in any state. A deadline ``wallet.link`` says so to the member, erases
    what is secret or personal 15 minutes after ``created_at``, and deletes the row a day after it.

    Invariants: only the SHA-256 of the URL token is kept; ``nonce`` is another secret and stands in the text only. A
    signature is checked against the stored ``message``, whose account, server, domain, chain and times are those of
    this row. While an identity is asked for (``DISCORD_CLIENT_SECRET``), there is no text but for the browser that
    showed it: ``browser_hash`` is the SHA-256 of what that browser was given, and the link does not carry it.
    ``reply_token`` is the interaction's, with which the private answer is edited: a secret, in no backup.
    """

    __tablename__ = "wallet_sessions"
    __table_args__ = (Index(None, "guild_id", "user_id", "created_at"), Index(None, "expires_at"))

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    user_id: Mapped[Snowflake]
    how: Mapped[How] = mapped_column(EnumText(How))
    state: Mapped[LinkState] = mapped_column(EnumText(LinkState), default=LinkState.OPEN)
    token_hash: Mapped[str] = mapped_column(unique=True, doc="hex SHA-256 of the URL token")
    nonce: Mapped[str] = mapped_column(doc="32 random hex digits, of the signed text")
    account: Mapped[str] = mapped_column(doc="username, as it was when the link was asked for")
    guild_name: Mapped[str]
    language: Mapped[str]
    domain: Mapped[str] = mapped_column(doc="host, with the port where it is not the scheme's own")
    chain_id: Mapped[Snowflake | None]
    address: Mapped[str | None] = mapped_column(Address)
    message: Mapped[str | None] = mapped_column(doc="the EIP-4361 text, exactly as it is to be signed")
    failures: Mapped[int] = mapped_column(default=0)
    wallet_id: Mapped[Snowflake | None] = mapped_column(doc="the WalletLink it led to")
    state_hash: Mapped[str | None] = mapped_column(
        unique=True, info={"backup": False}, doc="hex SHA-256 of OAuth's state; None once used"
    )
    verifier: Mapped[str | None] = mapped_column(info={"backup": False}, doc="PKCE's code verifier; None once used")
    browser_hash: Mapped[str | None] = mapped_column(info={"backup": False})
    reply_token: Mapped[str | None] = mapped_column(info={"backup": False})
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]


class WalletMember(Base):
    """What is remembered of a member apart from wallets: when they last asked for a recheck (once a minute)."""

    __tablename__ = "wallet_members"

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    refreshed_at: Mapped[datetime | None]


class GateServer(Base):
    """A server with wallets or gates: its grace period, and its next recheck (deadline ``gate.recheck``).

    Locking it keeps everyone else from changing wallets, rules, standings and grants there.

    ``spread`` seconds are added to each recheck, so that servers do not all ask at once.
    """

    __tablename__ = "gate_servers"

    id: Mapped[Key]
    guild_id: Mapped[Snowflake] = mapped_column(unique=True)
    grace_seconds: Mapped[int]
    spread: Mapped[int]


class Trouble(StrEnum):
    """Why a gate's role cannot be given or taken, or is not worth giving; said to moderators when it begins.

    ``UNREAD``: the rule has been unknown of somebody for a day or longer; for the others it works.
    """

    ROLE_GONE = "role_gone"
    ROLE_ABOVE = "role_above"
    ROLE_DANGEROUS = "role_dangerous"
    FOUGHT_OVER = "fought_over"
    UNREAD = "unread"


class Gate(Base):
    """A rule and the role it gives: a *leaf* asks a token contract, a *combined* one asks other rules.

    A leaf has chain, contract, standard and ``minimum``; a combined one has ``expression``, which names rules by key
    (``#3 and not #5``), so that it survives a rename; never both. ``minimum``, ``maximum`` are in the token's smallest
    unit. ``token_ids`` is the list in its shortest text (``1,2,42-69``).

    Invariants: names (folded) and roles are unique per server. Combined rules never go in circles. A rule that another
    one names cannot be removed. ``trouble`` is what was last said about its role; while a role cannot be handled,
    nobody's standing leads to a role change.
    """

    __tablename__ = "gates"
    __table_args__ = (
        UniqueConstraint("guild_id", "number"),
        UniqueConstraint("guild_id", "folded"),
        UniqueConstraint("guild_id", "role_id"),
    )

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    number: Mapped[int]
    name: Mapped[str]
    folded: Mapped[str]
    role_id: Mapped[Snowflake]
    chain_id: Mapped[Snowflake | None]
    contract: Mapped[str | None] = mapped_column(Address)
    standard: Mapped[Standard | None] = mapped_column(EnumText(Standard))
    minimum: Mapped[str | None] = mapped_column(Amount)
    maximum: Mapped[str | None] = mapped_column(Amount)
    decimals: Mapped[int] = mapped_column(default=0)
    token_ids: Mapped[str | None]
    expression: Mapped[str | None]
    grace_seconds: Mapped[int | None] = mapped_column(doc="of this rule, instead of the server's")
    trouble: Mapped[Trouble | None] = mapped_column(EnumText(Trouble))
    created_by: Mapped[Snowflake | None]
    created_at: Mapped[datetime]


class GateStanding(Base):
    """What was last found of a member under a rule, and how near they are to losing its role.

    met (negatives 0, no grace) --a cycle says no--> negatives 1, grace begins, the member is told
    --next cycle says no--> negatives 2; once ``grace_until`` is over too, the role is taken at finalized state
    any --yes--> met;  any --unknown--> negatives 0, the grace goes on
    ``at_once``: the member unlinked a wallet themselves, so the first no takes the role, without grace.

    Invariants: ``negatives`` counts consecutive cycles that said no, at most one per GateCycle (``cycle_id``);
    ``grace_until`` is set exactly while somebody with a grant was told. There are rows for members with a wallet or a
    grant.
    """

    __tablename__ = "gate_standings"
    __table_args__ = (Index(None, "guild_id", "user_id"),)

    gate_id: Mapped[int] = mapped_column(ForeignKey("gates.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[Snowflake]
    verdict: Mapped[Verdict] = mapped_column(EnumText(Verdict))
    found: Mapped[str | None] = mapped_column(Amount, doc="sum over wallets; None for combined rules and unknown")
    since: Mapped[datetime] = mapped_column(doc="when the verdict became what it is")
    checked_at: Mapped[datetime] = mapped_column(doc="when it was last written; finished cycles checked it again")
    cycle_id: Mapped[int | None] = mapped_column(doc="the cycle that was counted last")
    negatives: Mapped[int] = mapped_column(default=0)
    grace_until: Mapped[datetime | None]
    at_once: Mapped[bool] = mapped_column(default=False)


class GrantState(StrEnum):
    GIVING = "giving"
    GIVEN = "given"
    TAKING = "taking"


class GateGrant(Base):
    """A role that we gave a member for a rule; a role somebody had before has no row, and is never taken.

    (rule met, role not there) --> giving --Discord agreed--> given --decided to take--> taking --Discord agreed--> row
    deleted. giving, given, taking --the member left, Discord knows no such role--> row deleted
    taking --met again--> giving

    ``missing`` counts how often the role we gave was found taken away by someone else; from the second time on it is
    not given again until the member or a moderator asks for a recheck (FOUGHT_OVER is said).
    """

    __tablename__ = "gate_grants"
    __table_args__ = (Index(None, "guild_id", "user_id"), Index(None, "guild_id", "role_id"))

    gate_id: Mapped[int] = mapped_column(ForeignKey("gates.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[Snowflake]
    role_id: Mapped[Snowflake]
    state: Mapped[GrantState] = mapped_column(EnumText(GrantState), default=GrantState.GIVING)
    given_at: Mapped[datetime]
    missing: Mapped[int] = mapped_column(default=0)


class ProtectedMember(Base):
    """A member whose roles are never taken by a rule."""

    __tablename__ = "gate_protected"

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    by: Mapped[Snowflake | None]
    at: Mapped[datetime]


class Cause(StrEnum):
    SCHEDULED = "scheduled"
    ASKED = "asked"


class GateCycle(Base):
    """One recheck of a server: which block each chain was read at, and what came of it.

    running --> finished (``finished_at``), or left behind by a process that died: the deadline then begins another.
    ``blocks`` maps chain ids to {number, hash}, or to null where the chain could not be read.
    """

    __tablename__ = "gate_cycles"
    __table_args__ = (Index(None, "guild_id", "id"),)

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    cause: Mapped[Cause] = mapped_column(EnumText(Cause))
    blocks: Mapped[dict[str, Any]]
    members: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    given: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class BreakerState(StrEnum):
    ASKED = "asked"
    ALLOWED = "allowed"
    KEPT = "kept"


class GateBreaker(Base):
    """A cycle would have taken a role from too many at once: nothing was taken, and a moderator is asked by buttons.

    asked --*Take them*--> allowed: the next cycle may take the role from up to ``would_take`` members, then row deleted
    asked --*Keep them*--> row deleted; nobody is near losing the role any more, and the next no begins a new grace
    asked --a later cycle is within bounds again--> row deleted

    Invariant: at most one row per rule; while it is ``asked``, the rule takes nothing from anyone (but from those who
    unlinked a wallet themselves).
    """

    __tablename__ = "gate_breakers"

    id: Mapped[Key]
    gate_id: Mapped[int] = mapped_column(ForeignKey("gates.id", ondelete="CASCADE"), unique=True)
    guild_id: Mapped[Snowflake]
    state: Mapped[BreakerState] = mapped_column(EnumText(BreakerState), default=BreakerState.ASKED)
    would_take: Mapped[int]
    holders: Mapped[int]
    asked_at: Mapped[datetime]
    decided_by: Mapped[Snowflake | None]
    decided_at: Mapped[datetime | None]


class Snapshot(Base):
    """Who held a token at a finalized block, or an uploaded list; never changes after insertion.

    ``chain_id``, ``contract``, ``block`` and ``block_hash`` are None for an uploaded list. ``digest`` = hex SHA-256 of
    the ``address:amount`` lines, each ended by LF, sorted.
    """

    __tablename__ = "gate_snapshots"
    __table_args__ = (UniqueConstraint("guild_id", "folded"),)

    id: Mapped[Key]
    guild_id: Mapped[Snowflake]
    name: Mapped[str]
    folded: Mapped[str]
    chain_id: Mapped[Snowflake | None]
    contract: Mapped[str | None] = mapped_column(Address)
    block: Mapped[Snowflake | None]
    block_hash: Mapped[str | None]
    digest: Mapped[str]
    holders: Mapped[int]
    created_by: Mapped[Snowflake | None]
    created_at: Mapped[datetime]


class SnapshotHolder(Base):
    """A holder of a snapshot: public chain data, or a line of the uploaded list; no Discord account is tied to it."""

    __tablename__ = "gate_snapshot_holders"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("gate_snapshots.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(Address, primary_key=True)
    amount: Mapped[str] = mapped_column(Amount)
