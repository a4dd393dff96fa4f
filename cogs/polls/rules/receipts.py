"""Receipts: what lets a voter find the own ballot among those published."""

RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, in the order of its values, which is also that of ASCII."""
RECEIPT_BYTES = 5
RECEIPT_DIGITS = 8


def new_receipt(random: bytes) -> str:
    """Return a receipt of 8 characters from 5 *random* bytes; it must still be made sure that the poll has it once."""
    if len(random) != RECEIPT_BYTES:
        raise ValueError("a receipt takes 5 random bytes")
    number = int.from_bytes(random, "big")
    return "".join(RECEIPT_ALPHABET[number >> shift & 31] for shift in range(5 * (RECEIPT_DIGITS - 1), -1, -5))
