"""The buttons of results, and of options that voters propose."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bot import clock
from bot.i18n import t
from bot.ui.exchange import Exchange
from bot.ui.outgoing import Outgoing
from bot.ui.pager import Page
from bot.ui.router import Press, Router
from cogs.polls.render.overview import (
    APPROVE,
    OPTION,
    REFUSE,
    SUGGEST_FORM,
    render_suggestions,
    render_voters,
    suggest_form,
    voters_button,
)
from cogs.polls.render.result import render_standing
from cogs.polls.render.words import RESULTS, SUGGEST, SUGGESTIONS
from cogs.polls.service.results import ResultsService
from cogs.polls.service.suggesting import Suggesting

if TYPE_CHECKING:
    from bot.ui.pager import Pager

VOTERS: Final = "poll.voters"
LISTED: Final = "poll.who"


class OverviewButtons:
    """What pressing them does."""

    def __init__(self, results: ResultsService, suggesting: Suggesting, pager: "Pager") -> None:
        self._results = results
        self._suggesting = suggesting
        self._pager = pager

    def register(self, router: Router) -> None:
        """Take the presses."""
        router.on(RESULTS, self.results)
        router.on(VOTERS, self.voters)
        router.on(SUGGEST, self.suggest)
        router.on(SUGGEST_FORM, self.suggested)
        router.on(SUGGESTIONS, self.suggestions)
        router.on(APPROVE, self.approve)
        router.on(REFUSE, self.refuse)
        self._pager.register(LISTED, self._page)

    async def results(self, press: Press) -> None:
        await self.show(press, press.number(0))

    async def show(self, exchange: Exchange, key: int) -> None:
        """Answer with how a poll stands or ended; of an open one it leads to who voted for what."""
        await exchange.defer()
        found = await self._results.standing(exchange.actor, key)
        message = render_standing(found, exchange.language)
        if not found.info.is_secret:
            message = Outgoing(embeds=message.embeds, rows=(voters_button(found.info, exchange.language, VOTERS),))
        await exchange.reply(message)

    async def voters(self, press: Press) -> None:
        await self._pager.open(press, LISTED, press.number(0))

    async def _page(self, exchange: Exchange, args: Sequence[str], number: int) -> Page:
        digits = args[0] if args else ""
        key = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else 0
        page = await self._results.voters(exchange.actor, key, number)
        return Page(render_voters(page, exchange.language), number, page.pages, number + 1 < page.pages)

    async def suggest(self, press: Press) -> None:
        info = await self._suggesting.may_suggest(press.actor, press.number(0), clock.now())
        await press.modal(suggest_form(info, press.language))

    async def suggested(self, press: Press) -> None:
        typed = press.fields.get(OPTION, "")
        await self._suggesting.suggest(press.actor, press.number(0), typed, clock.now())
        await press.reply(t("poll.suggest.done"))

    async def suggestions(self, press: Press) -> None:
        found = await self._suggesting.waiting(press.actor, press.number(0))
        await press.reply(render_suggestions(found, press.language))

    async def approve(self, press: Press) -> None:
        await self._decide(press, approve=True)

    async def refuse(self, press: Press) -> None:
        await self._decide(press, approve=False)

    async def _decide(self, press: Press, *, approve: bool) -> None:
        key = await self._suggesting.decide(press.actor, press.number(0), clock.now(), approve=approve)
        found = await self._suggesting.waiting(press.actor, key)
        await press.update(render_suggestions(found, press.language))
