"""Words that lists, posts and the board have in common."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from bot import markup
from bot.i18n import Text, t
from bot.markup import Markup
from cogs.polls.service.heard.records import Owner

LINE: Final = 80


def owner_name(owner: Owner) -> Text:
    """Return who owes an answer; a mention, which pings nobody unless the message allows it."""
    if owner.is_moderators:
        return t("poll.heard.owner.moderators")
    if owner.role_id is not None:
        return t("poll.heard.owner.someone", who=markup.role(owner.role_id))
    return t("poll.heard.owner.someone", who=markup.user(owner.user_id or 0))


def days(length: Fraction) -> Markup:
    """Return a number of days with one decimal, none where it is a whole number: ``3``, ``2.5``."""
    tenths = Decimal(length.numerator) / Decimal(length.denominator)
    rounded = tenths.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Markup(f"{rounded.normalize():f}")


def shortened(text: str) -> str:
    """Return the start of what somebody typed, for a line of a list."""
    line = " ".join(text.split())
    return line if len(line) <= LINE else f"{line[: LINE - 1].rstrip()}…"
