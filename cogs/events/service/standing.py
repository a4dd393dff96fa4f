"""An event as the options it was posted with, for drafts that change or copy it."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.drafting.values import Spot
from bot.times import at_wall_clock, parse_zone
from cogs.events.rules.kinds import Scope
from cogs.events.rules.options import Options
from cogs.events.rules.recurrence import Every, Rule, span
from cogs.events.service.dates import rule_of
from cogs.events.service.records import details_of, places_of, with_overrides
from cogs.events.tables import Event, Occurrence


def options_of(row: Occurrence, event: Event, scope: Scope) -> Options:
    """Return the options that a change of this scope begins with.

    For *this* they are the date's own; otherwise those of the series, at the time the rule has for the date, which for
    *all* is the first that has not begun (``changing`` takes them so).
    """
    zone, single = parse_zone(event.zone), scope is Scope.THIS or event.rule is None
    details = with_overrides(details_of(event), row.overrides) if single else details_of(event)
    slot, rule = datetime.fromisoformat(row.slot), rule_of(event)
    usual = span(slot, details.length, zone)
    starts, ends = (row.starts_at, row.ends_at) if single else (usual.starts_at, usual.ends_at)
    lead = row.starts_at - row.rsvp_closes_at if single else timedelta(seconds=event.rsvp_lead_seconds)
    until = None if rule is None or rule.until is None else at_wall_clock(rule.until, zone)
    return Options(
        picture_id=details.picture_id,
        starts=starts,
        ends=ends,
        zone=event.zone,
        ping=event.ping_role,
        spots=tuple(Spot(each.channel_id, each.language, each.title, each.text) for each in places_of(event)),
        title=details.title,
        description=details.description,
        bring=details.bring,
        where=details.where,
        channel=details.channel_id,
        place=details.place,
        capacity=row.capacity if single else event.capacity,
        rsvp_role=event.rsvp_role,
        rsvp_lead=lead or None,
        going_role=event.going_role,
        shows_names=event.shows_names,
        # A date alone has no rule: what is changed of it is not repeated.
        repeat=None if rule is None or single else loosened(rule, slot),
        until=None if single else until,
        remind=tuple(timedelta(seconds=lead) for lead in event.remind),
        announce_at=row.announce_at,
    )


def loosened(rule: Rule, slot: datetime) -> Rule:
    """Return a rule without the days that are those of its start, so that they follow when the start is changed."""
    rule = replace(rule, until=None)
    if rule.every is Every.WEEK and rule.weekdays == (slot.weekday(),):
        return replace(rule, weekdays=())
    if rule.every is Every.MONTH and rule.day == slot.day:
        return replace(rule, day=None)
    return rule
