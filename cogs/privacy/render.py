"""A member's privacy in words."""

import re
from collections.abc import Sequence
from typing import Final

import discord

from bot.i18n import Text, plain, render, t
from bot.ui.exchange import text_embed
from bot.ui.outgoing import Attachment, Outgoing
from bot.ui.pager import Page
from bot.ui.pages import Block, page_of, said
from bot.ui.router import custom_id
from cogs.privacy.service import Ending, Export

ERASE = "privacy.erase"
KEEP = "privacy.keep"
NOTICE = "privacy.notice"

# A custodian's notice begins with the name of what is kept, and a colon.
_NAME: Final = re.compile(r"(?P<name>[^:：\n]{1,60})[:：]\s*(?P<rest>.+)", re.DOTALL)


def notice_page(language: str, notices: Sequence[Text], number: int) -> Page:
    """Return a page of what is kept, why, and for how long."""
    rights = said(language, t("privacy.notice.rights"), t("privacy.notice.rights.title"))
    blocks = [said(language, t("privacy.notice.intro")), *(_notice(render(language, text)) for text in notices), rights]
    return page_of(language, t("privacy.notice.title"), blocks, number)


def _notice(text: str) -> Block:
    """Divide a custodian's notice at the colon that ends the name of what is kept."""
    match = _NAME.match(text)
    if match is None:
        return Block(text)
    rest = match["rest"]
    return Block(rest[0].upper() + rest[1:], match["name"])


def exported(language: str, export: Export) -> Outgoing:
    """Hand the file out."""
    text = t("privacy.export.empty") if export.empty else t("privacy.export.done")
    description = plain(language, t("privacy.export.file"))
    return Outgoing(embeds=(text_embed(language, text),), files=(Attachment(export.name, export.data, description),))


def asked(language: str, ending: Ending, *, changed: bool = False) -> Outgoing:
    """List what forgetting ends, and ask."""
    if not ending.kept:
        return Outgoing(embeds=(text_embed(language, t("privacy.forget.nothing")),))
    if changed:
        intro = t("privacy.forget.changed")
    else:
        intro = t("privacy.forget.intro") if ending.texts else t("privacy.forget.intro_none")
    ends = [f"- {render(language, text)}" for text in ending.texts]
    parts = [render(language, intro), *ends, "", render(language, t("privacy.forget.final"))]
    embed = discord.Embed(
        title=plain(language, t("privacy.forget.title")), description="\n".join(parts), colour=discord.Colour.red()
    )
    erase: discord.ui.Button[discord.ui.View] = discord.ui.Button(
        label=plain(language, t("privacy.forget.confirm")),
        custom_id=custom_id(ERASE, ending.mark),
        style=discord.ButtonStyle.danger,
    )
    keep: discord.ui.Button[discord.ui.View] = discord.ui.Button(
        label=plain(language, t("privacy.forget.keep")), custom_id=custom_id(KEEP)
    )
    return Outgoing(embeds=(embed,), rows=(erase, keep))


def forgotten(language: str) -> Outgoing:
    """Say that it is done, and what cannot be."""
    return Outgoing(embeds=(text_embed(language, t("privacy.forget.done")),))
