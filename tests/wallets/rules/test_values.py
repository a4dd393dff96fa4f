"""Token ids, amounts, addresses, lists of holders, sums: read strictly, written back the same."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.verdict import Verdict
from cogs.wallets.rules.addresses import checksummed, parse_address, parse_place, shortened
from cogs.wallets.rules.amounts import amount_text, parse_amount
from cogs.wallets.rules.holders import counted, holders_digest, parse_holders
from cogs.wallets.rules.holding import Total, judge
from cogs.wallets.rules.tokens import MAX_UINT, parse_token_ids

# The examples of EIP-55 itself.
EIP_55 = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
)


@given(st.sets(st.integers(0, 300), min_size=1))
def test_token_ids_are_the_same_set_in_their_shortest_text(ids: set[int]) -> None:
    read = parse_token_ids(", ".join(map(str, ids)))
    assert list(read.each()) == sorted(ids)
    assert parse_token_ids(str(read)) == read
    assert read.size == len(ids)


def test_2_4_8_token_ids_as_people_write_them() -> None:
    assert str(parse_token_ids("42-69, 1、2 68–70")) == "1-2,42-70"
    assert str(parse_token_ids(str(MAX_UINT))) == str(MAX_UINT)
    for typed in ("", "a", "5-3", "-1", "1.5", str(MAX_UINT + 1), "0-10000", "1,,x"):
        with pytest.raises(BadInput):
            parse_token_ids(typed)


@given(st.integers(0, MAX_UINT), st.integers(0, 36))
def test_2_4_2_amounts_are_integers_and_survive_their_text(amount: int, decimals: int) -> None:
    text = amount_text(amount, decimals)
    if len(text.partition(".")[0]) <= 78:
        assert parse_amount(text, decimals) == amount


def test_amounts_the_token_cannot_divide_into_are_refused() -> None:
    assert parse_amount("0.5", 18) == 5 * 10**17
    assert parse_amount("1.0", 0) == 1
    for typed, decimals in (("0.5", 0), ("0.0000001", 6), ("-1", 18), ("1e18", 18), ("", 0), ("１", 0), ("1,5", 2)):
        with pytest.raises(BadInput):
            parse_amount(typed, decimals)


@pytest.mark.parametrize("address", EIP_55)
def test_2_2_1_addresses_are_compared_by_their_bytes_and_checked_by_their_capitals(address: str) -> None:
    assert parse_address(address) == address.lower()
    assert checksummed(address.lower()) == address
    assert parse_address("0x" + address[2:].upper()) == address.lower()
    wrong = address.swapcase().replace("0X", "0x")
    with pytest.raises(BadInput):
        parse_address(wrong)


def test_2_3_4_addresses_are_shown_shortened() -> None:
    assert shortened("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed") == "0x5aae…eaed"


def test_contracts_by_address_or_link() -> None:
    plain = EIP_55[0].lower()
    assert parse_place(EIP_55[0]).chain_id is None
    for link, chain in (
        (f"https://etherscan.io/token/{EIP_55[0]}?a=0x{'1' * 40}", 1),
        (f"https://basescan.org/address/{plain}#code", 8453),
        (f"<https://opensea.io/assets/base/{plain}/17>", 8453),
        (f"explorer.example/token/{plain}", None),
    ):
        place = parse_place(link)
        assert (place.address, place.chain_id) == (plain, chain)
    for typed in (
        "https://etherscan.io/",
        f"https://etherscan.io/tx/0x{'ab' * 32}",
        f"ftp://etherscan.io/{plain}",
        f"https://etherscan.io/{plain}/{EIP_55[1]}",
        f"https://[/{plain}",
        f"https://[::1/{plain}",
        f"https://etherscan。io／x/{plain}",
        f"//{plain}",
        "/",
        "0x12",
    ):
        with pytest.raises(BadInput):
            parse_place(typed)


def test_lists_of_holders_and_their_digest() -> None:
    one, two = EIP_55[0].lower(), EIP_55[1].lower()
    holders = parse_holders(f"\ufeffaddress,amount\r\n{EIP_55[0]},2\r\n\r\n{two}, 10\n0x{'0' * 39}1,0\n".encode())
    assert holders == {one: 2, two: 10}
    assert holders_digest(holders) == hashlib.sha256(f"{one}:2\n{two}:10\n".encode()).hexdigest()
    assert counted([one, two, one]) == {one: 2, two: 1}
    for data in (
        b"",
        b"address,amount\n",
        f"{one},1\n{one.upper().replace('0X', '0x')},1\n".encode(),
        f"{one},1.5\n".encode(),
        f"{one},-1\n".encode(),
        f"{one}\n".encode(),
        f"{one},1,2\n".encode(),
        b"\xff\xfe",
        f'"{one},1\n'.encode(),
        f"{one},{MAX_UINT + 1}\n".encode(),
        # Python refuses to read numbers of more than 4 300 digits at all.
        f"{one},{'0' * 5_000}{MAX_UINT + 1}\n".encode(),
        f"{one},{'0' * 90}{MAX_UINT + 1}\n".encode(),
        f"{one},0\n{one},3\n".encode(),
        b'=HYPERLINK("https://evil.example";"x"),1\n',
        f"{one},=1+1\n".encode(),
        f"{one},１\n".encode(),
    ):
        with pytest.raises(BadInput):
            parse_holders(data)


def test_2_4_2_a_sum_is_held_against_a_rule_as_far_as_it_is_known() -> None:
    assert judge(Total(3, complete=False), 3, None) is Verdict.YES
    assert judge(Total(2, complete=False), 3, None) is Verdict.UNKNOWN
    assert judge(Total(2, complete=True), 3, None) is Verdict.NO
    # A most is only known to be kept to once everything is.
    assert judge(Total(3, complete=False), 1, 5) is Verdict.UNKNOWN
    assert judge(Total(9, complete=False), 1, 5) is Verdict.UNKNOWN
    assert judge(Total(9, complete=True), 1, 5) is Verdict.NO
    assert judge(Total(5, complete=True), 1, 5) is Verdict.YES
