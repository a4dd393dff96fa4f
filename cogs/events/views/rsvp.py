"""The buttons of an announced date: answers, reminders, and *I'm here*."""

from bot import clock
from bot.ui.router import Press, Router
from cogs.events.render import answers as render
from cogs.events.rules.waiting import Wish
from cogs.events.service.answering import Answering
from cogs.events.service.buttons import CANT, DIGITS, FORGO, GOING, HERE, MAYBE, REMIND, TAKE
from cogs.events.service.checking_in import CheckingIn


class RsvpButtons:
    """What pressing them does: on a post, in ``/my show``, and after a restart alike."""

    def __init__(self, answering: Answering, checking_in: CheckingIn) -> None:
        self._answering = answering
        self._checking_in = checking_in

    def register(self, router: Router) -> None:
        """Take the buttons' presses."""
        router.on(GOING, self.going)
        router.on(MAYBE, self.maybe)
        router.on(CANT, self.cant)
        router.on(TAKE, self.take)
        router.on(REMIND, self.remind)
        router.on(FORGO, self.forgo)
        router.on(HERE, self.here)
        router.on(DIGITS, self.digits)

    async def going(self, press: Press) -> None:
        await self._answer(press, Wish.GOING)

    async def maybe(self, press: Press) -> None:
        await self._answer(press, Wish.MAYBE)

    async def cant(self, press: Press) -> None:
        await self._answer(press, Wish.CANT)

    async def take(self, press: Press) -> None:
        """Take a place that was offered; nobody else's can be taken."""
        await self._answer(press, Wish.GOING, taking=True)

    async def _answer(self, press: Press, wish: Wish, *, taking: bool = False) -> None:
        view = await self._answering.answer(press.actor, press.number(0), wish, clock.now(), taking=taking)
        await press.update(render.render_answer(view, press.language))

    async def remind(self, press: Press) -> None:
        await self._remind(press, wanted=True)

    async def forgo(self, press: Press) -> None:
        await self._remind(press, wanted=False)

    async def _remind(self, press: Press, *, wanted: bool) -> None:
        info = await self._answering.remind(press.actor, press.number(0), clock.now(), wanted=wanted)
        await press.update(render.render_remind(info, press.language, wanted=wanted))

    async def here(self, press: Press) -> None:
        """Ask for the digits that staff show."""
        info = await self._checking_in.check_open(press.actor, press.number(0), clock.now())
        await press.modal(render.digits_modal(info, press.language))

    async def digits(self, press: Press) -> None:
        typed = press.fields.get(render.DIGITS_FIELD, "")
        present = await self._checking_in.enter(press.actor, press.number(0), typed, clock.now())
        await press.reply(render.render_present(present, press.language))
