"""What is on the screen, as lines for a terminal: names for mentions, words for times, no Markdown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

import discord
import simcord
from babel.dates import format_timedelta

from bot.demo.community import PEOPLE, Community

Message: TypeAlias = simcord.ResponseMessage | discord.Message
Component: TypeAlias = Mapping[str, Any]

_MENTION: Final = re.compile(r"<(@&|@!?|#)(\d+)>")
_COMMAND: Final = re.compile(r"<(/[^:>]+):\d+>")
_TIME: Final = re.compile(r"<t:(-?\d+)(?::([tTdDfFR]))?>")
_LINK: Final = re.compile(r"(?<!\\)\[([^\]]+)\]\((https?://[^)]+)\)")
_MARK: Final = re.compile(r"(?<!\\)(?:\*\*|__|~~|`)|^(?:-# |#{1,3} )", re.MULTILINE)
_ITALIC: Final = re.compile(r"(?<![\\*])\*([^*\n]+)(?<!\\)\*(?!\*)")
_ESCAPED: Final = re.compile(r"\\([\\*_~`|\[\]<>@#.+-])")
_STYLES: Final = {"t": "%H:%M", "T": "%H:%M:%S", "d": "%Y-%m-%d", "D": "%-d %B %Y"}
# https://discord.com/developers/docs/components/reference#component-object-component-types
_BUTTON: Final = 2
STRING_SELECT: Final = 3
_SELECTS: Final = (STRING_SELECT, 5, 6, 7, 8)


class Reader:
    """Reads messages as those in the community see them; ``now`` is what "in an hour" counts from."""

    def __init__(self, community: Community) -> None:
        self._names = {
            **{("@", community.people[profile.name].id): f"@{profile.display}" for profile in PEOPLE},
            **{("@&", role.id): f"@{name}" for name, role in community.roles.items()},
            **{("#", channel.id): f"#{name}" for name, channel in community.channels.items()},
        }

    def plain(self, text: str, now: datetime) -> str:
        """Return Discord's markup as people see it."""

        def name(found: re.Match[str]) -> str:
            return self._names.get((found[1].rstrip("!"), int(found[2])), "@Ikuzo")

        def time(found: re.Match[str]) -> str:
            return _time(datetime.fromtimestamp(int(found[1]), UTC), found[2] or "f", now)

        text = _TIME.sub(time, _COMMAND.sub(r"\1", _MENTION.sub(name, text)))
        return _ESCAPED.sub(r"\1", _MARK.sub("", _ITALIC.sub(r"\1", _LINK.sub(r"\1", text))))

    def lines(self, message: Message, now: datetime) -> list[str]:
        """Return a message line by line: text, embeds, files, then what can be pressed."""
        said = [self.plain(part, now) for part in texts(message)]
        lines = [line.rstrip() for part in said for line in part.splitlines() if line.strip()]
        lines += [f"({file.filename}, {_size(file.size)})" for file in message.attachments]
        pressable = [self._pressable(component) for component in components(message)]
        return [*lines, " ".join(pressable)] if pressable else lines

    def form(self, modal: Mapping[str, Any]) -> list[str]:
        """Return what a modal asks."""
        fields = [str(part["label"]) for part in walk(modal["components"]) if part.get("label")]
        return [f"A form opens: {modal['title']}", *(f"  {field}: …" for field in fields)]

    def _pressable(self, component: Component) -> str:
        if component["type"] == _BUTTON:
            return button_label(component)
        chosen = [str(option["label"]) for option in component.get("options", ()) if option.get("default")]
        for value in component.get("default_values") or ():
            kind = {"user": "@", "role": "@&", "channel": "#"}[value["type"]]
            chosen.append(self._names.get((kind, int(value["id"])), "?"))
        return f"[{', '.join(chosen) or component.get('placeholder') or '…'} ▾]"


def texts(message: Message) -> Iterator[str]:
    """Yield what a message says, in the order in which it is shown, as the bot wrote it."""
    yield message.content
    for embed in message.embeds:
        yield embed.author.name or ""
        yield embed.title or ""
        yield embed.description or ""
        for each in embed.fields:
            yield f"{each.name}\n{each.value}"
        yield embed.footer.text or ""


def components(message: Message) -> list[Component]:
    """Return the buttons and selects under a message, as Discord has them, in order."""
    if isinstance(message, simcord.ResponseMessage):
        rows: Sequence[Component] = message.components
    else:
        rows = [dict(row.to_dict()) for row in message.components]
    return [part for part in walk(rows) if part.get("type") == _BUTTON or part.get("type") in _SELECTS]


def kinds(message: Message) -> set[str]:
    """Return what can be done with the buttons and selects of a message: their custom ids' first parts."""
    return {str(part.get("custom_id", "")).partition(":")[0] for part in components(message)}


def walk(parts: Sequence[Component]) -> Iterator[Component]:
    """Yield components with everything inside them."""
    for part in parts:
        yield part
        yield from walk([*part.get("components", ()), *filter(None, [part.get("component")])])


def button_label(button: Component) -> str:
    """Return what stands on a button; in round brackets if it cannot be pressed."""
    emoji: Component = button.get("emoji") or {}
    label = " ".join(filter(None, (emoji.get("name"), button.get("label"))))
    return f"({label})" if button.get("disabled") else f"[{label}]"


def _time(at: datetime, style: str, now: datetime) -> str:
    if style == "R":
        gone = at - now
        # Discord's own words for the same.
        return format_timedelta(gone if abs(gone) >= timedelta(seconds=1) else timedelta(), add_direction=True)
    if style in _STYLES:
        return f"{at:{_STYLES[style]}}"
    return f"{at:%A, %-d %B %Y %H:%M} UTC" if style == "F" else f"{at:%-d %B %Y %H:%M} UTC"


def _size(count: int) -> str:
    return f"{count} bytes" if count < 1024 else f"{count / 1024:.1f} KB"
