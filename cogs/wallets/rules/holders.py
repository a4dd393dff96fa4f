"""Lists of holders: uploaded ones, and the digest under which one is published."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.errors import BadInput, UserError
from bot.i18n import t
from cogs.wallets.rules.addresses import parse_address
from cogs.wallets.rules.tokens import MAX_UINT

MAX_HOLDERS: Final = 100_000
MAX_BYTES: Final = 8 * 1024 * 1024
_HEADER: Final = ("address", "amount")
_AMOUNT: Final = re.compile(r"[0-9]{1,78}")


def parse_holders(data: bytes) -> Mapping[str, int]:
    """Read ``address,amount`` lines (UTF-8, with or without the header) as whole tokens by lower-case address.

    Raises BadInput with the line. Nobody twice, no fractions; lines of nothing are left out.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(t("gate.snapshot.large"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(t("gate.snapshot.encoding")) from None
    holders: dict[str, int] = {}
    seen: set[str] = set()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            cells = tuple(cell.strip() for cell in row)
            if not any(cells) or (reader.line_num == 1 and tuple(map(str.lower, cells)) == _HEADER):
                continue
            address, amount = _line(cells, reader.line_num)
            if address in seen:
                raise BadInput(t("gate.snapshot.twice", line=reader.line_num))
            seen.add(address)
            if amount:
                holders[address] = amount
            if len(holders) > MAX_HOLDERS:
                raise BadInput(t("gate.snapshot.many", n=MAX_HOLDERS))
    except csv.Error:
        raise BadInput(t("gate.snapshot.line", line=reader.line_num)) from None
    if not holders:
        raise BadInput(t("gate.snapshot.empty"))
    return holders


def counted(owners: Iterable[str]) -> Mapping[str, int]:
    """Return how many tokens each owner has."""
    holders: dict[str, int] = {}
    for owner in owners:
        holders[owner] = holders.get(owner, 0) + 1
    return holders


def lines(holders: Mapping[str, int]) -> Sequence[str]:
    """Return ``address:amount`` lines, sorted; each is ended by LF in what is hashed and published."""
    return sorted(f"{address}:{amount}" for address, amount in holders.items())


def holders_digest(holders: Mapping[str, int]) -> str:
    """Return hex SHA-256 of the lines."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines(holders)).encode()).hexdigest()


def _line(cells: Sequence[str], number: int) -> tuple[str, int]:
    if len(cells) != 2 or not _AMOUNT.fullmatch(cells[1]) or int(cells[1]) > MAX_UINT:
        raise BadInput(t("gate.snapshot.line", line=number))
    try:
        return parse_address(cells[0]), int(cells[1])
    except UserError as error:
        raise BadInput(t("gate.snapshot.address", line=number, why=error.text)) from None
