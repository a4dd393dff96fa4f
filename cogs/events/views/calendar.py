"""The buttons that replace a calendar's address."""

from bot import clock
from bot.errors import NotFound
from bot.i18n import t
from bot.ui.router import Press, Router
from cogs.events.render.calendar import RENEW, render_feeds
from cogs.events.service.feeds import Feeds
from cogs.events.tables import FeedScope


class CalendarButtons:
    """Renew an address; whose it is follows from who presses."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds

    def register(self, router: Router) -> None:
        """Take the buttons' presses."""
        router.on(RENEW, self._renew)

    async def _renew(self, press: Press) -> None:
        scope = press.args[0] if press.args else ""
        if scope not in set(FeedScope):
            raise NotFound(t("error.stale_component"))
        view = await self._feeds.renew(press.actor, FeedScope(scope), clock.now())
        await press.update(render_feeds(view, press.language))
