"""When a prize has to be claimed, when its winner is reminded, and the codes by which one is picked up."""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from cogs.giveaways.rules.terms import Claim

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, since people read codes aloud."""
CODE_LENGTH: Final = 8
LAST_CALL: Final = timedelta(hours=6)
USUAL: Final = {Claim.BUTTON: timedelta(hours=72), Claim.WALLET: timedelta(hours=72)}
# A prize that passes on shortly before the date by which all had to be claimed, or after it.
LEAST: Final = timedelta(hours=24)
UNDO: Final = timedelta(minutes=10)

_MISREAD: Final = str.maketrans("OIL", "011", " -\u2010\u2011\u2013\u3000")


def new_code(choose: Callable[[Sequence[str]], str]) -> str:
    """Return a pick-up code; *choose* takes one of several at random, as ``secrets.choice`` does."""
    return "".join(choose(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str | None:
    """Return the code that somebody typed, however they wrote it; None for what is none."""
    code = unicodedata.normalize("NFKC", typed).upper().translate(_MISREAD)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


def claim_end(
    claim: Claim, within: timedelta | None, until: datetime | None, now: datetime, *, risen: bool
) -> datetime | None:
    """Return when the claim of a prize won *now* ends; None where there is no end.

    With a date it is the same for all; whom a prize reaches late (*risen*) still has a day.
    """
    if claim is Claim.NONE:
        return None
    if until is not None:
        enough = until - now >= LEAST if risen else until > now
        return until if enough else now + LEAST
    length = within or USUAL.get(claim)
    return None if length is None else now + length


def reminders(now: datetime, until: datetime) -> tuple[datetime, datetime | None]:
    """Return when a winner is reminded: at half time, and 6 h before the end where that is later."""
    half = now + (until - now) / 2
    last = until - LAST_CALL
    return half, last if last > half else None
