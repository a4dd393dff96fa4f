"""Combined rules: what is read, what is refused and where, and what unknown parts come to."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.i18n import render
from bot.verdict import Verdict
from cogs.wallets.rules import expression as ex
from cogs.wallets.rules import logic
from cogs.wallets.rules.expression import All, Any, AtLeast, Expression, Not, Rule, parse

NAMES = st.sampled_from(["a", "clonex", "og-2", "猫", "#3"])
EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    NAMES.map(Rule),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Any(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AtLeast(len(parts), tuple(parts))),
    ),
    max_leaves=8,
)
VERDICTS = st.sampled_from(list(Verdict))


def test_the_examples_of_the_manual() -> None:
    assert parse("clonex and not (banned or lent)") == All((Rule("clonex"), Not(Any((Rule("banned"), Rule("lent"))))))
    assert parse("at least 2 of a, b, c") == AtLeast(2, (Rule("a"), Rule("b"), Rule("c")))
    assert parse("AT LEAST 1 OF (a or b, not c) and d") == All(
        (AtLeast(1, (Any((Rule("a"), Rule("b"))), Not(Rule("c")))), Rule("d"))
    )
    assert parse("a or b and c") == Any((Rule("a"), All((Rule("b"), Rule("c")))))
    assert parse("at least 2 of 猫、犬、鳥") == AtLeast(2, (Rule("猫"), Rule("犬"), Rule("鳥")))


@given(EXPRESSIONS)
def test_what_is_written_is_read_back(expression: Expression) -> None:
    assert ex.written(ex.reread(ex.written(expression))) == ex.written(expression)


@given(EXPRESSIONS, st.dictionaries(NAMES, VERDICTS))
def test_2_4_2_unknown_parts_change_nothing_that_holds_either_way(
    expression: Expression, known: dict[str, Verdict]
) -> None:
    """What is decided with unknown parts stays so, whatever they turn out to be."""
    found = ex.evaluate(expression, lambda name: known.get(name, Verdict.UNKNOWN))
    open_names = sorted({n for n in ex.names(expression) if known.get(n, Verdict.UNKNOWN) is Verdict.UNKNOWN})
    for values in product((Verdict.YES, Verdict.NO), repeat=len(open_names)):
        full = {**known, **dict(zip(open_names, values, strict=True))}
        decided = ex.evaluate(expression, full.__getitem__)
        assert decided is not Verdict.UNKNOWN
        if found is not Verdict.UNKNOWN:
            assert decided is found


@given(st.lists(VERDICTS, max_size=5), st.integers(1, 5))
def test_at_least_agrees_with_and_and_or(verdicts: list[Verdict], count: int) -> None:
    assert logic.any_of(verdicts) is logic.negate(logic.all_of(map(logic.negate, verdicts)))
    if len(verdicts) == count:
        assert logic.at_least(count, verdicts) is logic.all_of(verdicts)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("a and", 6),
        ("a b", 3),
        ("(a or b", 8),
        ("a and or b", 7),
        ("at most 2 of a", 4),
        ("at least two of a", 10),
        ("at least 2 a, b", 12),
        ("at least 3 of a, b", 10),
        ("a & b", 3),
        ("a,", 2),
        (")", 1),
        ("not", 4),
    ],
)
def test_errors_say_at_which_character(typed: str, at: int) -> None:
    with pytest.raises(BadInput) as refused:
        parse(typed)
    assert f"haracter {at}" in render("en", refused.value.text)


def test_bounds_of_length_and_depth() -> None:
    deep = 10_000
    for typed in (
        "not " * 100 + "a",
        "(" * 21 + "a" + ")" * 21,
        "(" * 250 + "a" + ")" * 249,
        "(" * deep + "a" + ")" * deep,
        "not " * deep + "a",
        "at least 1 of " * deep + "a",
        "a" * 501,
        "",
        "   ",
    ):
        with pytest.raises(BadInput):
            parse(typed)


@pytest.mark.parametrize(
    "typed", [" or ".join("a" * 100), "at least 1 of (a or " * 18 + "a" + ")" * 18, "not (a and " * 9 + "a" + ")" * 9]
)
def test_whatever_may_be_typed_can_be_read_back(typed: str) -> None:
    """Stored, rules are named by keys, which are longer, and more stands in brackets."""
    expression = parse(typed)
    stored = ex.written(ex.renamed(expression, lambda _: "#1234567"))
    assert len(stored) > len(typed)
    assert ex.renamed(ex.reread(stored), lambda _: "a") == expression


def test_circles_are_found_at_any_distance() -> None:
    assert ex.circle(1, {1: [2], 2: [3], 3: [1]}) == (1, 2, 3, 1)
    assert ex.circle(1, {1: [1]}) == (1, 1)
    assert ex.circle(1, {1: [2, 3], 2: [4], 3: [4], 4: []}) is None
