"""Use cases of polls, one transaction each."""
