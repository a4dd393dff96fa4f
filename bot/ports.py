"""What features ask of Discord, of the world and of each other, as Protocols; ``app.py`` wires them.

Everything here is awaited before a transaction and enters it as values. *Unknown* is a value of its own: what could
not be read is never taken for "no".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.beacon import Beacon, BeaconChain, ProbeResult
from bot.database import Transaction
from bot.guilds import Feature, GuildConfig
from bot.i18n import Text
from bot.natives import NativeState
from bot.people import Actor, Standing
from bot.permissions import Need
from bot.verdict import Verdict


@dataclass(frozen=True, slots=True)
class MemberState:
    """A member as Discord knows them now; ``role_ids`` leaves out @everyone."""

    user_id: int
    role_ids: frozenset[int]
    joined_at: datetime | None
    is_bot: bool


class Absent(StrEnum):
    """Why there is no MemberState: certainly not in the server, or it could not be read."""

    LEFT = "left"
    UNKNOWN = "unknown"


class Members(Protocol):
    """Members of a server, by id, without the privileged intent."""

    async def fetch(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, MemberState | Absent]:
        """Read the present state of each; one that Discord did not find has LEFT, one it did not answer is UNKNOWN."""
        ...

    async def role_count(self, guild_id: int, role_id: int) -> int | None:
        """Return how many members have a role; None where that cannot be known. @everyone counts the server."""
        ...


class ChannelKind(StrEnum):
    """What can take place in a channel."""

    TEXT = "text"
    VOICE = "voice"
    STAGE = "stage"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel as the bot sees it; ``missing`` are needs it does not have there. A thread is text."""

    channel_id: int
    name: str
    missing: frozenset[Need]
    is_postable: bool
    kind: ChannelKind = ChannelKind.TEXT
    is_thread: bool = False


@dataclass(frozen=True, slots=True)
class RoleState:
    """A role as the bot sees it; ``of_bot`` is the one Discord made for a bot, ``permissions`` Discord's bits."""

    role_id: int
    name: str
    managed: bool
    is_default: bool
    assignable: bool
    mentionable: bool
    of_bot: bool = False
    permissions: int = 0


class Guilds(Protocol):
    """Servers, channels and roles, from what the gateway keeps up to date; None is "not there or not visible"."""

    def known(self, guild_id: int) -> bool: ...
    def guild_name(self, guild_id: int) -> str | None: ...
    def channel(self, guild_id: int, channel_id: int, needs: Collection[Need] = ()) -> ChannelState | None: ...
    def role(self, guild_id: int, role_id: int) -> RoleState | None: ...
    def member_count(self, guild_id: int) -> int | None: ...

    def lacking(self, guild_id: int, needs: Collection[Need]) -> frozenset[Need]:
        """Return which needs are not met in the server as a whole; all of them where the server is not known."""
        ...

    def greeting_channel(self, guild_id: int, needs: Collection[Need]) -> int | None:
        """Return the server's channel for system messages, else its first text channel, where these needs are met."""
        ...


class Natives(Protocol):
    """Discord's own scheduled events."""

    def listed(self, guild_id: int) -> Sequence[NativeState] | None:
        """Return those of a server that are scheduled or going on; None where the server cannot be seen now."""
        ...

    async def fetch(self, guild_id: int, native_id: int) -> NativeState | None:
        """Ask for one, however it ended; None where it was deleted. Raises OSError when Discord cannot be asked."""
        ...


class Unread(StrEnum):
    """Why there is no MessageState: certainly no such message, or it may not be read."""

    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MessageState:
    """A message as Discord has it; ``markers`` are those of deliveries, where it carries any."""

    message_id: int
    is_ours: bool
    markers: frozenset[str]


class Messages(Protocol):
    """Messages by id."""

    async def fetch(self, guild_id: int, channel_id: int, message_id: int) -> MessageState | Unread: ...


class Randomness(Protocol):
    """The public random beacon; None where the operator runs without one."""

    @property
    def chain(self) -> BeaconChain: ...

    async def fetch(self, round_: int) -> Beacon:
        """Return a verified round; raises beacon.BeaconNotYet or beacon.BeaconUnavailable."""
        ...

    async def probe(self, now: datetime) -> ProbeResult:
        """Say whether the latest round can be had, and what it says of our clock."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something another feature can check about members, by a name people typed: a gate rule, an event."""

    key: int
    name: str


class Requirements(Protocol):
    """A feature's offer to check members: gate rules ("passes"), events ("attended")."""

    async def resolve(self, session: AsyncSession, guild_id: int, name: str) -> Requirement:
        """Find what was named; raises errors.UserError with a sentence, also while the feature is not there."""
        ...

    async def suggest(self, session: AsyncSession, guild_id: int, typed: str) -> Sequence[Requirement]: ...

    async def check(self, guild_id: int, key: int, user_ids: Collection[int]) -> Mapping[int, Verdict]:
        """Return a verdict per member; what cannot be read is UNKNOWN."""
        ...


