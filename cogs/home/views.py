"""Buttons, selects and modals of ``/my show``, ``/my settings`` and ``/help``."""

from bot import clock
from bot.drafts import DraftKinds
from bot.errors import NotFound
from bot.i18n import language_of, t
from bot.ui.pager import Pager
from bot.ui.router import Press, Router
from bot.undelivered import Decisions
from cogs.home.render.helping import TOPIC
from cogs.home.render.overview import IT_IS_THERE, LINK, LINK_FIELD, OPEN_DRAFT, SEND_AGAIN, link_modal
from cogs.home.render.settings import (
    AUTOMATIC,
    DIRECT,
    LANGUAGE,
    LEAD_TIMES,
    RESET,
    ZONE,
    ZONE_FIELD,
    ZONE_FORM,
    panel,
    zone_modal,
)
from cogs.home.service.overview import Overviews
from cogs.home.service.settings import MySettings, SettingsView

HELP = "home.help"


class DraftButtons:
    """*Open*, for drafts of every kind."""

    def __init__(self, overviews: Overviews, kinds: DraftKinds) -> None:
        self._overviews = overviews
        self._kinds = kinds

    def register(self, router: Router) -> None:
        router.on(OPEN_DRAFT, self.open)

    async def open(self, press: Press) -> None:
        """Show the draft's panel, as its feature does."""
        draft = await self._overviews.draft(press.actor, press.number(0))
        kind = self._kinds.of(draft.kind)
        if kind is None:
            raise NotFound(t("draft.gone"))
        await kind.open(press, draft)


class DecisionButtons:
    """*Send again* and *It is there*, for organisers."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions

    def register(self, router: Router) -> None:
        router.on(SEND_AGAIN, self.send_again)
        router.on(IT_IS_THERE, self.it_is_there)
        router.on(LINK, self.link)

    async def send_again(self, press: Press) -> None:
        await self._decisions.send_again(press.actor, press.number(0), clock.now())
        await press.reply(t("undelivered.again.done"))

    async def it_is_there(self, press: Press) -> None:
        await self._decisions.requires_link(press.actor, press.number(0))
        await press.modal(link_modal(press.language, press.number(0)))

    async def link(self, press: Press) -> None:
        await press.defer()
        link = press.fields.get(LINK_FIELD, "")
        await self._decisions.it_is_there(press.actor, press.number(0), link, clock.now())
        await press.reply(t("undelivered.there.done"))


class SettingsPanel:
    """The panel of ``/my settings``; each change answers with the panel as it is then."""

    def __init__(self, settings: MySettings) -> None:
        self._settings = settings

    def register(self, router: Router) -> None:
        router.on(LANGUAGE, self.language)
        router.on(LEAD_TIMES, self.lead_times)
        router.on(ZONE, self.zone)
        router.on(ZONE_FORM, self.zone_given)
        router.on(DIRECT, self.direct)
        router.on(RESET, self.reset)

    async def language(self, press: Press) -> None:
        chosen = None if press.values in ((), (AUTOMATIC,)) else press.values[0]
        await _show(press, await self._settings.set_language(press.actor, chosen, clock.now()))

    async def lead_times(self, press: Press) -> None:
        await _show(press, await self._settings.set_leads(press.actor, press.values, clock.now()))

    async def zone(self, press: Press) -> None:
        await press.modal(zone_modal(press.language, await self._settings.shown(press.actor, clock.now())))

    async def zone_given(self, press: Press) -> None:
        typed = press.fields.get(ZONE_FIELD, "")
        await _show(press, await self._settings.set_zone(press.actor, typed, clock.now()))

    async def direct(self, press: Press) -> None:
        await _show(press, await self._settings.set_direct(press.actor, clock.now(), on=press.args == ("on",)))

    async def reset(self, press: Press) -> None:
        await _show(press, await self._settings.reset(press.actor, clock.now()))


async def _show(press: Press, view: SettingsView) -> None:
    """Answer in the language chosen a moment ago, not in the one in which the person asked."""
    language = view.preference.language or language_of(str(press.interaction.locale))
    await press.update(panel(language, view))


class TopicSelect:
    """The select under ``/help``."""

    def __init__(self, pager: Pager) -> None:
        self._pager = pager

    def register(self, router: Router) -> None:
        router.on(TOPIC, self.choose)

    async def choose(self, press: Press) -> None:
        await self._pager.open(press, HELP, *press.values[:1])
