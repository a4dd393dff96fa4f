"""``/help`` in words."""

from collections.abc import Iterator
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, plain, render, t
from bot.people import Standing
from bot.ports import Topic
from bot.ui.pager import Page
from bot.ui.pages import Block, page_of, said
from bot.ui.router import custom_id
from cogs.home.service.helping import Visible

TOPIC: Final = "help.topic"
# The page with which it begins; no topic has this name.
START: Final = "start"


def help_page(language: str, visible: Visible, name: str, number: int) -> Page:
    """Return a page of a topic, or of the list of topics, with the select that leads to the others."""
    topic = visible.topic(name)
    page = (
        page_of(language, t("help.title"), list(_welcome(language, visible)), number)
        if topic is None
        else page_of(language, topic.title, list(_explained(language, topic)), number)
    )
    select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        custom_id=custom_id(TOPIC),
        placeholder=plain(language, t("help.choose")),
        options=_options(language, visible, topic),
    )
    return page.below(select)


def _welcome(language: str, visible: Visible) -> Iterator[Block]:
    yield said(language, _you(visible.standing))
    for topic in visible.topics:
        text = t("help.topic_line", title=topic.title, summary=topic.summary)
        yield Block(f"- {render(language, text)}", render(language, t("help.topics")))


def _you(who: Standing) -> Text:
    match who:
        case Standing.MEMBER:
            return t("help.you.member")
        case Standing.STAFF:
            return t("help.you.staff")
        case Standing.ORGANISER:
            return t("help.you.organiser")
        case Standing.MODERATOR:
            return t("help.you.moderator")


def _explained(language: str, topic: Topic) -> Iterator[Block]:
    yield said(language, topic.text)
    for example in topic.examples:
        yield Block(markup.code(plain(language, example.command)), plain(language, example.meaning))


def _options(language: str, visible: Visible, chosen: Topic | None) -> list[discord.SelectOption]:
    start = discord.SelectOption(label=plain(language, t("help.topics")), value=START)
    topics = [
        discord.SelectOption(
            label=plain(language, topic.title)[:100],
            value=topic.name,
            description=plain(language, topic.summary)[:100],
            default=topic is chosen,
        )
        for topic in visible.topics
    ]
    return topics if chosen is None else [start, *topics]
