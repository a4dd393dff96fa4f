"""``/config``: what moderators set."""

from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot import clock
from bot.guilds import CHANNELS, ROLES, Feature, Purpose
from bot.i18n import language_name, languages
from bot.times import suggest_zones
from bot.tree import desc
from bot.ui.exchange import open_exchange, suggest
from bot.ui.outgoing import Outgoing
from bot.ui.pager import Pager
from cogs.config import render as words
from cogs.config.names import PURPOSES
from cogs.config.service.greeting import Greeter
from cogs.config.service.settings import ConfigService
from cogs.config.views import panel
from cogs.config.views.handlers import ALONE, LOG_LIST, ConfigViews, own_name

if TYPE_CHECKING:
    from bot.client import Ikuzo

Interaction: TypeAlias = "discord.Interaction[Ikuzo]"
Postable: TypeAlias = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel

FEATURE_CHOICES = [
    app_commands.Choice(name=desc("feature.giveaways"), value=Feature.GIVEAWAYS.value),
    app_commands.Choice(name=desc("feature.polls"), value=Feature.POLLS.value),
    app_commands.Choice(name=desc("feature.events"), value=Feature.EVENTS.value),
    app_commands.Choice(name=desc("feature.wallets"), value=Feature.WALLETS.value),
]
LANGUAGE_CHOICES = [app_commands.Choice(name=language_name(each), value=each) for each in languages()]


def _purposes(offered: tuple[Purpose, ...]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=desc(PURPOSES[each].key), value=each.value) for each in offered]


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
class ConfigCog(commands.GroupCog, group_name="config", group_description=desc("command.config")):
    """The commands of moderators; Discord shows them to *Manage Server*, and the service asks again."""

    def __init__(self, service: ConfigService, views: ConfigViews, greeter: Greeter, pager: Pager) -> None:
        self._service = service
        self._views = views
        self._greeter = greeter
        self._pager = pager

    @app_commands.command(name="setup", description=desc("command.config.setup"))
    async def setup(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        await self._greeter.owed(exchange.actor)
        await self._views.open(exchange)

    @app_commands.command(name="show", description=desc("command.config.show"))
    async def show(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        config = await self._service.read(exchange.actor)
        await exchange.reply(words.settings_message(config, exchange.language, clock.now()))

    @app_commands.command(name="feature", description=desc("command.config.feature"))
    @app_commands.describe(name=desc("option.config.feature.name"), enabled=desc("option.config.feature.enabled"))
    @app_commands.choices(name=FEATURE_CHOICES)
    async def feature(self, interaction: Interaction, name: str, enabled: bool) -> None:  # noqa: FBT001 (an option)
        exchange = await open_exchange(interaction)
        result = await self._service.switch(exchange.actor, Feature(name), enabled=enabled, now=clock.now())
        if result.running:
            await exchange.reply(panel.running_question(result, exchange.language, ALONE))
        else:
            await exchange.reply(words.said(words.switched(result, exchange.language)))

    @app_commands.command(name="channel", description=desc("command.config.channel"))
    @app_commands.describe(purpose=desc("option.config.channel.purpose"), channel=desc("option.config.channel.channel"))
    @app_commands.choices(purpose=_purposes(CHANNELS))
    async def channel(self, interaction: Interaction, purpose: str, channel: Postable | None = None) -> None:
        exchange = await open_exchange(interaction)
        channel_id = None if channel is None else channel.id
        changed = await self._service.set_channel(exchange.actor, Purpose(purpose), channel_id, clock.now())
        await exchange.reply(words.said(words.changed_place(changed, Purpose(purpose), exchange.language)))

    @app_commands.command(name="role", description=desc("command.config.role"))
    @app_commands.describe(purpose=desc("option.config.role.purpose"), role=desc("option.config.role.role"))
    @app_commands.choices(purpose=_purposes(ROLES))
    async def role(self, interaction: Interaction, purpose: str, role: discord.Role | None = None) -> None:
        exchange = await open_exchange(interaction)
        role_id = None if role is None else role.id
        changed = await self._service.set_role(exchange.actor, Purpose(purpose), role_id, clock.now())
        await exchange.reply(words.said(words.changed_place(changed, Purpose(purpose), exchange.language)))

    @app_commands.command(name="timezone", description=desc("command.config.timezone"))
    @app_commands.describe(zone=desc("option.config.timezone.zone"))
    async def timezone(self, interaction: Interaction, zone: str) -> None:
        exchange = await open_exchange(interaction)
        now = clock.now()
        config = await self._service.set_zone(exchange.actor, zone, now)
        await exchange.reply(words.changed_zone(config, now))

    @timezone.autocomplete("zone")
    async def _suggest_zones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        now = clock.now()
        return await suggest(interaction, [(words.zone_choice(zone, now), zone) for zone in suggest_zones(typed)])

    @app_commands.command(name="language", description=desc("command.config.language"))
    @app_commands.describe(language=desc("option.config.language.language"))
    @app_commands.choices(language=LANGUAGE_CHOICES)
    async def language(self, interaction: Interaction, language: str) -> None:
        exchange = await open_exchange(interaction)
        config = await self._service.set_language(exchange.actor, language, clock.now())
        await exchange.reply(words.changed_language(config))

    @app_commands.command(name="log", description=desc("command.config.log"))
    async def log(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        page = await self._service.log_page(exchange.actor, None, 0)
        await self._pager.show(exchange, LOG_LIST, page.head.seq)

    @app_commands.command(name="check", description=desc("command.config.check"))
    async def check(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        await self._service.read(exchange.actor)
        await exchange.defer()
        report = await self._views.checked(exchange)
        embed = words.report_embed(report, exchange.language, own_name(exchange))
        await exchange.reply(Outgoing(embeds=(embed,)))

    @app_commands.command(name="reset", description=desc("command.config.reset"))
    async def reset(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        await self._service.read(exchange.actor)
        await exchange.reply(panel.reset_question(exchange.language))

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._greeter.joined(guild.id, str(guild.preferred_locale), clock.now())

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: Interaction, command: app_commands.Command[Any, ..., Any]
    ) -> None:
        """Offer the setup to the first moderator who comes, where no channel took the offer."""
        if interaction.guild_id is None or not interaction.response.is_done():
            return
        exchange = await open_exchange(interaction)
        if await self._greeter.owed(exchange.actor):
            await exchange.reply(panel.setup_offer(exchange.language))
