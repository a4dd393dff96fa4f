"""The draft's panel at work: what only drafts of giveaways have, extra tickets."""

from typing import TYPE_CHECKING, TypeAlias

from bot import clock
from bot.drafting.drafting import Drafting
from bot.errors import BadInput
from bot.i18n import t
from bot.ui.drafts.panel import DraftPanel, ids
from bot.ui.router import Press, Router
from cogs.giveaways.render import draft, forms
from cogs.giveaways.rules.options import Options, Proposal
from cogs.giveaways.service.craft import GiveawayCraft
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.service.steps import GiveawaySteps

if TYPE_CHECKING:
    from bot.app import Platform

GiveawayDrafting: TypeAlias = Drafting[Options, Proposal, PostView, GiveawayInfo]
_TICKETS = "tickets"


class GiveawayPanel(DraftPanel[Options, Proposal, PostView, GiveawayInfo]):
    """The panel, with the step of extra tickets."""

    def __init__(
        self, platform: "Platform", craft: GiveawayCraft, drafting: GiveawayDrafting, steps: GiveawaySteps
    ) -> None:
        super().__init__(platform, craft, drafting, steps, draft.FACE)
        self._guilds = platform.guilds
        self._tickets = steps

    def further(self, router: Router) -> None:
        router.on(draft.ROLES, self._bonus_roles)
        router.on(draft.EXTRAS, self._ask_extras)
        router.on(forms.EXTRAS, self._extras)

    async def _bonus_roles(self, press: Press) -> None:
        await press.acknowledge()
        await self._tickets.set_bonus_roles(press.actor, press.number(0), ids(press.values), clock.now())
        await self.show(press, _TICKETS)

    async def _ask_extras(self, press: Press) -> None:
        options, _ = await self._tickets.options(press.actor, press.number(0), clock.now())
        if not options.bonuses:
            raise BadInput(t("giveaway.draft.tickets.none"))
        await press.modal(forms.extras_form(press.language, press.number(0), options, self._role_names(press, options)))

    async def _extras(self, press: Press) -> None:
        await press.acknowledge()
        typed = forms.extras_typed(press.fields)
        refusals = await self._tickets.set_tickets(press.actor, press.number(0), typed, clock.now())
        await self.show(press, _TICKETS, refusals)

    def _role_names(self, press: Press, options: Options) -> dict[int, str]:
        roles = (self._guilds.role(press.actor.guild_id, role) for role, _ in options.bonuses)
        return {role.role_id: role.name for role in roles if role is not None}
