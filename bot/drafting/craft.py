"""What a feature says of its drafts, and what is found out about one; the rest is the same for all."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.drafting.problems import P, Problem, Review
from bot.drafting.reading import Take, Typed
from bot.drafting.values import O
from bot.drafts import Draft
from bot.guilds import Feature, GuildConfig, Purpose
from bot.i18n import Text
from bot.people import Actor
from bot.permissions import Need
from bot.ports import Requirements
from bot.posts import Place

V = TypeVar("V")
I = TypeVar("I")  # noqa: E741 (the info of whatever was posted)


@dataclass(frozen=True, slots=True)
class Subject(Generic[O]):
    """Something posted that is being changed: as it stands, and as the draft wants it.

    ``opened_at`` is None while it is only scheduled. Only what the draft changed is brought in, so that two people
    changing different things do not undo each other.
    """

    row: Any
    number: int
    opened_at: datetime | None
    before: O
    after: O


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can take part: everyone or those with a role, ``count`` of them at most, None where nobody can say.

    ``narrowed`` is whether more is asked for that cannot be counted.
    """

    role_id: int | None
    count: int | None
    narrowed: bool


@dataclass(frozen=True, slots=True)
class Ping:
    """The role that is pinged; ``works`` is False where Discord would not notify anyone."""

    role_id: int
    works: bool


@dataclass(frozen=True, slots=True)
class Findings(Generic[O, P]):
    """What was found out about a draft; ``proposal`` is there when nothing is missing or forbidden."""

    options: O
    places: tuple[Place, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Text, ...]
    audience: Audience
    ping: Ping | None
    offered_ping: int | None
    proposal: P | None


@dataclass(frozen=True, slots=True)
class Sheet(Generic[O, P, V]):
    """Everything a draft's panel shows.

    ``subject`` is what is changed; ``preview`` is None while there is too little to show.
    """

    draft: Draft
    subject: Subject[O] | None
    findings: Findings[O, P]
    preview: V | None
    opens: datetime
    closes: datetime | None
    scheduled: bool


@dataclass(frozen=True, slots=True)
class Posted(Generic[I]):
    """What came of *Post*: something new, or changes (then ``told`` is whether those who took part are told)."""

    info: I
    channels: Sequence[int]
    new: bool
    anything: bool = True
    told: bool = False


@dataclass(frozen=True, slots=True)
class Saved(Generic[I]):
    """What came of bringing changes in; ``told`` is whether those who took part are told."""

    info: I
    anything: bool
    told: bool = False


