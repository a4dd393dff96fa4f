"""When a prize has to be claimed, when its winner is reminded, and codes however they are typed."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cogs.giveaways.rules.claiming import ALPHABET, LAST_CALL, LEAST, claim_end, new_code, read_code, reminders
from cogs.giveaways.rules.terms import Claim

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(st.randoms(use_true_random=False))
def test_a_code_is_read_back_however_it_is_typed(source: random.Random) -> None:
    code = new_code(source.choice)
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert read_code(code) == code
    typed = f" {code[:4].lower()} - {code[4:]} ".replace("0", "O").replace("1", source.choice("Ili"))
    assert read_code(typed) == code


def test_full_width_letters_are_letters() -> None:
    assert read_code("７ｋｘ２Ｍ９ＱＡ") == "7KX2M9QA"


def test_what_is_no_code() -> None:
    for typed in ("", "7KX2M9Q", "7KX2M9QAA", "7KX2M9QU", "=cmd()A1", "7KX2M9Q\n"):
        assert read_code(typed) is None, typed


def test_when_a_claim_ends() -> None:
    for claim in (Claim.BUTTON, Claim.WALLET):
        assert claim_end(claim, None, None, NOW, risen=False) == NOW + 72 * HOUR
        assert claim_end(claim, 3 * HOUR, None, NOW, risen=True) == NOW + 3 * HOUR
    assert claim_end(Claim.NONE, 3 * HOUR, None, NOW, risen=False) is None
    assert claim_end(Claim.IN_PERSON, None, None, NOW, risen=False) is None


def test_a_date_is_the_same_for_all_but_leaves_a_day_to_whom_a_prize_reaches_late() -> None:
    soon, later = NOW + 2 * HOUR, NOW + 48 * HOUR
    for claim in (Claim.BUTTON, Claim.WALLET, Claim.IN_PERSON):
        assert claim_end(claim, None, soon, NOW, risen=False) == soon
        assert claim_end(claim, None, soon, NOW, risen=True) == NOW + LEAST
        assert claim_end(claim, None, later, NOW, risen=True) == later
        # The draw waited, and the date went by.
        assert claim_end(claim, None, NOW, NOW, risen=False) == NOW + LEAST


@given(st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=366)))
def test_reminders_lie_between_now_and_the_end_in_order(length: timedelta) -> None:
    until = NOW + length
    half, last = reminders(NOW, until)
    assert NOW < half < until
    assert half - NOW == length / 2
    if last is not None:
        assert half < last == until - LAST_CALL
    assert (last is None) == (length <= 2 * LAST_CALL)
