"""What one person is told about a giveaway: how it works, how to check it, and where they stand themselves."""

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.guilds import config_of
from bot.i18n import t
from bot.people import Actor, Standing, require_moderator, standing
from bot.posts import Post
from cogs.giveaways.service.drawing import not_yet_given_up
from cogs.giveaways.service.entering import Entering, Receipt
from cogs.giveaways.service.loading import Loading
from cogs.giveaways.service.records import giveaway_of
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.tables import KIND, Giveaway, Waiting

if TYPE_CHECKING:
    from bot.database import Database


class Explaining:
    """Private answers; nothing is changed."""

    def __init__(self, database: "Database", loading: Loading, entering: Entering) -> None:
        self._database = database
        self._loading = loading
        self._entering = entering

    async def explain(self, actor: Actor, key: int) -> tuple[PostView, Receipt | None]:
        """Return a giveaway in the member's language, if it was translated, and their own receipt if they entered."""
        async with self._database.read() as session:
            row = await giveaway_of(session, actor.guild_id, key)
            if row.opened_at is None:
                # Not public: its button is nowhere.
                rank = standing(actor, await config_of(session, actor.guild_id))
                if rank not in (Standing.ORGANISER, Standing.MODERATOR):
                    raise NotFound(t("giveaway.not_found"))
            title, text = await _translation(session, row, actor.language)
            view = await self._loading.view(session, row, title=title, text=text)
        return view, await self._entering.receipt(actor, key)

    async def untrusted(self, actor: Actor, key: int) -> PostView:
        """Return a giveaway whose beacon has been away for a day; raises NotAllowed, or WrongState when it has not."""
        async with self._database.read() as session:
            require_moderator(actor, await config_of(session, actor.guild_id))
            row = await giveaway_of(session, actor.guild_id, key)
            if row.waiting is not Waiting.BEACON_GIVE_UP:
                raise not_yet_given_up(row)
            return await self._loading.view(session, row)


async def _translation(session: AsyncSession, row: Giveaway, language: str) -> tuple[str | None, str | None]:
    query = select(Post.title, Post.text).where(
        Post.kind == KIND, Post.subject == row.id, Post.language == language, Post.title.is_not(None)
    )
    found = (await session.execute(query.order_by(Post.id).limit(1))).one_or_none()
    return found or (None, None)
