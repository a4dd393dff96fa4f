"""A second verifier, in JavaScript and written from `docs/verify.md` alone; the page ``/verify`` runs the same."""
