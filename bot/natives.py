"""Scheduled events of Discord's own, as plain values: what we want there, and what is there."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final

# https://discord.com/developers/docs/resources/guild-scheduled-event
LONGEST_NAME: Final = 100
LONGEST_PLACE: Final = 100
LONGEST_DESCRIPTION: Final = 1000
# Room that the link behind the description takes, with its marker.
LINK_ROOM: Final = 150
UNKNOWN_NATIVE: Final = "10070"
# A server has a hundred that are scheduled or going on at most, other people's included.
HUNDRED: Final = 100
NO_ROOM: Final = "30038"
_LINK: Final = "https://discord.com/channels/"


class Venue(IntEnum):
    """Where a scheduled event takes place, by Discord's numbers."""

    STAGE = 1
    VOICE = 2
    EXTERNAL = 3


class Phase(IntEnum):
    """How far a scheduled event is, by Discord's numbers; the last two are final."""

    SCHEDULED = 1
    ACTIVE = 2
    COMPLETED = 3
    CANCELLED = 4

    @property
    def is_final(self) -> bool:
        return self in (Phase.COMPLETED, Phase.CANCELLED)


@dataclass(frozen=True, slots=True)
class NativeWanted:
    """A scheduled event as it is to be in Discord.

    ``url`` ends the description, as the link to our post. ``phase`` is SCHEDULED or ACTIVE; ``ended`` takes it away:
    what is going on is ended, what has not begun is deleted. ``picture`` is sent when the event is made, and stays.
    """

    name: str
    description: str
    starts_at: datetime
    ends_at: datetime
    venue: Venue
    channel_id: int | None
    place: str | None
    url: str
    phase: Phase = Phase.SCHEDULED
    ended: bool = False
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class NativeState:
    """A scheduled event as Discord has it; the description without the link we put behind it.

    ``linked`` tells that there is one, as there is in all of ours.
    """

    native_id: int
    name: str
    description: str
    starts_at: datetime
    ends_at: datetime | None
    venue: Venue
    channel_id: int | None
    place: str | None
    phase: Phase
    linked: bool


def with_link(description: str, url: str, marker: str) -> str:
    """Return a description with the link to the post, which carries the marker, in a line of its own."""
    text = description if len(description) <= LONGEST_DESCRIPTION - LINK_ROOM else _shortened(description)
    return f"{text}\n\n{url}#{marker}".strip()


def without_link(description: str) -> str:
    """Return a description as it was before :func:`with_link`."""
    text, _, last = description.rstrip().rpartition("\n")
    return text.rstrip() if last.startswith(_LINK) else description.rstrip()


def has_link(description: str) -> bool:
    """Whether a description ends in a link to a post."""
    return description.rstrip().rpartition("\n")[2].startswith(_LINK)


def shown_description(description: str) -> str:
    """Return what of a description is shown before the link."""
    return without_link(with_link(description, _LINK, ""))


def _shortened(description: str) -> str:
    return description[: LONGEST_DESCRIPTION - LINK_ROOM - 1].rstrip() + "…"
