"""The link and its text: bound, used once, over in time; asked as a page would, and as whoever would cheat."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from abnf import ParseError

from bot.i18n import plain, t
from cogs.wallets.service.linking import LINKS_AN_HOUR
from cogs.wallets.tables import LinkState
from tests.chain.anvil import CHAIN_ID, Key
from tests.harness import GUILD_ID, say
from tests.wallets.linking import grammar
from tests.wallets.linking.ceremony import HOLDER, PUBLIC, Desk, desk, error, linked, sessions
from tests.wallets.stage import chains


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as opened:
        yield opened


def word(text: str, **params: int) -> str:
    return plain("en", t(text, **params))


async def test_a_wallet_is_linked_and_the_answer_says_exactly_so(at: Desk) -> None:
    answer, token = await at.link()
    for part in ("@aki", "Studio", f"{PUBLIC}/link", "never for a payment, a seed phrase or an approval"):
        assert part in say(answer)
    got = await at.sign(token)
    assert (got.status, json.loads(got.text)) == (200, {"linked": True})
    (row,) = await linked(at.world)
    assert (row.guild_id, row.user_id, row.address) == (GUILD_ID, at.world.member.id, HOLDER.address)
    assert (row.how, row.method, row.block, row.code_hash) == ("page", "eip191", None, None)


async def test_2_1_1_the_link_and_the_text_hold_different_secrets_and_only_a_hash_is_kept(at: Desk) -> None:
    _, token = await at.link()
    message = await at.message(token)
    (row,) = await sessions(at.world)
    nonce = grammar.parse(message)["nonce"]
    assert len(token) >= 22
    assert (len(nonce), nonce) == (32, row.nonce)
    assert token not in message
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in repr([getattr(row, column.key) for column in row.__table__.columns])
    assert grammar.parse(await at.message(token))["nonce"] != nonce, "each text has its own"


async def test_2_1_2_the_challenge_is_bound_to_everything_it_is_for(at: Desk) -> None:
    _, token = await at.link()
    message = await at.message(token)
    (row,) = await sessions(at.world)
    assert (row.guild_id, row.user_id, row.domain) == (GUILD_ID, at.world.member.id, "bot.example.org")
    assert (row.address, row.message, row.chain_id) == (HOLDER.address, message, 1)
    assert row.expires_at - row.created_at <= timedelta(minutes=10)


async def test_2_1_2_a_signature_over_anything_but_the_stored_text_is_refused(at: Desk) -> None:
    _, token = await at.link()
    message = await at.message(token)
    for wrong in (message + "\n", message.replace("aki", "eve"), "hello"):
        got = await at.post("link", token=token, address=HOLDER.address, signature=HOLDER.sign(wrong))
        assert error(got) == word("wallet.proof.wrong")
    other = Key("somebody else")
    got = await at.post("link", token=token, address=other.address, signature=other.sign(message))
    assert error(got) == word("wallet.page.other_address")
    assert await linked(at.world) == []


async def test_2_1_2_another_address_gets_another_text_and_the_first_is_no_longer_good(at: Desk) -> None:
    _, token = await at.link()
    first = await at.message(token)
    await at.message(token, Key("second").address)
    got = await at.post("link", token=token, address=HOLDER.address, signature=HOLDER.sign(first))
    assert error(got) == word("wallet.page.other_address")


async def test_2_1_3_twenty_at_once_link_once(at: Desk) -> None:
    _, token = await at.link()
    signature = HOLDER.sign(await at.message(token))
    asked = (at.post("link", token=token, address=HOLDER.address, signature=signature) for _ in range(20))
    got = await asyncio.gather(*asked)
    assert sorted(each.status for each in got) == [200] + [409] * 19
    assert len(await linked(at.world)) == 1
    (row,) = await sessions(at.world)
    assert (row.state, row.message, row.address) == (LinkState.CONSUMED, None, None)


async def test_2_1_3_a_second_use_an_expired_and_an_unknown_link_each_say_so(at: Desk) -> None:
    _, used = await at.link()
    await at.sign(used)
    assert error(await at.post("challenge", token=used, address=HOLDER.address)) == word("wallet.page.used")
    _, late = await at.link()
    message = await at.message(late)
    await at.world.advance(minutes=10)
    for name, body in (
        ("session", {}),
        ("challenge", {"address": HOLDER.address}),
        ("link", {"address": HOLDER.address, "signature": HOLDER.sign(message)}),
    ):
        got = await at.post(name, token=late, **body)
        assert (got.status, error(got)) == (409, word("wallet.page.expired"))
    for nobody in ("", "x" * 43, "0" * 5_00, "ü" * 30, "'; DROP TABLE wallet_sessions; --"):
        got = await at.post("session", token=nobody)
        assert (got.status, error(got)) == (404, word("wallet.page.unknown"))
    assert len(await linked(at.world)) == 1


async def test_2_1_3_five_wrong_signatures_use_a_link_up(at: Desk) -> None:
    answer, token = await at.link()
    message = await at.message(token)
    for forged in ("", "signed", HOLDER.sign("hello"), Key("thief").sign(message), HOLDER.sign(message + " ")):
        assert (await at.post("link", token=token, address=HOLDER.address, signature=forged)).status == 400
    got = await at.post("link", token=token, address=HOLDER.address, signature=HOLDER.sign(message))
    assert (got.status, error(got)) == (409, word("wallet.page.burnt", n=5))
    await at.world.env.settle()
    assert word("wallet.outcome.burnt", n=5) in say(answer)
    assert await linked(at.world) == []


async def test_2_1_3_a_newer_link_takes_the_place_of_the_older(at: Desk) -> None:
    answer, older = await at.link()
    _, newer = await at.link()
    assert error(await at.post("session", token=older)) == word("wallet.page.replaced")
    await at.world.env.settle()
    assert word("wallet.outcome.replaced") in say(answer)
    assert (await at.sign(newer)).status == 200


async def test_2_1_4_the_text_parses_by_the_grammar_of_the_standard(at: Desk) -> None:
    _, token = await at.link()
    parts = grammar.parse(await at.message(token))
    assert parts["domain"] == "bot.example.org"
    assert parts["address"] == "0x" + parts["address"][2:]
    assert parts["address"].lower() == HOLDER.address
    assert (parts["uri"], parts["version"], parts["chain-id"]) == (f"{PUBLIC}/link", "1", "1")
    issued, until = (datetime.fromisoformat(parts[name]) for name in ("issued-at", "expiration-time"))
    assert until - issued == timedelta(minutes=10)
    with pytest.raises(ParseError):
        grammar.parse("bot.example.org wants you to sign in with your Ethereum account:\nnothing")


async def test_2_1_4_the_domain_is_the_configured_one_with_its_port_whatever_the_request_says(tmp_path: Path) -> None:
    async with desk(tmp_path, web_public_url="http://localhost:8123") as at:
        _, token = await at.link()
        headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        got = await at.post("challenge", headers, token=token, address=HOLDER.address)
        parts = grammar.parse(json.loads(got.text)["message"])
        assert (parts["domain"], parts["uri"]) == ("localhost:8123", "http://localhost:8123/link")


@pytest.mark.parametrize("name", ["Zoë 🎉", '"hi"', "50%", "<b>ikuzo</b>", "行くぞ", "a\nb: c", "```"])
async def test_2_1_5_names_of_any_kind_leave_a_text_by_the_grammar_that_names_the_account(
    tmp_path: Path, name: str
) -> None:
    async with desk(tmp_path) as at:
        at.world.env.backend.get_guild(GUILD_ID).name = name
        member = at.world.add_member(name)
        await at.world.env.settle()
        _, token = await at.link(member)
        said = grammar.parse(await at.message(token))["statement"]
        assert f"(id {member.id})" in said
        assert f"(id {GUILD_ID})" in said
        assert "no funds move" in said


async def test_2_1_6_without_identity_page_and_text_name_whose_account_gets_the_wallet(at: Desk) -> None:
    """The attacker (*bora*) asks for a link and has a holder sign on the genuine page: this is what the holder sees."""
    _, token = await at.link(at.world.other)
    shown = json.loads((await at.post("session", token=token)).text)
    assert (shown["account"], shown["user_id"]) == ("bora", str(at.world.other.id))
    assert (shown["server"], shown["server_id"]) == ("Studio", str(GUILD_ID))
    said = grammar.parse(await at.message(token))["statement"]
    assert f"the Discord account bora (id {at.world.other.id})" in said
    assert "Sign only if this account is yours" in said


async def test_2_1_7_only_a_post_of_json_from_our_own_page_does_anything(at: Desk) -> None:
    _, token = await at.link()
    body = json.dumps({"token": token, "address": HOLDER.address})
    for name in ("session", "challenge", "link", "identity", "oauth"):
        path = f"/api/{name}"
        assert (await at.browser.get(path)).status == 405
        foreign = await at.post(name, {"Origin": "https://evil.example"}, token=token, address=HOLDER.address)
        assert foreign.status == 403
        plain_text = {"Content-Type": "text/plain"}
        assert (await at.browser.request("POST", path, data=body, headers=plain_text)).status == 415
        assert (await at.post(name, token=token, address=HOLDER.address, more="x" * 30_000)).status == 413
        assert (await at.post(name, token=7)).status == 400
        assert (await at.post(name)).status == 400
    (row,) = await sessions(at.world)
    assert (row.state, row.message, row.failures) == (LinkState.OPEN, None, 0)
    own = await at.post("challenge", {"Origin": PUBLIC}, token=token, address=HOLDER.address)
    assert own.status == 200


async def test_2_1_7_members_and_addresses_have_limits(at: Desk) -> None:
    for _ in range(LINKS_AN_HOUR):
        await at.link()
    said = say(await at.world.member.slash(at.world.general, "wallet link"))
    assert f"{LINKS_AN_HOUR} links within an hour" in said
    await at.link(at.world.other)
    await at.world.advance(hours=1, minutes=1)
    _, token = await at.link()
    tried = [(await at.post("link", token=token, address=HOLDER.address, signature="0x")).status for _ in range(30)]
    assert 429 in tried


async def test_2_1_8_the_page_has_strict_headers_and_nothing_inline_or_from_elsewhere(at: Desk) -> None:
    got = await at.browser.get("/link")
    policy = got.headers["Content-Security-Policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"):
        assert rule in policy
    for rule in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "img-src 'self' data:"):
        assert rule in policy
    assert "unsafe" not in policy
    assert (got.headers["Referrer-Policy"], got.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "Set-Cookie" not in got.headers
    for inline in ("<script>", " style=", " onclick=", "javascript:", "http://", "https://"):
        assert inline not in got.text.replace(f"{PUBLIC}/link", "")


async def test_the_text_is_for_a_chain_the_wallet_is_on(tmp_path: Path) -> None:
    async with desk(tmp_path, **chains("http://127.0.0.1:1")) as at:
        _, token = await at.link()
        assert grammar.parse(await at.message(token))["chain-id"] == str(CHAIN_ID)
        assert grammar.parse(await at.message(token, chain_id=CHAIN_ID))["chain-id"] == str(CHAIN_ID)
        assert (await at.post("challenge", token=token, address=HOLDER.address, chain_id=5)).status == 400
        assert (await at.post("challenge", token=token, address=HOLDER.address, chain_id="1")).status == 400
        assert (await at.post("challenge", token=token, address="0x12")).status == 400
