"""Finding polls: for autocomplete, for the list, by what was typed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.people import Actor, Standing, require_organiser, standing
from cogs.polls.service.records import PollInfo, info, info_of, poll_numbered, post_url
from cogs.polls.tables import Poll, State

if TYPE_CHECKING:
    from bot.app import Platform

SUGGESTED: Final = 25
PAGE: Final = 8


@dataclass(frozen=True, slots=True)
class Listed:
    """A poll in a list, and where its post is."""

    info: PollInfo
    url: str | None


class Finding:
    """Look up polls. What is only scheduled is shown to organisers alone: it is not public yet."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def suggest(
        self, actor: Actor, typed: str, states: Collection[State], *, organisers_only: bool = True
    ) -> Sequence[PollInfo]:
        """Return polls in these states whose question or number goes with what was typed, newest first.

        Empty for members where only organisers may act.
        """
        typed = typed.strip().removeprefix("#")
        async with self._platform.database.read() as session:
            organises = await self._organises(session, actor)
            if organisers_only and not organises:
                return ()
            seen = [state for state in states if organises or state not in (State.SCHEDULED, State.CANCELLED)]
            query = select(Poll).where(Poll.guild_id == actor.guild_id, Poll.state.in_(seen))
            if typed:
                number = cast(Poll.number, String)
                query = query.where(
                    or_(Poll.question.icontains(typed, autoescape=True), number.startswith(typed, autoescape=True))
                )
            rows = (await session.scalars(query.order_by(Poll.number.desc()).limit(SUGGESTED))).all()
            return [info(row, ()) for row in rows]

    async def named(self, actor: Actor, typed: str, *, organisers_only: bool = True) -> PollInfo:
        """Return the poll an option names.

        Raises NotAllowed for members where only organisers may act, NotFound with what was typed, WrongState while
        polls are turned off.
        """
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
            if organisers_only:
                require_organiser(actor, config)
            require_enabled(config, Feature.POLLS)
            row = await poll_numbered(session, actor.guild_id, typed)
            hidden = row.state in (State.SCHEDULED, State.CANCELLED)
            if hidden and not await self._organises(session, actor):
                raise NotFound(t("poll.no_such_number", value=typed))
            return await info_of(session, row)

    async def page(self, actor: Actor, number: int) -> tuple[Sequence[Listed], bool]:
        """Return a page of a server's polls, newest first, and whether there are more; pages count from 0."""
        async with self._platform.database.read() as session:
            require_enabled(await config_of(session, actor.guild_id), Feature.POLLS)
            query = select(Poll).where(Poll.guild_id == actor.guild_id)
            if not await self._organises(session, actor):
                query = query.where(Poll.state.not_in((State.SCHEDULED, State.CANCELLED)))
            query = query.order_by(Poll.number.desc()).offset(number * PAGE).limit(PAGE + 1)
            rows = (await session.scalars(query)).all()
            listed = [Listed(await info_of(session, row), await post_url(session, row)) for row in rows[:PAGE]]
            return listed, len(rows) > PAGE

    async def _organises(self, session: AsyncSession, actor: Actor) -> bool:
        rank = standing(actor, await config_of(session, actor.guild_id))
        return rank in (Standing.ORGANISER, Standing.MODERATOR)
