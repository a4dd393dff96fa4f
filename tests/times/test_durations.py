"""Lengths of time, as typed in three languages."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.i18n import duration, languages, plain
from bot.times import parse_duration
from tests.times.refusals import refused

DAY = timedelta(days=1)
LENGTHS = {
    timedelta(seconds=30): ["30s", "30 sec", "30 seconds", "30秒", "30초", "３０秒", "30 S", " 30s "],
    timedelta(minutes=45): ["45m", "45 min", "45 minutes", "45分", "45分間", "45분", "0.75h"],
    timedelta(hours=1): ["1h", "an hour", "1 hour", "一時間", "1시간", "한 시간", "60m"],
    timedelta(hours=1, minutes=30): [
        *("1h30m", "1h 30m", "1 hour 30 minutes", "1 hour and 30 minutes", "1 hour, 30 minutes", "1.5 hours", "90m"),
        *("1時間30分", "１時間３０分", "1時間半", "1시간 30분", "1시간30분", "한 시간 반"),
    ],
    2 * DAY: ["2d", "2 days", "2日", "2日間", "2일", "２ days", "in 2 days", "2日後", "2일 후"],
    3 * DAY: ["3d", "3日", "3일", "72h"],
    7 * DAY: ["1w", "1 week", "a week", "1週間", "一週間", "1주", "1주일", "일주일", "7 days"],
    timedelta(days=1, hours=2, minutes=3, seconds=4): ["1d2h3m4s", "1日2時間3分4秒", "1일 2시간 3분 4초"],
    timedelta(days=1234): ["1234d", "1,234 days", "1,234日"],
}


@pytest.mark.parametrize(("text", "length"), [(text, length) for length, texts in LENGTHS.items() for text in texts])
def test_reads(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["7", "７", " 7 ", "7.0"])
def test_a_number_alone_counts_the_unit_of_its_option(text: str) -> None:
    assert parse_duration(text, bare_unit=DAY) == 7 * DAY
    assert parse_duration(text, bare_unit=timedelta(hours=1)) == timedelta(hours=7)
    refused(lambda: parse_duration(text), "time.duration.bare", text.strip())


def test_a_unit_goes_before_the_unit_of_the_option() -> None:
    assert parse_duration("7h", bare_unit=DAY) == timedelta(hours=7)


REFUSALS = {
    "time.duration.not_positive": ["0", "0s", "0 days", "-3d", "-1", "−2 days", "－2日", "0.5s", "0日"],
    "time.duration.too_long": ["9999d", "4000 days", "99999999999999999999999999 weeks", "9999日", "9999일"],
    "time.no_fixed_length": ["3 months", "1 year", "1か月", "6개월", "1y 2d"],
    "time.duration.unclear": [
        *("", " ", "soon", "2 bananas", "tomorrow", "20:00", "1h tomorrow", "1h 2h", "days", "3 3 days", "KST"),
        *("2 days 20:00", "明日", "내일", "h1", "1h30", "2-3 days", "5s!", "x" * 5000, "1e5s", "½h2"),
    ],
}


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in REFUSALS.items() for text in texts])
def test_refuses(key: str, text: str) -> None:
    bare_unit = DAY if key == "time.duration.not_positive" else None
    shown = f"{text[:100]}…" if len(text) > 100 else text.strip()
    refused(lambda: parse_duration(text, bare_unit=bare_unit), key, shown)


def test_the_longest_length_is_allowed_and_named() -> None:
    assert parse_duration("90d", max_length=90 * DAY) == 90 * DAY
    text = refused(lambda: parse_duration("91d", max_length=90 * DAY), "time.duration.too_long", "91d")
    assert [plain(language, text) for language in ("en", "ja", "ko")] == [
        "“91d” is too long. Write 90 days or less.",
        "「91d」は長すぎます。90日以内で入力してください。",
        "‘91d’: 너무 깁니다. 90일 이내로 입력해 주세요.",
    ]
    refused(lambda: parse_duration("91", bare_unit=DAY, max_length=90 * DAY), "time.duration.too_long", "91")


@given(st.integers(1, 3660 * 86400), st.sampled_from(languages()))
def test_what_we_write_we_read(seconds: int, language: str) -> None:
    length = timedelta(seconds=seconds)
    assert parse_duration(plain(language, duration(length))) == length


@given(st.text() | st.text(alphabet="0123456789.,- smhdw時間日分초일주半반一한"))
def test_any_text_is_a_positive_length_or_refused(text: str) -> None:
    try:
        length = parse_duration(text, bare_unit=DAY, max_length=90 * DAY)
    except BadInput:
        return
    assert timedelta(seconds=1) <= length <= 90 * DAY
    assert length.microseconds == 0
