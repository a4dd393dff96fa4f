"""Three-valued logic after Kleene: unknown is neither yes nor no, and stays unknown where it matters."""

from collections.abc import Iterable

from bot.verdict import Verdict


def negate(verdict: Verdict) -> Verdict:
    """Return "not"."""
    match verdict:
        case Verdict.YES:
            return Verdict.NO
        case Verdict.NO:
            return Verdict.YES
        case Verdict.UNKNOWN:
            return Verdict.UNKNOWN


def at_least(count: int, verdicts: Iterable[Verdict]) -> Verdict:
    """Say whether at least *count* hold: yes once enough do, no once the unknown ones could not make up for it."""
    known = list(verdicts)
    yes = known.count(Verdict.YES)
    if yes >= count:
        return Verdict.YES
    return Verdict.NO if yes + known.count(Verdict.UNKNOWN) < count else Verdict.UNKNOWN


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return "and"."""
    known = list(verdicts)
    return at_least(len(known), known)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return "or"."""
    return at_least(1, verdicts)
