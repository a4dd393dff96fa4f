"""What Discord takes of a message, held against what we make."""

from collections.abc import Iterator

import discord

from bot.ui.outgoing import Outgoing

BUTTONS = 25
FILES = 10
# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
TOTAL = 6_000


def faults(message: Outgoing) -> list[str]:
    """Return what Discord would refuse; empty for a message it takes."""
    found = [*_length("content", message.content, 2_000)]
    for embed in message.embeds:
        found += _embed(embed)
        picture = (embed.image.url or "").removeprefix("attachment://")
        if picture and picture not in {file.name for file in message.files}:
            found.append(f"picture {picture} is not attached")
    total = sum(_size(embed) for embed in message.embeds)
    if total > TOTAL:
        found.append(f"{total} characters in all")
    if not message.embeds:
        found.append("no embed to carry the delivery's mark")
    if len(message.files) > FILES:
        found.append(f"{len(message.files)} files")
    return found + _buttons(message)


def units(text: str | None) -> int:
    """Return a length in UTF-16 units, of which Discord never counts more."""
    return len((text or "").encode("utf-16-le", "surrogatepass")) // 2


def _length(what: str, text: str | None, most: int, least: int = 0) -> Iterator[str]:
    if not least <= units(text) <= most:
        yield f"{what} has {units(text)} characters, not {least} to {most}"
    elif least and not (text or "").strip():
        yield f"{what} is blank"


def _embed(embed: discord.Embed) -> list[str]:
    found = [
        *_length("title", embed.title, 256),
        *_length("description", embed.description, 4_096),
        *_length("author", embed.author.name, 256),
        *_length("footer", embed.footer.text, 2_048),
    ]
    for field in embed.fields:
        found += _length("field name", field.name, 256, 1)
        found += _length(f"field {field.name}", field.value, 1_024, 1)
    if len(embed.fields) > 25:
        found.append(f"{len(embed.fields)} fields")
    return found


def _size(embed: discord.Embed) -> int:
    texts = [embed.title, embed.description, embed.author.name, embed.footer.text]
    return sum(map(units, [*texts, *(part for field in embed.fields for part in (field.name, field.value))]))


def _buttons(message: Outgoing) -> list[str]:
    found: list[str] = []
    ids: list[str] = []
    for item in message.rows:
        raw = item.to_component_dict()
        ids.append(str(raw.get("custom_id")))
        found += _length("label", raw.get("label"), 80, 1)
        found += _length("custom id", raw.get("custom_id"), 100, 1)
    if len(set(ids)) < len(ids) or len(ids) > BUTTONS:
        found.append(f"buttons {ids}")
    return found
