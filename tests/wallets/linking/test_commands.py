"""``/wallet``: what members are told and can do, without a page too; and everybody else's wallets are not theirs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import simcord
from sqlalchemy import update

from bot.guilds import GuildRow
from bot.i18n import plain, t
from cogs.wallets.rules.addresses import checksummed
from cogs.wallets.rules.terms import MAX_WALLETS, Method
from cogs.wallets.tables import WalletLink
from tests.chain.anvil import CHAIN_ID, Anvil, Key
from tests.harness import Answer, choose, components, forge, forge_modal, press, running_bot, say, shown
from tests.wallets import stage
from tests.wallets.linking import grammar
from tests.wallets.linking.ceremony import FEATURES, HOLDER, Desk, desk, error, linked, sessions, token_of

DOMAIN = "club.example"
SHORT = f"{HOLDER.address[:6]}…{HOLDER.address[-4:]}"


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as opened:
        yield opened


def word(key: str, **params: str) -> str:
    return plain("en", t(key, **params))


async def slash(at: Desk, actor: simcord.MemberActor, command: str, **options: object) -> str:
    said = say(await actor.slash(at.world.general, f"wallet {command}", **options))
    await at.world.env.settle()
    return said


async def give(at: Desk, actor: simcord.MemberActor, key: Key = HOLDER) -> None:
    _, token = await at.link(actor)
    assert (await at.sign(token, key)).status == 200


def text_in(answer: Answer) -> str:
    """Return the text to be signed, as somebody copies it out of Discord."""
    return say(answer).split("```")[1].strip("\n")


class TestPasting:
    async def test_a_signature_is_pasted_and_the_record_says_so(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, wallet_paste=DOMAIN, features=FEATURES) as world:
            asked = await world.member.slash(world.general, "wallet link", address=checksummed(HOLDER.address))
            message = text_in(asked)
            assert shown(asked).content == message, "what a phone copies"
            parts = grammar.parse(message)
            assert (parts["domain"], parts["uri"]) == (DOMAIN, f"https://{DOMAIN}")
            assert f"(id {world.member.id})" in parts["statement"]
            assert "never for a payment, a seed phrase or an approval" in say(asked)
            assert "to your account @aki in Studio" in say(asked)
            form = await press(world.member, asked, "wallet.paste")
            assert form.modal is not None
            await world.member.submit_modal(form, {"signature": f" {HOLDER.sign(message)}\n"})
            await world.env.settle()
            (row,) = await linked(world)
            assert (row.address, row.how) == (HOLDER.address, "paste")
            assert SHORT in say(asked), "the message with the text says how it ended"
            assert components(asked) == []
            assert shown(asked).content == ""
            assert "paste" in say(await world.member.slash(world.general, "wallet list"))
            records = say(await world.moderator.slash(world.general, "gate records"))
            assert SHORT in records
            assert HOLDER.address not in records

    async def test_a_wrong_signature_another_members_text_and_one_too_late(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, wallet_paste=DOMAIN, features=FEATURES) as world:
            asked = await world.member.slash(world.general, "wallet link", address=HOLDER.address)
            message = text_in(asked)
            form = f"wallet.signature:{1}"
            wrong = await forge_modal(world.member, world.general, form, {"signature": HOLDER.sign("hello")})
            assert word("wallet.proof.wrong") in say(wrong)
            stranger = await forge_modal(world.other, world.general, form, {"signature": HOLDER.sign(message)})
            assert word("error.stale_component") in say(stranger)
            nobody = await forge_modal(world.other, world.general, "wallet.signature:77", {"signature": "0x"})
            assert word("error.stale_component") in say(nobody)
            await world.advance(minutes=11)
            late = await forge_modal(world.member, world.general, form, {"signature": HOLDER.sign(message)})
            assert word("wallet.page.expired") in say(late)
            assert await linked(world) == []

    async def test_2_2_6_without_an_address_it_is_asked_for_and_a_name_is_none(self, tmp_path: Path) -> None:
        async with running_bot(tmp_path, wallet_paste=DOMAIN, features=FEATURES) as world:
            said = say(await world.member.slash(world.general, "wallet link"))
            assert "/wallet link address:0x…" in said
            wrong = say(await world.member.slash(world.general, "wallet link", address="vitalik.eth"))
            assert "is no address" in wrong

    async def test_with_a_page_an_address_is_answered_with_the_link_unless_pasting_is_on(self, tmp_path: Path) -> None:
        async with desk(tmp_path) as at:
            answer = await at.world.member.slash(at.world.general, "wallet link", address=HOLDER.address)
            assert token_of(answer)

    async def test_a_pasted_text_is_no_link_of_the_page(self, tmp_path: Path) -> None:
        async with desk(tmp_path, wallet_paste=DOMAIN) as at:
            asked = await at.world.member.slash(at.world.general, "wallet link", address=HOLDER.address)
            (row,) = await sessions(at.world)
            assert (row.how, row.domain) == ("paste", DOMAIN)
            assert (await at.post("session", token=row.token_hash)).status == 404
            assert "club.example wants you to sign in" in say(asked)


async def test_without_either_a_sentence_says_what_the_operator_has_to_set(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        said = say(await world.member.slash(world.general, "wallet link"))
        assert "WEB_PUBLIC_URL" in said
        assert "WALLET_PASTE" in said


async def test_list_and_unlink_are_the_members_own(at: Desk) -> None:
    await give(at, at.world.member)
    assert checksummed(HOLDER.address) in await slash(at, at.world.member, "list")
    assert word("wallet.list.empty") in await slash(at, at.world.other, "list")
    (row,) = await linked(at.world)
    assert word("wallet.no_such") in await slash(at, at.world.other, "unlink", wallet=str(row.id))
    forged = await forge(at.world.other, at.world.general, "wallet.unlink", values=[str(row.id)])
    assert "Manage Server" in say(forged)
    chosen = await at.world.member.slash(at.world.general, "wallet unlink")
    gone = await choose(at.world.member, chosen, "wallet.unlink", str(row.id))
    assert word("wallet.unlink.done", wallet=SHORT) in say(gone)
    assert await linked(at.world) == []


async def test_2_3_1_one_wallet_is_one_members_and_a_second_claimant_is_refused(at: Desk) -> None:
    await give(at, at.world.member)
    _, token = await at.link(at.world.other)
    got = await at.sign(token)
    assert (got.status, error(got)) == (409, word("wallet.link.taken"))
    assert [row.user_id for row in await linked(at.world)] == [at.world.member.id]
    # The link is still good for a wallet of their own.
    assert (await at.sign(token, Key("own"))).status == 200


async def test_2_3_1_ones_own_wallet_linked_again_stays_one_and_rests_on_the_better_proof(at: Desk) -> None:
    await give(at, at.world.member)
    await give(at, at.world.member)
    (row,) = await linked(at.world)
    async with at.world.platform.database.write() as tx:
        await tx.session.execute(update(WalletLink).values(method=Method.CONTRACT, chain_id=8453, block=7))
    await give(at, at.world.member)
    (again,) = await linked(at.world)
    assert (again.id, again.method, again.block) == (row.id, "eip191", None)


async def test_2_3_1_ten_wallets_are_the_most(at: Desk) -> None:
    for number in range(MAX_WALLETS):
        await stage.link(at.world, at.world.member.id, stage.address(number))
    _, token = await at.link()
    got = await at.sign(token)
    assert got.status == 409
    assert "10 linked wallets" in error(got)


async def test_2_3_2_an_unlinked_wallet_goes_to_nobody_else_for_a_day(at: Desk) -> None:
    await give(at, at.world.member)
    await slash(at, at.world.member, "unlink", wallet=SHORT)
    _, token = await at.link(at.world.other)
    assert "unlinked by someone else" in error(await at.sign(token))
    await at.world.advance(hours=23, minutes=50)
    _, token = await at.link(at.world.other)
    assert (await at.sign(token)).status == 409
    await at.world.advance(minutes=20)
    await give(at, at.world.other)
    assert [row.user_id for row in await linked(at.world)] == [at.world.other.id]


async def test_2_3_2_the_former_owner_may_come_back_at_once(at: Desk) -> None:
    await give(at, at.world.member)
    await slash(at, at.world.member, "unlink", wallet=SHORT)
    await give(at, at.world.member)


async def test_2_3_2_and_4_moderators_unlink_for_others_see_addresses_shortened_and_leave_a_row(at: Desk) -> None:
    await give(at, at.world.member)
    (row,) = await linked(at.world)
    refused = await slash(at, at.world.other, "unlink", member=at.world.member)
    assert "Manage Server" in refused
    asked = await at.world.moderator.slash(at.world.general, "wallet unlink", member=at.world.member)
    shown = str(components(asked))
    assert SHORT in shown
    assert HOLDER.address not in shown.lower()
    gone = await choose(at.world.moderator, asked, "wallet.unlink", str(row.id))
    assert "Unlinked" in say(gone)
    assert await linked(at.world) == []
    assert [each.kind for each in await at.world.ledger()] == ["wallet.unlinked"]


async def test_status_says_what_is_missing_and_refresh_works_once_a_minute(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil)
    async with desk(tmp_path, **stage.chains(anvil.url)) as at:
        role = at.world.guild.create_role("Collectors")
        await stage.add_rule(at.world, "collector", role, art)
        assert word("wallet.status.no_wallet") in await slash(at, at.world.member, "status")
        await give(at, at.world.member)
        said = await slash(at, at.world.member, "status")
        for part in ("❌", "Found 0, needed at least 1", word("wallet.status.do_no"), "Next check"):
            assert part in said
        art.send("mintMany(address[],uint256)", [HOLDER.address], 0)
        assert "Found 1" in await slash(at, at.world.member, "refresh")
        assert role.id in stage.roles(at.world, at.world.member.id)
        assert "You refreshed a moment ago" in await slash(at, at.world.member, "refresh")
        await at.world.advance(minutes=1)
        assert "Found 1" in await slash(at, at.world.member, "refresh")


async def test_2_2_3_a_contract_wallet_is_linked_on_its_chain_and_the_list_says_so(
    tmp_path: Path, anvil: Anvil
) -> None:
    safe = anvil.deploy("Account", ["address"], [HOLDER.address])
    async with desk(tmp_path, **stage.chains(anvil.url)) as at:
        _, token = await at.link()
        message = await at.message(token, safe.address, chain_id=CHAIN_ID)
        got = await at.post("link", token=token, address=safe.address, signature=HOLDER.sign(message))
        assert got.status == 200, got.text
        (row,) = await linked(at.world)
        assert (row.method, row.chain_id, len(row.code_hash or "")) == ("erc1271", CHAIN_ID, 64)
        listed = await slash(at, at.world.member, "list")
        assert f"Counts on chain {CHAIN_ID} only" in listed
        assert word("wallet.list.old") not in listed


async def test_2_2_5_the_owner_of_a_contract_wallet_is_asked_to_prove_it_anew_now_and_then(
    tmp_path: Path, anvil: Anvil
) -> None:
    safe = anvil.deploy("Account", ["address"], [HOLDER.address])
    async with desk(tmp_path, **stage.chains(anvil.url)) as at:
        for wallet in (safe.address, stage.WALLET):
            method = Method.CONTRACT if wallet == safe.address else Method.RECOVER
            await stage.link(at.world, at.world.member.id, wallet, method=method, chain_id=1)
        async with at.world.platform.database.write() as tx:
            long_ago = at.world.env.now() - timedelta(days=91)
            await tx.session.execute(update(WalletLink).values(linked_at=long_ago))
        listed = await slash(at, at.world.member, "list")
        assert listed.count(word("wallet.list.old")) == 1, "not of an ordinary account"
        _, token = await at.link()
        message = await at.message(token, safe.address, chain_id=CHAIN_ID)
        await at.post("link", token=token, address=safe.address, signature=HOLDER.sign(message))
        row, other = await linked(at.world)
        assert (row.method, row.chain_id, row.block is None) == ("erc1271", CHAIN_ID, False)
        assert row.linked_at > long_ago
        assert other.linked_at == long_ago
        assert word("wallet.list.old") not in await slash(at, at.world.member, "list")


async def test_2_2_3_a_chain_that_is_away_uses_up_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path, **stage.chains("http://127.0.0.1:1")) as at:
        _, token = await at.link()
        message = await at.message(token)
        long = "0x" + "11" * 100
        asking = asyncio.create_task(at.post("link", token=token, address=HOLDER.address, signature=long))
        # It is asked several times, and the pauses between are simulated.
        while not asking.done():
            await at.world.advance(seconds=1)
        got = await asking
        assert (got.status, error(got)) == (424, word("wallet.proof.unread"))
        (row,) = await sessions(at.world)
        assert row.failures == 0
        got = await at.post("link", token=token, address=HOLDER.address, signature=HOLDER.sign(message))
        assert got.status == 200


async def test_the_panels_button_offers_the_same_link(at: Desk) -> None:
    answer = await forge(at.world.member, at.world.general, "wallet.verify")
    assert (await at.sign(token_of(answer))).status == 200


async def test_while_wallets_are_off_nobody_links_but_everybody_may_look_and_unlink(at: Desk) -> None:
    await give(at, at.world.member)
    _, token = await at.link(at.world.other)
    message = await at.message(token, Key("late").address)
    async with at.world.platform.database.write() as tx:
        row = await tx.session.get_one(GuildRow, at.world.guild.id)
        row.disabled = ["wallets"]
    for command in ("link", "status", "refresh"):
        assert "turned off" in await slash(at, at.world.member, command)
    # What is there goes on: the panel's other buttons, and links that are open.
    for button, off in (("verify", True), ("why", False), ("refresh", False)):
        pressed = await forge(at.world.member, at.world.general, f"wallet.{button}")
        assert ("turned off" in say(pressed)) is off, button
    got = await at.post("link", token=token, address=Key("late").address, signature=Key("late").sign(message))
    assert got.status == 200
    assert checksummed(HOLDER.address) in await slash(at, at.world.member, "list")
    assert "Unlinked" in await slash(at, at.world.member, "unlink", wallet=SHORT)


async def test_an_hour_of_links_is_over_after_an_hour(at: Desk) -> None:
    await at.link()
    await at.world.advance(hours=1)
    (row,) = await sessions(at.world)
    assert at.world.env.now() - row.created_at >= timedelta(hours=1)
