"""Snapshots of holders, and what other features ask of gates and wallets."""

import time
from collections.abc import Awaitable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import BadInput, NotAllowed, NotFound, TryAgain, UserError
from bot.i18n import render
from bot.people import Actor
from bot.ports import Holding
from bot.verdict import Verdict
from cogs.wallets.render.gates import render_snapshot_taken
from cogs.wallets.rules.addresses import checksummed
from cogs.wallets.rules.holders import counted, holders_digest, parse_holders
from cogs.wallets.service.keeping import WalletExporter
from cogs.wallets.service.snapshots import MAX_SNAPSHOTS, SnapshotView, SnapshotWish
from cogs.wallets.tables import SnapshotHolder
from tests.chain.anvil import CHAIN_ID, Anvil, Contract
from tests.machine import lateness
from tests.wallets.nodes import Manner, Node
from tests.wallets.office import GUILD, MODERATOR, Desk, office
from tests.wallets.stage import address, collection

TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
CHANNEL = 77


def by_logs(anvil: Anvil, contract: Contract, block: int) -> dict[int, str]:
    """Return the owner of each token as its Transfer logs tell."""
    wanted = {"address": contract.address, "fromBlock": "0x0", "toBlock": hex(block), "topics": [TRANSFER]}
    owners: dict[int, str] = {}
    for log in anvil.rpc("eth_getLogs", wanted):
        owner, token_id = f"0x{log['topics'][2][-40:]}", int(log["topics"][3], 16)
        owners[token_id] = owner
    return {token_id: owner for token_id, owner in owners.items() if int(owner, 16)}


def wish(contract: Contract, name: str = "spring", block: int | None = None) -> SnapshotWish:
    return SnapshotWish(name, str(CHAIN_ID), contract.address, block, None)


async def test_ten_thousand_ids_with_gaps_and_burnt_ones_agree_with_the_transfer_logs(
    tmp_path: Path, anvil: Anvil
) -> None:
    art = anvil.deploy("Art")
    for first in range(0, 10_000, 500):
        # Every tenth five hundred is left out: a gap.
        if first != 4_500:
            art.send("mintMany(address[],uint256)", [address(n % 97) for n in range(500)], first)
    for token_id in range(0, 3_000, 271):
        art.send("burn(uint256)", token_id)
    art.send("give(address,address,uint256)", address(1), address(5_000), 1)
    anvil.settled()
    async with Node(anvil.url) as node, office(tmp_path, node.url) as desk:
        view = await desk.services.snapshots.take(MODERATOR, wish(art), CHANNEL, desk.now)
        assert view.block is not None
        owners = by_logs(anvil, art, view.block)
        assert view.digest == holders_digest(counted(owners.values()))
        assert view.holders == len(set(owners.values()))
        assert len([call for call in node.calls if len(call["data"]) > 1_000]) == 24, "500 ids to a call"
        info, holdings = await desk.platform.holders.by_snapshot(GUILD, "Spring")
        assert (info.name, info.chain, info.contract) == ("spring", CHAIN_ID, art.address)
        assert (info.block, info.digest) == (view.block, view.digest)
        assert sum(holding.tokens for holding in holdings) == len(owners)
        assert "gate.snapshot" in await desk.kinds()


async def test_a_snapshot_is_of_finalized_state_or_an_earlier_block(tmp_path: Path, anvil: Anvil) -> None:
    art = collection(anvil, address(1))
    before = int(anvil.rpc("eth_blockNumber"), 16)
    art.send("mint(address,uint256)", address(2), 1)
    async with office(tmp_path, anvil.url) as desk:
        assert (await desk.services.snapshots.take(MODERATOR, wish(art), CHANNEL, desk.now)).holders == 1
        with pytest.raises(BadInput):
            await desk.services.snapshots.take(MODERATOR, wish(art, "early", before + 1), CHANNEL, desk.now)
        anvil.settled()
        now = await desk.services.snapshots.take(MODERATOR, wish(art, "now"), CHANNEL, desk.now)
        then = await desk.services.snapshots.take(MODERATOR, wish(art, "then", before), CHANNEL, desk.now)
        assert (now.holders, then.holders) == (2, 1)
        for again in (wish(art), SnapshotWish("x", None, None, None, None), wish(anvil.deploy("Coin", ["uint8"], [0]))):
            with pytest.raises(BadInput):
                await desk.services.snapshots.take(MODERATOR, again, CHANNEL, desk.now)
        with pytest.raises(NotAllowed):
            await desk.services.snapshots.take(Actor(5, GUILD, "member", "en"), wish(art, "y"), CHANNEL, desk.now)


