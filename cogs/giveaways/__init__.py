"""Giveaways: draws anyone can recompute, prizes that are not lost."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Ikuzo


async def setup(bot: "Ikuzo") -> None:
    """Put the feature together."""
    from cogs.giveaways.views.entry import EntryButtons
    from cogs.giveaways.views.info import InfoButtons
    from cogs.giveaways.wiring import build, register

    platform = bot.platform
    services = build(platform)
    register(platform, services)
    EntryButtons(services.entering).register(platform.router)
    InfoButtons(services.explaining, services.drawing).register(platform.router)
