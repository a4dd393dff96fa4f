"""The freeze: the list and the beacon round are fixed in public before the round exists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from cogs.giveaways.rules import draw
from cogs.giveaways.rules.draw import Entry

LEAD_SECONDS = 60
"""From the freeze time to the moment the round is chosen for."""
MARGIN_SECONDS = 15
"""The freeze message must be at least this much older than the round's randomness."""
RESEND_SECONDS = 30
"""A freeze message not sent for certain this long after its freeze time is replaced before sending."""
PATIENCE = timedelta(hours=24)
"""How long the beacon must have failed before a moderator may go on without it."""

_DISCORD_EPOCH_MS = 1420070400000


@dataclass(frozen=True, slots=True)
class FrozenList:
    """What is fixed at the freeze; *text* is the file published with the freeze message."""

    entrants: tuple[Entry, ...]
    digest: str
    tickets: int
    text: bytes


def freeze(giveaway_id: str, entries: Iterable[tuple[str, str, int]]) -> FrozenList:
    """Return the list of a giveaway from its entries: person, salt and weight each (see `draw.token`), in any order.

    Raises ValueError for a list that nobody may draw from: an empty one, weights outside 1–100, a person twice.
    """
    entrants = sorted((draw.token(giveaway_id, person, salt), weight) for person, salt, weight in entries)
    if fault := draw.list_fault(entrants):
        raise ValueError(fault)
    return FrozenList(
        entrants=tuple(entrants),
        digest=draw.entrants_digest(entrants),
        tickets=sum(weight for _, weight in entrants),
        text=draw.entrants_text(entrants),
    )


def round_for(freeze_time: datetime, genesis: int, period: int) -> int:
    """Return the beacon round that decides a list frozen at *freeze_time*, a whole UTC second.

    *genesis* is the Unix time of the chain's round 1, *period* its seconds between rounds.
    """
    if freeze_time.microsecond:
        raise ValueError("a freeze time is a whole second, as it stands in the bundle")
    moment = int(freeze_time.timestamp()) + LEAD_SECONDS
    return max(1, -((genesis - moment) // period) + 1)


def round_time(round_: int, genesis: int, period: int) -> datetime:
    """Return the instant at which the beacon publishes *round_*."""
    return datetime.fromtimestamp(genesis, UTC) + timedelta(seconds=period * (round_ - 1))


def message_time(message_id: int) -> datetime:
    """Return when Discord made the message (or the account) with this id, to the millisecond."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=_snowflake_ms(message_id))


def lead_ms(message_id: int, round_: int, genesis: int, period: int) -> int:
    """Return by how many milliseconds a message is older than the randomness of *round_*."""
    return (genesis + period * (round_ - 1)) * 1000 - _snowflake_ms(message_id)


def freeze_counts(message_id: int, round_: int | None, genesis: int, period: int) -> bool:
    """Tell whether a freeze message stood in public early enough; without a round it always does."""
    return round_ is None or lead_ms(message_id, round_, genesis, period) >= MARGIN_SECONDS * 1000


def _snowflake_ms(snowflake: int) -> int:
    """Return the Unix time in milliseconds of an id (https://discord.com/developers/docs/reference#snowflakes)."""
    return (snowflake >> 22) + _DISCORD_EPOCH_MS


class AgeBand(Enum):
    """How old an account is; the value is the age in days below which the band lies, None for the oldest."""

    WEEK = 7
    MONTH = 30
    QUARTER = 90
    YEAR = 365
    OLDER = None


def age_bands(user_ids: Iterable[int], at: datetime) -> dict[AgeBand, int]:
    """Count accounts by age at *at*, youngest band first; every band is there, also with none."""
    counts = dict.fromkeys(AgeBand, 0)
    for user_id in user_ids:
        counts[age_band(user_id, at)] += 1
    return counts


def age_band(user_id: int, at: datetime) -> AgeBand:
    """Return the band of an account by the time in its id."""
    age = at - message_time(user_id)
    for band in AgeBand:
        if band.value is not None and age < timedelta(days=band.value):
            return band
    return AgeBand.OLDER
