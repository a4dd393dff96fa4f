"""Long answers: paragraphs under headings, with their buttons, divided into pages that read well on a phone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import discord

from bot.i18n import Text, plain, render
from bot.ui.outgoing import Outgoing
from bot.ui.pager import Page

ROOM: Final = 1_600
LINES: Final = 30
FIELD: Final = 1_024
# A heading nobody sees, as Discord wants one.
NO_HEADING: Final = "\u200b"
BUTTONS: Final = 10
LONGEST_BLOCK: Final = 3_500
LONGEST_LABEL: Final = 80
# Discord has five rows of five; the pager's buttons take one.
ROWS: Final = 4
COLUMNS: Final = 5


@dataclass(frozen=True, slots=True)
class Control:
    """A button before it is made."""

    label: str
    custom_id: str
    style: discord.ButtonStyle = discord.ButtonStyle.secondary

    def button(self, row: int | None = None) -> discord.ui.Button[discord.ui.View]:
        label = self.label[:LONGEST_LABEL]
        return discord.ui.Button(label=label, custom_id=self.custom_id, style=self.style, row=row)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph that stays in one piece, with its buttons.

    ``heading`` is shown above the first paragraph of a page that has it. A single button shares its row with others;
    several make a row of their own.
    """

    text: str
    heading: str = ""
    controls: tuple[Control, ...] = ()


def said(language: str, text: Text, heading: Text | None = None) -> Block:
    """Return a text as a paragraph."""
    return Block(render(language, text), "" if heading is None else render(language, heading))


def page_of(language: str, title: Text, blocks: Sequence[Block], number: int) -> Page:
    """Return a page of a list, counted from 0; the last one for numbers beyond it."""
    pages = divide(blocks)
    number = min(number, len(pages) - 1)
    embed = discord.Embed(title=plain(language, title), colour=discord.Colour.blurple())
    for position, (heading, text) in enumerate(_parts(pages[number])):
        if position == 0 and not heading:
            embed.description = text
            continue
        for name, value in _fields(heading, text):
            embed.add_field(name=name, value=value, inline=False)
    buttons: list[discord.ui.Item[discord.ui.View]] = [
        control.button(row)
        for row, controls in enumerate(_rows(block.controls for block in pages[number]))
        for control in controls
    ]
    return Page(Outgoing(embeds=(embed,), rows=tuple(buttons)), number, len(pages), more=number + 1 < len(pages))


def divide(blocks: Sequence[Block]) -> list[list[Block]]:
    """Return the paragraphs page by page, in order; one empty page where there is none."""
    pages: list[list[Block]] = [[]]
    for block in blocks:
        if pages[-1] and not _fits([*pages[-1], block]):
            pages.append([])
        pages[-1].append(block)
    return pages


def _fits(blocks: Sequence[Block]) -> bool:
    parts = _parts(blocks)
    rows = _rows(block.controls for block in blocks)
    short = sum(len(heading) + len(text) for heading, text in parts) <= ROOM
    few_lines = sum(text.count("\n") + 2 for _, text in parts) <= LINES
    return short and few_lines and len(rows) <= ROWS and sum(map(len, rows)) <= BUTTONS


def _parts(blocks: Iterable[Block]) -> list[tuple[str, str]]:
    """Return headings, each with all that stands under it."""
    return [
        (heading, "\n".join(block.text[:LONGEST_BLOCK] for block in group))
        for heading, group in groupby(blocks, lambda block: block.heading)
    ]


def _fields(heading: str, text: str) -> list[tuple[str, str]]:
    """Return a text as fields that Discord takes, divided between lines where that is possible."""
    values = [""]
    for line in text.split("\n"):
        pieces = [line[start : start + FIELD] for start in range(0, len(line), FIELD)] or [""]
        for piece in pieces:
            grown = f"{values[-1]}\n{piece}" if values[-1] else piece
            values = [*values, piece] if len(grown) > FIELD else [*values[:-1], grown]
    return [(NO_HEADING if position or not heading else heading, value) for position, value in enumerate(values)]


def _rows(groups: Iterable[Sequence[Control]]) -> list[list[Control]]:
    rows: list[list[Control]] = []
    shared = False
    for controls in groups:
        if len(controls) == 1 and shared and len(rows[-1]) < COLUMNS:
            rows[-1].append(controls[0])
        elif controls:
            rows.append(list(controls[:COLUMNS]))
            shared = len(controls) == 1
    return rows
