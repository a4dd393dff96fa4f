"""Polls: secret votes that can be counted, and polls that get an answer."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Ikuzo


async def setup(bot: "Ikuzo") -> None:
    """Put the feature together."""
    from cogs.polls.cog import PollCog, Running
    from cogs.polls.views.drafts import PollPanel
    from cogs.polls.views.overview import OverviewButtons
    from cogs.polls.views.vote import VoteButtons
    from cogs.polls.wiring import build, register

    platform = bot.platform
    services = build(platform)
    register(platform, services)
    VoteButtons(services.voting).register(platform.router)
    overview = OverviewButtons(services.results, services.suggesting, platform.pager)
    overview.register(platform.router)
    running = Running(services.changing, services.finding, services.results, overview)
    panel = PollPanel(platform, services.craft)
    panel.register(platform.router, platform.drafts)
    await bot.add_cog(PollCog(platform, panel, running, services.heard))
