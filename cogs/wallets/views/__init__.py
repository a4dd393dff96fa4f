"""Buttons of wallets and gates."""