class Balances(Protocol):
    """What members hold by a gate rule, for the weight of their votes; a rule has the key it has in Requirements."""

    async def of(self, guild_id: int, key: int, user_ids: Collection[int]) -> Mapping[int, int | None]:
        """Return each member's whole tokens by a rule, over all their wallets; None for what cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Wallet:
    """A linked wallet of a member."""

    key: int
    address: str


class Wallets(Protocol):
    """Linked wallets, for claims."""

    async def require(self, session: AsyncSession, guild_id: int) -> None:
        """Raise an errors.UserError with a sentence while members cannot link any."""
        ...

    async def of(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Wallet]:
        """Return a member's wallets; raises errors.UserError with a sentence while the feature is not there."""
        ...

    def genuine(self, *, bare: bool = False) -> Text | None:
        """Say where wallets are linked and what is never asked for; None while none can be linked.

        Every message of a claim says it. *bare* names the host alone, for direct messages, which carry no link.
        """
        ...


@dataclass(frozen=True, slots=True)
class Holding:
    """A ticket holder of an airdrop: a member's id or a lower-case address, and their whole tokens."""

    holder: str
    tokens: int


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """A list of holders, as it stands in a bundle; chain, contract and block are None for an uploaded list."""

    name: str
    chain: int | None
    contract: str | None
    block: int | None
    digest: str


class Holders(Protocol):
    """Who takes part in an airdrop."""

    async def by_rule(self, guild_id: int, rule: str) -> Sequence[Holding]: ...
    async def by_snapshot(self, guild_id: int, snapshot: str) -> tuple[SnapshotInfo, Sequence[Holding]]: ...
    async def suggest(self, session: AsyncSession, guild_id: int, typed: str, *, snapshots: bool) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Action:
    """A button beside a line; ``custom_id`` is answered by the feature's own handler in the router."""

    label: Text
    custom_id: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of ``/my show`` or ``/browse``: what it is, when it matters, where it is, what can be done about it.

    The text is followed by ``when`` as a relative time ("closes" - "in 2 hours").
    """

    text: Text
    when: datetime | None = None
    url: str | None = None
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading."""

    title: Text
    lines: Sequence[Line]


class Showcase(Protocol):
    """What a feature shows of a member, and of the server, in ``/my show`` and ``/browse``."""

    async def mine(self, session: AsyncSession, guild_id: int, user_id: int, now: datetime) -> Sequence[Section]: ...
    async def browse(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Section]: ...


class Duties(Protocol):
    """What a feature shows in ``/my show`` that falls to a member, also by a role or as a moderator."""

    async def owed(self, session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Section]: ...


@dataclass(frozen=True, slots=True)
class Example:
    """A command as it can be copied, and what it does."""

    meaning: Text
    command: Text


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of ``/help``, for whoever has at least the standing ``audience``.

    ``command`` is the command it is about, and ``feature`` the feature: it is left out where the one does not exist or
    the other is turned off. ``summary`` is a line, ``text`` a few sentences.
    """

    name: str
    audience: Standing
    command: str
    title: Text
    summary: Text
    text: Text
    examples: Sequence[Example] = ()
    feature: Feature | None = None


class Custodian(Protocol):
    """A feature's duty towards the persons in its tables: what is kept, export, erasure."""

    def notice(self) -> Text:
        """Say what is kept, why and for how long; it begins with the name of what is kept and a colon."""
        ...

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        """Return everything about a member, as JSON values under names."""
        ...

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        """Say what forgetting the member ends."""
        ...

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        """Erase or anonymise the member, and put edits of posts that named them."""
        ...

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        """Return ids of members in the feature's tables, ascending from *after*, for the sweep."""
        ...

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        """Erase everything of a server that removed the bot."""
        ...


class Running(Protocol):
    """What of a feature is going on in a server, for the moderator who turns the feature off."""

    async def running(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Line]:
        """Return what is scheduled, open or still owed, by its time."""
        ...

    async def cancel_running(self, actor: Actor, now: datetime) -> Sequence[Text]:
        """Cancel all of it in the moderator's server, each thing as the feature's own command does it.

        The feature is off by then. Returns a sentence for each that goes on all the same, with the reason.
        """
        ...


class ConfigFollower(Protocol):
    """A feature that does something at once when a server's settings change."""

    async def config_changed(self, tx: Transaction, config: GuildConfig, now: datetime) -> None:
        """Follow the settings as they are now, in the transaction that changes them."""
        ...


class RoleGiver(Protocol):
    """A feature that gives members roles and takes them back."""

    async def given_roles(self, session: AsyncSession, guild_id: int) -> Sequence[int]:
        """Return the roles in use now, for the check that the bot can give them."""
        ...
