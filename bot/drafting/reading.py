"""Reading what people type and choose in a draft; whatever cannot be taken is refused in a sentence."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from bot import markup
from bot.drafting.values import Common, Named, O, Spot
from bot.errors import BadInput
from bot.i18n import Text, languages, t
from bot.times import parse_duration, parse_instant, parse_zone, zone_name

# So that a length of any size is read, and refused for what is allowed here rather than for what a length may be.
_ANY_LENGTH: Final = timedelta(days=999_999)
_DAY: Final = timedelta(days=1)
_SHOWN: Final = 60
_ROLE_NUMBER: Final = re.compile(r"<@&([0-9]{1,20})>\s*[:=+x×*]?\s*([0-9]{1,9})")
_BETWEEN: Final = re.compile(r"[,;、\n]|\s+(?=<@&)")

Typed: TypeAlias = str | int | Named
"""A value of an option: text as typed, a role's id or a number, a gate rule or event that was found."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading depends on besides the text; ``opened_at`` is set while something open is changed."""

    now: datetime
    language: str
    opened_at: datetime | None = None


# How an option is taken: the options so far, the value, and the reader give the options with it.
Take = Callable[[O, Typed, Reader], O]


def read(options: O, typed: Mapping[str, Typed], reader: Reader, takes: Mapping[str, Take[O]]) -> O:
    """Return *options* with these values, by the names of the command's options; an empty text takes one away.

    They are taken in the order of *takes*. Raises BadInput for the first that cannot be, with the value and an example.
    """
    for name, take in takes.items():
        if name in typed:
            value = typed[name]
            options = take(options, value.strip() if isinstance(value, str) else value, reader)
    return options


def short(text: str) -> str:
    """Return what was typed as it is said back in a refusal: one line, not too long."""
    line = " ".join(markup.clean(text).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def one_line(text: str) -> str:
    """Return a text on one line, without what cannot be seen at its ends."""
    return " ".join(markup.clean(text).split("\n"))


def seen(text: str, most: int, *, blank: Text, too_long: Callable[[int], Text]) -> str:
    """Return a text if something of it can be seen and it is not too long; raises BadInput, worded so."""
    if markup.is_blank(text):
        raise BadInput(blank)
    if len(text) > most:
        raise BadInput(too_long(len(text)))
    return text


def whole_number(value: str | int, least: int, most: int) -> int | None:
    """Return a whole number in digits of any script; None for others and for what is none."""
    digits = unicodedata.normalize("NFKC", str(value)).strip()
    return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) and least <= int(digits) <= most else None


def role_numbers(text: str, unclear: Callable[[str], Text]) -> list[tuple[int, str]]:
    """Read roles with a number each, such as ``<@&1> 2, <@&2>=5``; numbers are left to be held to their bounds.

    Raises BadInput, worded by *unclear*, for a part that is something else.
    """
    found: list[tuple[int, str]] = []
    for part in filter(None, map(str.strip, _BETWEEN.split(unicodedata.normalize("NFKC", text)))):
        match = _ROLE_NUMBER.fullmatch(part)
        if match is None:
            raise BadInput(unclear(short(part)))
        found.append((int(match[1]), match[2]))
    return found


def length_or_date(
    text: str, zone: str, reader: Reader, bounds: tuple[timedelta, timedelta], too_short: Callable[[timedelta], Text]
) -> timedelta | datetime:
    """Return a length within *bounds*, or a date; a number alone counts days, a day alone ends with it.

    Raises BadInput for anything else.
    """
    least, longest = bounds
    length = length_or_none(text, bare_unit=_DAY, longest=longest)
    if length is None:
        return read_date(text, zone, reader)
    if length < least:
        raise BadInput(too_short(least))
    return length


def length_or_none(text: str, *, bare_unit: timedelta | None = None, longest: timedelta) -> timedelta | None:
    """Read a length; None when the text is none, so that it may be an instant. Raises BadInput for a bad length."""
    try:
        return parse_duration(text, bare_unit=bare_unit, max_length=longest)
    except BadInput as refusal:
        if refusal.text.key != "time.duration.unclear":
            raise
    return None


