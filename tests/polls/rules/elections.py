"""Polls of any kind with any ballots, drawn by hypothesis."""

from typing import TypeAlias

from hypothesis import strategies as st

from cogs.polls.rules.ballots import Ballot, Kind, Quorum, Rule, Secrecy

Election: TypeAlias = tuple[str, int, Rule, list[Ballot], int | None]
"""A poll's id, number of options, rule and ballots, and how many are eligible."""

IDS = st.integers(0, 2**128 - 1).map(lambda number: f"{number:032x}")


@st.composite
def elections(draw: st.DrawFn, kind: Kind | None = None, secrecy: Secrecy = Secrecy.OPEN, most: int = 30) -> Election:
    """Draw a poll of any kind, its ballots, and how many are eligible."""
    chosen = draw(st.sampled_from(Kind)) if kind is None else kind
    options = draw(st.integers(2, 6))
    weights = secrecy is Secrecy.OPEN and draw(st.booleans())
    rule = Rule(
        chosen,
        secrecy,
        max_choices=draw(st.none() | st.integers(1, 6)) if chosen is Kind.MULTIPLE else None,
        weights=weights,
        quorum=draw(st.none() | st.builds(Quorum, st.integers(1, 100), st.booleans())),
        threshold=draw(st.none() | st.integers(1, 100)),
    )
    ballots = draw(st.lists(_ballot(rule, options), max_size=most))
    return draw(IDS), options, rule, ballots, draw(st.none() | st.integers(0, 100))


def _ballot(rule: Rule, options: int) -> st.SearchStrategy[Ballot]:
    indices = st.integers(0, options - 1)
    match rule.kind:
        case Kind.SINGLE:
            choices = st.lists(indices, max_size=1)
        case Kind.MULTIPLE:
            most = options if rule.max_choices is None else min(rule.max_choices, options)
            choices = st.lists(indices, unique=True, max_size=most).map(sorted)
        case Kind.RANKED:
            choices = st.lists(indices, unique=True)
        case Kind.RATING:
            ratings = st.lists(st.none() | st.integers(1, 5), min_size=options, max_size=options)
            choices = st.just([]) | ratings.filter(any)
    weights = st.integers(1, 100) if rule.weights else st.just(1)
    return st.builds(Ballot, st.none(), choices.map(tuple), weights)
