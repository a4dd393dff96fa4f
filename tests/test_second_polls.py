"""The second verifier counts polls and follows ledgers as the first one does.

So the page suffices for that too, and a mistake in our count has to be made twice to stay unseen.
"""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.verify import VerifyOptions
from cogs.polls.rules.ballots import Choices, Kind, Quorum, Rule, Secrecy
from cogs.polls.rules.bundle import encode
from tests.second.node import ROOT, failures, needs_node, second
from tests.vectors.polls.scenario import Cast, Scenario, made

VECTORS = ROOT / "tests" / "vectors" / "polls"
GOOD: list[dict[str, Any]] = json.loads((VECTORS / "index.json").read_bytes())
LEDGER = ROOT / "tests" / "ledger" / "example.json"
POLLS = 500

pytestmark = needs_node


@pytest.mark.parametrize("totals", [False, True])
def test_every_good_file_holds(totals: bool) -> None:
    entries = [entry for entry in GOOD if entry["totals"] is totals]
    option = ["--totals"] if totals else []
    answer = second(*option, *(VECTORS / name for entry in entries for name in entry["files"]))
    assert answer.code == 0, answer.output
    assert list(answer.failed.values()) == [[]] * len(entries)


def test_totals_are_accepted_only_when_asked_for() -> None:
    paths = [VECTORS / name for entry in GOOD if entry["totals"] for name in entry["files"]]
    answer = second(*paths)
    assert (answer.code, answer.failed) == (1, {path.name: ["recountable"] for path in paths})


