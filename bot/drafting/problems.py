"""What stands between a draft and its post: problems, each with the step in which it is mended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar

from bot import markup
from bot.drafting.values import Common
from bot.i18n import Text, t

# The steps every kind of draft has, by name; a feature's own enum of steps begins with these.
WHO: Final = "who"
WHEN: Final = "when"
WHERE: Final = "where"
LOOK: Final = "look"

P = TypeVar("P")


class Fault(StrEnum):
    MISSING = "missing"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a draft cannot be posted, and the step in which that is mended."""

    step: str
    fault: Fault
    text: Text


@dataclass(frozen=True, slots=True)
class Review(Generic[P]):
    """What is wrong with a draft; ``proposal`` is there when nothing is."""

    problems: tuple[Problem, ...]
    proposal: P | None


def beyond_recall(before: Common, after: Common, opened_at: datetime | None) -> list[Problem]:
    """Say which changes to something public cannot be made: the opening, posts that are there, a ping."""
    if opened_at is None:
        return []
    there = {spot.channel_id for spot in after.spots}
    gone = [markup.channel(spot.channel_id) for spot in before.spots if spot.channel_id not in there]
    found = [Problem(WHERE, Fault.FORBIDDEN, t("draft.fixed.post", channel=channel)) for channel in gone]
    if before.starts != after.starts:
        found.append(Problem(WHEN, Fault.FORBIDDEN, t("draft.fixed.opened", opened=opened_at)))
    if before.ping != after.ping:
        found.append(Problem(WHERE, Fault.FORBIDDEN, t("draft.fixed.ping")))
    return found


def when_problems(
    options: Common, now: datetime, opened_at: datetime | None, shortest: timedelta, longest: timedelta
) -> list[Problem]:
    """Say what is wrong with opening and closing; *opened_at* is set while something open is changed."""
    opens, closes = options.times(now, opened_at)
    found: list[Text] = []
    if opened_at is None and options.starts is not None and options.starts <= now:
        found.append(t("draft.wrong.started", starts=options.starts))
    if closes is None:
        return [
            *(Problem(WHEN, Fault.FORBIDDEN, text) for text in found),
            Problem(WHEN, Fault.MISSING, t("draft.missing.ends")),
        ]
    length = closes - opens
    if closes <= now:
        found.append(t("draft.wrong.over", ends=closes))
    elif length <= timedelta(0):
        found.append(t("draft.wrong.order", starts=opens, ends=closes))
    elif length < shortest:
        found.append(t("draft.wrong.too_short", length=length, least=shortest))
    elif length > longest:
        found.append(t("draft.wrong.too_long", length=length, most=longest))
    return [Problem(WHEN, Fault.FORBIDDEN, text) for text in found]
