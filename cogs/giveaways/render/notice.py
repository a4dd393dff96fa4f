"""What an organiser is told when a draw waits."""

from collections.abc import Mapping
from typing import Final

from bot.i18n import Text, t
from bot.ui import look
from bot.ui.look import Card
from bot.ui.outgoing import Outgoing
from cogs.giveaways.render import words
from cogs.giveaways.service.notices import NoticeView
from cogs.giveaways.tables import Waiting

_WHY: Final[Mapping[Waiting, Text]] = {
    Waiting.RULE: t("giveaway.render.notice.rule"),
    Waiting.PERMISSIONS: t("giveaway.render.notice.permissions", needs=words.POSTING),
    Waiting.UNREADABLE: t("giveaway.render.notice.unreadable", needs=words.READING),
    Waiting.BEACON: t("giveaway.render.notice.beacon"),
    Waiting.BEACON_GIVE_UP: t("giveaway.render.notice.give_up"),
}


def render_notice(view: NoticeView, language: str) -> Outgoing:
    """Return the direct message; its title leads to the post."""
    card = Card(language, words.title(view.info), look.WAITING, words.number(view.info), url=view.post_url)
    card.say(t("giveaway.render.notice.waits"))
    card.say(_WHY[view.waiting])
    return Outgoing(embeds=(card.embed(),))
