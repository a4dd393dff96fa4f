"""Who is forgotten disappears from everything published, and an unclaimed prize of theirs passes on."""

from pathlib import Path

import pytest
import simcord

from bot import clock
from bot.custodians import forget_person
from bot.demo.beacon import DemoBeacon, TestChain
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import ClaimState, State
from tests.giveaways.after.stage import bundles, drawn, files, public, results, verify
from tests.giveaways.stage import giveaway, open_giveaway, prizes
from tests.harness import GUILD_ID, World, press, running_bot, say


async def forget(world: World, actor: simcord.MemberActor) -> None:
    platform = world.platform
    with world.inside():
        async with platform.database.write() as tx:
            await forget_person(tx, platform.custodians, platform.ledger, GUILD_ID, actor.id, clock.now())
    await world.env.settle()
    await world.advance(seconds=30)


def named(world: World, actor: simcord.MemberActor) -> list[str]:
    """Return everything public that names someone: messages and their files."""
    found: list[str] = []
    for message in public(world):
        texts = [message.content, say(message), *(data.decode() for data in files(world, message).values())]
        found += [text for text in texts if str(actor.id) in text]
    return found


async def test_an_unclaimed_prize_passes_on_and_bundles_are_replaced(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, winners=2, claim=Claim.IN_PERSON, claim_seconds=7_200)
        winner = stage.ranking[0]
        assert named(world, winner)
        assert len(bundles(world)) == 1
        await forget(world, winner)
        assert named(world, winner) == []
        assert await stage.outcomes() == [(None, "passed", "left"), *stage.won(2, 3)]
        prize = await stage.prize(1)
        assert (prize.code, prize.wallet) == (None, None)
        assert len(bundles(world)) == 2
        for data in bundles(world):
            assert verify(tmp_path, data)["results"][0]["user_id"] is None
        assert results(verify(tmp_path, bundles(world)[-1]))[0] == ("passed", "left")
        assert f"<@{stage.ranking[2].id}>" in public(world)[-1].content


@pytest.mark.parametrize("forgotten", ["while it runs", "with the list fixed", "afterwards"])
async def test_nothing_names_an_organiser_once_it_is_drawn(tmp_path: Path, forgotten: str) -> None:
    async with running_bot(tmp_path) as world:
        world.platform.beacon = DemoBeacon(TestChain(), world.env.now)
        key = await open_giveaway(world, minutes=60)
        await press(world.member, public(world)[0], "gw.enter")
        if forgotten == "while it runs":
            await forget(world, world.organiser)
            assert "started" in say(await press(world.organiser, public(world)[0], "gw.enter"))
        await world.advance(minutes=60)
        if forgotten == "with the list fixed":
            await forget(world, world.organiser)
        await world.advance(minutes=3)
        if forgotten == "afterwards":
            await forget(world, world.organiser)
        row = await giveaway(world, key)
        assert (row.state, row.organiser_id) == (State.DRAWN, None)
        assert str(world.organiser.id) not in str(row.terms)


async def test_a_claimed_prize_stays_where_it_is(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.BUTTON, claim_seconds=7_200)
        winner = stage.ranking[0]
        await press(winner, public(world)[-1], "gw.claim")
        await forget(world, winner)
        assert named(world, winner) == []
        assert await stage.outcomes() == [(None, "won", None)]
        assert (await stage.prize(1)).claim_state is ClaimState.CLAIMED
        verify(tmp_path, bundles(world)[-1])


async def test_a_public_line_of_a_pass_is_replaced_as_well(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.BUTTON, claim_seconds=7_200)
        await world.advance(hours=2, minutes=1)
        first, second = stage.ranking[:2]
        assert len(named(world, first)) > 1
        await forget(world, first)
        assert named(world, first) == []
        assert named(world, second)
        assert await stage.outcomes() == [(None, "passed", "unclaimed"), *stage.won(2)]
        assert len(bundles(world)) == 2
        for data in bundles(world):
            verify(tmp_path, data)


async def test_a_prize_that_reaches_a_forgotten_person_passes_on_at_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.BUTTON, claim_seconds=7_200)
        await forget(world, stage.ranking[1])
        await world.advance(hours=2, minutes=1)
        assert await stage.outcomes() == [stage.passed(1, "unclaimed"), (None, "passed", "left"), *stage.won(3)]
        verify(tmp_path, bundles(world)[-1])


async def test_who_is_forgotten_between_freeze_and_draw_does_not_keep_the_prize(tmp_path: Path) -> None:
    chain = TestChain()
    async with running_bot(tmp_path) as world:
        world.platform.beacon = DemoBeacon(chain, world.env.now)
        key = await open_giveaway(world, minutes=1)
        for actor in (world.member, world.other):
            await press(actor, public(world)[0], "gw.enter")
        await world.advance(seconds=65)
        assert (await giveaway(world, key)).state is State.FROZEN
        await forget(world, world.member)
        await world.advance(minutes=2)
        held = [(prize.user_id, prize.outcome.value) for prize in await prizes(world, key)]
        # Whoever of the two the beacon put first.
        assert held in ([(None, "passed"), (world.other.id, "won")], [(world.other.id, "won")])
        assert named(world, world.member) == []
