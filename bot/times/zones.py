"""Time zones by the names people use: places, cities in any of our languages, offsets, and abbreviations."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone
from difflib import get_close_matches
from functools import cache
from typing import Final, cast
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from bot import markup
from bot.errors import BadInput
from bot.i18n import languages, t
from bot.times.folding import LONGEST, alternatives, fold, quoted

POPULAR: Final = tuple(
    """
    UTC Asia/Seoul Asia/Tokyo America/New_York America/Chicago America/Denver America/Los_Angeles America/Toronto
    America/Sao_Paulo Europe/London Europe/Paris Europe/Berlin Europe/Madrid Europe/Istanbul Europe/Moscow Asia/Dubai
    Asia/Kolkata Asia/Jakarta Asia/Bangkok Asia/Manila Asia/Singapore Asia/Shanghai Asia/Taipei Australia/Sydney
    Pacific/Auckland Asia/Hong_Kong Australia/Perth Pacific/Honolulu
    """.split()
)
_REGIONS: Final = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split(),
)

# Abbreviations that name one place's clock all year round.
_STEADY: Final = {
    "gmt": "UTC", "z": "UTC", "zulu": "UTC",
    "kst": "Asia/Seoul", "jst": "Asia/Tokyo", "hkt": "Asia/Hong_Kong", "sgt": "Asia/Singapore", "pht": "Asia/Manila",
    "ict": "Asia/Bangkok", "wib": "Asia/Jakarta", "pkt": "Asia/Karachi", "npt": "Asia/Kathmandu",
    "trt": "Europe/Istanbul", "msk": "Europe/Moscow",
    "eat": "Africa/Nairobi", "wat": "Africa/Lagos", "cat": "Africa/Maputo", "sast": "Africa/Johannesburg",
    "awst": "Australia/Perth", "hst": "Pacific/Honolulu",
    "brt": "America/Sao_Paulo", "art": "America/Argentina/Buenos_Aires",
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
}  # fmt: skip
# Abbreviations of half a year: hours from UTC, and the place that is usually meant.
_SEASONAL: Final = {
    "est": (-5, "America/New_York"), "edt": (-4, "America/New_York"),
    "cdt": (-5, "America/Chicago"),
    "mst": (-7, "America/Denver"), "mdt": (-6, "America/Denver"),
    "pst": (-8, "America/Los_Angeles"), "pdt": (-7, "America/Los_Angeles"),
    "akst": (-9, "America/Anchorage"), "akdt": (-8, "America/Anchorage"),
    "adt": (-3, "America/Halifax"),
    "bst": (1, "Europe/London"),
    "wet": (0, "Europe/Lisbon"), "west": (1, "Europe/Lisbon"),
    "cet": (1, "Europe/Berlin"), "cest": (2, "Europe/Berlin"),
    "eet": (2, "Europe/Athens"), "eest": (3, "Europe/Athens"),
    "aest": (10, "Australia/Sydney"), "aedt": (11, "Australia/Sydney"),
    "acst": (9.5, "Australia/Adelaide"), "acdt": (10.5, "Australia/Adelaide"),
    "nzst": (12, "Pacific/Auckland"), "nzdt": (13, "Pacific/Auckland"),
}  # fmt: skip
# Abbreviations that people in different parts of the world use for different clocks.
_AMBIGUOUS: Final = {
    "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "cst": ("America/Chicago", "Asia/Shanghai", "America/Havana"),
    "ast": ("America/Halifax", "Asia/Riyadh"),
    "sst": ("Pacific/Pago_Pago", "Asia/Singapore"),
    "gst": ("Asia/Dubai", "Atlantic/South_Georgia"),
    "amt": ("America/Manaus", "Asia/Yerevan"),
    "wst": ("Australia/Perth", "Pacific/Apia"),
}
_OFFSET: Final = re.compile(r"(?:(?:utc|gmt) ?)?([+-]) ?([0-9]{1,2})(?::?([0-9]{2}))?")
_LONGEST_NAME: Final = 40
_FURTHEST_WEST, _FURTHEST_EAST = timedelta(hours=-12), timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Named:
    """A zone as somebody named it.

    *season_of* is set for the abbreviation of half a year: then *zone* is its offset, which holds only while the place
    is at that offset too.
    """

    zone: ZoneInfo | timezone
    season_of: ZoneInfo | None = None


@cache
def _names() -> dict[str, str]:
    """Return IANA names by what people write for them, folded: ``asia/seoul``, ``seoul``, ``서울``, ``日本時間``."""
    known = sorted(name for name in available_timezones() if name not in {"Factory", "localtime", "posixrules"})
    names = {fold(name): name for name in known}
    places = [name for name in known if name.partition("/")[0] in _REGIONS]
    # Where two names share a city, both follow the same clock.
    for name in places:
        city = fold(name.rpartition("/")[2])
        names.setdefault(city, name)
        names.setdefault(city.replace("_", " "), name)
    for language in languages():
        for words in alternatives(language, t("time.words.zones")):
            spelled, _, name = words.partition("=")
            names.update({fold(spelled): name, fold(spelled).replace(" ", ""): name})
        named = cast("Mapping[str, Mapping[str, str]]", Locale.parse(language).time_zones)
        for name, words in named.items():
            if "city" in words and name in known:
                names.setdefault(fold(words["city"]), name)
    return names


def spellings() -> Iterator[str]:
    """Yield everything that :func:`lookup` knows, folded; offsets are not among it."""
    yield from _names()
    yield from _STEADY
    yield from _SEASONAL
    yield from _AMBIGUOUS


def lookup(folded: str, *, written: str) -> Named:
    """Return the zone of a folded name, abbreviation or offset.

    Raises BadInput, naming *written*, for what is unknown or could be several zones.
    """
    if folded in _AMBIGUOUS:
        choices = [markup.code(name) for name in _AMBIGUOUS[folded]]
        raise BadInput(t("time.zone.ambiguous", value=quoted(written), choices=choices))
    named = _find(folded)
    if named is None:
        examples = [markup.code(name) for name in _alike(folded)]
        raise BadInput(t("time.zone.unknown", value=quoted(written), examples=examples))
    return named


def _find(folded: str) -> Named | None:
    if match := _OFFSET.fullmatch(folded):
        offset = _fixed(match)
        return Named(offset) if offset else None
    if folded in _SEASONAL:
        hours, place = _SEASONAL[folded]
        return Named(timezone(timedelta(hours=hours)), ZoneInfo(place))
    name = _STEADY.get(folded) or _names().get(folded)
    if name is None:
        return None
    return Named(UTC if name == "UTC" else ZoneInfo(name))


def _fixed(match: re.Match[str]) -> timezone | None:
    sign, hours, minutes = match.groups()
    length = timedelta(hours=int(hours), minutes=int(minutes or 0))
    offset = -length if sign == "-" else length
    # Every clock on earth is a multiple of a quarter of an hour away from UTC.
    if not _FURTHEST_WEST <= offset <= _FURTHEST_EAST or int(minutes or 0) not in {0, 15, 30, 45}:
        return None
    return timezone(offset) if offset else UTC


def _alike(folded: str) -> tuple[str, ...]:
    """Return what somebody may have meant by what is no zone."""
    if _OFFSET.fullmatch(folded):
        return ("UTC+9", "UTC-3:30")
    # Comparing with every name takes its time; what is longer than any of them is none of them.
    close = get_close_matches(folded, _names(), n=3, cutoff=0.75) if len(folded) <= _LONGEST_NAME else []
    return tuple(dict.fromkeys(_names()[name] for name in close)) or ("Asia/Seoul", "America/New_York", "UTC+9")


def parse_zone(text: str) -> ZoneInfo | timezone:
    """Read a zone: ``Asia/Seoul``, ``seoul``, ``서울``, ``UTC+9``, ``utc``, ``KST``, in any case.

    The abbreviation of half a year (``PST``) gives its place, with all its clock changes. Raises BadInput for what is
    unknown and for abbreviations with several meanings (``IST``), naming what to write instead.
    """
    named = lookup(fold(text[: LONGEST + 1]), written=text)
    return named.season_of or named.zone


def zone_name(zone: ZoneInfo | timezone) -> str:
    """Return the name that :func:`parse_zone` reads as this zone: ``Asia/Seoul``, ``UTC``, ``UTC+5:30``."""
    if isinstance(zone, ZoneInfo):
        return zone.key
    return offset_name(zone.utcoffset(None))


def offset_name(offset: timedelta) -> str:
    """Return an offset as people write it: ``UTC``, ``UTC+9``, ``UTC-3:30``."""
    if not offset:
        return "UTC"
    sign = "-" if offset < timedelta(0) else "+"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


def suggest_zones(text: str, limit: int = 25) -> list[str]:
    """Return up to *limit* zone names that begin with or hold *text*, best first; popular ones while it is empty."""
    folded = fold(text[:LONGEST]).replace("_", " ")
    if not folded:
        return list(POPULAR[:limit])
    named = _find(fold(text[:LONGEST]))
    exact = [zone_name(named.season_of or named.zone)] if named else [*_AMBIGUOUS.get(folded, ())]
    cities = {spelled: name for spelled, name in _names().items() if name in _choices()}
    starting = [name for spelled, name in cities.items() if spelled.startswith(folded)]
    holding = [name for spelled, name in cities.items() if folded in spelled.replace("_", " ")]
    ranked = exact + sorted(starting, key=_rank) + sorted(holding, key=_rank)
    return list(dict.fromkeys(ranked))[:limit]


@cache
def _choices() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if name == "UTC" or name.partition("/")[0] in _REGIONS)


def _rank(name: str) -> tuple[int, str]:
    return (POPULAR.index(name) if name in POPULAR else len(POPULAR), name)
