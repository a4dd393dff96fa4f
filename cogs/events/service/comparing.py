"""What a change of an event makes different, and what dates keep of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.database import micros
from cogs.events.rules.laying import Before
from cogs.events.service.dates import rule_of
from cogs.events.service.records import Details, details_of, with_overrides
from cogs.events.tables import Event, Occurrence, OccurrenceState

# What of an event a single date may have of its own, as JSON values under these names.
_OVERRIDABLE: Final = ("title", "description", "bring", "picture_id", "where", "channel_id", "place", "length_seconds")
_PLACE: Final = ("where", "channel_id", "place")


@dataclass(frozen=True, slots=True)
class Standing:
    """A date as it stands; ``remind`` is nothing that anybody is shown."""

    starts_at: datetime
    ends_at: datetime
    details: Details
    capacity: int | None
    rsvp_closes_at: datetime
    remind: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Common:
    """What was said of all dates before a change, and how they were laid."""

    values: Mapping[str, Any]
    laid: Before


def standing_of(row: Occurrence, event: Event) -> Standing:
    """Return how a date stands now."""
    details = with_overrides(details_of(event), row.overrides)
    return Standing(row.starts_at, row.ends_at, details, row.capacity, row.rsvp_closes_at, tuple(event.remind))


def common_of(row: Occurrence, event: Event) -> Common:
    """Return what is said of all dates, before a change that begins with this one."""
    values = {name: getattr(event, name) for name in (*_OVERRIDABLE, "capacity", "rsvp_lead_seconds")}
    laid = Before(rule_of(event), datetime.fromisoformat(event.begins), datetime.fromisoformat(row.slot))
    return Common(values, laid)


def own_of(row: Occurrence, event: Event, common: Common) -> dict[str, Any]:
    """Return what a date has of its own, without what was said of all dates just now; a place is said as a whole."""
    said = {name for name in _OVERRIDABLE if getattr(event, name) != common.values[name]}
    if said.intersection(_PLACE):
        said.update(_PLACE)
    return {name: value for name, value in row.overrides.items() if name not in said}


def move(row: Occurrence, starts_at: datetime, ends_at: datetime) -> None:
    """Give a date other times; one that is not announced yet is as long before them as it was to be."""
    if row.state is OccurrenceState.PLANNED and row.announce_at is not None:
        row.announce_at += starts_at - row.starts_at
    row.starts_at, row.ends_at = starts_at, ends_at


def differences(before: Standing, after: Standing) -> dict[str, tuple[Any, Any]]:
    """Return what of time and place differs, as JSON values."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in ("starts_at", "ends_at"):
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            found[name] = (micros(one), micros(other))
    for name in _PLACE:
        one, other = getattr(before.details, name), getattr(after.details, name)
        if one != other:
            found[name] = (one, other)
    return found
