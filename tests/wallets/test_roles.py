"""Roles follow holdings: given at once, taken slowly, never by accident."""

from pathlib import Path

import simcord

from cogs.wallets.tables import GrantState, Trouble
from tests.chain.anvil import Anvil, Contract
from tests.harness import GUILD_ID, World, running_bot, say
from tests.wallets import stage

NOBODY = "0x" + "ee" * 20


async def test_a_role_is_given_at_the_recheck_and_explained(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, stage.WALLET)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        role = world.guild.create_role("Collectors")
        said = await stage.add_rule(world, "collector", role, art)
        assert "collector" in said
        await stage.link(world, world.member.id)
        report = await stage.recheck(world)
        assert "1 role given" in report
        assert role.id in stage.roles(world, world.member.id)
        assert [grant.state for grant in await stage.grants(world)] == [GrantState.GIVEN]
        kinds = [row.kind for row in await world.ledger()]
        assert "gate.added" in kinds
        assert "role.given" in kinds
        tested = say(await world.moderator.slash(world.general, "gate test", rule="collector", member=world.member))
        assert "Found 1, needed at least 1" in tested
        assert stage.WALLET[2:] not in tested


async def test_2_4_3_a_role_goes_after_two_negative_cycles_and_the_grace_period(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, stage.WALLET)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        role = world.guild.create_role("Collectors")
        await _holding(world, role, art)
        # Shorter than by default: every simulated hour costs the test some of its own time.
        await world.moderator.slash(world.general, "gate grace", length="5h")
        art.send("give(address,address,uint256)", stage.WALLET, NOBODY, 0)
        anvil.settled()
        said = await stage.recheck(world)
        assert "1 grace period began" in said
        found = await stage.standing(world, world.member.id, "collector")
        assert found is not None
        assert found.negatives == 1
        assert role.id in stage.roles(world, world.member.id)
        await stage.recheck(world)
        assert role.id in stage.roles(world, world.member.id), "two cycles, but the grace period goes on"
        await world.advance(hours=7)
        assert role.id not in stage.roles(world, world.member.id)
        assert await stage.grants(world) == []
        assert [row.kind for row in await world.ledger()].count("role.taken") == 1


async def test_a_role_moved_above_the_bot_is_noticed_and_said(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, stage.WALLET)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        role = world.guild.create_role("Collectors")
        await stage.add_rule(world, "collector", role, art)
        await world.moderator.slash(world.general, "config channel", purpose="log", channel=world.log)
        await stage.link(world, world.member.id)
        world.env.backend.edit_role(GUILD_ID, role.id, {"position": 50})
        await world.env.settle()
        await stage.recheck(world)
        (gate,) = await stage.gates(world)
        assert gate.trouble is Trouble.ROLE_ABOVE
        await world.advance(minutes=1)
        assert "its role cannot be handled" in "\n".join(say(message) for message in world.log.history())
        assert "⚠️" in say(await world.moderator.slash(world.general, "gate list"))
        mine = say(await world.member.slash(world.general, "wallet status"))
        assert "The role is not below mine" in mine
        assert "Only a moderator can put that right" in mine
        assert await stage.grants(world) == []


async def _holding(world: World, role: simcord.RoleHandle, art: Contract) -> None:
    """Have the member pass a rule and have its role."""
    await stage.add_rule(world, "collector", role, art)
    await stage.link(world, world.member.id)
    await stage.recheck(world)
    assert role.id in stage.roles(world, world.member.id)
