"""Everything people read, in every language: texts are named in code and worded in ``locales/<language>.po``.

A :class:`Text` is a key with parameters, made anywhere (services included) and put into words at the edge, in the
reader's language. Adding a language is adding one catalog file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, reduce
from gettext import c2py
from pathlib import Path
from typing import Final, TypeAlias

from babel import Locale
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot import markup
from bot.markup import Markup

LOCALES: Final = Path(__file__).parent / "locales"
DEFAULT: Final = "en"

Param: TypeAlias = "str | int | datetime | timedelta | Text | Sequence[Param]"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence before it has a language: a catalog key and what fills its placeholders.

    Plain ``str`` parameters are what people typed and are escaped; :class:`~bot.markup.Markup` passes as it is. ``n``
    chooses the plural. Instants become Discord timestamps, sequences lists in the language's own manner.
    """

    key: str
    params: dict[str, Param] = field(default_factory=dict[str, Param])


def t(key: str, /, **params: Param) -> Text:
    """Name a text; *key* is a literal, so that a test can hold code and catalogs against each other."""
    return Text(key, params)


@cache
def languages() -> tuple[str, ...]:
    """Return the languages there are catalogs for, English first."""
    found = sorted(path.stem for path in LOCALES.glob("*.po"))
    return tuple(sorted(found, key=lambda name: name != DEFAULT))


def language_name(language: str) -> str:
    """Return a language's own name for itself, as people look for it in a list."""
    return (Locale.parse(language).get_language_name(language) or language).capitalize()


def language_of(discord_locale: str | None) -> str:
    """Return the catalog that serves a Discord locale such as ``en-GB`` or ``ja``; English where there is none."""
    base = (discord_locale or DEFAULT).split("-")[0].lower()
    return base if base in languages() else DEFAULT


@cache
def catalog(language: str) -> Catalog:
    """Read a language's catalog, once."""
    with (LOCALES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def render(language: str, text: Text) -> Markup:
    """Put a text into words, for messages: what people typed is escaped.

    Raises KeyError for a key or a parameter that is missing, which a test over the catalogs rules out.
    """
    return Markup(_fill(language, text, markup.escape, markup.time))


def plain(language: str, text: Text) -> str:
    """Put a text into words for places without Markdown: labels, choices, modal titles, files, pictures."""
    return _fill(language, text, str, lambda when: f"{when:%Y-%m-%d %H:%M} UTC")


def _fill(language: str, text: Text, escape: Callable[[str], str], instant: Callable[[datetime], str]) -> str:
    def word(param: Param) -> str:
        match param:
            case Markup():
                return param
            case str():
                return escape(param)
            case Text():
                return _fill(language, param, escape, instant)
            case bool():
                raise TypeError(f"{text.key}: a boolean has no words")
            case int():
                return format_decimal(param, locale=language)
            case datetime():
                return instant(param)
            case timedelta():
                return word(duration(param))
            case _:
                return format_list([word(each) for each in param], locale=language) if param else ""

    wording = _wording(language, text)
    return wording.format_map({name: word(value) for name, value in text.params.items()})


def _wording(language: str, text: Text) -> str:
    message = catalog(language).get(text.key)
    if message is None or not message.string:
        raise KeyError(f"{language}.po has no {text.key}")
    if isinstance(message.string, str):
        return message.string
    n = text.params["n"]
    if not isinstance(n, int):
        raise TypeError(f"{text.key}: n must be a whole number, not {n!r}")
    return message.string[_plural(language)(n)]


@cache
def _plural(language: str) -> Callable[[int], int]:
    # The catalog's own rule: CLDR's may tell more forms apart than a catalog has (French: a "many" for millions).
    return c2py(catalog(language).plural_expr)


def duration(length: timedelta) -> Text:
    """Word a length of time exactly, in days, hours, minutes and seconds, leaving out what is zero."""
    days, rest = length.days, length.seconds
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts: list[Text] = []
    if days:
        parts.append(t("unit.days", n=days))
    if hours:
        parts.append(t("unit.hours", n=hours))
    if minutes:
        parts.append(t("unit.minutes", n=minutes))
    if seconds or not parts:
        parts.append(t("unit.seconds", n=seconds))
    return reduce(lambda larger, smaller: t("unit.join", larger=larger, smaller=smaller), parts)
