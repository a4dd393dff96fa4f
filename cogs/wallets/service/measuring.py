"""What members hold, read from the chains: one block per chain, one contract per request."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bot.chain import abi
from bot.chain.reader import Block, ChainReader, Reading, Tag
from bot.chain.rpc import RpcError
from bot.verdict import Verdict
from cogs.wallets.rules.expression import evaluate, names
from cogs.wallets.rules.holding import Total, judge
from cogs.wallets.rules.terms import Leaf, Rule, Standard
from cogs.wallets.rules.tokens import TokenIds

# After so many members the loop lets others work.
BREATH: Final = 500


class Holder(NamedTuple):
    """A member's wallet; ``only_on`` is the one chain it was proved on, for contract wallets."""

    user_id: int
    address: str
    only_on: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a member under a rule; ``amount`` of a leaf, in the smallest unit, where all was read."""

    verdict: Verdict
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """What members hold of a token over their wallets, where it is anything; and of whom not all could be read."""

    amounts: dict[int, int] = field(default_factory=dict[int, int])
    incomplete: set[int] = field(default_factory=set[int])


@dataclass
class Balances:
    """What was read of the chains for rules, before anyone is judged; *sums* lacks a rule whose chain gave no block."""

    rules: Mapping[int, Rule]
    asked: Sequence[int]
    holders: Sequence[Holder]
    blocks: dict[int, Block | None] = field(default_factory=dict[int, "Block | None"])
    sums: dict[int, Sums] = field(default_factory=dict[int, Sums])


UNREAD: Final = Finding(Verdict.UNKNOWN)


@dataclass
class Findings:
    """Everything one reading found: by rule and member, with the blocks it was read at."""

    blocks: dict[int, Block | None] = field(default_factory=dict[int, "Block | None"])
    found: dict[int, dict[int, Finding]] = field(default_factory=dict[int, dict[int, Finding]])

    def of(self, rule_key: int, user_id: int) -> Finding:
        return self.found.get(rule_key, {}).get(user_id, UNREAD)


class Measuring:
    """Read balances and judge rules."""

    def __init__(self, chains: Mapping[int, ChainReader]) -> None:
        self.chains = chains

    async def measure(
        self,
        rules: Mapping[int, Rule],
        wanted: Iterable[int],
        user_ids: Sequence[int],
        holders: Sequence[Holder],
        tag: Tag,
        *,
        via: Callable[[ChainReader], ChainReader] = lambda reader: reader,
    ) -> Findings:
        """Judge these rules of these members; *via* chooses the endpoint to ask. Never raises for what is unread."""
        return await judge_all(await self.read(rules, wanted, holders, tag, via=via), user_ids)

    async def read(
        self,
        rules: Mapping[int, Rule],
        wanted: Iterable[int],
        holders: Sequence[Holder],
        tag: Tag,
        *,
        via: Callable[[ChainReader], ChainReader] = lambda reader: reader,
    ) -> Balances:
        """Read what these rules ask about; it is judged later, and of whom may be known by then only."""
        asked = _with_parts(rules, wanted)
        readers = {
            leaf.chain_id: via(self.chains[leaf.chain_id])
            for key in asked
            if (leaf := rules[key].leaf) is not None and leaf.chain_id in self.chains
        }
        read = Balances(rules, asked, holders)
        for chain_id, reader in readers.items():
            read.blocks[chain_id] = await _block(reader, tag)

        async def add_sums(key: int, leaf: Leaf, block: Block) -> None:
            read.sums[key] = await _sums(leaf, readers[leaf.chain_id], block, holders)

        # Several rules at once, as many as the endpoints allow: what came for one is read while others are waited for.
        async with asyncio.TaskGroup() as reading:
            for key in asked:
                leaf = rules[key].leaf
                if leaf is not None and (block := read.blocks.get(leaf.chain_id)) is not None:
                    reading.create_task(add_sums(key, leaf, block))
        return read


async def judge_all(read: Balances, user_ids: Sequence[int]) -> Findings:
    """Judge the rules that were read for, of these members."""
    rules, findings = read.rules, Findings(read.blocks)
    for key in read.asked:
        leaf = rules[key].leaf
        if leaf is not None:
            findings.found[key] = await _judged(leaf, read.sums.get(key), user_ids, read.holders)
    for key in read.asked:
        await _combine(rules, key, user_ids, findings)
    return findings


def _with_parts(rules: Mapping[int, Rule], wanted: Iterable[int]) -> list[int]:
    """Return the rules with all they rest on, each once."""
    found: dict[int, None] = {}
    waiting = list(wanted)
    while waiting:
        key = waiting.pop()
        if key not in found and key in rules:
            found[key] = None
            expression = rules[key].expression
            if expression is not None:
                waiting += [int(name[1:]) for name in names(expression)]
    return list(found)


async def _block(reader: ChainReader, tag: Tag) -> Block | None:
    try:
        return await reader.block(tag)
    except RpcError:
        return None


async def _judged(
    leaf: Leaf, sums: Sums | None, user_ids: Sequence[int], holders: Sequence[Holder]
) -> dict[int, Finding]:
    """Judge everyone; whoever has no wallet holds nothing, whether or not the chain answers."""
    made: dict[Total, Finding] = {}

    def judged(amount: int, *, complete: bool) -> Finding:
        sum_of = Total(amount, complete)
        if sum_of not in made:
            verdict = judge(sum_of, leaf.minimum, leaf.maximum)
            made[sum_of] = Finding(verdict, amount if complete else None)
        return made[sum_of]

    if sums is None:
        sums = Sums(incomplete={holder.user_id for holder in holders if holder.only_on in (None, leaf.chain_id)})
    found = dict.fromkeys(user_ids, judged(0, complete=True))
    # Most hold nothing, and are not looked at again.
    others = list(found.keys() & (sums.amounts.keys() | sums.incomplete))
    for start in range(0, len(others), BREATH):
        await asyncio.sleep(0)
        for user_id in others[start : start + BREATH]:
            found[user_id] = judged(sums.amounts.get(user_id, 0), complete=user_id not in sums.incomplete)
    return found


async def _combine(rules: Mapping[int, Rule], key: int, user_ids: Sequence[int], findings: Findings) -> None:
    """Judge a combined rule after those it names, each of them once; one that is gone is unknown.

    Rules that name others several times, and these others again, would take longer than anyone lives otherwise.
    """
    rule = rules.get(key)
    if key in findings.found or rule is None or rule.expression is None:
        return
    expression, found = rule.expression, findings.found.setdefault(key, {})
    for name in dict.fromkeys(names(expression)):
        await _combine(rules, int(name[1:]), user_ids, findings)
    for place, user_id in enumerate(user_ids):
        if place % BREATH == BREATH - 1:
            await asyncio.sleep(0)
        found[user_id] = Finding(
            evaluate(expression, lambda name, user=user_id: findings.of(int(name[1:]), user).verdict)
        )


async def _sums(leaf: Leaf, reader: ChainReader, block: Block, holders: Sequence[Holder]) -> Sums:
    counting = [holder for holder in holders if holder.only_on in (None, leaf.chain_id)]
    if not counting:
        return Sums()
    if leaf.standard is Standard.ERC1155:
        return await _editions(leaf, reader, block, counting)
    if leaf.token_ids is not None:
        return await _owned(leaf, leaf.token_ids, reader, block, counting)
    calls = [abi.balance_of(holder.address) for holder in counting]
    balances = await reader.ask_many(leaf.contract, calls, block, abi.decode_number)
    return _summed([holder.user_id for holder in counting], balances)


async def _editions(leaf: Leaf, reader: ChainReader, block: Block, holders: Sequence[Holder]) -> Sums:
    ids = list(leaf.token_ids.each()) if leaf.token_ids is not None else []
    pairs = [(holder.address, token_id) for holder in holders for token_id in ids]
    balances = await reader.ask_batch(leaf.contract, pairs, block)
    return _summed([holder.user_id for holder in holders for _ in ids], balances)


async def _owned(leaf: Leaf, ids: TokenIds, reader: ChainReader, block: Block, holders: Sequence[Holder]) -> Sums:
    """Count the listed ids that each holds: owners are asked once for all members."""
    calls = [abi.owner_of(token_id) for token_id in ids.each()]
    owners = await reader.ask_many(leaf.contract, calls, block, abi.decode_address)
    counts = Counter(owner for owner in owners if not isinstance(owner, Reading))
    sums = Sums()
    for holder in holders:
        sums.amounts[holder.user_id] = sums.amounts.get(holder.user_id, 0) + counts[holder.address]
    # A contract with code that refuses says that nobody owns the token; without an answer anybody may.
    if Reading.UNKNOWN in owners:
        sums.incomplete.update(holder.user_id for holder in holders)
    return sums


def _summed(user_ids: Sequence[int], balances: Sequence[int | Reading]) -> Sums:
    sums = Sums()
    for user_id, balance in zip(user_ids, balances, strict=True):
        if not balance:
            continue
        if isinstance(balance, Reading):
            sums.incomplete.add(user_id)
        else:
            sums.amounts[user_id] = sums.amounts.get(user_id, 0) + balance
    return sums
