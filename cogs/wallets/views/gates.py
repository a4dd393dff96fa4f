"""The breaker's buttons, those that remove a rule, and the public panel's."""

from collections.abc import Awaitable, Callable, Sequence

from bot import clock
from bot.i18n import t
from bot.ui.exchange import Exchange
from bot.ui.pager import Page
from bot.ui.router import Press, Router
from cogs.wallets.render import gates as render
from cogs.wallets.service.breaking import Breakers
from cogs.wallets.service.explaining import Explaining
from cogs.wallets.service.gates import Gates
from cogs.wallets.service.keeping import Records
from cogs.wallets.service.wallets import LinkedWallets

RECORDS = "gate.records"
Verify = Callable[[Exchange], Awaitable[None]]


class GateButtons:
    """Answer the buttons of moderators."""

    def __init__(self, gates: Gates, breakers: Breakers, records: Records) -> None:
        self._gates = gates
        self._breakers = breakers
        self._records = records

    def register(self, router: Router) -> None:
        router.on(render.TAKE, self._take)
        router.on(render.KEEP, self._keep)
        router.on(render.REMOVE_TAKE, self._remove_take)
        router.on(render.REMOVE_LEAVE, self._remove_leave)

    async def page(self, exchange: Exchange, args: Sequence[str], number: int) -> Page:
        """Return a page of verification records."""
        page = await self._records.page(exchange.actor, number)
        return Page(
            render.render_records(page, exchange.language), page.number, page.total, more=page.number + 1 < page.total
        )

    async def _take(self, press: Press) -> None:
        view = await self._breakers.decide(press.actor, press.number(0), take=True, now=clock.now())
        await press.update(render.said(press.language, t("gate.breaker.taking", rule=view.rule, n=view.would_take)))

    async def _keep(self, press: Press) -> None:
        view = await self._breakers.decide(press.actor, press.number(0), take=False, now=clock.now())
        await press.update(render.said(press.language, t("gate.breaker.kept", rule=view.rule)))

    async def _remove_take(self, press: Press) -> None:
        await self._remove(press, take=True)

    async def _remove_leave(self, press: Press) -> None:
        await self._remove(press, take=False)

    async def _remove(self, press: Press, *, take: bool) -> None:
        view = await self._gates.remove(press.actor, str(press.number(0)), clock.now(), take=take)
        text = t("gate.removed.taken", rule=view.row.name, n=view.holders)
        if not take:
            text = t("gate.removed.left", rule=view.row.name)
        await press.update(render.said(press.language, text))


class PanelButtons:
    """Answer the public panel: *Verify · Why no role? · Refresh*."""

    def __init__(self, explaining: Explaining, wallets: LinkedWallets, verify: Verify) -> None:
        self._explaining = explaining
        self._wallets = wallets
        self._verify = verify

    def register(self, router: Router) -> None:
        router.on(render.VERIFY, self._verify)
        router.on(render.WHY, self._why)
        router.on(render.REFRESH, self._refresh)

    async def _why(self, press: Press) -> None:
        status = await self._explaining.status(press.actor.guild_id, press.actor.user_id)
        await press.reply(render.render_status(status, press.language))

    async def _refresh(self, press: Press) -> None:
        await press.defer()
        await self._wallets.refresh(press.actor, clock.now())
        await self._why(press)
