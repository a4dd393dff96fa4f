"""Forms: modals put together field by field, and what stands in them written as it can be typed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import discord

from bot.i18n import Text, plain
from bot.times import parse_zone
from bot.ui.router import custom_id

# Discord's limits: https://discord.com/developers/docs/components/reference
_TITLE: Final = 45
_LABEL: Final = 45
_HINT: Final = 100
_SHORT: Final = 100


class Form(discord.ui.Modal):
    """A modal in the making. Its answer comes back through the router, so it is never kept in memory."""

    def __init__(self, language: str, title: Text, kind: str, *args: int) -> None:
        super().__init__(title=plain(language, title)[:_TITLE], custom_id=custom_id(kind, *args))
        self._language = language
        self.stop()

    def ask(
        self,
        name: str,
        label: Text | str,
        *,
        hint: Text | None = None,
        value: str = "",
        most: int = _SHORT,
        required: bool = False,
        long: bool = False,
    ) -> None:
        """Add a field to type into."""
        style = discord.TextStyle.paragraph if long else discord.TextStyle.short
        field: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(
            custom_id=name, style=style, default=value[:most] or None, required=required, max_length=most
        )
        self._add(label, hint, field)

    def put_back(self, typed: Mapping[str, str]) -> None:
        """Have texts stand in the fields of these names: in empty ones, and in any where there was much to type."""
        for field in self.walk_children():
            if isinstance(field, discord.ui.TextInput):
                text = typed.get(field.custom_id, "")
                if text and (field.default is None or field.style is discord.TextStyle.paragraph):
                    field.default = text[: field.max_length]

    def choose(
        self, name: str, label: Text, choices: Mapping[str, Text | str], chosen: str, hint: Text | None = None
    ) -> None:
        """Add a list to choose one of."""
        select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
            custom_id=name,
            options=[
                discord.SelectOption(label=self._word(words)[:_SHORT], value=value, default=value == chosen)
                for value, words in choices.items()
            ],
        )
        self._add(label, hint, select)

    def upload(self, name: str, label: Text, hint: Text) -> None:
        """Add a place for a file."""
        self._add(label, hint, discord.ui.FileUpload(custom_id=name, required=False, min_values=0, max_values=1))

    def _word(self, words: Text | str) -> str:
        return words if isinstance(words, str) else plain(self._language, words)

    def _add(self, label: Text | str, hint: Text | None, component: discord.ui.Item[Any]) -> None:
        description = None if hint is None else plain(self._language, hint)[:_HINT]
        self.add_item(discord.ui.Label(text=self._word(label)[:_LABEL], description=description, component=component))


def local(when: datetime | None, zone: str) -> str:
    """Return an instant as it can be typed in a zone; with seconds only where there are some."""
    if when is None:
        return ""
    there = when.astimezone(UTC).astimezone(parse_zone(zone))
    return f"{there:%Y-%m-%d %H:%M:%S}" if there.second else f"{there:%Y-%m-%d %H:%M}"


def length(span: timedelta | None) -> str:
    """Return a length as it can be typed: ``2d12h``."""
    if span is None:
        return ""
    hours, rest = divmod(span.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((span.days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)


def changed_fields(
    fields: Mapping[str, str], before: Mapping[str, str], *, always: Sequence[str] = ()
) -> dict[str, str]:
    """Return the fields whose text is another than the form was filled in with, and those of *always*."""
    return {name: text for name, text in fields.items() if text.strip() != before.get(name) or name in always}
