"""Proposals of members: what they consist of, read from what was typed."""

from dataclasses import dataclass

from bot import markup
from bot.drafting.reading import seen
from bot.errors import BadInput
from bot.i18n import t
from cogs.polls.rules.heard import MAX_REASON, MAX_WHY
from cogs.polls.rules.reading import read_options, read_question


@dataclass(frozen=True, slots=True)
class Wish:
    """A poll that somebody wishes for."""

    question: str
    options: tuple[str, ...]
    why: str | None


def read_wish(question: str, options: str, why: str) -> Wish:
    """Read a proposal; raises BadInput for the first thing that a poll could not have."""
    asked = read_question(question)
    reasons = markup.clean(why)
    if len(reasons) > MAX_WHY:
        raise BadInput(t("poll.propose.why_long", length=len(reasons), most=MAX_WHY))
    return Wish(asked, read_options(options), None if markup.is_blank(reasons) else reasons)


def read_reason(typed: str) -> str:
    """Read why a proposal is declined; raises BadInput without a reason, or for one that is too long."""
    return seen(
        markup.clean(typed),
        MAX_REASON,
        blank=t("poll.propose.no_reason"),
        too_long=lambda n: t("poll.propose.reason_long", length=n, most=MAX_REASON),
    )
