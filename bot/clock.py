"""The one clock: whatever asks for the time asks here."""

from datetime import datetime

import discord


def now() -> datetime:
    """Return the present instant, aware UTC.

    Read through ``discord.utils`` at each call, so that whoever moves discord.py's clock (tests, the demo) moves ours.
    """
    return discord.utils.utcnow()
