"""Closed polls with all their ballots fixed, for this implementation and any other."""
