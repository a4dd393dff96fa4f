"""Which round decides, and whether the freeze message stood in public before it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.beacon import QUICKNET
from cogs.giveaways.rules import draw, freeze
from cogs.giveaways.rules.freeze import AgeBand

AT = datetime(2026, 3, 1, 12, 0, 2, tzinfo=UTC)

seconds = st.integers(1_420_200_000, 7_258_118_400).map(lambda moment: datetime.fromtimestamp(moment, UTC))
geneses = st.integers(1_400_000_000, 2_000_000_000)
periods = st.integers(1, 3600)


def snowflake(moment: datetime) -> int:
    """Return an id made at *moment*."""
    return (int(moment.timestamp() * 1000) - 1420070400000) << 22


@given(seconds, geneses, periods)
def test_round_is_the_first_a_minute_after_the_freeze(at: datetime, genesis: int, period: int) -> None:
    round_ = freeze.round_for(at, genesis, period)
    moment = at + timedelta(seconds=60)
    assert round_ >= 1
    assert freeze.round_time(round_, genesis, period) >= moment
    assert round_ == 1 or freeze.round_time(round_ - 1, genesis, period) < moment


@pytest.mark.parametrize(("late", "round_"), [(-3, 999), (-2, 1000), (-1, 1000), (0, 1000), (1, 1001)])
def test_round_on_quicknet(late: int, round_: int) -> None:
    """Round 1000 of quicknet was published at 2023-08-23T15:59:24Z."""
    at = datetime(2023, 8, 23, 15, 58, 24, tzinfo=UTC) + timedelta(seconds=late)
    assert freeze.round_for(at, QUICKNET.genesis, QUICKNET.period) == round_


def test_rounds_are_where_the_beacon_puts_them() -> None:
    assert freeze.round_time(1000, QUICKNET.genesis, QUICKNET.period) == QUICKNET.time_of(1000)
    assert freeze.round_time(1, QUICKNET.genesis, QUICKNET.period) == QUICKNET.time_of(1)


def test_a_freeze_before_the_chain_began_waits_for_round_1() -> None:
    assert freeze.round_for(AT, int(AT.timestamp()) + 10_000, 30) == 1


def test_freeze_time_in_another_zone_is_the_same_instant() -> None:
    tokyo = AT.astimezone(timezone(timedelta(hours=9)))
    assert freeze.round_for(tokyo, 1704067200, 3) == freeze.round_for(AT, 1704067200, 3)


def test_a_freeze_time_has_no_fraction() -> None:
    with pytest.raises(ValueError, match="whole second"):
        freeze.round_for(AT.replace(microsecond=1), 1704067200, 3)


@pytest.mark.parametrize(
    ("before", "counts"),
    [
        (timedelta(seconds=60), True),
        (timedelta(seconds=15), True),
        (timedelta(seconds=14, milliseconds=999), False),
        (timedelta(0), False),
        (timedelta(days=-1), False),
    ],
)
def test_freeze_counts_15_seconds_before_its_round(before: timedelta, counts: bool) -> None:
    message = snowflake(freeze.round_time(22766422, 1704067200, 3) - before)
    assert freeze.freeze_counts(message, 22766422, 1704067200, 3) is counts
    assert freeze.freeze_counts(message | 0x3FFFFF, 22766422, 1704067200, 3) is counts


def test_without_a_round_a_freeze_always_counts() -> None:
    assert freeze.freeze_counts(snowflake(AT), None, 1704067200, 3)


def test_time_of_discords_own_example() -> None:
    assert freeze.message_time(175928847299117063) == datetime(2016, 4, 30, 11, 18, 25, 796000, tzinfo=UTC)


def test_freezing_sorts_and_counts() -> None:
    entries = [(str(user), f"{user:032x}", weight) for user, weight in ((1, 3), (2, 1), (3, 100))]
    frozen = freeze.freeze("0f" * 16, entries)
    assert list(frozen.entrants) == sorted((draw.token("0f" * 16, *person), weight) for *person, weight in entries)
    assert frozen.tickets == 104
    assert frozen.text == draw.entrants_text(frozen.entrants)
    assert frozen.digest == draw.entrants_digest(frozen.entrants)
    assert freeze.freeze("0f" * 16, reversed(entries)) == frozen


@pytest.mark.parametrize(
    ("entries", "fault"),
    [([], "nobody"), ([("1", "", 0)], "not from 1"), ([("1", "", 101)], "not from 1"), ([("1", "", 1)] * 2, "twice")],
)
def test_a_faulty_list_is_not_frozen(entries: list[tuple[str, str, int]], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        freeze.freeze("0f" * 16, entries)


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (timedelta(0), AgeBand.WEEK),
        (timedelta(days=7) - timedelta(seconds=1), AgeBand.WEEK),
        (timedelta(days=7), AgeBand.MONTH),
        (timedelta(days=30), AgeBand.QUARTER),
        (timedelta(days=90), AgeBand.YEAR),
        (timedelta(days=365), AgeBand.OLDER),
        (timedelta(days=3650), AgeBand.OLDER),
    ],
)
def test_accounts_are_counted_by_age(age: timedelta, band: AgeBand) -> None:
    counts = freeze.age_bands([snowflake(AT - age)], AT)
    assert counts == dict.fromkeys(AgeBand, 0) | {band: 1}
    assert list(counts) == list(AgeBand)
