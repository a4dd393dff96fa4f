"""Between what clocks on walls show and instants, on the nights when clocks are changed as well."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from bot import markup
from bot.errors import BadInput
from bot.i18n import t
from bot.times.zones import offset_name, zone_name


def instants(local: datetime, zone: ZoneInfo | timezone) -> list[datetime]:
    """Return the instants, earliest first, at which clocks of *zone* show the naive *local*: none, one or two."""
    found = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(instant for instant in found if instant.astimezone(zone).replace(tzinfo=None, fold=0) == local)


def at_wall_clock(local: datetime, zone: ZoneInfo | timezone) -> datetime:
    """Return the instant of a repeating wall-clock time, aware UTC; *local* is naive.

    A time that does not exist that day moves forward by the gap; of one that exists twice it is the first.
    """
    # Before a change of clocks PEP 495 reads both cases with the offset that was in force: just what is wanted.
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def settle(local: datetime, zone: ZoneInfo | timezone, *, after: datetime, value: str) -> datetime:
    """Return the instant at which clocks of *zone* show the naive *local*, aware UTC.

    Where they show it twice, the one that is still after *after*. Raises BadInput, naming *value*, where both are, with
    both and how to say which, and where clocks never show it, with the gap. What is over by *after* is never refused
    here: it only has to be known as past.
    """
    found = instants(local, zone) or [at_wall_clock(local, zone)]
    if found[-1] <= after:
        return found[-1]
    if found[0].astimezone(zone).replace(tzinfo=None) != local:
        raise _skipped(local, zone, value)
    if len(found) > 1 and found[0] > after:
        first, second = found
        raise BadInput(
            t(
                "time.twice",
                value=value,
                zone=zone_name(zone),
                first=markup.time(first),
                second=markup.time(second),
                say_first=markup.code(_with_offset(local, first, zone)),
                say_second=markup.code(_with_offset(local, second, zone)),
            )
        )
    return found[-1]


def written(local: datetime) -> str:
    """Return a naive time in the form that is read the same everywhere."""
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def _with_offset(local: datetime, instant: datetime, zone: ZoneInfo | timezone) -> str:
    return f"{written(local)} {offset_name(instant.astimezone(zone).utcoffset() or timedelta())}"


def _skipped(local: datetime, zone: ZoneInfo | timezone, value: str) -> BadInput:
    # Read with the offset after the change, a skipped time comes out before the change, and the other way round.
    earlier = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    later = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = earlier.astimezone(zone).utcoffset() or timedelta()
    while later - earlier > timedelta(seconds=1):
        middle = (earlier + (later - earlier) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            earlier = middle
        else:
            later = middle
    ends = later.astimezone(zone)
    return BadInput(
        t(
            "time.skipped",
            value=value,
            zone=zone_name(zone),
            gap_start=written((later + before).replace(tzinfo=None)),
            gap_end=written(ends.replace(tzinfo=None)),
            example=markup.code(written(ends.replace(tzinfo=None))),
        )
    )
