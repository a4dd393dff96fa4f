"""CSV files (RFC 4180) that spreadsheets open without running anything that people typed."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import TypeAlias

Cell: TypeAlias = str | int | datetime | bool | None

# What spreadsheets take for a formula, also behind blanks and in full width (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = re.compile(r"[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a file in UTF-8, without a byte order mark, with CRLF at the end of each line.

    Instants are whole UTC seconds, None is empty. A text that a spreadsheet would run gets an apostrophe in front.
    """
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case str():
            return f"'{value}" if _FORMULA.match(value) else value
