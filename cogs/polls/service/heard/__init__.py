"""The part of polls by which people are answered: who owes an answer, what was promised, what came of it."""
