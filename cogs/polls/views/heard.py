"""Buttons and forms about answers: answer, be told, say whether a promise was kept."""

from bot import clock
from bot.errors import BadInput
from bot.i18n import t
from bot.ui.router import Press, Router
from cogs.polls.render import heard as render
from cogs.polls.rules.heard import Status
from cogs.polls.service.heard.answering import Answering, Reply
from cogs.polls.service.heard.records import HAPPENED, LISTEN, NOT_YET, RESPOND
from cogs.polls.service.heard.telling import Telling


class HeardButtons:
    """What pressing them does: on posts, answers, reminders and in ``/my show`` alike."""

    def __init__(self, answering: Answering, telling: Telling) -> None:
        self._answering = answering
        self._telling = telling

    def register(self, router: Router) -> None:
        """Take the presses."""
        router.on(LISTEN, self.listen)
        router.on(HAPPENED, self.happened)
        router.on(NOT_YET, self.not_yet)
        router.on(RESPOND, self.respond)
        router.on(render.FORM, self.responded)

    async def listen(self, press: Press) -> None:
        """Have oneself told the answer, or not any more."""
        listening = await self._telling.listen(press.actor, press.number(0))
        await press.reply(render.listening_text(listening))

    async def happened(self, press: Press) -> None:
        await self._witness(press, happened=True)

    async def not_yet(self, press: Press) -> None:
        await self._witness(press, happened=False)

    async def _witness(self, press: Press, *, happened: bool) -> None:
        witnessed = await self._telling.witness(press.actor, press.number(0), clock.now(), happened=happened)
        await press.reply(render.witnessed_text(witnessed))

    async def respond(self, press: Press) -> None:
        """Open the form, for whoever may answer."""
        asked = await self._answering.ask(press.actor, press.number(0), clock.now())
        await press.modal(render.respond_form(asked, press.language))

    async def responded(self, press: Press) -> None:
        picked = press.picked.get(render.STATUS, ())
        if len(picked) != 1 or picked[0] not in list(Status):
            raise BadInput(t("error.stale_component"))
        key, text = press.number(0), press.fields.get(render.TEXT, "")
        reply = Reply(Status(picked[0]), text, press.fields.get(render.DUE, ""))
        try:
            responded = await self._answering.respond(press.actor, key, reply, clock.now())
        except BadInput as refusal:
            await press.reply(render.render_refused(refusal.text, key, text, press.language))
            return
        await press.reply(render.render_responded(responded, press.language))
