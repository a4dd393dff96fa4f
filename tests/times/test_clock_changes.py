"""Nights on which clocks are set forward or back: nothing shifts in silence."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import Text, languages, plain
from bot.times import at_wall_clock, parse_instant
from bot.times.wallclock import instants
from tests.times.refusals import refused

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
TOKYO = ZoneInfo("Asia/Tokyo")
BEFORE = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def said(text: Text, name: str) -> str:
    return str(text.params[name]).strip("`")


@pytest.mark.parametrize(
    ("zone", "local", "first", "second"),
    [
        (NEW_YORK, "2026-11-01 01:30", "2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00"),
        (BERLIN, "2026-10-25 02:00", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"),
        (LORD_HOWE, "2026-04-05 01:45", "2026-04-05T01:45+11:00", "2026-04-05T01:45+10:30"),
    ],
)
class TestTwice:
    def test_is_refused_with_both(self, zone: ZoneInfo, local: str, first: str, second: str) -> None:
        text = refused(lambda: parse_instant(local, now=BEFORE, zone=zone), "time.twice", local)
        assert text.params["zone"] == zone.key
        for name, instant in (("first", first), ("second", second)):
            assert text.params[name] == f"<t:{int(utc(instant).timestamp())}:F>"
            assert parse_instant(said(text, f"say_{name}"), now=BEFORE, zone=zone) == utc(instant)
            assert parse_instant(instant, now=BEFORE, zone=zone) == utc(instant)

    def test_between_the_two_only_one_is_meant(self, zone: ZoneInfo, local: str, first: str, second: str) -> None:
        between = utc(first) + timedelta(minutes=1)
        assert parse_instant(local, now=between, zone=zone) == utc(second)
        assert parse_instant(f"today {local[11:]}", now=between, zone=zone) == utc(second)
        assert parse_instant(local[11:], now=between, zone=zone) == utc(second)

    def test_after_both_it_is_past_or_the_next_day(self, zone: ZoneInfo, local: str, first: str, second: str) -> None:
        after = utc(second) + timedelta(minutes=1)
        refused(lambda: parse_instant(local, now=after, zone=zone), "time.past", local)
        assert parse_instant(local[11:], now=after, zone=zone) > utc(first) + timedelta(days=1)

    def test_tomorrow_and_weekdays_are_refused_too(self, zone: ZoneInfo, local: str, first: str, second: str) -> None:
        today = utc(first) - timedelta(hours=20)
        for day in ("tomorrow", "sunday", "this sunday", "in 1 day", "明日", "日曜日", "내일"):
            text = f"{day} {local[11:]}"
            refused(lambda text=text: parse_instant(text, now=today, zone=zone), "time.twice", text)
        refused(lambda: parse_instant(local[11:], now=today, zone=zone), "time.twice", local[11:])


@pytest.mark.parametrize(
    ("zone", "local", "gap_start", "gap_end"),
    [
        (NEW_YORK, "2026-03-08 02:30", "02:00", "03:00"),
        (BERLIN, "2026-03-29 02:00", "02:00", "03:00"),
        (LORD_HOWE, "2026-10-04 02:29", "02:00", "02:30"),
        (ZoneInfo("Africa/Cairo"), "2026-04-24 00:15", "00:00", "01:00"),
    ],
)
class TestSkipped:
    def test_is_refused_with_the_gap(self, zone: ZoneInfo, local: str, gap_start: str, gap_end: str) -> None:
        text = refused(lambda: parse_instant(local, now=BEFORE, zone=zone), "time.skipped", local)
        day = local[:10]
        assert text.params["zone"] == zone.key
        assert (text.params["gap_start"], text.params["gap_end"]) == (f"{day} {gap_start}", f"{day} {gap_end}")
        example = parse_instant(said(text, "example"), now=BEFORE, zone=zone)
        assert example.astimezone(zone).isoformat(" ", "minutes")[:16] == f"{day} {gap_end}"

    def test_tomorrow_is_refused_too(self, zone: ZoneInfo, local: str, gap_start: str, gap_end: str) -> None:
        today = at_wall_clock(datetime.fromisoformat(local), zone) - timedelta(hours=20)
        for day in ("tomorrow ", "in 1 day ", "明日", "내일 ", ""):
            text = f"{day}{local[11:]}"
            refused(lambda text=text: parse_instant(text, now=today, zone=zone), "time.skipped", text)

    def test_the_day_after_everything_is_as_ever(
        self, zone: ZoneInfo, local: str, gap_start: str, gap_end: str
    ) -> None:
        after = at_wall_clock(datetime.fromisoformat(local), zone) + timedelta(hours=1)
        found = parse_instant(local[11:], now=after, zone=zone)
        assert found.astimezone(zone).replace(tzinfo=None) == datetime.fromisoformat(local) + timedelta(days=1)


def test_the_abbreviation_says_which_of_the_two() -> None:
    for name, offset in (("EDT", "-04:00"), ("EST", "-05:00"), ("UTC-4", "-04:00"), ("UTC-5", "-05:00")):
        found = parse_instant(f"2026-11-01 01:30 {name}", now=BEFORE, zone=TOKYO)
        assert found == utc(f"2026-11-01T01:30{offset}")


def test_lengths_are_exact_across_a_change() -> None:
    now = utc("2026-03-07T12:00-05:00")
    assert parse_instant("2 days", now=now, zone=NEW_YORK) == utc("2026-03-09T13:00-04:00")
    local = now.astimezone(NEW_YORK)
    assert parse_instant("2 days", now=local, zone=NEW_YORK, relative_to=local) == now + timedelta(hours=48)
    assert parse_instant("in 2 days 12:00", now=now, zone=NEW_YORK) == utc("2026-03-09T12:00-04:00")
    assert parse_instant("tomorrow 12:00", now=now, zone=NEW_YORK) == utc("2026-03-08T12:00-04:00")


def test_a_zone_without_changes_never_refuses() -> None:
    for hour in range(48):
        day = "2026-03-08" if hour < 24 else "2026-11-01"
        text = f"{day} {hour % 24:02}:30"
        assert parse_instant(text, now=BEFORE, zone=TOKYO) == utc(f"{day}T{hour % 24:02}:30+09:00")


def test_the_sentences_in_three_languages() -> None:
    for local, key in (("2026-11-01 01:30", "time.twice"), ("2026-03-08 02:30", "time.skipped")):
        text = refused(lambda local=local: parse_instant(local, now=BEFORE, zone=NEW_YORK), key, local)
        sentences = {plain(language, text) for language in languages()}
        assert len(sentences) == len(languages())
        for sentence in sentences:
            assert "America/New_York" in sentence
            assert ("2026-11-01 01:30 UTC-4" if key == "time.twice" else "2026-03-08 03:00") in sentence


zones = st.sampled_from([NEW_YORK, BERLIN, LORD_HOWE, TOKYO, ZoneInfo("Pacific/Apia"), ZoneInfo("Africa/Casablanca")])
locals_ = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001


@given(zones, locals_)
def test_instants_are_exactly_those_at_which_clocks_show_the_time(zone: ZoneInfo, local: datetime) -> None:
    local = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
    day = at_wall_clock(local, zone) - timedelta(days=1, hours=2)
    shown = [day + timedelta(minutes=15 * quarter) for quarter in range(52 * 4)]
    assert instants(local, zone) == [each for each in shown if each.astimezone(zone).replace(tzinfo=None) == local]


@given(zones, locals_)
def test_what_is_understood_shows_what_was_typed(zone: ZoneInfo, local: datetime) -> None:
    typed = f"{local:%Y-%m-%d %H:%M}"
    now = local.replace(tzinfo=UTC) - timedelta(days=30)
    found = instants(datetime.fromisoformat(typed), zone)
    if len(found) == 1:
        assert parse_instant(typed, now=now, zone=zone) == found[0]
        assert f"{found[0].astimezone(zone):%Y-%m-%d %H:%M}" == typed
    else:
        refused(lambda: parse_instant(typed, now=now, zone=zone), "time.twice" if found else "time.skipped", typed)
