"""A chain holds as it was written, also after erasures, and never after anything else was done to it."""

import copy
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.ledger import rules
from tests.ledger.chains import Json, changed, clear_values, document, documents, genesis, leaves, sealed

SALT = "0123456789abcdef0123456789abcdef"
GUILD = "1400000000000000001"


@dataclass
class Options:
    head: str | None = None


def holds(ledger: object, head: str | None = None) -> bool:
    return rules.verify_document(ledger, Options(head), lambda line: None)


def printed(ledger: object, head: str | None = None) -> str:
    lines: list[str] = []
    rules.verify_document(ledger, Options(head), lines.append)
    return "\n".join(lines)


def body(kind: str = "giveaway.posted", **parts: Any) -> Json:
    base: Json = {
        "at": "2026-01-01T00:00:00Z",
        "kind": kind,
        "subject": "giveaway:42",
        "actor": sealed(SALT, "12345678901234567"),
        "persons": {},
        "texts": {"prize": sealed(SALT, "賞品 “A”\n🎁")},
        "facts": {"winners": 3},
    }
    return base | parts


THREE = document(GUILD, [body(), body("giveaway.closed", actor=None), body("giveaway.drawn", actor=None)])


@given(documents(least=0))
def test_what_was_chained_by_the_documented_rules_holds(ledger: Json) -> None:
    assert holds(ledger)
    assert holds(ledger, ledger["head"]["hash"])


@given(documents())
def test_rows_are_read_and_written_unchanged(ledger: Json) -> None:
    chain = rules.parse(ledger)
    text = rules.document_start(chain.guild_id, chain.head)
    text += "".join(map(rules.row_line, chain.rows)) + rules.DOCUMENT_END
    assert json.loads(text) == ledger


@given(documents(), st.data())
def test_any_change_is_refused(ledger: Json, data: st.DataObject) -> None:
    path, value = data.draw(st.sampled_from(list(leaves(ledger))))
    other = data.draw(st.sampled_from([value for _, value in leaves(ledger)]) | st.text(max_size=3) | st.integers(0, 9))
    assume(json.dumps(other) != json.dumps(value))
    # Null is how an erased value is written; the erasure of a salt alone is the next test's.
    assume(not (path[-1] in ("value", "salt") and other is None))
    assert not holds(changed(ledger, path, other))


@given(documents(), st.data())
def test_erasing_clear_values_changes_nothing(ledger: Json, data: st.DataObject) -> None:
    values = clear_values(ledger)
    assume(values)
    for value in data.draw(st.lists(st.sampled_from(values), min_size=1)):
        value["value"] = None
        value["salt"] = data.draw(st.sampled_from([None, value["salt"]]))
    assert holds(ledger, ledger["head"]["hash"])


@given(documents(), st.data())
def test_a_value_without_its_salt_is_refused(ledger: Json, data: st.DataObject) -> None:
    values = clear_values(ledger)
    assume(values)
    data.draw(st.sampled_from(values))["salt"] = None
    assert not holds(ledger)


@given(documents(), st.data(), st.booleans())
def test_a_dropped_row_is_refused(ledger: Json, data: st.DataObject, hidden: bool) -> None:
    dropped = data.draw(st.integers(0, len(ledger["rows"]) - 1))
    posted = ledger["head"]["hash"]
    del ledger["rows"][dropped]
    if hidden:
        _renumber(ledger)
    assert not holds(ledger, posted)
    if dropped < len(ledger["rows"]) or not hidden:
        assert not holds(ledger)


@given(documents(least=2), st.data(), st.booleans())
def test_swapped_rows_are_refused(ledger: Json, data: st.DataObject, hidden: bool) -> None:
    first, second = data.draw(st.lists(st.integers(0, len(ledger["rows"]) - 1), min_size=2, max_size=2, unique=True))
    rows = ledger["rows"]
    rows[first], rows[second] = rows[second], rows[first]
    if hidden:
        _renumber(ledger)
    assert not holds(ledger)


@given(documents(), st.data(), st.booleans())
def test_an_inserted_row_is_refused(ledger: Json, data: st.DataObject, hidden: bool) -> None:
    rows = ledger["rows"]
    again = copy.deepcopy(data.draw(st.sampled_from(rows)))
    rows.insert(data.draw(st.integers(0, len(rows))), again)
    if hidden:
        _renumber(ledger)
    assert not holds(ledger)


