"""The bundle: everything needed to recompute a draw, as the file that is published with the result."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.shape import time_text
from cogs.giveaways.rules.draw import FORMAT, Entry, Outcome

RANKING_LIMIT = 100_000
"""Above this many entrants the ranking is left out: it follows from the list, and doubles the file."""


@dataclass(frozen=True, slots=True)
class Giveaway:
    """What is drawn for. *winners* is the number of places now; *closed_at* the closing announced. Ids are decimal."""

    id: str
    number: int
    guild_id: str
    prize: str
    winners: int
    opened_at: datetime
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Freeze:
    """A freeze message, whether it counts or not. *at* is the freeze time; *round* is None without a beacon."""

    channel_id: str
    message_id: str
    at: datetime
    round: int | None
    digest: str
    entries: int
    tickets: int


@dataclass(frozen=True, slots=True)
class Beacon:
    """The randomness that decided: chain hash, signature and randomness in hex."""

    chain: str
    round: int
    signature: str
    randomness: str


@dataclass(frozen=True, slots=True)
class Result:
    """A place that was reached; *at* is when it was won or passed on.

    *user_id* is the lower-case address and *salt* empty in a holders' airdrop; both are None once erased.
    """

    rank: int
    token: str
    user_id: str | None
    salt: str | None
    outcome: Outcome
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A moderator went on without the beacon at *at*, after *round* could not be had."""

    at: datetime
    round: int


OperatorTrusted: TypeAlias = Literal["off"] | Abandoned | None
"""Why no beacon took part: ``"off"`` from the start, given up, or None where one did."""


@dataclass(frozen=True, slots=True)
class TokenSnapshot:
    """The holders of a contract's tokens at a block; *chain* is the EIP-155 id."""

    name: str
    chain: int
    contract: str
    block: int
    digest: str


@dataclass(frozen=True, slots=True)
class FileSnapshot:
    """Holders given as a file of addresses and amounts."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Airdrop:
    """Marks a bundle as an airdrop's: among the holders of *snapshot*, or without one among who passed a gate rule."""

    snapshot: TokenSnapshot | FileSnapshot | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """One draw, in the order of the file's fields.

    *entrants* is sorted; *excluded* pairs tokens with reasons; *ranking* may be None above `RANKING_LIMIT` entrants.
    """

    giveaway: Giveaway
    commitment: str
    seed: str
    freezes: tuple[Freeze, ...]
    beacon: Beacon | None
    entrants: tuple[Entry, ...]
    entrants_digest: str
    excluded: tuple[tuple[str, str], ...]
    unchecked: tuple[str, ...]
    ranking: tuple[str, ...] | None
    results: tuple[Result, ...]
    operator_trusted: OperatorTrusted
    airdrop: Airdrop | None = None


def encode(bundle: Bundle) -> bytes:
    """Return the bundle as compact JSON in UTF-8, fields in the documented order.

    The ranking is left out above `RANKING_LIMIT` entrants.
    """
    return json.dumps(_document(bundle), ensure_ascii=False, separators=(",", ":")).encode()


def _document(bundle: Bundle) -> dict[str, object]:
    document: dict[str, object] = {
        "format": FORMAT,
        "giveaway": _giveaway(bundle.giveaway),
        "commitment": bundle.commitment,
        "seed": bundle.seed,
        "freezes": [_freeze(message) for message in bundle.freezes],
        "beacon": None if bundle.beacon is None else _beacon(bundle.beacon),
        "entrants": bundle.entrants,
        "entrants_digest": bundle.entrants_digest,
        "excluded": bundle.excluded,
        "unchecked": bundle.unchecked,
    }
    if bundle.ranking is not None and len(bundle.entrants) <= RANKING_LIMIT:
        document["ranking"] = bundle.ranking
    document["results"] = [_result(row) for row in bundle.results]
    document["operator_trusted"] = _operator_trusted(bundle.operator_trusted)
    if bundle.airdrop is not None:
        document["snapshot"] = _snapshot(bundle.airdrop.snapshot)
    return document


def _giveaway(giveaway: Giveaway) -> dict[str, object]:
    return {
        "id": giveaway.id,
        "number": giveaway.number,
        "guild_id": giveaway.guild_id,
        "prize": giveaway.prize,
        "winners": giveaway.winners,
        "opened_at": time_text(giveaway.opened_at),
        "closed_at": time_text(giveaway.closed_at),
    }


def _freeze(message: Freeze) -> dict[str, object]:
    return {
        "channel_id": message.channel_id,
        "message_id": message.message_id,
        "at": time_text(message.at),
        "round": message.round,
        "digest": message.digest,
        "entries": message.entries,
        "tickets": message.tickets,
    }


def _beacon(beacon: Beacon) -> dict[str, object]:
    return {
        "chain": beacon.chain,
        "round": beacon.round,
        "signature": beacon.signature,
        "randomness": beacon.randomness,
    }


def _result(row: Result) -> dict[str, object]:
    return {
        "rank": row.rank,
        "token": row.token,
        "user_id": row.user_id,
        "salt": row.salt,
        "outcome": row.outcome.value,
        "reason": row.reason,
        "at": time_text(row.at),
    }


def _operator_trusted(given: OperatorTrusted) -> object:
    if isinstance(given, Abandoned):
        return {"at": time_text(given.at), "abandoned_round": given.round}
    return given


def _snapshot(snapshot: TokenSnapshot | FileSnapshot | None) -> dict[str, object] | None:
    match snapshot:
        case None:
            return None
        case FileSnapshot():
            return {"name": snapshot.name, "digest": snapshot.digest}
        case TokenSnapshot():
            return {
                "name": snapshot.name,
                # An id, so a string, as all ids in a bundle.
                "chain": str(snapshot.chain),
                "contract": snapshot.contract,
                "block": snapshot.block,
                "digest": snapshot.digest,
            }