def read_end(
    text: str, starts: datetime | None, zone: str, reader: Reader, shortest: timedelta, longest: timedelta
) -> datetime | timedelta:
    """Return an end as people give it: a length to run for, or an instant; raises BadInput.

    A length counts from the opening, so it stays a length until that is known.
    """
    length = length_or_none(text, longest=_ANY_LENGTH)
    if length is not None:
        _check_length(text, length, shortest, longest)
        return length
    begins = reader.opened_at or starts
    ends = parse_instant(
        text,
        now=reader.now,
        zone=parse_zone(zone),
        relative_to=None if reader.opened_at else begins,
        language=reader.language,
    )
    running = ends - (begins or reader.now)
    if running <= timedelta(0):
        raise BadInput(t("draft.ends.before_start", value=short(text), ends=ends))
    _check_length(text, running, shortest, longest)
    return ends


def read_date(text: str, zone: str, reader: Reader) -> datetime:
    """Read an instant; a day alone ends with it."""
    place = parse_zone(zone)
    try:
        return parse_instant(text, now=reader.now, zone=place, language=reader.language)
    except BadInput as refusal:
        if refusal.text.key != "time.no_clock":
            raise
    return parse_instant(f"{text} 23:59", now=reader.now, zone=place, language=reader.language)


def with_translation(
    options: O,
    channel_id: int,
    language: str,
    title: str,
    text: str,
    read_title: Callable[[str], str],
    read_text: Callable[[str], str],
) -> O:
    """Return options with a channel's language and the organiser's own title and text there; empty is as it stands."""
    if language not in languages():
        raise BadInput(t("error.bad_value", value=short(language)))
    own_title, own_text = title.strip() and read_title(title), text.strip() and read_text(text)
    spot = Spot(channel_id, language, own_title or None, own_text or None)
    return replace(options, spots=tuple(spot if each.channel_id == channel_id else each for each in options.spots))


def _check_length(text: str, length: timedelta, shortest: timedelta, longest: timedelta) -> None:
    if length < shortest:
        raise BadInput(t("draft.ends.too_short", value=short(text), least=shortest))
    if length > longest:
        raise BadInput(t("draft.ends.too_long", value=short(text), most=longest))


def take_zone(options: O, value: Typed, reader: Reader) -> O:
    return replace(options, zone=zone_name(parse_zone(str(value)))) if value else options


def take_starts(options: O, value: Typed, reader: Reader) -> O:
    if not value:
        return replace(options, starts=None)
    zone = parse_zone(options.zone)
    return replace(options, starts=parse_instant(str(value), now=reader.now, zone=zone, language=reader.language))


def take_ends(options: O, value: Typed, reader: Reader, shortest: timedelta, longest: timedelta) -> O:
    if not value:
        return replace(options, ends=None, runs=None)
    found = read_end(str(value), options.starts, options.zone, reader, shortest, longest)
    if isinstance(found, datetime):
        return replace(options, ends=found, runs=None)
    if reader.opened_at is not None:
        # Nobody counts from an opening that is over.
        return replace(options, ends=reader.now + found, runs=None)
    return replace(options, ends=None, runs=found)


def take_length(kind: type[O], name: str) -> Take[O]:
    """Return how a length is taken; a number alone counts days."""
    _require(kind, name)

    def take(options: O, value: Typed, reader: Reader) -> O:
        return replace(options, **{name: parse_duration(str(value), bare_unit=_DAY) if value else None})

    return take


def take_role(kind: type[O], name: str) -> Take[O]:
    """Return how a role is taken, by its id."""
    _require(kind, name)

    def take(options: O, value: Typed, reader: Reader) -> O:
        return replace(options, **{name: value if isinstance(value, int) and value else None})

    return take


def take_named(kind: type[O], name: str) -> Take[O]:
    """Return how a gate rule or event is taken once it was found."""
    _require(kind, name)

    def take(options: O, value: Typed, reader: Reader) -> O:
        return replace(options, **{name: value if isinstance(value, Named) else None})

    return take


def _require(kind: type[Common], name: str) -> None:
    if name not in kind.__dataclass_fields__:
        raise ValueError(f"{kind.__name__} has no {name}")
