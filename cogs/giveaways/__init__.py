"""Giveaways: draws anyone can recompute, prizes that are not lost."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Ikuzo


async def setup(bot: "Ikuzo") -> None:
    """Put the feature together."""
    from cogs.giveaways.cog import GiveawayCog
    from cogs.giveaways.cog_after import After
    from cogs.giveaways.service.finding import Finding
    from cogs.giveaways.views.claims import ClaimButtons
    from cogs.giveaways.views.drafts import GiveawayPanel
    from cogs.giveaways.views.entry import EntryButtons
    from cogs.giveaways.views.info import InfoButtons
    from cogs.giveaways.views.panel import PanelButtons
    from cogs.giveaways.views.series import SeriesButton
    from cogs.giveaways.wiring import build, register

    platform = bot.platform
    services = build(platform)
    register(platform, services)
    EntryButtons(services.entering).register(platform.router)
    InfoButtons(services.explaining, services.drawing).register(platform.router)
    SeriesButton(services.correcting).register(platform.router)
    panel = GiveawayPanel(platform, services.craft, services.drafting, services.steps)
    panel.register(platform.router, platform.drafts)
    ClaimButtons(services.claims, services.redraws, services.redeeming).register(platform.router)
    PanelButtons(services.panel, services.exports, platform.pager).register(platform.router)
    after = After(services.redraws, services.panel, services.exports, services.redeeming, services.airdrops)
    finding = Finding(platform, services.loading)
    await bot.add_cog(GiveawayCog(platform, panel, services.correcting, finding, after))
