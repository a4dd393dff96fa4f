"""``/privacy``: what is kept about me, all of it as a file, and away with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import clock
from bot.tree import desc
from bot.ui.exchange import Exchange, open_exchange
from bot.ui.pager import Page, Pager
from cogs.privacy.render import NOTICE, asked, exported, notice_page
from cogs.privacy.service import Privacy

if TYPE_CHECKING:
    from bot.client import Ikuzo


@app_commands.guild_only()
class PrivacyCog(commands.GroupCog, name="privacy", group_description=desc("command.privacy")):
    """What everyone may ask about themselves, in whatever state the server's configuration is."""

    def __init__(self, privacy: Privacy, pager: Pager) -> None:
        self._privacy = privacy
        self._pager = pager
        pager.register(NOTICE, self._notice_page)

    @app_commands.command(name="notice", description=desc("command.privacy.notice"))
    async def notice(self, interaction: discord.Interaction["Ikuzo"]) -> None:
        await self._pager.show(await open_exchange(interaction), NOTICE)

    async def _notice_page(self, exchange: Exchange, args: Sequence[str], number: int) -> Page:
        return notice_page(exchange.language, self._privacy.notices(), number)

    @app_commands.command(name="export", description=desc("command.privacy.export"))
    async def export(self, interaction: discord.Interaction["Ikuzo"]) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        export = await self._privacy.export(exchange.actor, clock.now())
        await exchange.reply(exported(exchange.language, export))

    @app_commands.command(name="forget", description=desc("command.privacy.forget"))
    async def forget(self, interaction: discord.Interaction["Ikuzo"]) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        await exchange.reply(asked(exchange.language, await self._privacy.ending(exchange.actor)))
