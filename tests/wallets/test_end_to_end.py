"""What other features make of gates and wallets: entry by a rule, airdrops, claims, voters and weights; and notices."""

import logging
from pathlib import Path

import pytest

from bot.preferences import Preference
from cogs.wallets.rules.addresses import checksummed
from tests.chain.anvil import CHAIN_ID, Anvil
from tests.harness import choose, press, running_bot, say
from tests.wallets import stage


async def test_a_giveaway_for_those_who_pass_a_rule_and_an_airdrop_among_them(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, stage.WALLET)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        role = world.guild.create_role("Collectors")
        await stage.add_rule(world, "collector", role, art)
        await stage.link(world, world.member.id)
        await world.organiser.slash(
            world.general, "giveaway start", prize="A print", ends="1h", holders_of="collector", post=True
        )
        await world.env.settle()
        post = world.general.last_message
        assert post is not None
        assert "collector" in say(post)
        assert "collector" in say(await press(world.other, post, "gw.enter"))
        assert "ticket" in say(await press(world.member, post, "gw.enter"))
        said = say(
            await world.organiser.slash(
                world.announcements, "giveaway airdrop", prize="A pin", winners=1, rule="collector"
            )
        )
        assert "A pin" in said
        await world.advance(minutes=10)
        told = "\n".join(say(message) for message in world.announcements.history())
        assert world.member.mention in told


async def test_a_holding_that_lapses_before_the_freeze_is_no_entry(tmp_path: Path, anvil: Anvil) -> None:
    other = stage.address(2)
    art = stage.collection(anvil, stage.WALLET, other)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        await stage.add_rule(world, "collector", world.guild.create_role("Collectors"), art)
        await stage.link(world, world.member.id)
        await stage.link(world, world.other.id, other)
        await world.organiser.slash(
            world.general, "giveaway start", prize="A print", ends="1h", holders_of="collector", post=True
        )
        await world.env.settle()
        post = world.general.last_message
        assert post is not None
        for actor in (world.member, world.other):
            assert "ticket" in say(await press(actor, post, "gw.enter"))
        art.send("burn(uint256)", 0)
        anvil.settled()
        await world.advance(minutes=70)
        told = "\n".join(say(message) for message in world.general.history()[1:])
        assert world.other.mention in told
        assert world.member.mention not in told
        mine = say(await world.member.slash(world.general, "my show"))
        assert "passed the gate" in mine, "they see why they were taken off the list"


async def test_an_airdrop_among_the_holders_of_a_snapshot_counts_their_tokens(tmp_path: Path, anvil: Anvil) -> None:
    rich, poor = stage.address(21), stage.address(22)
    art = stage.collection(anvil, rich, rich, rich, poor)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        options = {"name": "spring", "chain": str(CHAIN_ID), "contract": art.address}
        taken = say(await world.moderator.slash(world.general, "gate snapshot", **options))
        assert "spring" in taken
        await world.organiser.slash(
            world.announcements,
            "giveaway airdrop",
            prize="A pin",
            winners=2,
            snapshot="spring",
            per_token=True,
        )
        await world.advance(minutes=10)
        told = "\n".join(say(message) for message in world.announcements.history())
        assert "4 tickets" in told
        for holder in (rich, poor):
            assert f"{holder[:6]}...{holder[-4:]}" in told


async def test_a_rule_says_who_votes_and_its_balance_how_much(tmp_path: Path, anvil: Anvil) -> None:
    few = stage.address(2)
    art = stage.collection(anvil, stage.WALLET, stage.WALLET, stage.WALLET, few)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        await stage.add_rule(world, "collector", world.guild.create_role("Collectors"), art)
        await stage.link(world, world.member.id)
        await stage.link(world, world.other.id, few)
        await world.organiser.slash(
            world.general,
            "poll create",
            question="Next?",
            options="Mosaic | Linocut",
            ends="1h",
            secrecy="open",
            holders_of="collector",
            weights="collector",
            post=True,
        )
        await world.env.settle()
        post = world.general.last_message
        assert post is not None
        assert "collector" in say(await press(world.organiser, post, "poll.vote"))
        for actor, option in ((world.member, "1"), (world.other, "0")):
            paper = await press(actor, post, "poll.vote")
            await choose(actor, paper, "poll.pick", option)
        await world.advance(minutes=70)
        told = "\n".join(say(message) for message in world.general.history())
        assert "Linocut" in told
        assert "75" in told, "three tokens of four"


async def test_2_4_3_the_grace_notice_comes_once_and_says_what_to_do(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, stage.WALLET)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        async with world.platform.database.write() as tx:
            await world.platform.preferences.save(tx, world.member.id, Preference(direct=True))
        await stage.add_rule(world, "collector", world.guild.create_role("Collectors"), art)
        await stage.link(world, world.member.id)
        await stage.recheck(world)
        art.send("burn(uint256)", 0)
        anvil.settled()
        for _ in range(3):
            await stage.recheck(world)
        (notice,) = world.member.user.dm_channel.history()
        assert "Its role stays until <t:" in say(notice)
        assert "Hold the token again" in say(notice)
        assert notice.components == []
        assert "http" not in (notice.content + (notice.embeds[0].description or ""))
        assert world.other.user.dm_channel is None or not world.other.user.dm_channel.history()
        status = say(await world.member.slash(world.general, "wallet status"))
        assert "Hold the token again" in status


async def test_2_3_4_no_address_is_in_any_log(tmp_path: Path, anvil: Anvil, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    caplog.set_level(logging.DEBUG, logger="cogs")
    wallet = stage.address(31)
    art = stage.collection(anvil, wallet)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        await world.moderator.slash(world.general, "config channel", purpose="log", channel=world.log)
        await stage.add_rule(world, "collector", world.guild.create_role("Collectors"), art)
        await stage.link(world, world.member.id, wallet)
        await stage.recheck(world)
        await world.moderator.slash(world.general, "gate test", rule="collector", member=world.member)
        await world.member.slash(world.general, "wallet list")
        await world.member.slash(world.general, "wallet unlink", wallet=wallet)
        await stage.recheck(world)
        told = "\n".join(say(message) for message in world.log.history())
    for text in (caplog.text, told):
        for known in (wallet[2:], checksummed(wallet)[2:], art.address[2:], checksummed(art.address)[2:]):
            assert known not in text
