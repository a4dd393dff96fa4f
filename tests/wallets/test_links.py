"""Links end as they were made: for one member, at once, and with nothing left behind."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import NotAllowed, WrongState
from bot.people import Actor
from cogs.wallets.rules.terms import Method
from cogs.wallets.tables import (
    GateGrant,
    GateStanding,
    WalletCooldown,
    WalletLink,
)
from tests.chain.anvil import Anvil
from tests.wallets.nodes import Manner, Node
from tests.wallets.office import COLLECTORS, GUILD, office
from tests.wallets.stage import address


async def test_2_3_2_unlinking_takes_the_role_at_once_and_cools_the_wallet(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        await desk.settle(anvil, range(1, 3))
        member = Actor(1, GUILD, "member", "en")
        (row,) = await desk.rows(select(WalletLink).where(WalletLink.user_id == 1))
        with pytest.raises(NotAllowed):
            await desk.services.wallets.unlink(Actor(2, GUILD, "other", "en"), row.id, desk.now)
        shown = await desk.services.wallets.unlink(member, row.id, desk.now)
        assert shown == f"{address(1)[:6]}…{address(1)[-4:]}"
        await desk.carry_out()
        assert desk.holders(COLLECTORS) == {2}
        with pytest.raises(WrongState):
            await desk.link(2, address(1))
        desk.now += timedelta(hours=23)
        with pytest.raises(WrongState):
            await desk.link(2, address(1))
        desk.now += timedelta(hours=2)
        await desk.link(2, address(1))


async def test_2_3_2_what_other_wallets_hold_is_asked_everywhere_when_one_is_unlinked(
    tmp_path: Path, anvil: Anvil
) -> None:
    async with Node(anvil.url) as liar, office(tmp_path, liar.url, anvil.url) as desk:
        art, _ = await desk.settle(anvil, range(1, 4))
        # One of the first member's other wallets holds, of the second's none does.
        art.send("mintMany(address[],uint256)", [address(51)], 60)
        anvil.settled()
        for member, spare in ((1, 51), (1, 52), (2, 53), (2, 54)):
            await desk.link(member, address(spare))
        liar.manner = Manner.ZERO
        for member in (1, 2):
            (row,) = await desk.rows(select(WalletLink).where(WalletLink.address == address(member)))
            await desk.services.wallets.unlink(Actor(member, GUILD, "member", "en"), row.id, desk.now)
            await desk.carry_out()
        assert desk.holders(COLLECTORS) == {1, 3}


async def test_2_3_1_one_wallet_one_member_and_ten_of_them(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        for number in range(10):
            await desk.link(1, address(number))
        with pytest.raises(WrongState):
            await desk.link(1, address(10))
        with pytest.raises(WrongState):
            await desk.link(2, address(0))
        again = await desk.link(1, address(0), Method.CONTRACT, 8453)
        assert (again.user_id, again.method) == (1, Method.RECOVER), (
            "an account with a key of its own counts everywhere"
        )


async def test_2_3_4_forgetting_takes_everything(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        await desk.settle(anvil, range(1, 3))
        (custodian,) = [each for each in desk.platform.custodians if type(each).__name__ == "WalletCustodian"]
        async with desk.platform.database.read() as session:
            held = await custodian.export(session, GUILD, 1)
            assert address(1) in str(held)
            assert await custodian.known_users(session, GUILD, 0, 10) == [1, 2]
            assert len(await custodian.consequences(session, GUILD, 1)) == 2
        async with desk.platform.database.write() as tx:
            await custodian.forget(tx, GUILD, 1, desk.now)
        await desk.carry_out()
        assert desk.holders(COLLECTORS) == {2}
        async with desk.platform.database.read() as session:
            assert not any((await custodian.export(session, GUILD, 1)).values())
        async with desk.platform.database.write() as tx:
            await custodian.erase_guild(tx, GUILD)
        for table in (WalletLink, GateStanding, GateGrant):
            assert await desk.rows(select(table)) == []


async def test_2_3_2_a_wallet_of_someone_forgotten_cools_like_any_other(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        await desk.settle(anvil, range(1, 3))
        (custodian,) = [each for each in desk.platform.custodians if type(each).__name__ == "WalletCustodian"]
        async with desk.platform.database.write() as tx:
            await custodian.forget(tx, GUILD, 1, desk.now)
        (kept,) = await desk.rows(select(WalletCooldown))
        assert kept.user_id is None
        desk.now += timedelta(hours=23)
        for member in (1, 2):
            with pytest.raises(WrongState):
                await desk.link(member, address(1))
        desk.now += timedelta(hours=2)
        await desk.link(2, address(1))


async def test_2_3_4_the_export_tells_what_is_kept_without_a_wallet(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        await desk.settle(anvil, range(1, 3))
        member = Actor(1, GUILD, "member", "en")
        await desk.services.wallets.refresh(member, desk.now)
        (row,) = await desk.rows(select(WalletLink).where(WalletLink.user_id == 1))
        await desk.services.wallets.unlink(member, row.id, desk.now)
        (custodian,) = [each for each in desk.platform.custodians if type(each).__name__ == "WalletCustodian"]
        async with desk.platform.database.read() as session:
            held = await custodian.export(session, GUILD, 1)
        assert held["wallets_last_refreshed_at"] == f"{desk.now:%Y-%m-%dT%H:%M:%SZ}"
        assert held["unlinked_wallets_kept_for_you_until"] == [f"{desk.now + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"]