class Craft(ABC, Generic[O, P, V, I]):
    """A kind of draft: options O come to a proposal P, look like V, and are posted as I.

    ``takes`` reads each option by the name the command gives it; ``roles`` and ``named`` say which of them are roles,
    gate rules or events, and in which step each is chosen.
    """

    kind: ClassVar[str]
    feature: ClassVar[Feature]
    # The channel that is posted to and the role that is offered first, where the server has configured them.
    channel: ClassVar[Purpose]
    usual_ping: ClassVar[Purpose | None] = None
    needs: ClassVar[tuple[Need, ...]] = (Need.VIEW, Need.SEND, Need.EMBED, Need.ATTACH)
    # The option of the command that is the channel to post in.
    posted_in: ClassVar[str] = "channel"
    options: type[O]
    takes: Mapping[str, Take[O]]
    roles: ClassVar[Mapping[str, str]]
    named: ClassVar[Mapping[str, str]] = {}

    def requirement(self, name: str) -> Requirements:
        """Return who knows the rules or events that an option of ``named`` names; without any, KeyError."""
        raise KeyError(name)

    def roles_in(self, options: O, name: str) -> Sequence[int | None]:
        """Return the roles an option of ``roles`` holds."""
        return [getattr(options, name)]

    @abstractmethod
    def read_title(self, text: str) -> str:
        """Return the organiser's own translation of the title; raises BadInput."""

    @abstractmethod
    def read_text(self, text: str) -> str:
        """Return the organiser's own translation of the text; raises BadInput."""

    def lacking(self, channel: str, needs: Sequence[Text]) -> Text | None:
        """Say which permissions are missing in a channel, where there is more to say than that."""
        return None

    async def found(self, actor: Actor, name: str, value: Typed) -> Typed:
        """Return a value with what it names found here; raises a UserError for one that cannot be chosen.

        Roles, and the rules and events of ``named``, are looked up anyway.
        """
        return value

    @abstractmethod
    def review(self, options: O, now: datetime, opened_at: datetime | None) -> Review[P]:
        """Say what is missing or forbidden, all of it, and what the options come to when nothing is."""

    def objections(self, subject: Subject[O], now: datetime) -> Sequence[Problem]:
        """Say which changes to something posted are not possible any more."""
        return ()

    async def further(
        self, session: AsyncSession, actor: Actor, options: O, names: frozenset[str] | None
    ) -> Sequence[Problem]:
        """Say what else is wrong in this server; of what is changed only the options of *names* are asked about."""
        return ()

    @abstractmethod
    def audience(self, options: O) -> tuple[int | None, bool]:
        """Return the role one must have, and whether more is asked for that cannot be counted."""

    def advice(self, guild_id: int, options: O, subject: Subject[O] | None) -> Sequence[Text]:
        """Say what else is good to know before it is posted, or the changes are saved."""
        return ()

    @abstractmethod
    async def preview(
        self,
        session: AsyncSession,
        actor: Actor,
        findings: Findings[O, P],
        times: tuple[datetime, datetime | None],
        subject: Subject[O] | None,
    ) -> V | None:
        """Return the post in the draft's first channel; None while there is too little to show."""

    @abstractmethod
    async def find(self, session: AsyncSession, guild_id: int, typed: str) -> int:
        """Return the key of what was typed; raises NotFound."""

    @abstractmethod
    async def stands(
        self, session: AsyncSession, config: GuildConfig, key: int, now: datetime, *, lock: bool = False
    ) -> Subject[O]:
        """Return something posted as it stands; raises WrongState when nothing of it may be changed any more."""

    async def chosen(
        self,
        session: AsyncSession,
        config: GuildConfig,
        key: int,
        origin: Mapping[str, Any],
        now: datetime,
        *,
        lock: bool = False,
    ) -> Subject[O]:
        """Return what a draft with the values *origin* changes, where these say more than the key; else all of it."""
        return await self.stands(session, config, key, now, lock=lock)

    @abstractmethod
    async def post(
        self,
        tx: Transaction,
        actor: Actor,
        proposal: P,
        places: Sequence[Place],
        origin: Mapping[str, Any],
        now: datetime,
    ) -> I:
        """Write what was proposed, with its posts, what is due, and the ledger's row.

        *origin* are the draft's values, which may hold more than options; empty where there was no draft.
        """

    async def given_up(self, tx: Transaction, draft: Draft, now: datetime) -> None:
        """Do what follows when a draft is discarded."""
        return

    @abstractmethod
    async def save(
        self, tx: Transaction, actor: Actor, subject: Subject[O], proposal: P, places: Sequence[Place], now: datetime
    ) -> Saved[I]:
        """Bring a draft's changes into what was posted."""

    @abstractmethod
    async def copies(self, session: AsyncSession, guild_id: int, most: int) -> Sequence[I]:
        """Return what can be copied, newest first."""

    @abstractmethod
    async def copied(self, session: AsyncSession, config: GuildConfig, typed: str, zone: str) -> O:
        """Return the options of an earlier one, without its dates, with times typed in *zone*."""

    def roles_of(self, options: O) -> Iterable[tuple[str, str, Sequence[int]]]:
        """Yield the options that are roles, with their step and the roles chosen."""
        for name, step in self.roles.items():
            yield name, step, [role for role in self.roles_in(options, name) if role is not None]
