"""Reading what people type and choose for a giveaway's options; whatever cannot be taken is refused in a sentence."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot import markup
from bot.errors import BadInput
from bot.i18n import languages, t
from bot.times import parse_duration, parse_instant, parse_zone, zone_name
from cogs.giveaways.rules.draw import MAX_WEIGHT
from cogs.giveaways.rules.options import LONGEST, MOST_SPOTS, MOST_WINNERS, SHORTEST, Options, Spot
from cogs.giveaways.rules.terms import MAX_BONUSES, Claim, Named, Repeats

LONGEST_PRIZE: Final = 200
LONGEST_TEXT: Final = 1_000
SHORTEST_CLAIM: Final = timedelta(minutes=1)
LONGEST_CLAIM: Final = timedelta(days=366)
_DAY: Final = timedelta(days=1)
# So that a length of any size is read, and refused for what a giveaway allows rather than for what a length may be.
_ANY_LENGTH: Final = timedelta(days=999_999)
_SHOWN: Final = 60
_ROLE: Final = re.compile(r"<@&([0-9]{1,20})>")
_BONUS: Final = re.compile(_ROLE.pattern + r"\s*[:=+x×*]?\s*([0-9]{1,9})")
_BETWEEN: Final = re.compile(r"[,;、\n]|\s+(?=<@&)")

Typed = str | int | Named
"""A value of an option: text as typed, a role's id or a number, a gate rule or event that was found."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading depends on besides the text; ``opened_at`` is set while an open giveaway is changed."""

    now: datetime
    language: str
    opened_at: datetime | None = None


def read(options: Options, typed: Mapping[str, Typed], reader: Reader) -> Options:
    """Return *options* with these values, by the names of the command's options; an empty text takes one away.

    Raises BadInput for the first that cannot be taken, with the value and an example.
    """
    for name, take in _FIELDS.items():
        if name in typed:
            value = typed[name]
            options = take(options, value.strip() if isinstance(value, str) else value, reader)
    return options


def read_prize(text: str) -> str:
    """Return a prize as one line; raises BadInput when nothing of it can be seen or it is too long."""
    line = " ".join(markup.clean(text).split("\n"))
    if markup.is_blank(line):
        raise BadInput(t("giveaway.prize.blank"))
    if len(line) > LONGEST_PRIZE:
        raise BadInput(t("giveaway.prize.too_long", n=len(line), most=LONGEST_PRIZE))
    return line


def read_description(text: str) -> str:
    """Return a description; raises BadInput when nothing of it can be seen or it is too long."""
    cleaned = markup.clean(text)
    if markup.is_blank(cleaned):
        raise BadInput(t("giveaway.description.blank"))
    if len(cleaned) > LONGEST_TEXT:
        raise BadInput(t("giveaway.description.too_long", n=len(cleaned), most=LONGEST_TEXT))
    return cleaned


def read_winners(value: str | int) -> int:
    """Return a number of winners, 1 to 100; raises BadInput for others and for what is no whole number."""
    digits = unicodedata.normalize("NFKC", str(value)).strip()
    if re.fullmatch(r"[0-9]{1,9}", digits) and 1 <= int(digits) <= MOST_WINNERS:
        return int(digits)
    raise BadInput(t("giveaway.winners.wrong", value=_short(str(value)), most=MOST_WINNERS))


def read_bonuses(text: str) -> tuple[tuple[int, int], ...]:
    """Read extra tickets per role, such as ``<@&1> 2, <@&2> 5``; raises BadInput for anything else."""
    found: dict[int, int] = {}
    for part in filter(None, map(str.strip, _BETWEEN.split(unicodedata.normalize("NFKC", text)))):
        match = _BONUS.fullmatch(part)
        if match is None:
            raise BadInput(t("giveaway.bonus.unclear", value=_short(part)))
        role, extra = int(match[1]), read_extra(match[2], int(match[1]))
        if role in found:
            raise BadInput(t("giveaway.bonus.twice", role=markup.role(role)))
        found[role] = extra
    return checked_bonuses(tuple(found.items()))


