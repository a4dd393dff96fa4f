"""Every way to falsify a bundle is refused by the check that should, for its reason; honest bundles hold."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import safejson
from bot.shape import Misshapen
from cogs.polls.rules.ballots import Ballot, Secrecy
from cogs.polls.rules.bundle import build, encode
from cogs.polls.rules.check import Check, Step, check
from cogs.polls.rules.count import count
from cogs.polls.rules.parse import parse
from cogs.polls.rules.receipts import new_receipt
from tests.polls.rules.elections import Election, elections
from tests.vectors.changes import Tamper
from tests.vectors.polls import cases, tamper
from tests.vectors.polls.scenario import Scenario, made

COUNTED = [one for one in Check if list(Check).index(one) >= list(Check).index(Check.COUNTS)]

FEW = [encode(bundle) for bundle in map(made, cases.ALL) if bundle.totals_only]
SEVERAL = [
    encode(made(one)) for one in cases.ALL if one.name in {"single", "multiple-tie", "rating", "ranked-two"}
] + FEW


def examine(data: bytes, *, totals: bool = True) -> list[Step]:
    try:
        return check(parse(safejson.loads(data, max_bytes=1 << 20, max_depth=16)), totals=totals)
    except Misshapen as error:
        return [Step(Check.SHAPE, passed=False, text=str(error))]


def failed(steps: list[Step]) -> dict[Check, str]:
    return {step.check: step.text for step in steps if not step.passed}


@pytest.mark.parametrize("scenario", cases.ALL, ids=lambda scenario: scenario.name)
def test_honest_bundles_hold(scenario: Scenario) -> None:
    steps = examine(encode(made(scenario)))
    assert failed(steps) == {}
    assert [step.check for step in steps] == [one for one in Check if one is not Check.SHAPE]


@pytest.mark.parametrize("scenario", cases.ALL, ids=lambda scenario: scenario.name)
def test_totals_must_be_accepted(scenario: Scenario) -> None:
    bundle = made(scenario)
    refused = failed(examine(encode(bundle), totals=False))
    assert list(refused) == ([Check.RECOUNTABLE] if bundle.totals_only else [])
    assert all("not recountable" in text for text in refused.values())


@pytest.mark.parametrize("change", tamper.DOCUMENTS, ids=lambda change: change.name)
def test_falsified_bundles_are_refused(change: Tamper) -> None:
    data = change.apply()
    assert data != (change.folder / f"{change.vector}.json").read_bytes()
    assert change.reason in failed(examine(data)).get(Check(change.check), "nothing")


def test_the_falsifications_are_many_and_cover_every_check() -> None:
    names = [change.name for change in tamper.ALL]
    assert len(names) == len(set(names)) > 200
    assert {change.check for change in tamper.ALL} == set(Check)


@pytest.mark.parametrize(
    "change", [one for one in tamper.ALL if one.check.value == Check.BALLOTS.value], ids=lambda one: one.name
)
def test_ballots_that_fit_no_rule_are_not_counted(change: Tamper) -> None:
    assert set(COUNTED) <= set(failed(examine(change.apply())))


ALONE = {
    "receipt twice": {Check.ORDER, Check.COUNTS, Check.TURNOUT, Check.PASSED, Check.WINNERS, Check.TIES},
    "ballots exchanged": {Check.ORDER},
    "voter twice": {Check.ORDER},
    "only four of ten": {Check.RECOUNTABLE, *COUNTED},
    "all four of a secret poll": {Check.RULE, Check.RECOUNTABLE},
    "max_choices of a ranked poll": {Check.RULE},
    "tie kept back": {Check.TIES},
    "passed though unknown": {Check.PASSED},
    "Condorcet winner kept back": {Check.PAIRS},
}


@pytest.mark.parametrize("name", ALONE)
def test_one_fault_does_not_set_off_checks_it_does_not_concern(name: str) -> None:
    [change] = [change for change in tamper.ALL if change.name == name]
    assert set(failed(examine(change.apply()))) <= ALONE[name]


def published(election: Election) -> bytes:
    """Return the file of an election, with receipts."""
    poll_id, options, rule, ballots, eligible = election
    poll = replace(made(cases.ALL[0]).poll, id=poll_id)
    ballots = [replace(ballot, receipt=new_receipt(index.to_bytes(5, "big"))) for index, ballot in enumerate(ballots)]
    tally = count(poll_id, options, rule, ballots, eligible)
    return encode(build(poll, [f"Option {index}" for index in range(options)], rule, ballots, tally))


@given(elections())
def test_what_was_counted_holds(election: Election) -> None:
    assert failed(examine(published(election), totals=False)) == {}


@given(elections(secrecy=Secrecy.SECRET, most=4))
def test_true_totals_of_few_ballots_hold(election: Election) -> None:
    assert failed(examine(published(election))) == {}
    assert list(failed(examine(published(election), totals=False))) == [Check.RECOUNTABLE]


@given(elections(secrecy=Secrecy.SECRET, most=12), st.integers(0, 11), st.data())
def test_a_ballot_changed_in_secret_is_seen_unless_it_changes_nothing(
    election: Election, number: int, data: st.DataObject
) -> None:
    document = json.loads(published(election))
    if number < len(document["ballots"]):
        before = document["ballots"][number]["choices"]
        after = data.draw(st.sampled_from([ballot["choices"] for ballot in document["ballots"]]))
        document["ballots"][number]["choices"] = after
        refused = failed(examine(json.dumps(document).encode()))
        poll_id, options, rule, _, eligible = election
        ballots = [Ballot(one["receipt"], tuple(one["choices"])) for one in document["ballots"]]
        same = count(poll_id, options, rule, ballots, eligible) == count(*election[:4], eligible)
        assert (refused == {}) == same
        if before == after:
            assert same


@given(st.data())
def test_whatever_is_changed_of_totals_without_ballots_is_told_apart_without_a_crash(data: st.DataObject) -> None:
    document: dict[str, Any] = json.loads(data.draw(st.sampled_from(FEW)))
    options = len(document["options"])
    index = st.integers(0, options - 1)
    held = st.none() | st.integers(0, 5)
    round_ = st.fixed_dictionaries(
        {
            "counts": st.lists(held, min_size=options, max_size=options),
            "exhausted": st.integers(0, 5),
            "eliminated": st.none() | index,
        }
    )
    changes: dict[str, st.SearchStrategy[object]] = {
        "rounds": st.lists(round_, max_size=4),
        "winners": st.lists(index, max_size=1),
        "condorcet": st.none() | index,
        "schulze": st.none() | index,
        "ties": st.lists(st.lists(index, max_size=3), max_size=3),
        "passed": st.sampled_from([True, False, None]),
    }
    for name in data.draw(st.sets(st.sampled_from(sorted(changes)))):
        document[name] = data.draw(changes[name])
    for name in data.draw(st.sets(st.sampled_from(["ballots", "blank", "exhausted", "weight"]))):
        document["turnout"][name] = data.draw(st.integers(0, 4))
    steps = examine(json.dumps(document).encode())
    assert len(steps) == len(Check) - 1


EVERY_WORD = st.sampled_from(["", "0", "1%", "secret", "open", "ranked", "rating"])
LEAVES = st.none() | st.booleans() | st.integers(-1, 30) | st.floats(allow_nan=False) | EVERY_WORD
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(EVERY_WORD, inner), max_leaves=5
)


@given(st.data(), ANYTHING)
def test_whatever_stands_in_a_place_is_refused_or_counted(data: st.DataObject, value: object) -> None:
    document: Any = json.loads(data.draw(st.sampled_from(SEVERAL)))
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    before, place[key] = place[key], value
    steps = examine(json.dumps(document).encode())
    assert steps
    # As text: to Python 0, 0.0 and False are equal.
    if json.dumps(before) == json.dumps(value):
        assert failed(steps) == {}
