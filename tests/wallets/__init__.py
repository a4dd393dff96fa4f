"""Wallets and gates; numbers in test names are those of the checklist in docs/design.md."""
