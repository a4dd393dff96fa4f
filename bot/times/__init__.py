"""Times, lengths of time and zones, as people type them in English, Japanese and Korean; pure, ``now`` is passed in.

Whatever cannot be read as exactly one thing is refused with :class:`bot.errors.BadInput`, whose text names the value
and what to type instead.
"""

from bot.times.durations import parse_duration
from bot.times.instants import FURTHEST, parse_instant
from bot.times.repeats import Repeat, next_repeat, nth_repeat
from bot.times.wallclock import at_wall_clock
from bot.times.zones import offset_name, parse_zone, suggest_zones, zone_name

__all__ = [
    "FURTHEST",
    "Repeat",
    "at_wall_clock",
    "next_repeat",
    "nth_repeat",
    "offset_name",
    "parse_duration",
    "parse_instant",
    "parse_zone",
    "suggest_zones",
    "zone_name",
]
