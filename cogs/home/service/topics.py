"""The topics of ``/help`` that need no more than the commands to be there."""

from collections.abc import Sequence

from bot.guilds import Feature
from bot.i18n import t
from bot.people import Standing
from bot.ports import Example, Topic


def topics() -> Sequence[Topic]:
    """Return them in the order in which each is listed among those for the same people."""
    return (_mine(), _giveaways(), _privacy(), _stand(), _running(), _after(), _times(), _setup(), _log())


def _mine() -> Topic:
    return Topic(
        "mine",
        Standing.MEMBER,
        "my",
        title=t("help.mine.title"),
        summary=t("help.mine.summary"),
        text=t("help.mine.text"),
        examples=(
            Example(t("help.mine.show"), t("help.mine.show.command")),
            Example(t("help.mine.settings"), t("help.mine.settings.command")),
            Example(t("help.mine.browse"), t("help.mine.browse.command")),
        ),
    )


def _giveaways() -> Topic:
    return Topic(
        "giveaways",
        Standing.MEMBER,
        "giveaway",
        title=t("help.giveaways.title"),
        summary=t("help.giveaways.summary"),
        text=t("help.giveaways.text"),
        examples=(
            Example(t("help.giveaways.list"), t("help.giveaways.list.command")),
            Example(t("help.giveaways.info"), t("help.giveaways.info.command")),
            Example(t("help.giveaways.proof"), t("help.giveaways.proof.command")),
        ),
        feature=Feature.GIVEAWAYS,
    )


def _privacy() -> Topic:
    return Topic(
        "privacy",
        Standing.MEMBER,
        "privacy",
        title=t("help.privacy.title"),
        summary=t("help.privacy.summary"),
        text=t("help.privacy.text"),
        examples=(
            Example(t("help.privacy.notice"), t("help.privacy.notice.command")),
            Example(t("help.privacy.export"), t("help.privacy.export.command")),
            Example(t("help.privacy.forget"), t("help.privacy.forget.command")),
        ),
    )


def _stand() -> Topic:
    return Topic(
        "stand",
        Standing.STAFF,
        "giveaway",
        title=t("help.stand.title"),
        summary=t("help.stand.summary"),
        text=t("help.stand.text"),
        examples=(Example(t("help.stand.redeem"), t("help.stand.redeem.command")),),
        feature=Feature.GIVEAWAYS,
    )


def _running() -> Topic:
    return Topic(
        "running",
        Standing.ORGANISER,
        "giveaway",
        title=t("help.running.title"),
        summary=t("help.running.summary"),
        text=t("help.running.text"),
        examples=(
            Example(t("help.running.draft"), t("help.running.draft.command")),
            Example(t("help.running.start"), t("help.running.start.command")),
            Example(t("help.running.claim"), t("help.running.claim.command")),
            Example(t("help.running.repeat"), t("help.running.repeat.command")),
            Example(t("help.running.edit"), t("help.running.edit.command")),
            Example(t("help.running.end"), t("help.running.end.command")),
            Example(t("help.running.cancel"), t("help.running.cancel.command")),
        ),
        feature=Feature.GIVEAWAYS,
    )


def _after() -> Topic:
    return Topic(
        "after",
        Standing.ORGANISER,
        "giveaway",
        title=t("help.after.title"),
        summary=t("help.after.summary"),
        text=t("help.after.text"),
        examples=(
            Example(t("help.after.claims"), t("help.after.claims.command")),
            Example(t("help.after.reroll"), t("help.after.reroll.command")),
            Example(t("help.after.entrants"), t("help.after.entrants.command")),
            Example(t("help.after.export"), t("help.after.export.command")),
        ),
        feature=Feature.GIVEAWAYS,
    )


def _times() -> Topic:
    return Topic(
        "times",
        Standing.ORGANISER,
        "giveaway",
        title=t("help.times.title"),
        summary=t("help.times.summary"),
        text=t("help.times.text"),
        examples=(
            Example(t("help.times.length"), t("help.times.length.command")),
            Example(t("help.times.day"), t("help.times.day.command")),
            Example(t("help.times.zone"), t("help.times.zone.command")),
        ),
        feature=Feature.GIVEAWAYS,
    )


def _setup() -> Topic:
    return Topic(
        "setup",
        Standing.MODERATOR,
        "config",
        title=t("help.setup.title"),
        summary=t("help.setup.summary"),
        text=t("help.setup.text"),
        examples=(
            Example(t("help.setup.setup"), t("help.setup.setup.command")),
            Example(t("help.setup.language"), t("help.setup.language.command")),
            Example(t("help.setup.zone"), t("help.setup.zone.command")),
            Example(t("help.setup.feature"), t("help.setup.feature.command")),
            Example(t("help.setup.check"), t("help.setup.check.command")),
        ),
    )


def _log() -> Topic:
    return Topic(
        "log",
        Standing.MODERATOR,
        "config",
        title=t("help.log.title"),
        summary=t("help.log.summary"),
        text=t("help.log.text"),
        examples=(Example(t("help.log.read"), t("help.log.read.command")),),
    )
