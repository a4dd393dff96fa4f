"""drand, the public random beacon of draws: which network, is a signature genuine, fetch a round.

Importing this package imports neither an HTTP client nor the pairing library; each comes with the first use.
"""

from bot.beacon.chain import PUBLIC_ENDPOINTS, QUICKNET, SCHEME, BeaconChain, InvalidChain, chain_hash, load_chain
from bot.beacon.client import (
    Beacon,
    BeaconClient,
    BeaconNotYet,
    BeaconUnavailable,
    EndpointFailure,
    ProbeResult,
    Trouble,
)
from bot.beacon.signature import InvalidBeacon, verify_signature

__all__ = [
    "PUBLIC_ENDPOINTS",
    "QUICKNET",
    "SCHEME",
    "Beacon",
    "BeaconChain",
    "BeaconClient",
    "BeaconNotYet",
    "BeaconUnavailable",
    "EndpointFailure",
    "InvalidBeacon",
    "InvalidChain",
    "ProbeResult",
    "Trouble",
    "chain_hash",
    "load_chain",
    "verify_signature",
]
