"""The published file: fields and order as documented, nothing of few secret ballots, the same bytes in the worker."""

import gzip
import json
import random
import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import safejson
from bot.published import File
from cogs.polls.rules.ballots import Ballot, Kind, Rule, Secrecy, choices_text
from cogs.polls.rules.bundle import build, bundle_files, close, encode, in_order
from cogs.polls.rules.count import count
from cogs.polls.rules.parse import parse
from tests.vectors.polls import cases, make
from tests.vectors.polls.scenario import Scenario, made, one


def named(name: str) -> Scenario:
    [scenario] = [scenario for scenario in cases.ALL if scenario.name == name]
    return scenario


def test_fields_stand_in_the_documented_order() -> None:
    found = json.loads(encode(made(named("ranked-weights"))))
    assert list(found) == [
        *("format", "poll", "options", "rule", "ballots", "counts", "rounds", "winners", "condorcet", "schulze"),
        *("ties", "turnout", "passed"),
    ]
    assert list(found["poll"]) == ["id", "number", "guild_id", "question", "opened_at", "closed_at"]
    assert list(found["rule"]) == ["kind", "secrecy", "max_choices", "weights", "quorum", "threshold"]
    assert list(found["ballots"][0]) == ["receipt", "choices", "weight", "voter"]
    assert list(found["rounds"][0]) == ["counts", "exhausted", "eliminated"]
    assert list(found["turnout"]) == ["ballots", "blank", "exhausted", "weight", "eligible"]
    assert found["rule"]["quorum"] == "10%"
    assert list(json.loads(encode(made(named("single"))))["ballots"][0]) == ["receipt", "choices", "weight"]


def test_text_is_compact_and_unescaped() -> None:
    data = encode(made(named("single")))
    assert data.startswith(b'{"format":"ikuzo-poll/1","poll":{"id":"')
    assert "일요일 오후".encode() in data
    assert b'": ' not in data


@pytest.mark.parametrize("scenario", cases.ALL, ids=lambda scenario: scenario.name)
def test_bundles_read_back_to_the_same(scenario: Scenario) -> None:
    bundle = made(scenario)
    assert parse(safejson.loads(encode(bundle), max_bytes=1 << 20, max_depth=16)) == bundle


def test_ballots_without_receipts_stand_by_their_text_then_weight() -> None:
    ballots = [
        Ballot(None, choices, weight)
        for choices, weight in [((), 1), ((9,), 10), ((10,), 2), ((9,), 2), ((None, 3), 1), ((5, None), 1), ((10,), 1)]
    ]
    assert [(choices_text(ballot.choices), ballot.weight) for ballot in in_order(ballots)] == [
        ("[10]", 1),
        ("[10]", 2),
        ("[5,null]", 1),
        ("[9]", 2),
        ("[9]", 10),
        ("[]", 1),
        ("[null,3]", 1),
    ]


@given(st.randoms(use_true_random=False))
def test_the_order_of_voting_is_not_in_the_file(rng: random.Random) -> None:
    for name in ("single", "multiple", "single-no-receipts"):
        bundle = made(named(name))
        shuffled = rng.sample(bundle.ballots, len(bundle.ballots))
        again = build(bundle.poll, bundle.options, bundle.rule, shuffled, bundle.tally)
        assert encode(again) == encode(bundle)


def test_few_secret_ballots_are_kept_back_and_few_open_ones_are_not() -> None:
    for number in range(7):
        for secrecy in Secrecy:
            rule = Rule(Kind.SINGLE, secrecy)
            bundle = made(Scenario("few", 1, rule, one({(0,): number}), options=2))
            published = 0 if secrecy is Secrecy.SECRET and number < 5 else number
            assert (len(bundle.ballots), bundle.tally.turnout.ballots) == (published, number)
            assert bundle.totals_only == (published == 0 and secrecy is Secrecy.SECRET)


