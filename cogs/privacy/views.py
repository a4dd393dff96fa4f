"""The buttons under what forgetting ends."""

from bot import clock
from bot.i18n import t
from bot.ui.router import Press, Router
from cogs.privacy.render import ERASE, KEEP, asked, forgotten
from cogs.privacy.service import Outcome, Privacy


class ForgetButtons:
    """What pressing them does."""

    def __init__(self, privacy: Privacy) -> None:
        self._privacy = privacy

    def register(self, router: Router) -> None:
        router.on(ERASE, self.erase)
        router.on(KEEP, self.keep)

    async def erase(self, press: Press) -> None:
        """Erase the member, unless something was added to what they confirmed."""
        await press.acknowledge()
        mark = press.args[0] if press.args else ""
        result = await self._privacy.forget(press.actor, mark, clock.now())
        if result.outcome is Outcome.CHANGED:
            await press.update(asked(press.language, result.ending, changed=True))
        else:
            await press.update(forgotten(press.language))

    async def keep(self, press: Press) -> None:
        await press.update(t("privacy.forget.kept"))
