"""What decides about wallets and gates: pure, without Discord, database, network or clock."""
