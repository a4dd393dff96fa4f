"""Who gets a place, and until when an offered one is kept."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.events.rules.kinds import Answer
from cogs.events.rules.waiting import CONFIRM, LEAST, Seats, Wish, answer_to, offer_until

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
FULL = Seats(capacity=5, going=4, held=1, waiting=0)
FREE = Seats(capacity=5, going=4, held=0, waiting=0)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def shown(until: datetime | None, zone: ZoneInfo = BERLIN) -> str:
    return "-" if until is None else f"{until.astimezone(zone):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("now", "closes", "until"),
    [
        # Twelve hours where there is time; less near the date.
        ("2026-11-20 09:00", "2026-11-29 20:00", "11-20 21:00"),
        ("2026-11-20 09:00", "2026-11-20 19:00", "11-20 14:00"),
        ("2026-11-20 18:20", "2026-11-20 19:00", "11-20 18:40"),
        ("2026-11-20 18:40", "2026-11-20 19:00", "11-20 18:55"),
        ("2026-11-20 18:46", "2026-11-20 19:00", "-"),
        # Nobody has to be awake for it: until the morning, else until the evening before.
        ("2026-11-20 14:00", "2026-11-29 20:00", "11-21 08:00"),
        ("2026-11-20 23:30", "2026-11-29 20:00", "11-21 11:30"),
        ("2026-11-20 19:00", "2026-11-29 20:00", "11-21 08:00"),
        ("2026-11-20 20:00", "2026-11-21 06:00", "11-20 22:59"),
        ("2026-11-20 23:30", "2026-11-21 07:00", "-"),
        ("2026-11-20 12:00", "2026-11-20 12:00", "-"),
        ("2026-11-20 12:00", "2026-11-19 12:00", "-"),
    ],
)
def test_until_when(now: str, closes: str, until: str) -> None:
    assert shown(offer_until(at(now), at(closes), BERLIN)) == until


@given(
    now=st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31")),
    left=st.timedeltas(timedelta(minutes=-60), timedelta(days=20)),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_no_offer_ends_at_night_too_soon_or_after_the_closing(now: datetime, left: timedelta, zone: str) -> None:
    now = now.replace(tzinfo=UTC, second=0, microsecond=0)
    until = offer_until(now, now + left, ZoneInfo(zone))
    if until is None:
        return
    local = until.astimezone(ZoneInfo(zone))
    assert 8 <= local.hour < 23
    assert now + LEAST - timedelta(minutes=1) <= until <= now + left
    assert until - now <= CONFIRM + timedelta(hours=10)


@pytest.mark.parametrize(
    ("wish", "before", "seats", "offers", "answer"),
    [
        (Wish.GOING, None, FREE, True, Answer.GOING),
        (Wish.GOING, None, FULL, True, Answer.WAITING),
        (Wish.GOING, Answer.MAYBE, FREE, True, Answer.GOING),
        (Wish.GOING, Answer.OFFERED, FULL, True, Answer.GOING),
        (Wish.GOING, Answer.GOING, FULL, True, Answer.GOING),
        (Wish.GOING, Answer.LAPSED, FULL, True, Answer.WAITING),
        # A free place belongs to the line, unless it is too late to offer it.
        (Wish.GOING, None, Seats(5, 4, 0, 2), True, Answer.WAITING),
        (Wish.GOING, Answer.WAITING, Seats(5, 4, 0, 2), True, Answer.WAITING),
        (Wish.GOING, Answer.WAITING, Seats(5, 4, 0, 2), False, Answer.GOING),
        (Wish.GOING, None, Seats(5, 5, 0, 2), False, Answer.WAITING),
        (Wish.GOING, None, Seats(None, 900, 0, 0), True, Answer.GOING),
        (Wish.MAYBE, Answer.GOING, FULL, True, Answer.MAYBE),
        (Wish.CANT, Answer.OFFERED, FULL, True, Answer.CANT),
    ],
)
def test_what_a_wish_comes_to(wish: Wish, before: Answer | None, seats: Seats, offers: bool, answer: Answer) -> None:
    assert answer_to(wish, before, seats, offers=offers) is answer