def test_every_falsified_file_is_refused_by_the_same_checks(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.vectors.polls.make", "--tampered", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    falsified = json.loads((tmp_path / "index.json").read_bytes())
    assert len(falsified) >= 200
    answer = second("--totals", *(tmp_path / entry["file"] for entry in falsified))
    assert answer.code == 1
    assert list(answer.failed) == [entry["file"] for entry in falsified], "every file gets its verdict"
    accepted = [entry["name"] for entry in falsified if entry["check"] not in answer.failed[entry["file"]]]
    assert accepted == [], "refused, and by the check that the index names"
    shaped = [entry["file"] for entry in falsified if answer.failed[entry["file"]] != ["shape"]]
    assert len(shaped) >= 100
    ours = {name: failures(tmp_path / name, VerifyOptions(totals=True)) for name in shaped}
    assert ours == {name: (1, answer.failed[name]) for name in shaped}


def random_choices(rng: random.Random, rule: Rule, options: int) -> Choices:
    """Return a ballot: one in eight blank, and few options liked by many, so that ties and cycles are frequent."""
    if rng.random() < 0.125:
        return ()
    shuffled = rng.sample(range(options), options)
    match rule.kind:
        case Kind.SINGLE:
            return tuple(shuffled[:1])
        case Kind.MULTIPLE:
            return tuple(sorted(shuffled[: rng.randint(1, rule.max_choices or options)]))
        case Kind.RANKED:
            return tuple(shuffled[: rng.randint(1, options)])
        case Kind.RATING:
            stars = [rng.choice((None, 1, 2, 3, 4, 5)) for _ in range(options)]
            return tuple(stars) if any(stars) else (3,) * options


def random_poll(number: int) -> Scenario:
    """Return a poll of any kind: 0 to 40 ballots, 2 to 8 options, open or secret, with all that a rule may say."""
    rng = random.Random(f"poll {number}")
    kind = list(Kind)[number % 4]
    options = rng.randint(2, 8)
    secrecy = rng.choice(list(Secrecy))
    rule = Rule(
        kind,
        secrecy,
        max_choices=rng.choice((None, rng.randint(1, options))) if kind is Kind.MULTIPLE else None,
        weights=secrecy is Secrecy.OPEN and rng.random() < 0.5,
        quorum=rng.choice((None, Quorum(rng.randint(1, 40)), Quorum(rng.randint(1, 100), percent=True))),
        threshold=rng.choice((None, rng.randint(1, 100))),
    )
    cast: Cast = {}
    for _ in range(rng.choice((rng.randint(0, 4), rng.randint(5, 12), rng.randint(5, 40)))):
        weight = rng.choice((1, 1, 2, rng.randint(1, 100))) if rule.weights else 1
        ballot = (random_choices(rng, rule, options), weight)
        cast[ballot] = cast.get(ballot, 0) + 1
    return Scenario(
        name=f"random {number}",
        number=number + 1,
        rule=rule,
        cast=cast,
        options=options,
        receipts=rng.random() < 0.5,
        eligible=rng.choice((None, rng.randint(40, 60))),
    )


def changed(document: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Return the file with one number of its results or ballots moved by one, or a winner exchanged."""
    options = len(document["options"])
    match rng.choice(("count", "ballot", "turnout", "winner", "tie", "round", "passed")):
        case "ballot" if document["ballots"]:
            ballot = rng.choice(document["ballots"])
            ballot["choices"] = [] if ballot["choices"] else [0]
        case "turnout":
            document["turnout"][rng.choice(("ballots", "blank", "exhausted", "weight"))] += 1
        case "winner":
            document["winners"] = [rng.choice([i for i in range(options) if [i] != document["winners"]])]
        case "tie":
            document["ties"] = document["ties"][1:] or [[0, 1]]
        case "round" if document["rounds"]:
            document["rounds"].pop(rng.randrange(len(document["rounds"])))
        case "passed":
            document["passed"] = not document["passed"]
        case _:
            counts = document["counts"]
            row, index = (counts, rng.randrange(options))
            if isinstance(counts[index], list):
                row, index = counts[index], rng.randrange(5)
            row[index] += 1
    return document


def test_random_polls_are_counted_alike(tmp_path: Path) -> None:
    honest = [tmp_path / f"honest-{number}.json" for number in range(POLLS)]
    false = [tmp_path / f"false-{number}.json" for number in range(POLLS)]
    for number, (path, other) in enumerate(zip(honest, false, strict=True)):
        data = encode(made(random_poll(number)))
        path.write_bytes(data)
        other.write_text(json.dumps(changed(json.loads(data), random.Random(number))), encoding="utf-8")
    answer = second("--totals", *honest, *false)
    assert {path.name: answer.failed[path.name] for path in honest} == {path.name: [] for path in honest}
    ours = {path.name: failures(path, VerifyOptions(totals=True)) for path in false}
    alike = {path.name: (int(answer.failed[path.name] != []), answer.failed[path.name]) for path in false}
    assert ours == alike
    assert sum(code for code, _ in ours.values()) > POLLS * 0.95, "totals alone leave room for a few of the changes"


def test_a_ledger_is_followed_to_its_head() -> None:
    document = json.loads(LEDGER.read_bytes())
    heads = [row["hash"] for row in document["rows"]]
    for head in heads:
        answer = second("--head", head, LEDGER)
        assert (answer.code, answer.failed) == (0, {LEDGER.name: []}), answer.output
    assert second("--head", "0" * 64, LEDGER).failed == {LEDGER.name: ["compared"]}


LEDGER_CHANGES = {
    "numbers": lambda rows: rows[1].update(seq=7),
    "chain": lambda rows: rows[0]["facts"].update(winners=2),
    "head": lambda rows: rows.pop(),
    "values": lambda rows: rows[0]["actor"].update(value="300000000000000001"),
    "shape": lambda rows: rows[0]["actor"].update(salt=None),
}


@pytest.mark.parametrize("check", LEDGER_CHANGES)
def test_a_changed_ledger_is_refused_alike(check: str, tmp_path: Path) -> None:
    document = json.loads(LEDGER.read_bytes())
    LEDGER_CHANGES[check](document["rows"])
    path = tmp_path / "ledger.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    answer = second(path)
    assert answer.code == 1
    assert check in answer.failed[path.name]
    assert failures(path, VerifyOptions()) == (1, answer.failed[path.name])


@pytest.mark.parametrize(
    ("path", "option"),
    [(VECTORS / "single.json", ["--head", "0" * 64]), (LEDGER, ["--totals"]), (LEDGER, ["--round", "1"])],
)
def test_an_option_of_another_format_is_a_wrong_call(path: Path, option: list[str]) -> None:
    assert second(*option, path).code == 2
