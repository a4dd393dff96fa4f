"""Read parsed JSON as the shape its format fixes, with the place of whatever is different."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeGuard

MAX_INTEGER = 2**53 - 1
"""The largest integer up to which every JSON reader keeps all of them apart (RFC 8259, section 6)."""

_SNOWFLAKE = re.compile(r"[1-9][0-9]{0,19}")
_MAX_SNOWFLAKE = 2**64 - 1
_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z")


class Misshapen(ValueError):
    """A document is not what its format says; the message is an English sentence that names the place."""


def is_object(value: object) -> TypeGuard[dict[str, object]]:
    """Say whether a parsed JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[object]]:
    """Say whether a parsed JSON value is an array."""
    return isinstance(value, list)


@dataclass(frozen=True, slots=True)
class Node:
    """A parsed value and its place in the document, read by saying what it must be.

    Every method raises :class:`Misshapen` with the place, what was expected and what is there.
    """

    value: object
    place: str

    def wrong(self, expected: str) -> Misshapen:
        """Return the complaint that this value is not *expected*."""
        return Misshapen(f"{self.place} must be {expected}, not {abridged(self.value)}")

    def fields(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, "Node"]:
        """Read an object that has every *required* field, maybe *optional* ones, and no other."""
        found = self.value
        if not is_object(found):
            raise self.wrong("an object")
        required = tuple(required)
        for name in found.keys() - {*required, *optional}:
            raise Misshapen(f"{self.place} has an unknown field {abridged(name)}")
        for name in required:
            if name not in found:
                raise Misshapen(f"{self.place} lacks the field {name}")
        return {name: Node(value, f"{self.place}.{name}") for name, value in found.items()}

    def array(self) -> list[object]:
        """Read an array as bare values, for those too long to wrap one by one."""
        if not is_array(self.value):
            raise self.wrong("an array")
        return self.value

    def items(self) -> list["Node"]:
        """Read an array."""
        return [Node(value, f"{self.place}[{index}]") for index, value in enumerate(self.array())]

    def integer(self, least: int, most: int = MAX_INTEGER) -> int:
        """Read a whole number from *least* to *most*; ``true``, ``1.0`` and ``"1"`` are none."""
        if type(self.value) is not int or not least <= self.value <= most:
            raise self.wrong(f"a whole number from {least} to {most}")
        return self.value

    def text(self) -> str:
        """Read a string."""
        if not isinstance(self.value, str):
            raise self.wrong("a string")
        return self.value

    def matching(self, pattern: re.Pattern[str], expected: str) -> str:
        """Read a string that *pattern* matches from end to end."""
        if not isinstance(self.value, str) or pattern.fullmatch(self.value) is None:
            raise self.wrong(expected)
        return self.value

    def hex_digits(self, count: int) -> str:
        """Read exactly *count* lower-case hex digits."""
        return self.matching(re.compile(f"[0-9a-f]{{{count}}}"), f"{count} lower-case hex digits")

    def snowflake(self) -> str:
        """Read a Discord id, which is written as decimal digits in a string."""
        expected = "a Discord id: decimal digits in a string, below 2^64"
        digits = self.matching(_SNOWFLAKE, expected)
        if int(digits) > _MAX_SNOWFLAKE:
            raise self.wrong(expected)
        return digits

    def time(self) -> datetime:
        """Read what :func:`time_text` writes."""
        expected = "a UTC time like 2026-01-01T00:00:00Z"
        match = _TIME.fullmatch(self.value) if isinstance(self.value, str) else None
        if match is None:
            raise self.wrong(expected)
        # Not fromisoformat: some Pythons take 24:00:00 for the next midnight.
        year, month, day, hour, minute, second = map(int, match.groups())
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            raise self.wrong(expected) from None


def time_text(moment: datetime) -> str:
    """Return an aware *moment* as published documents write it: whole UTC seconds, cut off, not rounded."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def abridged(value: object, most: int = 80) -> str:
    """Return a value as short, printable text for a message about it."""
    if is_object(value) or is_array(value):
        return "an object" if is_object(value) else "an array"
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return "a huge number"
    text = json.dumps(value[:most] if isinstance(value, str) else value)
    return text if len(text) <= most else f"{text[:most]}…"


def printable(text: str) -> str:
    """Return *text* with whatever could move a terminal's cursor or forge a line replaced by its escape."""
    return "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in text)
