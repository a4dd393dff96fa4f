"""The pages of ``/help`` about voting, and about running a poll."""

from collections.abc import Sequence

from bot.guilds import Feature
from bot.i18n import t
from bot.people import Standing
from bot.ports import Example, Topic


def poll_topics() -> Sequence[Topic]:
    """Return the page for members, and the one for organisers."""
    return (_voting(), _polling())


def _voting() -> Topic:
    return Topic(
        "voting",
        Standing.MEMBER,
        "poll",
        title=t("help.voting.title"),
        summary=t("help.voting.summary"),
        text=t("help.voting.text"),
        examples=(
            Example(t("help.voting.list"), t("help.voting.list.command")),
            Example(t("help.voting.results"), t("help.voting.results.command")),
        ),
        feature=Feature.POLLS,
    )


def _polling() -> Topic:
    return Topic(
        "polling",
        Standing.ORGANISER,
        "poll",
        title=t("help.polling.title"),
        summary=t("help.polling.summary"),
        text=t("help.polling.text"),
        examples=(
            Example(t("help.polling.draft"), t("help.polling.draft.command")),
            Example(t("help.polling.create"), t("help.polling.create.command")),
            Example(t("help.polling.ranked"), t("help.polling.ranked.command")),
            Example(t("help.polling.close"), t("help.polling.close.command")),
            Example(t("help.polling.extend"), t("help.polling.extend.command")),
            Example(t("help.polling.export"), t("help.polling.export.command")),
        ),
        feature=Feature.POLLS,
    )
