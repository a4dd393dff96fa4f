"""What a poll decides, as pure functions: no discord, no SQL, no clock, no randomness of its own.

``ballots`` says what a ballot may be, ``count`` counts (``runoff``, ``pairs`` and ``ties`` for ranked polls),
``bundle`` is the published proof, ``parse`` and ``check`` read and recount it (``totals`` where there are only totals),
``report`` prints that. ``receipts`` makes receipts, ``folding`` tells options apart.
"""
