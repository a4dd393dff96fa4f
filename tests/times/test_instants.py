"""Instants as typed in three languages, seen from a Wednesday in Seoul: 2026-07-15, 21:00:05 (12:00:05 UTC)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.i18n import languages
from bot.times import parse_instant, parse_zone
from bot.times.vocabulary import vocabulary
from tests.times.reading import NOW, read, seoul
from tests.times.refusals import refused

FORMS = {
    "2026-07-15 21:00:35": ["30s", "in 30 seconds", "30秒", "30초", "30秒後", "30초 뒤"],
    "2026-07-15 21:45:05": ["45m", "45分", "45분", "45 min from now"],
    "2026-07-15 22:30:05": ["1h30m", "1時間半", "1時間30分後", "1시간 30분 뒤", "한 시간 반 뒤", "in 1.5 hours"],
    "2026-07-15 23:00:05": ["2h", "in 2 hours", "2時間", "2時間後", "2시간", "2시간 후"],
    "2026-07-17 21:00:05": ["2 days", "in 2 days", "2日", "2日後", "2일", "2일 뒤", "48h"],
    "2026-07-22 21:00:05": ["1 week", "a week from now", "1週間", "一週間後", "1주", "일주일", "일주일 뒤"],
    "2026-07-15 22:00": [
        *("22:00", "10pm", "10 PM", "10 p.m.", "10:00 pm", "at 22:00", "22:00 KST", "today 22:00", "tonight 10pm"),
        *("22時", "午後10時", "午後10:00", "夜10時", "今夜10時", "今日の22時", "本日 ２２：００", "22시", "오후 10시"),
        *(
            "밤 10시",
            "오늘 밤 10시",
            "오늘 22시",
            "13:00Z",
            "13:00 UTC",
            "13:00+00:00",
            "15:00 CEST",
            "9am EDT",
            "22 o'clock",
        ),
    ],
    "2026-07-15 23:59:30": ["23:59:30", "23時59分30秒", "23시 59분 30초", "today 23:59:30"],
    "2026-07-16 00:00": ["midnight", "真夜中", "자정", "24:00", "24時", "tomorrow 00:00", "today 24:00"],
    "2026-07-16 01:30": ["25時30分", "25時半", "01:30", "1:30am", "午前1時半", "오전 1시 반", "새벽 1시 30분"],
    "2026-07-16 12:00": ["noon", "12pm", "正午", "정오", "午後0時", "tomorrow noon", "noon tomorrow", "明日の正午"],
    "2026-07-16 20:00": [
        *("20:00", "8pm", "8 pm", "8:00 p.m.", "tomorrow 20:00", "Tomorrow at 8 PM", "20:00 tomorrow", "tmrw 20:00"),
        *(
            "明日 20:00",
            "明日20時",
            "明日の午後8時",
            "あした20時",
            "明日　２０：００",
            "내일 20:00",
            "내일 오후 8시",
            "내일 저녁 8시에",
        ),
        *(
            "2026-07-16 20:00",
            "july 16 20:00",
            "16 July 8pm",
            "16/7 20:00",
            "7/16 20:00",
            "16.7.2026 20:00",
            "thu 20:00",
        ),
        *("7月16日 20:00", "７月１６日２０時", "7월 16일 20시", "in 1 day 20:00", "1日後 20:00", "1일 뒤 20시"),
        *("tomorrow 20:00 KST", "tomorrow 20:00 Asia/Seoul", "tomorrow 20:00 asia/seoul", "tomorrow 20:00 Seoul"),
        *(
            "tomorrow 20:00 UTC+9",
            "tomorrow 20:00 utc+09:00",
            "tomorrow 20:00 GMT+9",
            "20:00 +09:00",
            "tomorrow 20:00 JST",
        ),
        *("日本時間 明日20時", "내일 20시 한국 시간", "明日20時 東京", "내일 20시 서울", "tomorrow 20:00 korea time"),
        *("tomorrow 11:00 UTC", "tomorrow 4am PT", "2026-07-16 13:00 Europe/Berlin", "2026-07-16 07:00 New York"),
        *(
            "<t:1784199600:F>",
            "<t:1784199600>",
            "<t:1784199600:R>",
            "2026-07-16T20:00:00+09:00",
            "2026-07-16T11:00:00Z",
        ),
        *(
            "2026-07-16T11:00:00.000Z",
            "2026-07-16t20:00+0900",
            "2026/07/16 20:00",
            "2026.07.16 20:00",
            "2026. 7. 16. 20:00",
        ),
        *("Thursday, 16 July 2026 at 20:00", "7月16日(木) 20:00", "7월 16일 (목) 오후 8시", "木曜20時", "목요일 20시"),
    ],
    "2026-07-17 20:00": [
        *("friday 20:00", "Fri 8pm", "fri. 20:00", "20:00 on friday", "this friday 20:00", "day after tomorrow 20:00"),
        *(
            "the day after tomorrow at 8pm",
            "金曜 20:00",
            "金曜日の20時",
            "今週金曜20時",
            "明後日 午後8時",
            "あさって20時",
        ),
        *("금요일 20시", "이번 주 금요일 오후 8시", "이번주 금요일 20:00", "모레 20시", "금 20:00", "金 20:00"),
    ],
    "2026-07-24 20:00": [
        *("next friday 20:00", "next friday 20:00 KST", "friday next week 20:00", "next week friday at 8pm"),
        *(
            "来週金曜20時",
            "来週の金曜日 20:00",
            "来週金 午後8時",
            "다음 주 금요일 20시",
            "다음주 금요일 오후 8시",
            "다음 주 금 20:00",
        ),
    ],
    "2026-07-31 20:00": ["week after next friday 20:00", "再来週の金曜20時", "다다음 주 금요일 20시"],
    "2026-07-20 09:00": [
        "monday 9am",
        "next monday 09:00",
        "月曜 9時",
        "来週月曜の朝9時",
        "월요일 아침 9시",
        "다음 주 월요일 9시",
    ],
    "2026-07-19 20:00": ["sunday 20:00", "日曜20時", "日 20:00", "일요일 20시", "일 20:00", "this sunday 20:00"],
    "2026-12-31 23:59": [
        *("2026-12-31 23:59", "2026-12-31 23:59 Asia/Seoul", "2026-12-31 14:59 UTC", "2026-12-31 09:59 EST"),
        *(
            "2026年12月31日 23:59",
            "2026年12月31日23時59分",
            "12月31日 23:59",
            "2026년 12월 31일 23:59",
            "12월 31일 밤 11시 59분",
        ),
        *(
            "december 31 23:59",
            "31 dec 2026 23:59",
            "dec 31st 2026, 11:59pm",
            "the 31st of december 23:59",
            "12/31 23:59",
        ),
        *("31/12/2026 23:59", "12/31/2026 23:59", "31.12.2026 23:59", "2026-12-31T23:59+09:00", "31st december 23:59"),
    ],
    "2027-02-01 10:00": ["1 feb 10:00", "2月1日 10:00", "2월 1일 오전 10시", "2027-02-01 10:00"],
    "2028-02-29 10:00": ["feb 29 10:00", "2月29日 10:00"],
}


@pytest.mark.parametrize(("text", "local"), [(text, local) for local, texts in FORMS.items() for text in texts])
def test_reads(text: str, local: str) -> None:
    assert read(text) == seoul(local)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    "text", ["tomorrow 20:00", "明日 20:00", "내일 20:00", "来週金曜20時", "다음 주 금요일 20시", "3日"]
)
def test_every_language_is_understood_whatever_the_readers(text: str, language: str) -> None:
    assert read(text, language=language) == read(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # It is still Tuesday evening in New York and Wednesday morning here.
        ("tomorrow 20:00", "2026-07-16 20:00+09:00"),
        ("tomorrow 20:00 America/New_York", "2026-07-15 20:00-04:00"),
        ("today 23:00 New York", "2026-07-14 23:00-04:00"),
        ("wednesday 20:00 EDT", "2026-07-15 20:00-04:00"),
        ("next monday 20:00 PDT", "2026-07-20 20:00-07:00"),
        ("20:00 UTC-11", "2026-07-14 20:00-11:00"),
    ],
)
def test_days_are_days_in_the_zone_that_is_named(text: str, shown: str) -> None:
    assert read(text, now=datetime(2026, 7, 15, 1, 0, tzinfo=UTC)) == datetime.fromisoformat(shown)


def test_the_small_hours_belong_to_the_day_before() -> None:
    assert read("25時", now=seoul("2026-07-15 00:30")) == seoul("2026-07-15 01:00")
    assert read("明日25時", now=seoul("2026-07-15 00:30")) == seoul("2026-07-17 01:00")


def test_what_cannot_be_seen_changes_nothing() -> None:
    assert read("\u2068to\u00admorrow\u200b 20:00\u2069") == read("tomorrow 20:00")


REFUSALS = {
    "time.unclear": [
        *(
            "",
            " ",
            "soon",
            "8",
            "20",
            "KST",
            "Asia/Seoul",
            "2 days 20:00",
            "2h KST",
            "20:00 21:00",
            "friday monday 20:00",
        ),
        *("tomorrow today 20:00", "next next friday 20:00", "in 20:00", "in 2h 20:00", "2026-12-31 2027-01-01 20:00"),
        *("20:00 KST JST", "-2h", "내일 모레 20시", "x" * 5000, "<t:99999999999999>", "<t:-5>", "20:00 21pm"),
    ],
    "time.unknown_word": [
        *("20:00 Narnia", "1 day ago", "tomorrow 20:00!", "8pmkst", "明日八時", "tomorrowish 20:00", "-2 h", "a b"),
    ],
    "time.past": [
        *("today 08:00", "2020-01-01 00:00", "<t:1>", "<t:1784116805:F>", "2026-07-15 21:00:05", "this monday 10:00"),
        *("tonight 9pm", "今日8時", "오늘 8시", "0002-01-01 00:00", "2026-07-15T20:00:00+09:00", "7/15 20:00"),
    ],
    "time.too_far": ["2032-01-01 00:00", "9999-12-31 23:59", "9999d", "9" * 60 + "h", "<t:99999999999>", "2000日"],
    "time.no_clock": [
        "tomorrow",
        "friday",
        "next friday",
        "2026-12-31",
        "12/31",
        "来週金曜",
        "다음 주 금요일",
        "tonight",
    ],
    "time.no_day": ["next week", "next week 20:00", "来週20時", "다음 주 20시", "this 20:00"],
    "time.no_such_date": ["2026-02-30 20:00", "feb 30 20:00", "13月1日 20:00", "2027-02-29 20:00", "0000-01-01 00:00"],
    "time.no_such_clock": ["25:00", "24:30", "20:60", "13am", "30時", "tonight 01:00", "夜12時", "8:30:99", "99:99"],
    "time.which_date": ["03/04 20:00", "3/4/2027 20:00", "10-11 20:00"],
    "time.wrong_weekday": [
        "friday 2026-12-31 20:00",
        "12月31日(金) 20:00",
        "tomorrow friday 20:00",
        "내일 금요일 20시",
    ],
    "time.midnight": ["tomorrow midnight", "friday midnight", "明日の真夜中", "내일 자정"],
    "time.no_fixed_length": ["in 3 months", "1 year", "3か月後", "6개월 뒤"],
    "time.duration.not_positive": ["0s", "in 0 days", "0.2s", "0日"],
}


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in REFUSALS.items() for text in texts])
def test_refuses(key: str, text: str) -> None:
    refused(lambda: read(text), key, f"{text[:100]}…" if len(text) > 100 else text.strip())


@pytest.mark.parametrize(
    ("text", "key", "zone"),
    [
        ("20:00 CST", "time.zone.ambiguous", "CST"),
        ("tomorrow 20:00 ist", "time.zone.ambiguous", "ist"),
        ("20:00 Asia/Nowhere", "time.zone.unknown", "Asia/Nowhere"),
        ("20:00 UTC+99", "time.zone.unknown", "UTC+99"),
        ("20:00-22:00", "time.zone.unknown", "-22:00"),
        ("2026-07-16 20:00 PST", "time.zone.season", "2026-07-16 20:00 PST"),
        ("2026-12-31 20:00 CEST", "time.zone.season", "2026-12-31 20:00 CEST"),
    ],
)
def test_refuses_zones(text: str, key: str, zone: str) -> None:
    refused(lambda: read(text), key, zone)


def test_the_wrong_half_of_the_year_names_both_ways_out() -> None:
    text = refused(lambda: read("tomorrow 20:00 EST"), "time.zone.season", "tomorrow 20:00 EST")
    by_place, by_offset = (str(text.params[name]).strip("`") for name in ("say_place", "say_offset"))
    # At this moment it is Wednesday there as well.
    assert read(by_place) == datetime.fromisoformat("2026-07-16 20:00-04:00")
    assert read(by_offset) == datetime.fromisoformat("2026-07-16 20:00-05:00")


def test_a_date_that_could_be_two_names_both_in_a_form_that_is_read() -> None:
    text = refused(lambda: read("3/4/2027 20:00"), "time.which_date", "3/4/2027 20:00")
    assert read(f"{text.params['one']} 20:00".replace("`", "")) == seoul("2027-03-04 20:00")
    assert read(f"{text.params['other']} 20:00".replace("`", "")) == seoul("2027-04-03 20:00")
    # Without a year they are the next there are.
    text = refused(lambda: read("3/8 20:00"), "time.which_date", "3/8 20:00")
    assert read(f"{text.params['one']} 20:00".replace("`", "")) == seoul("2027-03-08 20:00")
    assert read(f"{text.params['other']} 20:00".replace("`", "")) == seoul("2026-08-03 20:00")


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_where_the_year_goes_first_the_month_goes_before_the_day(language: str) -> None:
    assert read("3/4/2027 20:00", language=language) == seoul("2027-03-04 20:00")
    assert read("10/11 20:00", language=language) == seoul("2026-10-11 20:00")


def test_what_is_past_says_since_when() -> None:
    text = refused(lambda: read("today 19:00"), "time.past", "today 19:00")
    assert text.params["when"] == seoul("2026-07-15 19:00")
    assert text.params["ago"] == timedelta(hours=2)


def test_five_years_ahead_is_the_furthest() -> None:
    assert read("2031-07-15 20:00") == seoul("2031-07-15 20:00")
    assert read("1830 days") == NOW + timedelta(days=1830)
    refused(lambda: read("1831 days"), "time.too_far", "1831 days")


pieces = st.lists(
    st.sampled_from(sorted(vocabulary("en"))) | st.from_regex(r"[0-9]{1,5}([:/.-][0-9]{1,4}){0,2}", fullmatch=True),
    max_size=6,
).flatmap(lambda words: st.sampled_from([" ".join(words), "".join(words)]))


@given(
    st.text() | st.text(alphabet="0123456789:/-+. TZaputchkmd年月日時分後午前来週金明년월일시분오후내다음주") | pieces,
    st.datetimes(datetime(2025, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["UTC", "Asia/Seoul", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC-11"]),
    st.none() | st.integers(-(10**7), 10**8),
    st.sampled_from([*languages(), "xx"]),
)
def test_any_text_is_an_instant_ahead_or_refused(
    text: str, moment: datetime, zone: str, start: int | None, language: str
) -> None:
    now = moment.replace(tzinfo=UTC)
    relative_to = None if start is None else now + timedelta(seconds=start)
    try:
        instant = parse_instant(text, now=now, zone=parse_zone(zone), relative_to=relative_to, language=language)
    except BadInput:
        return
    assert now < instant <= now + timedelta(days=366 * 5)
    assert instant.tzinfo is UTC


@given(st.integers(61, 5 * 365 * 86400), st.sampled_from(["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"]))
def test_an_instant_written_with_its_offset_is_read_back(seconds: int, zone: str) -> None:
    instant = (NOW + timedelta(seconds=seconds)).replace(microsecond=0)
    assert read(instant.astimezone(ZoneInfo(zone)).isoformat()) == instant
    assert read(f"<t:{int(instant.timestamp())}:F>") == instant
    assert read(f"{instant:%Y-%m-%d %H:%M:%S} UTC") == instant
