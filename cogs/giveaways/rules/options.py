"""What may be said of a giveaway: the values of a draft, what is missing or forbidden in them, what they come to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot import markup
from bot.drafting import problems
from bot.drafting.problems import Fault, Problem, Review, when_problems
from bot.drafting.values import Common, Spot
from bot.i18n import t
from bot.times import parse_zone
from cogs.giveaways.rules.terms import Claim, Named, Repeats, Terms

MOST_WINNERS: Final = 100
SHORTEST: Final = timedelta(seconds=30)
LONGEST: Final = timedelta(days=90)
CLAIM_TIME: Final = timedelta(hours=72)
# The shortest month; whatever runs longer would meet the next of its series.
INTERVALS: Final = {
    Repeats.DAILY: timedelta(days=1),
    Repeats.WEEKLY: timedelta(days=7),
    Repeats.MONTHLY: timedelta(days=28),
}
REPEAT_NAMES: Final = {
    Repeats.DAILY: t("giveaway.repeat.daily"),
    Repeats.WEEKLY: t("giveaway.repeat.weekly"),
    Repeats.MONTHLY: t("giveaway.repeat.monthly"),
}


class Step(StrEnum):
    """The steps in which a draft is filled in."""

    WHO = problems.WHO
    TICKETS = "tickets"
    CLAIM = "claim"
    WHEN = problems.WHEN
    WHERE = problems.WHERE
    LOOK = problems.LOOK


@dataclass(frozen=True, slots=True)
class Options(Common):
    """What an organiser has said so far."""

    prize: str | None = None
    description: str | None = None
    winners: int = 1
    required_role: int | None = None
    excluded_role: int | None = None
    bonuses: tuple[tuple[int, int], ...] = ()
    account_age: timedelta | None = None
    member_for: timedelta | None = None
    cooldown: timedelta | None = None
    holders_of: Named | None = None
    attended: Named | None = None
    claim: Claim = Claim.NONE
    claim_within: timedelta | None = None
    claim_until: datetime | None = None
    repeat: Repeats | None = None

    @property
    def claim_length(self) -> timedelta | None:
        """How long a winner has: as said, else three days where a prize is claimed from anywhere."""
        if self.claim in (Claim.BUTTON, Claim.WALLET) and self.claim_within is None and self.claim_until is None:
            return CLAIM_TIME
        return self.claim_within


@dataclass(frozen=True, slots=True)
class Proposal:
    """A giveaway that can be posted: everything said, defaults filled in.

    ``scheduled`` is whether it opens later than it is posted; ``runs`` the running time on the wall clock, which a
    repeated one keeps.
    """

    prize: str
    description: str | None
    picture_id: int | None
    winners: int
    scheduled: bool
    opens: datetime
    closes: datetime
    zone: str
    claim: Claim
    claim_within: timedelta | None
    claim_until: datetime | None
    ping: int | None
    repeat: Repeats | None
    spots: tuple[Spot, ...]
    options: Options

    @property
    def runs(self) -> timedelta:
        return wall_length(self.opens, self.closes, self.zone)

    def terms(self, organiser_id: int, server_excluded: int | None) -> Terms:
        """Return what entering asks for; the server's own excluded role is kept out as well."""
        return terms_of(self.options, organiser_id, server_excluded)


def terms_of(options: Options, organiser_id: int, server_excluded: int | None) -> Terms:
    """Return what entering asks for by these options and the server's excluded role."""
    excluded = (role for role in (options.excluded_role, server_excluded) if role is not None)
    return Terms(
        organiser_id=organiser_id,
        required_role=options.required_role,
        excluded_roles=tuple(dict.fromkeys(excluded)),
        bonuses=options.bonuses,
        account_age=options.account_age,
        member_for=options.member_for,
        cooldown=options.cooldown,
        holders_of=options.holders_of,
        attended=options.attended,
    )


def review(options: Options, now: datetime, *, opened_at: datetime | None = None) -> Review[Proposal]:
    """Say what is missing or forbidden, all of it, and what the options come to when nothing is.

    *opened_at* is set for a giveaway that is open already and only changed: its opening is over and not asked for.
    """
    opens, closes = options.times(now, opened_at)
    found = [
        *_prize(options),
        *_who(options),
        *_when(options, now, opened_at),
        *_claim(options, closes),
    ]
    if found or options.prize is None or closes is None:
        return Review(tuple(found), None)
    proposal = Proposal(
        prize=options.prize,
        description=options.description,
        picture_id=options.picture_id,
        winners=options.winners,
        scheduled=opened_at is None and opens > now,
        opens=opens,
        closes=closes,
        zone=options.zone,
        claim=options.claim,
        claim_within=options.claim_length,
        claim_until=options.claim_until,
        ping=options.ping,
        repeat=options.repeat,
        spots=options.spots,
        options=options,
    )
    return Review((), proposal)


def _prize(options: Options) -> list[Problem]:
    if options.prize is None:
        return [Problem(Step.LOOK, Fault.MISSING, t("giveaway.missing.prize"))]
    return []


def _who(options: Options) -> list[Problem]:
    role = options.required_role
    if role is not None and role == options.excluded_role:
        return [Problem(Step.WHO, Fault.FORBIDDEN, t("giveaway.wrong.same_role", role=markup.role(role)))]
    return []


def _when(options: Options, now: datetime, opened_at: datetime | None) -> list[Problem]:
    found = when_problems(options, now, opened_at, SHORTEST, LONGEST)
    opens, closes = options.times(now, opened_at)
    if options.repeat is None or closes is None or found:
        return found
    most = INTERVALS[options.repeat]
    if wall_length(opens, closes, options.zone) > most:
        text = t("giveaway.wrong.repeat", repeat=REPEAT_NAMES[options.repeat], length=closes - opens, most=most)
        found.append(Problem(Step.WHEN, Fault.FORBIDDEN, text))
    return found


def _claim(options: Options, closes: datetime | None) -> list[Problem]:
    limited = options.claim_within is not None or options.claim_until is not None
    if options.claim is Claim.NONE and limited:
        return [Problem(Step.CLAIM, Fault.FORBIDDEN, t("giveaway.wrong.claim_unused"))]
    if options.claim is Claim.IN_PERSON and not limited:
        return [Problem(Step.CLAIM, Fault.MISSING, t("giveaway.missing.claim_within"))]
    until = options.claim_until
    if until is not None and closes is not None and until <= closes:
        return [Problem(Step.CLAIM, Fault.FORBIDDEN, t("giveaway.wrong.claim_over", until=until, ends=closes))]
    return []


def wall_length(opens: datetime, closes: datetime, zone: str) -> timedelta:
    """Return how long clocks on the wall of *zone* say it runs: a day is 24 hours also when clocks are changed."""
    place = parse_zone(zone)
    return closes.astimezone(place).replace(tzinfo=None) - opens.astimezone(place).replace(tzinfo=None)
