"""Print what a recount of a bundle found, for `ikuzo verify`: a tool for operators and engineers, in English."""

from collections.abc import Callable, Iterator

from bot.shape import Misshapen, printable, time_text
from bot.verify_options import VerifyOptions
from cogs.polls.rules.ballots import Secrecy
from cogs.polls.rules.bundle import Bundle
from cogs.polls.rules.check import Check, Step, check
from cogs.polls.rules.count import standing
from cogs.polls.rules.parse import parse
from cogs.polls.rules.recount import VERDICTS, shown


def verify_document(document: object, options: VerifyOptions, out: Callable[[str], None]) -> bool:
    """Check a parsed bundle, print every step and the values to compare in public; return whether all of it holds."""
    try:
        bundle = parse(document)
    except Misshapen as error:
        out(_line(Step(Check.SHAPE, passed=False, text=str(error))))
        return False
    shape = Step(Check.SHAPE, passed=True, text=f"poll {bundle.poll.number}, “{bundle.poll.question}”")
    steps = [shape, *check(bundle, totals=options.totals)]
    for step in steps:
        out(_line(step))
    for line in (*_outcome(bundle), *_to_compare(bundle)):
        out(printable(line))
    return all(step.passed for step in steps)


def _line(step: Step) -> str:
    return printable(f"  {'✓' if step.passed else '✗'} {step.check.value:<11} {step.text}")


def _outcome(bundle: Bundle) -> Iterator[str]:
    yield "  Result, as the bundle gives it:"
    tally = bundle.tally
    for index in standing(bundle.rule.kind, tally):
        given = tally.ratings[index] if tally.ratings else tally.counts[index]
        yield f"    {'won' if index == tally.winner else '   '} {index}. {bundle.options[index]}: {shown(given)}"
    for number, round_ in enumerate(tally.rounds, 1):
        yield f"    round {number}: {shown(round_.counts)}, exhausted {round_.exhausted}"


def _to_compare(bundle: Bundle) -> Iterator[str]:
    """Say what only the server can confirm."""
    poll, rule = bundle.poll, bundle.rule
    yield "  Compare with the poll's post, and with what voters know:"
    yield f"    number           {poll.number} in server {poll.guild_id}"
    yield f"    question         {poll.question}"
    yield f"    open             {time_text(poll.opened_at)} to {time_text(poll.closed_at)}"
    yield f"    quorum           {'none' if rule.quorum is None else rule.quorum}"
    yield f"    threshold        {'none' if rule.threshold is None else f'{rule.threshold}%'}"
    yield f"    passed           {VERDICTS[bundle.tally.passed]}"
    if any(ballot.receipt is not None for ballot in bundle.ballots):
        yield "    receipts         whoever voted finds their own in the file, with their choices"
    if rule.secrecy is Secrecy.OPEN:
        yield "    voters           each has one ballot in the file, with their choices"