def test_erasing_takes_the_voter_and_nothing_else() -> None:
    bundle = made(named("single-weights"))
    gone = bundle.ballots[3].voter
    assert gone is not None
    erased = bundle.without({gone})
    assert gone not in encode(erased).decode()
    assert [replace(ballot, voter=None) for ballot in erased.ballots] == [
        replace(ballot, voter=None) for ballot in bundle.ballots
    ]
    assert sum(ballot.voter is None for ballot in erased.ballots) == 1
    assert replace(erased, ballots=bundle.ballots) == bundle


def test_where_an_erased_voter_stood_among_equals_is_not_seen() -> None:
    ballots = [Ballot(None, (0,), 1, str(voter)) for voter in (10, 11, 12)]
    rule = Rule(Kind.SINGLE, Secrecy.OPEN)
    poll = made(named("single")).poll
    bundle = build(poll, ["Yes", "No"], rule, ballots, count(poll.id, 2, rule, ballots))
    voters = [[ballot.voter for ballot in bundle.without({gone}).ballots] for gone in ("10", "11", "12")]
    assert voters == [[None, "11", "12"], [None, "10", "12"], [None, "10", "11"]]


@pytest.mark.parametrize("scenario", cases.ALL, ids=lambda scenario: scenario.name)
def test_the_worker_counts_and_writes_the_same(scenario: Scenario) -> None:
    bundle = made(scenario)
    rows = [(one.receipt, choices_text(one.choices), one.weight, one.voter) for one in scenario.ballots()]
    closed = close(bundle.poll, bundle.options, bundle.rule, rows, scenario.eligible)
    assert (closed.tally, closed.data) == (bundle.tally, encode(bundle))


def test_a_large_bundle_is_cut_into_parts() -> None:
    data = encode(made(cases.PARTS))
    assert bundle_files(7, data) == [File("poll-7.json", data)]
    parts = bundle_files(7, data, 1000)
    assert [part.name for part in parts] == [f"poll-7.json.gz.{number}" for number in range(1, len(parts) + 1)]
    assert all(len(part.data) < 1000 for part in parts)
    assert gzip.decompress(b"".join(part.data for part in parts)) == data


def test_secret_bundles_hold_no_person_and_no_time_but_the_polls() -> None:
    found = json.loads(encode(made(named("ranked-many"))))
    assert {key for ballot in found["ballots"] for key in ballot} == {"receipt", "choices", "weight"}
    text = json.dumps({key: value for key, value in found.items() if key != "poll"})
    assert not re.search(r"\d{17,}|\d{4}-\d\d-\d\d", text)


def test_a_secret_bundle_does_not_stand_by_voters() -> None:
    secret, poll = Rule(Kind.SINGLE), made(named("single")).poll
    ballots = [Ballot(None, (index % 2,), 1, str(20 - index)) for index in range(8)]
    bundle = build(poll, ["Yes", "No"], secret, ballots, count(poll.id, 2, secret, ballots))
    assert {ballot.voter for ballot in bundle.ballots} == {None}


def test_vectors_are_what_their_script_makes() -> None:
    on_disk = [File(path.name, path.read_bytes()) for path in make.HERE.iterdir() if path.is_file()]
    assert _unpacked(file for file in on_disk if not file.name.endswith(".py")) == _unpacked(make.everything())


def test_ids_are_numbers_of_32_digits() -> None:
    polls = [made(scenario).poll for scenario in cases.ALL]
    assert len({poll.id for poll in polls}) == len({poll.number for poll in polls}) == len(polls)
    assert all(re.fullmatch("[0-9a-f]{32}", poll.id) for poll in polls)


def _unpacked(files: Iterable[File]) -> dict[str, bytes]:
    """Join parts and unpack what is packed: zlib's many versions pack the same text in different bytes."""
    joined: dict[str, bytes] = {}
    for file in sorted(files, key=lambda file: file.name):
        name = re.sub(r"\.gz\.[0-9]+$", ".gz", file.name)
        joined[name] = joined.get(name, b"") + file.data
    return {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in joined.items()}
