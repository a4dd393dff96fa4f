"""What may be said of an event: the values of a draft, what is missing or forbidden in them, what they come to."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from bot.drafting.problems import LOOK, WHEN, WHO, Fault, Problem, Review
from bot.drafting.values import Common, Spot
from bot.i18n import Text, t
from bot.times import parse_zone
from cogs.events.rules.kinds import Where
from cogs.events.rules.recurrence import Rule, Span, anchored, shortest_gap, slots, span, spans

# The steps of a draft besides those every kind has.
REPEAT: Final = "repeat"
VENUE: Final = "venue"
REMINDERS: Final = "remind"

SHORTEST: Final = timedelta(minutes=1)
# An exhibition of a season; what is longer is a mistyped date more often than an event.
LONGEST: Final = timedelta(days=90)
USUAL_LENGTH: Final = timedelta(hours=1)
REMIND: Final = (timedelta(days=1), timedelta(hours=1), timedelta(0))
MOST_CAPACITY: Final = 100_000
WHERE_NAMES: Final = {
    Where.VOICE: t("event.where.voice"),
    Where.STAGE: t("event.where.stage"),
    Where.TEXT: t("event.where.text"),
    Where.ONLINE: t("event.where.online"),
    Where.IN_PERSON: t("event.where.in_person"),
}


@dataclass(frozen=True, slots=True)
class Options(Common):
    """What an organiser has said so far.

    ``rsvp_lead`` is how long before the start answers close where that was given as a length, else ``rsvp_closes`` is
    when. ``repeat`` has no end of its own: that is ``until``. ``remind`` are lengths before the start.
    """

    title: str | None = None
    description: str | None = None
    bring: str | None = None
    where: Where | None = None
    channel: int | None = None
    place: str | None = None
    capacity: int | None = None
    rsvp_role: int | None = None
    rsvp_closes: datetime | None = None
    rsvp_lead: timedelta | None = None
    going_role: int | None = None
    shows_names: bool = False
    repeat: Rule | None = None
    until: datetime | None = None
    remind: tuple[timedelta, ...] = REMIND
    announce_at: datetime | None = None

    def times(self, now: datetime, opened_at: datetime | None = None) -> tuple[datetime, datetime | None]:
        """Return start and end, whole seconds; without an end it takes an hour, and without a start it is *now*."""
        first = self.first()
        if first is not None:
            return first.starts_at, first.ends_at
        starts = (self.starts or now).replace(microsecond=0)
        return starts, starts + (self.runs or USUAL_LENGTH)

    def length(self) -> timedelta:
        """Return how long it takes, on the wall; zero or less where the end is not after the start."""
        if self.runs is not None or self.ends is None or self.starts is None:
            return self.runs or USUAL_LENGTH
        zone = parse_zone(self.zone)
        starts, ends = (each.replace(microsecond=0).astimezone(zone) for each in (self.starts, self.ends))
        return ends.replace(tzinfo=None) - starts.replace(tzinfo=None)

    def first(self) -> Span | None:
        """Return the first date; None while there is no start, or its rule yields none."""
        begins = self.begins()
        if begins is None:
            return None
        zone = parse_zone(self.zone)
        slot = next(slots(self.rule(), begins), None)
        if slot is None:
            return None
        if self.repeat is None and self.starts is not None and self.runs is None:
            # A single date is at the very instants that were said, also where clocks show them twice.
            starts = self.starts.replace(microsecond=0)
            return Span(slot, starts, (self.ends or starts + USUAL_LENGTH).replace(microsecond=0))
        if self.repeat is None and self.starts is not None:
            starts = self.starts.replace(microsecond=0)
            return Span(slot, starts, starts + self.length())
        return span(slot, self.length(), zone)

    def begins(self) -> datetime | None:
        """Return the naive local start from which the rule counts."""
        if self.starts is None:
            return None
        return self.starts.replace(microsecond=0).astimezone(parse_zone(self.zone)).replace(tzinfo=None)

    def rule(self) -> Rule | None:
        """Return the rule with its days and its end."""
        begins = self.begins()
        if self.repeat is None or begins is None:
            return None
        until = None if self.until is None else self.until.astimezone(parse_zone(self.zone)).replace(tzinfo=None)
        return replace(anchored(self.repeat, begins), until=until)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An event that can be posted: everything said, defaults filled in.

    ``begins`` is naive local time in ``zone``; ``first`` the first date; ``announce_at`` None is at once.
    """

    title: str
    description: str | None
    bring: str | None
    picture_id: int | None
    where: Where
    channel_id: int | None
    place: str | None
    zone: str
    begins: datetime
    first: Span
    length: timedelta
    rule: Rule | None
    capacity: int | None
    rsvp_role: int | None
    rsvp_lead: timedelta
    going_role: int | None
    shows_names: bool
    remind: tuple[timedelta, ...]
    ping: int | None
    announce_at: datetime | None
    spots: tuple[Spot, ...]
    options: Options

    @property
    def announce_lead(self) -> timedelta | None:
        """How long before its start a date is announced; None where the first is announced at once."""
        return None if self.announce_at is None else self.first.starts_at - self.announce_at


