"""Text for Discord: what is ours passes, what people typed is made harmless first."""

import re
import unicodedata
from datetime import datetime
from typing import Literal

_SPECIAL = re.compile(r"([\\*_~`|\[\]<@])|(?m:^(\s*)([-+#>]|\d+(?=\.)))")
_LINE_BREAK = re.compile("\r\n|[\r\u2028\u2029]")
# Without brackets, bars, backquotes and backslashes, which addresses encode: left as they are they would reach our own
# Markdown behind them.
_URL = re.compile(r"(https?://[^\s<>\"'`|\\\[\]]+)", re.IGNORECASE)
# Explicit direction changes would leak out of the value and reorder our own words around it.
_DIRECTION_OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_INVISIBLE_LETTERS = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"
_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"

TimestampStyle = Literal["t", "T", "d", "D", "f", "F", "R"]


class Markup(str):
    """Text that is already safe to show: mentions, timestamps and Markdown of our own making."""

    __slots__ = ()


def clean(text: str) -> str:
    """Normalise what a person typed: NFC, no controls but line breaks, no direction overrides, no outer blanks.

    Cleaning twice changes nothing.
    """
    text = _LINE_BREAK.sub("\n", text).replace("\t", " ").translate(_DIRECTION_OVERRIDES)
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Co"})
    # Last, since what was taken out may have kept a letter and its accent apart.
    return unicodedata.normalize("NFC", text).strip()


def is_blank(text: str) -> bool:
    """Whether nothing of *text* can be seen: only blanks, joiners and other formatting characters."""
    return all(
        c.isspace() or unicodedata.category(c) in {"Cf", "Cc", "Mn", "Zs"} or c in _INVISIBLE_LETTERS for c in text
    )


def _backslash(match: re.Match[str]) -> str:
    anywhere, indent, at_line_start = match.groups()
    if anywhere:
        return f"\\{anywhere}"
    # A backslash before a digit would be shown; the full stop behind it makes the list, so that one is escaped.
    return f"{indent}{at_line_start}\\" if at_line_start.isdigit() else f"{indent}\\{at_line_start}"


def escape(text: str) -> Markup:
    """Return *text* so that Discord shows it letter by letter: no Markdown, no mention, no leaking direction.

    Addresses of web pages stay as they are, since a backslash would break them.
    """
    text = text.translate(_DIRECTION_OVERRIDES)
    parts = _URL.split(text)
    escaped = "".join(part if i % 2 else _SPECIAL.sub(_backslash, part) for i, part in enumerate(parts))
    if any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text):
        escaped = f"{_ISOLATE}{escaped}{_POP_ISOLATE}"
    return Markup(escaped)


def code(text: str) -> Markup:
    """Return *text* as inline code; backquotes in it become apostrophes."""
    return Markup("`" + text.translate(_DIRECTION_OVERRIDES).replace("`", "'").replace("\n", " ") + "`")


def user(user_id: int) -> Markup:
    """Mention a member; whether anyone is pinged is decided by the message's allowed mentions."""
    return Markup(f"<@{user_id}>")


def role(role_id: int) -> Markup:
    """Mention a role."""
    return Markup(f"<@&{role_id}>")


def channel(channel_id: int) -> Markup:
    """Link a channel."""
    return Markup(f"<#{channel_id}>")


def time(when: datetime, style: TimestampStyle = "F") -> Markup:
    """Show an instant in the reader's own zone and language."""
    return Markup(f"<t:{int(when.timestamp())}:{style}>")


def link(text: str, url: str) -> Markup:
    """Return a masked link; *text* is escaped."""
    return Markup(f"[{escape(text)}]({url.replace('(', '%28').replace(')', '%29')})")


def jump(guild_id: int, channel_id: int, message_id: int) -> str:
    """Return the address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"
