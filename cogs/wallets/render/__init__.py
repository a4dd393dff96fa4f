"""Wallets and gates as messages."""
