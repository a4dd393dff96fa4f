"""The pages of ``/help`` about being heard."""

from collections.abc import Sequence

from bot.guilds import Feature
from bot.i18n import t
from bot.people import Standing
from bot.ports import Example, Topic


def heard_topics() -> Sequence[Topic]:
    """Return the page for members, and the one for whoever answers."""
    return (_asking(), _answering())


def _asking() -> Topic:
    return Topic(
        "heard",
        Standing.MEMBER,
        "poll",
        title=t("help.heard.title"),
        summary=t("help.heard.summary"),
        text=t("help.heard.text"),
        examples=(
            Example(t("help.heard.propose"), t("help.heard.propose.command")),
            Example(t("help.heard.board"), t("help.heard.board.command")),
        ),
        feature=Feature.POLLS,
    )


def _answering() -> Topic:
    return Topic(
        "answering",
        Standing.ORGANISER,
        "poll",
        title=t("help.answering.title"),
        summary=t("help.answering.summary"),
        text=t("help.answering.text"),
        examples=(
            Example(t("help.answering.respond"), t("help.answering.respond.command")),
            Example(t("help.answering.decline"), t("help.answering.decline.command")),
            Example(t("help.answering.done"), t("help.answering.done.command")),
        ),
        feature=Feature.POLLS,
    )
