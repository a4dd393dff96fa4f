"""Who takes part in an airdrop, and with how many tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot import markup
from bot.errors import BadInput
from bot.i18n import t
from bot.times import parse_instant, parse_zone
from cogs.giveaways.rules.draw import MAX_WEIGHT
from cogs.giveaways.rules.options import LONGEST
from cogs.giveaways.rules.reading import read_prize

MOST_WINNERS: Final = 1_000
AHEAD: Final = timedelta(seconds=60)
"""How long before its list is fixed an airdrop stands in public."""
NO_WHOLE_TOKEN: Final = "no_whole_token"  # noqa: S105 (a reason)


@dataclass(frozen=True, slots=True)
class Asked:
    """An airdrop as it was typed; ``at`` is when its list is to be fixed, None for as soon as may be."""

    prize: str
    winners: int
    rule: str | None = None
    snapshot: str | None = None
    per_token: bool = False
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """An airdrop that can be announced: among who passes ``rule``, or else among the holders of ``snapshot``."""

    prize: str
    winners: int
    rule: str | None
    snapshot: str | None
    per_token: bool
    closes: datetime


def plan(asked: Asked, now: datetime, zone: str, language: str) -> Plan:
    """Read what was asked for; raises BadInput with what is wrong. Times without a zone are in *zone*."""
    rule, snapshot = _name(asked.rule), _name(asked.snapshot)
    if (rule is None) == (snapshot is None):
        raise BadInput(t("giveaway.airdrop.one_source"))
    if not 1 <= asked.winners <= MOST_WINNERS:
        raise BadInput(t("giveaway.airdrop.winners", value=asked.winners, most=MOST_WINNERS))
    prize = read_prize(asked.prize)
    return Plan(prize, asked.winners, rule, snapshot, asked.per_token, _closing(asked.at, now, zone, language))


def soonest(now: datetime) -> datetime:
    """Return when the list of an airdrop announced *now* can be fixed: a whole second, as it stands in the bundle."""
    return (now + AHEAD).replace(microsecond=0) + timedelta(seconds=1)


def _closing(typed: str | None, now: datetime, zone: str, language: str) -> datetime:
    if typed is None:
        return soonest(now)
    at = parse_instant(typed, now=now, zone=parse_zone(zone), language=language)
    if at < now + AHEAD:
        raise BadInput(t("giveaway.airdrop.too_soon", at=at, least=AHEAD))
    if at - now > LONGEST:
        raise BadInput(t("giveaway.airdrop.too_late", at=at, most=LONGEST))
    return at.replace(microsecond=0)


def weight(tokens: int, *, per_token: bool) -> int:
    """Return a holder's tickets: one, or one per whole token, at most 100; 0 for who has no whole token then."""
    return max(0, min(MAX_WEIGHT, tokens)) if per_token else 1


def distinct(holders: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Return each holder once, in small letters, with all their tokens."""
    found: dict[str, int] = {}
    for holder, tokens in holders:
        name = holder.lower()
        found[name] = found.get(name, 0) + tokens
    return found


def _name(typed: str | None) -> str | None:
    cleaned = markup.clean(typed or "")
    return cleaned or None
