"""Read JSON that comes from outside: bounded in bytes and depth, with one meaning only."""

import json
import math
import re
from typing import NoReturn, TypeAlias

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"

# The closing quote is optional, so that a string that never ends is taken in one go; otherwise every quote escaped in
# it would be tried as a beginning, which is quadratic.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACES_AS_BRACKETS = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class InvalidJson(ValueError):
    """The bytes are not JSON within the bounds; the message says why, in English, and quotes nothing of the input."""


def loads(data: bytes, *, max_bytes: int, max_depth: int) -> Json:
    """Return the value that UTF-8 *data* holds as JSON.

    *max_depth* counts lists and objects around each other: 0 allows a single number or text, ``[[]]`` needs 2. The
    depth is measured before parsing, since json's parser recurses. Beyond what ``json`` refuses, a key given twice,
    NaN, infinities, numbers too large for a float, half a surrogate pair and encodings other than UTF-8 raise
    :class:`InvalidJson`: readers differ in what they make of these.
    """
    if len(data) > max_bytes:
        raise InvalidJson(f"more than {max_bytes} bytes")
    if _deeper_than(data, max_depth):
        raise InvalidJson(f"nested deeper than {max_depth}, or a bracket is missing")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise InvalidJson(f"not UTF-8 at byte {error.start}") from None
    try:
        value: Json = json.loads(text, object_pairs_hook=_object, parse_float=_finite, parse_constant=_refuse_constant)
        if "\\u" in text:
            # Only an escape can smuggle half a surrogate pair into a text; it would fail later, where it is encoded.
            json.dumps(value, ensure_ascii=False).encode()
    except InvalidJson:
        raise
    except json.JSONDecodeError as error:
        raise InvalidJson(f"not JSON: {error.msg} at character {error.pos}") from None
    except UnicodeEncodeError:
        raise InvalidJson("half a surrogate pair in a text") from None
    except ValueError:
        # int() refuses thousands of digits, which take quadratic time to read.
        raise InvalidJson("a number with too many digits") from None
    return value


def _deeper_than(data: bytes, max_depth: int) -> bool:
    """Say whether lists and objects stand deeper in each other than *max_depth* (or their brackets do not match).

    Without its strings, JSON's brackets form a tree; taking away all empty pairs takes away its leaves, one level a
    pass. Up to the first syntax error, strings end here where they end for the parser, so it never goes deeper than we
    saw.
    """
    opened, closed = (_few(data, both, max_depth) for both in (b"[{", b"]}"))
    if opened == closed <= max_depth:
        # Too few to go so deep, wherever they stand.
        return False
    tree = _STRING.sub(b"", data).translate(_BRACES_AS_BRACKETS, _ALL_BUT_BRACKETS)
    for _ in range(max_depth):
        if not tree:
            return False
        tree = tree.replace(b"[]", b"")
    return bool(tree)


def _few(data: bytes, marks: bytes, most: int) -> int:
    """Count marks, up to one more than *most*; ``bytes.count`` looks at every byte, ``find`` leaps."""
    found = 0
    for mark in marks:
        at = data.find(mark)
        while at >= 0 and found <= most:
            found += 1
            at = data.find(mark, at + 1)
    return found


def _object(pairs: list[tuple[str, Json]]) -> Json:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise InvalidJson("a key stands twice in one object")
    return value


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise InvalidJson("a number too large")
    return number


def _refuse_constant(_name: str) -> NoReturn:
    raise InvalidJson("NaN or an infinity, which JSON does not have")
