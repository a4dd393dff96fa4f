"""Proposals: the form members fill in, and what organisers press."""

from bot import clock
from bot.drafts import DraftKinds
from bot.errors import UserError
from bot.i18n import t
from bot.ui.router import Press, Router
from cogs.polls.render import proposals as render
from cogs.polls.rules.proposing import read_wish
from cogs.polls.service.heard.proposing import APPROVE, DECLINE, WITHDRAW, Proposing
from cogs.polls.tables import KIND


class ProposalButtons:
    """What pressing and submitting does; each service call checks again who it is."""

    def __init__(self, proposing: Proposing, drafts: DraftKinds) -> None:
        self._proposing = proposing
        self._drafts = drafts

    def register(self, router: Router) -> None:
        """Take the presses."""
        router.on(render.FORM, self.proposed)
        router.on(APPROVE, self.approve)
        router.on(DECLINE, self.decline)
        router.on(render.DECLINE_FORM, self.declined)
        router.on(WITHDRAW, self.withdraw)

    async def proposed(self, press: Press) -> None:
        """Take a proposal; what was typed is given back with a refusal, since a form opens only once."""
        question, options, why = (press.fields.get(name, "") for name in (render.QUESTION, render.OPTIONS, render.WHY))
        try:
            channel_id = press.interaction.channel_id or 0
            wish = read_wish(question, options, why)
            info = await self._proposing.propose(press.actor, wish, channel_id, clock.now())
        except UserError as refusal:
            await press.reply(render.render_refused(refusal.text, question, options, why, press.language))
            return
        await press.reply(render.render_proposed(info, press.language))

    async def approve(self, press: Press) -> None:
        """Approve a proposal, and show the approver the draft it became."""
        channel_id = press.interaction.channel_id or 0
        draft = await self._proposing.approve(press.actor, press.number(0), channel_id, clock.now())
        kind = self._drafts.of(KIND)
        if kind is None:
            await press.reply(t("poll.propose.did.approved"))
            return
        await kind.open(press, draft)

    async def decline(self, press: Press) -> None:
        """Ask for the reason."""
        info = await self._proposing.decidable(press.actor, press.number(0))
        await press.modal(render.decline_form(info, press.language))

    async def declined(self, press: Press) -> None:
        reason = press.fields.get(render.REASON, "")
        info = await self._proposing.decline(press.actor, press.number(0), reason, clock.now())
        await press.reply(render.render_declined(info, press.language))

    async def withdraw(self, press: Press) -> None:
        """Take back one's own proposal."""
        info = await self._proposing.withdraw(press.actor, press.number(0), clock.now())
        await press.reply(t("poll.propose.did.withdrawn", number=str(info.number)))
