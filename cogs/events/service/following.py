"""What happens to dates of events, told to those who follow: reminders, threads, mirrored events, feeds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.database import Transaction
from bot.delivery import Delivery, Outcome
from cogs.events.tables import Change, Event, Occurrence


class Happening(StrEnum):
    """What happened to an occurrence; each is told in the transaction that does it.

    PLANNED: its row was written. ANNOUNCED: its posts are on their way. CHANGED: something that is shown differs, or
    when people are reminded; where ``News.change`` is set, time or place of an announced one. STARTED and ENDED: by its
    times, late after a downtime. CANCELLED: it does not take place; whether it was announced tells ``announced_at``.
    """

    PLANNED = "planned"
    ANNOUNCED = "announced"
    CHANGED = "changed"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened; the rows are those of the transaction, in their new state."""

    what: Happening
    occurrence: Occurrence
    event: Event
    now: datetime
    change: Change | None = None
    actor_id: int | None = None


Follow = Callable[[Transaction, News], Awaitable[None]]
# Told the delivery of a post, and how it ended.
FollowPost = Callable[[Transaction, Delivery, Outcome], Awaitable[None]]


class Followers:
    """Whoever wants to know."""

    def __init__(self) -> None:
        self._all: list[Follow] = []
        self._of_posts: list[FollowPost] = []

    def add(self, follow: Follow) -> None:
        """Have *follow* told of everything from now on, in the order of adding."""
        self._all.append(follow)

    async def tell(self, tx: Transaction, news: News) -> None:
        """Tell everyone, in the transaction."""
        for follow in self._all:
            await follow(tx, news)

    def add_for_posts(self, follow: FollowPost) -> None:
        """Have *follow* told when a post was sent, or could not be."""
        self._of_posts.append(follow)

    async def tell_of_post(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Tell everyone, in the transaction that records it."""
        for follow in self._of_posts:
            await follow(tx, delivery, outcome)
