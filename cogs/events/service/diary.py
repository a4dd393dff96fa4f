"""What the bot does with events by itself, in the ledger: dates announced, begun and ended; roles given and taken.

What an organiser does is written where it is done.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Target
from bot.ledger.rules import Fact
from bot.ledger.service import Entry
from cogs.events.service.roles import NOTED, Taken
from cogs.events.tables import Event, Grant, Occurrence, Rsvp

if TYPE_CHECKING:
    from bot.ledger.service import Ledger

ANNOUNCED: Final = "event.announced"
STARTED: Final = "event.started"
ENDED: Final = "event.ended"
GIVEN: Final = "role.given"
TAKEN: Final = "role.taken"
# Noticed later than this after its time, the row says so.
LATE: Final = timedelta(minutes=5)
# Persons in one row; those of a large event come in several.
MOST: Final = 100


class Diary:
    """Writes rows without an actor; each in the transaction of what it tells of, after whatever else that locks."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    async def happened(
        self, tx: Transaction, kind: str, row: Occurrence, event: Event, now: datetime, due_at: datetime | None
    ) -> None:
        """Write that a date was announced, began or ended by itself; *due_at* is when it should have."""
        facts: dict[str, Fact] = {"occurrence": row.ordinal}
        if due_at is not None and now - due_at > LATE:
            facts["late"] = True
        texts = {"title": event.title} if kind == ANNOUNCED else {}
        await self._ledger.append(tx, _entry(event, kind, facts, texts=texts), now=now)

    async def taken(
        self, tx: Transaction, row: Occurrence, event: Event, taken: Sequence[Taken], now: datetime
    ) -> None:
        """Write whose roles went back together; deliveries that say so themselves are not among them."""
        for role_id in dict.fromkeys(each.role_id for each in taken):
            members = [each.user_id for each in taken if each.role_id == role_id]
            for first in range(0, len(members), MOST):
                some = members[first : first + MOST]
                facts: dict[str, Fact] = {"role": str(role_id), "occurrence": row.ordinal, "count": len(some)}
                await self._ledger.append(tx, _entry(event, TAKEN, facts, _numbered(some)), now=now)

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Write that a role was given to a member, or taken back, once Discord did it."""
        if outcome.state is not DeliveryState.SENT or delivery.params.get(NOTED):
            return
        row = await tx.session.get(Occurrence, delivery.subject)
        event = None if row is None else await tx.session.get(Event, row.event_id)
        if row is None or event is None or delivery.user_id is None or await self._held_before(tx, delivery):
            return
        # Whoever was forgotten meanwhile is not named again.
        known = await tx.session.get(Rsvp, (row.id, delivery.user_id)) is not None
        persons = {"member": delivery.user_id} if known else {}
        facts: dict[str, Fact] = {"role": str(delivery.role_id), "occurrence": row.ordinal}
        kind = GIVEN if delivery.target is Target.ROLE_ADD else TAKEN
        await self._ledger.append(tx, _entry(event, kind, facts, persons), now=clock.now())

    async def _held_before(self, tx: Transaction, delivery: Delivery) -> bool:
        """Whether another date had given this role already, so that nothing was changed."""
        other = select(Grant.user_id).where(
            Grant.guild_id == delivery.guild_id,
            Grant.user_id == delivery.user_id,
            Grant.role_id == delivery.role_id,
            Grant.occurrence_id != delivery.subject,
        )
        return (await tx.session.scalar(other.limit(1))) is not None


def _entry(
    event: Event,
    kind: str,
    facts: Mapping[str, Fact],
    persons: Mapping[str, int] | None = None,
    texts: Mapping[str, str] | None = None,
) -> Entry:
    return Entry(event.guild_id, kind, None, f"event:{event.number}", persons or {}, texts or {}, facts)


def _numbered(members: Iterable[int]) -> Mapping[str, int]:
    return {f"member_{number}": user_id for number, user_id in enumerate(members, start=1)}
