"""The polls of the vectors: every kind, with ties of every sort, weights, blanks, quorum and threshold."""

import random

from cogs.polls.rules.ballots import Choices, Kind, Quorum, Rule, Secrecy
from tests.vectors.polls.scenario import Cast, Scenario, one, ranked, rated, secret

_OPEN = Secrecy.OPEN
_TENTH = Quorum(10, percent=True)


def _many(name: str, ballots: int, options: int) -> Cast:
    """Return ranked ballots of any length, as random as their name."""
    rng = random.Random(name)
    cast: dict[Choices, int] = {}
    for _ in range(ballots):
        chosen = tuple(rng.sample(range(options), rng.randint(0, options)))
        cast[chosen] = cast.get(chosen, 0) + 1
    return one(cast)


SINGLE = (
    Scenario(
        "single",
        1,
        secret(Kind.SINGLE, quorum=Quorum(11), threshold=50),
        one({(0,): 2, (1,): 5, (2,): 3, (): 1}),
        options=3,
    ),
    Scenario("single-tie", 2, secret(Kind.SINGLE), one({(0,): 3, (2,): 3, (3,): 3, (1,): 2, (4,): 1}), options=5),
    Scenario(
        "single-weights",
        3,
        Rule(Kind.SINGLE, _OPEN, weights=True, threshold=51),
        {((0,), 1): 4, ((1,), 3): 2, ((1,), 1): 1, ((2,), 100): 1, ((3,), 93): 1, ((), 7): 1},
        eligible=40,
    ),
    Scenario("single-few", 4, secret(Kind.SINGLE, quorum=_TENTH), one({(0,): 1, (1,): 2, (): 1}), options=2),
    Scenario("single-blank", 5, secret(Kind.SINGLE, threshold=1), one({(): 6}), options=2),
    Scenario("single-none", 6, Rule(Kind.SINGLE, _OPEN), {}, options=2),
    Scenario("single-nobody", 7, secret(Kind.SINGLE, quorum=Quorum(1)), {}, options=2),
    Scenario(
        "single-no-receipts",
        8,
        Rule(Kind.SINGLE, _OPEN, weights=True, quorum=_TENTH),
        {((10,), 2): 3, ((9,), 10): 1, ((10,), 1): 1, ((9,), 2): 2, ((), 1): 1, ((0,), 3): 1},
        options=12,
        receipts=False,
        eligible=91,
        erased=(1, 2, 5),
    ),
    # 29 of 100 are 29 percent, also where 0.29 · 100 is less than 29.
    Scenario(
        "single-exact",
        9,
        Rule(Kind.SINGLE, _OPEN, weights=True, threshold=29),
        {((0,), 28): 1, ((1,), 29): 1, ((2,), 28): 1, ((3,), 15): 1},
    ),
)

MULTIPLE = (
    Scenario(
        "multiple",
        11,
        secret(Kind.MULTIPLE, max_choices=2, quorum=_TENTH, threshold=80),
        one({(0, 1): 3, (1,): 2, (1, 3): 1, (2, 3): 1, (): 2}),
        eligible=90,
        receipts=False,
    ),
    Scenario(
        "multiple-tie",
        12,
        Rule(Kind.MULTIPLE, _OPEN, weights=True),
        {((0, 1, 2, 3), 2): 1, ((1, 4), 3): 1, ((0, 2), 3): 1, ((3,), 3): 1},
        options=5,
        erased=(0,),
    ),
    Scenario("multiple-few", 13, secret(Kind.MULTIPLE, max_choices=3), one({(0, 1, 2): 1, (1, 2): 1}), eligible=8),
    Scenario("multiple-unknown", 14, secret(Kind.MULTIPLE, quorum=_TENTH, threshold=60), one({(0, 1): 3, (1,): 2})),
    Scenario("multiple-missed", 15, secret(Kind.MULTIPLE, quorum=_TENTH, threshold=61), one({(0, 1): 2, (2,): 3})),
)

