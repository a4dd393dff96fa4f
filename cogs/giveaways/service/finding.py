"""Finding giveaways: for autocomplete, for the list, by what was typed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.people import Actor, Standing, require_organiser, standing
from cogs.giveaways.service.loading import Loading
from cogs.giveaways.service.records import GiveawayInfo, giveaway_numbered, info, post_url
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.tables import Giveaway, State

if TYPE_CHECKING:
    from bot.app import Platform

CHANGEABLE: Final = (State.SCHEDULED, State.OPEN)
CANCELLABLE: Final = (State.SCHEDULED, State.OPEN, State.CLOSING, State.FROZEN)
SUGGESTED: Final = 25
PAGE: Final = 8


@dataclass(frozen=True, slots=True)
class Listed:
    """A giveaway in a list, and where its post is."""

    info: GiveawayInfo
    url: str | None


class Finding:
    """Look up giveaways. What never opened is shown to organisers alone: it is not public, or was cancelled before."""

    def __init__(self, platform: "Platform", loading: Loading) -> None:
        self._platform = platform
        self._loading = loading

    async def suggest(
        self, actor: Actor, typed: str, states: Collection[State], *, organisers_only: bool = True
    ) -> Sequence[GiveawayInfo]:
        """Return giveaways in these states whose prize or number goes with what was typed, newest first.

        Empty for members where only organisers may act.
        """
        typed = typed.strip().removeprefix("#")
        async with self._platform.database.read() as session:
            organises = await self._organises(session, actor)
            if organisers_only and not organises:
                return ()
            query = select(Giveaway).where(Giveaway.guild_id == actor.guild_id, Giveaway.state.in_(states))
            if not organises:
                query = query.where(Giveaway.opened_at.is_not(None))
            if typed:
                number = cast(Giveaway.number, String)
                query = query.where(
                    or_(Giveaway.prize.icontains(typed, autoescape=True), number.startswith(typed, autoescape=True))
                )
            rows = (await session.scalars(query.order_by(Giveaway.number.desc()).limit(SUGGESTED))).all()
            return [info(row) for row in rows]

    async def named(self, actor: Actor, typed: str, *, organisers_only: bool = True) -> GiveawayInfo:
        """Return the giveaway an option names.

        Raises NotAllowed for members where only organisers may act, NotFound with what was typed, WrongState while
        giveaways are turned off.
        """
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
            if organisers_only:
                require_organiser(actor, config)
            require_enabled(config, Feature.GIVEAWAYS)
            row = await giveaway_numbered(session, actor.guild_id, typed)
            if row.opened_at is None and not await self._organises(session, actor):
                raise NotFound(t("giveaway.no_such_number", value=typed))
            return info(row)

    async def shown(self, actor: Actor, typed: str) -> tuple[PostView, str | None]:
        """Return what a giveaway's post shows now, and where the post is; raises like :meth:`named`."""
        found = await self.named(actor, typed, organisers_only=False)
        async with self._platform.database.read() as session:
            row = await giveaway_numbered(session, actor.guild_id, str(found.number))
            return await self._loading.view(session, row), await post_url(session, row)

    async def page(self, actor: Actor, number: int) -> tuple[Sequence[Listed], bool]:
        """Return a page of a server's giveaways, newest first, and whether there are more; pages count from 0."""
        async with self._platform.database.read() as session:
            require_enabled(await config_of(session, actor.guild_id), Feature.GIVEAWAYS)
            query = select(Giveaway).where(Giveaway.guild_id == actor.guild_id)
            if not await self._organises(session, actor):
                query = query.where(Giveaway.opened_at.is_not(None))
            query = query.order_by(Giveaway.number.desc()).offset(number * PAGE).limit(PAGE + 1)
            rows = (await session.scalars(query)).all()
            return [Listed(info(row), await post_url(session, row)) for row in rows[:PAGE]], len(rows) > PAGE

    async def _organises(self, session: AsyncSession, actor: Actor) -> bool:
        rank = standing(actor, await config_of(session, actor.guild_id))
        return rank in (Standing.ORGANISER, Standing.MODERATOR)
