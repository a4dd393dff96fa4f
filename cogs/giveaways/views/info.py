"""The buttons that explain a giveaway, and the one with which a moderator lets a draw go on without its beacon."""

from bot import clock
from bot.i18n import t
from bot.ui.router import Press, Router
from cogs.giveaways.render import render_info, render_trust_question
from cogs.giveaways.render.words import INFO, TRUST, TRUST_SURE
from cogs.giveaways.service.drawing import Drawing
from cogs.giveaways.service.explaining import Explaining


class InfoButtons:
    """What pressing them does."""

    def __init__(self, explaining: Explaining, drawing: Drawing) -> None:
        self._explaining = explaining
        self._drawing = drawing

    def register(self, router: Router) -> None:
        """Take the buttons' presses."""
        router.on(INFO, self.info)
        router.on(TRUST, self.trust)
        router.on(TRUST_SURE, self.trust_sure)

    async def info(self, press: Press) -> None:
        """Explain requirements and draw; an entrant also sees their own standing, and why they were left out."""
        view, receipt = await self._explaining.explain(press.actor, press.number(0))
        await press.reply(render_info(view, press.language, receipt))

    async def trust(self, press: Press) -> None:
        """Ask a moderator whether they mean it."""
        view = await self._explaining.untrusted(press.actor, press.number(0))
        await press.reply(render_trust_question(view, press.language))

    async def trust_sure(self, press: Press) -> None:
        """Go on without the beacon."""
        view = await self._explaining.untrusted(press.actor, press.number(0))
        await self._drawing.go_on_without_beacon(press.actor, view.info.id, clock.now())
        await press.update(t("giveaway.render.trust.done", number=str(view.info.number)))
