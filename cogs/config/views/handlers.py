"""The buttons, selects and forms of ``/config``; each asks again whether a moderator presses it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from bot import clock
from bot.errors import BadInput, NotFound
from bot.guilds import CHANNELS, Feature, Purpose
from bot.i18n import Text, render, t
from bot.ledger.render import page_message
from bot.ui.exchange import Exchange
from bot.ui.pager import Page, Pager
from bot.ui.router import Press, Router
from cogs.config import render as words
from cogs.config.service.check import Preflight, Report
from cogs.config.service.settings import LOG_PAGE, ConfigService, Switched
from cogs.config.views import panel as parts
from cogs.config.views.panel import Choice, Step, panel

LOG_LIST = "config.log"
# Where the answer to "what becomes of what runs" leads: to a sentence, or back to the panel and its next question.
ALONE = "-"
BETWEEN = "+"

Value = TypeVar("Value", bound=StrEnum)


class ConfigViews:
    """Answers what is pressed, chosen and typed in the messages of ``/config``."""

    def __init__(self, service: ConfigService, preflight: Preflight) -> None:
        self._service = service
        self._preflight = preflight

    def register(self, router: Router, pager: Pager) -> None:
        """Name who answers what."""
        router.on(parts.SETUP, self.open)
        router.on(parts.STEP, self._step)
        router.on(parts.FEATURES, self._features)
        router.on(parts.PICK, self._pick)
        router.on(parts.PLACE, self._place)
        router.on(parts.LANGUAGE, self._language)
        router.on(parts.ZONE, self._zone)
        router.on(parts.ZONE_ASK, self._ask_zone)
        router.on(parts.ZONE_TYPED, self._zone_typed)
        router.on(parts.OFF, self._off)
        router.on(parts.RESET, self._reset)
        pager.register(LOG_LIST, self._log)

    async def open(self, exchange: Exchange) -> None:
        """Answer with the panel's first step."""
        config = await self._service.read(exchange.actor)
        await exchange.reply(panel(config, Step.FEATURES, exchange.language, clock.now()))

    async def checked(self, exchange: Exchange) -> Report:
        """Run the check for the channel of the interaction; takes up to some seconds."""
        here = exchange.interaction.channel_id or 0
        return await self._preflight.run(exchange.actor, here, clock.now())

    async def _step(self, press: Press) -> None:
        step = _named(Step, press.args[:1])
        if step is Step.CHECK:
            await self._service.read(press.actor)
            await press.acknowledge()
            report = await self.checked(press)
            await press.update(parts.checked_panel(report, press.language, own_name(press)))
            return
        await self._show(press, step)

    async def _show(
        self,
        press: Press,
        step: Step,
        *,
        purpose: Purpose | None = None,
        note: str | None = None,
        refused: bool = False,
    ) -> None:
        config = await self._service.read(press.actor)
        message = panel(config, step, press.language, clock.now(), purpose=purpose, note=note, refused=refused)
        await press.update(message)

    async def _refuse(self, press: Press, step: Step, why: Text, *, purpose: Purpose | None = None) -> None:
        """Show the panel as it was, with the reason; its select then shows again what is set."""
        await self._show(press, step, purpose=purpose, note=render(press.language, why), refused=True)

    async def _features(self, press: Press) -> None:
        wanted = {_named(Feature, (value,)) for value in press.values}
        now = clock.now()
        config = await self._service.read(press.actor)
        for feature in Feature:
            if feature in wanted and not config.enabled(feature):
                await self._service.switch(press.actor, feature, enabled=True, now=now)
        unwanted = [feature for feature in Feature if feature not in wanted and config.enabled(feature)]
        await self._turn_off(press, unwanted, None, now)

    async def _turn_off(self, press: Press, features: Sequence[Feature], note: str | None, now: datetime) -> None:
        """Turn features off one after the other, and stop to ask at the first of which something runs."""
        for index, feature in enumerate(features):
            result = await self._service.switch(press.actor, feature, enabled=False, now=now)
            if result.running:
                after = BETWEEN.join(each.value for each in features[index + 1 :])
                await press.update(parts.running_question(result, press.language, after))
                return
        await self._show(press, Step.FEATURES, note=note)

    async def _off(self, press: Press) -> None:
        feature, choice = _named(Feature, press.args[:1]), _named(Choice, press.args[1:2])
        after = press.args[2] if len(press.args) > 2 else ALONE
        rest = [] if after == ALONE else [_named(Feature, (name,)) for name in after.split(BETWEEN) if name]
        now = clock.now()
        await self._service.read(press.actor)
        await press.acknowledge()
        if choice is Choice.STAY:
            result = Switched(feature, await self._service.read(press.actor))
        else:
            cancel = choice is Choice.CANCEL
            result = await self._service.turn_off(press.actor, feature, cancel=cancel, now=now)
        note = words.switched(result, press.language, asked=True, cancelled=choice is Choice.CANCEL)
        if after == ALONE:
            await press.update(words.said(note))
            return
        await self._turn_off(press, rest, note, now)

    async def _pick(self, press: Press) -> None:
        purpose = _named(Purpose, press.values)
        await self._show(press, parts.step_of(purpose), purpose=purpose)

    async def _place(self, press: Press) -> None:
        purpose = _named(Purpose, press.args[:1])
        step = parts.step_of(purpose)
        value = _snowflake(press.values)
        set_place = self._service.set_channel if purpose in CHANNELS else self._service.set_role
        try:
            changed = await set_place(press.actor, purpose, value, clock.now())
        except (BadInput, NotFound) as error:
            await self._refuse(press, step, error.text, purpose=purpose)
            return
        note = words.changed_place(changed, purpose, press.language, hint=False)
        await self._show(press, step, purpose=purpose, note=note)

    async def _language(self, press: Press) -> None:
        config = await self._service.set_language(press.actor, "".join(press.values), clock.now())
        await self._show(press, Step.WORDS, note=render(press.language, words.changed_language(config)))

    async def _zone(self, press: Press) -> None:
        await self._set_zone(press, "".join(press.values))

    async def _ask_zone(self, press: Press) -> None:
        await self._service.read(press.actor)
        await press.modal(parts.zone_modal(press.language))

    async def _zone_typed(self, press: Press) -> None:
        await self._set_zone(press, press.fields.get("zone", ""))

    async def _set_zone(self, press: Press, written: str) -> None:
        now = clock.now()
        try:
            config = await self._service.set_zone(press.actor, written, now)
        except BadInput as error:
            await self._refuse(press, Step.WORDS, error.text)
            return
        await self._show(press, Step.WORDS, note=render(press.language, words.changed_zone(config, now)))

    async def _reset(self, press: Press) -> None:
        await self._service.read(press.actor)
        if press.args != ("yes",):
            await press.update(t("config.reset.kept"))
            return
        await self._service.reset(press.actor, clock.now())
        await press.update(t("config.reset.done"))

    async def _log(self, exchange: Exchange, args: Sequence[str], number: int) -> Page:
        """Load a page of the ledger; pages are counted from the row that was the last when the list was opened."""
        anchor = int(args[0]) if args and args[0].isascii() and args[0].isdigit() else None
        page = await self._service.log_page(exchange.actor, anchor, number)
        total = max(1, -(-(page.head.seq if anchor is None else anchor) // LOG_PAGE))
        return Page(page_message(page, exchange.language), number, total, page.older)


def own_name(exchange: Exchange) -> str:
    """Return the bot's name, by which people find it among Discord's roles and integrations."""
    user = exchange.bot.user
    return "Ikuzo" if user is None else user.name


def _named(kind: type[Value], values: Sequence[str]) -> Value:
    """Return the member of an enum that a custom id or select names; raises NotFound for a forged one."""
    try:
        return kind(values[0])
    except (IndexError, ValueError):
        raise NotFound(t("error.stale_component")) from None


def _snowflake(values: Sequence[str]) -> int | None:
    if not values:
        return None
    if not values[0].isascii() or not values[0].isdigit():
        raise NotFound(t("error.stale_component"))
    return int(values[0])
