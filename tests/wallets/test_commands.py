"""``/gate`` as moderators and members meet it, and as it is forged."""

import logging
from pathlib import Path

import pytest
import simcord

from cogs.wallets.rules.holders import MAX_BYTES
from tests.chain.anvil import CHAIN_ID, Anvil
from tests.harness import GUILD_ID, World, click_id, components, forge, labels, press, running_bot, say
from tests.wallets import stage


async def test_2_4_4_rules_are_refused_with_the_reason_and_made_otherwise(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, stage.WALLET)
    coin, editions = anvil.deploy("Coin", ["uint8"], [6]), anvil.deploy("Editions")
    anvil.settled()
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        role = world.guild.create_role("Collectors")
        high = world.guild.create_role("High")
        world.env.backend.edit_role(GUILD_ID, high.id, {"position": 50})
        dangerous = world.organisers
        await world.env.settle()
        base = {"name": "a", "role": role, "chain": str(CHAIN_ID), "contract": art.address, "standard": "erc721"}
        nowhere = "0x" + "77" * 20
        for change, reason in (
            ({"name": "two words"}, "cannot be the name"),
            ({"name": "and"}, "cannot be the name"),
            ({"role": world.guild.default_role}, "@everyone"),
            ({"role": high}, "not below my own role"),
            ({"role": dangerous}, "manage the server"),
            ({"chain": "1"}, "none of the chains"),
            # Only the operator names endpoints.
            ({"chain": "https://rpc.evil.example"}, "none of the chains"),
            ({"contract": f"https://etherscan.io/token/{art.address}"}, "leads to chain 1"),
            ({"contract": "0x12"}, "no address"),
            ({"contract": nowhere}, "no contract at this address"),
            ({"contract": coin.address}, "ERC721"),
            ({"contract": art.address, "standard": "erc20"}, "ERC-20"),
            ({"contract": art.address, "standard": "erc1155", "token_ids": "1"}, "ERC1155"),
            ({"contract": editions.address, "standard": "erc1155"}, "token_ids"),
            ({"contract": coin.address, "standard": "erc20", "token_ids": "1"}, "no ids"),
            ({"contract": coin.address, "standard": "erc20", "min": "0.1234567"}, "finer"),
            ({"min": "0"}, "met by everyone"),
            ({"min": "2", "max": "1"}, "less than the least"),
            ({"token_ids": "5-1"}, "backwards"),
            ({"token_ids": "x" * 6_000}, "xxx"),
            ({"min": "9" * 6_000}, "999"),
            ({"contract": "x/" * 3_000}, "x/x"),
            ({"chain": "x" * 6_000}, "xxx"),
            ({"name": "x" * 6_000}, "xxx"),
        ):
            said = say(await world.moderator.slash(world.general, "gate add", **{**base, **change}))
            assert reason in said, (change, said)
        assert await stage.gates(world) == []
        made = say(await world.moderator.slash(world.general, "gate add", **base, token_ids="0-5"))
        assert "Only token ids" in made
        again = await world.moderator.slash(world.general, "gate add", **{**base, "name": "b"})
        assert "gives this role already" in say(again)
        combined = {"name": "c", "role": world.artists}
        for expression, reason in (("a and", "character 6"), ("a and zzz", "no rule “zzz”"), ("a or c", "no rule “c”")):
            said = say(await world.moderator.slash(world.general, "gate combine", expression=expression, **combined))
            assert reason in said
        good = await world.moderator.slash(world.general, "gate combine", expression="not a", **combined)
        assert "not a" in say(good)
        listed = say(await world.moderator.slash(world.general, "gate list"))
        assert "#1 a" in listed
        assert "#2 c" in listed
        await _removed(world)
        # Typed by number, shown by names that are far longer, under each of which it stands again.
        for number in range(3):
            role = world.guild.create_role(f"Long {number}")
            await stage.add_rule(world, f"{number}".rjust(32, "x"), role, art)
        listed = list(await stage.gates(world))
        long = " or ".join(f"#{gate.number}" for gate in listed * 17)[:495].rpartition(" or ")[0]
        for name in ("p", "q"):
            role = world.guild.create_role(f"Combined {name}")
            inner = long if name == "p" else f"p and ({long[:-6]})"
            made = await world.moderator.slash(world.general, "gate combine", name=name, role=role, expression=inner)
            assert "…" in say(made), say(made)
        tested = say(await world.moderator.slash(world.general, "gate test", rule="q", member=world.member))
        assert "xx" in tested


async def _removed(world: World) -> None:
    asked = await world.moderator.slash(world.general, "gate remove", rule="c")
    assert labels(asked) == ["Remove and take roles", "Remove, leave roles"]
    assert "moderators" in say(await forge(world.member, world.general, click_id(asked, "gate.remove_leave"))).lower()
    assert len(await stage.gates(world)) == 2
    assert "is removed" in say(await press(world.moderator, asked, "gate.remove_leave"))
    assert len(await stage.gates(world)) == 1


