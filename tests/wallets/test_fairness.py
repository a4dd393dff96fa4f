"""Roles are never lost by accident: dead, lying, slow and flapping chains, breakers, other bots, reorganisations."""

import itertools
import random
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import BadInput, NotAllowed, NotFound, WrongState
from bot.people import Actor
from bot.verdict import Verdict
from cogs.wallets.rules.terms import Method
from cogs.wallets.tables import (
    Gate,
    GateBreaker,
    GrantState,
    Trouble,
)
from tests.chain.anvil import Anvil
from tests.wallets.nodes import Manner, Node
from tests.wallets.office import COLLECTORS, GUILD, MODERATOR, PEOPLE, office
from tests.wallets.stage import address, collection

OTHER_ROLE, THIRD_ROLE = 502, 503
SHORT_SECONDS = 0.05
BAD = (Manner.HANG, Manner.ERROR, Manner.GARBAGE, Manner.EMPTY, Manner.SHORT, Manner.LONG, Manner.REFUSE)


@pytest.mark.parametrize("manner", [Manner.HANG, Manner.EMPTY, Manner.OTHER_CHAIN, Manner.ZERO])
async def test_a_week_of_a_broken_chain_costs_nobody_a_role(tmp_path: Path, anvil: Anvil, manner: Manner) -> None:
    async with Node(anvil.url) as node, office(tmp_path, node.url) as desk:
        await desk.settle(anvil)
        node.manner = manner
        if manner is Manner.HANG:
            desk.services.chains[31337].rpc._timeout = SHORT_SECONDS
        for _ in range(27):
            await desk.cycle()
        report = await desk.cycle()
        # Plausible lies cannot be told from the truth; then the breaker stops what would hit everyone.
        assert (report.halted == ["collector"]) is (manner is Manner.ZERO)
        assert desk.holders(COLLECTORS) == set(PEOPLE)
        node.manner = Manner.HONEST


async def test_2_4_3_a_flapping_chain_costs_nobody_a_role(tmp_path: Path, anvil: Anvil) -> None:
    chance = random.Random(7)
    async with Node(anvil.url) as node, office(tmp_path, node.url) as desk:
        await desk.settle(anvil)
        desk.services.chains[31337].rpc._timeout = SHORT_SECONDS
        for _ in range(28):
            node.manner = chance.choice([*BAD, Manner.HONEST])
            await desk.cycle()
            assert desk.holders(COLLECTORS) == set(PEOPLE)
        node.manner = Manner.HONEST


async def test_2_4_5_one_lying_endpoint_of_two_takes_no_role(tmp_path: Path, anvil: Anvil) -> None:
    async with Node(anvil.url) as liar, office(tmp_path, liar.url, anvil.url) as desk:
        await desk.settle(anvil, range(1, 4))
        liar.manner = Manner.ZERO
        for _ in range(28):
            await desk.cycle()
        assert desk.holders(COLLECTORS) == {1, 2, 3}
        assert await desk.rows(select(GateBreaker)) == []


