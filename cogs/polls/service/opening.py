"""Opening: from scheduled to open, in the transaction of whoever posts it or of the deadline that opens it."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.database import Transaction
from bot.posts import Posts
from cogs.polls.rules.ballots import Secrecy
from cogs.polls.service.boxes import make_box
from cogs.polls.tables import Poll, State

if TYPE_CHECKING:
    from bot.app import Platform

CLOSE: Final = "poll.close"


async def open_poll(platform: "Platform", tx: Transaction, posts: Posts, row: Poll, now: datetime) -> None:
    """Take votes from now on: make the box, have the posts sent, and write when it closes.

    The row is written and locked; what is judged about its times is judged before.
    """
    row.state, row.opened_at = State.OPEN, now.replace(microsecond=0)
    await make_own_box(tx, row)
    await posts.publish(tx, row.id, organiser_id=row.organiser_id, now=now)
    await platform.schedule.put(tx, CLOSE, row.id, row.closes_at, guild_id=row.guild_id)


async def make_own_box(tx: Transaction, row: Poll) -> None:
    """Make the box a poll's secrecy asks for: a secret one has a secret by which voters' own ballots are found."""
    await make_box(tx, row.id, secret=row.secrecy is Secrecy.SECRET)
