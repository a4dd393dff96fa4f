"""CSV that any reader reads back, and that no spreadsheet runs."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.csvfile import csv_bytes

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_what_is_written_is_read_back(rows: list[tuple[str, str]]) -> None:
    text = csv_bytes(("first", "second"), rows).decode("utf-8")
    assert text.startswith("first,second\r\n")
    header, *found = csv.reader(StringIO(text, newline=""))
    assert header == ["first", "second"]
    for row, back in zip(rows, found, strict=True):
        assert [cell.removeprefix("'") for cell in back] == [cell.removeprefix("'") for cell in row]


@pytest.mark.parametrize(
    "typed", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n-1", "＝1", "＋1", "－1", "＠1", "\u200b=1"]
)
def test_a_formula_becomes_a_text(typed: str) -> None:
    ((cell,),) = csv.reader(StringIO(csv_bytes(("x",), [(typed,)]).decode().removeprefix("x\r\n"), newline=""))
    assert cell == f"'{typed}"


def test_values_as_they_stand_in_a_file() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    data = csv_bytes(("a", "b", "c", "d", "e"), [(1, None, at, True, 'two\n"lines"')])
    assert data == b'a,b,c,d,e\r\n1,,2026-01-02T03:04:05Z,yes,"two\n""lines"""\r\n'
    assert not data.startswith(b"\xef\xbb\xbf")
