"""The ledger: what organisers, moderators and the bot itself did, as one hash chain per server."""
