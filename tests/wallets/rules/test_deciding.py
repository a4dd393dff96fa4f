"""Roles: what follows from a verdict, and that nothing follows from not knowing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.verdict import Verdict
from cogs.wallets.rules.deciding import Case, Step, breaks, decide

NOW = datetime(2027, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HELD = Case(
    Verdict.NO,
    has_role=True,
    granted=True,
    settled=True,
    taking=False,
    missing=0,
    negatives=0,
    grace_until=None,
    at_once=False,
    protected=False,
    counts=True,
    final=True,
)
CASES = st.builds(
    Case,
    verdict=st.sampled_from(list(Verdict)),
    has_role=st.sampled_from([True, False, None]),
    granted=st.booleans(),
    settled=st.booleans(),
    taking=st.booleans(),
    missing=st.integers(0, 3),
    negatives=st.integers(0, 5),
    grace_until=st.sampled_from([None, NOW - DAY, NOW, NOW + DAY]),
    at_once=st.booleans(),
    protected=st.booleans(),
    counts=st.booleans(),
    final=st.booleans(),
)


@given(CASES)
def test_2_4_3_taking_needs_all_of_its_conditions(case: Case) -> None:
    made = decide(case, DAY, NOW)
    if made.step is not Step.TAKE:
        return
    assert case.verdict is Verdict.NO
    assert case.granted
    assert not case.protected
    if not case.at_once:
        assert case.final
        assert made.negatives >= 2
        assert case.grace_until is not None
        assert case.grace_until <= NOW


@given(CASES)
def test_2_4_2_unknown_changes_no_role(case: Case) -> None:
    assert decide(replace(case, verdict=Verdict.UNKNOWN), DAY, NOW).step is Step.NOTHING


def test_2_4_3_unknown_between_two_negatives_begins_the_count_again() -> None:
    first = decide(HELD, DAY, NOW)
    assert (first.step, first.negatives, first.grace_until) == (Step.WARN, 1, NOW + DAY)
    unknown = decide(replace(HELD, verdict=Verdict.UNKNOWN, negatives=1, grace_until=NOW + DAY), DAY, NOW)
    assert (unknown.negatives, unknown.grace_until) == (0, NOW + DAY)
    later = decide(replace(HELD, negatives=0, grace_until=NOW - DAY), DAY, NOW)
    assert later.step is Step.NOTHING
    assert decide(replace(HELD, negatives=1, grace_until=NOW - DAY), DAY, NOW).step is Step.TAKE


def test_2_4_3_without_grace_two_cycles_are_still_needed() -> None:
    first = decide(HELD, timedelta(0), NOW)
    assert first.step is Step.WARN
    second = decide(replace(HELD, negatives=first.negatives, grace_until=first.grace_until), timedelta(0), NOW)
    assert second.step is Step.TAKE


def test_a_members_own_refresh_counts_against_nobody() -> None:
    assert decide(replace(HELD, counts=False), DAY, NOW).negatives == 0


def test_2_3_2_unlinking_oneself_takes_effect_at_once() -> None:
    assert decide(replace(HELD, at_once=True, final=False), DAY, NOW).step is Step.TAKE


def test_a_role_that_someone_else_takes_is_given_again_once() -> None:
    fought = replace(HELD, verdict=Verdict.YES, has_role=False)
    once = decide(fought, DAY, NOW)
    assert (once.step, once.missing) == (Step.GIVE, 1)
    assert decide(replace(fought, missing=1), DAY, NOW).step is Step.CONTEST
    assert decide(replace(fought, settled=False), DAY, NOW).step is Step.NOTHING


def test_2_4_3_a_role_that_was_there_before_is_not_ours() -> None:
    assert decide(replace(HELD, verdict=Verdict.YES, granted=False), DAY, NOW).step is Step.NOTHING
    assert decide(replace(HELD, granted=False), DAY, NOW).step is Step.NOTHING


@pytest.mark.parametrize(
    ("taken", "holders", "stopped"), [(5, 5, False), (6, 30, False), (6, 29, True), (20, 100, False), (21, 100, True)]
)
def test_2_4_3_the_breaker(taken: int, holders: int, stopped: bool) -> None:
    assert breaks(taken, holders) is stopped
