"""Read a bundle strictly: every field of the documented type, nothing unknown, nothing missing."""

import json
import re
from typing import TypeVar

from bot.shape import MAX_INTEGER, Misshapen, Node, abridged, is_array, is_object
from cogs.polls.rules.ballots import (
    MAX_OPTIONS,
    MAX_RATING,
    MIN_OPTIONS,
    Ballot,
    Choices,
    Kind,
    Quorum,
    Rule,
    Secrecy,
)
from cogs.polls.rules.bundle import FORMAT, Bundle, Poll, encode
from cogs.polls.rules.count import Ratings, Tally, Turnout
from cogs.polls.rules.receipts import RECEIPT_ALPHABET, RECEIPT_DIGITS
from cogs.polls.rules.runoff import Round

_FIELDS = (
    "format",
    "poll",
    "options",
    "rule",
    "ballots",
    "counts",
    "rounds",
    "winners",
    "condorcet",
    "schulze",
    "ties",
    "turnout",
    "passed",
)
_RECEIPT = re.compile(f"[{RECEIPT_ALPHABET}]{{{RECEIPT_DIGITS}}}")
_PERCENT = re.compile("(?:[1-9][0-9]?|100)%")

_Named = TypeVar("_Named", Kind, Secrecy)


def erased(data: bytes, voter: str) -> bytes:
    """Return a bundle's bytes with a voter erased; for the worker process, since there may be many ballots."""
    return encode(parse(json.loads(data)).without({voter}))


def parse(document: object) -> Bundle:
    """Return the bundle a parsed JSON *document* holds; raises :class:`bot.shape.Misshapen`.

    Ballots and totals need not fit the rule or each other; that is for ``check``. But all indices are of options.
    """
    fields = Node(document, "the bundle").fields(_FIELDS)
    fields = {name: Node(node.value, name) for name, node in fields.items()}
    if fields["format"].value != FORMAT:
        raise fields["format"].wrong(FORMAT)
    options = tuple(node.text() for node in fields["options"].items())
    if not MIN_OPTIONS <= len(options) <= MAX_OPTIONS:
        raise Misshapen(f"options must be {MIN_OPTIONS} to {MAX_OPTIONS}, not {len(options)}")
    rule = _rule(fields["rule"])
    return Bundle(
        poll=_poll(fields["poll"]),
        options=options,
        rule=rule,
        ballots=_ballots(fields["ballots"], named=rule.secrecy is Secrecy.OPEN),
        tally=_tally(fields, rule.kind, len(options)),
    )


def _poll(node: Node) -> Poll:
    fields = node.fields(("id", "number", "guild_id", "question", "opened_at", "closed_at"))
    return Poll(
        id=fields["id"].hex_digits(32),
        number=fields["number"].integer(1),
        guild_id=fields["guild_id"].snowflake(),
        question=fields["question"].text(),
        opened_at=fields["opened_at"].time(),
        closed_at=fields["closed_at"].time(),
    )


def _rule(node: Node) -> Rule:
    fields = node.fields(("kind", "secrecy", "max_choices", "weights", "quorum", "threshold"))
    max_choices, threshold = fields["max_choices"], fields["threshold"]
    return Rule(
        kind=_named(fields["kind"], Kind),
        secrecy=_named(fields["secrecy"], Secrecy),
        max_choices=None if max_choices.value is None else max_choices.integer(1, MAX_OPTIONS),
        weights=_boolean(fields["weights"]),
        quorum=_quorum(fields["quorum"]),
        threshold=None if threshold.value is None else threshold.integer(1, 100),
    )


def _named(node: Node, names: type[_Named]) -> _Named:
    return names(node.matching(re.compile("|".join(names)), f"one of {', '.join(names)}"))


def _boolean(node: Node) -> bool:
    if not isinstance(node.value, bool):
        raise node.wrong("true or false")
    return node.value


def _quorum(node: Node) -> Quorum | None:
    if node.value is None:
        return None
    if isinstance(node.value, str):
        percent = node.matching(_PERCENT, 'null, a whole number, or a text from "1%" to "100%"')
        return Quorum(int(percent.removesuffix("%")), percent=True)
    return Quorum(node.integer(1))


