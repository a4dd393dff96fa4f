"""Rechecks come when they are due: they stop and start with the feature, and are not lost or put off otherwise."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, select, update

from bot.guilds import Feature, row_for_update
from bot.schedule import Deadline, Due
from bot.verdict import Verdict
from cogs.wallets.service.planning import EVERY, RECHECK
from cogs.wallets.tables import Gate, GateStanding, Trouble
from tests.chain.anvil import Anvil
from tests.harness import GUILD_ID, World, press, running_bot, say
from tests.wallets import stage
from tests.wallets.nodes import Manner, Node
from tests.wallets.office import GUILD, MODERATOR, Desk, office
from tests.wallets.stage import address, collection

ROLE = 501


async def planned(world: World) -> list[Deadline]:
    return await stage.rows(world, select(Deadline).where(Deadline.kind == RECHECK))


async def switch(world: World, *, enabled: bool) -> None:
    answer = await world.moderator.slash(world.general, "config feature", name="wallets", enabled=enabled)
    if not enabled:
        await press(world.moderator, answer, "cfg.off:wallets:cancel")


async def test_rechecks_stop_with_the_feature_and_come_back_with_it(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, stage.WALLET)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        role = world.guild.create_role("Collectors")
        await stage.add_rule(world, "collector", role, art)
        await stage.link(world, world.member.id)
        await switch(world, enabled=False)
        assert await planned(world) == []
        await world.advance(hours=7)
        assert role.id not in stage.roles(world, world.member.id)
        await switch(world, enabled=True)
        await world.advance(minutes=31)
        assert role.id in stage.roles(world, world.member.id), "what was missed is done soon"
        assert len(await planned(world)) == 1
        # Whatever is set besides leaves the plan alone.
        (before,) = await planned(world)
        await world.moderator.slash(world.general, "config timezone", zone="Asia/Seoul")
        (after,) = await planned(world)
        assert after.due_at == before.due_at


async def test_asking_for_a_recheck_puts_a_lost_one_back(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        await stage.add_rule(world, "collector", world.guild.create_role("Collectors"), art)
        async with world.platform.database.write() as tx:
            await tx.session.execute(delete(Deadline).where(Deadline.kind == RECHECK))
        await stage.recheck(world)
        (row,) = await planned(world)
        assert row.due_at > world.env.now() + EVERY - timedelta(minutes=1)


async def test_a_further_rule_does_not_put_the_recheck_off(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        await desk.rule("first", ROLE, collection(anvil))
        (before,) = await desk.rows(select(Deadline).where(Deadline.kind == RECHECK))
        desk.now += timedelta(hours=5)
        await desk.rule("second", 502, collection(anvil))
        (after,) = await desk.rows(select(Deadline).where(Deadline.kind == RECHECK))
        assert after.due_at == before.due_at


async def test_turning_off_loses_to_whoever_turned_wallets_on_again(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        await desk.rule("first", ROLE, collection(anvil))
        running = desk.platform.running[Feature.WALLETS]
        await running.cancel_running(MODERATOR, desk.now)
        assert len(await desk.rows(select(Deadline).where(Deadline.kind == RECHECK))) == 1
        async with desk.platform.database.write() as tx:
            (await row_for_update(tx.session, GUILD)).disabled = [Feature.WALLETS.value]
        await running.cancel_running(MODERATOR, desk.now)
        assert await desk.rows(select(Deadline).where(Deadline.kind == RECHECK)) == []


async def _due(desk: Desk) -> None:
    (row,) = await desk.rows(select(Deadline).where(Deadline.kind == RECHECK))
    await desk.services.rechecking.due(Due(RECHECK, row.subject, GUILD, row.due_at, 1))


async def test_a_server_the_bot_left_is_not_judged_until_it_is_back(tmp_path: Path, anvil: Anvil) -> None:
    art = collection(anvil, address(1))
    async with office(tmp_path, anvil.url) as desk:
        gate = await desk.rule("collector", ROLE, art)
        await desk.link(1, address(1))
        await desk.cycle()
        art.send("burn(uint256)", 0)
        anvil.settled()
        desk.town.away = True
        for _ in range(4):
            await _due(desk)
        found = await desk.standing(gate, 1)
        assert (found.verdict, found.negatives, found.grace_until) == (Verdict.YES, 0, None)
        desk.town.away = False
        await _due(desk)
        found = await desk.standing(gate, 1)
        assert (found.verdict, found.negatives) == (Verdict.NO, 1)
        assert desk.holders(ROLE) == {1}


async def test_moderators_are_told_of_a_rule_that_cannot_be_read_for_a_day(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, stage.WALLET)
    async with Node(anvil.url) as node, running_bot(tmp_path, **stage.chains(node.url)) as world:
        await world.moderator.slash(world.general, "config channel", purpose="log", channel=world.log)
        role = world.guild.create_role("Collectors")
        await stage.add_rule(world, "collector", role, art)
        await stage.link(world, world.member.id)
        await stage.recheck(world)
        node.manner = Manner.EMPTY
        await stage.recheck(world)
        assert [gate.trouble for gate in await stage.gates(world)] == [None], "a short outage mends itself"
        async with world.platform.database.write() as tx:
            await tx.session.execute(update(GateStanding).values(since=world.env.now() - timedelta(hours=25)))
        await stage.recheck(world)
        assert [gate.trouble for gate in await stage.gates(world)] == [Trouble.UNREAD]
        await world.advance(minutes=1)
        told = "\n".join(say(message) for message in world.log.history())
        assert told.count("not readable for more than a day") == 1
        assert "nobody loses the role meanwhile" in say(await world.moderator.slash(world.general, "gate list"))
        assert role.id in stage.roles(world, world.member.id)
        node.manner = Manner.HONEST
        await stage.recheck(world)
        assert [gate.trouble for gate in await stage.gates(world)] == [None]
        await world.advance(minutes=1)
        assert "readable again" in "\n".join(say(message) for message in world.log.history())


async def test_a_fight_over_a_role_is_looked_at_again_when_a_moderator_asks(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, stage.WALLET)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        role = world.guild.create_role("Collectors")
        await stage.add_rule(world, "collector", role, art)
        await stage.link(world, world.member.id)
        await stage.recheck(world)
        # How it is noticed, over days, is test_fairness's.
        world.env.backend.remove_member_role(GUILD_ID, world.member.id, role.id)
        await world.env.settle()
        async with world.platform.database.write() as tx:
            await tx.session.execute(update(Gate).values(trouble=Trouble.FOUGHT_OVER))
        assert "another bot" in say(await world.moderator.slash(world.general, "gate list"))
        await stage.recheck(world)
        assert [gate.trouble for gate in await stage.gates(world)] == [None]
        assert role.id in stage.roles(world, world.member.id)


async def test_a_role_that_is_deleted_is_said_and_its_rule_can_go(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, stage.WALLET)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        role = world.guild.create_role("Collectors")
        await stage.add_rule(world, "collector", role, art)
        await stage.link(world, world.member.id)
        await stage.recheck(world)
        world.env.backend.delete_role(GUILD_ID, role.id)
        await world.env.settle()
        await stage.recheck(world)
        assert [gate.trouble for gate in await stage.gates(world)] == [Trouble.ROLE_GONE]
        assert "not there any more" in say(await world.moderator.slash(world.general, "gate list"))
        asked = await world.moderator.slash(world.general, "gate remove", rule="collector")
        assert "is removed" in say(await press(world.moderator, asked, "gate.remove_take"))
        await world.env.settle()
        assert await stage.grants(world) == []
        again = world.guild.create_role("Collectors")
        assert "collector" in await stage.add_rule(world, "collector", again, art)
        await stage.recheck(world)
        assert again.id in stage.roles(world, world.member.id)
