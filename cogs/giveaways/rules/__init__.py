"""What a giveaway decides, as pure functions: no discord, no SQL, no clock, no randomness of its own.

``draw`` hashes and ranks, ``freeze`` fixes the list and its round, ``bundle`` is the published proof, ``files`` cuts
what is large, ``parse`` and ``check`` read and recompute a bundle, ``report`` prints that.
"""