RATING = (
    # Options 0 and 1 have the mean 3; option 1 more 5s. Option 3 was rated by nobody.
    Scenario("rating", 21, secret(Kind.RATING, threshold=51), rated("2:35__ 2:31__ 1:331_ 1:- 1:_32_")),
    Scenario(
        "rating-half", 22, secret(Kind.RATING, threshold=50), rated("3:35__ 2:31__ 1:331_ 1:- 1:_12_"), receipts=False
    ),
    Scenario(
        "rating-tie",
        23,
        Rule(Kind.RATING, _OPEN, weights=True, quorum=Quorum(5)),
        {((4, 4, None, 2, 1), 3): 2, ((2, 2, None, 4, 1), 3): 1, ((None, None, None, 4, 5), 3): 1, ((), 9): 1},
        options=5,
        eligible=5,
    ),
    Scenario("rating-few", 24, secret(Kind.RATING), rated("1:54__ 1:_4_5 1:45__")),
    # The same mean: more 5s win, and not more 1s.
    Scenario("rating-fives", 27, secret(Kind.RATING), rated("1:55 1:45 1:42 1:12 1:-"), options=2),
    # A mean of 14 / 5 is exactly 45 percent of the way from 1 to 5.
    Scenario("rating-exact", 26, secret(Kind.RATING, threshold=45), rated("4:32 1:22"), options=2),
    # The same mean and the same weight of 5s: more 4s win.
    Scenario("rating-fours", 25, secret(Kind.RATING), rated("1:55 1:44 1:43 1:23 1:22"), options=2),
)

RANKED = (
    Scenario(
        "ranked",
        31,
        secret(Kind.RANKED, quorum=Quorum(12), threshold=60),
        ranked("3:- 4:0 3:01 5:12 2:21 3:2 1:30 2:321 1:3"),
    ),
    # Level with the round before, and with the one before that not.
    Scenario(
        "ranked-earlier",
        32,
        secret(Kind.RANKED),
        ranked("1:012 1:02 1:1 1:1423 1:240 1:310 1:32 1:32041 1:34 1:3420 1:402 1:42103 1:4231"),
        options=5,
    ),
    # Three level; the round before leaves two; the hash decides.
    Scenario(
        "ranked-partly",
        33,
        secret(Kind.RANKED),
        ranked(
            "1:0123 1:0541 2:1 1:10 1:10453 1:123054 1:15324 1:154 1:203145 1:3 1:30125 1:320415 1:350124 "
            "1:40 1:412 1:4210 1:43052 1:4510 1:520 1:521034 1:54 1:543"
        ),
        options=6,
    ),
    Scenario(
        "ranked-differs",
        34,
        secret(Kind.RANKED),
        ranked("1:0 1:012 1:02 1:031 1:1 2:10 1:1023 1:1032 1:20 1:201 1:23 2:230"),
    ),
    Scenario(
        "ranked-cycle",
        35,
        secret(Kind.RANKED),
        ranked("1:0 1:012 1:10 1:1203 1:13 1:2 1:213 1:230 1:2301 1:3 1:30 1:3012"),
    ),
    Scenario(
        "ranked-level",
        36,
        secret(Kind.RANKED),
        ranked("2:0 1:02 1:0321 1:10 1:123 1:13 1:2103 1:32 1:3210"),
        receipts=False,
    ),
    Scenario(
        "ranked-weights",
        37,
        Rule(Kind.RANKED, _OPEN, weights=True, quorum=_TENTH, threshold=55),
        {((0,), 10): 2, ((1, 0), 7): 2, ((2, 1), 9): 1, ((2,), 5): 1, ((3, 2, 1, 0), 1): 1, ((), 100): 1},
        eligible=81,
        erased=(3,),
    ),
    Scenario("ranked-few", 38, secret(Kind.RANKED), ranked("1:021 1:2103 1:23 1:302")),
    Scenario("ranked-few-blank", 39, secret(Kind.RANKED, quorum=Quorum(3), threshold=10), ranked("4:-")),
    Scenario("ranked-two", 40, secret(Kind.RANKED, threshold=100), ranked("3:0 3:1"), options=2),
    # Options that nobody chose go out one a round, too.
    Scenario("ranked-unchosen", 41, secret(Kind.RANKED), ranked("3:8 3:19 2:9 1:0"), options=10),
    Scenario("ranked-many", 42, secret(Kind.RANKED, quorum=Quorum(99)), _many("ranked-many", 60, 8), options=8),
    Scenario("ranked-all", 43, secret(Kind.RANKED), _many("ranked-all", 90, 25), options=25),
)

# Published in parts.
PARTS = Scenario("parts", 44, secret(Kind.RANKED), _many("parts", 150, 12), options=12)

ALL = (*SINGLE, *MULTIPLE, *RATING, *RANKED, PARTS)
