"""From balances that were read to a verdict."""

from dataclasses import dataclass

from bot.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of what could be read; ``complete`` is whether every wallet could be."""

    amount: int
    complete: bool


def judge(found: Total, minimum: int, maximum: int | None) -> Verdict:
    """Hold a sum against a rule.

    Balances are never negative, so enough is enough even if a wallet could not be read; with a *maximum* nothing is
    known until all is.
    """
    if maximum is None and found.amount >= minimum:
        return Verdict.YES
    if not found.complete:
        return Verdict.UNKNOWN
    within = found.amount >= minimum and (maximum is None or found.amount <= maximum)
    return Verdict.YES if within else Verdict.NO
