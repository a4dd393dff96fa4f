"""Which day is meant by a weekday, and what an end counts from."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.times.reading import NOW, SEOUL, read, seoul
from tests.times.refusals import refused


class TestWeekdays:
    """Friday is the first after today, next friday the one of next week; weeks begin on Monday."""

    @pytest.mark.parametrize(
        ("today", "friday", "next_friday"),
        [
            ("2026-07-13", "2026-07-17", "2026-07-24"),
            ("2026-07-16", "2026-07-17", "2026-07-24"),
            ("2026-07-17", "2026-07-24", "2026-07-24"),
            ("2026-07-18", "2026-07-24", "2026-07-24"),
            ("2026-07-19", "2026-07-24", "2026-07-24"),
            ("2026-07-20", "2026-07-24", "2026-07-31"),
        ],
    )
    def test_on_each_day_of_the_week(self, today: str, friday: str, next_friday: str) -> None:
        now = seoul(f"{today} 12:00")
        for text in ("friday 20:00", "金曜20時", "금요일 20시"):
            assert read(text, now=now) == seoul(f"{friday} 20:00")
        for text in ("next friday 20:00", "来週金曜20時", "다음 주 금요일 20시"):
            assert read(text, now=now) == seoul(f"{next_friday} 20:00")

    def test_this_weeks_day_that_is_over_is_past(self) -> None:
        refused(lambda: read("this monday 20:00"), "time.past", "this monday 20:00")

    @given(st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)), st.integers(0, 6))  # noqa: DTZ001
    def test_a_weekday_is_one_to_seven_days_ahead(self, local: datetime, weekday: int) -> None:
        now = local.replace(tzinfo=SEOUL)
        names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        found = read(f"{names[weekday]} 08:15", now=now).astimezone(SEOUL)
        assert found.weekday() == weekday
        assert 1 <= (found.date() - local.date()).days <= 7
        following = read(f"next {names[weekday]} 08:15", now=now).astimezone(SEOUL)
        monday = local.date() - timedelta(days=local.weekday())
        assert following.date() - monday == timedelta(days=7 + weekday)


class TestCountedFromAStart:
    """An end counts from the start where that is given."""

    START = seoul("2026-08-07 20:00")  # a Friday

    @pytest.mark.parametrize(
        ("text", "local"),
        [
            ("2 days", "2026-08-09 20:00"),
            ("1時間30分", "2026-08-07 21:30"),
            ("22:00", "2026-08-07 22:00"),
            ("19:00", "2026-08-08 19:00"),
            ("26時", "2026-08-08 02:00"),
            ("friday 22:00", "2026-08-07 22:00"),
            ("friday 19:00", "2026-08-14 19:00"),
            ("sunday 18:00", "2026-08-09 18:00"),
            ("3日後 20:00", "2026-08-10 20:00"),
            ("aug 9 10:00", "2026-08-09 10:00"),
            ("2026-08-30 10:00", "2026-08-30 10:00"),
            ("tomorrow 20:00", "2026-07-16 20:00"),
            ("next friday 20:00", "2026-07-24 20:00"),
        ],
    )
    def test_from_a_start_to_come(self, text: str, local: str) -> None:
        assert read(text, relative_to=self.START) == seoul(local)

    def test_from_a_start_that_is_over(self) -> None:
        started = NOW - timedelta(days=1)
        assert read("2 days", relative_to=started) == NOW + timedelta(days=1)
        assert read("22:00", relative_to=started) == seoul("2026-07-15 22:00")
        refused(lambda: read("23h", relative_to=started), "time.past", "23h")
