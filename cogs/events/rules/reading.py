"""Reading what people type and choose for an event's options; whatever cannot be taken is refused in a sentence."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from bot import markup
from bot.drafting.reading import (
    Reader,
    Take,
    Typed,
    length_or_none,
    one_line,
    read_date,
    seen,
    short,
    take_ends,
    take_role,
    take_starts,
    take_zone,
    whole_number,
)
from bot.errors import BadInput
from bot.i18n import languages, t
from bot.times import parse_duration, parse_instant, parse_zone
from bot.times.folding import alternatives, fold
from cogs.events.rules.kinds import Where
from cogs.events.rules.options import LONGEST, MOST_CAPACITY, REMIND, SHORTEST, Options
from cogs.events.rules.phrases import read_rule
from cogs.events.rules.recurrence import anchored

LONGEST_TITLE: Final = 100
LONGEST_PLACE: Final = 200
LONGEST_BRING: Final = 300
LONGEST_TEXT: Final = 1_000
MOST_REMINDERS: Final = 5
LONGEST_LEAD: Final = timedelta(days=30)
_BETWEEN: Final = re.compile(r"[,;、，\n|]")


def read_title(text: str) -> str:
    """Return a title as one line; raises BadInput when nothing of it can be seen or it is too long."""
    return seen(
        one_line(text),
        LONGEST_TITLE,
        blank=t("event.title.blank"),
        too_long=lambda n: t("event.title.too_long", n=n, most=LONGEST_TITLE),
    )


def read_description(text: str) -> str:
    """Return a description; raises BadInput when nothing of it can be seen or it is too long."""
    return seen(
        markup.clean(text),
        LONGEST_TEXT,
        blank=t("event.description.blank"),
        too_long=lambda n: t("event.description.too_long", n=n, most=LONGEST_TEXT),
    )


def read_place(text: str) -> str:
    """Return an address or a link as one line; raises BadInput when nothing of it can be seen or it is too long."""
    return seen(
        one_line(text),
        LONGEST_PLACE,
        blank=t("event.place.blank"),
        too_long=lambda n: t("event.place.too_long", n=n, most=LONGEST_PLACE),
    )


def read_bring(text: str) -> str:
    """Return what to bring; raises BadInput when nothing of it can be seen or it is too long."""
    return seen(
        markup.clean(text),
        LONGEST_BRING,
        blank=t("event.bring.blank"),
        too_long=lambda n: t("event.bring.too_long", n=n, most=LONGEST_BRING),
    )


def read_capacity(value: str | int) -> int:
    """Return a number of places; raises BadInput for none, too many, and what is no whole number."""
    found = whole_number(value, 1, MOST_CAPACITY)
    if found is None:
        raise BadInput(t("event.capacity.wrong", value=short(str(value)), most=MOST_CAPACITY))
    return found


def read_reminders(text: str) -> tuple[timedelta, ...]:
    """Read lengths before the start, such as ``1d, 1h, at start``, longest first; ``none`` is no reminder.

    Raises BadInput for anything else, and for too many or too early ones.
    """
    parts = [part for part in map(str.strip, _BETWEEN.split(text)) if part]
    if len(parts) == 1 and fold(parts[0]) in _never():
        return ()
    leads = {timedelta(0) if fold(part) in _at_start() else _lead(part) for part in parts}
    if not leads or len(leads) > MOST_REMINDERS:
        raise BadInput(t("event.remind.count", n=len(leads), most=MOST_REMINDERS))
    return tuple(sorted(leads, reverse=True))


def _lead(part: str) -> timedelta:
    bare = part
    for word in _before():
        bare = fold(bare).removesuffix(word).strip()
    try:
        return parse_duration(bare, max_length=LONGEST_LEAD)
    except BadInput as refusal:
        if refusal.text.key == "time.duration.too_long":
            raise
        raise BadInput(t("event.remind.unclear", value=short(part))) from None


@cache
def _at_start() -> frozenset[str]:
    return frozenset(fold(w) for name in languages() for w in alternatives(name, t("event.remind.words.at_start")))


@cache
def _never() -> frozenset[str]:
    return frozenset(fold(w) for name in languages() for w in alternatives(name, t("event.remind.words.never")))


@cache
def _before() -> frozenset[str]:
    return frozenset(fold(w) for name in languages() for w in alternatives(name, t("event.remind.words.before")))


def _text(name: str, read: Callable[[str], str]) -> Take[Options]:
    def take(options: Options, value: Typed, reader: Reader) -> Options:
        return replace(options, **{name: read(str(value)) if value else None})

    return take


def _take_starts(options: Options, value: Typed, reader: Reader) -> Options:
    taken = take_starts(options, value, reader)
    if options.starts is None or options.ends is None or taken.starts is None or options.ends <= options.starts:
        return taken
    # Moved, it takes as long as before; an end typed beside it is read after this.
    return replace(taken, ends=None, runs=options.length())


def _take_ends(options: Options, value: Typed, reader: Reader) -> Options:
    # An event that was announced has not begun: a length still counts from its start.
    return take_ends(options, value, replace(reader, opened_at=None), SHORTEST, LONGEST)


def _take_where(options: Options, value: Typed, reader: Reader) -> Options:
    if not value:
        return replace(options, where=None)
    if value not in list(Where):
        raise BadInput(t("error.bad_value", value=short(str(value))))
    where = Where(str(value))
    return replace(options, where=where)


def _take_channel(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, channel=value if isinstance(value, int) and value else None)


def _take_capacity(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, capacity=None if value == "" else read_capacity(str(value)))


def _take_rsvp_closes(options: Options, value: Typed, reader: Reader) -> Options:
    if not value:
        return replace(options, rsvp_closes=None, rsvp_lead=None)
    lead = length_or_none(str(value), longest=LONGEST_LEAD)
    if lead is not None:
        return replace(options, rsvp_closes=None, rsvp_lead=lead)
    return replace(options, rsvp_closes=_instant(str(value), options, reader), rsvp_lead=None)


def _take_repeat(options: Options, value: Typed, reader: Reader) -> Options:
    if not value or fold(str(value)) in _never():
        return replace(options, repeat=None, until=None)
    rule, begins = read_rule(str(value), reader.language), options.begins()
    if options.repeat is not None and begins is not None and anchored(options.repeat, begins) == rule:
        # What stands in the form names the day; one that is that of the start goes on following it.
        return options
    return replace(options, repeat=rule)


def _take_until(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, until=read_date(str(value), options.zone, reader) if value else None)


def _take_remind(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, remind=read_reminders(str(value)) if value else REMIND)


def _take_announce_at(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, announce_at=_instant(str(value), options, reader) if value else None)


def _take_shows_names(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, shows_names=value in (1, "1", "on"))


def _instant(text: str, options: Options, reader: Reader) -> datetime:
    return parse_instant(text, now=reader.now, zone=parse_zone(options.zone), language=reader.language)


# In this order: the zone decides how times are read, the start how the end is.
TAKES: Final[Mapping[str, Take[Options]]] = {
    "title": _text("title", read_title),
    "description": _text("description", read_description),
    "bring": _text("bring", read_bring),
    "zone": take_zone,
    "starts": _take_starts,
    "ends": _take_ends,
    "where": _take_where,
    "channel": _take_channel,
    "place": _text("place", read_place),
    "capacity": _take_capacity,
    "rsvp_role": take_role(Options, "rsvp_role"),
    "rsvp_closes": _take_rsvp_closes,
    "going_role": take_role(Options, "going_role"),
    "shows_names": _take_shows_names,
    "repeat": _take_repeat,
    "until": _take_until,
    "remind": _take_remind,
    "announce_at": _take_announce_at,
    "ping": take_role(Options, "ping"),
}
