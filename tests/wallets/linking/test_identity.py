"""Discord identity: the browser that signs shows whose it is, so that a link passed on links nothing."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from bot.i18n import plain, t
from tests.wallets.linking.ceremony import HOLDER, PUBLIC, Desk, desk, error, linked, sessions
from tests.wallets.linking.double import SECRET, Double, double


@pytest.fixture
async def discord_says() -> AsyncIterator[Double]:
    async with double() as made:
        yield made


@pytest.fixture
async def at(tmp_path: Path, discord_says: Double) -> AsyncIterator[Desk]:
    async with desk(tmp_path, discord_client_secret=SecretStr(SECRET)) as opened:
        # The simulated Discord has no addresses; this part of it is asked over the network.
        platform = opened.world.platform
        platform.settings = platform.settings.model_copy(update={"discord_api_url": discord_says.url})
        yield opened


def word(key: str) -> str:
    return plain("en", t(key))


async def begun(at: Desk, token: str) -> str:
    got = await at.post("identity", token=token)
    assert got.status == 200, got.text
    return str(json.loads(got.text)["url"])


async def identified(at: Desk, discord_says: Double, token: str, user_id: int) -> str:
    back = discord_says.consent(await begun(at, token), user_id)
    got = await at.post("oauth", token=token, **back)
    assert got.status == 200, got.text
    return str(json.loads(got.text)["identity"])


async def test_2_1_6_the_member_who_asked_shows_who_they_are_and_links(at: Desk, discord_says: Double) -> None:
    _, token = await at.link()
    assert json.loads((await at.post("session", token=token)).text)["identity"] is True
    secret = await identified(at, discord_says, token, at.world.member.id)
    assert json.loads((await at.post("session", token=token, identity=secret)).text)["identity"] is False
    assert (await at.sign(token, identity=secret)).status == 200
    assert [row.user_id for row in await linked(at.world)] == [at.world.member.id]
    (form,) = discord_says.asked
    assert form["redirect_uri"] == f"{PUBLIC}/oauth"
    assert form["client_id"] == str(at.world.bot.application_id)
    assert len(form["code_verifier"]) >= 43


async def test_2_1_6_nothing_is_signed_before_the_browser_showed_whose_it_is(at: Desk) -> None:
    _, token = await at.link()
    for more in ({}, {"identity": ""}, {"identity": "x" * 43}):
        got = await at.post("challenge", token=token, address=HOLDER.address, **more)
        assert (got.status, error(got)) == (403, word("wallet.identity.needed"))
    got = await at.post("link", token=token, address=HOLDER.address, signature=HOLDER.sign("hello"))
    assert (got.status, error(got)) == (403, word("wallet.identity.needed"))


async def test_relay_a_holder_who_opens_the_attackers_link_is_somebody_else(at: Desk, discord_says: Double) -> None:
    """The attacker (*bora*) asks for a link and sends it to the holder (*aki*), who goes through the page."""
    _, token = await at.link(at.world.other)
    back = discord_says.consent(await begun(at, token), at.world.member.id)
    got = await at.post("oauth", token=token, **back)
    assert (got.status, error(got)) == (403, word("wallet.identity.other"))
    assert (await at.post("challenge", token=token, address=HOLDER.address)).status == 403
    assert await linked(at.world) == []


async def test_relay_the_attackers_own_identity_does_not_travel_with_the_link(at: Desk, discord_says: Double) -> None:
    """The attacker shows who they are in their own browser first, then sends the link: the holder's is another."""
    _, token = await at.link(at.world.other)
    await identified(at, discord_says, token, at.world.other.id)
    assert json.loads((await at.post("session", token=token)).text)["identity"] is True
    assert (await at.post("challenge", token=token, address=HOLDER.address)).status == 403


async def test_a_state_is_used_once_and_belongs_to_its_link(at: Desk, discord_says: Double) -> None:
    _, mine = await at.link()
    _, other = await at.link(at.world.other)
    address = await begun(at, mine)
    state = parse_qs(urlsplit(address).query)["state"][0]
    (row, _) = await sessions(at.world)
    assert row.verifier is not None
    assert row.verifier not in address
    assert state not in (row.state_hash, row.verifier)
    back = discord_says.consent(address, at.world.member.id)
    await begun(at, other)
    wrong = await at.post("oauth", token=other, **back)
    assert (wrong.status, error(wrong)) == (400, word("wallet.identity.stale"))
    assert (await at.post("oauth", token=mine, **back)).status == 200
    again = await at.post("oauth", token=mine, **back)
    assert (again.status, error(again)) == (400, word("wallet.identity.stale"))
    forged = await at.post("oauth", token=mine, code="code-0", state="x" * 43)
    assert forged.status == 400


async def test_a_code_that_was_stolen_is_no_good_without_the_verifier(at: Desk, discord_says: Double) -> None:
    """The holder's code for another link is put into the attacker's."""
    _, mine = await at.link()
    _, other = await at.link(at.world.other)
    stolen = discord_says.consent(await begun(at, mine), at.world.other.id)
    own = discord_says.consent(await begun(at, other), at.world.other.id)
    got = await at.post("oauth", token=other, code=stolen["code"], state=own["state"])
    assert (got.status, error(got)) == (400, word("wallet.identity.stale"))


async def test_discord_away_is_said_as_that_and_uses_nothing_up_but_the_state(at: Desk, discord_says: Double) -> None:
    _, token = await at.link()
    discord_says.down = True
    back = discord_says.consent(await begun(at, token), at.world.member.id)
    got = await at.post("oauth", token=token, **back)
    assert (got.status, error(got)) == (424, word("wallet.identity.away"))
    discord_says.down = False
    secret = await identified(at, discord_says, token, at.world.member.id)
    assert (await at.sign(token, identity=secret)).status == 200


async def test_five_wrong_people_use_a_link_up(at: Desk, discord_says: Double) -> None:
    _, token = await at.link(at.world.other)
    for _ in range(5):
        back = discord_says.consent(await begun(at, token), at.world.member.id)
        assert (await at.post("oauth", token=token, **back)).status == 403
    assert (await at.post("identity", token=token)).status == 409


async def test_without_a_client_secret_nobody_is_asked(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        _, token = await at.link()
        assert json.loads((await at.post("session", token=token)).text)["identity"] is False
        assert (await at.post("identity", token=token)).status == 400
