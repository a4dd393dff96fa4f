"""A tally as JSON values, as it is kept beside its poll."""

from collections.abc import Mapping
from typing import Any

from cogs.polls.rules.count import Tally, Turnout
from cogs.polls.rules.runoff import Round


def to_json(tally: Tally) -> dict[str, Any]:
    """Return a tally as JSON values."""
    turnout = tally.turnout
    return {
        "counts": list(tally.counts),
        "ratings": [list(row) for row in tally.ratings],
        "rounds": [[list(each.counts), each.exhausted, each.eliminated] for each in tally.rounds],
        "winners": list(tally.winners),
        "condorcet": tally.condorcet,
        "schulze": tally.schulze,
        "ties": [list(level) for level in tally.ties],
        "turnout": [turnout.ballots, turnout.blank, turnout.exhausted, turnout.weight, turnout.eligible],
        "passed": tally.passed,
    }


def from_json(values: Mapping[str, Any]) -> Tally:
    """Read what :func:`to_json` wrote."""
    return Tally(
        counts=tuple(values["counts"]),
        ratings=tuple((row[0], row[1], row[2], row[3], row[4]) for row in values["ratings"]),
        rounds=tuple(Round(tuple(counts), exhausted, out) for counts, exhausted, out in values["rounds"]),
        winners=tuple(values["winners"]),
        condorcet=values["condorcet"],
        schulze=values["schulze"],
        ties=tuple(tuple(level) for level in values["ties"]),
        turnout=Turnout(*values["turnout"]),
        passed=values["passed"],
    )
