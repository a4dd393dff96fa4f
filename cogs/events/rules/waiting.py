"""Who gets a place, and how long an offered one is kept."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from cogs.events.rules.kinds import Answer
from cogs.events.rules.recurrence import Zone

CONFIRM: Final = timedelta(hours=12)
LEAST: Final = timedelta(minutes=15)
QUIET_FROM: Final = time(23)
QUIET_TO: Final = time(8)


class Wish(StrEnum):
    """What a member presses."""

    GOING = "going"
    MAYBE = "maybe"
    CANT = "cant"


@dataclass(frozen=True, slots=True)
class Seats:
    """Places of an occurrence; ``held`` are kept for those who were offered one. Without a capacity all find one."""

    capacity: int | None
    going: int
    held: int
    waiting: int

    @property
    def free(self) -> int | None:
        """How many places nobody has; None without a limit."""
        return None if self.capacity is None else max(0, self.capacity - self.going - self.held)


def answer_to(wish: Wish, before: Answer | None, seats: Seats, *, offers: bool) -> Answer:
    """Return what a wish comes to.

    Whoever was offered a place takes it with *Going*. A free place is taken at once only while nobody waits, or when it
    is too late for *offers*: then it is whoever comes first's.
    """
    if wish is Wish.MAYBE:
        return Answer.MAYBE
    if wish is Wish.CANT:
        return Answer.CANT
    if before in (Answer.GOING, Answer.OFFERED):
        return Answer.GOING
    if seats.free is None or (seats.free > 0 and (seats.waiting == 0 or not offers)):
        return Answer.GOING
    return Answer.WAITING


def offer_until(now: datetime, closes: datetime, zone: Zone) -> datetime | None:
    """Return until when a place offered *now* is kept; None where no fair offer can be made any more.

    Twelve hours, or half of what is left until answers close; never between 23:00 and 08:00 of the event's place: then
    until the morning, or where answers close before that, until the evening.
    """
    left = closes - now
    if left < LEAST:
        return None
    until = (now + min(CONFIRM, max(LEAST, left / 2))).replace(second=0, microsecond=0)
    local = until.astimezone(zone)
    if not QUIET_TO <= local.time() < QUIET_FROM:
        day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
        morning = datetime.combine(day, QUIET_TO, tzinfo=zone)
        evening = datetime.combine(day - timedelta(days=1), time(22, 59), tzinfo=zone)
        until = (morning if morning <= closes else evening).astimezone(now.tzinfo)
    return until if until - now >= LEAST - timedelta(minutes=1) and until <= closes else None
