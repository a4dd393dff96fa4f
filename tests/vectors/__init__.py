"""Draws with all their numbers fixed, for this implementation and any other."""