def review(options: Options, now: datetime, opened_at: datetime | None = None) -> Review[Proposal]:
    """Say what is missing or forbidden, all of it, and what the options come to when nothing is.

    *opened_at* is set for an event that was announced and is only changed: when to announce it is not asked any more.
    """
    problems = [
        *_title(options),
        *_place(options),
        *_when(options, now),
        *_rsvp(options, now, opened_at),
        *([] if opened_at is not None else _announcement(options, now)),
    ]
    first, begins = options.first(), options.begins()
    if problems or options.title is None or options.where is None or first is None or begins is None:
        return Review(tuple(problems), None)
    proposal = Proposal(
        title=options.title,
        description=options.description,
        bring=options.bring,
        picture_id=options.picture_id,
        where=options.where,
        channel_id=options.channel,
        place=options.place,
        zone=options.zone,
        # So that the rule and a calendar begin with the first date.
        begins=first.slot,
        first=first,
        length=options.length(),
        rule=options.rule(),
        capacity=options.capacity,
        rsvp_role=options.rsvp_role,
        rsvp_lead=rsvp_lead(options, first.starts_at),
        going_role=options.going_role,
        shows_names=options.shows_names,
        remind=options.remind,
        ping=options.ping,
        announce_at=options.announce_at,
        spots=options.spots,
        options=options,
    )
    return Review((), proposal)


def next_dates(options: Options, now: datetime, count: int) -> list[Span]:
    """Return the next dates of a series as it is said so far; none for a single date."""
    rule, begins = options.rule(), options.begins()
    if rule is None or begins is None or options.length() <= timedelta(0):
        return []
    return list(islice(spans(rule, begins, options.length(), parse_zone(options.zone), after=now), count))


def rsvp_lead(options: Options, starts_at: datetime) -> timedelta:
    """Return how long before the start answers close; nothing said is at the start."""
    if options.rsvp_closes is not None:
        return starts_at - options.rsvp_closes.replace(microsecond=0)
    return options.rsvp_lead or timedelta(0)


def channel_fits(where: Where, kind: Where | None) -> Text | None:
    """Say why an event cannot take place in a channel; *kind* is None for one that is neither voice, stage nor text."""
    if not where.in_channel or kind is where:
        return None
    match where:
        case Where.VOICE:
            return t("event.wrong.no_voice")
        case Where.STAGE:
            return t("event.wrong.no_stage")
        case _:
            return t("event.wrong.no_text")


def _title(options: Options) -> list[Problem]:
    return [] if options.title is not None else [Problem(LOOK, Fault.MISSING, t("event.missing.title"))]


