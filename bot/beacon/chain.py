"""Which drand network: its parameters, and how they are read from a chain-info file."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import safejson
from bot.safejson import Json

SCHEME = "bls-unchained-g1-rfc9380"
"""The one scheme drawn with: signatures on G1, keys on G2, a round signed without its predecessor."""

PUBLIC_ENDPOINTS = (
    "https://api.drand.sh",
    "https://api2.drand.sh",
    "https://api3.drand.sh",
    "https://drand.cloudflare.com",
)
"""drand's public HTTP endpoints: https://docs.drand.love/developer/http-api"""

_PUBLIC_KEY_BYTES = 96
_MAX_FILE_BYTES = 64 * 1024
_MAX_FILE_DEPTH = 8
_MAX_PERIOD = 2**32 - 1
_MAX_GENESIS = 253402300799  # the last second of the year 9999, where datetime ends
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})*")
_FIELD_MODULUS = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB


class InvalidChain(ValueError):
    """A chain-info file cannot be used; the message is an English sentence that says why."""


@dataclass(frozen=True)
class BeaconChain:
    """One drand network.

    *hash* is its chain hash in lower-case hex, *public_key* a compressed point of G2 (96 bytes), *period* the seconds
    between rounds, *genesis* the Unix time of round 1, *scheme* drand's name of the signature scheme.
    """

    hash: str
    public_key: bytes
    period: int
    genesis: int
    scheme: str

    def time_of(self, round_: int) -> datetime:
        """Return the instant at which *round_* (from 1) is due."""
        return datetime.fromtimestamp(self.genesis, UTC) + timedelta(seconds=self.period * (round_ - 1))

    def round_at(self, moment: datetime) -> int:
        """Return the latest round due at *moment*, 0 before the first."""
        elapsed = moment - datetime.fromtimestamp(self.genesis, UTC)
        return max(0, elapsed // timedelta(seconds=self.period) + 1)


QUICKNET = BeaconChain(
    hash="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    public_key=bytes.fromhex(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
        "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
        "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    period=3,
    genesis=1692803367,
    scheme=SCHEME,
)


def chain_hash(public_key: bytes, *, period: int, genesis: int, group_hash: bytes, beacon_id: str) -> str:
    """Return, in hex, the hash by which drand names the network with these parameters.

    *group_hash* is the hash of the group that started it; *beacon_id* counts only if it is not the default one. Source:
    ``Info.Hash`` in drand's Go code, checked against the published parameters of quicknet.
    """
    digest = hashlib.sha256()
    digest.update(period.to_bytes(4, "big"))
    digest.update(genesis.to_bytes(8, "big"))
    digest.update(public_key)
    digest.update(group_hash)
    if beacon_id not in ("", "default"):
        digest.update(beacon_id.encode())
    return digest.hexdigest()


def load_chain(path: Path) -> BeaconChain:
    """Return the network that the drand chain-info file at *path* describes.

    Needs `public_key`, `period`, `genesis_time`, `hash` and `schemeID`. Where the file also has `groupHash`, as drand's
    own ones do, the chain hash is computed again and compared; one that claims to be quicknet must equal it. Raises
    :class:`InvalidChain`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InvalidChain(f"The file {path} cannot be read: {error.strerror or type(error).__name__}.") from None
    try:
        info = safejson.loads(data, max_bytes=_MAX_FILE_BYTES, max_depth=_MAX_FILE_DEPTH)
    except safejson.InvalidJson as error:
        raise InvalidChain(f"The file {path} is not a drand chain-info JSON: {error}.") from None
    if not isinstance(info, dict):
        raise InvalidChain(f"The file {path} is not a drand chain-info JSON: it holds no object.")
    return _chain(info)


def _chain(info: dict[str, Json]) -> BeaconChain:
    scheme = info.get("schemeID")
    if scheme != SCHEME:
        given = f"it is {scheme[:60]!r}" if isinstance(scheme, str) else "it is missing"
        raise InvalidChain(f"The chain's schemeID must be {SCHEME!r}; {given}.")
    chain = BeaconChain(
        hash=_hex(info, "hash", 32).hex(),
        public_key=_hex(info, "public_key", _PUBLIC_KEY_BYTES),
        period=_integer(info, "period", 1, _MAX_PERIOD),
        genesis=_integer(info, "genesis_time", 0, _MAX_GENESIS),
        scheme=SCHEME,
    )
    if not _is_point_of_g2(chain.public_key):
        raise InvalidChain("The chain's public_key is not a point of the curve; was it copied in full?")
    if chain.hash == QUICKNET.hash and chain != QUICKNET:
        raise InvalidChain("The chain has quicknet's hash, but not its public_key, period and genesis_time.")
    if "groupHash" in info:
        _check_hash(chain, info)
    return chain


def _check_hash(chain: BeaconChain, info: dict[str, Json]) -> None:
    metadata = info.get("metadata")
    beacon_id = metadata.get("beaconID") if isinstance(metadata, dict) else None
    computed = chain_hash(
        chain.public_key,
        period=chain.period,
        genesis=chain.genesis,
        group_hash=_hex(info, "groupHash", 32),
        beacon_id=beacon_id if isinstance(beacon_id, str) else "",
    )
    if computed != chain.hash:
        raise InvalidChain(
            f"The chain's hash is {chain.hash}, but its other values give {computed}; one of them was changed."
        )


def _hex(info: dict[str, Json], name: str, length: int) -> bytes:
    value = info.get(name)
    if not isinstance(value, str) or len(value) != 2 * length or not _HEX.fullmatch(value):
        raise InvalidChain(f"The chain's {name} must be {2 * length} hexadecimal digits.")
    return bytes.fromhex(value)


def _integer(info: dict[str, Json], name: str, least: int, most: int) -> int:
    value = info.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidChain(f"The chain's {name} must be a whole number from {least} to {most}.")
    return value


def _is_point_of_g2(key: bytes) -> bool:
    """Say whether *key* is the compressed form of a point on G2's curve, other than infinity, in plain arithmetic.

    A number of the extension field is a square exactly if its norm is one in the base field. Whether the point is of
    the right order is left to whoever verifies a signature: that takes the pairing library, too slow to load at every
    start.
    """
    compressed, infinity = key[0] & 0x80, key[0] & 0x40
    imaginary = int.from_bytes(key[:48], "big") % (1 << 381)
    real = int.from_bytes(key[48:], "big")
    if not compressed or infinity or imaginary >= _FIELD_MODULUS or real >= _FIELD_MODULUS:
        return False
    cube_real = real**3 - 3 * real * imaginary**2 + 4
    cube_imaginary = 3 * real**2 * imaginary - imaginary**3 + 4
    norm = (cube_real**2 + cube_imaginary**2) % _FIELD_MODULUS
    return pow(norm, (_FIELD_MODULUS - 1) // 2, _FIELD_MODULUS) in (0, 1)
