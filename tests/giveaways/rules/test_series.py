"""A repeated giveaway keeps its time on the wall clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from cogs.giveaways.rules.options import SHORTEST
from cogs.giveaways.rules.series import Occurrence, next_occurrence
from cogs.giveaways.rules.terms import Repeats

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)  # pyright: ignore[reportArgumentType]


def test_the_hour_stays_when_clocks_are_changed() -> None:
    first = local(2026, 3, 21, 20, 0)
    second = next_occurrence(Repeats.WEEKLY, first, first, DAY, "Europe/Berlin", first + DAY)
    assert second == Occurrence(local(2026, 3, 28, 20, 0), local(2026, 3, 29, 20, 0))
    assert second.closes - second.opens == timedelta(hours=23)
    third = next_occurrence(Repeats.WEEKLY, first, second.opens, DAY, "Europe/Berlin", second.closes)
    assert third == Occurrence(local(2026, 4, 4, 20, 0), local(2026, 4, 5, 20, 0))


def test_an_hour_that_is_left_out_moves_one_opening_and_nothing_else() -> None:
    first = local(2026, 3, 28, 2, 30)
    runs = timedelta(hours=12)
    second = next_occurrence(Repeats.DAILY, first, first, runs, "Europe/Berlin", first + runs)
    assert second == Occurrence(local(2026, 3, 29, 3, 30), local(2026, 3, 29, 14, 30))
    third = next_occurrence(Repeats.DAILY, first, second.opens, runs, "Europe/Berlin", second.closes)
    assert third.opens == local(2026, 3, 30, 2, 30)


def test_the_31st_means_the_last_day_and_comes_back() -> None:
    first = datetime(2026, 1, 31, 18, tzinfo=UTC)
    second = next_occurrence(Repeats.MONTHLY, first, first, DAY, "UTC", first + DAY)
    third = next_occurrence(Repeats.MONTHLY, first, second.opens, DAY, "UTC", second.closes)
    assert [second.opens, third.opens] == [datetime(2026, 2, 28, 18, tzinfo=UTC), datetime(2026, 3, 31, 18, tzinfo=UTC)]


def test_one_that_runs_until_the_next_is_followed_without_a_gap() -> None:
    first = datetime(2026, 5, 1, 18, tzinfo=UTC)
    second = next_occurrence(Repeats.DAILY, first, first, DAY, "UTC", first + DAY + timedelta(seconds=2))
    assert second == Occurrence(first + DAY, first + 2 * DAY)


def test_after_weeks_away_what_is_over_is_left_out() -> None:
    first = datetime(2026, 5, 1, 18, tzinfo=UTC)
    back = datetime(2026, 6, 11, 12, tzinfo=UTC)
    found = next_occurrence(Repeats.DAILY, first, first, timedelta(hours=3), "UTC", back)
    assert found.opens == datetime(2026, 6, 11, 18, tzinfo=UTC)
    open_now = next_occurrence(Repeats.DAILY, first, first, DAY, "UTC", back)
    assert open_now == Occurrence(datetime(2026, 6, 10, 18, tzinfo=UTC), datetime(2026, 6, 11, 18, tzinfo=UTC))


@settings(deadline=None)
@given(
    rule=st.sampled_from(Repeats),
    first=st.integers(0, 10**8).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    runs=st.timedeltas(SHORTEST, timedelta(days=1)),
    away=st.timedeltas(timedelta(0), timedelta(days=40)),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Seoul", "America/New_York", "Australia/Lord_Howe"]),
)
def test_the_next_is_later_and_can_still_be_entered(
    rule: Repeats, first: datetime, runs: timedelta, away: timedelta, zone: str
) -> None:
    runs = timedelta(seconds=int(runs.total_seconds()))
    now = first + runs + away
    found = next_occurrence(rule, first, first, runs, zone, now)
    assert found.opens > first
    assert found.closes - max(found.opens, now) >= SHORTEST
    assert found.opens - now <= timedelta(days=32)
