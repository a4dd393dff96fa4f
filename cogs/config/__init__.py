"""What moderators decide for their server: features, places, roles, language, zone; and whether everything works."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Ikuzo


async def setup(bot: "Ikuzo") -> None:
    """Put the feature together."""
    from bot.delivery import Kind
    from cogs.config.cog import ConfigCog
    from cogs.config.service.check import Preflight
    from cogs.config.service.greeting import WELCOME, Greeter
    from cogs.config.service.settings import ConfigService
    from cogs.config.views.handlers import ConfigViews
    from cogs.config.views.panel import welcome_message

    platform = bot.platform
    service = ConfigService(
        platform.database, platform.ledger, platform.guilds, platform.running, platform.config_followers
    )
    preflight = Preflight(platform.database, platform.guilds, platform.settings, platform.beacon, platform.role_givers)
    greeter = Greeter(platform.database, platform.deliveries, platform.guilds)
    platform.deliveries.register(WELCOME, Kind(load=greeter.load, render=welcome_message, settled=greeter.settled))
    views = ConfigViews(service, preflight)
    views.register(platform.router, platform.pager)
    await bot.add_cog(ConfigCog(service, views, greeter, platform.pager))
