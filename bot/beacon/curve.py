"""BLS12-381 as drand's scheme uses it: signatures on G1, public keys on G2.

Importing this module imports py_ecc, which takes a second; do so inside a function.
"""

from functools import lru_cache
from hashlib import sha256

from bot.recursion import keep_recursion_limit

with keep_recursion_limit():
    from py_ecc.bls.hash_to_curve import hash_to_G1
    from py_ecc.bls.point_compression import compress_G1, compress_G2, decompress_G1, decompress_G2
    from py_ecc.bls.typing import G1Compressed, G1Uncompressed, G2Compressed, G2Uncompressed
    from py_ecc.fields import optimized_bls12_381_FQ12 as FQ12
    from py_ecc.optimized_bls12_381.optimized_curve import G2, curve_order, is_inf, multiply, neg
    from py_ecc.optimized_bls12_381.optimized_pairing import final_exponentiate, pairing

# RFC 9380's suite with drand's domain separation tag.
_TAG = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

ORDER = curve_order


class NotAPoint(ValueError):
    """Bytes are not a compressed point of the group, or are its neutral element."""


def message_point(round_: int) -> G1Uncompressed:
    """Return the point that is signed in *round_*: SHA-256 of its number (8 bytes, big-endian), hashed to G1."""
    message = sha256(round_.to_bytes(8, "big")).digest()
    return hash_to_G1(message, _TAG, sha256)  # pyright: ignore[reportArgumentType]  # it is called, as a constructor


def signature_point(signature: bytes) -> G1Uncompressed:
    """Return the point of G1 that 48 bytes stand for; raises :class:`NotAPoint`."""
    try:
        point = decompress_G1(G1Compressed(int.from_bytes(signature, "big")))
    except ValueError as error:
        raise NotAPoint("not on the curve") from error
    if is_inf(point):
        raise NotAPoint("the point at infinity")
    if not is_inf(multiply(point, curve_order)):
        raise NotAPoint("not in the subgroup")
    return point


@lru_cache(maxsize=8)
def public_point(key: bytes) -> G2Uncompressed:
    """Return the point of G2 that 96 bytes stand for; raises :class:`NotAPoint`."""
    halves = int.from_bytes(key[:48], "big"), int.from_bytes(key[48:], "big")
    try:
        point = decompress_G2(G2Compressed(halves))
    except ValueError as error:
        raise NotAPoint("not on the curve") from error
    if is_inf(point):
        raise NotAPoint("the point at infinity")
    if not is_inf(multiply(point, curve_order)):
        raise NotAPoint("not in the subgroup")
    return point


def is_signed(message: G1Uncompressed, signature: G1Uncompressed, key: G2Uncompressed) -> bool:
    """Say whether *signature* is *message* times the secret of *key*: e(signature, G2) = e(message, key)."""
    product = pairing(G2, signature, final_exponentiate=False) * pairing(key, neg(message), final_exponentiate=False)
    return final_exponentiate(product) == FQ12.one()


def sign(secret: int, round_: int) -> bytes:
    """Return the signature of *round_* under *secret*, 48 bytes."""
    return compress_G1(multiply(message_point(round_), secret)).to_bytes(48, "big")


def public_key(secret: int) -> bytes:
    """Return the public key of *secret*, 96 bytes."""
    return b"".join(half.to_bytes(48, "big") for half in compress_G2(multiply(G2, secret)))
