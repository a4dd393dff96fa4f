"""Dates of a series: held against dateutil itself, and against clocks on walls."""

import random
from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil import tz
from dateutil.rrule import rrulestr

from bot.times.wallclock import instants
from cogs.events.rules.recurrence import (
    LAST,
    Every,
    Rule,
    anchored,
    cut_before,
    first_slot,
    rule_text,
    shortest_gap,
    slots,
    span,
    spans,
)

ROUNDS = 10_000
LENGTH = timedelta(hours=1)
WEEKLY = Rule(Every.WEEK)
DAILY = Rule(Every.DAY)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def shown(rule: Rule | None, begins: str, zone: str, count: int) -> list[str]:
    """Return the first dates as clocks in the zone show them."""
    place = ZoneInfo(zone)
    found = islice(spans(rule, at(begins), LENGTH, place), count)
    return [f"{each.starts_at.astimezone(place):%m-%d %H:%M%z}" for each in found]


def any_rule(dice: random.Random) -> Rule:
    every = dice.choice(list(Every))
    interval = dice.choice([1, 1, 1, 2, 3, 5])
    match every:
        case Every.DAY:
            return Rule(every, interval)
        case Every.WEEK:
            return Rule(every, interval, tuple(sorted(dice.sample(range(7), dice.randint(0, 4)))))
        case Every.MONTH if dice.random() < 0.5:
            return Rule(every, interval, (dice.randrange(7),), nth=dice.choice([1, 2, 3, 4, LAST]))
        case Every.MONTH:
            return Rule(every, interval, day=dice.choice([None, dice.randint(1, 31)]))


def changes_of(zone: ZoneInfo) -> list[datetime]:
    """Return the days on which clocks of a zone are changed, of seven years."""
    days = [at("2024-01-01") + timedelta(days=n) for n in range(7 * 365)]
    offsets = [day.replace(tzinfo=zone).utcoffset() for day in days]
    return [day for day, now, then in zip(days, offsets, offsets[1:], strict=False) if now != then]


def any_start(dice: random.Random, rule: Rule, changes: Sequence[datetime]) -> datetime:
    """Return a start; often so that the rule comes upon the small hours in which clocks are changed."""
    if not changes or dice.random() < 0.4:
        return at(f"{dice.randint(2024, 2030)}-01-01") + timedelta(minutes=15 * dice.randrange(4 * 24 * 365))
    night = dice.choice(changes) + timedelta(hours=1, minutes=15 * dice.randrange(8))
    apart = {Every.DAY: 1, Every.WEEK: 7, Every.MONTH: 0}[rule.every] * rule.interval
    return night - timedelta(days=apart * dice.randrange(12))


def test_ten_thousand_rules_and_zones_against_dateutil() -> None:
    """What dateutil makes of our RRULE, resolved in the zone by dateutil's own rules, is what we say."""
    dice = random.Random(4)
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("posix", "right")))
    places = {name: (ZoneInfo(name), tz.gettz(name)) for name in dice.sample(names, 120)}
    changing = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tokyo", "Africa/Cairo"]
    places |= {name: (ZoneInfo(name), tz.gettz(name)) for name in changing}
    nights = {name: changes_of(ZoneInfo(name)) for name in changing}
    # How often clocks show a slot: never, once or twice.
    shown_by: Counter[tuple[str, int]] = Counter()
    for _ in range(ROUNDS):
        name = dice.choice([*places, *changing * 30])
        zone, other = places[name]
        rule = any_rule(dice)
        begins = any_start(dice, rule, nights.get(name, ()))
        if dice.random() < 0.3:
            rule = replace(rule, until=begins + timedelta(days=dice.randint(0, 400)))
        text = rule_text(rule, begins, zone)
        naive = ";".join(part for part in text.split(";") if not part.startswith("UNTIL"))
        wanted = [
            tz.resolve_imaginary(slot.replace(tzinfo=other)).astimezone(UTC)
            for slot in islice(rrulestr(naive, dtstart=begins), 12)
            if rule.until is None or slot <= rule.until
        ]
        ours = [each.starts_at for each in islice(spans(rule, begins, LENGTH, zone), 12)]
        assert ours == wanted, (text, begins, zone)
        shown_by.update((name, len(instants(slot, zone))) for slot in islice(slots(rule, begins), 12))
    for name in ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe"):
        assert min(shown_by[name, 0], shown_by[name, 2]) >= 25, shown_by
    assert nights["Asia/Tokyo"] == []
    assert shown_by["Asia/Tokyo", 1] > 1000


def test_until_in_utc_ends_where_the_rule_does() -> None:
    """A calendar counts UNTIL in UTC: the last slot is in, the next is not, in winter and in summer."""
    for zone in ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tokyo"):
        place, begins = ZoneInfo(zone), at("2026-02-20 01:30")
        rule = Rule(Every.WEEK, until=at("2026-05-01 01:30"))
        aware = rrulestr(rule_text(rule, begins, place), dtstart=begins.replace(tzinfo=place))
        assert [each.replace(tzinfo=None) for each in aware] == list(slots(rule, begins))


def test_evenings_keep_their_hour_across_clock_changes() -> None:
    for zone, begins, hours in (
        ("America/New_York", "2026-03-06 20:00", ["-0500", "-0400"]),
        ("America/New_York", "2026-10-30 20:00", ["-0400", "-0500"]),
        ("Europe/Berlin", "2026-03-27 20:00", ["+0100", "+0200"]),
        ("Europe/Berlin", "2026-10-23 20:00", ["+0200", "+0100"]),
        ("Australia/Lord_Howe", "2026-04-03 20:00", ["+1100", "+1030"]),
        ("Australia/Lord_Howe", "2026-10-02 20:00", ["+1030", "+1100"]),
        ("Asia/Tokyo", "2026-03-27 20:00", ["+0900", "+0900"]),
    ):
        found = shown(WEEKLY, begins, zone, 2)
        assert [each[6:] for each in found] == [f"20:00{offset}" for offset in hours], zone


