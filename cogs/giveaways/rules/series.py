"""When the next of a repeated giveaway opens and closes: the same time on the wall clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from bot.times import Repeat, at_wall_clock, next_repeat, parse_zone
from cogs.giveaways.rules.options import SHORTEST
from cogs.giveaways.rules.terms import Repeats

# No two clocks show times further apart.
_ZONES_APART: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One of a series: when it opens and closes."""

    opens: datetime
    closes: datetime


def next_occurrence(
    rule: Repeats, first: datetime, current: datetime, runs: timedelta, zone: str, now: datetime
) -> Occurrence:
    """Return the next of a series that began at *first* and was last opened for *current*.

    *runs* is the running time on the wall clock. Those that are over by *now* (the bot was away, or one was prolonged
    beyond the next) are left out; one that should be open now is returned with its own times.
    """
    place = parse_zone(zone)
    start = first.astimezone(place).replace(tzinfo=None)
    # What closed before now is over anyway, so there is no use in going through years of it.
    after = max(current, now - runs - _ZONES_APART)
    while True:
        opens = next_repeat(Repeat(rule.value), start, place, after)
        closes = at_wall_clock(_said(opens, start, place) + runs, place)
        if closes - max(opens, now) >= SHORTEST:
            return Occurrence(opens, closes)
        after = opens


def _said(opens: datetime, start: datetime, place: ZoneInfo | timezone) -> datetime:
    """Return the time on the wall clock for which an occurrence was meant, though clocks may never have shown it."""
    day = opens.astimezone(place).date()
    meant = (datetime.combine(each, start.time()) for each in (day, day - timedelta(days=1)))
    return next(local for local in meant if at_wall_clock(local, place) == opens)
