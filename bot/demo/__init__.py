"""The demo: the real bot in a simulated community, without Discord and without a network."""
