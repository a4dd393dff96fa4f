"""``/my show`` and ``/browse``: what features show of a member and of the server, put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database
from bot.drafts import Draft, DraftKinds, drafts_of, own_draft
from bot.errors import NotFound
from bot.guilds import config_of
from bot.i18n import Text, t
from bot.people import Actor, Standing, standing
from bot.ports import Duties, Line, Section, Showcase
from bot.undelivered import Decisions, Undelivered

SOON: Final = timedelta(days=7)
SOONEST: Final = 5


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list."""

    id: int
    name: Text
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything of a member in a server; ``due`` repeats the lines whose time comes within a week, soonest first."""

    undelivered: Sequence[Undelivered]
    due: Sequence[Line]
    sections: Sequence[Section]
    drafts: Sequence[DraftLine]

    @property
    def is_empty(self) -> bool:
        return not (self.undelivered or self.sections or self.drafts)


class Overviews:
    """Ask every feature, and the platform, what there is."""

    def __init__(
        self,
        database: Database,
        showcases: Sequence[Showcase],
        duties: Sequence[Duties],
        kinds: DraftKinds,
        decisions: Decisions,
    ) -> None:
        self._database = database
        self._showcases = showcases
        self._duties = duties
        self._kinds = kinds
        self._decisions = decisions

    async def mine(self, actor: Actor, now: datetime) -> Overview:
        """Return everything of a member in their server."""
        async with self._database.read() as session:
            owed = [section for duty in self._duties for section in await duty.owed(session, actor, now)]
            mine = [
                section
                for showcase in self._showcases
                for section in await showcase.mine(session, actor.guild_id, actor.user_id, now)
            ]
            sections = merged([*owed, *mine])
            drafts = await drafts_of(session, actor.guild_id, actor.user_id)
            undelivered = await self._undelivered(session, actor)
        named = [(draft, self._kinds.of(draft.kind)) for draft in drafts]
        lines = [DraftLine(draft.id, kind.name(draft), draft.updated_at) for draft, kind in named if kind is not None]
        return Overview(undelivered, _due(sections, now), sections, lines)

    async def _undelivered(self, session: AsyncSession, actor: Actor) -> Sequence[Undelivered]:
        """Return what the member has to decide: organisers about their own, moderators about everybody's."""
        match standing(actor, await config_of(session, actor.guild_id)):
            case Standing.MODERATOR:
                return await self._decisions.waiting(session, actor.guild_id, None)
            case Standing.ORGANISER:
                return await self._decisions.waiting(session, actor.guild_id, actor.user_id)
            case _:
                return ()

    async def browse(self, actor: Actor, now: datetime) -> Sequence[Section]:
        """Return what the server's features show to everyone."""
        async with self._database.read() as session:
            return merged(
                [
                    section
                    for showcase in self._showcases
                    for section in await showcase.browse(session, actor.guild_id, now)
                ]
            )

    async def draft(self, actor: Actor, key: int) -> Draft:
        """Return a member's own draft; raises NotFound for any other."""
        async with self._database.read() as session:
            draft = await own_draft(session, key, actor.guild_id, actor.user_id)
        if self._kinds.of(draft.kind) is None:
            raise NotFound(t("draft.gone"))
        return draft


def merged(sections: Sequence[Section]) -> Sequence[Section]:
    """Return the sections with lines, those of the same title put together where the first of them stands."""
    lines: dict[str, list[Line]] = {}
    titles: dict[str, Text] = {}
    for section in sections:
        if section.lines:
            titles.setdefault(section.title.key, section.title)
            lines.setdefault(section.title.key, []).extend(section.lines)
    return [Section(title, lines[key]) for key, title in titles.items()]


def _due(sections: Sequence[Section], now: datetime) -> Sequence[Line]:
    timed = [(line.when, line) for section in sections for line in section.lines if line.when is not None]
    soon = sorted((pair for pair in timed if now <= pair[0] <= now + SOON), key=lambda pair: pair[0])
    return [line for _, line in soon[:SOONEST]]
