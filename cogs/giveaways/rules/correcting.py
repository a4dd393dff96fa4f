"""What of a posted giveaway may still be changed, and when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.drafting.problems import Fault, Problem, beyond_recall
from bot.drafting.values import changed
from bot.i18n import Text, t
from cogs.giveaways.rules.options import SHORTEST, Options, Step

GRACE: Final = timedelta(minutes=10)
NOTICE: Final = timedelta(hours=24)
# How it looks and what follows from it later; nobody entered because of these.
LOOKS: Final = frozenset({"description", "picture_id", "repeat", "spots", "zone", "runs"})
_STEPS: Final = {
    "prize": Step.LOOK,
    "winners": Step.LOOK,
    "starts": Step.WHEN,
    "ends": Step.WHEN,
    "bonuses": Step.TICKETS,
    "claim": Step.CLAIM,
    "claim_within": Step.CLAIM,
    "claim_until": Step.CLAIM,
    "ping": Step.WHERE,
    "spots": Step.WHERE,
}


class Stage(StrEnum):
    """How far a giveaway is: not public yet, posted just now, or running."""

    PLANNED = "planned"
    FRESH = "fresh"
    RUNNING = "running"


def stage_of(opened_at: datetime | None, now: datetime) -> Stage:
    """Return how far a giveaway is that has not closed."""
    if opened_at is None:
        return Stage.PLANNED
    return Stage.FRESH if now - opened_at < GRACE else Stage.RUNNING


def is_correction(names: frozenset[str]) -> bool:
    """Whether changing these is told to those who entered: more than text, picture and what comes after it."""
    return bool(names - LOOKS)


def objections(before: Options, after: Options, opened_at: datetime | None, now: datetime) -> list[Problem]:
    """Say which changes are not possible any more; none while nothing is public.

    For ten minutes after posting anything may be corrected but what cannot be called back: the opening, posts that are
    there, a ping. Later only the text, the picture, more winners and another closing, an earlier one with a day's
    notice.
    """
    match stage_of(opened_at, now):
        case Stage.PLANNED:
            return []
        case Stage.FRESH:
            return list(_beyond_recall(before, after, opened_at, now))
        case Stage.RUNNING:
            found = [*_beyond_recall(before, after, opened_at, now), *_settled(before, after, opened_at, now)]
            return [problem for index, problem in enumerate(found) if problem not in found[:index]]


def _beyond_recall(before: Options, after: Options, opened_at: datetime | None, now: datetime) -> Iterator[Problem]:
    yield from beyond_recall(before, after, opened_at)
    names = changed(before, after)
    if "ends" in names and after.ends is not None and timedelta(0) < after.ends - now < SHORTEST:
        yield _fixed("ends", t("giveaway.fixed.ends_now", least=SHORTEST))


def _settled(before: Options, after: Options, opened_at: datetime | None, now: datetime) -> Iterator[Problem]:
    names = changed(before, after)
    until = (opened_at or now) + GRACE
    if _channels(after) - _channels(before) or _titles(before) != _titles(after):
        yield _fixed("spots", t("giveaway.fixed.places", until=until))
    if after.winners < before.winners:
        yield _fixed("winners", t("giveaway.fixed.winners", before=before.winners, until=until))
    if before.ends is not None and after.ends is not None and after.ends < min(before.ends, now + NOTICE):
        yield _fixed("ends", t("giveaway.fixed.earlier", notice=NOTICE, earliest=now + NOTICE, until=until))
    for name, text in (
        ("prize", t("giveaway.fixed.prize", until=until)),
        ("claim", t("giveaway.fixed.claim", until=until)),
        ("claim_within", t("giveaway.fixed.claim", until=until)),
        ("claim_until", t("giveaway.fixed.claim", until=until)),
        ("bonuses", t("giveaway.fixed.tickets", until=until)),
        *((name, t("giveaway.fixed.who", until=until)) for name in sorted(names - LOOKS - _STEPS.keys())),
    ):
        if name in names:
            yield _fixed(name, text)


def _fixed(name: str, text: Text) -> Problem:
    return Problem(_STEPS.get(name, Step.WHO), Fault.FORBIDDEN, text)


def _channels(options: Options) -> frozenset[int]:
    return frozenset(spot.channel_id for spot in options.spots)


def _titles(options: Options) -> dict[int, str | None]:
    """Return the translated titles: they name the prize, in another language."""
    return {spot.channel_id: spot.title for spot in options.spots}
