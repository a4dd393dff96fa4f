"""Keccak-256 as Ethereum uses it, which is not SHA3-256."""


def keccak(data: bytes) -> bytes:
    """Return the 32 bytes of Keccak-256."""
    from Crypto.Hash import keccak as implementation

    return implementation.new(digest_bits=256, data=data).digest()
