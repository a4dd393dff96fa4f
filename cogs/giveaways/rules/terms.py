"""Who may enter a giveaway and with how many tickets, decided from plain facts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.drafting.values import Named
from cogs.giveaways.rules.draw import MAX_WEIGHT

MAX_BONUSES = 5


class Claim(StrEnum):
    """How a winner takes a prize."""

    NONE = "none"
    BUTTON = "button"
    IN_PERSON = "in-person"
    WALLET = "wallet"


class Repeats(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Answer(StrEnum):
    """What is known of a requirement: met, not met, or it could not be read."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Bar(StrEnum):
    """Why someone may not enter; the values stand in the bundle as reasons of exclusion."""

    ORGANISER = "organiser"
    BOT = "bot"
    LEFT = "left"
    REQUIRED_ROLE = "required_role"
    EXCLUDED_ROLE = "excluded_role"
    ACCOUNT_AGE = "account_age"
    MEMBER_FOR = "member_for"
    COOLDOWN = "cooldown"
    HOLDERS_OF = "holders_of"
    ATTENDED = "attended"


# Held again at closing, since they can lapse; the others can only come to be met, or were decided at entry.
LAPSING = frozenset({Bar.LEFT, Bar.REQUIRED_ROLE, Bar.EXCLUDED_ROLE, Bar.HOLDERS_OF})


@dataclass(frozen=True, slots=True)
class Terms:
    """What entering asks for; all None and empty is open to everyone but the organiser and bots.

    ``excluded_roles`` are the giveaway's own and the server's; ``bonuses`` are extra tickets per role.
    """

    organiser_id: int
    required_role: int | None = None
    excluded_roles: tuple[int, ...] = ()
    bonuses: tuple[tuple[int, int], ...] = ()
    account_age: timedelta | None = None
    member_for: timedelta | None = None
    cooldown: timedelta | None = None
    holders_of: Named | None = None
    attended: Named | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the terms as JSON values, without what is not asked for."""
        values: dict[str, Any] = {"organiser_id": self.organiser_id}
        if self.required_role is not None:
            values["required_role"] = self.required_role
        if self.excluded_roles:
            values["excluded_roles"] = list(self.excluded_roles)
        if self.bonuses:
            values["bonuses"] = [list(bonus) for bonus in self.bonuses]
        for name in ("account_age", "member_for", "cooldown"):
            length: timedelta | None = getattr(self, name)
            if length is not None:
                values[name] = int(length.total_seconds())
        for name in ("holders_of", "attended"):
            named: Named | None = getattr(self, name)
            if named is not None:
                values[name] = {"key": named.key, "name": named.name}
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Terms":
        """Read what :meth:`to_json` wrote."""

        def length(name: str) -> timedelta | None:
            return timedelta(seconds=values[name]) if name in values else None

        def named(name: str) -> Named | None:
            return Named(values[name]["key"], values[name]["name"]) if name in values else None

        return cls(
            organiser_id=values["organiser_id"],
            required_role=values.get("required_role"),
            excluded_roles=tuple(values.get("excluded_roles", ())),
            bonuses=tuple((role, extra) for role, extra in values.get("bonuses", ())),
            account_age=length("account_age"),
            member_for=length("member_for"),
            cooldown=length("cooldown"),
            holders_of=named("holders_of"),
            attended=named("attended"),
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a member at an instant; ``role_ids`` and ``joined_at`` are None where they could not be read.

    ``won_at`` is their latest win in the server, None for never.
    """

    user_id: int
    role_ids: Collection[int] | None
    created_at: datetime
    joined_at: datetime | None
    is_bot: bool = False
    present: Answer = Answer.MET
    won_at: datetime | None = None
    holds: Answer = Answer.UNKNOWN
    attended: Answer = Answer.UNKNOWN


def tickets(terms: Terms, role_ids: Collection[int]) -> int:
    """Return how many tickets someone with these roles has: one, and what their bonuses add, at most 100."""
    return min(MAX_WEIGHT, 1 + sum(extra for role, extra in terms.bonuses if role in role_ids))


def judge(terms: Terms, facts: Facts, now: datetime) -> dict[Bar, Answer]:
    """Return each requirement that applies with what is known of it, in the order in which to tell them."""
    roles = facts.role_ids

    def known(condition: bool | None) -> Answer:  # noqa: FBT001 (a value to be named, not a switch)
        return Answer.UNKNOWN if condition is None else Answer.MET if condition else Answer.UNMET

    found = {
        Bar.BOT: known(not facts.is_bot),
        Bar.ORGANISER: known(facts.user_id != terms.organiser_id),
        Bar.LEFT: facts.present,
    }
    if terms.excluded_roles:
        found[Bar.EXCLUDED_ROLE] = known(None if roles is None else not set(terms.excluded_roles) & set(roles))
    if terms.required_role is not None:
        found[Bar.REQUIRED_ROLE] = known(None if roles is None else terms.required_role in roles)
    if terms.account_age is not None:
        found[Bar.ACCOUNT_AGE] = known(now - facts.created_at >= terms.account_age)
    if terms.member_for is not None:
        joined = facts.joined_at
        found[Bar.MEMBER_FOR] = known(None if joined is None else now - joined >= terms.member_for)
    if terms.cooldown is not None:
        found[Bar.COOLDOWN] = known(facts.won_at is None or now - facts.won_at >= terms.cooldown)
    if terms.holders_of is not None:
        found[Bar.HOLDERS_OF] = facts.holds
    if terms.attended is not None:
        found[Bar.ATTENDED] = facts.attended
    return found


def bars(judged: Mapping[Bar, Answer]) -> list[Bar]:
    """Return what is certainly not met."""
    return [bar for bar, answer in judged.items() if answer is Answer.UNMET]


def unread(judged: Mapping[Bar, Answer]) -> list[Bar]:
    """Return what could not be read."""
    return [bar for bar, answer in judged.items() if answer is Answer.UNKNOWN]
