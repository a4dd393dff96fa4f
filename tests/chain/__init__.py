"""A real chain for tests: contracts, and what starts and drives anvil."""
