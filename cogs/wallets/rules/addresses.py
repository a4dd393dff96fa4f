"""Addresses: read strictly, shown shortened; links of block explorers."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from bot.chain.keccak import keccak
from bot.errors import BadInput
from bot.i18n import t

_ADDRESS: Final = re.compile(r"0[xX][0-9a-fA-F]{40}")
_TRANSACTION: Final = re.compile(r"0[xX][0-9a-fA-F]{64}")
EXPLORERS: Final[Mapping[str, int]] = {
    "etherscan.io": 1,
    "eth.blockscout.com": 1,
    "optimistic.etherscan.io": 10,
    "optimism.blockscout.com": 10,
    "bscscan.com": 56,
    "gnosisscan.io": 100,
    "polygonscan.com": 137,
    "basescan.org": 8453,
    "base.blockscout.com": 8453,
    "arbiscan.io": 42161,
    "lineascan.build": 59144,
    "sepolia.etherscan.io": 11155111,
    "sepolia.basescan.org": 84532,
}
_WORDS: Final[Mapping[str, int]] = {"ethereum": 1, "base": 8453, "polygon": 137, "matic": 137, "arbitrum": 42161}
ZERO: Final = "0x" + "0" * 40


@dataclass(frozen=True, slots=True)
class Place:
    """A contract, and the chain a link says it is on."""

    address: str
    chain_id: int | None


def parse_address(typed: str) -> str:
    """Return an address in lower case; raises BadInput, also where mixed case fails its EIP-55 checksum."""
    text = typed.strip()
    if not _ADDRESS.fullmatch(text):
        raise BadInput(t("wallet.address.wrong", given=text))
    digits = text[2:]
    mixed = digits not in (digits.lower(), digits.upper())
    if mixed and checksummed(text)[2:] != digits:
        raise BadInput(t("wallet.address.checksum", given=text))
    return f"0x{digits.lower()}"


def checksummed(address: str) -> str:
    """Return an address with the capitals of EIP-55."""
    digits = address[2:].lower()
    mask = keccak(digits.encode()).hex()
    return "0x" + "".join(c.upper() if int(m, 16) >= 8 else c for c, m in zip(digits, mask, strict=False))


def shortened(address: str) -> str:
    """Return an address as people tell wallets apart without reading it whole."""
    return f"{address[:6]}…{address[-4:]}"


def digest(guild_id: int, address: str) -> str:
    """Return what stands for an address that is not kept: hex SHA-256 of ``<guild id>:<lower-case address>``."""
    return hashlib.sha256(f"{guild_id}:{address.lower()}".encode()).hexdigest()


def parse_place(typed: str) -> Place:
    """Read a contract's address, or a block explorer's or market's link to it; raises BadInput."""
    text = typed.strip().strip("<>")
    if "/" not in text:
        return Place(parse_address(text), None)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        raise BadInput(t("gate.contract.link", given=text)) from None
    if parts.scheme not in ("http", "https") or parts.hostname is None:
        raise BadInput(t("gate.contract.link", given=text))
    segments = parts.path.split("/")
    if any(_TRANSACTION.fullmatch(segment) for segment in segments):
        raise BadInput(t("gate.contract.transaction"))
    found = {segment.lower() for segment in segments if _ADDRESS.fullmatch(segment)}
    if len(found) != 1:
        raise BadInput(t("gate.contract.link", given=text))
    chain = EXPLORERS.get(parts.hostname.removeprefix("www."))
    if chain is None:
        chain = next((_WORDS[segment] for segment in segments if segment in _WORDS), None)
    return Place(parse_address(next(segment for segment in segments if _ADDRESS.fullmatch(segment))), chain)
