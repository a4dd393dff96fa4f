"""The pages of ``/help`` about wallets and gates."""

from collections.abc import Sequence

from bot.guilds import Feature
from bot.i18n import t
from bot.people import Standing
from bot.ports import Example, Topic


def topics() -> Sequence[Topic]:
    """Return them."""
    return (
        Topic(
            "wallets",
            Standing.MEMBER,
            "wallet",
            title=t("help.wallets.title"),
            summary=t("help.wallets.summary"),
            text=t("help.wallets.text"),
            examples=(
                Example(t("help.wallets.link"), t("help.wallets.link.command")),
                Example(t("help.wallets.status"), t("help.wallets.status.command")),
            ),
            feature=Feature.WALLETS,
        ),
        Topic(
            "gates",
            Standing.MODERATOR,
            "gate",
            title=t("help.gates.title"),
            summary=t("help.gates.summary"),
            text=t("help.gates.text"),
            examples=(
                Example(t("help.gates.panel"), t("help.gates.panel.command")),
                Example(t("help.gates.list"), t("help.gates.list.command")),
                Example(t("help.gates.recheck"), t("help.gates.recheck.command")),
                Example(t("help.gates.records"), t("help.gates.records.command")),
            ),
            feature=Feature.WALLETS,
        ),
    )
