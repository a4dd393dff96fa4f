"""Events in words: frozen values become messages, in one language."""
