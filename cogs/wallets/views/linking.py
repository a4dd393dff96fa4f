"""The button and the form of pasted signatures, the select that unlinks, and *Verify* on the panel."""

from bot import clock
from bot.errors import NotFound
from bot.i18n import t
from bot.ui.exchange import Exchange
from bot.ui.router import Press, Router
from cogs.wallets.render import linking as render
from cogs.wallets.service.linking import Asking, Linking
from cogs.wallets.service.wallets import LinkedWallets


class LinkButtons:
    """Answer what members press while they link and unlink."""

    def __init__(self, linking: Linking, wallets: LinkedWallets) -> None:
        self._linking = linking
        self._wallets = wallets

    def register(self, router: Router) -> None:
        router.on(render.PASTE, self._open_form)
        router.on(render.SIGNATURE, self._paste)
        router.on(render.UNLINK, self._unlink)

    async def offer(self, exchange: Exchange, typed: str | None = None) -> None:
        """Answer ``/wallet link`` and *Verify*: with the page's link, or the text for an address."""
        asking, now = asking_of(exchange), clock.now()
        if self._linking.paste_domain is not None and typed is not None:
            errand = await self._linking.write_out(asking, typed, now)
            await exchange.reply(render.render_errand(errand, exchange.language))
        elif self._linking.page is not None:
            invitation = await self._linking.invite(asking, now)
            await exchange.reply(render.render_invitation(invitation, exchange.language))
        else:
            pasting = self._linking.paste_domain is not None
            await exchange.reply(t("wallet.link.paste_address") if pasting else t("wallet.link.off"))

    async def _open_form(self, press: Press) -> None:
        await press.modal(render.signature_form(press.number(0), press.language))

    async def _paste(self, press: Press) -> None:
        signature = press.fields.get(render.FIELD, "")
        # A contract wallet is asked over the network.
        await press.acknowledge()
        await self._linking.paste(asking_of(press), press.number(0), signature, clock.now())
        # What became of it is a delivery, as for the page.

    async def _unlink(self, press: Press) -> None:
        if len(press.values) != 1 or not press.values[0].isdecimal() or len(press.values[0]) > 18:
            raise NotFound(t("error.stale_component"))
        await press.acknowledge()
        shown = await self._wallets.unlink(press.actor, int(press.values[0]), clock.now())
        await press.update(render.render_unlinked(shown, press.language))


def asking_of(exchange: Exchange) -> Asking:
    """Return who asks, by the name nobody else in Discord has."""
    return Asking(exchange.actor, exchange.interaction.user.name, exchange.interaction.token)
