"""*Still coming*, under the notice of a change; *Can't* beside it is the announcement's own."""

from bot import clock
from bot.ui.router import Press, Router
from cogs.events.render.notices import render_still
from cogs.events.service.buttons import STILL
from cogs.events.service.notices import Notices


class StillButton:
    """Notes who comes to a date as it stands now."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices

    def register(self, router: Router) -> None:
        """Take the button's press."""
        router.on(STILL, self._still)

    async def _still(self, press: Press) -> None:
        info = await self._notices.still_coming(press.actor, press.number(0), clock.now())
        await press.reply(render_still(info))
