"""Reading what people type and choose for a giveaway's options; whatever cannot be taken is refused in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot import markup
from bot.drafting.reading import (
    Reader,
    Take,
    Typed,
    length_or_date,
    one_line,
    role_numbers,
    seen,
    short,
    take_ends,
    take_length,
    take_named,
    take_role,
    take_starts,
    take_zone,
    whole_number,
)
from bot.errors import BadInput
from bot.i18n import t
from cogs.giveaways.rules.draw import MAX_WEIGHT
from cogs.giveaways.rules.options import LONGEST, MOST_WINNERS, SHORTEST, Options
from cogs.giveaways.rules.terms import MAX_BONUSES, Claim, Repeats

LONGEST_PRIZE: Final = 200
LONGEST_TEXT: Final = 1_000
SHORTEST_CLAIM: Final = timedelta(minutes=1)
LONGEST_CLAIM: Final = timedelta(days=366)


def read_prize(text: str) -> str:
    """Return a prize as one line; raises BadInput when nothing of it can be seen or it is too long."""
    return seen(
        one_line(text),
        LONGEST_PRIZE,
        blank=t("giveaway.prize.blank"),
        too_long=lambda n: t("giveaway.prize.too_long", n=n, most=LONGEST_PRIZE),
    )


def read_description(text: str) -> str:
    """Return a description; raises BadInput when nothing of it can be seen or it is too long."""
    return seen(
        markup.clean(text),
        LONGEST_TEXT,
        blank=t("giveaway.description.blank"),
        too_long=lambda n: t("giveaway.description.too_long", n=n, most=LONGEST_TEXT),
    )


def read_winners(value: str | int) -> int:
    """Return a number of winners, 1 to 100; raises BadInput for others and for what is no whole number."""
    winners = whole_number(value, 1, MOST_WINNERS)
    if winners is None:
        raise BadInput(t("giveaway.winners.wrong", value=short(str(value)), most=MOST_WINNERS))
    return winners


def read_bonuses(text: str) -> tuple[tuple[int, int], ...]:
    """Read extra tickets per role, such as ``<@&1> 2, <@&2> 5``; raises BadInput for anything else."""
    found: dict[int, int] = {}
    for role, digits in role_numbers(text, lambda part: t("giveaway.bonus.unclear", value=part)):
        extra = read_extra(digits, role)
        if role in found:
            raise BadInput(t("giveaway.bonus.twice", role=markup.role(role)))
        found[role] = extra
    return checked_bonuses(tuple(found.items()))


def read_extra(text: str, role: int) -> int:
    """Return a role's extra tickets, 1 to 100; raises BadInput for others."""
    extra = whole_number(text, 1, MAX_WEIGHT)
    if extra is None:
        raise BadInput(t("giveaway.bonus.range", value=short(text), role=markup.role(role), most=MAX_WEIGHT))
    return extra


def checked_bonuses(bonuses: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return the bonuses; raises BadInput for more than five."""
    if len(bonuses) > MAX_BONUSES:
        raise BadInput(t("giveaway.bonus.too_many", n=len(bonuses), most=MAX_BONUSES))
    return bonuses


def with_bonus_roles(options: Options, roles: Sequence[int]) -> Options:
    """Return options with these roles having extra tickets: as many as before, one where a role is new."""
    before = dict(options.bonuses)
    return replace(
        options, bonuses=checked_bonuses(tuple((role, before.get(role, 1)) for role in dict.fromkeys(roles)))
    )


def read_claim_time(text: str, zone: str, reader: Reader) -> timedelta | datetime:
    """Return how long a prize can be claimed, or until when; a number alone counts days, a day alone ends with it."""
    return length_or_date(
        text,
        zone,
        reader,
        (SHORTEST_CLAIM, LONGEST_CLAIM),
        lambda least: t("giveaway.claim_within.too_short", value=short(text), least=least),
    )


def _take_prize(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, prize=read_prize(str(value)) if value else None)


def _take_description(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, description=read_description(str(value)) if value else None)


def _take_winners(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, winners=1 if value == "" else read_winners(str(value)))


def _take_ends(options: Options, value: Typed, reader: Reader) -> Options:
    return take_ends(options, value, reader, SHORTEST, LONGEST)


def _take_bonuses(options: Options, value: Typed, reader: Reader) -> Options:
    return replace(options, bonuses=read_bonuses(str(value)))


def _take_claim(options: Options, value: Typed, reader: Reader) -> Options:
    if value not in list(Claim):
        raise BadInput(t("error.bad_value", value=short(str(value))))
    return replace(options, claim=Claim(str(value)))


def _take_claim_within(options: Options, value: Typed, reader: Reader) -> Options:
    found = read_claim_time(str(value), options.zone, reader) if value else None
    return replace(
        options,
        claim_within=found if isinstance(found, timedelta) else None,
        claim_until=found if isinstance(found, datetime) else None,
    )


def _take_repeat(options: Options, value: Typed, reader: Reader) -> Options:
    if value in ("", "never"):
        return replace(options, repeat=None)
    if value not in list(Repeats):
        raise BadInput(t("error.bad_value", value=short(str(value))))
    return replace(options, repeat=Repeats(str(value)))


# In this order: the zone decides how times are read, the start how the end is.
TAKES: Final[Mapping[str, Take[Options]]] = {
    "prize": _take_prize,
    "description": _take_description,
    "winners": _take_winners,
    "zone": take_zone,
    "starts": take_starts,
    "ends": _take_ends,
    "required_role": take_role(Options, "required_role"),
    "excluded_role": take_role(Options, "excluded_role"),
    "bonuses": _take_bonuses,
    "account_age": take_length(Options, "account_age"),
    "member_for": take_length(Options, "member_for"),
    "holders_of": take_named(Options, "holders_of"),
    "attended": take_named(Options, "attended"),
    "cooldown": take_length(Options, "cooldown"),
    "claim": _take_claim,
    "claim_within": _take_claim_within,
    "ping": take_role(Options, "ping"),
    "repeat": _take_repeat,
}
