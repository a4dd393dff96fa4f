"""The schema's history: one reason per file in ``versions``, run by ``bot.migrate`` at every start."""
