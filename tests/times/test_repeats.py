"""What repeats keeps to the clock on the wall."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.times import Repeat, at_wall_clock, next_repeat, nth_repeat, parse_zone

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
TOKYO = ZoneInfo("Asia/Tokyo")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def following(rule: Repeat, start: str, zone: ZoneInfo, count: int) -> list[str]:
    """Return the first occurrences as clocks in the zone show them, each found from the one before."""
    found = [at_wall_clock(local(start), zone)]
    while len(found) < count:
        found.append(next_repeat(rule, local(start), zone, found[-1]))
    return [f"{each.astimezone(zone):%Y-%m-%d %H:%M%z}" for each in found]


def test_daily_across_the_change_to_summer_time() -> None:
    assert following(Repeat.DAILY, "2026-03-07 20:00", NEW_YORK, 3) == [
        "2026-03-07 20:00-0500",
        "2026-03-08 20:00-0400",
        "2026-03-09 20:00-0400",
    ]


def test_a_time_that_is_left_out_moves_by_the_gap_and_only_that_once() -> None:
    assert following(Repeat.DAILY, "2026-03-07 02:30", NEW_YORK, 3) == [
        "2026-03-07 02:30-0500",
        "2026-03-08 03:30-0400",
        "2026-03-09 02:30-0400",
    ]
    assert following(Repeat.DAILY, "2026-10-03 02:15", LORD_HOWE, 3) == [
        "2026-10-03 02:15+1030",
        "2026-10-04 02:45+1100",
        "2026-10-05 02:15+1100",
    ]


def test_a_time_that_comes_twice_is_the_first_and_only_once() -> None:
    assert following(Repeat.DAILY, "2026-10-24 02:30", BERLIN, 3) == [
        "2026-10-24 02:30+0200",
        "2026-10-25 02:30+0200",
        "2026-10-26 02:30+0100",
    ]
    assert following(Repeat.WEEKLY, "2026-03-29 01:45", LORD_HOWE, 3) == [
        "2026-03-29 01:45+1100",
        "2026-04-05 01:45+1100",
        "2026-04-12 01:45+1030",
    ]


def test_monthly_on_the_31st_is_the_last_day() -> None:
    assert following(Repeat.MONTHLY, "2027-12-31 09:00", TOKYO, 6) == [
        "2027-12-31 09:00+0900",
        "2028-01-31 09:00+0900",
        "2028-02-29 09:00+0900",
        "2028-03-31 09:00+0900",
        "2028-04-30 09:00+0900",
        "2028-05-31 09:00+0900",
    ]


@pytest.mark.parametrize(("day", "february"), [(28, 28), (29, 28), (30, 28), (15, 15), (1, 1)])
def test_monthly_keeps_its_day_where_the_month_has_it(day: int, february: int) -> None:
    dates = [each[:10] for each in following(Repeat.MONTHLY, f"2026-01-{day:02} 09:00", TOKYO, 4)]
    assert dates == [f"2026-01-{day:02}", f"2026-02-{february:02}", f"2026-03-{day:02}", f"2026-04-{day:02}"]


def test_the_start_is_the_first_occurrence() -> None:
    start = local("2026-07-15 20:00")
    first = at_wall_clock(start, TOKYO)
    for rule in Repeat:
        assert next_repeat(rule, start, TOKYO, first - timedelta(days=400)) == first
        assert next_repeat(rule, start, TOKYO, first - timedelta(seconds=1)) == first
        assert next_repeat(rule, start, TOKYO, first) > first
        assert nth_repeat(rule, start, TOKYO, 0) == first


def test_after_a_long_silence_the_next_is_the_next() -> None:
    start = local("2026-01-31 20:00")
    after = datetime(2036, 2, 10, 12, 0, tzinfo=UTC)
    assert next_repeat(Repeat.DAILY, start, TOKYO, after) == datetime(2036, 2, 11, 11, 0, tzinfo=UTC)
    assert next_repeat(Repeat.WEEKLY, start, TOKYO, after) == datetime(2036, 2, 16, 11, 0, tzinfo=UTC)
    assert next_repeat(Repeat.MONTHLY, start, TOKYO, after) == datetime(2036, 2, 29, 11, 0, tzinfo=UTC)


def test_a_day_a_country_left_out_is_not_repeated_twice() -> None:
    # Samoa had no 30 December 2011.
    apia = ZoneInfo("Pacific/Apia")
    assert following(Repeat.DAILY, "2011-12-28 10:00", apia, 4) == [
        "2011-12-28 10:00-1000",
        "2011-12-29 10:00-1000",
        "2011-12-31 10:00+1400",
        "2012-01-01 10:00+1400",
    ]


zones = st.sampled_from([NEW_YORK, BERLIN, LORD_HOWE, TOKYO, parse_zone("UTC+9"), parse_zone("Africa/Casablanca")])
starts = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda each: each.replace(microsecond=0))  # noqa: DTZ001


@given(st.sampled_from(Repeat), starts, zones, st.integers(0, 60))
def test_following_one_another_and_counting_give_the_same(
    rule: Repeat, start: datetime, zone: ZoneInfo, n: int
) -> None:
    instant = nth_repeat(rule, start, zone, n)
    assert next_repeat(rule, start, zone, instant) == nth_repeat(rule, start, zone, n + 1)
    assert next_repeat(rule, start, zone, instant - timedelta(seconds=1)) == instant
    assert instant.tzinfo is UTC


@given(st.sampled_from(Repeat), starts, zones)
def test_no_drift(rule: Repeat, start: datetime, zone: ZoneInfo) -> None:
    occurrences = [nth_repeat(rule, start, zone, n) for n in range(30)]
    for before, after in pairwise(occurrences):
        assert before < after
    for instant in occurrences:
        shown = instant.astimezone(zone).replace(tzinfo=None, fold=0)
        wanted = shown.replace(hour=start.hour, minute=start.minute, second=start.second)
        # Shown otherwise only where the wanted time does not exist, and then later by the gap.
        assert shown == wanted or (shown > wanted and at_wall_clock(wanted, zone) == instant)
