"""Signatures before any chain is asked: their shape, their strictness, and who made them."""

from dataclasses import dataclass
from typing import Final

from bot.chain.keccak import keccak
from bot.errors import BadInput
from bot.i18n import t
from bot.recursion import keep_recursion_limit

MAX_BYTES: Final = 8 * 1024
MAGIC_6492: Final = bytes.fromhex("6492" * 16)
_LENGTH: Final = 65
_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_RECOVERY: Final = {0: 0, 1: 1, 27: 0, 28: 1}


@dataclass(frozen=True, slots=True)
class Ecdsa:
    """An ordinary account's signature; ``recovery`` is 0 or 1."""

    r: int
    s: int
    recovery: int


def parse_signature(typed: str) -> bytes:
    """Read hex digits, with or without ``0x``; raises BadInput."""
    digits = typed.strip().removeprefix("0x").removeprefix("0X")
    if len(digits) > 2 * MAX_BYTES:
        raise BadInput(t("wallet.signature.long"))
    try:
        # fromhex lets blanks pass.
        raw = bytes.fromhex(digits) if digits.isascii() and digits.isalnum() else b""
    except ValueError:
        raw = b""
    if not raw:
        raise BadInput(t("wallet.signature.wrong"))
    return raw


def ecdsa(raw: bytes) -> Ecdsa | None:
    """Return what an ordinary account signs, or None for anything else.

    Exactly 65 bytes, v of 0, 1, 27 or 28, r and s within the curve's order, and s in its lower half: the other half
    would be a second signature for the same text.
    """
    if len(raw) != _LENGTH or raw[64] not in _RECOVERY:
        return None
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:64], "big")
    if not (0 < r < _ORDER and 0 < s <= _ORDER // 2):
        return None
    return Ecdsa(r, s, _RECOVERY[raw[64]])


def message_digest(message: str) -> bytes:
    """Return the EIP-191 hash (version 0x45, ``personal_sign``) of a text."""
    body = message.encode()
    return keccak(b"\x19Ethereum Signed Message:\n" + str(len(body)).encode() + body)


def signer(digest: bytes, signature: Ecdsa) -> str | None:
    """Return the address that made a signature, in lower case; None where there is no such point."""
    with keep_recursion_limit():
        from eth_keys.datatypes import Signature
    try:
        found = Signature(vrs=(signature.recovery, signature.r, signature.s)).recover_public_key_from_msg_hash(digest)
    except Exception:  # the libraries below raise IndexError and others for what is no signature
        return None
    return found.to_address()
