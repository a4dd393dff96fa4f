"""Use cases of wallets and gates: what is read outside first, then one transaction each."""
