"""Recompute a bundle: every step that must hold for the draw to be the one that was announced.

The steps, and what they prove and do not prove, are written down in ``docs/verify.md``.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from bot.beacon import BeaconChain, InvalidBeacon, verify_signature
from bot.shape import time_text
from cogs.giveaways.rules import draw, freeze
from cogs.giveaways.rules.bundle import Abandoned, Bundle
from cogs.giveaways.rules.draw import Outcome

Verifier = Callable[[BeaconChain, int, bytes], bytes]


class Check(StrEnum):
    """The steps, in order."""

    SHAPE = "shape"
    LIST = "list"
    LEFT_OUT = "left out"
    DIGEST = "digest"
    COMMITMENT = "commitment"
    FREEZES = "freezes"
    ROUNDS = "rounds"
    TIMING = "timing"
    TRUST = "trust"
    BEACON = "beacon"
    RANKING = "ranking"
    RESULTS = "results"
    PEOPLE = "people"
    COMPARED = "compared"


@dataclass(frozen=True, slots=True)
class Step:
    """One step's verdict; *text* says in English what was found, or what is wrong."""

    check: Check
    passed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What to hold a bundle against.

    *chain* is the only beacon accepted. *commitment*, *digest* and *round* were copied from the public messages; None
    is not compared.
    """

    chain: BeaconChain
    allow_operator_trusted: bool = False
    commitment: str | None = None
    digest: str | None = None
    round: int | None = None

    @property
    def compares(self) -> bool:
        """Whether any public value was given."""
        return (self.commitment, self.digest, self.round) != (None, None, None)


class _Refused(Exception):
    """A step does not hold; the message says why."""


def check(bundle: Bundle, policy: Policy, verify: Verifier = verify_signature) -> list[Step]:
    """Return all steps after `Check.SHAPE`, which `parse` has taken; the bundle holds if every one passed.

    Takes the time of ranking the entrants, and most of a second for the beacon's signature.
    """
    case = _Case(bundle, policy, verify)
    steps: list[Step] = []
    for name, step in _STEPS:
        if name is Check.COMPARED and not policy.compares:
            continue
        try:
            steps.append(Step(name, passed=True, text=step(case)))
        except _Refused as refused:
            steps.append(Step(name, passed=False, text=str(refused)))
    return steps


class _Case:
    """A bundle under examination, with what several steps recompute."""

    def __init__(self, bundle: Bundle, policy: Policy, verify: Verifier) -> None:
        self.bundle = bundle
        self.policy = policy
        self.verify = verify

    @cached_property
    def digest(self) -> str:
        return draw.entrants_digest(self.bundle.entrants)

    @cached_property
    def ranking(self) -> list[str]:
        """The ranking from seed, list and signature alone, whatever else the bundle claims."""
        bundle, beacon = self.bundle, self.bundle.beacon
        key = draw.draw_key(
            bundle.giveaway.id,
            bytes.fromhex(bundle.seed),
            self.digest,
            None if beacon is None else beacon.round,
            None if beacon is None else hashlib.sha256(bytes.fromhex(beacon.signature)).digest(),
        )
        try:
            return draw.rank(key, bundle.entrants)
        except ValueError as error:
            raise _Refused(f"nothing can be ranked: {error}") from None


def _list(case: _Case) -> str:
    entrants = case.bundle.entrants
    if fault := draw.list_fault(entrants):
        raise _Refused(fault)
    tickets = sum(weight for _, weight in entrants)
    return f"{_count(len(entrants), 'entrant')} with {_count(tickets, 'ticket')}, sorted, nobody twice"


def _left_out(case: _Case) -> str:
    listed = {name for name, _ in case.bundle.entrants}
    excluded = [name for name, _ in case.bundle.excluded]
    unchecked = case.bundle.unchecked
    if twice := _repeated(excluded):
        raise _Refused(f"{twice} is excluded twice")
    if twice := _repeated(unchecked):
        raise _Refused(f"{twice} is marked as unchecked twice")
    for name in excluded:
        if name in listed:
            raise _Refused(f"{name} is excluded, yet on the list")
    for name in unchecked:
        if name not in listed:
            raise _Refused(f"{name} is marked as unchecked, and not on the list")
    return f"{len(excluded)} excluded at closing, none of them on the list; {len(unchecked)} could not be rechecked"


def _digest(case: _Case) -> str:
    if case.digest != case.bundle.entrants_digest:
        raise _Refused(f"SHA-256 of the list is {case.digest}, not entrants_digest {case.bundle.entrants_digest}")
    return f"SHA-256 of the list is entrants_digest {case.digest}"


def _commitment(case: _Case) -> str:
    computed = draw.commitment(bytes.fromhex(case.bundle.seed))
    if computed != case.bundle.commitment:
        raise _Refused(f"SHA-256 of the seed is {computed}, not the commitment {case.bundle.commitment}")
    return f"SHA-256 of the seed is the commitment {computed}"


def _freezes(case: _Case) -> str:
    bundle = case.bundle
    if not bundle.freezes:
        raise _Refused("there is no freeze message")
    entries, tickets = len(bundle.entrants), sum(weight for _, weight in bundle.entrants)
    for number, message in enumerate(bundle.freezes, 1):
        if message.digest != case.digest:
            raise _Refused(f"freeze message {number} has the digest {message.digest}, the list {case.digest}")
        if (message.entries, message.tickets) != (entries, tickets):
            raise _Refused(
                f"freeze message {number} says {message.entries} entries and {message.tickets} tickets, "
                f"the list has {entries} and {tickets}"
            )
    for before, after in pairwise(bundle.freezes):
        if int(after.message_id) <= int(before.message_id):
            raise _Refused(f"freeze message {after.message_id} is not later than {before.message_id} before it")
    return f"{_count(len(bundle.freezes), 'freeze message')} with this list"


def _rounds(case: _Case) -> str:
    bundle, chain = case.bundle, case.policy.chain
    if bundle.operator_trusted == "off":
        if any(message.round is not None for message in bundle.freezes):
            raise _Refused("a freeze message names a round, and the draw says it had no beacon from the start")
        return "no round: the draw had no beacon from the start"
    for message in bundle.freezes:
        expected = freeze.round_for(message.at, chain.genesis, chain.period)
        if message.round != expected:
            raise _Refused(f"the freeze at {time_text(message.at)} leads to round {expected}, not {message.round}")
    for before, after in pairwise(bundle.freezes):
        if before.round is not None and after.round is not None and after.round <= before.round:
            raise _Refused(f"round {after.round} is not later than round {before.round} of the freeze before it")
    return f"round {', '.join(str(message.round) for message in bundle.freezes)} follows from the freeze time"


def _timing(case: _Case) -> str:
    bundle, chain = case.bundle, case.policy.chain
    if not bundle.freezes:
        raise _Refused("there is no freeze message that counts")
    *earlier, last = bundle.freezes
    for message in earlier:
        if freeze.freeze_counts(int(message.message_id), message.round, chain.genesis, chain.period):
            raise _Refused(f"freeze message {message.message_id} counted already, another must not follow")
    if last.round is None:
        return "the freeze message counts at any time, there was no round to wait for"
    lead = freeze.lead_ms(int(last.message_id), last.round, chain.genesis, chain.period) / 1000
    if not freeze.freeze_counts(int(last.message_id), last.round, chain.genesis, chain.period):
        raise _Refused(
            f"the last freeze message stood {_seconds(lead)} s before round {last.round}, "
            f"less than {freeze.MARGIN_SECONDS} s: it does not count"
        )
    late = f"; {_count(len(earlier), 'earlier one')} too late to count" if earlier else ""
    return f"the last freeze message stood {_seconds(lead)} s before round {last.round}{late}"


def _trust(case: _Case) -> str:
    bundle = case.bundle
    if bundle.operator_trusted is None:
        if bundle.beacon is None:
            raise _Refused("there is no beacon, and the draw is not labelled operator-trusted")
        return "a public beacon took part, whose round nobody knew at the freeze"
    if bundle.beacon is not None:
        raise _Refused("the draw is labelled operator-trusted, and has a beacon")
    how = "without a beacon from the start"
    if isinstance(bundle.operator_trusted, Abandoned):
        _check_abandoned(bundle, bundle.operator_trusted)
        how = f"given up waiting for round {bundle.operator_trusted.round} at {time_text(bundle.operator_trusted.at)}"
    if not case.policy.allow_operator_trusted:
        raise _Refused(
            f"operator-trusted ({how}): whoever ran the bot could know the outcome before fixing the list; "
            "--allow-operator-trusted accepts that"
        )
    return f"operator-trusted ({how}), which was allowed: whoever ran the bot could know the outcome beforehand"


def _check_abandoned(bundle: Bundle, abandoned: Abandoned) -> None:
    if not bundle.freezes or abandoned.round != bundle.freezes[-1].round:
        raise _Refused(f"the abandoned round {abandoned.round} is not that of the last freeze message")
    if abandoned.at - bundle.freezes[-1].at < freeze.PATIENCE:
        raise _Refused(f"the beacon was given up at {time_text(abandoned.at)}, less than 24 h after the freeze")


def _beacon(case: _Case) -> str:
    bundle, beacon, chain = case.bundle, case.bundle.beacon, case.policy.chain
    if beacon is None:
        return "no beacon's signature to verify"
    if beacon.chain != chain.hash:
        raise _Refused(f"the beacon is of chain {beacon.chain}; only {chain.hash} is accepted")
    if not bundle.freezes or beacon.round != bundle.freezes[-1].round:
        raise _Refused(f"the beacon is of round {beacon.round}, not of the last freeze message's")
    try:
        randomness = case.verify(chain, beacon.round, bytes.fromhex(beacon.signature)).hex()
    except InvalidBeacon as error:
        raise _Refused(f"the beacon's signature is not valid: {error}") from None
    if randomness != beacon.randomness:
        raise _Refused(f"SHA-256 of the signature is {randomness}, not the randomness {beacon.randomness}")
    return f"chain {chain.hash} signed round {beacon.round}; its randomness is {randomness}"


def _ranking(case: _Case) -> str:
    ranking, claimed = case.ranking, case.bundle.ranking
    if claimed is None:
        return f"computed from seed, list and beacon (the bundle leaves it out); first is {ranking[0]}"
    if len(claimed) != len(ranking):
        raise _Refused(f"the ranking has {_count(len(claimed), 'place')}, the list {len(ranking)}")
    for place, (computed, given) in enumerate(zip(ranking, claimed, strict=True), 1):
        if computed != given:
            raise _Refused(f"place {place} belongs to {computed}, and the ranking gives it to {given}")
    return f"all {_count(len(ranking), 'place')} as computed from seed, list and beacon"


def _results(case: _Case) -> str:
    rows, ranking, places = case.bundle.results, case.ranking, case.bundle.giveaway.winners
    if len(rows) > len(ranking):
        raise _Refused(f"{len(rows)} places were reached, and there are {_count(len(ranking), 'entrant')}")
    for number, (row, name) in enumerate(zip(rows, ranking, strict=False), 1):
        if row.rank != number:
            raise _Refused(f"result {number} has rank {row.rank}")
        if row.token != name:
            raise _Refused(f"rank {number} belongs to {name}, and the results give it to {row.token}")
    passed = sum(row.outcome is Outcome.PASSED for row in rows)
    won, due = len(rows) - passed, min(places, len(ranking) - passed)
    if won != due:
        raise _Refused(
            f"{won} won, and {due} should have: {_count(places, 'place')}, "
            f"{_count(len(ranking), 'entrant')}, {passed} passed"
        )
    if len(rows) < len(ranking) and rows[-1].outcome is Outcome.PASSED:
        raise _Refused(f"rank {len(rows)} was passed over without having been reached")
    return f"the head of the ranking: {won} won, {passed} passed to the next"


def _people(case: _Case) -> str:
    bundle = case.bundle
    known = [(row.user_id, row.salt, row) for row in bundle.results if row.user_id is not None]
    for person, salt, row in known:
        computed = draw.token(bundle.giveaway.id, person or "", salt or "")
        if computed != row.token:
            raise _Refused(f"{person} with its salt has the token {computed}, not {row.token} of rank {row.rank}")
    if twice := _repeated([person for person, _, _ in known]):
        raise _Refused(f"{twice} reached two places")
    erased = len(bundle.results) - len(known)
    gone = f"; {erased} erased on request, which changes nothing about the draw" if erased else ""
    return f"{_count(len(known), 'person', 'people')} named, each with the token on the list{gone}"


def _compared(case: _Case) -> str:
    bundle, policy = case.bundle, case.policy
    last = bundle.freezes[-1].round if bundle.freezes else None
    pairs: Sequence[tuple[str, str | int | None, str | int | None]] = (
        ("commitment", policy.commitment, bundle.commitment),
        ("digest", policy.digest, bundle.entrants_digest),
        ("round", policy.round, last),
    )
    for name, given, found in pairs:
        if given is not None and given != found:
            raise _Refused(f"the {name} to compare with is {given}, the bundle's is {found or 'none'}")
    return f"{', '.join(name for name, given, _ in pairs if given is not None)}: as given"


_STEPS: tuple[tuple[Check, Callable[[_Case], str]], ...] = (
    (Check.LIST, _list),
    (Check.LEFT_OUT, _left_out),
    (Check.DIGEST, _digest),
    (Check.COMMITMENT, _commitment),
    (Check.FREEZES, _freezes),
    (Check.ROUNDS, _rounds),
    (Check.TIMING, _timing),
    (Check.TRUST, _trust),
    (Check.BEACON, _beacon),
    (Check.RANKING, _ranking),
    (Check.RESULTS, _results),
    (Check.PEOPLE, _people),
    (Check.COMPARED, _compared),
)


def _repeated(names: Iterable[str | None]) -> str | None:
    seen: set[str | None] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _seconds(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