def _renumber(ledger: Json) -> None:
    """Hide what was done as well as can be without chaining anew."""
    for seq, row in enumerate(ledger["rows"], 1):
        row["seq"] = seq
    last = ledger["rows"][-1]["hash"] if ledger["rows"] else genesis(ledger["guild_id"])
    ledger["head"] = {"seq": len(ledger["rows"]), "hash": last}


@given(documents(), st.data())
def test_a_chain_written_anew_is_found_out_by_a_posted_head(ledger: Json, data: st.DataObject) -> None:
    posted = ledger["head"]["hash"]
    forged = copy.deepcopy(ledger)
    data.draw(st.sampled_from(forged["rows"]))["facts"]["forged"] = True
    forged = document(forged["guild_id"], [{k: v for k, v in row.items() if k != "hash"} for row in forged["rows"]])
    assert holds(forged)
    assert not holds(forged, posted)


def test_another_servers_chain_is_refused() -> None:
    assert not holds(THREE | {"guild_id": "1400000000000000002"})


def test_an_earlier_posted_head_pins_the_rows_up_to_it() -> None:
    assert "row 2's; nothing here pins the 1 after it" in printed(THREE, THREE["rows"][1]["hash"])
    assert holds(THREE, THREE["rows"][1]["hash"])


def test_a_head_that_is_not_in_the_chain_is_refused() -> None:
    assert not holds(THREE, "0" * 64)
    assert not holds(document(GUILD, []), "0" * 64)
    assert holds(document(GUILD, []), genesis(GUILD))


def test_each_fault_is_named() -> None:
    assert "row 2 is expected, and row 3 is there" in printed(THREE | {"rows": [THREE["rows"][0], THREE["rows"][2]]})
    assert "row 2 hashes to" in printed(changed(THREE, ("rows", 1, "kind"), "giveaway.drawn"))
    assert "the head is row 4" in printed(changed(THREE, ("head", "seq"), 4))
    other = printed(changed(THREE, ("rows", 0, "texts", "prize", "value"), "a car"))
    assert "row 1: texts.prize is not the value that was sealed" in other


def test_what_is_in_a_ledger_cannot_forge_lines_of_the_report() -> None:
    ledger = changed(THREE, ("rows", 0, "kind"), "a.b\n  ✓ everything holds")
    assert len(printed(ledger).splitlines()) == 1


@pytest.mark.parametrize(
    "path",
    [
        ("more",),
        ("head", "more"),
        ("rows", 0, "more"),
        ("rows", 0, "actor", "more"),
        ("rows", 0, "texts", "prize", "more"),
    ],
)
def test_unknown_fields_are_refused(path: tuple[str | int, ...]) -> None:
    assert "unknown field" in printed(changed(THREE, path, 1))


@pytest.mark.parametrize("name", ["seq", "at", "kind", "subject", "actor", "persons", "texts", "facts", "hash"])
def test_missing_fields_are_refused(name: str) -> None:
    ledger = copy.deepcopy(THREE)
    del ledger["rows"][1][name]
    assert f"rows[1] lacks the field {name}" in printed(ledger)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "ikuzo-ledger/2"),
        (("guild_id",), 1400000000000000001),
        (("rows", 0, "at"), "2026-02-30T00:00:00Z"),
        (("rows", 0, "at"), "2026-01-01T00:00:00+00:00"),
        (("rows", 0, "seq"), True),
        (("rows", 0, "kind"), "posted"),
        (("rows", 0, "subject"), "Giveaway 42"),
        (("rows", 0, "facts", "winners"), 3.0),
        (("rows", 0, "facts", "winners"), 2**53),
        (("rows", 0, "facts", "winners"), [3]),
        (("rows", 0, "facts", "Winners"), 3),
        (("rows", 0, "persons"), []),
        (("rows", 0, "actor", "value"), "012"),
        (("rows", 0, "hash"), "A" * 64),
        (("rows",), {}),
    ],
)
def test_misshapen_ledgers_are_refused_in_a_sentence(path: tuple[str | int, ...], value: object) -> None:
    text = printed(changed(THREE, path, value))
    assert text.startswith("  ✗ shape")
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize("ledger", [None, [], "ledger", {}, {"format": "ikuzo-ledger/1"}])
def test_what_is_no_ledger_is_refused(ledger: object) -> None:
    assert not holds(ledger)


