"""Ways to falsify a poll's bundle, each of which every verifier must refuse: `ALL`.

A `Tamper` names the vector it starts from, what is done to it, and which check must refuse it with which words, also
where totals are accepted.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cogs.polls.rules.check import Check
from tests.vectors.changes import Change, Document, Tamper, both, drop, edit, off_by, put, swapped

_HERE = Path(__file__).parent
_PERSON = "300000000000000000"


def _of(check: Check, *tampers: tuple[str, str, Change, str]) -> tuple[Tamper, ...]:
    """Return tampers for one check from their names, vectors, changes and reasons."""
    return tuple(
        Tamper(name, vector, check, reason, change=change, folder=_HERE) for name, vector, change, reason in tampers
    )


def _where(test: Callable[[dict[str, Any]], bool], change: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    """Return the change of the first ballot of which *test* is true."""

    def changed(document: Document) -> Document:
        document = copy.deepcopy(document)
        index = next(index for index, ballot in enumerate(document["ballots"]) if test(ballot))
        document["ballots"][index] = change(document["ballots"][index])
        return document

    return changed


def _choices(before: list[int | None], after: list[int | None]) -> Change:
    return _where(lambda ballot: ballot["choices"] == before, lambda ballot: ballot | {"choices": after})


def _without(name: str) -> Change:
    return edit("ballots", by=lambda ballots: [{k: v for k, v in ballot.items() if k != name} for ballot in ballots])


def _first_again(ballots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [ballots[0], *ballots]


def _added(choices: list[int | None]) -> Change:
    """Return the change that stuffs a ballot in, at its place by receipt."""

    def change(ballots: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(
            [*ballots, {"receipt": "ZZZZZZZZ", "choices": choices, "weight": 1}], key=lambda one: one["receipt"]
        )

    return edit("ballots", by=change)


def _round(counts: list[int | None]) -> dict[str, Any]:
    return {"counts": counts, "exhausted": 0, "eliminated": None}


_FORM = _of(
    Check.SHAPE,
    ("unknown field", "single", put("note", value="fair"), "unknown field"),
    ("unknown field of poll", "single", put("poll", "note", value=1), "unknown field"),
    ("unknown field of rule", "single", put("rule", "note", value=1), "unknown field"),
    ("unknown field of a ballot", "single", put("ballots", 3, "note", value=1), "unknown field"),
    ("unknown field of a round", "ranked", put("rounds", 0, "note", value=1), "unknown field"),
    ("unknown field of turnout", "single", put("turnout", "note", value=1), "unknown field"),
    ("voter in a secret poll", "single", put("ballots", 0, "voter", value=None), "unknown field"),
    ("no voter in an open poll", "single-weights", _without("voter"), "lacks the field voter"),
    *((f"{name} missing", "ranked", drop(name), f"lacks the field {name}") for name in ("rounds", "schulze", "passed")),
    ("threshold missing", "single", drop("rule", "threshold"), "lacks the field threshold"),
    ("weight missing", "single", _without("weight"), "lacks the field weight"),
    ("receipt missing", "multiple", _without("receipt"), "lacks the field receipt"),
    ("eligible missing", "single", drop("turnout", "eligible"), "lacks the field eligible"),
    ("id in capitals", "single", edit("poll", "id", by=lambda _: "AB" * 16), "32 lower-case hex digits"),
    ("guild_id as a number", "single", edit("poll", "guild_id", by=int), "a Discord id"),
    ("number 0", "single", put("poll", "number", value=0), "a whole number"),
    ("question null", "single", put("poll", "question", value=None), "a string"),
    ("time with an offset", "single", put("poll", "closed_at", value="2026-03-08T12:00:00+00:00"), "a UTC time"),
    ("hour 24", "single", put("poll", "closed_at", value="2026-03-08T24:00:00Z"), "a UTC time"),
    ("one option", "single", put("options", value=["Yes"]), "2 to 25"),
    ("26 options", "ranked-all", edit("options", by=lambda texts: [*texts, "more"]), "2 to 25"),
    ("option as a number", "single", put("options", 0, value=1), "a string"),
    ("an option more", "single", edit("options", by=lambda texts: [*texts, "more"]), "must have 4 entries"),
    ("another kind", "single", put("rule", "kind", value="approval"), "one of single, multiple, ranked, rating"),
    ("kind with a line feed", "single", put("rule", "kind", value="single\n"), "one of"),
    ("another secrecy", "single", put("rule", "secrecy", value="hidden"), "one of secret, open"),
    ("max_choices 0", "multiple", put("rule", "max_choices", value=0), "a whole number from 1 to 25"),
    ("max_choices 26", "multiple", put("rule", "max_choices", value=26), "a whole number from 1 to 25"),
    ("weights as a number", "single", put("rule", "weights", value=0), "true or false"),
    ("quorum 0", "single", put("rule", "quorum", value=0), "a whole number"),
    ("quorum as true", "single", put("rule", "quorum", value=True), "a whole number"),
    ("quorum of 0 percent", "multiple", put("rule", "quorum", value="0%"), '"1%" to "100%"'),
    ("quorum of 101 percent", "multiple", put("rule", "quorum", value="101%"), '"1%" to "100%"'),
    ("quorum padded", "multiple", put("rule", "quorum", value="010%"), '"1%" to "100%"'),
    ("quorum without a sign", "multiple", put("rule", "quorum", value="10"), '"1%" to "100%"'),
    ("threshold 0", "single", put("rule", "threshold", value=0), "a whole number from 1 to 100"),
    ("threshold 101", "single", put("rule", "threshold", value=101), "a whole number from 1 to 100"),
    ("threshold with a fraction", "single", put("rule", "threshold", value=50.5), "a whole number from 1 to 100"),
    ("ballots as an object", "single", put("ballots", value={}), "an array"),
    ("ballot as an array", "single", put("ballots", 0, value=[[0], 1]), "an object"),
    ("receipt in small letters", "single", put("ballots", 0, "receipt", value="0123456z"), "Crockford"),
    ("receipt with a U", "single", put("ballots", 0, "receipt", value="0123456U"), "Crockford"),
    ("receipt with an O", "single", put("ballots", 0, "receipt", value="O1234567"), "Crockford"),
    ("receipt of 7", "single", put("ballots", 0, "receipt", value="0123456"), "Crockford"),
    ("receipt of 9", "single", put("ballots", 0, "receipt", value="012345678"), "Crockford"),
    ("receipt with a line feed", "single", put("ballots", 0, "receipt", value="01234567\n"), "Crockford"),
    ("receipt as a number", "single", put("ballots", 0, "receipt", value=12345678), "Crockford"),
    ("choices as a number", "single", put("ballots", 0, "choices", value=1), "an array"),
    ("choices null", "single", put("ballots", 0, "choices", value=None), "an array"),
    ("choice in a string", "single", put("ballots", 0, "choices", value=["1"]), "whole numbers"),
    ("choice is true", "single", put("ballots", 0, "choices", value=[True]), "whole numbers"),
    ("choice with a fraction", "single", put("ballots", 0, "choices", value=[1.5]), "whole numbers"),
    ("choice within a choice", "ranked", put("ballots", 0, "choices", value=[[0], 1]), "whole numbers"),
    ("weight null", "single", put("ballots", 0, "weight", value=None), "whole numbers"),
    ("weight with a fraction", "single", put("ballots", 0, "weight", value=1.5), "whole numbers"),
    ("weight beyond exact numbers", "single-weights", put("ballots", 0, "weight", value=2**53), "whole numbers"),
    ("voter as a number", "single-weights", put("ballots", 0, "voter", value=300000000000000000), "a Discord id"),
    ("voter in words", "single-weights", put("ballots", 0, "voter", value="erased"), "a Discord id"),
    ("counts of too few options", "single", drop("counts", -1), "must have 3 entries"),
    ("counts with null", "single", put("counts", 0, value=None), "a whole number"),
    ("counts below 0", "single", put("counts", 0, value=-1), "a whole number"),
    ("counts of six ratings", "rating", edit("counts", 0, by=lambda row: [*row, 0]), "must have 5 entries"),
    ("counts of ratings as a mean", "rating", put("counts", 0, value=3), "an array"),
    ("counts of a single poll as ratings", "single", put("counts", 0, value=[0, 0, 0, 0, 2]), "a whole number"),
    ("round without an option", "ranked", drop("rounds", 0, "counts", 0), "must have 4 entries"),
    ("eliminated out of range", "ranked", put("rounds", 0, "eliminated", value=4), "a whole number from 0 to 3"),
    ("two winners", "single-tie", put("winners", value=[0, 2]), "one entry or none"),
    ("winner out of range", "single", put("winners", value=[3]), "a whole number from 0 to 2"),
    ("winners null", "single-blank", put("winners", value=None), "an array"),
    ("condorcet out of range", "ranked", put("condorcet", value=4), "a whole number from 0 to 3"),
    ("schulze in a string", "ranked", put("schulze", value="2"), "a whole number from 0 to 3"),
    ("tie as a number", "single-tie", put("ties", value=[0, 2, 3]), "an array"),
    ("tie out of range", "single-tie", put("ties", 0, 2, value=9), "a whole number from 0 to 4"),
    ("turnout below 0", "single", put("turnout", "blank", value=-1), "a whole number"),
    ("exhausted null", "single", put("turnout", "exhausted", value=None), "a whole number"),
    ("passed in a string", "single", put("passed", value="yes"), "true or false"),
    ("passed as a number", "single", put("passed", value=1), "true or false"),
)
_RULES = _of(
    Check.RULE,
    ("max_choices of a single poll", "single", put("rule", "max_choices", value=1), "does not have"),
    ("max_choices of a ranked poll", "ranked", put("rule", "max_choices", value=4), "does not have"),
    ("weights in a secret poll", "single", put("rule", "weights", value=True), "secret poll has weights"),
    ("options the same", "single", edit("options", by=lambda texts: [texts[0], texts[0], texts[2]]), "are the same"),
    ("closed before it opened", "single", put("poll", "opened_at", value="2026-03-08T12:00:01Z"), "before it opened"),
)
_PUBLISHED = _of(
    Check.RECOUNTABLE,
    ("ballots kept back", "single", put("ballots", value=[]), "none is there"),
    ("only four of ten", "single", edit("ballots", by=lambda ballots: ballots[:4]), "must only publish totals"),
    # The fields of ballots differ between open and secret polls.
    (
        "all four of a secret poll",
        "single-exact",
        both(put("rule", "secrecy", value="secret"), _without("voter")),
        "must only publish totals",
    ),
)
_BALLOTS = _of(
    Check.BALLOTS,
    ("option that is not there", "single", _choices([1], [3]), "an option that is not there"),
    ("option below 0", "single", _choices([1], [-1]), "an option that is not there"),
    ("choice null", "single", _choices([1], [None]), "an option that is not there"),
    ("two choices of one", "single", _choices([1], [0, 1]), "more options than allowed"),
    ("three choices of two", "multiple", _choices([0, 1], [0, 1, 2]), "more options than allowed"),
    ("option approved twice", "multiple", _choices([0, 1], [1, 1]), "twice"),
    ("approvals out of order", "multiple", _choices([0, 1], [1, 0]), "ascending order"),
    ("option ranked twice", "ranked", _choices([0, 1], [0, 0]), "twice"),
    ("ranked option that is not there", "ranked", _choices([0, 1], [0, 4]), "an option that is not there"),
    ("rating missing", "rating", _choices([3, 5, None, None], [3, 5, None]), "for each option"),
    ("rating too many", "rating", _choices([3, 5, None, None], [3, 5, None, None, None]), "for each option"),
    ("rating 0", "rating", _choices([3, 5, None, None], [3, 5, 0, None]), "from 1 to 5"),
    ("rating 6", "rating", _choices([3, 5, None, None], [3, 6, None, None]), "from 1 to 5"),
    ("rating nothing", "rating", _choices([], [None] * 4), "a blank ballot is []"),
    ("weight 0", "single-weights", put("ballots", 0, "weight", value=0), "not from 1 to 100"),
    ("weight 101", "single-weights", put("ballots", 0, "weight", value=101), "not from 1 to 100"),
    ("weight -1", "single-weights", put("ballots", 0, "weight", value=-1), "not from 1 to 100"),
    ("weight in a poll without", "single", put("ballots", 0, "weight", value=2), "the poll has no weights"),
    ("weights switched off", "single-weights", put("rule", "weights", value=False), "the poll has no weights"),
)
_ORDER = _of(
    Check.ORDER,
    ("ballots exchanged", "single", edit("ballots", by=swapped), "belongs before"),
    ("ballots without receipts exchanged", "multiple", edit("ballots", by=lambda rows: rows[::-1]), "belongs before"),
    (
        "choices sorted as numbers",
        "single-no-receipts",
        edit("ballots", by=lambda rows: sorted(rows, key=lambda row: (row["choices"], row["weight"]))),
        "belongs before",
    ),
    (
        "weights sorted as text",
        "single-no-receipts",
        edit("ballots", by=lambda rows: sorted(rows, key=lambda row: (str(row["choices"]), str(row["weight"])))),
        "belongs before",
    ),
    ("receipt twice", "single", edit("ballots", by=_first_again), "two ballots have the receipt"),
    ("one receipt kept back", "single", put("ballots", 0, "receipt", value=None), "ballots have a receipt"),
    ("one receipt among none", "multiple", put("ballots", 8, "receipt", value="ZZZZZZZZ"), "ballots have a receipt"),
    (
        "voter twice",
        "single-weights",
        both(put("ballots", 0, "voter", value=_PERSON), put("ballots", 4, "voter", value=_PERSON)),
        "voted twice",
    ),
)
_COUNTS = _of(
    Check.COUNTS,
    ("a vote more", "single", edit("counts", 0, by=off_by(1)), "option 0 has 2"),
    ("ballot stuffed", "single", _added([0]), "option 0 has 3"),
    ("choice changed", "single", _choices([1], [0]), "option 0 has 3"),
    ("ballot dropped", "single", drop("ballots", 0), "and counts says"),
    ("weights ignored", "single-weights", put("counts", value=[4, 3, 1, 1]), "option 1 has 7"),
    ("an approval more", "multiple", edit("counts", 2, by=off_by(1)), "option 2 has 1"),
    ("ratings moved", "rating", put("counts", 0, value=[0, 0, 4, 1, 0]), "option 0 has"),
    ("all preferences counted", "ranked", put("counts", value=[12, 14, 12, 8]), "option 0 has 7"),
    ("totals beyond the ballots", "single-few", put("counts", value=[2, 2]), "cannot add up"),
    ("totals below the ballots", "single-few", put("counts", value=[0, 2]), "cannot add up"),
    ("more for an option than voted", "multiple-few", put("counts", value=[0, 2, 3, 0]), "more than all"),
    ("more approvals than allowed", "multiple-few", put("rule", "max_choices", value=2), "cannot add up"),
    ("more ratings than ballots", "rating-few", put("counts", 0, value=[0, 0, 0, 2, 2]), "more than all"),
    ("more blank than there are", "single-few", put("turnout", "blank", value=5), "more ballots are blank"),
)
_ROUNDS = _of(
    Check.ROUNDS,
    ("round left out", "ranked", drop("rounds", 0), "3 rounds, and the bundle has 2"),
    ("no rounds", "ranked", put("rounds", value=[]), "3 rounds, and the bundle has 0"),
    ("round added", "ranked", edit("rounds", by=lambda rows: [*rows, rows[-1]]), "3 rounds, and the bundle has 4"),
    ("rounds of a single poll", "single", put("rounds", value=[_round([2, 5, 3])]), "0 rounds"),
    ("transfer changed", "ranked", put("rounds", 1, "counts", value=[8, 6, 6, None]), "round 2 has the counts"),
    ("zero for null", "ranked", put("rounds", 1, "counts", 3, value=0), "round 2 has the counts"),
    ("exhausted changed", "ranked", edit("rounds", 2, "exhausted", by=off_by(1)), "exhausted"),
    ("another eliminated", "ranked-two", put("rounds", 0, "eliminated", value=1), "after round 1 option 0 goes out"),
    (
        "tie for elimination not by the hash",
        "ranked-unchosen",
        put("rounds", 0, "eliminated", value=2),
        "after round 1",
    ),
    ("eliminated after the last", "ranked", put("rounds", 2, "eliminated", value=0), "after round 3"),
    ("another id", "ranked-two", put("poll", "id", value="0" * 32), "goes out"),
    ("totals: no rounds", "ranked-few", put("rounds", value=[]), "no round"),
    ("totals: another first round", "ranked-few", put("rounds", 0, "counts", value=[1, 1, 1, 1]), "first round"),
    ("totals: exhausted at first", "ranked-few", put("rounds", 0, "exhausted", value=1), "first round"),
    ("totals: still in", "ranked-few", put("rounds", 1, "counts", 1, value=0), "must be out"),
    ("totals: lost ballots", "ranked-few", put("rounds", 1, "counts", value=[2, None, 1, 1]), "lost ballots"),
    ("totals: ballot vanished", "ranked-few", put("rounds", 2, "counts", 2, value=2), "are not blank"),
    ("totals: another eliminated", "ranked-few", put("rounds", 1, "eliminated", value=3), "must be out"),
    ("totals: broken off", "ranked-few", drop("rounds", 2), "must end with the round that decides"),
    ("totals: exhausted counts again", "ranked-few", put("rounds", 1, "exhausted", value=1), "count again"),
    (
        "totals: goes on after it is decided",
        "ranked-few",
        both(
            put("rounds", 2, "eliminated", value=3),
            edit("rounds", by=lambda rows: [*rows, _round([None, None, 3, None]) | {"exhausted": 1}]),
        ),
        "after round 3 none goes out",
    ),
    ("totals: rounds of nothing", "ranked-few-blank", put("rounds", value=[_round([0] * 4)]), "nothing for them"),
)
_PAIRS = _of(
    Check.PAIRS,
    ("Condorcet winner kept back", "ranked-differs", put("condorcet", value=None), "the Condorcet winner is option 0"),
    ("run-off winner as Condorcet's", "ranked-differs", put("condorcet", value=1), "the Condorcet winner is option 0"),
    ("Condorcet winner of a cycle", "ranked-cycle", put("condorcet", value=2), "the Condorcet winner is none"),
    ("no Schulze winner", "ranked-cycle", put("schulze", value=None), "the Schulze winner is option 2"),
    ("run-off winner as Schulze's", "ranked-cycle", put("schulze", value=1), "the Schulze winner is option 2"),
    ("Schulze tie not by the hash", "ranked-level", put("schulze", value=0), "the Schulze winner is option 2"),
    ("Schulze winner only without Condorcet's", "ranked", put("schulze", value=None), "the Schulze winner is option 1"),
    ("Schulze winner of a single poll", "single", put("schulze", value=1), "the Schulze winner is none"),
    ("totals: no Schulze winner", "ranked-few", put("schulze", value=None), "always a Schulze winner"),
    ("totals: two of a mind", "ranked-few", put("condorcet", value=0), "always the Schulze winner too"),
    ("totals: pairs of nothing", "ranked-few-blank", put("schulze", value=0), "nothing to compare"),
)
_WINNERS = _of(
    Check.WINNERS,
    ("another winner", "single", put("winners", value=[0]), "the winner is option 1"),
    ("no winner", "single", put("winners", value=[]), "the winner is option 1"),
    ("winner of nothing", "single-blank", put("winners", value=[0]), "the winner is none"),
    ("tie not by the hash", "single-tie", put("winners", value=[3]), "the winner is option 0"),
    ("by number of ballots", "single-weights", put("winners", value=[0]), "the winner is option 2"),
    ("tied approvals not by the hash", "multiple-tie", put("winners", value=[0]), "the winner is option 3"),
    ("mean alone", "rating", put("winners", value=[0]), "the winner is option 1"),
    ("1s before 5s", "rating-fives", put("winners", value=[0]), "the winner is option 1"),
    ("4s overlooked", "rating-fours", put("winners", value=[1]), "the winner is option 0"),
    ("tied ratings not by the hash", "rating-tie", put("winners", value=[1]), "the winner is option 0"),
    ("most first preferences", "ranked", put("winners", value=[0]), "the winner is option 2"),
    ("Condorcet winner for the run-off's", "ranked-differs", put("winners", value=[0]), "the winner is option 1"),
    ("last tie not by the hash", "ranked-two", put("winners", value=[0]), "the winner is option 1"),
    ("totals: another winner", "single-few", put("winners", value=[0]), "the winner is option 1"),
    ("totals: no winner", "multiple-few", put("winners", value=[]), "the winner is option 2"),
    ("totals: tie not by the hash", "multiple-few", put("winners", value=[1]), "the winner is option 2"),
    ("totals: another rated winner", "rating-few", put("winners", value=[0]), "the winner is option 3"),
    ("totals: another run-off winner", "ranked-few", put("winners", value=[3]), "the winner is option 2"),
    ("totals: winner of nothing", "ranked-few-blank", put("winners", value=[0]), "the winner is none"),
)
_TIES = _of(
    Check.TIES,
    ("tie kept back", "single-tie", put("ties", value=[]), "the ties are options 0, 2, 3, not none"),
    ("tie made up", "single", put("ties", value=[[1, 2]]), "the ties are none, not options 1, 2"),
    ("tie out of order", "single-tie", put("ties", value=[[3, 2, 0]]), "not options 3, 2, 0"),
    ("tie of mean alone", "rating", put("ties", value=[[0, 1]]), "the ties are none"),
    ("tie resolved before kept back", "ranked-earlier", edit("ties", by=lambda ties: ties[:1]), "options 3, 4"),
    ("only those of a tie that the hash decided", "ranked-partly", put("ties", value=[[3, 5]]), "options 3, 4, 5"),
    ("ties exchanged", "ranked-many", edit("ties", by=swapped), "options 0, 5, 6"),
    ("Schulze tie kept back", "ranked-level", put("ties", value=[]), "options 0, 1, 2"),
    ("ties of unchosen options kept back", "ranked-unchosen", edit("ties", by=lambda ties: ties[4:]), "then"),
    ("totals: tie kept back", "multiple-few", put("ties", value=[]), "options 1, 2"),
    ("totals: tie of a run-off kept back", "ranked-few", edit("ties", by=lambda ties: ties[1:]), "options 0, 3"),
    ("totals: Schulze tie without its winner", "ranked-few", put("ties", 1, value=[0, 1]), "the ties are options 0, 3"),
    ("totals: Schulze tie by itself", "ranked-few", put("ties", 1, value=[2]), "the ties are options 0, 3"),
    ("totals: tie of nothing", "ranked-few-blank", put("ties", value=[[0, 1]]), "the ties are none"),
)
_TURNOUT = _of(
    Check.TURNOUT,
    ("more ballots", "single", edit("turnout", "ballots", by=off_by(1)), "ballots is 11"),
    ("fewer blank", "single", edit("turnout", "blank", by=off_by(-1)), "blank is 1"),
    ("more exhausted", "ranked", edit("turnout", "exhausted", by=off_by(1)), "exhausted is 1"),
    ("exhausted by weight, blank ones too", "ranked", put("turnout", "exhausted", value=4), "exhausted is 1"),
    ("weight without blank ballots", "single-weights", put("turnout", "weight", value=204), "weight is 211"),
    ("weight as ballots", "single-weights", put("turnout", "weight", value=10), "weight is 211"),
    ("totals: another weight", "single-few", put("turnout", "weight", value=3), "weight is 4"),
    ("totals: exhausted in a single poll", "single-few", put("turnout", "exhausted", value=1), "exhausted is 0"),
    ("totals: all blank and more", "single-few", put("turnout", "blank", value=5), "more ballots are blank"),
)
_PASSED = _of(
    Check.PASSED,
    ("failed though it passed", "single", put("passed", value=False), "passed is yes, not no"),
    ("passed without the quorum", "single", put("rule", "quorum", value=12), "passed is no, not yes"),
    ("passed below the threshold", "single-weights", put("passed", value=True), "passed is no, not yes"),
    ("threshold out of reach", "single-exact", put("rule", "threshold", value=30), "passed is no, not yes"),
    ("passed though unknown", "multiple-unknown", put("passed", value=True), "passed is unknown, not yes"),
    ("unknown though missed", "multiple-missed", put("passed", value=None), "passed is no, not unknown"),
    ("fewer eligible to meet the quorum", "ranked-weights", put("turnout", "eligible", value=80), "yes, not no"),
    ("unknown without a quorum", "ranked-cycle", put("passed", value=None), "passed is yes, not unknown"),
    ("passed without a winner", "single-blank", put("passed", value=True), "passed is no, not yes"),
    ("threshold of the mean", "rating", put("passed", value=True), "passed is no, not yes"),
    ("threshold of all ballots in place of the last round", "ranked-two", put("passed", value=False), "yes, not no"),
    ("totals: passed though unknown", "single-few", put("passed", value=True), "passed is unknown, not yes"),
    ("totals: failed without a rule", "ranked-few", put("passed", value=False), "passed is yes, not no"),
    ("totals: passed without a winner", "ranked-few-blank", put("passed", value=True), "passed is no, not yes"),
)


def _text(name: str, reason: str, raw: Callable[[bytes], bytes]) -> Tamper:
    return Tamper(name, "single", Check.SHAPE, reason, raw=raw, folder=_HERE)


TEXTS: tuple[Tamper, ...] = (
    _text("field given twice", "twice", lambda data: data.replace(b'"passed":', b'"passed":true,"passed":')),
    _text("choices given twice", "twice", lambda data: data.replace(b'"choices":', b'"choices":[2],"choices":', 1)),
    _text("weight as 1.0", "whole numbers", lambda data: data.replace(b'"weight":1', b'"weight":1.0', 1)),
    _text("weight as 1e0", "whole numbers", lambda data: data.replace(b'"weight":1', b'"weight":1e0', 1)),
    _text("nested a hundred thousand deep", "nested", lambda _: b"[" * 100_000 + b"]" * 100_000),
    _text("half a surrogate pair", "surrogate", lambda data: data.replace(b"When shall", rb"\ud83d")),
    _text("cut off", "bracket is missing", lambda data: data[:-1]),
)

DOCUMENTS: tuple[Tamper, ...] = (
    *(*_FORM, *_RULES, *_PUBLISHED, *_BALLOTS, *_ORDER, *_COUNTS),
    *(*_ROUNDS, *_PAIRS, *_WINNERS, *_TIES, *_TURNOUT, *_PASSED),
)
ALL: tuple[Tamper, ...] = (*DOCUMENTS, *TEXTS)
