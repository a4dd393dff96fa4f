"""Make whole, honest bundles from a few parameters; every random number follows from the scenario's name."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeAlias

from cogs.polls.rules.ballots import Ballot, Choices, Kind, Quorum, Rule, Secrecy
from cogs.polls.rules.bundle import Bundle, Poll, build
from cogs.polls.rules.count import count
from cogs.polls.rules.receipts import new_receipt

Cast: TypeAlias = dict[tuple[Choices, int], int]
"""How many ballots there are of certain choices and a certain weight."""

_TEXTS = ("Saturday, 14:00", "일요일 오후", "日曜の午後", "Friday “after work”", "Any day")


@dataclass(frozen=True)
class Scenario:
    """What a closed poll looks like; *erased* voters (by the order of ballots) had their data erased."""

    name: str
    number: int
    rule: Rule
    cast: Cast
    options: int = 4
    receipts: bool = True
    eligible: int | None = None
    erased: tuple[int, ...] = ()
    texts: tuple[str, ...] = field(default=_TEXTS)

    @property
    def id(self) -> str:
        """The poll's id."""
        return sha256(f"ikuzo poll vector:{self.name}:id".encode()).hexdigest()[:32]

    def option_texts(self) -> list[str]:
        """Return the options as people read them."""
        return [self.texts[i] if i < len(self.texts) else f"Option {i}" for i in range(self.options)]

    def ballots(self) -> Iterator[Ballot]:
        """Yield the ballots, in the order in which they were cast."""
        rng = random.Random(self.name)
        cast = [(choices, weight) for (choices, weight), number in self.cast.items() for _ in range(number)]
        rng.shuffle(cast)
        for index, (choices, weight) in enumerate(cast):
            named = self.rule.secrecy is Secrecy.OPEN and index not in self.erased
            yield Ballot(
                receipt=new_receipt(rng.randbytes(5)) if self.receipts else None,
                choices=choices,
                weight=weight,
                voter=str(300000000000000000 + rng.randrange(10**15)) if named else None,
            )


def one(cast: dict[Choices, int]) -> Cast:
    """Return ballots that all weigh 1."""
    return {(choices, 1): number for choices, number in cast.items()}


def ranked(lines: str) -> Cast:
    """Return ranked ballots of weight 1 from words.

    ``3:021`` is three times 0, then 2, then 1; ``2:-`` are two blank ones.
    """
    cast: dict[Choices, int] = {}
    for word in lines.split():
        number, _, names = word.partition(":")
        cast[tuple(int(name, 36) for name in names.strip("-"))] = int(number)
    return one(cast)


def rated(lines: str) -> Cast:
    """Return rating ballots of weight 1 from words: ``2:5_3`` is twice a 5, nothing, and a 3."""
    cast: dict[Choices, int] = {}
    for word in lines.split():
        number, _, stars = word.partition(":")
        cast[tuple(None if star == "_" else int(star) for star in stars.strip("-"))] = int(number)
    return one(cast)


def secret(
    kind: Kind, *, max_choices: int | None = None, quorum: Quorum | None = None, threshold: int | None = None
) -> Rule:
    """Return the rule of a secret poll."""
    return Rule(kind, Secrecy.SECRET, max_choices=max_choices, quorum=quorum, threshold=threshold)


def made(scenario: Scenario) -> Bundle:
    """Return the bundle of a scenario."""
    ballots = list(scenario.ballots())
    texts = scenario.option_texts()
    tally = count(scenario.id, scenario.options, scenario.rule, ballots, scenario.eligible)
    poll = Poll(
        id=scenario.id,
        number=scenario.number,
        guild_id="812345678901234567",
        question=f"When shall we meet? ({scenario.name})",
        opened_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        closed_at=datetime(2026, 3, 8, 12, tzinfo=UTC),
    )
    return build(poll, texts, scenario.rule, ballots, tally)
