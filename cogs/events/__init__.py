"""Events: announced once, in everyone's own time, full but fair."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Ikuzo


async def setup(bot: "Ikuzo") -> None:
    """Put the feature together."""
    from cogs.events.cog import EventCog
    from cogs.events.views.calendar import CalendarButtons
    from cogs.events.views.desk import Desk
    from cogs.events.views.drafts import EventPanel
    from cogs.events.views.rsvp import RsvpButtons
    from cogs.events.web import CalendarPages
    from cogs.events.wiring import build, register
    from cogs.events.wiring_outside import build_outside, register_outside

    platform = bot.platform
    services = build(platform)
    register(platform, services)
    outside = build_outside(platform, services.followers, services.changing, services.cancelling)
    await bot.add_cog(register_outside(platform, outside, bot.spawn))
    RsvpButtons(services.answering, services.checking_in).register(platform.router)
    Desk(services.finding, services.checking_in, services.exports).register(platform.router, platform.pager)
    CalendarButtons(services.feeds).register(platform.router)
    CalendarPages(services.feeds, platform.compute).register(platform.web)
    panel = EventPanel(platform, services.craft)
    panel.register(platform.router, platform.drafts)
    await bot.add_cog(EventCog(platform, services, panel))
