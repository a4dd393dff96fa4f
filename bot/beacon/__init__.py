"""drand, the public random beacon of draws: which network, is a signature genuine, fetch a round."""

from bot.beacon.chain import PUBLIC_ENDPOINTS, QUICKNET, SCHEME, BeaconChain, InvalidChain, chain_hash, load_chain
from bot.beacon.signature import InvalidBeacon, verify_signature

__all__ = [
    "PUBLIC_ENDPOINTS",
    "QUICKNET",
    "SCHEME",
    "BeaconChain",
    "InvalidBeacon",
    "InvalidChain",
    "chain_hash",
    "load_chain",
    "verify_signature",
]
