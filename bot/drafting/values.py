"""The values of a draft: what every kind has in common, and any kind's values as JSON."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Final, Self, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from bot import markup
from bot.errors import BadInput
from bot.i18n import t

MOST_SPOTS: Final = 5


@dataclass(frozen=True, slots=True)
class Spot:
    """A channel to post in. ``language`` None is the server's; title and text are the organiser's translation."""

    channel_id: int
    language: str | None = None
    title: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A gate rule or an event by its key, with the name it had when it was chosen."""

    key: int
    name: str


@dataclass(frozen=True, slots=True)
class Common:
    """What can be said of anything that is posted; each feature's options add its own. Everything has a default.

    ``runs`` is the running time where the end was given as a length, else ``ends`` is the end. ``zone`` is the one
    times were typed in. No spots is the feature's channel, or where the draft was begun.
    """

    picture_id: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    runs: timedelta | None = None
    zone: str = "UTC"
    ping: int | None = None
    spots: tuple[Spot, ...] = ()

    def times(self, now: datetime, opened_at: datetime | None = None) -> tuple[datetime, datetime | None]:
        """Return opening and closing as they would be if posted *now*; the closing is None while it is missing.

        Both are whole seconds, since what is published names such.
        """
        opens = (opened_at or self.starts or now).replace(microsecond=0)
        if self.ends is not None:
            return opens, self.ends.replace(microsecond=0)
        return opens, None if self.runs is None else opens + self.runs

    def to_json(self) -> dict[str, Any]:
        """Return the values that differ from the defaults, as JSON."""
        return _plain(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_json` wrote; other values beside it are left alone."""
        return _read(cls, values)


# Beside the options in a draft's values: what was typed and could not be taken, by the names of the options.
REFUSED: Final = "refused"


def refused_in(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed into a draft and could not be taken, so that nobody types it again."""
    return dict(values.get(REFUSED) or {})


def with_refused(values: Mapping[str, Any], fields: Mapping[str, object], refused: Collection[str]) -> dict[str, Any]:
    """Return what a draft keeps of texts that could not be taken, once *fields* were read; None is nothing."""
    others = {name: text for name, text in refused_in(values).items() if name not in fields}
    typed = {
        name: text
        for name, text in fields.items()
        if name in refused and isinstance(text, str) and not markup.is_blank(text)
    }
    return {REFUSED: {**others, **typed} or None}


O = TypeVar("O", bound=Common)  # noqa: E741 (options, of whatever kind)


def changed(before: Common, after: Common) -> frozenset[str]:
    """Return the names of the options that differ."""
    return frozenset(f.name for f in fields(before) if getattr(before, f.name) != getattr(after, f.name))


def bring(before: O, after: O, current: O) -> O:
    """Return the present options with what lies between *before* and *after*, so that changes at once both count."""
    return replace(current, **{name: getattr(after, name) for name in changed(before, after)})


def with_channels(options: O, channels: Sequence[int]) -> O:
    """Return options to be posted in these channels; what was said of one before stays."""
    wanted = list(dict.fromkeys(channels))
    if len(wanted) > MOST_SPOTS:
        raise BadInput(t("draft.where.too_many", n=len(wanted), most=MOST_SPOTS))
    before = {spot.channel_id: spot for spot in options.spots}
    return replace(options, spots=tuple(before.get(channel, Spot(channel)) for channel in wanted))


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case timedelta():
            return int(value.total_seconds())
        case Enum():
            return value.value
        case tuple():
            return [_plain(each) for each in cast("tuple[Any, ...]", value)]
        case _ if is_dataclass(value):
            said = ((field, getattr(value, field.name)) for field in fields(value))
            return {
                field.name: _plain(each) for field, each in said if field.default is MISSING or each != field.default
            }
        case _:
            return value


def _read(kind: Any, value: Any) -> Any:
    """Return a value of an annotated type, made from JSON."""
    args = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (each for each in args if each is not type(None))
        return None if value is None else _read(kind, value)
    if get_origin(kind) is tuple:
        kinds = [args[0]] * len(value) if args[1:] == (...,) else args
        return tuple(_read(each, item) for each, item in zip(kinds, value, strict=True))
    if is_dataclass(kind):
        hints = _hints(kind)
        return cast("Any", kind)(**{name: _read(hints[name], value[name]) for name in hints.keys() & value.keys()})
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is timedelta:
        return timedelta(seconds=value)
    return kind(value) if issubclass(kind, Enum) else value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
