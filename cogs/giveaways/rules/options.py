"""What may be said of a giveaway: the values of a draft, what is missing or forbidden in them, what they come to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bot import markup
from bot.i18n import Text, t
from bot.times import parse_zone
from cogs.giveaways.rules.terms import Claim, Named, Repeats, Terms

MOST_WINNERS: Final = 100
SHORTEST: Final = timedelta(seconds=30)
LONGEST: Final = timedelta(days=90)
MOST_SPOTS: Final = 5
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

    LOOK = "look"
    WHO = "who"
    TICKETS = "tickets"
    CLAIM = "claim"
    WHEN = "when"
    WHERE = "where"


@dataclass(frozen=True, slots=True)
class Spot:
    """A channel to post in. ``language`` None is the server's; title and text are the organiser's translation."""

    channel_id: int
    language: str | None = None
    title: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What an organiser has said so far.

    ``runs`` is the running time where the end was given as a length, else ``ends`` is the end. ``zone`` is the one
    times were typed in. No spots is the channel for giveaways, or where the draft was begun.
    """

    prize: str | None = None
    description: str | None = None
    picture_id: int | None = None
    winners: int = 1
    starts: datetime | None = None
    ends: datetime | None = None
    runs: timedelta | None = None
    zone: str = "UTC"
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
    ping: int | None = None
    repeat: Repeats | None = None
    spots: tuple[Spot, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the values that differ from the defaults, as JSON."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        defaults = {field.name: field.default for field in fields(self)}
        return {name: _encode(value) for name, value in values.items() if value != defaults[name]}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Options":
        """Read what :meth:`to_json` wrote; other values beside it are left alone."""
        names = {field.name for field in fields(cls)} & values.keys()
        return cls(**{name: _DECODERS.get(name, _same)(values[name]) for name in names})

    @property
    def claim_length(self) -> timedelta | None:
        """How long a winner has: as said, else three days where a prize is claimed from anywhere."""
        if self.claim in (Claim.BUTTON, Claim.WALLET) and self.claim_within is None and self.claim_until is None:
            return CLAIM_TIME
        return self.claim_within

    def times(self, now: datetime, opened_at: datetime | None = None) -> tuple[datetime, datetime | None]:
        """Return opening and closing as they would be if posted *now*; the closing is None while it is missing.

        Both are whole seconds, since the draw is published with such.
        """
        opens = (opened_at or self.starts or now).replace(microsecond=0)
        if self.ends is not None:
            return opens, self.ends.replace(microsecond=0)
        return opens, None if self.runs is None else opens + self.runs


class Fault(StrEnum):
    MISSING = "missing"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a draft cannot be posted, and the step in which that is mended."""

    step: Step
    fault: Fault
    text: Text


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


@dataclass(frozen=True, slots=True)
class Review:
    """What is wrong with a draft; ``proposal`` is there when nothing is."""

    problems: tuple[Problem, ...]
    proposal: Proposal | None


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


def review(options: Options, now: datetime, *, opened_at: datetime | None = None) -> Review:
    """Say what is missing or forbidden, all of it, and what the options come to when nothing is.

    *opened_at* is set for a giveaway that is open already and only changed: its opening is over and not asked for.
    """
    opens, closes = options.times(now, opened_at)
    problems = [
        *_prize(options),
        *_who(options),
        *_when(options, now, opens, closes, opened_at),
        *_claim(options, closes),
    ]
    if problems or options.prize is None or closes is None:
        return Review(tuple(problems), None)
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


def _when(
    options: Options, now: datetime, opens: datetime, closes: datetime | None, opened_at: datetime | None
) -> list[Problem]:
    found: list[Text] = []
    if opened_at is None and options.starts is not None and options.starts <= now:
        found.append(t("giveaway.wrong.started", starts=options.starts))
    if closes is None:
        return [
            *(Problem(Step.WHEN, Fault.FORBIDDEN, text) for text in found),
            Problem(Step.WHEN, Fault.MISSING, t("giveaway.missing.ends")),
        ]
    length = closes - opens
    if closes <= now:
        found.append(t("giveaway.wrong.over", ends=closes))
    elif length <= timedelta(0):
        found.append(t("giveaway.wrong.order", starts=opens, ends=closes))
    elif length < SHORTEST:
        found.append(t("giveaway.wrong.too_short", length=length, least=SHORTEST))
    elif length > LONGEST:
        found.append(t("giveaway.wrong.too_long", length=length, most=LONGEST))
    elif options.repeat is not None and wall_length(opens, closes, options.zone) > INTERVALS[options.repeat]:
        most = INTERVALS[options.repeat]
        found.append(t("giveaway.wrong.repeat", repeat=REPEAT_NAMES[options.repeat], length=length, most=most))
    return [Problem(Step.WHEN, Fault.FORBIDDEN, text) for text in found]


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


def _encode(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case timedelta():
            return int(value.total_seconds())
        case StrEnum():
            return value.value
        case Named():
            return {"key": value.key, "name": value.name}
        case Spot():
            return {field.name: found for field in fields(value) if (found := getattr(value, field.name)) is not None}
        case tuple():
            return [_encode(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value


def _same(value: Any) -> Any:
    return value


def _seconds(value: int) -> timedelta:
    return timedelta(seconds=value)


def _named(value: Mapping[str, Any]) -> Named:
    return Named(value["key"], value["name"])


def _pairs(value: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((role, extra) for role, extra in value)


def _spots(value: Sequence[Mapping[str, Any]]) -> tuple[Spot, ...]:
    return tuple(Spot(**each) for each in value)


_DECODERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "starts": datetime.fromisoformat,
    "ends": datetime.fromisoformat,
    "runs": _seconds,
    "bonuses": _pairs,
    "account_age": _seconds,
    "member_for": _seconds,
    "cooldown": _seconds,
    "holders_of": _named,
    "attended": _named,
    "claim": Claim,
    "claim_within": _seconds,
    "claim_until": datetime.fromisoformat,
    "repeat": Repeats,
    "spots": _spots,
}
