"""`docs/verify.md` says of polls what the code does: its names, fields and worked example are taken at their word."""

import json
import re
from pathlib import Path

from cogs.polls.rules import pairs
from cogs.polls.rules.ballots import MAX_OPTIONS, MAX_RATING, MAX_WEIGHT, MIN_OPTIONS, SECRET_BALLOTS, Kind, Secrecy
from cogs.polls.rules.check import Check
from cogs.polls.rules.receipts import RECEIPT_ALPHABET, RECEIPT_DIGITS
from cogs.polls.rules.ties import tie_hash
from tests.vectors.polls import make, tamper

PAGE = (Path(__file__).parents[3] / "docs" / "verify.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return what stands under a heading."""
    return re.split(r"^#+ ", PAGE.split(f"### {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_checks_are_named_in_their_order() -> None:
    named = re.findall(r"^\d+\. \*\*([a-z ]+)\*\*", section("The checks of a poll"), flags=re.MULTILINE)
    assert named == [check.value for check in Check]


def test_every_field_is_described() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", section("The poll file"), flags=re.MULTILINE))
    document = json.loads((make.HERE / "ranked-weights.json").read_bytes())
    assert list(rows) == list(document)
    for name in ("poll", "rule", "ballots", "rounds", "turnout"):
        inner = document[name][0] if isinstance(document[name], list) else document[name]
        assert set(inner) <= set(re.findall(r"`([a-z_]+)`", rows[name])), name
    assert {*Kind, *Secrecy} <= set(re.findall(r'`"([a-z]+)"`', rows["rule"]))
    assert f"{MIN_OPTIONS} to {MAX_OPTIONS} texts" in rows["options"]
    assert f"{RECEIPT_DIGITS} characters of `{RECEIPT_ALPHABET}`" in rows["ballots"]


def test_numbers_are_the_codes() -> None:
    assert f"from 1 to {MAX_WEIGHT}" in section("What a ballot may be")
    assert f"1 to {MAX_RATING} or null" in section("What a ballot may be")
    words = ("none", "one", "two", "three", "four", "five")
    assert f"fewer than {words[SECRET_BALLOTS]} ballots" in section("Only totals")


def test_worked_example_is_the_vector() -> None:
    document = json.loads((make.HERE / "ranked-earlier.json").read_bytes())
    example, poll_id = section("A tie, worked out"), document["poll"]["id"]
    ballots = ["".join(map(str, ballot["choices"])) for ballot in document["ballots"]]
    assert "    ".join(ballots) in example
    rounds = [[str(n), *_cells(one)] for n, one in enumerate(document["rounds"], 1)]
    assert _table(example, "| round |") == rounds
    for index in (0, 1):
        assert f'H("{poll_id}:{index}") = {tie_hash(poll_id, index)}' in example
    matrix = pairs.preferences([(ballot["choices"], 1, 1) for ballot in document["ballots"]], 5)
    expected = [
        [str(one), *("" if one == other else str(held) for other, held in enumerate(row))]
        for one, row in enumerate(matrix)
    ]
    assert _table(example, "| | 0 |") == expected
    assert f"`{json.dumps(document['ties'], separators=(',', ':'))}`" in example
    assert (document["winners"], document["condorcet"], document["schulze"]) == ([3], None, 4)
    assert "The poll's winner is option 3" in example
    assert "`schulze` is 4" in example


def _cells(one: dict[str, object]) -> list[str]:
    counts, eliminated = one["counts"], one["eliminated"]
    assert isinstance(counts, list)
    held = ["–" if count is None else str(count) for count in counts]
    return [*held, str(one["exhausted"]), "" if eliminated is None else str(eliminated)]


def _table(text: str, head: str) -> list[list[str]]:
    lines = text[text.index(head) :].splitlines()[2:]
    rows = lines[: next((place for place, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip() for cell in row.removeprefix("|").removesuffix("|").split("|")] for row in rows]


def test_as_many_falsified_files_as_promised() -> None:
    assert "more than two hundred" in section("A tie, worked out")
    assert len(tamper.ALL) > 200