def _place(options: Options) -> list[Problem]:
    where = options.where
    if where is None:
        return [Problem(VENUE, Fault.MISSING, t("event.missing.where"))]
    name = WHERE_NAMES[where]
    if where.in_channel:
        found: list[Problem] = []
        if options.channel is None:
            found.append(Problem(VENUE, Fault.MISSING, t("event.missing.channel", where=name)))
        if options.place is not None:
            found.append(_wrong(VENUE, t("event.wrong.place", where=name, place=options.place)))
        return found
    if options.channel is not None:
        return [_wrong(VENUE, t("event.wrong.channel", where=name))]
    if where is Where.IN_PERSON and options.place is None:
        return [Problem(VENUE, Fault.MISSING, t("event.missing.place"))]
    return []


def _when(options: Options, now: datetime) -> list[Problem]:
    if options.starts is None:
        return [Problem(WHEN, Fault.MISSING, t("event.missing.starts"))]
    return [
        *(_wrong(WHEN, text) for text in _start_and_end(options, now)),
        *(_wrong(REPEAT, text) for text in _series(options)),
    ]


def _start_and_end(options: Options, now: datetime) -> list[Text]:
    starts, found = options.starts or now, list[Text]()
    if starts <= now:
        found.append(t("event.wrong.past", starts=starts))
    length = options.length() if options.repeat is not None or options.ends is None else options.ends - starts
    if length <= timedelta(0):
        found.append(t("event.wrong.order", starts=starts, ends=options.ends or starts + length))
    elif length < SHORTEST:
        found.append(t("event.wrong.too_short", length=length, least=SHORTEST))
    elif length > LONGEST:
        found.append(t("event.wrong.too_long", length=length, most=LONGEST))
    return found


def _series(options: Options) -> list[Text]:
    rule, begins = options.rule(), options.begins()
    if rule is None or begins is None:
        return [] if options.until is None else [t("event.wrong.until_alone")]
    if options.first() is None:
        return [t("event.wrong.no_date", until=options.until)] if options.until is not None else []
    gap = shortest_gap(rule, begins)
    return [t("event.wrong.overlap", length=options.length(), gap=gap)] if options.length() > gap else []


def answers_close(options: Options) -> datetime | None:
    """Return when answers close for the first date; None while it is not said when that is."""
    first = options.first()
    return None if first is None else first.starts_at - rsvp_lead(options, first.starts_at)


def closes_early(closes: datetime) -> Problem:
    """Return what is wrong with answers that close when nobody could give any."""
    return _wrong(WHO, t("event.wrong.rsvp_early", closes=closes))


def _rsvp(options: Options, now: datetime, opened_at: datetime | None) -> list[Problem]:
    found: list[Problem] = []
    if options.capacity is not None and not 1 <= options.capacity <= MOST_CAPACITY:
        found.append(_wrong(WHO, t("event.capacity.wrong", value=str(options.capacity), most=MOST_CAPACITY)))
    first, closes = options.first(), answers_close(options)
    if first is None or closes is None:
        return found
    if closes > first.starts_at:
        found.append(_wrong(WHO, t("event.wrong.rsvp_late", closes=closes, starts=first.starts_at)))
    elif opened_at is None and closes <= max(now, options.announce_at or now) and first.starts_at > now:
        # Of one that was announced they may be closed already, and the rest of it changes all the same.
        found.append(closes_early(closes))
    return found


def _announcement(options: Options, now: datetime) -> list[Problem]:
    at, first = options.announce_at, options.first()
    if at is None:
        return []
    if at <= now:
        return [_wrong(WHEN, t("event.wrong.announce_past", at=at))]
    if first is not None and at >= first.starts_at:
        return [_wrong(WHEN, t("event.wrong.announce_late", at=at, starts=first.starts_at))]
    return []


def _wrong(step: str, text: Text) -> Problem:
    return Problem(step, Fault.FORBIDDEN, text)
