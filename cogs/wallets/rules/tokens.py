"""Lists of token ids: ``1, 2, 42-69``."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from bot.errors import BadInput
from bot.i18n import t

MAX_IDS: Final = 10_000
MAX_UINT: Final = 2**256 - 1
_BETWEEN: Final = re.compile(r"[,、，;\s]+")
_PART: Final = re.compile(r"([0-9]{1,78})(?:-([0-9]{1,78}))?")
_RANGE: Final = re.compile(r"\s*[-–〜~]\s*")
_END: Final = str.maketrans("０１２３４５６７８９", "0123456789")


class TokenIds(tuple[tuple[int, int], ...]):
    """Ranges of ids, first and last included, ascending and apart from each other."""

    __slots__ = ()

    @property
    def size(self) -> int:
        return sum(last - first + 1 for first, last in self)

    def each(self) -> Iterator[int]:
        """Yield every id, ascending."""
        for first, last in self:
            yield from range(first, last + 1)

    def __contains__(self, token_id: object) -> bool:
        return isinstance(token_id, int) and any(first <= token_id <= last for first, last in self)

    def __str__(self) -> str:
        return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in self)


def parse_token_ids(typed: str) -> TokenIds:
    """Read ids and ranges, in any order and overlapping; raises BadInput naming what cannot be read."""
    ranges: list[tuple[int, int]] = []
    for part in _BETWEEN.split(_RANGE.sub("-", typed.translate(_END)).strip(" ,")):
        found = _PART.fullmatch(part)
        if found is None:
            raise BadInput(t("gate.token_ids.wrong", part=part or typed))
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise BadInput(t("gate.token_ids.backwards", part=part))
        if last > MAX_UINT:
            raise BadInput(t("gate.token_ids.large", part=part))
        ranges.append((first, last))
    ids = TokenIds(_merged(sorted(ranges)))
    if ids.size > MAX_IDS:
        raise BadInput(t("gate.token_ids.many", n=MAX_IDS))
    return ids


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in ranges:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
