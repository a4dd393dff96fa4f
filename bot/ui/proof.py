"""How to check what we publish: what all features say of it alike."""

from bot.i18n import Text, t
from bot.markup import Markup


def in_browser(url: str | None) -> Text | None:
    """Say where a published file is checked without installing anything; None where there is no such page."""
    return None if url is None else t("proof.in_browser", url=Markup(url))
