"""The kinds of place an event can have, and the answers a member can have given."""

from enum import StrEnum


class Where(StrEnum):
    """What kind of place an event takes place in; the values are the choices of ``/event create``."""

    VOICE = "voice"
    STAGE = "stage"
    TEXT = "text"
    ONLINE = "online"
    IN_PERSON = "in-person"

    @property
    def in_channel(self) -> bool:
        """Whether it takes place in a channel of the server; otherwise at a ``place``."""
        return self in (Where.VOICE, Where.STAGE, Where.TEXT)


class Answer(StrEnum):
    GOING = "going"
    MAYBE = "maybe"
    CANT = "cant"
    WAITING = "waiting"
    OFFERED = "offered"
    LAPSED = "lapsed"


class Scope(StrEnum):
    """Which dates of a series a change is about."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"
