"""Make whole, honest bundles from a few parameters; every random number follows from the scenario's name."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol

from bot.beacon import BeaconChain
from cogs.giveaways.rules import draw, freeze
from cogs.giveaways.rules.bundle import Abandoned, Airdrop, Beacon, Bundle, Freeze, Giveaway, OperatorTrusted, Result
from cogs.giveaways.rules.draw import Outcome

CLOSED_AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
GUILD_ID = "812345678901234567"
CHANNEL_ID = "812345678901234599"
_DISCORD_EPOCH_MS = 1420070400000


@dataclass(frozen=True)
class Place:
    """A place of the ranking that the prizes reached; *rank* counts from 1."""

    rank: int
    token: str
    outcome: Outcome


def reach(ranking: Iterable[str], winners: int, passed: Collection[str]) -> list[Place]:
    """Return the head of *ranking* that *winners* prizes reach when the tokens in *passed* do not take theirs."""
    places: list[Place] = []
    left = winners
    for number, name in enumerate(ranking, 1):
        if left <= 0:
            break
        outcome = Outcome.PASSED if name in passed else Outcome.WON
        left -= outcome is Outcome.WON
        places.append(Place(number, name, outcome))
    return places


class Signer(Protocol):
    """A small beacon of the tests' own."""

    chain: BeaconChain

    def sign(self, round_: int, /) -> bytes:
        """Return the signature of a round."""
        ...


@dataclass(frozen=True)
class Scenario:
    """What a draw looks like.

    *passed* gives a reason to every place that did not take its prize. *sent_after* has one delay per freeze message,
    from its freeze time to its arrival in the channel; each next freeze happens two minutes after the one before.
    *trust* is ``"off"``, ``"given up"`` or None. *airdrop* marks an airdrop; *holders* lists addresses in place of
    members, who hold *amounts*.
    """

    name: str
    number: int = 42
    prize: str = "Signed print"
    weights: tuple[int, ...] = (1, 1, 1, 1, 1, 1)
    winners: int = 1
    passed: dict[int, str] = field(default_factory=dict[int, str])
    sent_after: tuple[timedelta, ...] = (timedelta(seconds=1),)
    trust: str | None = None
    airdrop: Airdrop | None = None
    holders: bool = False
    excluded: tuple[str, ...] = ()
    unchecked: int = 0
    amounts: tuple[int, ...] = ()
    closed_at: datetime = CLOSED_AT

    def secret(self, use: str) -> bytes:
        """Return 32 bytes that stand for random ones."""
        return sha256(f"ikuzo test vector:{self.name}:{use}".encode()).digest()

    @property
    def id(self) -> str:
        """The giveaway's id."""
        return self.secret("id").hex()[:32]

    @property
    def seed(self) -> bytes:
        """The giveaway's seed."""
        return self.secret("seed")

    def person(self, number: int) -> tuple[str, str]:
        """Return user id and salt of an entrant, or the address and nothing."""
        if self.holders:
            return "0x" + self.secret(f"holder {number}").hex()[:40], ""
        return str(300000000000000000 + 1000003 * number), self.secret(f"salt {number}").hex()[:32]


def snowflake(moment: datetime, serial: int = 0) -> str:
    """Return the id of a Discord message made at *moment*."""
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return str(((milliseconds - _DISCORD_EPOCH_MS) << 22) | serial)


def build(scenario: Scenario, signer: Signer) -> Bundle:
    """Draw a scenario as the bot would and return its bundle."""
    people = {draw.token(scenario.id, *person): person for person in map(scenario.person, range(len(scenario.weights)))}
    frozen = freeze.freeze(scenario.id, [(*scenario.person(i), weight) for i, weight in enumerate(scenario.weights)])
    freezes = _freezes(scenario, signer.chain, frozen)
    beacon = _beacon(freezes[-1], signer) if scenario.trust is None else None
    key = draw.draw_key(
        scenario.id,
        scenario.seed,
        frozen.digest,
        None if beacon is None else beacon.round,
        None if beacon is None else bytes.fromhex(beacon.randomness),
    )
    ranking = draw.rank(key, frozen.entrants)
    return Bundle(
        giveaway=Giveaway(
            id=scenario.id,
            number=scenario.number,
            guild_id=GUILD_ID,
            prize=scenario.prize,
            winners=scenario.winners,
            opened_at=scenario.closed_at - timedelta(days=3),
            closed_at=scenario.closed_at,
        ),
        commitment=draw.commitment(scenario.seed),
        seed=scenario.seed.hex(),
        freezes=freezes,
        beacon=beacon,
        entrants=frozen.entrants,
        entrants_digest=frozen.digest,
        excluded=tuple(sorted((_stranger(scenario, i), why) for i, why in enumerate(scenario.excluded))),
        unchecked=tuple(name for name, _ in frozen.entrants[: scenario.unchecked]),
        ranking=tuple(ranking),
        results=_results(scenario, ranking, people),
        operator_trusted=_trust(scenario, freezes[-1]),
        airdrop=scenario.airdrop,
    )


def holders_text(scenario: Scenario) -> tuple[bytes, str]:
    """Return the holders' ``address:amount`` lines, and their digest as it stands in a snapshot."""
    lines = sorted(f"{scenario.person(i)[0]}:{amount}\n" for i, amount in enumerate(scenario.amounts))
    text = "".join(lines).encode()
    return text, sha256(text).hexdigest()


def _freezes(scenario: Scenario, chain: BeaconChain, frozen: freeze.FrozenList) -> tuple[Freeze, ...]:
    messages: list[Freeze] = []
    for number, delay in enumerate(scenario.sent_after):
        at = scenario.closed_at + timedelta(seconds=2, minutes=2 * number)
        messages.append(
            Freeze(
                channel_id=CHANNEL_ID,
                message_id=snowflake(at + delay, number),
                at=at,
                round=None if scenario.trust == "off" else freeze.round_for(at, chain.genesis, chain.period),
                digest=frozen.digest,
                entries=len(frozen.entrants),
                tickets=frozen.tickets,
            )
        )
    return tuple(messages)


def _beacon(message: Freeze, signer: Signer) -> Beacon:
    assert message.round is not None
    signature = signer.sign(message.round)
    return Beacon(signer.chain.hash, message.round, signature.hex(), sha256(signature).hexdigest())


def _trust(scenario: Scenario, last: Freeze) -> OperatorTrusted:
    if scenario.trust == "given up":
        assert last.round is not None
        return Abandoned(last.at + timedelta(hours=25), last.round)
    return "off" if scenario.trust == "off" else None


def _stranger(scenario: Scenario, number: int) -> str:
    return draw.token(scenario.id, str(400000000000000000 + number), scenario.secret(f"out {number}").hex()[:32])


def _results(scenario: Scenario, ranking: Sequence[str], people: dict[str, tuple[str, str]]) -> tuple[Result, ...]:
    drawn_at = scenario.closed_at + timedelta(minutes=2 * len(scenario.sent_after) - 1, seconds=8)
    passed = {ranking[rank - 1] for rank in scenario.passed}
    rows: list[Result] = []
    for place in reach(ranking, scenario.winners, passed):
        won = place.outcome is Outcome.WON
        reason = None if won else scenario.passed[place.rank]
        at = drawn_at + timedelta(hours=0 if won and place.rank <= scenario.winners else 72)
        rows.append(Result(place.rank, place.token, *people[place.token], place.outcome, reason, at))
    return tuple(rows)
