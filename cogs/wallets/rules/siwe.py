"""The text a wallet signs (EIP-4361), made here from the first to the last letter, so that nothing is parsed later."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from cogs.wallets.rules.addresses import checksummed
from cogs.wallets.rules.terms import MAX_FAILURES

LIFETIME: Final = timedelta(minutes=10)
_NAME_ROOM: Final = 60
# The grammar of a statement allows what RFC 3986 calls reserved and unreserved, and the space.
_FORBIDDEN: Final = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;= ]+")
_BLANKS: Final = re.compile(r" {2,}")


@dataclass(frozen=True, slots=True)
class Challenge:
    """Who wants which wallet for what: everything that is signed.

    ``domain`` is the configured host, with its port where that is not the scheme's own; ``uri`` an address under it.
    """

    domain: str
    uri: str
    address: str
    chain_id: int
    nonce: str
    user_id: int
    account: str
    guild_id: int
    guild_name: str
    issued_at: datetime
    expires_at: datetime


class Refused(StrEnum):
    """Why a challenge can no longer be answered."""

    EXPIRED = "expired"
    USED = "used"
    BURNT = "burnt"
    OTHER_ADDRESS = "other_address"


@dataclass(frozen=True, slots=True)
class Held:
    """A challenge as it is kept; ``address`` is the one its text names, None before there is a text."""

    address: str | None
    expires_at: datetime
    consumed: bool
    failures: int


def refusal(held: Held, address: str, now: datetime) -> Refused | None:
    """Say why *address* cannot answer a challenge now; None where it can."""
    if held.consumed:
        return Refused.USED
    if held.failures >= MAX_FAILURES:
        return Refused.BURNT
    if now >= held.expires_at:
        return Refused.EXPIRED
    return Refused.OTHER_ADDRESS if held.address != address.lower() else None


def text(challenge: Challenge) -> str:
    """Return the text to be signed."""
    return "\n".join(
        (
            f"{challenge.domain} wants you to sign in with your Ethereum account:",
            checksummed(challenge.address),
            "",
            statement(challenge),
            "",
            f"URI: {challenge.uri}",
            "Version: 1",
            f"Chain ID: {challenge.chain_id}",
            f"Nonce: {challenge.nonce}",
            f"Issued At: {_time(challenge.issued_at)}",
            f"Expiration Time: {_time(challenge.expires_at)}",
        )
    )


def statement(challenge: Challenge) -> str:
    """Return the sentence that names whose account gets the wallet, in the letters its grammar allows."""
    account, server = readable(challenge.account), readable(challenge.guild_name)
    return (
        f"Link this wallet to the Discord account {account} (id {challenge.user_id}) "
        f"in the server {server} (id {challenge.guild_id}). "
        "Sign only if this account is yours. This is not a transaction: no funds move and nothing is approved."
    )


def readable(name: str) -> str:
    """Return a name with what a statement may hold; a dash where nothing is left of it."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    kept = _BLANKS.sub(" ", _FORBIDDEN.sub(" ", plain)).strip()
    return kept[:_NAME_ROOM].strip() or "-"


def _time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
