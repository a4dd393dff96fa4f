"""Lists that page with buttons; which list and which page stand in the button, so that nothing is kept."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import discord

from bot.errors import NotFound
from bot.i18n import plain, t
from bot.ui.exchange import Exchange
from bot.ui.outgoing import Outgoing
from bot.ui.router import Press, Router, custom_id

KIND: Final = "page"
# No list has more pages than a number of so many digits; longer ones are made up, and no column takes them.
DIGITS: Final = 9
# Below whatever else the message offers.
LAST_ROW: Final = 4


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. ``total`` counts pages, from 1; None where counting would be costly and ``more`` says it."""

    message: Outgoing
    number: int
    total: int | None
    more: bool

    def below(self, *items: discord.ui.Item[discord.ui.View]) -> "Page":
        """Return the same page with more components under it."""
        return replace(self, message=replace(self.message, rows=(*self.message.rows, *items)))


# (who asks, the list's own arguments, page from 0) -> page; it checks permissions each time it is called.
Loader = Callable[[Exchange, Sequence[str], int], Awaitable[Page]]


class Pager:
    """Which lists there are; each feature registers its own, in its setup."""

    def __init__(self, router: Router) -> None:
        self._lists: dict[str, Loader] = {}
        router.on(KIND, self._turn)

    def register(self, name: str, load: Loader) -> None:
        if name in self._lists:
            raise ValueError(f"two lists named {name}")
        self._lists[name] = load

    async def show(self, exchange: Exchange, name: str, *args: str | int) -> None:
        """Answer with the first page of a list."""
        texts = tuple(map(str, args))
        await exchange.reply(self._with_buttons(exchange, name, texts, await self._lists[name](exchange, texts, 0)))

    async def open(self, press: Press, name: str, *args: str | int) -> None:
        """Show the first page of a list in place of the message that was pressed."""
        texts = tuple(map(str, args))
        await press.acknowledge()
        await press.update(self._with_buttons(press, name, texts, await self._lists[name](press, texts, 0)))

    async def _turn(self, press: Press) -> None:
        number, name, *args = (*press.args, "", "")[: max(2, len(press.args))]
        load = self._lists.get(name)
        if load is None or not (number.isascii() and number.isdigit() and len(number) <= DIGITS):
            raise NotFound(t("error.stale_component"))
        await press.acknowledge()
        page = await load(press, args, int(number))
        await press.update(self._with_buttons(press, name, args, page))

    def _with_buttons(self, exchange: Exchange, name: str, args: Sequence[str], page: Page) -> Outgoing:
        if page.number == 0 and not page.more:
            return page.message
        row = LAST_ROW if page.message.rows else None
        here = (
            t("pager.page", page=page.number + 1)
            if page.total is None
            else t("pager.page_of", page=page.number + 1, total=page.total)
        )
        back: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=plain(exchange.language, t("pager.back")),
            custom_id=custom_id(KIND, max(0, page.number - 1), name, *args),
            disabled=page.number == 0,
            row=row,
        )
        middle: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=plain(exchange.language, here), custom_id=custom_id("nothing"), disabled=True, row=row
        )
        onward: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=plain(exchange.language, t("pager.next")),
            custom_id=custom_id(KIND, page.number + 1, name, *args),
            disabled=not page.more,
            row=row,
        )
        return replace(page.message, rows=(*page.message.rows, back, middle, onward))
