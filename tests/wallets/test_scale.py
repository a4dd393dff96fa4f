"""Ten thousand wallets: as few calls as can be, no memory kept, and nobody waits.

How long it takes beside the calls alone is measured by ``python -m tests.bench gate-recheck``.
"""

import os
from pathlib import Path

from sqlalchemy import func, select

from bot.app import settle_heap
from bot.chain.reader import ChainReader
from bot.chain.rpc import Rpc
from cogs.wallets.tables import GateStanding
from tests.bench import gate_recheck
from tests.bench.gate_recheck import COLLECTOR, HOLDERS, RICH
from tests.chain.anvil import CHAIN_ID, Anvil
from tests.machine import lateness, memory_mb
from tests.wallets.nodes import Node
from tests.wallets.office import office
from tests.wallets.stage import address

WALLETS = 10_000


async def test_2_4_6_ten_thousand_wallets_under_three_rules(tmp_path: Path, anvil: Anvil) -> None:
    contracts = gate_recheck.deployed(anvil)
    async with Node(anvil.url) as node, office(tmp_path, anvil.url) as desk:
        await gate_recheck.three_rules(desk, contracts)
        await desk.link_many({address(n): n + 1 for n in range(WALLETS)})
        await desk.cycle()
        settle_heap()
        before = memory_mb(os.getpid())
        async with lateness() as late:
            await desk.cycle()
        for _ in range(5):
            await desk.cycle()
        assert memory_mb(os.getpid()) - before < 30
        assert late.worst_ms < 1_000
        async with desk.platform.database.read() as session:
            count = (await session.execute(select(func.count()).select_from(GateStanding))).scalar_one()
        assert count == 3 * WALLETS
        assert desk.holders(RICH) == desk.holders(COLLECTOR) == set(range(1, HOLDERS + 1))
        # At most one call for 500 wallets and contract.
        rpc = Rpc(CHAIN_ID, [node.url])
        desk.services.measuring.chains = {CHAIN_ID: ChainReader(rpc)}
        await desk.cycle()
        assert len(node.calls) == 3 * WALLETS // 500
        await rpc.close()


def test_the_benchmark_of_a_recheck_measures(anvil: Anvil) -> None:
    recheck, wait = gate_recheck.figures(number=600, times=2)
    assert recheck.value > 0
    assert recheck.baseline
    assert recheck.at_most == 1.5
    assert wait.value < 1