def test_the_canonical_row_is_byte_for_byte_as_documented() -> None:
    """The hashes below were made by sha256sum."""
    row = rules.parse(THREE).rows[0]
    assert rules.canonical(row).decode() == (
        '{"actor":"ecc16d10395565c6de63b5051924536e0718d2d39c947b7fa7ee6adbbb975ebe","at":"2026-01-01T00:00:00Z",'
        '"facts":{"winners":3},"kind":"giveaway.posted","persons":{},"seq":1,"subject":"giveaway:42",'
        '"texts":{"prize":"8577d0dae8935d13d11835ee0cdd1191ce0315bc2ba6d1e533d0a67b1552daf1"}}'
    )
    assert rules.genesis(int(GUILD)) == "27a2fb5970375196d5415f1c0d6397b0b43b13fe6844a339a3e71cf12d13904b"
    assert row.hash == "fe8d0d92932b08af92b0c531eb8d9671cb3786adaa6859a8d7ca450852a15aec"


def test_checking_needs_neither_discord_nor_the_database() -> None:
    code = "import sys, bot.ledger.rules; assert not {'discord', 'sqlalchemy', 'babel'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)


EXAMPLE = Path(__file__).with_name("example.json")
PAGE = (Path(__file__).parents[2] / "docs" / "verify.md").read_text(encoding="utf-8").split("\n## Ledger\n", 1)[1]


def test_the_documented_example_holds_and_is_the_one_that_is_shown() -> None:
    ledger = json.loads(EXAMPLE.read_bytes())
    assert holds(ledger, ledger["head"]["hash"])
    chain = rules.parse(ledger)
    shown = PAGE.replace("\n", "")
    assert rules.canonical(chain.rows[0]).decode() in shown
    for value in (
        f'H("ikuzo-ledger/1\\n{chain.guild_id}\\n") = {rules.genesis(chain.guild_id)}',
        f"{rules.genesis(chain.guild_id)}",
        f"H = {chain.rows[0].hash}",
        f"--head {chain.head.hash}",
        *(f'H("{each.salt}:{each.value}") = {each.digest}' for _, each in chain.rows[0].sealed()),
    ):
        assert value in shown
    known = EXAMPLE.read_text(encoding="utf-8") + rules.genesis(chain.guild_id)
    assert [found for found in re.findall(r"[0-9a-f]{32,}", PAGE) if found not in known] == []


def test_the_documented_checks_are_the_ones_there_are() -> None:
    assert re.findall(r"^\d+\. \*\*([a-z]+)\*\*", PAGE, flags=re.MULTILINE) == [check.value for check in rules.Check]


def test_every_field_is_documented() -> None:
    ledger = json.loads(EXAMPLE.read_bytes())
    named = set(re.findall(r"^\| `([a-z_]+)` \|", PAGE, flags=re.MULTILINE))
    assert named == ledger.keys() | ledger["rows"][0].keys()


def test_the_documented_program_agrees(tmp_path: Path) -> None:
    [program] = re.findall(r"^```py\n(.+?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    checker = tmp_path / "checker.py"
    checker.write_text(program, encoding="utf-8")

    def accepts(ledger: Json) -> str | None:
        file = tmp_path / "ledger.json"
        file.write_text(json.dumps(ledger), encoding="utf-8")
        outcome = subprocess.run([sys.executable, checker, file], capture_output=True, text=True, check=False)
        return outcome.stdout.strip() if outcome.returncode == 0 else None

    ledger = json.loads(EXAMPLE.read_bytes())
    assert accepts(ledger) == ledger["head"]["hash"]
    assert accepts(THREE) == THREE["head"]["hash"]
    assert accepts(changed(ledger, ("rows", 0, "facts", "winners"), 2)) is None
    assert accepts(changed(ledger, ("rows", 0, "texts", "prize", "value"), "a car")) is None
    assert accepts(ledger | {"rows": ledger["rows"][:2]}) is None
