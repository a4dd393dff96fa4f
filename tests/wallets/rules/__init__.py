"""Pure decisions about wallets and gates."""
