"""Six digits a minute: by the RFC, only the present ones, five tries."""

from datetime import UTC, datetime, timedelta

import pytest

from cogs.events.rules.digits import again_at, changes_at, digits_at, hotp, matches, read_digits

SECRET = b"12345678901234567890"
NOON = datetime(2026, 11, 24, 12, 0, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("counter", "digits"),
    list(enumerate("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split())),
)
def test_rfc_4226_appendix_d(counter: int, digits: str) -> None:
    assert hotp(SECRET, counter) == digits


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_rfc_6238_appendix_b(seconds: int, digits: str) -> None:
    assert hotp(SECRET, seconds // 30, 8) == digits


def test_they_hold_for_one_minute_of_the_clock() -> None:
    digits = digits_at(SECRET, NOON)
    assert changes_at(NOON) == NOON + timedelta(seconds=40)
    assert matches(SECRET, digits, NOON - timedelta(seconds=20))
    assert matches(SECRET, digits, NOON + timedelta(seconds=39))
    for later in (timedelta(seconds=40), timedelta(minutes=1), timedelta(days=1), timedelta(seconds=-21)):
        assert not matches(SECRET, digits, NOON + later)


def test_another_occurrence_has_others() -> None:
    assert digits_at(SECRET, NOON) != digits_at(bytes(20), NOON)


@pytest.mark.parametrize("typed", ["012345", " 012 345 ", "０１２３４５", "012-345"])
def test_digits_as_people_type_them(typed: str) -> None:
    assert read_digits(typed) == "012345"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "٠١٢٣٤٥", "²²²²²²"[:5]])
def test_what_are_no_six_digits(typed: str) -> None:
    assert read_digits(typed) is None


def test_five_tries_in_any_minute() -> None:
    tries = [NOON + timedelta(seconds=10 * n) for n in range(5)]
    assert again_at(tries[:4], tries[3]) is None
    assert again_at(tries, NOON + timedelta(seconds=45)) == NOON + timedelta(minutes=1)
    assert again_at(tries, NOON + timedelta(minutes=1)) is None
