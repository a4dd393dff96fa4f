"""The main story with real processes: the bot, Discord on the wire, a database, a beacon, and a murderer."""
