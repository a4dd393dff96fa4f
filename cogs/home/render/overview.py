"""``/my show`` and ``/browse`` in words."""

from collections.abc import Iterator, Sequence
from typing import Final

import discord

from bot import markup
from bot.delivery import Target
from bot.i18n import Text, plain, render, t
from bot.ports import Line, Section
from bot.ui.pager import Page
from bot.ui.pages import Block, Control, page_of, said
from bot.ui.router import custom_id
from bot.undelivered import Trouble, Undelivered
from cogs.home.service.overview import DraftLine, Overview

OPEN_DRAFT: Final = "draft.open"
SEND_AGAIN: Final = "undelivered.again"
IT_IS_THERE: Final = "undelivered.there"
LINK: Final = "undelivered.link"
LINK_FIELD: Final = "link"
LONGEST_NAME: Final = 28


def mine_page(language: str, overview: Overview, number: int) -> Page:
    """Return a page of everything of a member."""
    if overview.is_empty:
        return page_of(language, t("home.mine.title"), [said(language, t("home.mine.empty"))], number)
    blocks = [
        *_undelivered(language, overview.undelivered),
        *(_line(language, line, t("home.mine.due"), buttons=False) for line in overview.due),
        *_sections(language, overview.sections),
        *(_draft(language, draft) for draft in overview.drafts),
    ]
    return page_of(language, t("home.mine.title"), blocks, number)


def browse_page(language: str, sections: Sequence[Section], number: int) -> Page:
    """Return a page of what the server has."""
    blocks = [*_sections(language, sections)] or [said(language, t("home.browse.empty"))]
    return page_of(language, t("home.browse.title"), blocks, number)


def _sections(language: str, sections: Sequence[Section]) -> Iterator[Block]:
    return (_line(language, line, section.title) for section in sections for line in section.lines)


def _line(language: str, line: Line, heading: Text, *, buttons: bool = True) -> Block:
    text = render(language, line.text)
    parts = [text if line.when is None else f"{text} {markup.time(line.when, 'R')}"]
    if line.url is not None:
        parts.append(markup.link(plain(language, t("home.line.link")), line.url))
    controls = tuple(Control(plain(language, action.label), action.custom_id) for action in line.actions)
    return Block(f"- {' · '.join(parts)}", render(language, heading), controls if buttons else ())


def _draft(language: str, draft: DraftLine) -> Block:
    name = plain(language, draft.name)
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    control = Control(plain(language, t("home.draft.open", name=short)), custom_id(OPEN_DRAFT, draft.id))
    text = t("home.draft.line", name=draft.name, changed=markup.time(draft.updated_at, "R"))
    return Block(f"- {render(language, text)}", render(language, t("home.draft.title")), (control,))


def _undelivered(language: str, waiting: Sequence[Undelivered]) -> Iterator[Block]:
    heading = render(language, t("undelivered.title"))
    for position, each in enumerate(waiting, start=1):
        what, why = render(language, _what(each)), render(language, _why(each))
        text = f"- **{position}** · {what} · {markup.time(each.since, 'R')}\n  {why}"
        yield Block(text, heading, _choices(language, position, each))


def _what(each: Undelivered) -> Text:
    channel = markup.channel(each.channel_id or 0)
    match each.target:
        case Target.ROLE_ADD:
            return t("undelivered.role_add", role=markup.role(each.role_id or 0), member=markup.user(each.user_id or 0))
        case Target.ROLE_REMOVE:
            role, member = markup.role(each.role_id or 0), markup.user(each.user_id or 0)
            return t("undelivered.role_remove", role=role, member=member)
        case Target.EDIT:
            return t("undelivered.edit", channel=channel)
        case Target.THREAD:
            return t("undelivered.thread", channel=channel)
        case Target.NATIVE:
            return t("undelivered.native", what=each.about or t("undelivered.native.some"))
        case _ if each.about is not None:
            return t("undelivered.about", what=each.about, channel=channel)
        case _:
            return t("undelivered.message", channel=channel)


def _why(each: Undelivered) -> Text:
    match each.trouble:
        case Trouble.UNCERTAIN:
            return t("undelivered.why.uncertain")
        case Trouble.WAITS:
            return t("undelivered.why.waits")
        case Trouble.PERMISSION:
            return t("undelivered.why.permission")
        case Trouble.GONE:
            return t("undelivered.why.gone")
        case Trouble.NO_ROOM:
            return t("undelivered.why.no_room")
        case Trouble.OTHER:
            return t("undelivered.why.other", code=each.code)


def _choices(language: str, position: int, each: Undelivered) -> tuple[Control, ...]:
    if each.trouble is Trouble.WAITS:
        return ()
    again = Control(plain(language, t("undelivered.again", position=position)), custom_id(SEND_AGAIN, each.id))
    if each.trouble is not Trouble.UNCERTAIN:
        return (again,)
    return (again, Control(plain(language, t("undelivered.there", position=position)), custom_id(IT_IS_THERE, each.id)))


def link_modal(language: str, key: int) -> discord.ui.Modal:
    """Ask for the link of a message that is there."""
    modal = discord.ui.Modal(title=plain(language, t("undelivered.link.title")), custom_id=custom_id(LINK, key))
    box: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=LINK_FIELD, placeholder="https://discord.com/channels/…", max_length=200
    )
    modal.add_item(
        discord.ui.Label(
            text=plain(language, t("undelivered.link.label")),
            description=plain(language, t("undelivered.link.hint")),
            component=box,
        )
    )
    return modal
