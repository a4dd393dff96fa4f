"""The text that is signed, and when it can still be answered."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cogs.wallets.rules.siwe import LIFETIME, Challenge, Held, Refused, readable, refusal, statement, text

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
ADDRESS = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
CHALLENGE = Challenge(
    "ikuzo.example:8443",
    "https://ikuzo.example:8443/link",
    ADDRESS,
    8453,
    "0123456789abcdef" * 2,
    123456789012345678,
    "zoë 🎉",
    234567890123456789,
    "Art\n<b> 50% “club”",
    NOW,
    NOW + LIFETIME,
)
# RFC 3986's reserved and unreserved characters, and the space (EIP-4361, "statement").
ALLOWED = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;= ]*")


def test_2_1_4_lines_stand_in_the_order_of_eip_4361() -> None:
    lines = text(CHALLENGE).split("\n")
    assert lines[0] == "ikuzo.example:8443 wants you to sign in with your Ethereum account:"
    assert lines[1] == "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    assert lines[2] == lines[4] == ""
    assert [line.partition(":")[0] for line in lines[5:]] == [
        "URI",
        "Version",
        "Chain ID",
        "Nonce",
        "Issued At",
        "Expiration Time",
    ]
    assert lines[-1] == "Expiration Time: 2027-01-01T12:10:00Z"


def test_2_1_5_the_statement_names_account_and_server_and_that_nothing_moves() -> None:
    said = statement(CHALLENGE)
    for part in ("zoe", "123456789012345678", "Art b 50 club", "234567890123456789", "no funds move"):
        assert part in said
    assert ALLOWED.fullmatch(said)


@given(st.text(max_size=200))
def test_2_1_5_names_never_leave_the_grammar(name: str) -> None:
    kept = readable(name)
    assert ALLOWED.fullmatch(kept)
    assert 1 <= len(kept) <= 60


def test_2_1_2_and_3_a_challenge_is_answered_once_in_time_by_its_own_address() -> None:
    held = Held(ADDRESS, NOW + LIFETIME, consumed=False, failures=0)
    assert refusal(held, ADDRESS.upper().replace("0X", "0x"), NOW) is None
    assert refusal(held, ADDRESS, NOW + LIFETIME) is Refused.EXPIRED
    assert refusal(held, "0x" + "1" * 40, NOW) is Refused.OTHER_ADDRESS
    assert refusal(Held(ADDRESS, NOW + LIFETIME, consumed=True, failures=0), ADDRESS, NOW) is Refused.USED
    assert refusal(Held(ADDRESS, NOW + LIFETIME, consumed=False, failures=5), ADDRESS, NOW) is Refused.BURNT
    assert timedelta(0) < LIFETIME <= timedelta(minutes=10)
