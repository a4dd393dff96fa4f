"""A recheck of 10 000 linked wallets under three rules on a local chain, against its RPC calls alone."""

import asyncio
import tempfile
from pathlib import Path

from bot.app import settle_heap
from bot.chain import abi
from bot.chain.reader import ChainReader, Tag
from bot.chain.rpc import Rpc
from tests.bench.measure import Figure, longest_wait
from tests.chain.anvil import CHAIN_ID, Anvil, Contract, found, running
from tests.machine import stopwatch
from tests.wallets.office import Desk, office
from tests.wallets.stage import address

HOLDERS = 40
RICH, COLLECTOR, EDITION = 601, 602, 603


def figures(number: int = 10_000, times: int = 15) -> list[Figure]:
    """Measure; both in turns, the least of each: what else the machine does only ever adds."""
    if found() is None:
        raise SystemExit("anvil is not installed: python -m tests.chain.anvil fetches it (needs npm)")
    with running() as anvil, tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_figures(anvil, Path(folder), number, times))


async def _figures(anvil: Anvil, folder: Path, number: int, times: int) -> list[Figure]:
    everyone = [address(n) for n in range(number)]
    contracts = deployed(anvil)
    async with office(folder, anvil.url) as desk:
        await three_rules(desk, contracts)
        await desk.link_many({wallet: n + 1 for n, wallet in enumerate(everyone)})
        # The first gives roles, the second finds everything as it was, as nearly every one after it will.
        await desk.cycle()
        settle_heap()
        ours: list[float] = []
        baseline: list[float] = []
        for _ in range(times):
            baseline.append(await calls_alone(anvil, contracts, everyone))
            with stopwatch() as recheck:
                await desk.cycle()
            ours.append(recheck.seconds)
        wait = await longest_wait(desk.cycle())
    return [
        Figure(f"{number} wallets under three rules", min(ours), "s", baseline=min(baseline), at_most=1.5),
        Figure("longest wait of the event loop meanwhile", wait, "s", at_most=1),
    ]


def deployed(anvil: Anvil) -> tuple[Contract, Contract, Contract]:
    """Deploy a coin, a collection and editions, and give some to a few."""
    coin, art, editions = anvil.deploy("Coin", ["uint8"], [18]), anvil.deploy("Art"), anvil.deploy("Editions")
    holders = [address(n) for n in range(HOLDERS)]
    coin.send("mintMany(address[],uint256)", holders, 10**18)
    art.send("mintMany(address[],uint256)", holders, 0)
    editions.send("mint(address,uint256,uint256)", holders[0], 1, 1)
    anvil.settled()
    return coin, art, editions


async def three_rules(desk: Desk, contracts: tuple[Contract, Contract, Contract]) -> None:
    """Make a rule of each standard."""
    coin, art, editions = contracts
    await desk.rule("rich", RICH, coin, "erc20")
    await desk.rule("collector", COLLECTOR, art)
    await desk.rule("edition", EDITION, editions, "erc1155", token_ids="1")


async def calls_alone(anvil: Anvil, contracts: tuple[Contract, Contract, Contract], everyone: list[str]) -> float:
    """Return how long the same calls take, encoded and decoded, and nothing else."""
    coin, art, editions = contracts
    rpc = Rpc(CHAIN_ID, [anvil.url])
    chain = ChainReader(rpc)
    block = await chain.block(Tag.LATEST)
    await chain.has_multicall(block)
    with stopwatch() as calls:
        for contract in (coin, art):
            await chain.ask_many(
                contract.address, [abi.balance_of(each) for each in everyone], block, abi.decode_number
            )
        await chain.ask_batch(editions.address, [(each, 1) for each in everyone], block)
    await rpc.close()
    return calls.seconds
