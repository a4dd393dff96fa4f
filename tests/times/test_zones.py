"""Zones by the names people use."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.times import parse_zone, suggest_zones, zone_name
from bot.times.zones import POPULAR
from tests.times.refusals import refused

NAMES = {
    "Asia/Seoul": [
        "Asia/Seoul",
        "asia/seoul",
        "ASIA/SEOUL",
        " Asia/Seoul ",
        "Seoul",
        "seoul",
        "서울",
        "ソウル",
        "KST",
        "kst",
    ],
    "Asia/Tokyo": [
        "Asia/Tokyo",
        "tokyo",
        "東京",
        "도쿄",
        "JST",
        "日本時間",
        "일본 시간",
        "일본시간",
        "Ａｓｉａ／Ｔｏｋｙｏ",
    ],
    "America/New_York": ["America/New_York", "new york", "New_York", "NEW YORK", "ET", "EST", "edt"],
    "America/Los_Angeles": ["los angeles", "PT", "PST", "pdt"],
    "Europe/Berlin": ["berlin", "CET", "cest", "ベルリン", "베를린"],
    "Europe/London": ["London", "BST", "uk time"],
    "UTC": ["UTC", "utc", "Utc", "GMT", "Z", "UTC+0", "UTC-0", "UTC+00:00", "+00:00", "Etc/UTC"],
    "UTC+9": ["UTC+9", "utc+9", "UTC +9", "UTC+09:00", "UTC+0900", "GMT+9", "+9", "+09:00", "ＵＴＣ＋９"],
    "UTC-3:30": ["UTC-3:30", "UTC-0330", "UTC−3:30", "-03:30"],
    "UTC+5:45": ["UTC+5:45", "UTC+545"],
    "UTC+14": ["UTC+14"],
    "UTC-12": ["UTC-12"],
}


@pytest.mark.parametrize(("text", "name"), [(text, name) for name, texts in NAMES.items() for text in texts])
def test_reads(text: str, name: str) -> None:
    zone = parse_zone(text)
    assert zone_name(zone) == ("Etc/UTC" if text == "Etc/UTC" else name)
    if name.startswith("UTC"):
        assert isinstance(zone, timezone) or text == "Etc/UTC"
    else:
        assert zone == ZoneInfo(name)


def test_every_zone_there_is_can_be_named_and_keeps_its_clock() -> None:
    # Bare EST, MST and the like are half a year's abbreviations to people, whatever the files say.
    for name in available_timezones() - {"Factory", "localtime", "posixrules", "EST", "MST", "CET", "EET", "WET"}:
        zone = parse_zone(name)
        for moment in (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)):
            assert moment.astimezone(zone).utcoffset() == moment.astimezone(ZoneInfo(name)).utcoffset(), name
        assert parse_zone(zone_name(zone)) == zone


def test_zones_that_share_a_city_share_a_clock() -> None:
    cities: dict[str, set[timedelta | None]] = {}
    regions = {name.partition("/")[0] for name in POPULAR} - {"UTC"} | {"Africa", "Atlantic", "Indian", "Antarctica"}
    moments = [datetime(2026, month, 15, tzinfo=UTC) for month in range(1, 13)]
    for name in available_timezones():
        if name.partition("/")[0] in regions:
            offsets = {timedelta(days=month) + (moment.astimezone(ZoneInfo(name)).utcoffset() or timedelta())
                       for month, moment in enumerate(moments)}  # fmt: skip
            assert cities.setdefault(name.rpartition("/")[2], set(offsets)) == offsets, name


@given(st.integers(-48, 56))
def test_offsets_are_read_as_they_are_named(quarters: int) -> None:
    zone = timezone(timedelta(minutes=15 * quarters))
    assert parse_zone(zone_name(zone)) == zone


AMBIGUOUS = {
    "IST": ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"],
    "CST": ["America/Chicago", "Asia/Shanghai", "America/Havana"],
    "ast": ["America/Halifax", "Asia/Riyadh"],
}


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_abbreviations_with_several_meanings_are_refused_with_all_of_them(text: str) -> None:
    refusal = refused(lambda: parse_zone(text), "time.zone.ambiguous", text)
    assert refusal.params["choices"] == [f"`{name}`" for name in AMBIGUOUS[text]]
    assert suggest_zones(text)[: len(AMBIGUOUS[text])] == AMBIGUOUS[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Narnia",
        "Asia/Nowhere",
        "UTC+15",
        "UTC-13",
        "UTC+9:20",
        "UTC+9:99",
        "+",
        "20:00",
        "../etc/passwd",
        "x" * 999,
    ],
)
def test_what_is_no_zone_is_refused_with_some_that_are(text: str) -> None:
    shown = f"{text[:100]}…" if len(text) > 100 else text
    refusal = refused(lambda: parse_zone(text), "time.zone.unknown", shown)
    examples = refusal.params["examples"]
    assert isinstance(examples, list)
    assert examples
    for example in examples:
        parse_zone(str(example).strip("`"))


def test_a_slip_is_answered_with_what_was_meant() -> None:
    refusal = refused(lambda: parse_zone("Asia/Soeul"), "time.zone.unknown", "Asia/Soeul")
    assert "`Asia/Seoul`" in refusal.params["examples"]  # pyright: ignore[reportOperatorIssue]


@given(st.text())
def test_any_text_is_a_zone_or_refused(text: str) -> None:
    try:
        zone = parse_zone(text)
    except BadInput:
        return
    assert parse_zone(zone_name(zone)) == zone


class TestSuggestions:
    def test_popular_ones_while_nothing_is_typed(self) -> None:
        assert suggest_zones("") == list(POPULAR[:25])
        assert suggest_zones("", limit=3) == ["UTC", "Asia/Seoul", "Asia/Tokyo"]
        assert suggest_zones("  ") == suggest_zones("")

    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("seo", "Asia/Seoul"),
            ("New Y", "America/New_York"),
            ("new_y", "America/New_York"),
            ("america/los", "America/Los_Angeles"),
            ("서", "Asia/Seoul"),
            ("東", "Asia/Tokyo"),
            ("kst", "Asia/Seoul"),
            ("UTC+9", "UTC+9"),
            ("utc-3:30", "UTC-3:30"),
            ("u", "UTC"),
            ("lond", "Europe/London"),
            ("eur", "Europe/London"),
        ],
    )
    def test_the_likeliest_goes_first(self, text: str, first: str) -> None:
        assert suggest_zones(text)[0] == first

    @given(
        st.text()
        | st.sampled_from(sorted(available_timezones())).flatmap(lambda n: st.sampled_from([n, n[:3], n[-4:]]))
    )
    def test_there_are_few_all_different_and_each_is_a_zone(self, text: str) -> None:
        found = suggest_zones(text)
        assert len(found) <= 25
        assert len(set(found)) == len(found)
        for name in found:
            assert zone_name(parse_zone(name)) == name

    def test_nothing_for_nonsense(self) -> None:
        assert suggest_zones("qqqq") == []
        assert suggest_zones("x" * 5000) == []
