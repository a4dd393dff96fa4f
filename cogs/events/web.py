"""The calendars' own addresses: private, read-only, the same answer for every address that is nobody's."""

import re
from datetime import timedelta
from functools import partial
from typing import Final

from aiohttp import web

from bot import clock
from bot.compute import Compute
from bot.web import Limit, Web, conditional
from cogs.events.render.calendar import calendar_items
from cogs.events.rules.calendar import write_calendar
from cogs.events.service.feeds import Feeds

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
# Calendars ask once an hour, and some ask for many people from one address.
_LIMIT: Final = Limit(120, timedelta(minutes=1))


class CalendarPages:
    """Answer calendar programs."""

    def __init__(self, feeds: Feeds, compute: Compute) -> None:
        self._feeds = feeds
        self._compute = compute

    def register(self, pages: Web) -> None:
        """Take the requests for ``/calendar/<token>.ics``."""
        pages.get("/calendar/{token}.ics", self._serve, limit=_LIMIT)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        token, now = request.match_info["token"], clock.now()
        if not _TOKEN.fullmatch(token):
            raise web.HTTPNotFound
        name, items = calendar_items(await self._feeds.read(token, now))
        # A daily event has thousands of dates to look at.
        body = await self._compute(partial(write_calendar, now=now), name, items)
        return conditional(request, body, "text/calendar", cache_control="private, no-cache")