async def test_a_block_so_old_that_no_endpoint_keeps_it_is_said_to_be(tmp_path: Path, anvil: Anvil) -> None:
    before = int(anvil.rpc("eth_blockNumber"), 16)
    art = collection(anvil, address(1))
    then = int(anvil.rpc("eth_blockNumber"), 16)
    anvil.settled()
    async with Node(anvil.url) as node, Node(anvil.url) as other, office(tmp_path, node.url, other.url) as desk:
        node.keeps_from = then + 1

        async def taken(name: str, block: int) -> str:
            try:
                view = await desk.services.snapshots.take(MODERATOR, wish(art, name, block), CHANNEL, desk.now)
            except UserError as refused:
                return f"{type(refused).__name__}: {render('en', refused.text)}"
            return str(view.holders)

        assert await taken("by the other", then) == "1"
        other.keeps_from = then + 1
        said = await taken("by nobody", then)
        assert said.startswith(f"WrongState: Chain {CHAIN_ID} answers, but not about block {then}")
        assert "archive" in said
        assert await taken("newer", then + 1) == "1"
        other.lies["eth_getBlockByNumber"] = None
        # One of them is away: nobody knows what it keeps.
        other.manner = Manner.ERROR
        assert (await taken("away", then)).startswith(f"TryAgain: Chain {CHAIN_ID} cannot be read now")
        node.keeps_from = other.keeps_from = 0
        assert f"At block {before}" in await taken("too early", before)


async def test_a_chain_that_is_away_makes_no_snapshot(tmp_path: Path, anvil: Anvil) -> None:
    art = collection(anvil, address(1))
    async with Node(anvil.url) as node, office(tmp_path, node.url) as desk:
        node.on_call = lambda call: Manner.EMPTY if len(call["data"]) > 1_000 else None
        with pytest.raises(TryAgain):
            await desk.services.snapshots.take(MODERATOR, wish(art), CHANNEL, desk.now)
        assert await desk.rows(select(SnapshotHolder)) == []


