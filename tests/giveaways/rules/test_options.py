"""What a draft still needs, all of it at once, and what it comes to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import languages, render
from cogs.giveaways.rules.options import CLAIM_TIME, LONGEST, SHORTEST, Fault, Options, Spot, Step, review
from cogs.giveaways.rules.terms import Claim, Named, Repeats, Terms

NOW = datetime(2026, 3, 28, 12, 0, 0, 500, tzinfo=UTC)
READY = Options(prize="Print", runs=timedelta(days=2))

_instants = st.integers(-(10**8), 10**8).map(lambda seconds: NOW + timedelta(seconds=seconds))
_lengths = st.integers(1, 10**8).map(lambda seconds: timedelta(seconds=seconds))
_names = st.builds(Named, st.integers(1), st.text(min_size=1))
_spots = st.builds(Spot, st.integers(1), st.none() | st.sampled_from(["en", "ja"]), st.none() | st.text(), st.none())
_maybe = st.none()
options = st.builds(
    Options,
    prize=_maybe | st.text(),
    winners=st.integers(1, 100),
    starts=_maybe | _instants,
    ends=_maybe | _instants,
    runs=_maybe | _lengths,
    zone=st.sampled_from(["UTC", "Asia/Seoul", "UTC+5:30"]),
    required_role=_maybe | st.integers(1, 2**63),
    bonuses=st.lists(st.tuples(st.integers(1), st.integers(1, 100)), max_size=5).map(tuple),
    cooldown=_maybe | _lengths,
    holders_of=_maybe | _names,
    claim=st.sampled_from(Claim),
    claim_within=_maybe | _lengths,
    claim_until=_maybe | _instants,
    repeat=_maybe | st.sampled_from(Repeats),
    spots=st.lists(_spots, max_size=5).map(tuple),
)


@settings(deadline=None)
@given(options)
def test_a_draft_survives_being_written_down(given_options: Options) -> None:
    values = given_options.to_json()
    assert Options.from_json({**values, "base": {}, "number": 3}) == given_options
    assert Options().to_json() == {}


@settings(deadline=None)
@given(options)
def test_a_proposal_is_there_exactly_when_nothing_is_wrong_and_keeps_the_bounds(given_options: Options) -> None:
    found = review(given_options, NOW)
    assert (found.proposal is None) == bool(found.problems)
    if found.proposal is not None:
        assert SHORTEST <= found.proposal.closes - found.proposal.opens <= LONGEST
        assert found.proposal.closes > NOW
        assert found.proposal.opens.microsecond == found.proposal.closes.microsecond == 0
        assert found.proposal.claim is Claim.NONE or found.proposal.claim_within or found.proposal.claim_until
    for problem in found.problems:
        assert all(render(language, problem.text) for language in languages())


def wrong(changed: Options, *, opened_at: datetime | None = None) -> list[tuple[str, Fault, str]]:
    found = review(changed, NOW, opened_at=opened_at)
    return [(problem.step, problem.fault, problem.text.key.removeprefix("giveaway.")) for problem in found.problems]


def test_everything_missing_is_said_at_once() -> None:
    empty = Options(claim=Claim.IN_PERSON)
    assert wrong(empty) == [
        (Step.LOOK, Fault.MISSING, "missing.prize"),
        (Step.WHEN, Fault.MISSING, "draft.missing.ends"),
        (Step.CLAIM, Fault.MISSING, "missing.claim_within"),
    ]


@pytest.mark.parametrize(
    ("changes", "step", "key"),
    [
        ({"required_role": 5, "excluded_role": 5}, Step.WHO, "wrong.same_role"),
        ({"starts": NOW - timedelta(hours=1)}, Step.WHEN, "draft.wrong.started"),
        ({"runs": None, "ends": NOW - timedelta(hours=1)}, Step.WHEN, "draft.wrong.over"),
        (
            {"starts": NOW + timedelta(days=3), "runs": None, "ends": NOW + timedelta(days=2)},
            Step.WHEN,
            "draft.wrong.order",
        ),
        ({"runs": timedelta(seconds=29)}, Step.WHEN, "draft.wrong.too_short"),
        ({"runs": timedelta(days=90, seconds=1)}, Step.WHEN, "draft.wrong.too_long"),
        ({"repeat": Repeats.DAILY}, Step.WHEN, "wrong.repeat"),
        ({"repeat": Repeats.WEEKLY, "runs": timedelta(days=7, seconds=1)}, Step.WHEN, "wrong.repeat"),
        ({"repeat": Repeats.MONTHLY, "runs": timedelta(days=29)}, Step.WHEN, "wrong.repeat"),
        ({"claim_within": timedelta(days=1)}, Step.CLAIM, "wrong.claim_unused"),
        ({"claim": Claim.BUTTON, "claim_until": NOW + timedelta(days=1)}, Step.CLAIM, "wrong.claim_over"),
    ],
)
def test_what_cannot_be_is_forbidden_with_the_step_that_mends_it(changes: dict[str, Any], step: Step, key: str) -> None:
    assert wrong(replace(READY, **changes)) == [(step, Fault.FORBIDDEN, key)]


@pytest.mark.parametrize(
    ("repeat", "runs"),
    [(Repeats.DAILY, timedelta(days=1)), (Repeats.WEEKLY, timedelta(days=7)), (Repeats.MONTHLY, timedelta(days=28))],
)
def test_a_repeated_one_may_run_until_the_next(repeat: Repeats, runs: timedelta) -> None:
    assert wrong(replace(READY, repeat=repeat, runs=runs)) == []


def test_a_day_on_the_wall_is_a_day_also_when_clocks_are_changed() -> None:
    # In the night to 29 March clocks in Berlin leave out an hour; on 25 October they show one twice.
    day = replace(READY, zone="Europe/Berlin", repeat=Repeats.DAILY, runs=None)
    spring = replace(day, starts=datetime(2026, 3, 28, 19, tzinfo=UTC), ends=datetime(2026, 3, 29, 18, tzinfo=UTC))
    autumn = replace(day, starts=datetime(2026, 10, 24, 18, tzinfo=UTC), ends=datetime(2026, 10, 25, 19, tzinfo=UTC))
    assert wrong(spring) == wrong(autumn) == []
    found = review(autumn, NOW).proposal
    assert found is not None
    assert found.runs == timedelta(days=1)
    assert found.closes - found.opens == timedelta(hours=25)


def test_defaults_of_claims() -> None:
    for claim in (Claim.BUTTON, Claim.WALLET):
        found = review(replace(READY, claim=claim), NOW).proposal
        assert found is not None
        assert found.claim_within == CLAIM_TIME
    until = NOW + timedelta(days=9)
    dated = review(replace(READY, claim=Claim.BUTTON, claim_until=until), NOW).proposal
    assert dated is not None
    assert (dated.claim_within, dated.claim_until) == (None, until)


def test_when_it_starts_later_it_is_scheduled() -> None:
    at_once, later = review(READY, NOW).proposal, review(replace(READY, starts=NOW + timedelta(hours=1)), NOW).proposal
    assert at_once is not None
    assert later is not None
    assert not at_once.scheduled
    assert later.scheduled
    assert later.closes == (NOW + timedelta(days=2, hours=1)).replace(microsecond=0)


def test_what_is_open_already_is_not_asked_for_its_opening() -> None:
    opened = NOW - timedelta(days=1)
    running = replace(READY, starts=opened, ends=NOW + timedelta(days=1), runs=None)
    assert wrong(running, opened_at=opened) == []
    assert [key for *_, key in wrong(running)] == ["draft.wrong.started"]


def test_terms_keep_out_the_servers_role_as_well() -> None:
    found = review(replace(READY, excluded_role=4, required_role=3, bonuses=((3, 2),)), NOW).proposal
    assert found is not None
    assert found.terms(9, 7) == Terms(organiser_id=9, required_role=3, excluded_roles=(4, 7), bonuses=((3, 2),))
    assert found.terms(9, 4).excluded_roles == (4,)
    assert found.terms(9, None).excluded_roles == (4,)
