"""Reading JSON as its format fixes it: what is different is named with its place."""

import re

import pytest

from bot.shape import MAX_INTEGER, Misshapen, Node, abridged, printable


def test_an_object_has_its_fields_and_no_other() -> None:
    node = Node({"a": 1, "b": None}, "thing")
    assert node.fields(("a",), ("b", "c")) == {"a": Node(1, "thing.a"), "b": Node(None, "thing.b")}
    with pytest.raises(Misshapen, match=r'^thing has an unknown field "b"$'):
        node.fields(("a",))
    with pytest.raises(Misshapen, match=r"^thing lacks the field c$"):
        node.fields(("a", "c"), ("b",))
    with pytest.raises(Misshapen, match=r"^thing must be an object, not an array$"):
        Node([], "thing").fields(())


def test_arrays_give_each_value_its_place() -> None:
    assert Node([1, "x"], "list").items() == [Node(1, "list[0]"), Node("x", "list[1]")]
    with pytest.raises(Misshapen, match=r"^list must be an array, not an object$"):
        Node({}, "list").items()


@pytest.mark.parametrize("value", [0, 101, True, 1.0, "1", None, MAX_INTEGER + 1])
def test_whole_numbers_are_within_their_bounds(value: object) -> None:
    assert Node(100, "n").integer(1, 100) == 100
    with pytest.raises(Misshapen, match="n must be a whole number from 1 to 100"):
        Node(value, "n").integer(1, 100)


@pytest.mark.parametrize("value", ["abc", "abcdeF", "abcdef\n", "abcde\u0664", 3, None])
def test_hex_digits_are_exact(value: object) -> None:
    assert Node("abcdef", "h").hex_digits(6) == "abcdef"
    with pytest.raises(Misshapen, match="h must be 6 lower-case hex digits"):
        Node(value, "h").hex_digits(6)


def test_text_matches_from_end_to_end() -> None:
    pattern = re.compile("won|passed")
    assert Node("won", "w").matching(pattern, "an outcome") == "won"
    for value in ("wonder", "won\n", 1):
        with pytest.raises(Misshapen, match="w must be an outcome"):
            Node(value, "w").matching(pattern, "an outcome")
    with pytest.raises(Misshapen, match="w must be a string, not 1"):
        Node(1, "w").text()


def test_complaints_stay_short_and_printable() -> None:
    assert abridged("x" * 1000) == '"' + "x" * 79 + "…"
    assert abridged("\x1b[2J\n") == r'"\u001b[2J\n"'
    assert abridged(10**5000) == "a huge number"
    assert abridged({"a": 1}) == "an object"


def test_nothing_printable_is_changed_and_nothing_else_is_kept() -> None:
    assert printable("原画 “No. 7” – ✓") == "原画 “No. 7” – ✓"
    assert printable("a\nb\x1b[0m\u202e\u2028") == r"a\u{a}b\u{1b}[0m\u{202e}\u{2028}"
