"""The organisers' panel of claims, and the list of entrants."""

from collections.abc import Sequence

from bot import clock
from bot.errors import NotFound
from bot.i18n import t
from bot.ui.exchange import Exchange
from bot.ui.pager import Page, Pager
from bot.ui.router import Press, Router
from cogs.giveaways.render import panel as render
from cogs.giveaways.service.exports import Exports
from cogs.giveaways.service.panel import ClaimsPanel


class PanelButtons:
    """What pressing them does; the service asks each time whether it is an organiser who does."""

    def __init__(self, panel: ClaimsPanel, exports: Exports, pager: Pager) -> None:
        self._panel = panel
        self._exports = exports
        self._pager = pager

    def register(self, router: Router) -> None:
        """Take the buttons' presses, and offer the lists."""
        self._pager.register(render.CLAIMS_LIST, self._claims)
        self._pager.register(render.ENTRANTS_LIST, self._entrants)
        router.on(render.PICK, self.pick)
        router.on(render.BACK, self.back)
        router.on(render.REMIND_ALL, self.remind_all)
        router.on(render.DELIVER_ALL, self.deliver_all)
        router.on(render.ENTRANTS_FILE, self.entrants_file)
        router.on(render.REMIND, self.remind)
        router.on(render.EXTEND, self.extend)
        router.on(render.EXTEND_TO, self.extend_to)
        router.on(render.PASS, self.pass_on)
        router.on(render.WHY, self.pass_why)
        router.on(render.DELIVERED, self.delivered)
        router.on(render.UNDELIVERED, self.undelivered)

    async def _claims(self, exchange: Exchange, args: Sequence[str], number: int) -> Page:
        view = await self._panel.view(exchange.actor, _key(args))
        return render.claims_page(view, exchange.language, number)

    async def _entrants(self, exchange: Exchange, args: Sequence[str], number: int) -> Page:
        page = await self._exports.entrants(exchange.actor, _key(args), number)
        return render.entrants_page(page, exchange.language)

    async def pick(self, press: Press) -> None:
        if len(press.values) != 1:
            raise NotFound(t("error.stale_component"))
        prize = await self._panel.prize(press.actor, _key(press.values))
        await press.update(render.render_prize(prize, press.language))

    async def back(self, press: Press) -> None:
        await self._pager.open(press, render.CLAIMS_LIST, press.number(0))

    async def remind_all(self, press: Press) -> None:
        count = await self._panel.remind_all(press.actor, press.number(0), clock.now())
        await press.reply(t("giveaway.remind.all", n=count) if count else t("giveaway.remind.nobody"))

    async def deliver_all(self, press: Press) -> None:
        count = await self._panel.mark_all(press.actor, press.number(0), clock.now())
        await self._pager.open(press, render.CLAIMS_LIST, press.number(0))
        await press.reply(t("giveaway.panel.all_delivered", n=count))

    async def entrants_file(self, press: Press) -> None:
        await press.defer()
        found = await self._exports.entrants_file(press.actor, press.number(0), clock.now())
        for message in render.render_files(found, press.language, t("giveaway.entrants.file")):
            await press.reply(message)

    async def remind(self, press: Press) -> None:
        prize = await self._panel.remind(press.actor, press.number(0), clock.now())
        await press.update(render.render_prize(prize, press.language, t("giveaway.remind.done")))

    async def extend(self, press: Press) -> None:
        prize = await self._panel.prize(press.actor, press.number(0))
        await press.modal(render.extend_modal(prize.id, press.language))

    async def extend_to(self, press: Press) -> None:
        typed = press.fields.get(render.UNTIL_FIELD, "")
        prize = await self._panel.extend(press.actor, press.number(0), typed, clock.now())
        until = t("giveaway.extend.done", until=prize.claim_until or clock.now())
        await press.update(render.render_prize(prize, press.language, until))

    async def pass_on(self, press: Press) -> None:
        prize = await self._panel.prize(press.actor, press.number(0))
        await press.modal(render.reason_modal(prize.id, press.language))

    async def pass_why(self, press: Press) -> None:
        await press.acknowledge()
        reason = press.fields.get(render.REASON_FIELD, "")
        moved = await self._panel.pass_on(press.actor, press.number(0), reason, clock.now())
        await press.update(render.render_moved(moved, press.language))

    async def delivered(self, press: Press) -> None:
        prize = await self._panel.mark(press.actor, press.number(0), clock.now(), delivered=True)
        await press.update(render.render_prize(prize, press.language, t("giveaway.panel.marked")))

    async def undelivered(self, press: Press) -> None:
        prize = await self._panel.mark(press.actor, press.number(0), clock.now(), delivered=False)
        await press.update(render.render_prize(prize, press.language, t("giveaway.panel.unmarked")))


def _key(texts: Sequence[str]) -> int:
    """Return an id from where anyone can write; raises NotFound for what is none."""
    digits = texts[0] if texts else ""
    if not (digits.isascii() and digits.isdigit()) or int(digits) >= 1 << 63:
        raise NotFound(t("error.stale_component"))
    return int(digits)
