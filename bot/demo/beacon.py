"""A drand network of the project's own, for the demo and the tests: real signatures, but a key that is not secret."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import ClassVar

from bot.beacon import SCHEME, Beacon, BeaconChain, BeaconNotYet, EndpointFailure, ProbeResult, Trouble, chain_hash

_HOST = "the demo's own beacon"

BEACON_ID = "ikuzo-demo"
GENESIS = 1704067200
"""Unix time of round 1 unless told otherwise: 2024-01-01T00:00:00Z."""

SECRET = int.from_bytes(hashlib.sha512(b"Ikuzo's demo beacon: anyone can know this key").digest(), "big")


class TestChain:
    """A network whose every round can be signed at any time, by anyone who reads this.

    It proves how a draw works, not that a draw was fair. *period* is in seconds, *genesis* in Unix time, *secret* any
    positive number; two chains that differ in one of them have different hashes.
    """

    __test__: ClassVar = False  # pytest would otherwise take the name for a class of tests

    def __init__(self, *, period: int = 3, genesis: int = GENESIS, secret: int = SECRET) -> None:
        from bot.beacon import curve

        self._secret = secret % curve.ORDER
        if not self._secret:
            raise ValueError("the secret must not be a multiple of the group's order")
        key = curve.public_key(self._secret)
        self._group_hash = hashlib.sha256(key).digest()
        self.chain = BeaconChain(
            hash=chain_hash(key, period=period, genesis=genesis, group_hash=self._group_hash, beacon_id=BEACON_ID),
            public_key=key,
            period=period,
            genesis=genesis,
            scheme=SCHEME,
        )

    def info_json(self) -> dict[str, object]:
        """Return what drand's ``/info`` would say of this network, ready for ``json.dumps``."""
        return {
            "public_key": self.chain.public_key.hex(),
            "period": self.chain.period,
            "genesis_time": self.chain.genesis,
            "hash": self.chain.hash,
            "groupHash": self._group_hash.hex(),
            "schemeID": self.chain.scheme,
            "metadata": {"beaconID": BEACON_ID},
        }

    def sign(self, round_: int) -> bytes:
        """Return the signature of *round_*, 48 bytes; the first time takes some hundredths of a second."""
        return _sign(self._secret, round_)


class DemoBeacon:
    """The rounds of *source* as they fall due by the clock *now*; takes a BeaconClient's place, without a network."""

    def __init__(self, source: TestChain, now: Callable[[], datetime]) -> None:
        self._source = source
        self._now = now

    @property
    def chain(self) -> BeaconChain:
        """The network whose rounds these are."""
        return self._source.chain

    async def fetch(self, round_: int) -> Beacon:
        """Return *round_* (from 1); raises :class:`bot.beacon.BeaconNotYet` before its time."""
        if round_ < 1:
            raise ValueError("rounds count from 1")
        if round_ > self.chain.round_at(self._now()):
            raise BeaconNotYet(round_, (EndpointFailure(_HOST, Trouble.NOT_YET),))
        signature = self._source.sign(round_)
        return Beacon(self.chain.hash, round_, signature, hashlib.sha256(signature).digest())

    async def probe(self, now: datetime) -> ProbeResult:
        """Say which round is the latest at *now*; its clock is ours."""
        return ProbeResult(True, self.chain.round_at(now), _HOST, 0.0, ())

    async def close(self) -> None:
        """Do nothing: there is no connection."""


@lru_cache(maxsize=4096)
def _sign(secret: int, round_: int) -> bytes:
    from bot.beacon import curve

    return curve.sign(secret, round_)
