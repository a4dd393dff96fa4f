"""How cards look: colours, buttons, and texts cut to what Discord takes and a phone shows well."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, plain, render
from bot.markup import Markup
from bot.ui.router import custom_id

# Discord's limits of an embed, in characters: https://discord.com/developers/docs/resources/message#embed-object
TITLE: Final = 256
ALL_EMBEDS: Final = 6_000
# How much of a list of people or reasons stands on a post; the rest is counted.
LIST: Final = 700
NAME: Final = 80
# A reason of 300 characters, all of them escaped.
LONG_REASON: Final = 600

OPEN: Final = discord.Colour(0x2EB88A)
WAITING: Final = discord.Colour(0xE9A23B)
DRAWING: Final = discord.Colour(0x5865F2)
DRAWN: Final = discord.Colour(0xE5B93C)
OVER: Final = discord.Colour(0x7A7F89)

_ELLIPSIS: Final = "…"
_JOINERS: Final = "\u200d\ufe0e\ufe0f"
# A word or an address is left out as a whole rather than cut, when it is not longer than this.
_WORD: Final = 40

Button = discord.ui.Button[discord.ui.View]


def size(text: str) -> int:
    """Return how long a text is, in UTF-16 units: never less than Discord counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def total(embed: discord.Embed) -> int:
    """Return what an embed takes of the characters all embeds of a message may have together."""
    texts = [embed.title, embed.description, embed.author.name, embed.footer.text]
    return sum(size(text or "") for text in (*texts, *(part for f in embed.fields for part in (f.name, f.value))))


def shorten(text: str, room: int) -> Markup:
    """Return what a person typed on one line, escaped, with an ellipsis where it is longer than *room*."""
    return cut(" ".join(text.split()), room)


def cut(text: str, room: int) -> Markup:
    """Return what a person typed, escaped, with an ellipsis where it is longer than *room*."""
    whole = markup.escape(text)
    if size(whole) <= room:
        return whole
    kept = text[:room]
    while kept and size(found := markup.escape(_ended(kept))) > room:
        # Escaping at most doubles a character, so that half of what is too much can go at once.
        kept = kept[: -max(1, (size(found) - room) // 2)]
    return markup.escape(_ended(kept))


def _ended(text: str) -> str:
    """Return the start of a text with an ellipsis, without half a word, letter or emoji at its end."""
    head, blank, tail = text.rpartition(" ")
    if blank and len(tail) <= _WORD:
        text = head
    while text and (text[-1] in _JOINERS or unicodedata.combining(text[-1])):
        text = text[:-1]
    return text.rstrip() + _ELLIPSIS


def fitting(items: Iterable[Markup], room: int, between: int = 1) -> tuple[list[Markup], int]:
    """Return the first items that fit *room*, with what stands between them, and how many are left."""
    everything = list(items)
    kept: list[Markup] = []
    used = 0
    for item in everything:
        used += size(item) + between
        if used > room:
            break
        kept.append(item)
    return kept, len(everything) - len(kept)


@dataclass
class Card:
    """An embed in the making: paragraphs and fields in one language."""

    language: str
    title: str
    colour: discord.Colour
    author: Text | None = None
    footer: Text | None = None
    picture: str | None = None
    url: str | None = None
    paragraphs: list[str] = field(default_factory=list[str])
    fields: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def word(self, text: Text) -> Markup:
        return render(self.language, text)

    def bold(self, text: Text) -> Markup:
        return Markup(f"**{self.word(text)}**")

    def say(self, *lines: Text | Markup | None) -> None:
        """Add a paragraph of these lines; None is left out."""
        worded = [line if isinstance(line, Markup) else self.word(line) for line in lines if line is not None]
        if worded:
            self.paragraphs.append("\n".join(worded))

    def part(self, heading: Text, *lines: Text | Markup | None) -> None:
        """Add a field of these lines; without any there is none."""
        worded = [line if isinstance(line, Markup) else self.word(line) for line in lines if line is not None]
        if worded:
            self.fields.append((self.word(heading), "\n".join(worded)))

    def embed(self) -> discord.Embed:
        made = discord.Embed(
            title=self.title or None, description="\n\n".join(self.paragraphs), colour=self.colour, url=self.url
        )
        if self.author is not None:
            made.set_author(name=plain(self.language, self.author))
        for name, value in self.fields:
            made.add_field(name=name, value=value, inline=False)
        if self.footer is not None:
            made.set_footer(text=plain(self.language, self.footer))
        if self.picture is not None:
            made.set_image(url=f"attachment://{self.picture}")
        return made


def bullets(language: str, lines: Sequence[Text]) -> list[Markup]:
    """Return texts as lines of a list."""
    return [Markup(f"- {render(language, line)}") for line in lines]


def button(
    language: str,
    label: Text,
    kind: str,
    key: int,
    *,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    emoji: str | None = None,
) -> Button:
    """Return a button of something by its key."""
    return discord.ui.Button(
        label=plain(language, label)[:NAME], custom_id=custom_id(kind, key), style=style, emoji=emoji
    )
