"""Count a poll, the same way for everybody: the bot, `ikuzo verify`, and any other implementation.

Written down in ``docs/verify.md``; whatever changes a result here is a new format.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias, cast

from cogs.polls.rules import pairs
from cogs.polls.rules.ballots import MAX_RATING, Ballot, Kind, Rule
from cogs.polls.rules.runoff import Ranking, Round, run_off
from cogs.polls.rules.ties import best, tie_order

Row: TypeAlias = tuple[str, int, int]
"""Equal ballots: their choices as JSON text (`ballots.choices_text`), the weight of each, and how many there are."""
Ratings: TypeAlias = tuple[int, ...]
"""The weight of an option's 1s, 2s, … 5s."""


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who took part. *exhausted* counts ballots that name none of the last round's options; *weight* is of all ballots.

    *eligible* is None where it could not be known.
    """

    ballots: int
    blank: int
    exhausted: int
    weight: int
    eligible: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """A poll counted.

    *counts* are weights by option: of those who chose it, ranked: of first preferences; empty for a rating poll, which
    has *ratings*. *rounds* are empty but for ranked polls, *condorcet* and *schulze* None. *winners* has one index, or
    none without any ballot but blank ones. *ties* are groups of options that were level, in the order they were met.
    *passed* is None where it cannot be known.
    """

    counts: tuple[int, ...]
    ratings: tuple[Ratings, ...]
    rounds: tuple[Round, ...]
    winners: tuple[int, ...]
    condorcet: int | None
    schulze: int | None
    ties: tuple[tuple[int, ...], ...]
    turnout: Turnout
    passed: bool | None

    @property
    def winner(self) -> int | None:
        """The option that won."""
        return self.winners[0] if self.winners else None


_Group: TypeAlias = tuple[Sequence[int | None], int, int]
"""Ballots with the same choices: these, the weight of all of them, and how many they are."""


def count(poll_id: str, options: int, rule: Rule, ballots: Iterable[Ballot], eligible: int | None = None) -> Tally:
    """Count *ballots* that are without `ballots.fault`, cast on so many *options*.

    *poll_id* decides ties (`ties.tie_hash`); *eligible* is how many may vote, for a quorum in percent.
    """
    return _count(poll_id, options, rule, _grouped(ballots), eligible)


def count_rows(poll_id: str, options: int, rule: Rule, rows: Iterable[Row], eligible: int | None = None) -> Tally:
    """Do what :func:`count` does, from rows that are quick to send to the worker process (`bot.compute`).

    Rows may repeat: one for each ballot, or already grouped by the database.
    """
    return _count(poll_id, options, rule, _decoded(rows), eligible)


def mean(ratings: Ratings) -> Fraction | None:
    """Return the mean of the ratings given, by weight; None where there are none."""
    weight = sum(ratings)
    return Fraction(sum(stars * given for stars, given in enumerate(ratings, 1)), weight) if weight else None


def standing(kind: Kind, tally: Tally) -> tuple[int, ...]:
    """Return all options in the order in which results show them: the winner first, unrated ones last.

    Ranked: the last round's by weight, then those who went out, the last one first. What is level stands in the order
    of the options.
    """
    match kind:
        case Kind.RATING:
            order = sorted(range(len(tally.ratings)), key=lambda index: rating_key(tally.ratings[index]), reverse=True)
        case Kind.RANKED if tally.rounds:
            order = sorted(range(len(tally.counts)), key=lambda index: _endurance(tally.rounds, index), reverse=True)
        case _:
            order = sorted(range(len(tally.counts)), key=lambda index: tally.counts[index], reverse=True)
    return tuple(sorted(order, key=lambda index: index not in tally.winners))


def _endurance(rounds: Sequence[Round], index: int) -> tuple[int, int]:
    lasted = sum(round_.counts[index] is not None for round_ in rounds)
    return lasted, rounds[lasted - 1].counts[index] or 0


def rating_key(ratings: Ratings) -> tuple[Fraction, ...]:
    """Return by what options of a rating poll are compared: the mean, then the weight of 5s, of 4s, and so on."""
    average = mean(ratings)
    # Means are from 1 to 5, so an option without ratings is behind all others.
    return (Fraction(0) if average is None else average, *map(Fraction, reversed(ratings)))


def level_at_the_top(kind: Kind, counts: Sequence[int], ratings: Sequence[Ratings]) -> tuple[int, ...]:
    """Return the best option and those level with it, in ascending order; not for ranked polls."""
    keys = [rating_key(row) for row in ratings] if kind is Kind.RATING else [(Fraction(weight),) for weight in counts]
    most = max(keys)
    return tuple(index for index, key in enumerate(keys) if key == most)


def support(rule: Rule, tally: Tally, non_blank: int) -> Fraction:
    """Return what `Rule.threshold` is held against, from 0 to 1, where *non_blank* is the weight of such ballots.

    The winner's share of that weight (single, multiple), its share of the last round's continuing weight (ranked), or
    its (mean − 1) / 4 (rating). Without a winner 0.
    """
    winner = tally.winner
    if winner is None:
        return Fraction(0)
    match rule.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            return Fraction(tally.counts[winner], non_blank)
        case Kind.RANKED:
            counts = tally.rounds[-1].counts
            return Fraction(counts[winner] or 0, sum(held for held in counts if held is not None))
        case Kind.RATING:
            return ((mean(tally.ratings[winner]) or 1) - 1) / Fraction(MAX_RATING - 1)


def passed(rule: Rule, tally: Tally, non_blank: int) -> bool | None:
    """Say whether quorum and threshold were met, both where there are two; None where that cannot be known.

    One that was missed settles it, whatever is unknown of the other.
    """
    turnout = tally.turnout
    met = [
        True if rule.quorum is None else rule.quorum.met(turnout.ballots, turnout.eligible),
        rule.threshold is None or support(rule, tally, non_blank) * 100 >= rule.threshold,
    ]
    if False in met:
        return False
    return None if None in met else True


def _grouped(ballots: Iterable[Ballot]) -> list[_Group]:
    same = Counter((ballot.choices, ballot.weight) for ballot in ballots)
    return [(choices, weight * number, number) for (choices, weight), number in same.items()]


def _decoded(rows: Iterable[Row]) -> list[_Group]:
    """Group rows before their text is read, so that equal ballots are decoded once, all of them by one call."""
    same = Counter(rows)
    choices: list[list[int | None]] = json.loads(f"[{','.join(text for text, _, _ in same)}]")
    return [
        (chosen, weight * number * times, number * times)
        for chosen, ((_, weight, number), times) in zip(choices, same.items(), strict=True)
    ]


def _count(poll_id: str, options: int, rule: Rule, groups: Sequence[_Group], eligible: int | None) -> Tally:
    given = [group for group in groups if group[0]]
    number = sum(number for _, _, number in groups)
    turnout = Turnout(
        ballots=number,
        blank=number - sum(number for _, _, number in given),
        exhausted=0,
        weight=sum(weight for _, weight, _ in groups),
        eligible=eligible,
    )
    counts, ratings = _counts(rule.kind, options, given)
    empty = Tally(counts, ratings, (), (), None, None, (), turnout, passed=None)
    tally = _decide(poll_id, rule, empty, given) if given else empty
    return replace(tally, passed=passed(rule, tally, sum(weight for _, weight, _ in given)))


def _counts(kind: Kind, options: int, groups: Iterable[_Group]) -> tuple[tuple[int, ...], tuple[Ratings, ...]]:
    """Return counts and ratings as a `Tally` has them."""
    counts = [0] * options
    ratings = [[0] * MAX_RATING for _ in range(options)]
    for choices, weight, _ in groups:
        # Of a ranked ballot the first preference only.
        for place, choice in enumerate(choices[:1] if kind is Kind.RANKED else choices):
            if choice is None:
                continue
            if kind is Kind.RATING:
                ratings[place][choice - 1] += weight
            else:
                counts[choice] += weight
    return ((), tuple(map(tuple, ratings))) if kind is Kind.RATING else (tuple(counts), ())


def _decide(poll_id: str, rule: Rule, tally: Tally, groups: Sequence[_Group]) -> Tally:
    """Find the winner of a poll in which somebody chose something."""
    places = tie_order(poll_id, len(tally.ratings or tally.counts))
    if rule.kind is not Kind.RANKED:
        level = level_at_the_top(rule.kind, tally.counts, tally.ratings)
        return replace(tally, winners=(best(level, places),), ties=(level,) if len(level) > 1 else ())
    # Ranked ballots are without None.
    rankings = cast("Sequence[Ranking]", groups)
    runoff = run_off(rankings, len(places), places)
    matrix = pairs.preferences(rankings, len(places))
    level = pairs.schulze(matrix)
    return replace(
        tally,
        rounds=runoff.rounds,
        winners=(runoff.winner,),
        condorcet=pairs.condorcet(matrix),
        schulze=best(level, places),
        ties=(*runoff.ties, level) if len(level) > 1 else runoff.ties,
        turnout=replace(tally.turnout, exhausted=runoff.exhausted),
    )
