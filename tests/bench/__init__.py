"""Benchmarks: ``uv run python -m tests.bench [--json] [names…]``.

Each is a module here that is named for what it measures and has a function ``figures()``; nothing else has to know of
it. ``measure`` has what they share.
"""
