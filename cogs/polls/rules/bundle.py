"""The bundle: everything needed to recount a poll, as the file that is published with the result."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from bot.published import PART_BYTES, File, in_parts
from bot.shape import time_text
from cogs.polls.rules.ballots import SECRET_BALLOTS, Ballot, Kind, Quorum, Rule, Secrecy, choices_text
from cogs.polls.rules.count import Tally, Turnout, count
from cogs.polls.rules.runoff import Round

FORMAT = "ikuzo-poll/1"

BallotRow: TypeAlias = tuple[str | None, str, int, str | None]
"""A ballot that is quick to send to the worker process: receipt, `ballots.choices_text`, weight, voter."""


@dataclass(frozen=True, slots=True)
class Poll:
    """What was asked. *id* has 32 hex digits, *guild_id* is decimal."""

    id: str
    number: int
    guild_id: str
    question: str
    opened_at: datetime
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Bundle:
    """One poll, in the order of the file's fields; *ballots* are empty where only totals are published."""

    poll: Poll
    options: tuple[str, ...]
    rule: Rule
    ballots: tuple[Ballot, ...]
    tally: Tally

    @property
    def totals_only(self) -> bool:
        """Whether ballots were counted that a secret poll keeps to itself, since there are so few of them."""
        return self.rule.secrecy is Secrecy.SECRET and self.tally.turnout.ballots < SECRET_BALLOTS

    def without(self, voters: Collection[str]) -> "Bundle":
        """Return the bundle with these *voters* (user ids) erased; their ballots stay and count as before."""
        ballots = (replace(one, voter=None) if one.voter in voters else one for one in self.ballots)
        return replace(self, ballots=in_order(ballots))


def build(poll: Poll, options: Sequence[str], rule: Rule, ballots: Iterable[Ballot], tally: Tally) -> Bundle:
    """Return the bundle of a poll: its *ballots* in their order, or none where only totals are published.

    What a secret poll's ballots know of their voters goes neither into it nor into their order.
    """
    if rule.secrecy is Secrecy.SECRET:
        ballots = (one if one.voter is None else replace(one, voter=None) for one in ballots)
    bundle = Bundle(poll, tuple(options), rule, in_order(ballots), tally)
    return replace(bundle, ballots=()) if bundle.totals_only else bundle


@dataclass(frozen=True, slots=True)
class Closed:
    """A poll that was counted, and its bundle's bytes."""

    tally: Tally
    data: bytes


def close(poll: Poll, options: Sequence[str], rule: Rule, rows: Sequence[BallotRow], eligible: int | None) -> Closed:
    """Count a poll and write its bundle, all of it at once in the worker process (`bot.compute`).

    *rows* may stand in any order; *eligible* is how many may vote, None where that is not known.
    """
    decoded = json.loads(f"[{','.join(choices for _, choices, _, _ in rows)}]")
    ballots = [
        Ballot(receipt, tuple(choices), weight, voter)
        for (receipt, _, weight, voter), choices in zip(rows, decoded, strict=True)
    ]
    tally = count(poll.id, len(options), rule, ballots, eligible)
    return Closed(tally, encode(build(poll, options, rule, ballots, tally)))


def in_order(ballots: Iterable[Ballot]) -> tuple[Ballot, ...]:
    """Return *ballots* as they are published: by receipt; without receipts by choices as JSON text, then by weight.

    Ballots that are equal by that stand by voter, erased ones first: where somebody stood is not to be seen either.
    """
    return tuple(sorted(ballots, key=order_key))


def order_key(ballot: Ballot) -> tuple[str, str, int, int]:
    """Return by what ballots are sorted."""
    if ballot.receipt is not None:
        return ballot.receipt, "", 0, 0
    return "", choices_text(ballot.choices), ballot.weight, int(ballot.voter or 0)


def bundle_files(number: int, data: bytes, part_bytes: int = PART_BYTES) -> list[File]:
    """Return the attachments for a poll's bundle: ``poll-<number>.json``, in parts where it is large."""
    return in_parts(f"poll-{number}.json", data, part_bytes)


def encode(bundle: Bundle) -> bytes:
    """Return the bundle as compact JSON in UTF-8, fields in the documented order."""
    return json.dumps(_document(bundle), ensure_ascii=False, separators=(",", ":")).encode()


def _document(bundle: Bundle) -> dict[str, object]:
    tally, named = bundle.tally, bundle.rule.secrecy is Secrecy.OPEN
    return {
        "format": FORMAT,
        "poll": _poll(bundle.poll),
        "options": bundle.options,
        "rule": _rule(bundle.rule),
        "ballots": [_ballot(ballot, named=named) for ballot in bundle.ballots],
        "counts": tally.ratings if bundle.rule.kind is Kind.RATING else tally.counts,
        "rounds": [_round(round_) for round_ in tally.rounds],
        "winners": tally.winners,
        "condorcet": tally.condorcet,
        "schulze": tally.schulze,
        "ties": tally.ties,
        "turnout": _turnout(tally.turnout),
        "passed": tally.passed,
    }


def _poll(poll: Poll) -> dict[str, object]:
    return {
        "id": poll.id,
        "number": poll.number,
        "guild_id": poll.guild_id,
        "question": poll.question,
        "opened_at": time_text(poll.opened_at),
        "closed_at": time_text(poll.closed_at),
    }


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "kind": rule.kind.value,
        "secrecy": rule.secrecy.value,
        "max_choices": rule.max_choices,
        "weights": rule.weights,
        "quorum": None if rule.quorum is None else _quorum(rule.quorum),
        "threshold": rule.threshold,
    }


def _quorum(quorum: Quorum) -> object:
    return str(quorum) if quorum.percent else quorum.least


def _ballot(ballot: Ballot, *, named: bool) -> dict[str, object]:
    written: dict[str, object] = {
        "receipt": ballot.receipt,
        "choices": ballot.choices,
        "weight": ballot.weight,
    }
    return written | {"voter": ballot.voter} if named else written


def _round(round_: Round) -> dict[str, object]:
    return {"counts": round_.counts, "exhausted": round_.exhausted, "eliminated": round_.eliminated}


def _turnout(turnout: Turnout) -> dict[str, object]:
    return {
        "ballots": turnout.ballots,
        "blank": turnout.blank,
        "exhausted": turnout.exhausted,
        "weight": turnout.weight,
        "eligible": turnout.eligible,
    }