def read_extra(text: str, role: int) -> int:
    """Return a role's extra tickets, 1 to 100; raises BadInput for others."""
    digits = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[0-9]{1,9}", digits) and 1 <= int(digits) <= MAX_WEIGHT:
        return int(digits)
    raise BadInput(t("giveaway.bonus.range", value=_short(text), role=markup.role(role), most=MAX_WEIGHT))


def checked_bonuses(bonuses: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return the bonuses; raises BadInput for more than five."""
    if len(bonuses) > MAX_BONUSES:
        raise BadInput(t("giveaway.bonus.too_many", n=len(bonuses), most=MAX_BONUSES))
    return bonuses


def with_bonus_roles(options: Options, roles: Sequence[int]) -> Options:
    """Return options with these roles having extra tickets: as many as before, one where a role is new."""
    before = dict(options.bonuses)
    return replace(
        options, bonuses=checked_bonuses(tuple((role, before.get(role, 1)) for role in dict.fromkeys(roles)))
    )


def with_channels(options: Options, channels: Sequence[int]) -> Options:
    """Return options to be posted in these channels; what was said of one before stays."""
    wanted = list(dict.fromkeys(channels))
    if len(wanted) > MOST_SPOTS:
        raise BadInput(t("giveaway.where.too_many", n=len(wanted), most=MOST_SPOTS))
    before = {spot.channel_id: spot for spot in options.spots}
    return replace(options, spots=tuple(before.get(channel, Spot(channel)) for channel in wanted))


def with_translation(options: Options, channel_id: int, language: str, title: str, text: str) -> Options:
    """Return options with a channel's language and the organiser's own title and text there; empty is as it stands."""
    if language not in languages():
        raise BadInput(t("error.bad_value", value=_short(language)))
    spot = Spot(
        channel_id,
        language,
        read_prize(title) if title.strip() else None,
        read_description(text) if text.strip() else None,
    )
    return replace(options, spots=tuple(spot if each.channel_id == channel_id else each for each in options.spots))


def read_end(text: str, starts: datetime | None, zone: str, reader: Reader) -> datetime | timedelta:
    """Return an end as people give it: a length to run for, or an instant; raises BadInput.

    A length counts from the opening, so it stays a length until that is known.
    """
    try:
        length = parse_duration(text, max_length=_ANY_LENGTH)
    except BadInput as refusal:
        if refusal.text.key != "time.duration.unclear":
            raise
    else:
        _check_length(text, length)
        return length
    begins = reader.opened_at or starts
    ends = parse_instant(
        text,
        now=reader.now,
        zone=parse_zone(zone),
        relative_to=None if reader.opened_at else begins,
        language=reader.language,
    )
    _check_length(text, ends - (begins or reader.now), ends)
    return ends


def read_claim_time(text: str, zone: str, reader: Reader) -> timedelta | datetime:
    """Return how long a prize can be claimed, or until when; a number alone counts days, a day alone ends with it."""
    try:
        length = parse_duration(text, bare_unit=_DAY, max_length=LONGEST_CLAIM)
    except BadInput as refusal:
        if refusal.text.key != "time.duration.unclear":
            raise
    else:
        if length < SHORTEST_CLAIM:
            raise BadInput(t("giveaway.claim_within.too_short", value=_short(text), least=SHORTEST_CLAIM))
        return length
    place = parse_zone(zone)
    try:
        return parse_instant(text, now=reader.now, zone=place, language=reader.language)
    except BadInput as refusal:
        if refusal.text.key != "time.no_clock":
            raise
    return parse_instant(f"{text} 23:59", now=reader.now, zone=place, language=reader.language)


def _check_length(text: str, length: timedelta, ends: datetime | None = None) -> None:
    if timedelta(0) >= length and ends is not None:
        raise BadInput(t("giveaway.ends.before_start", value=_short(text), ends=ends))
    if length < SHORTEST:
        raise BadInput(t("giveaway.ends.too_short", value=_short(text), least=SHORTEST))
    if length > LONGEST:
        raise BadInput(t("giveaway.ends.too_long", value=_short(text), most=LONGEST))


def _short(text: str) -> str:
    line = " ".join(markup.clean(text).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


Take = Callable[[Options, Typed, Reader], Options]


def _take_prize(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, prize=read_prize(str(value)) if value else None)


def _take_description(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, description=read_description(str(value)) if value else None)


def _take_winners(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, winners=1 if value == "" else read_winners(str(value)))


def _take_zone(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, zone=zone_name(parse_zone(str(value)))) if value else options


def _take_starts(options: Options, value: Typed, reader: Reader) -> Options:
    if not value:
        return replace(options, starts=None)
    zone = parse_zone(options.zone)
    return replace(options, starts=parse_instant(str(value), now=reader.now, zone=zone, language=reader.language))


def _take_ends(options: Options, value: Typed, reader: Reader) -> Options:
    if not value:
        return replace(options, ends=None, runs=None)
    found = read_end(str(value), options.starts, options.zone, reader)
    if isinstance(found, datetime):
        return replace(options, ends=found, runs=None)
    if reader.opened_at is not None:
        # Nobody counts from an opening that is over.
        return replace(options, ends=reader.now + found, runs=None)
    return replace(options, ends=None, runs=found)


def _take_bonuses(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, bonuses=read_bonuses(str(value)))


def _take_claim(options: Options, value: Typed, reader: Reader) -> Options:
    if value not in list(Claim):
        raise BadInput(t("error.bad_value", value=_short(str(value))))
    return replace(options, claim=Claim(str(value)))


def _take_claim_within(options: Options, value: Typed, reader: Reader) -> Options:
    found = read_claim_time(str(value), options.zone, reader) if value else None
    return replace(
        options,
        claim_within=found if isinstance(found, timedelta) else None,
        claim_until=found if isinstance(found, datetime) else None,
    )


def _take_repeat(options: Options, value: Typed, reader: Reader) -> Options:
    if value in ("", "never"):
        return replace(options, repeat=None)
    if value not in list(Repeats):
        raise BadInput(t("error.bad_value", value=_short(str(value))))
    return replace(options, repeat=Repeats(str(value)))


def _length(name: str) -> Take:
    def take(options: Options, value: Typed, reader: Reader) -> Options:
        return replace(options, **{name: parse_duration(str(value), bare_unit=_DAY) if value else None})

    return take


def _role(name: str) -> Take:
    def take(options: Options, value: Typed, reader: Reader) -> Options:
        return replace(options, **{name: value if isinstance(value, int) and value else None})

    return take


def _named(name: str) -> Take:
    def take(options: Options, value: Typed, reader: Reader) -> Options:
        return replace(options, **{name: value if isinstance(value, Named) else None})

    return take


# In this order: the zone decides how times are read, the start how the end is.
_FIELDS: Final[Mapping[str, Take]] = {
    "prize": _take_prize,
    "description": _take_description,
    "winners": _take_winners,
    "zone": _take_zone,
    "starts": _take_starts,
    "ends": _take_ends,
    "required_role": _role("required_role"),
    "excluded_role": _role("excluded_role"),
    "bonuses": _take_bonuses,
    "account_age": _length("account_age"),
    "member_for": _length("member_for"),
    "holders_of": _named("holders_of"),
    "attended": _named("attended"),
    "cooldown": _length("cooldown"),
    "claim": _take_claim,
    "claim_within": _take_claim_within,
    "ping": _role("ping"),
    "repeat": _take_repeat,
}

NAMES: Final = tuple(_FIELDS)