async def test_an_uploaded_list(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        data = f"address,amount\n{address(1)},3\n{address(2)},1\n".encode()
        view = await desk.services.snapshots.take(
            MODERATOR, SnapshotWish("list", None, None, None, data), CHANNEL, desk.now
        )
        info, holdings = await desk.platform.holders.by_snapshot(GUILD, "list")
        assert (info.chain, info.contract, info.block, info.digest) == (None, None, None, view.digest)
        assert list(holdings) == [Holding(address(1), 3), Holding(address(2), 1)]
        with pytest.raises(NotFound):
            await desk.platform.holders.by_snapshot(GUILD, "other")
        async with desk.platform.database.read() as session:
            assert await desk.platform.holders.suggest(session, GUILD, "LI", snapshots=True) == ["list"]


async def test_the_oldest_snapshot_makes_room_and_nothing_of_it_stays(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        views = [
            await desk.services.snapshots.take(
                MODERATOR, SnapshotWish(f"list {n}", None, None, None, f"{address(n)},1".encode()), CHANNEL, desk.now
            )
            for n in range(MAX_SNAPSHOTS + 1)
        ]
        assert [view.made_room for view in views] == [None] * MAX_SNAPSHOTS + ["list 0"]
        assert "“list 0”, was let go" in str(render_snapshot_taken(views[-1], "en").embeds[0].description)
        with pytest.raises(NotFound):
            await desk.platform.holders.by_snapshot(GUILD, "list 0")
        assert [row.address for row in await desk.rows(select(SnapshotHolder))] == [
            address(n) for n in range(1, MAX_SNAPSHOTS + 1)
        ]
        assert (await desk.kinds()).count("gate.snapshot.dropped") == 1


async def test_a_long_uploaded_list_holds_up_nobody(tmp_path: Path, anvil: Anvil) -> None:
    data = "".join(f"{checksummed(address(n))},3\n" for n in range(16_000)).encode()
    began = time.perf_counter()
    assert len(parse_holders(data)) == 16_000
    alone_ms = (time.perf_counter() - began) * 1000
    async with office(tmp_path, anvil.url) as desk:

        def take(name: str, file: bytes) -> Awaitable[SnapshotView]:
            wish = SnapshotWish(name, None, None, None, file)
            return desk.services.snapshots.take(MODERATOR, wish, CHANNEL, desk.now)

        with pytest.raises(BadInput) as refused:
            await take("wrong", data + b"=1+1,2\n")
        assert "Line 16,001" in render("en", refused.value.text)
        late_ms: list[float] = []
        for name in ("long", "longer", "longest"):
            async with lateness() as found:
                assert (await take(name, data)).holders == 16_000
            late_ms.append(found.worst_ms)
        # Whatever else the machine does only ever adds.
        assert min(late_ms) < alone_ms / 2


async def _asked(desk: Desk, anvil: Anvil) -> None:
    coin = anvil.deploy("Coin", ["uint8"], [6])
    coin.send("mint(address,uint256)", address(1), 3_500_000)
    coin.send("mint(address,uint256)", address(2), 500_000)
    anvil.settled()
    await desk.rule("rich", 601, coin, "erc20", minimum="1")
    await desk.combined("poor", 602, "not rich")
    await desk.link_many({address(1): 1, address(2): 2})


async def test_requirements_balances_and_members_for_other_features(tmp_path: Path, anvil: Anvil) -> None:
    async with Node(anvil.url) as node, office(tmp_path, node.url) as desk:
        await _asked(desk, anvil)
        gates, balances, holders = desk.platform.gates, desk.platform.balances, desk.platform.holders
        async with desk.platform.database.read() as session:
            rich = await gates.resolve(session, GUILD, "RICH")
            poor = await gates.resolve(session, GUILD, "#2")
            assert [each.name for each in await gates.suggest(session, GUILD, "oo")] == ["poor"]
            with pytest.raises(NotFound):
                await gates.resolve(session, GUILD, "nothing")
            wallets = await desk.platform.wallets.of(session, GUILD, 1)
            assert [wallet.address for wallet in wallets] == [address(1)]
        assert await gates.check(GUILD, rich.key, [1, 2, 3]) == {1: Verdict.YES, 2: Verdict.NO, 3: Verdict.NO}
        assert await gates.check(GUILD, poor.key, [2]) == {2: Verdict.YES}
        assert await gates.check(GUILD, 999, [1]) == {1: Verdict.UNKNOWN}
        assert await balances.of(GUILD, rich.key, [1, 2, 3]) == {1: 3, 2: 0, 3: 0}
        assert await balances.of(GUILD, poor.key, [1, 2]) == {1: 0, 2: 1}
        assert list(await holders.by_rule(GUILD, "rich")) == [Holding("1", 3)]
        node.manner = Manner.EMPTY
        assert await gates.check(GUILD, rich.key, [1, 3]) == {1: Verdict.UNKNOWN, 3: Verdict.NO}
        assert await balances.of(GUILD, rich.key, [1]) == {1: None}
        with pytest.raises(TryAgain):
            await holders.by_rule(GUILD, "rich")
        async with desk.platform.database.read() as session:
            (roles,) = [await giver.given_roles(session, GUILD) for giver in desk.platform.role_givers]
            assert list(roles) == [601, 602]


async def test_rules_that_name_each_other_many_times_hold_up_nobody(tmp_path: Path, anvil: Anvil) -> None:
    art = collection(anvil, address(1))
    async with office(tmp_path, anvil.url) as desk:
        await desk.rule("a0", 600, art)
        for level in range(1, 11):
            await desk.combined(f"a{level}", 600 + level, " and ".join([f"a{level - 1}"] * 50))
        last = await desk.combined("last", 700, "not a10")
        await desk.link_many({address(1): 1, address(2): 2})
        assert await desk.platform.gates.check(GUILD, last.id, [1, 2]) == {1: Verdict.NO, 2: Verdict.YES}


async def test_who_passes_at_the_newest_block_alone_passes_among_others_too(tmp_path: Path, anvil: Anvil) -> None:
    art = collection(anvil, address(1))
    async with office(tmp_path, anvil.url) as desk:
        rule = await desk.rule("clonex", 601, art)
        await desk.link_many({address(1): 1, address(2): 2})
        # No safe block knows of it yet.
        art.send("mint(address,uint256)", address(2), 1)
        alone, among = [await desk.platform.gates.check(GUILD, rule.id, members) for members in ([2], [1, 2, 3])]
        assert alone == {2: Verdict.YES}
        assert among == {1: Verdict.YES, 2: Verdict.YES, 3: Verdict.NO}


async def test_parts_of_a_token_are_no_whole_one(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        coin = anvil.deploy("Coin", ["uint8"], [6])
        coin.send("mint(address,uint256)", address(1), 3_500_000)
        coin.send("mint(address,uint256)", address(2), 500_000)
        anvil.settled()
        await desk.rule("some", 601, coin, "erc20", minimum="0.5")
        await desk.combined("also", 602, "some or some")
        await desk.link_many({address(1): 1, address(2): 2})
        assert list(await desk.platform.holders.by_rule(GUILD, "some")) == [Holding("1", 3), Holding("2", 0)]
        assert list(await desk.platform.holders.by_rule(GUILD, "also")) == [Holding("1", 1), Holding("2", 1)]


async def test_only_the_operators_export_holds_addresses(tmp_path: Path, anvil: Anvil) -> None:
    async with office(tmp_path, anvil.url) as desk:
        await _asked(desk, anvil)
        await desk.cycle()
        page = await desk.services.records.page(MODERATOR, 0)
        assert address(1) not in str(page)
        assert [name for record in page.records for name, _ in record.rules] == ["poor", "rich"]
        with pytest.raises(NotAllowed):
            await desk.services.records.page(Actor(5, GUILD, "member", "en"), 0)
        async with desk.platform.database.read() as session:
            files = {
                name: b"".join([piece async for piece in content])
                async for name, content in WalletExporter().files(session, GUILD)
            }
            ledger = b"".join([piece async for piece in desk.platform.ledger.document(session, GUILD)])
        assert address(1).encode() in files["wallets.csv"]
        assert address(1)[2:].encode() not in ledger
