"""The buttons of winners and staff: claim, show the code, say what arrived, decline, redeem."""

from bot import clock
from bot.errors import NotFound
from bot.i18n import t
from bot.ui.outgoing import Outgoing
from bot.ui.router import Press, Router
from cogs.giveaways.render import claims as render
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.service.buttons import CLAIM, CODE, DECLINE, MISSING, RECEIVED
from cogs.giveaways.service.claims import Claims
from cogs.giveaways.service.redeeming import Redeeming
from cogs.giveaways.service.redraw import Redraws


class ClaimButtons:
    """What pressing them does: from the announcement, from ``/my show``, and after a restart alike."""

    def __init__(self, claims: Claims, redraws: Redraws, redeeming: Redeeming) -> None:
        self._claims = claims
        self._redraws = redraws
        self._redeeming = redeeming

    def register(self, router: Router) -> None:
        """Take the buttons' presses."""
        router.on(CLAIM, self.claim)
        router.on(CODE, self.code)
        router.on(RECEIVED, self.received)
        router.on(MISSING, self.missing)
        router.on(render.WALLET, self.wallet)
        router.on(DECLINE, self.decline)
        router.on(render.DECLINE_SURE, self.decline_sure)
        router.on(render.REDEEM, self.redeem)
        router.on(render.REDEEM_CODE, self.redeem_code)
        router.on(render.UNDO, self.undo)

    async def claim(self, press: Press) -> None:
        """Claim one's prize, in the way this giveaway asks for."""
        prize = await self._claims.prize(press.actor, press.number(0))
        match prize.info.claim:
            case Claim.IN_PERSON:
                await press.reply(await self._code(press))
            case Claim.WALLET:
                choice = await self._claims.wallets(press.actor, press.number(0), clock.now())
                await press.reply(render.render_wallets(choice, press.language))
            case Claim.BUTTON | Claim.NONE:
                claimed = await self._claims.claim(press.actor, press.number(0), clock.now())
                await press.reply(render.render_claimed(claimed, press.language))

    async def wallet(self, press: Press) -> None:
        if len(press.values) != 1:
            raise NotFound(t("error.stale_component"))
        claimed = await self._claims.choose_wallet(press.actor, press.number(0), press.values[0], clock.now())
        await press.update(render.render_claimed(claimed, press.language))

    async def code(self, press: Press) -> None:
        """Show a winner's own pick-up code, with its picture."""
        await press.reply(await self._code(press))

    async def _code(self, press: Press) -> Outgoing:
        prize = await self._claims.code(press.actor, press.number(0))
        return render.render_code(prize, press.language)

    async def received(self, press: Press) -> None:
        await self._tell(press, arrived=True)

    async def missing(self, press: Press) -> None:
        await self._tell(press, arrived=False)

    async def _tell(self, press: Press, *, arrived: bool) -> None:
        told = await self._claims.tell(press.actor, press.number(0), clock.now(), arrived=arrived)
        await press.reply(render.render_told(told, press.number(0), press.language))

    async def decline(self, press: Press) -> None:
        """Ask first: a prize that passed on does not come back."""
        prize = await self._claims.declinable(press.actor, press.number(0))
        await press.reply(render.render_decline_question(prize, press.language))

    async def decline_sure(self, press: Press) -> None:
        await press.acknowledge()
        moved = await self._redraws.decline(press.actor, press.number(0))
        await press.update(render.render_declined(moved, press.language))

    async def redeem(self, press: Press) -> None:
        await self._redeeming.require_staff(press.actor)
        await press.modal(render.redeem_modal(press.language))

    async def redeem_code(self, press: Press) -> None:
        typed = press.fields.get(render.CODE_FIELD, "")
        redeemed = await self._redeeming.redeem(press.actor, typed, clock.now())
        await press.reply(render.render_redeemed(redeemed, press.language))

    async def undo(self, press: Press) -> None:
        prize = await self._redeeming.undo(press.actor, press.number(0), clock.now())
        await press.update(render.render_undone(prize, press.language))
