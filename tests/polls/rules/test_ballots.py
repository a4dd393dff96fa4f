"""What a ballot may be, how receipts look, and when two options are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.polls.rules.ballots import Choices, Fault, Kind, Quorum, Rule, canonical, choices_text, fault, most_choices
from cogs.polls.rules.folding import fold
from cogs.polls.rules.receipts import RECEIPT_ALPHABET, new_receipt

TWO_AT_MOST = Rule(Kind.MULTIPLE, max_choices=2)


@pytest.mark.parametrize(
    ("rule", "choices", "expected"),
    [
        (Rule(Kind.SINGLE), (), None),
        (Rule(Kind.SINGLE), (3,), None),
        (Rule(Kind.SINGLE), (4,), Fault.UNKNOWN),
        (Rule(Kind.SINGLE), (-1,), Fault.UNKNOWN),
        (Rule(Kind.SINGLE), (None,), Fault.UNKNOWN),
        (Rule(Kind.SINGLE), (0, 1), Fault.TOO_MANY),
        (Rule(Kind.MULTIPLE), (0, 1, 2, 3), None),
        (Rule(Kind.MULTIPLE), (1, 0), Fault.ORDER),
        (Rule(Kind.MULTIPLE), (1, 1), Fault.TWICE),
        (TWO_AT_MOST, (0, 3), None),
        (TWO_AT_MOST, (0, 1, 3), Fault.TOO_MANY),
        (Rule(Kind.RANKED), (3, 0, 2, 1), None),
        (Rule(Kind.RANKED), (2,), None),
        (Rule(Kind.RANKED), (2, 0, 2), Fault.TWICE),
        (Rule(Kind.RANKED), (2, 4), Fault.UNKNOWN),
        (Rule(Kind.RATING), (), None),
        (Rule(Kind.RATING), (1, None, 5, 3), None),
        (Rule(Kind.RATING), (1, 5, 3), Fault.RATINGS),
        (Rule(Kind.RATING), (1, 5, 3, 2, 2), Fault.RATINGS),
        (Rule(Kind.RATING), (0, None, None, 1), Fault.RATING),
        (Rule(Kind.RATING), (6, None, None, 1), Fault.RATING),
        (Rule(Kind.RATING), (None, None, None, None), Fault.NOTHING),
    ],
)
def test_ballots_fit_their_rule_or_are_told_why(rule: Rule, choices: Choices, expected: Fault | None) -> None:
    assert fault(rule, 4, choices) is expected


@pytest.mark.parametrize(
    ("rule", "most"),
    [
        (Rule(Kind.SINGLE), 1),
        (TWO_AT_MOST, 2),
        (Rule(Kind.MULTIPLE, max_choices=9), 4),
        (Rule(Kind.MULTIPLE), 4),
        (Rule(Kind.RANKED), 4),
        (Rule(Kind.RATING), 4),
    ],
)
def test_the_most_choices_of_a_ballot(rule: Rule, most: int) -> None:
    assert most_choices(rule, 4) == most


def test_choices_are_stored_in_one_form() -> None:
    assert canonical(Kind.MULTIPLE, [3, 0, 1]) == (0, 1, 3)
    assert canonical(Kind.RANKED, [3, 0, 1]) == (3, 0, 1)
    assert canonical(Kind.RATING, [None, 2]) == (None, 2)
    assert canonical(Kind.RATING, [None, None]) == ()
    assert [choices_text(choices) for choices in ((), (2, 0), (5, None))] == ["[]", "[2,0]", "[5,null]"]


def test_a_quorum_in_percent_needs_to_know_who_is_eligible() -> None:
    assert Quorum(3).met(3, None) is True
    assert Quorum(3).met(2, 2) is False
    tenth = Quorum(10, percent=True)
    assert [tenth.met(ballots, 91) for ballots in (9, 10)] == [False, True]
    assert tenth.met(9, 90) is True
    assert tenth.met(9, None) is None
    assert (str(tenth), str(Quorum(3))) == ("10%", "3")


@given(st.binary(min_size=5, max_size=5))
def test_receipts_are_the_random_bytes_in_crockfords_letters(random: bytes) -> None:
    receipt = new_receipt(random)
    assert len(receipt) == 8
    number = 0
    for letter in receipt:
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)
    assert number.to_bytes(5, "big") == random


def test_receipts_take_five_bytes_and_sort_by_value() -> None:
    assert (new_receipt(bytes(5)), new_receipt(b"\xff" * 5)) == ("00000000", "ZZZZZZZZ")
    assert sorted(RECEIPT_ALPHABET) == list(RECEIPT_ALPHABET)
    for length in (4, 6):
        with pytest.raises(ValueError, match="5 random bytes"):
            new_receipt(bytes(length))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yes", " yes "),
        ("Tea  or\tcoffee", "tea or coffee"),
        ("ＡＢＣ１", "abc1"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("각", "각"),
        ("Straße", "STRASSE"),
        ("﷼", "ریال"),
        ("a\u3000b", "a b"),
        ("ſ", "s"),
        ("①", "1"),
    ],
)
def test_options_that_look_alike_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_options_that_differ_stay_apart() -> None:
    assert len({fold(text) for text in ("はい", "ばい", "ハイ", "Yes", "Yess", "Y es", "é", "e")}) == 8


@given(st.text(max_size=20))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(f"  {text.upper()} ") == fold(text.upper())
