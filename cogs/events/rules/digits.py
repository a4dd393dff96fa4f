"""The digits of the check-in: six of them, new every minute, the same after a restart.

RFC 6238 with HMAC-SHA1 over a secret of the occurrence's own, in steps of 60 seconds: https://www.rfc-editor.org/rfc/rfc6238
"""

import hmac
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

STEP: Final = timedelta(seconds=60)
DIGITS: Final = 6
SECRET_BYTES: Final = 20
TRIES: Final = 5
WINDOW: Final = timedelta(minutes=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SIX: Final = re.compile(r"[0-9]{6}")


def hotp(secret: bytes, counter: int, digits: int = DIGITS) -> str:
    """Return the digits of a counter, by RFC 4226."""
    digest = hmac.digest(secret, counter.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_of(now: datetime) -> int:
    """Return the number of the minute, from 1970 on."""
    return (now - _EPOCH) // STEP


def digits_at(secret: bytes, now: datetime) -> str:
    """Return the digits that are valid at an instant."""
    return hotp(secret, step_of(now))


def changes_at(now: datetime) -> datetime:
    """Return when the digits of an instant are over."""
    return _EPOCH + (step_of(now) + 1) * STEP


def read_digits(typed: str) -> str | None:
    """Return six digits as typed, in any width and with blanks between them; None for anything else."""
    folded = "".join(c for c in unicodedata.normalize("NFKC", typed) if not c.isspace() and c != "-")
    return folded if _SIX.fullmatch(folded) else None


def matches(secret: bytes, typed: str, now: datetime) -> bool:
    """Whether these are the digits of this very minute; those of the one before are over.

    They are shown to staff who let people read them, so that a grace would only help whoever passes them on.
    """
    return hmac.compare_digest(digits_at(secret, now).encode(), typed.encode())


def recent(tries: Sequence[datetime], now: datetime) -> list[datetime]:
    """Return the tries that still count: those of the last minute."""
    return [each for each in tries if now - each < WINDOW]


def again_at(tries: Sequence[datetime], now: datetime) -> datetime | None:
    """Return when the next try is allowed; None where it is at once."""
    counted = sorted(recent(tries, now))
    return counted[-TRIES] + WINDOW if len(counted) >= TRIES else None
