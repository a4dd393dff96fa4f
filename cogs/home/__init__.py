"""What concerns every feature: /my, /browse and /help."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Ikuzo


async def setup(bot: "Ikuzo") -> None:
    """Put the feature together."""
    from bot.undelivered import Decisions
    from cogs.home.cog import HomeCog, MyCog
    from cogs.home.service.helping import Helping
    from cogs.home.service.overview import Overviews
    from cogs.home.service.settings import MySettings
    from cogs.home.service.topics import topics
    from cogs.home.views import DecisionButtons, DraftButtons, SettingsPanel, TopicSelect

    platform = bot.platform
    database, router, pager = platform.database, platform.router, platform.pager
    decisions = Decisions(database, platform.deliveries, platform.messages, platform.ledger)
    overviews = Overviews(database, platform.showcases, platform.duties, platform.drafts, decisions)
    settings = MySettings(database, platform.preferences)
    platform.topics.extend(topics())
    DraftButtons(overviews, platform.drafts).register(router)
    DecisionButtons(decisions).register(router)
    SettingsPanel(settings).register(router)
    TopicSelect(pager).register(router)
    await bot.add_cog(MyCog(overviews, settings, pager))
    await bot.add_cog(HomeCog(overviews, Helping(database, platform.topics), pager))
