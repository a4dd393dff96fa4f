"""The button that ends a whole series, under the answer to cancelling one of it."""

from bot import clock
from bot.ui.router import Press, Router
from cogs.giveaways.render.overview import END_SERIES, render_series_ended
from cogs.giveaways.service.correcting import Correcting


class SeriesButton:
    """Ends the series of a giveaway; asks for itself whether an organiser presses it."""

    def __init__(self, correcting: Correcting) -> None:
        self._correcting = correcting

    def register(self, router: Router) -> None:
        """Take the button's press."""
        router.on(END_SERIES, self._end)

    async def _end(self, press: Press) -> None:
        ended = await self._correcting.end_series(press.actor, press.number(0), clock.now())
        await press.update(render_series_ended(ended, press.language))
