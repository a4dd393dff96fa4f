"""``/my``, ``/browse`` and ``/help``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import clock
from bot.tree import desc
from bot.ui.exchange import Exchange, open_exchange
from bot.ui.pager import Page, Pager
from cogs.home.render.helping import START, help_page
from cogs.home.render.overview import browse_page, mine_page
from cogs.home.render.settings import panel
from cogs.home.service.helping import Helping
from cogs.home.service.overview import Overviews
from cogs.home.service.settings import MySettings
from cogs.home.views import HELP

if TYPE_CHECKING:
    from bot.client import Ikuzo

MINE = "home.mine"
BROWSE = "home.browse"


@app_commands.guild_only()
class MyCog(commands.GroupCog, name="my", group_description=desc("command.my")):
    """A member's own things in this server."""

    def __init__(self, overviews: Overviews, settings: MySettings, pager: Pager) -> None:
        self._overviews = overviews
        self._settings = settings
        self._pager = pager
        pager.register(MINE, self._mine_page)

    @app_commands.command(name="show", description=desc("command.my.show"))
    async def show(self, interaction: discord.Interaction["Ikuzo"]) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        await self._pager.show(exchange, MINE)

    async def _mine_page(self, exchange: Exchange, args: Sequence[str], number: int) -> Page:
        return mine_page(exchange.language, await self._overviews.mine(exchange.actor, clock.now()), number)

    @app_commands.command(name="settings", description=desc("command.my.settings"))
    async def settings(self, interaction: discord.Interaction["Ikuzo"]) -> None:
        exchange = await open_exchange(interaction)
        await exchange.reply(panel(exchange.language, await self._settings.shown(exchange.actor, clock.now())))


class HomeCog(commands.Cog):
    """What the server has, and how everything works."""

    def __init__(self, overviews: Overviews, helping: Helping, pager: Pager) -> None:
        self._overviews = overviews
        self._helping = helping
        self._pager = pager
        pager.register(BROWSE, self._browse_page)
        pager.register(HELP, self._help_page)

    @app_commands.command(name="browse", description=desc("command.browse"))
    @app_commands.guild_only()
    async def browse(self, interaction: discord.Interaction["Ikuzo"]) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        await self._pager.show(exchange, BROWSE)

    async def _browse_page(self, exchange: Exchange, args: Sequence[str], number: int) -> Page:
        return browse_page(exchange.language, await self._overviews.browse(exchange.actor, clock.now()), number)

    @app_commands.command(name="help", description=desc("command.help"))
    @app_commands.guild_only()
    async def help(self, interaction: discord.Interaction["Ikuzo"]) -> None:
        await self._pager.show(await open_exchange(interaction), HELP, START)

    async def _help_page(self, exchange: Exchange, args: Sequence[str], number: int) -> Page:
        names = {command.name for command in exchange.bot.tree.get_commands()}
        visible = await self._helping.visible(exchange.actor, names)
        return help_page(exchange.language, visible, args[0] if args else START, number)
