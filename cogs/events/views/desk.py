"""What staff and organisers press: the digits, the list to tick, who is coming, the file."""

from collections.abc import Sequence
from typing import Final

from bot import clock
from bot.errors import NotFound
from bot.i18n import t
from bot.ui.exchange import Exchange
from bot.ui.pager import Page, Pager
from bot.ui.router import Press, Router
from cogs.events.render.checkin import render_checkin, render_ticked
from cogs.events.render.overview import render_attendees, render_export, render_month
from cogs.events.service.buttons import EXPORT, NEW_DIGITS, TICK
from cogs.events.service.checking_in import CheckingIn
from cogs.events.service.exports import Exports
from cogs.events.service.finding import Finding

ATTENDEES: Final = "ev.attendees"
MONTH: Final = "ev.month"
# How many months ahead can be looked at; laid are two.
MONTHS: Final = 12


class Desk:
    """Lists and check-in; the services ask each time who it is that acts."""

    def __init__(self, finding: Finding, checking_in: CheckingIn, exports: Exports) -> None:
        self._finding = finding
        self._checking_in = checking_in
        self._exports = exports

    def register(self, router: Router, pager: Pager) -> None:
        """Take the presses, and offer the lists."""
        router.on(NEW_DIGITS, self.new_digits)
        router.on(TICK, self.tick)
        router.on(EXPORT, self.export)
        pager.register(ATTENDEES, self._attendees)
        pager.register(MONTH, self._month)

    async def new_digits(self, press: Press) -> None:
        view = await self._checking_in.show(press.actor, press.number(0), clock.now())
        await press.update(render_checkin(view, press.language))

    async def tick(self, press: Press) -> None:
        users = [int(value) for value in press.values if value.isascii() and value.isdigit() and len(value) <= 19]
        if not users:
            raise NotFound(t("error.stale_component"))
        key = press.number(0)
        ticked = await self._checking_in.tick(press.actor, key, users, clock.now())
        view = await self._checking_in.show(press.actor, key, clock.now())
        await press.update(render_checkin(view, press.language))
        await press.reply(render_ticked(ticked, press.language))

    async def export(self, press: Press) -> None:
        await press.defer()
        found = await self._exports.export(press.actor, press.number(0))
        await press.reply(render_export(found, press.language))

    async def _attendees(self, exchange: Exchange, args: Sequence[str], number: int) -> Page:
        digits = args[0] if args else ""
        if not (digits.isascii() and digits.isdigit()) or int(digits) >= 1 << 63:
            raise NotFound(t("error.stale_component"))
        found = await self._finding.attendees(exchange.actor, int(digits), number)
        return Page(render_attendees(found, exchange.language), number, None, found.more)

    async def _month(self, exchange: Exchange, args: object, number: int) -> Page:
        ahead = min(number, MONTHS)
        month = await self._finding.month(exchange.actor, ahead, clock.now())
        return Page(render_month(month, exchange.language), ahead, None, ahead < MONTHS)
