"""The page that links a wallet."""
