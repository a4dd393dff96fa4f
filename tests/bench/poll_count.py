"""A ranked poll of 100 000 ballots and 10 options: counted in the worker process, against some 20 plain lines."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence

from bot.compute import Compute
from cogs.polls.rules.ballots import Kind, Rule, choices_text
from cogs.polls.rules.count import Row, Tally, count_rows
from tests.bench.measure import Figure, longest_wait, side_by_side

OPTIONS = 10
POLL_ID = "66bfa4c8154b52c1f7395b8594150168"


def ballots(number: int) -> list[list[int]]:
    """Return ballots of which hardly any two are the same: the worst that grouping can meet."""
    rng = random.Random(7)
    return [rng.sample(range(OPTIONS), rng.choice((OPTIONS, OPTIONS, OPTIONS, 6, 3))) for _ in range(number)]


def reference(cast: Sequence[Sequence[int]]) -> tuple[list[dict[int, int]], list[list[int]]]:
    """Return run-off rounds and pairs of decoded ballots, in the most straightforward way."""
    before = [[0] * OPTIONS for _ in range(OPTIONS)]
    for ballot in cast:
        behind = set(range(OPTIONS))
        for option in ballot:
            behind.remove(option)
            for other in behind:
                before[option][other] += 1
    left = set(range(OPTIONS))
    rounds: list[dict[int, int]] = []
    while True:
        counts = Counter[int]()
        for ballot in cast:
            for option in ballot:
                if option in left:
                    counts[option] += 1
                    break
        rounds.append(counts)
        if max(counts.values()) * 2 > counts.total() or len(left) == 1:
            return rounds, before
        left.remove(min(left, key=lambda option: counts[option]))


def same(tally: Tally, rounds: list[dict[int, int]], before: list[list[int]]) -> bool:
    """Say whether both found the same."""
    ours = [{option: held for option, held in enumerate(one.counts) if held is not None} for one in tally.rounds]
    beaten = [all(before[a][b] > before[b][a] for b in range(OPTIONS) if b != a) for a in range(OPTIONS)]
    return ours == rounds and tally.condorcet == (beaten.index(True) if any(beaten) else None)


def figures(number: int = 100_000, times: int = 5) -> list[Figure]:
    """Measure; what is sent to the worker and back is part of ours, decoding the ballots as well."""
    cast = ballots(number)
    rows: list[Row] = [(choices_text(tuple(ballot)), 1, 1) for ballot in cast]
    with asyncio.Runner() as runner:
        compute = Compute()

        async def counted() -> Tally:
            return await compute(count_rows, POLL_ID, OPTIONS, Rule(Kind.RANKED), rows)

        if not same(runner.run(counted()), *reference(cast)):
            raise RuntimeError("the reference counted something else")
        ours, baseline = side_by_side(lambda: runner.run(counted()), lambda: reference(cast), times)
        wait = max(runner.run(longest_wait(counted())) for _ in range(times))
        runner.run(compute.close())
    return [
        Figure(f"{number} ballots, run-off and pairs", ours, "s", baseline=baseline, at_most=2),
        Figure("longest wait of the event loop meanwhile", wait, "s", at_most=1),
    ]
