"""Check that a signature is the chain's for a round."""

import hashlib

from bot.beacon.chain import SCHEME, BeaconChain

SIGNATURE_BYTES = 48
_PUBLIC_KEY_BYTES = 96
_LAST_ROUND = 2**64 - 1


class InvalidBeacon(ValueError):
    """A signature is not the chain's for that round; the message says in English what is wrong."""


def verify_signature(chain: BeaconChain, round_: int, signature: bytes) -> bytes:
    """Return the 32 bytes of randomness of *round_*, SHA-256 of *signature*, if *chain* signed it.

    Raises :class:`InvalidBeacon` otherwise. Takes most of a second of pure computing (and one more the first time, to
    import the library): call it in a worker process.
    """
    if chain.scheme != SCHEME:
        raise InvalidBeacon(f"the chain's scheme is not {SCHEME}")
    if not 1 <= round_ <= _LAST_ROUND:
        raise InvalidBeacon("the round is not a number from 1 to 2^64 - 1")
    if len(signature) != SIGNATURE_BYTES:
        raise InvalidBeacon(f"the signature has {len(signature)} bytes instead of {SIGNATURE_BYTES}")
    if len(chain.public_key) != _PUBLIC_KEY_BYTES:
        raise InvalidBeacon(f"the chain's public key has {len(chain.public_key)} bytes instead of {_PUBLIC_KEY_BYTES}")

    # Imported here: py_ecc takes a second to load, and most who import this module never verify.
    from bot.beacon import curve

    try:
        key = curve.public_point(chain.public_key)
    except curve.NotAPoint as error:
        raise InvalidBeacon(f"the chain's public key is not a point of G2: {error}") from None
    try:
        point = curve.signature_point(signature)
    except curve.NotAPoint as error:
        raise InvalidBeacon(f"the signature is not a point of G1: {error}") from None
    if not curve.is_signed(curve.message_point(round_), point, key):
        raise InvalidBeacon(f"the signature is not the chain's for round {round_}")
    return hashlib.sha256(signature).digest()
