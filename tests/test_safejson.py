"""JSON from outside: what is refused, and that nothing in it can bring the process down."""

import json
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safejson import InvalidJson, Json, loads

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def depth_of(value: Json) -> int:
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 0


@given(values, st.booleans())
def test_reads_what_json_writes_up_to_exactly_the_depth_allowed(value: Json, escaped: bool) -> None:
    data = json.dumps(value, ensure_ascii=escaped).encode()
    depth = depth_of(value)
    assert loads(data, max_bytes=len(data), max_depth=depth) == value
    if depth:
        with pytest.raises(InvalidJson, match="nested deeper"):
            loads(data, max_bytes=len(data), max_depth=depth - 1)


@given(st.text(alphabet='[]{}"\\:,a1 ') | st.binary())
def test_accepts_nothing_that_json_refuses(text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    try:
        value = loads(data, max_bytes=10_000, max_depth=50)
    except InvalidJson:
        return
    assert value == json.loads(data)


def test_brackets_in_texts_do_not_count() -> None:
    assert loads(rb'["[[[[{{{{", "\"[[[["]', max_bytes=100, max_depth=1) == ["[[[[{{{{", '"[[[[']


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[" * 9 + b"]" * 9, "nested deeper than 8"),
        (b'{"a":' * 9 + b"1" + b"}" * 9, "nested deeper than 8"),
        (b"[1, 2", "a bracket is missing"),
        (b" " * 1001, "more than 1000 bytes"),
        (b"", "not JSON"),
        (b"[1,]", "not JSON"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "a key stands twice"),
        (b"NaN", "NaN"),
        (b"[-Infinity]", "infinity"),
        (b"1e999", "a number too large"),
        (b"[" + b"9" * 900 + b"e9]", "a number too large"),
        (b'"\\ud83d"', "surrogate"),
        (b'{"\\udc00": 1}', "surrogate"),
        (b'"\xed\xa0\xbd"', "not UTF-8"),
        ("[1]".encode("utf-16"), "not UTF-8|nested deeper|not JSON"),
        (b"\xef\xbb\xbf[1]", "not JSON"),
    ],
)
def test_refuses_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidJson, match=reason):
        loads(data, max_bytes=1000, max_depth=8)


def test_refuses_numbers_of_thousands_of_digits() -> None:
    with pytest.raises(InvalidJson, match="too many digits"):
        loads(b"9" * 100_000, max_bytes=100_000, max_depth=0)


def test_keeps_whole_surrogate_pairs() -> None:
    assert loads(b'"\\ud83d\\ude00"', max_bytes=100, max_depth=0) == "😀"


@pytest.mark.parametrize("start", [b"", b'"'])
@pytest.mark.parametrize("unit", [b'"\\', b'\\"', b'"', b"[]", b"[", b"]", b"{"])
def test_hostile_repetition_takes_time_in_proportion(start: bytes, unit: bytes) -> None:
    """A quadratic scan of a megabyte would take minutes."""
    data = start + unit * (1_000_000 // len(unit))
    begun = time.process_time()
    with pytest.raises(InvalidJson):
        loads(data, max_bytes=2_000_000, max_depth=64)
    assert time.process_time() - begun < 5


def test_deep_nesting_is_refused_with_the_recursion_limit_raised_as_the_libraries_raise_it() -> None:
    """In a process of its own: there, json's parser itself would end the process."""
    script = (
        "import sys\n"
        "from bot.safejson import InvalidJson, loads\n"
        "sys.setrecursionlimit(100_000)\n"
        "for opening in (b'[', b'{\"a\":', b'[{\"a\":'):\n"
        "    data = opening * (100_000 // len(opening))\n"
        "    try:\n"
        "        loads(data, max_bytes=len(data), max_depth=64)\n"
        "    except InvalidJson:\n"
        "        print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["refused"] * 3)
