"""Wallets and gates: verified once, rechecked fairly, revoked never by accident."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Ikuzo


async def setup(bot: "Ikuzo") -> None:
    """Put the feature together."""
    from cogs.wallets.cog import GateCog, WalletCog
    from cogs.wallets.service.identity import Identities
    from cogs.wallets.views.gates import RECORDS, GateButtons, PanelButtons
    from cogs.wallets.views.linking import LinkButtons
    from cogs.wallets.web.pages import LinkPages
    from cogs.wallets.wiring import build, register

    platform = bot.platform
    services = build(platform)
    register(platform, services)
    buttons = GateButtons(services.gates, services.breakers, services.records)
    buttons.register(platform.router)
    platform.pager.register(RECORDS, buttons.page)
    linking = LinkButtons(services.linking, services.wallets)
    linking.register(platform.router)
    PanelButtons(services.explaining, services.wallets, linking.offer).register(platform.router)
    identities = Identities(platform, services.linking, lambda: bot.application_id)
    LinkPages(services.linking, identities).register(platform.web)
    await bot.add_cog(GateCog(platform, services))
    await bot.add_cog(WalletCog(services, linking))