def test_times_that_do_not_exist_move_by_the_gap_that_night_only() -> None:
    assert shown(DAILY, "2026-03-07 02:30", "America/New_York", 3) == [
        "03-07 02:30-0500",
        "03-08 03:30-0400",
        "03-09 02:30-0400",
    ]
    assert shown(DAILY, "2026-03-28 02:30", "Europe/Berlin", 3)[1] == "03-29 03:30+0200"
    assert shown(DAILY, "2026-10-03 02:15", "Australia/Lord_Howe", 3)[1] == "10-04 02:45+1100"


def test_times_that_exist_twice_are_the_first_and_come_once() -> None:
    assert shown(DAILY, "2026-10-31 01:30", "America/New_York", 3) == [
        "10-31 01:30-0400",
        "11-01 01:30-0400",
        "11-02 01:30-0500",
    ]
    assert shown(DAILY, "2026-10-24 02:30", "Europe/Berlin", 3)[1] == "10-25 02:30+0200"
    assert shown(DAILY, "2026-04-04 01:45", "Australia/Lord_Howe", 3)[1] == "04-05 01:45+1100"


def test_monthly_on_the_31st_is_the_last_day_and_keeps_to_it() -> None:
    found = [each.day for each in islice(slots(Rule(Every.MONTH, day=31), at("2027-01-31 20:00")), 14)]
    assert found == [monthrange(2027 + n // 12, n % 12 + 1)[1] for n in range(14)]
    # Also when a change of all dates moved the beginning into a short month.
    later = [each.day for each in islice(slots(Rule(Every.MONTH, day=31), at("2027-02-28 20:00")), 3)]
    assert later == [28, 31, 30]


def test_the_first_date_is_the_start_or_the_first_day_of_the_rule_after_it() -> None:
    saturday = Rule(Every.MONTH, weekdays=(5,), nth=1)
    assert first_slot(saturday, at("2026-11-24 20:00")) == at("2026-12-05 20:00")
    assert first_slot(WEEKLY, at("2026-11-24 20:00")) == at("2026-11-24 20:00")
    assert first_slot(None, at("2026-11-24 20:00")) == at("2026-11-24 20:00")
    assert first_slot(Rule(Every.DAY, until=at("2026-11-23 00:00")), at("2026-11-24 20:00")) is None


def test_an_end_on_the_wall() -> None:
    """What ends at 04:00 does so on the night of a change as well; nothing ends before it begins."""
    berlin = ZoneInfo("Europe/Berlin")
    over_night = span(at("2026-10-24 22:00"), timedelta(hours=6), berlin)
    assert f"{over_night.ends_at.astimezone(berlin):%H:%M}" == "04:00"
    assert over_night.ends_at - over_night.starts_at == timedelta(hours=7)
    skipped = span(at("2026-03-29 02:30"), timedelta(minutes=45), berlin)
    assert skipped.ends_at - skipped.starts_at == timedelta(minutes=45)


def test_a_split_series_is_the_series() -> None:
    dice = random.Random(7)
    for _ in range(300):
        rule = anchored(any_rule(dice), begins := at(f"2026-01-{dice.randint(1, 28):02} 19:30"))
        whole = list(islice(slots(rule, begins), 20))
        where = dice.randint(1, 19)
        before = cut_before(rule, begins, whole[where])
        assert before is not None
        assert list(slots(before, begins)) == whole[:where]
        assert list(islice(slots(rule, whole[where]), 20 - where)) == whole[where:]
    assert cut_before(DAILY, at("2026-01-01 19:00"), at("2026-01-01 19:00")) is None


@pytest.mark.parametrize(
    ("rule", "gap"),
    [
        (DAILY, 1),
        (WEEKLY, 7),
        (Rule(Every.WEEK, weekdays=(0, 2)), 2),
        (Rule(Every.MONTH, day=31), 28),
        (Rule(Every.MONTH, weekdays=(5,), nth=1), 28),
        (Rule(Every.WEEK, 2), 14),
    ],
)
def test_shortest_gap(rule: Rule, gap: int) -> None:
    assert shortest_gap(rule, at("2026-11-24 20:00")) == timedelta(days=gap)


def test_a_rule_survives_json() -> None:
    dice = random.Random(1)
    for _ in range(200):
        rule = any_rule(dice)
        assert Rule.from_json(rule.to_json()) == rule
    ending = Rule(Every.DAY, until=at("2026-12-01 20:00"))
    assert Rule.from_json(ending.to_json()) == ending


def test_what_comes_after_an_instant_is_all_that_starts_later() -> None:
    """Also a date whose slot the clocks skipped, so that it starts later than its slot says."""
    berlin, begins = ZoneInfo("Europe/Berlin"), at("2026-03-27 02:30")
    whole = list(islice(spans(DAILY, begins, LENGTH, berlin), 6))
    for minutes in range(0, 4 * 24 * 60, 15):
        after = whole[0].starts_at + timedelta(minutes=minutes)
        wanted = next(each for each in whole if each.starts_at > after)
        assert next(spans(DAILY, begins, LENGTH, berlin, after)) == wanted, after
