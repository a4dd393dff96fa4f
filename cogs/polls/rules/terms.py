"""Who may vote and how much a vote weighs, decided from plain facts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.drafting.values import Named
from cogs.polls.rules.ballots import MAX_WEIGHT

MAX_WEIGHTS: Final = 5


class Results(StrEnum):
    """When the results can be seen; those of a secret poll only after it."""

    AFTER = "after"
    LIVE = "live"


class Answer(StrEnum):
    """What is known of a requirement: met, not met, or it could not be read."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Bar(StrEnum):
    """Why someone may not vote."""

    BOT = "bot"
    VOTERS = "voters"
    HOLDERS_OF = "holders_of"
    ATTENDED = "attended"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Terms:
    """Who may vote and with what weight; all None and empty is everyone, one vote each.

    ``weights`` are (role, weight); of several roles the heaviest counts, and nobody's weight is below 1. ``balance`` is
    a gate rule by whose whole tokens votes weigh instead. Either is for open polls only.
    """

    voters: int | None = None
    holders_of: Named | None = None
    attended: Named | None = None
    weights: tuple[tuple[int, int], ...] = ()
    balance: Named | None = None

    @property
    def is_weighted(self) -> bool:
        return bool(self.weights) or self.balance is not None

    def to_json(self) -> dict[str, Any]:
        """Return the terms as JSON values, without what is not asked for."""
        values: dict[str, Any] = {}
        if self.voters is not None:
            values["voters"] = self.voters
        if self.weights:
            values["weights"] = [list(weight) for weight in self.weights]
        for name in ("holders_of", "attended", "balance"):
            named: Named | None = getattr(self, name)
            if named is not None:
                values[name] = {"key": named.key, "name": named.name}
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Terms":
        """Read what :meth:`to_json` wrote."""

        def named(name: str) -> Named | None:
            return Named(values[name]["key"], values[name]["name"]) if name in values else None

        return cls(
            voters=values.get("voters"),
            holders_of=named("holders_of"),
            attended=named("attended"),
            weights=tuple((role, weight) for role, weight in values.get("weights", ())),
            balance=named("balance"),
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of someone who wants to vote; ``balance`` are their whole tokens, None where unreadable."""

    role_ids: frozenset[int] = frozenset()
    is_bot: bool = False
    holds: Answer = Answer.UNKNOWN
    attended: Answer = Answer.UNKNOWN
    balance: int | None = None


def judge(terms: Terms, facts: Facts) -> Mapping[Bar, Answer]:
    """Return what is known of each requirement of *terms*, in the order in which they are told."""
    judged = {Bar.BOT: Answer.UNMET if facts.is_bot else Answer.MET}
    if terms.voters is not None:
        judged[Bar.VOTERS] = Answer.MET if terms.voters in facts.role_ids else Answer.UNMET
    if terms.holders_of is not None:
        judged[Bar.HOLDERS_OF] = facts.holds
    if terms.attended is not None:
        judged[Bar.ATTENDED] = facts.attended
    if terms.balance is not None:
        known = facts.balance is not None
        judged[Bar.BALANCE] = Answer.UNKNOWN if not known else Answer.MET if facts.balance else Answer.UNMET
    return judged


def weight(terms: Terms, role_ids: Collection[int], balance: int | None = None) -> int:
    """Return what a vote weighs, 1 to 100."""
    if terms.balance is not None:
        return max(1, min(MAX_WEIGHT, balance or 0))
    held = [worth for role, worth in terms.weights if role in role_ids]
    return max(1, min(MAX_WEIGHT, max(held, default=1)))