def _ballots(node: Node, *, named: bool) -> tuple[Ballot, ...]:
    """Read the ballots without a `Node` for each, unless something is wrong; there may be a hundred thousand."""
    fields = ("receipt", "choices", "weight", "voter") if named else ("receipt", "choices", "weight")
    expected = frozenset(fields)
    ballots: list[Ballot] = []
    for index, found in enumerate(node.array()):
        place = f"{node.place}[{index}]"
        if not is_object(found) or found.keys() != expected:
            Node(found, place).fields(fields)
            raise Misshapen(f"{place} cannot be read")
        receipt, voter = found["receipt"], found.get("voter")
        if receipt is not None and not (isinstance(receipt, str) and _RECEIPT.fullmatch(receipt)):
            raise Node(receipt, f"{place}.receipt").wrong("a receipt (8 characters of Crockford's base 32) or null")
        ballots.append(
            Ballot(
                receipt=receipt,
                choices=_choices(found["choices"], place),
                weight=_whole(found["weight"], place, "weight"),
                voter=None if voter is None else Node(voter, f"{place}.voter").snowflake(),
            )
        )
    return tuple(ballots)


def _choices(found: object, place: str) -> Choices:
    if not is_array(found):
        raise Node(found, f"{place}.choices").wrong("an array")
    return tuple(None if choice is None else _whole(choice, place, "choices") for choice in found)


def _whole(found: object, place: str, field: str) -> int:
    """Read a whole number of either sign; whether it is one that may be there is left to the check that says so."""
    if type(found) is not int or abs(found) > MAX_INTEGER:
        raise Misshapen(f"{place}.{field} must hold whole numbers, not {abridged(found)}")
    return found


def _tally(fields: dict[str, Node], kind: Kind, options: int) -> Tally:
    counts = fields["counts"]
    return Tally(
        counts=() if kind is Kind.RATING else tuple(node.integer(0) for node in _each(counts, options)),
        ratings=tuple(_ratings(node) for node in _each(counts, options)) if kind is Kind.RATING else (),
        rounds=tuple(_round(node, options) for node in fields["rounds"].items()),
        winners=_winners(fields["winners"], options),
        condorcet=_index_or_null(fields["condorcet"], options),
        schulze=_index_or_null(fields["schulze"], options),
        ties=tuple(tuple(_index(one, options) for one in node.items()) for node in fields["ties"].items()),
        turnout=_turnout(fields["turnout"]),
        passed=None if fields["passed"].value is None else _boolean(fields["passed"]),
    )


def _each(node: Node, number: int) -> list[Node]:
    items = node.items()
    if len(items) != number:
        raise Misshapen(f"{node.place} must have {number} entries, not {len(items)}")
    return items


def _ratings(node: Node) -> Ratings:
    return tuple(weight.integer(0) for weight in _each(node, MAX_RATING))


def _round(node: Node, options: int) -> Round:
    fields = node.fields(("counts", "exhausted", "eliminated"))
    return Round(
        counts=tuple(None if one.value is None else one.integer(0) for one in _each(fields["counts"], options)),
        exhausted=fields["exhausted"].integer(0),
        eliminated=_index_or_null(fields["eliminated"], options),
    )


def _winners(node: Node, options: int) -> tuple[int, ...]:
    winners = tuple(_index(one, options) for one in node.items())
    if len(winners) > 1:
        raise Misshapen(f"{node.place} must have one entry or none, not {len(winners)}")
    return winners


def _index(node: Node, options: int) -> int:
    return node.integer(0, options - 1)


def _index_or_null(node: Node, options: int) -> int | None:
    return None if node.value is None else _index(node, options)


def _turnout(node: Node) -> Turnout:
    fields = node.fields(("ballots", "blank", "exhausted", "weight", "eligible"))
    eligible = fields["eligible"]
    return Turnout(
        ballots=fields["ballots"].integer(0),
        blank=fields["blank"].integer(0),
        exhausted=fields["exhausted"].integer(0),
        weight=fields["weight"].integer(0),
        eligible=None if eligible.value is None else eligible.integer(0),
    )
