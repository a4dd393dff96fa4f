"""Print what a check of a bundle found, for `ikuzo verify`: a tool for operators and engineers, in English."""

from collections.abc import Callable, Iterator

from bot.beacon import QUICKNET, BeaconChain, load_chain
from bot.shape import Misshapen, printable, time_text
from bot.verify_options import VerifyOptions
from cogs.giveaways.rules import freeze
from cogs.giveaways.rules.bundle import Bundle
from cogs.giveaways.rules.check import Check, Policy, Step, check
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.parse import parse


def verify_document(document: object, options: VerifyOptions, out: Callable[[str], None]) -> bool:
    """Check a parsed bundle, print every step and the values to compare in public; return whether all of it holds."""
    chain = QUICKNET if options.chain is None else load_chain(options.chain)
    try:
        bundle = parse(document)
    except Misshapen as error:
        out(_line(Step(Check.SHAPE, passed=False, text=str(error))))
        return False
    policy = Policy(
        chain=chain,
        allow_operator_trusted=options.allow_operator_trusted,
        commitment=options.commitment,
        digest=options.digest,
        round=options.round,
    )
    shape = Step(Check.SHAPE, passed=True, text=f"giveaway {bundle.giveaway.number}, “{bundle.giveaway.prize}”")
    steps = [shape, *check(bundle, policy)]
    for step in steps:
        out(_line(step))
    for line in (*_outcome(bundle), *_to_compare(bundle, chain)):
        out(printable(line))
    return all(step.passed for step in steps)


def _line(step: Step) -> str:
    return printable(f"  {'✓' if step.passed else '✗'} {step.check.value:<11} {step.text}")


def _outcome(bundle: Bundle) -> Iterator[str]:
    yield "  Places, as the bundle gives them:"
    for row in bundle.results:
        who = "erased" if row.user_id is None else row.user_id
        why = "won" if row.outcome is Outcome.WON else f"passed to the next: {row.reason}"
        yield f"    {row.rank}. {who}, {why} ({time_text(row.at)})"


def _to_compare(bundle: Bundle, chain: BeaconChain) -> Iterator[str]:
    """Say what only public messages can confirm."""
    if not bundle.freezes:
        return
    giveaway, last = bundle.giveaway, bundle.freezes[-1]
    sent = freeze.message_time(int(last.message_id)).isoformat(timespec="milliseconds").removesuffix("+00:00")
    yield "  Compare with the freeze message, posted by the bot and never edited:"
    yield f"    https://discord.com/channels/{giveaway.guild_id}/{last.channel_id}/{last.message_id}"
    yield f"    sent             {sent}Z by its id; announced closing {time_text(giveaway.closed_at)}"
    yield f"    number           {giveaway.number}"
    yield f"    id               {giveaway.id}"
    yield f"    commitment       {bundle.commitment} (also on the giveaway's post)"
    yield f"    entrants_digest  {bundle.entrants_digest} (SHA-256 of the list attached there)"
    yield f"    entries          {last.entries}"
    yield f"    tickets          {last.tickets}"
    yield f"    beacon chain     {'none: operator-trusted' if last.round is None else chain.hash}"
    yield f"    round            {'none' if last.round is None else last.round}"