async def test_2_4_3_the_breaker_asks_and_does_as_it_is_told(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        art, gate = await desk.settle(anvil)
        for token_id in range(8):
            art.send("burn(uint256)", token_id)
        anvil.settled()
        reports = [await desk.cycle(13) for _ in range(3)]
        assert reports[-1].halted == ["collector"]
        assert desk.holders(COLLECTORS) == set(PEOPLE)
        (breaker,) = await desk.rows(select(GateBreaker))
        assert (breaker.would_take, breaker.holders) == (8, 10)
        member = Actor(5, GUILD, "member", "en")
        with pytest.raises(NotAllowed):
            await desk.services.breakers.decide(member, breaker.id, take=True, now=desk.now)
        foreign = Actor(9, GUILD + 1, "moderator", "en", permissions=MODERATOR.permissions)
        with pytest.raises(NotFound):
            await desk.services.breakers.decide(foreign, breaker.id, take=True, now=desk.now)
        await desk.services.breakers.decide(MODERATOR, breaker.id, take=False, now=desk.now)
        await desk.cycle()
        assert (await desk.standing(gate, 1)).negatives == 1, "keeping begins the grace anew"  # type: ignore[arg-type]
        for _ in range(3):
            await desk.cycle(13)
        (breaker,) = await desk.rows(select(GateBreaker))
        await desk.services.breakers.decide(MODERATOR, breaker.id, take=True, now=desk.now)
        with pytest.raises(WrongState):
            await desk.services.breakers.decide(MODERATOR, breaker.id, take=True, now=desk.now)
        await desk.cycle()
        assert desk.holders(COLLECTORS) == {9, 10}
        assert await desk.rows(select(GateBreaker)) == []
        kinds = await desk.kinds()
        assert (kinds.count("gate.halted"), kinds.count("gate.resumed"), kinds.count("role.taken")) == (2, 2, 8)


async def test_another_bot_that_keeps_taking_a_role_is_noticed(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        await desk.settle(anvil, range(1, 3))
        for _ in range(12):
            desk.town.roles[1].discard(COLLECTORS)
            await desk.cycle()
        found = (await desk.services.gates.overview(MODERATOR)).gates[0].row
        assert found.trouble is Trouble.FOUGHT_OVER
        kinds = await desk.kinds()
        assert (kinds.count("gate.trouble"), kinds.count("role.given")) == (1, 3), "given again once, then said once"
        assert 2 in desk.holders(COLLECTORS)


async def test_2_4_5_a_reorganisation_between_grant_and_recheck(tmp_path: Path, anvil: Anvil) -> None:
    art = collection(anvil)
    async with office(tmp_path, anvil.url) as desk:
        gate = await desk.rule("collector", COLLECTORS, art)
        await desk.link(1, address(1))
        art.send("mint(address,uint256)", address(1), 0)
        await desk.services.rechecking.members(GUILD, [1], desk.now)
        await desk.carry_out()
        assert desk.holders(COLLECTORS) == {1}, "the first grant uses the newest block"
        anvil.rpc("anvil_reorg", 1, [])
        anvil.settled()
        await desk.cycle()
        assert (await desk.standing(gate, 1)).verdict is Verdict.NO
        assert desk.holders(COLLECTORS) == {1}
        for _ in range(3):
            await desk.cycle(13)
        assert desk.holders(COLLECTORS) == set()


async def test_2_4_5_a_role_is_taken_at_finalized_state_only(tmp_path: Path, anvil: Anvil) -> None:
    async with Node(anvil.url) as node, office(tmp_path, node.url) as desk:
        art, gate = await desk.settle(anvil, range(1, 3))
        await desk.rule("again", OTHER_ROLE, art)  # type: ignore[arg-type]
        await desk.services.gates.set_grace(MODERATOR, "0", None, desk.now)
        art.send("burn(uint256)", 0)
        # One block later the safe block knows of it, and the finalized one does not.
        anvil.mine(1)
        for _ in range(3):
            node.asked.clear()
            await desk.cycle()
            assert desk.holders(COLLECTORS) == {1, 2}
        assert (await desk.standing(gate, 1)).verdict is Verdict.NO  # type: ignore[arg-type]
        anvil.mine(1)
        await desk.cycle()
        assert desk.holders(COLLECTORS) == {2}
        node.asked.clear()
        await desk.cycle()
        assert node.asked.count("eth_getBlockByNumber") == 1, "one block for all rules of a chain"
        assert node.asked.count("eth_call") == 2


async def test_2_2_5_a_contract_wallet_counts_on_its_own_chain_only(tmp_path: Path, anvil: Anvil) -> None:
    art = collection(anvil, address(1), address(2))
    async with office(tmp_path, anvil.url) as desk:
        await desk.rule("collector", COLLECTORS, art)
        await desk.link(1, address(1), Method.CONTRACT, 8453)
        await desk.link(2, address(2), Method.CONTRACT)
        await desk.cycle()
        assert desk.holders(COLLECTORS) == {2}


async def test_2_4_2_all_standards_ids_bounds_several_wallets_and_combinations(tmp_path: Path, anvil: Anvil) -> None:
    coin, editions = anvil.deploy("Coin", ["uint8"], [6]), anvil.deploy("Editions")
    art = collection(anvil, address(1), address(2), address(1), address(3))
    for wallet, amount in ((1, 400_000), (11, 600_000), (2, 999_999), (3, 5_000_000)):
        coin.send("mint(address,uint256)", address(wallet), amount)
    editions.send("mint(address,uint256,uint256)", address(2), 7, 1)
    editions.send("mint(address,uint256,uint256)", address(2), 9, 1)
    editions.send("mint(address,uint256,uint256)", address(3), 8, 5)
    anvil.settled()
    async with office(tmp_path, anvil.url) as desk:
        await desk.link_many({address(1): 1, address(11): 1, address(2): 2, address(3): 3})
        await desk.rule("rich", 601, coin, "erc20", minimum="1", maximum="2.5")
        await desk.rule("pair", 602, editions, "erc1155", minimum="2", token_ids="7,9")
        await desk.rule("early", 603, art, token_ids="0-2", minimum="2")
        await desk.rule("any", 604, art)
        await desk.combined("mixed", 605, "any and not (rich or pair)")
        await desk.combined("two", 606, "at least 2 of rich, pair, early, mixed")
        await desk.cycle()
        found = {role: desk.holders(role) for role in range(601, 607)}
        assert found == {601: {1}, 602: {2}, 603: {1}, 604: {1, 2, 3}, 605: {3}, 606: {1}}


async def test_2_4_3_roles_given_by_hand_are_never_touched(tmp_path: Path, anvil: Anvil) -> None:
    art = collection(anvil, address(1))
    async with office(tmp_path, anvil.url) as desk:
        desk.town.roles = {1: {COLLECTORS}}
        await desk.rule("collector", COLLECTORS, art)
        await desk.link(1, address(1))
        await desk.cycle()
        assert await desk.grants() == []
        art.send("burn(uint256)", 0)
        anvil.settled()
        for _ in range(4):
            await desk.cycle(20)
        assert desk.holders(COLLECTORS) == {1}


async def test_2_4_3_protected_members_keep_their_roles(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        art, _ = await desk.settle(anvil, range(1, 3))
        assert await desk.services.gates.protect(MODERATOR, 1, desk.now)
        art.send("burn(uint256)", 0)
        anvil.settled()
        for _ in range(4):
            await desk.cycle(20)
        assert desk.holders(COLLECTORS) == {1, 2}
        assert not await desk.services.gates.protect(MODERATOR, 1, desk.now)
        for _ in range(3):
            await desk.cycle(20)
        assert desk.holders(COLLECTORS) == {2}


async def test_2_4_3_coming_back_within_the_grace_period_begins_anew(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        art, gate = await desk.settle(anvil, range(1, 3))
        art.send("give(address,address,uint256)", address(1), address(99), 0)
        anvil.settled()
        await desk.cycle()
        assert (await desk.standing(gate, 1)).grace_until is not None  # type: ignore[arg-type]
        art.send("give(address,address,uint256)", address(99), address(1), 0)
        anvil.settled()
        await desk.cycle(30)
        found = await desk.standing(gate, 1)  # type: ignore[arg-type]
        assert (found.verdict, found.negatives, found.grace_until) == (Verdict.YES, 0, None)


async def test_members_who_left_have_no_role_of_ours(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        await desk.settle(anvil, range(1, 5))
        desk.town.left = {1, 2, 3, 4}
        for _ in range(4):
            await desk.cycle()
        assert await desk.grants() == []
        desk.town.left, desk.town.roles = set(), {}
        await desk.cycle()
        assert desk.holders(COLLECTORS) == {1, 2, 3, 4}


async def test_2_4_4_no_rule_gives_a_role_of_an_integration_or_one_that_is_gone(tmp_path: Path, anvil: Anvil) -> None:
    art = collection(anvil)
    async with office(tmp_path, anvil.url) as desk:
        desk.town.managed, desk.town.gone = {COLLECTORS}, {OTHER_ROLE}
        for role in (COLLECTORS, OTHER_ROLE, GUILD):
            with pytest.raises(BadInput):
                await desk.rule("collector", role, art)
        assert await desk.rows(select(Gate)) == []


@pytest.mark.parametrize("trouble", list(itertools.islice(Trouble, 3)))
async def test_roles_that_cannot_be_handled_change_nothing_until_they_can(
    tmp_path: Path, anvil: Anvil, trouble: Trouble
) -> None:
    async with office(tmp_path, anvil.url) as desk:
        art, _ = await desk.settle(anvil, range(1, 3))
        art.send("burn(uint256)", 0)
        anvil.settled()
        match trouble:
            case Trouble.ROLE_GONE:
                desk.town.gone = {COLLECTORS}
            case Trouble.ROLE_ABOVE:
                desk.town.above = {COLLECTORS}
            case _:
                desk.town.permissions = {COLLECTORS: 1 << 3}
        for _ in range(4):
            await desk.cycle(13)
        assert desk.holders(COLLECTORS) == {1, 2}
        desk.town.gone, desk.town.above, desk.town.permissions = set(), set(), {}
        await desk.cycle(13)
        assert desk.holders(COLLECTORS) == {2}
        kinds = await desk.kinds()
        assert (kinds.count("gate.trouble"), kinds.count("gate.trouble_over")) == (1, 1)


async def test_removing_a_rule_takes_or_leaves_its_role(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        art, _ = await desk.settle(anvil, range(1, 3))
        await desk.rule("again", OTHER_ROLE, art)  # type: ignore[arg-type]
        await desk.combined("both", THIRD_ROLE, "collector and again")
        await desk.cycle()
        with pytest.raises(WrongState):
            await desk.services.gates.remove(MODERATOR, "again", desk.now, take=True)
        await desk.services.gates.remove(MODERATOR, "both", desk.now, take=False)
        await desk.services.gates.remove(MODERATOR, "again", desk.now, take=True)
        await desk.carry_out()
        assert (desk.holders(THIRD_ROLE), desk.holders(OTHER_ROLE)) == ({1, 2}, set())
        assert {grant.state for grant in await desk.grants()} == {GrantState.GIVEN}
