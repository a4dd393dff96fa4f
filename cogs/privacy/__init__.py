"""What is kept about a person: notice, export, erasure."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Ikuzo


async def setup(bot: "Ikuzo") -> None:
    """Put the feature together."""
    from cogs.privacy.cog import PrivacyCog
    from cogs.privacy.service import Privacy
    from cogs.privacy.views import ForgetButtons

    platform = bot.platform
    privacy = Privacy(platform.database, platform.custodians, platform.ledger)
    ForgetButtons(privacy).register(platform.router)
    await bot.add_cog(PrivacyCog(privacy, platform.pager))