async def test_members_are_told_that_gates_are_for_moderators(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        # So that only the bot's own check is left.
        await world.allow_everyone("gate")
        for command, options in (
            ("gate list", {}),
            ("gate recheck", {}),
            ("gate records", {}),
            ("gate panel", {}),
            ("gate grace", {"length": "1h"}),
            ("gate combine", {"name": "a", "expression": "a", "role": world.artists}),
            ("gate remove", {"rule": "a"}),
            ("gate test", {"rule": "a", "member": world.other}),
            ("gate protect", {"member": world.other}),
            ("gate snapshot", {"name": "a"}),
        ):
            assert "Manage Server" in say(await world.member.slash(world.general, command, **options)), command
        assert await world.ledger() == []


async def test_panel_grace_records_and_snapshot(tmp_path: Path, anvil: Anvil, caplog: pytest.LogCaptureFixture) -> None:
    art = stage.collection(anvil, stage.WALLET)
    caplog.set_level(logging.INFO)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        role: simcord.RoleHandle = world.guild.create_role("Collectors")
        await stage.add_rule(world, "collector", role, art)
        await stage.link(world, world.member.id)
        await stage.recheck(world)
        assert "2 days" in say(await world.moderator.slash(world.general, "gate grace", length="2 days"))
        assert "none" in say(await world.moderator.slash(world.general, "gate grace", length="0", rule="collector"))
        listed = await world.moderator.slash(world.general, "gate records")
        records = say(listed)
        assert "0xa1a1…a1a1" in records
        assert labels(listed) == [], "one page needs no buttons to turn it"
        assert stage.WALLET not in records
        assert "Passes: collector" in records
        kept = say(await world.moderator.slash(world.general, "gate protect", member=world.member))
        assert "aki" in kept
        assert f"<@{world.member.id}>" in say(await world.moderator.slash(world.general, "gate list"))
        lifted = say(await world.moderator.slash(world.general, "gate protect", member=world.member))
        assert lifted != kept
        assert f"<@{world.member.id}>" not in say(await world.moderator.slash(world.general, "gate list"))
        await world.moderator.slash(
            world.general, "gate snapshot", name="spring", chain=str(CHAIN_ID), contract=art.address
        )
        await world.env.settle()
        published = world.general.last_message
        assert published is not None
        assert "Digest" in say(published)
        assert stage.WALLET not in say(published)
        for file, reason in (
            (bytes(MAX_BYTES + 1), "larger than 8 MB"),
            (b"=1+1,2", "Line 1"),
            (b"\xff", "UTF-8"),
            (b"", "no holder"),
        ):
            refused = await world.moderator.slash(
                world.general, "gate snapshot", name="list", file=("holders.csv", file)
            )
            assert reason in say(refused)
        await world.moderator.slash(world.general, "gate panel")
        await world.env.settle()
        panel = world.general.last_message
        assert panel is not None
        assert labels(panel) == ["Verify", "Why no role?", "Refresh"]
        assert "✅ collector" in say(await press(world.member, panel, "wallet.why")).replace("**", "")
        assert "no linked wallet" in say(await press(world.other, panel, "wallet.why"))
        assert "Found 1" in say(await press(world.member, panel, "wallet.refresh"))
        assert "a moment ago" in say(await press(world.member, panel, "wallet.refresh"))
        mine = say(await world.member.slash(world.general, "my show"))
        assert "collector" in mine
        assert "0xa1a1…a1a1" in mine
        assert stage.WALLET[2:] not in caplog.text


async def test_records_have_pages(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("home", "privacy", "wallets")) as world:
        for number in range(9):
            await stage.link(world, world.member.id, stage.address(number << 128))
        first = await world.moderator.slash(world.general, "gate records")
        assert say(first).count("…") == 8
        second = await press(world.moderator, first, "page:1:gate.records")
        assert say(second).count("…") == 1
        # Whoever forges the button is asked again who they are.
        assert "Manage Server" in say(await forge(world.member, world.general, "page:1:gate.records"))


async def test_the_breaker_is_answered_by_buttons_in_the_log_channel(tmp_path: Path, anvil: Anvil) -> None:
    people = [stage.address(n) for n in range(7)]
    art = stage.collection(anvil, *people)
    async with running_bot(tmp_path, **stage.chains(anvil.url)) as world:
        role = world.guild.create_role("Collectors")
        await world.moderator.slash(world.general, "config channel", purpose="log", channel=world.log)
        await stage.add_rule(world, "collector", role, art)
        await world.moderator.slash(world.general, "gate grace", length="0")
        members = [world.add_member(f"fan {n}") for n in range(7)]
        for member, wallet in zip(members, people, strict=True):
            await stage.link(world, member.id, wallet)
        await stage.recheck(world)
        for token_id in range(7):
            art.send("burn(uint256)", token_id)
        anvil.settled()
        await stage.recheck(world)
        assert "Stopped before taking many roles away" in await stage.recheck(world)
        await world.env.settle()
        asked = next(m for m in world.log.history() if "gate.take" in str(components(m)))
        assert "moderators" in say(await press(members[0], asked, "gate.take")).lower()
        assert "up to 7 members" in say(await press(world.moderator, asked, "gate.take"))
        await stage.recheck(world)
        assert all(role.id not in stage.roles(world, member.id) for member in members)
