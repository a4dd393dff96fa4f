"""The draft's panel at work: what only drafts of polls have, weights, switches, and who answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bot import clock
from bot.drafting.drafting import Drafting
from bot.errors import BadInput
from bot.i18n import t
from bot.ui.drafts.panel import DraftPanel, ids
from bot.ui.router import Handler, Press, Router
from cogs.polls.render import draft
from cogs.polls.render import draft_forms as forms
from cogs.polls.rules.options import Options, Proposal, Step
from cogs.polls.rules.reading import NOBODY, OFF, ON
from cogs.polls.service.craft import PollCraft
from cogs.polls.service.records import PollInfo
from cogs.polls.service.showing import PostView
from cogs.polls.service.steps import PollSteps

if TYPE_CHECKING:
    from bot.app import Platform

_WHO: Final = Step.WHO.value


class PollPanel(DraftPanel[Options, Proposal, PostView, PollInfo]):
    """The panel of a poll's draft."""

    def __init__(self, platform: "Platform", craft: PollCraft) -> None:
        steps = PollSteps(platform, craft)
        super().__init__(platform, craft, Drafting(platform, craft), steps, draft.FACE)
        self._guilds = platform.guilds
        self._weights = steps

    def further(self, router: Router) -> None:
        router.on(draft.WEIGHT_ROLES, self._weight_roles)
        router.on(draft.WEIGHTS, self._ask_weights)
        router.on(forms.WEIGHTS, self._set_weights)
        router.on(draft.WRITE_INS, self._switch("write_ins", lambda options: options.write_ins))
        router.on(draft.RECEIPTS, self._switch("receipts", lambda options: options.receipts))
        router.on(draft.OWNER, self._owner)
        router.on(draft.MYSELF, self._answered_by(""))
        router.on(draft.NO_ANSWER, self._answered_by(NOBODY))

    async def _weight_roles(self, press: Press) -> None:
        await press.acknowledge()
        await self._weights.set_weight_roles(press.actor, press.number(0), ids(press.values), clock.now())
        await self.show(press, _WHO)

    async def _ask_weights(self, press: Press) -> None:
        options, _ = await self._weights.options(press.actor, press.number(0), clock.now())
        if not options.weights:
            raise BadInput(t("poll.draft.who.weights.none"))
        roles = (self._guilds.role(press.actor.guild_id, role) for role, _ in options.weights)
        names = {role.role_id: role.name for role in roles if role is not None}
        await press.modal(forms.weights_form(press.language, press.number(0), options, names))

    async def _set_weights(self, press: Press) -> None:
        await press.acknowledge()
        typed = forms.weights_typed(press.fields)
        refusals = await self._weights.set_weights(press.actor, press.number(0), typed, clock.now())
        await self.show(press, _WHO, refusals)

    def _switch(self, name: str, is_on: Callable[[Options], bool]) -> Handler:
        async def handler(press: Press) -> None:
            await press.acknowledge()
            options, _ = await self._weights.options(press.actor, press.number(0), clock.now())
            await self.take(press, {name: OFF if is_on(options) else ON}, Step.RULES)

        return handler

    async def _owner(self, press: Press) -> None:
        for chosen in ids(press.values):
            is_role = self._guilds.role(press.actor.guild_id, chosen) is not None
            await self.take(press, {"answer_owner": f"<@&{chosen}>" if is_role else f"<@{chosen}>"}, Step.ANSWER)

    def _answered_by(self, owner: str) -> Handler:
        """Return what answers a button that names nobody: the organiser answers, or nobody does."""

        async def handler(press: Press) -> None:
            values = {"answer_owner": owner} | ({"answer_by": ""} if owner == NOBODY else {})
            await self.take(press, values, Step.ANSWER)

        return handler
