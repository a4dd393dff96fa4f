"""What happens while a recheck runs, and in two processes at once; on both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import NotFound, WrongState
from bot.people import Actor
from cogs.wallets.tables import Cause, Gate, GateBreaker, GateStanding, GrantState, WalletLink
from tests.chain.anvil import Anvil, Contract
from tests.wallets.nodes import Node
from tests.wallets.office import GUILD, MODERATOR, Desk, office
from tests.wallets.stage import address, collection

ROLE = 501


@dataclass
class Scene:
    """One member, 1, who holds what the rule asks; ``desk`` and ``second`` are two processes of one bot."""

    desk: Desk
    second: Desk
    node: Node
    art: Contract
    gate: Gate

    async def recheck(self, desk: Desk) -> Any:
        return await desk.services.rechecking.server(GUILD, Cause.SCHEDULED, self.desk.now)

    async def unlink(self) -> None:
        (wallet,) = await self.desk.rows(select(WalletLink).where(WalletLink.user_id == 1))
        await self.second.services.wallets.unlink(Actor(1, GUILD, "member", "en"), wallet.id, self.desk.now)


@asynccontextmanager
async def scene(folder: Path, anvil: Anvil, url: str, members: int = 1) -> AsyncIterator[Scene]:
    people = range(1, members + 1)
    art = collection(anvil, *(address(n) for n in people))
    # The second one asks the chain itself: what it does happens while the first waits for its answer.
    async with (
        Node(anvil.url) as node,
        office(folder, node.url, database_url=url) as desk,
        office(folder, anvil.url, database_url=url, town=desk.town) as second,
    ):
        gate = await desk.rule("collector", ROLE, art)
        await desk.link_many({address(n): n for n in people})
        await desk.cycle()
        assert desk.holders(ROLE) == set(people)
        yield Scene(desk, second, node, art, gate)


async def test_2_4_3_two_rechecks_at_once_are_one_cycle_and_give_a_role_once(
    tmp_path: Path, anvil: Anvil, either_url: str
) -> None:
    async with scene(tmp_path, anvil, either_url) as it:
        it.art.send("burn(uint256)", 0)
        it.art.send("mint(address,uint256)", address(2), 9)
        anvil.settled()
        await it.desk.services.gates.set_grace(MODERATOR, "0", None, it.desk.now)
        await it.desk.link_many({address(2): 2})
        it.node.meanwhile = lambda: it.recheck(it.second)
        await it.recheck(it.desk)
        await it.desk.carry_out()
        assert (await it.desk.standing(it.gate, 1)).negatives == 1, "two readings of one moment"
        assert it.desk.holders(ROLE) == {1, 2}
        kinds = await it.desk.kinds()
        assert (kinds.count("role.given"), kinds.count("role.taken")) == (2, 0)
        await it.desk.cycle()
        assert it.desk.holders(ROLE) == {2}


async def test_2_3_2_what_a_recheck_read_before_an_unlink_gives_nothing_back(
    tmp_path: Path, anvil: Anvil, either_url: str
) -> None:
    async with scene(tmp_path, anvil, either_url) as it:
        # What is found differs from last time, so that it is written down.
        it.art.send("mint(address,uint256)", address(1), 9)
        anvil.settled()
        it.node.meanwhile = it.unlink
        await it.recheck(it.desk)
        await it.desk.carry_out()
        assert it.desk.holders(ROLE) == set()
        assert await it.desk.grants() == []


async def test_what_was_read_before_a_wallet_was_linked_counts_against_nobody(
    tmp_path: Path, anvil: Anvil, either_url: str
) -> None:
    async with scene(tmp_path, anvil, either_url) as it:
        it.art.send("give(address,address,uint256)", address(1), address(11), 0)
        anvil.settled()

        async def link() -> None:
            await it.second.link_many({address(11): 1})
            await it.second.services.rechecking.members(GUILD, [1], it.desk.now)

        it.node.meanwhile = link
        await it.recheck(it.desk)
        found = await it.desk.standing(it.gate, 1)
        assert (found.negatives, found.grace_until) == (0, None)


@pytest.mark.parametrize("take", [True, False])
async def test_a_rule_that_is_removed_while_it_is_read(
    tmp_path: Path, anvil: Anvil, either_url: str, take: bool
) -> None:
    async with scene(tmp_path, anvil, either_url) as it:
        it.art.send("mint(address,uint256)", address(2), 9)
        anvil.settled()
        await it.desk.link_many({address(2): 2})
        it.node.meanwhile = lambda: it.second.services.gates.remove(MODERATOR, "collector", it.desk.now, take=take)
        report = await it.recheck(it.desk)
        await it.desk.carry_out()
        assert report.tally.given == 0
        assert it.desk.holders(ROLE) == (set() if take else {1})


async def test_2_3_4_whoever_is_forgotten_meanwhile_stays_forgotten(
    tmp_path: Path, anvil: Anvil, either_url: str
) -> None:
    async with scene(tmp_path, anvil, either_url) as it:
        (custodian,) = [each for each in it.second.platform.custodians if type(each).__name__ == "WalletCustodian"]
        it.art.send("mint(address,uint256)", address(1), 9)
        anvil.settled()

        async def forget() -> None:
            async with it.second.platform.database.write() as tx:
                await custodian.forget(tx, GUILD, 1, it.desk.now)

        it.node.meanwhile = forget
        await it.recheck(it.desk)
        await it.desk.carry_out()
        assert await it.desk.rows(select(GateStanding)) == []
        assert it.desk.holders(ROLE) == set()


async def test_a_server_that_is_erased_meanwhile_stays_erased(tmp_path: Path, anvil: Anvil, either_url: str) -> None:
    async with scene(tmp_path, anvil, either_url) as it:
        (custodian,) = [each for each in it.second.platform.custodians if type(each).__name__ == "WalletCustodian"]

        async def erase() -> None:
            async with it.second.platform.database.write() as tx:
                await custodian.erase_guild(tx, GUILD)

        it.node.meanwhile = erase
        await it.recheck(it.desk)
        assert await it.desk.rows(select(GateStanding)) == []


async def test_2_4_3_the_breaker_is_answered_once(tmp_path: Path, anvil: Anvil, either_url: str) -> None:
    async with scene(tmp_path, anvil, either_url, members=8) as it:
        for token_id in range(7):
            it.art.send("burn(uint256)", token_id)
        anvil.settled()
        for _ in range(3):
            await it.desk.cycle(13)
        (asked,) = await it.desk.rows(select(GateBreaker))
        desks = (it.desk, it.second, it.desk, it.second)
        answers = await asyncio.gather(
            *(
                desk.services.breakers.decide(MODERATOR, asked.id, take=place % 3 == 0, now=it.desk.now)
                for place, desk in enumerate(desks)
            ),
            return_exceptions=True,
        )
        refused = [each for each in answers if isinstance(each, NotFound | WrongState)]
        assert len(refused) == 3
        assert (await it.desk.kinds()).count("gate.resumed") == 1


async def test_2_4_3_what_a_moderator_allowed_is_not_used_up_by_a_members_refresh(
    tmp_path: Path, anvil: Anvil, either_url: str
) -> None:
    async with scene(tmp_path, anvil, either_url, members=8) as it:
        for token_id in range(7):
            it.art.send("burn(uint256)", token_id)
        anvil.settled()
        for _ in range(3):
            await it.desk.cycle(13)
        (asked,) = await it.desk.rows(select(GateBreaker))
        await it.desk.services.breakers.decide(MODERATOR, asked.id, take=True, now=it.desk.now)
        await it.desk.services.rechecking.members(GUILD, [1], it.desk.now)
        await it.desk.carry_out()
        assert it.desk.holders(ROLE) == set(range(2, 9))
        await it.desk.cycle()
        assert it.desk.holders(ROLE) == {8}
        assert await it.desk.rows(select(GateBreaker)) == []


async def test_roles_given_and_taken_by_two_processes_in_turn(tmp_path: Path, anvil: Anvil, either_url: str) -> None:
    async with scene(tmp_path, anvil, either_url, members=5) as it:
        await it.desk.services.gates.set_grace(MODERATOR, "0", None, it.desk.now)
        it.art.send("burn(uint256)", 0)
        anvil.settled()
        it.second.now = it.desk.now
        await it.desk.cycle()
        it.second.now = it.desk.now
        await it.second.cycle()
        assert it.desk.holders(ROLE) == {2, 3, 4, 5}
        assert {grant.state for grant in await it.desk.grants()} == {GrantState.GIVEN}
