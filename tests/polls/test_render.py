"""Posts, ballots and results within what Discord takes, in every language, at their longest."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.i18n import languages, plain
from bot.published import File
from bot.ui.look import size, total
from bot.ui.outgoing import Outgoing
from cogs.polls.render.bars import CELLS, bars, remarks, rounds
from cogs.polls.render.paper import render_paper, render_ranking, render_rating
from cogs.polls.render.post import render_post
from cogs.polls.render.result import render_result, render_standing
from cogs.polls.rules.ballots import Ballot, Kind, Quorum, Secrecy
from cogs.polls.rules.chart import chart
from cogs.polls.rules.count import count
from cogs.polls.rules.filling import Ranking, Ratings
from cogs.polls.rules.terms import Named, Results, Terms
from cogs.polls.service.heard.records import Heard, Owner
from cogs.polls.service.records import Option, PollInfo
from cogs.polls.service.results import Standing
from cogs.polls.service.showing import PostView, ResultView
from cogs.polls.service.voting import Paper
from cogs.polls.tables import State

NOW = datetime(2026, 5, 1, tzinfo=UTC)
PAGE = f"https://{'a' * 60}.{'b' * 60}.example/verify"
URL = "https://discord.com/channels/1400000000000000001/1400000000000000002/1400000000000000003"
LONG = "*_長い選択肢_* " * 9


def info(kind: Kind, state: State, options: int = 25) -> PollInfo:
    named = Named(1, "r" * 100)
    return PollInfo(
        id=10**15,
        guild_id=10**18,
        number=10**6,
        public_id="ab" * 16,
        state=state,
        revision=99,
        organiser_id=10**18,
        question=("*Which?* " * 40)[:300],
        options=tuple(Option(f"{i} {LONG}"[:100]) for i in range(options)),
        picture_id=None,
        kind=kind,
        secrecy=Secrecy.OPEN,
        results=Results.LIVE,
        max_choices=None,
        terms=Terms(10**18, named, named, tuple((10**18 + i, 100) for i in range(5)), None),
        quorum=Quorum(50, percent=True),
        threshold=66,
        write_ins=True,
        receipts=True,
        ping_role=None,
        zone="UTC",
        starts_at=NOW,
        opened_at=NOW,
        closes_at=NOW,
        extended_from=NOW,
        ended_early=True,
        vote_count=100_000,
        closed_at=NOW,
        counted_at=NOW,
        result=None,
        answer=None,
    )


def choices(kind: Kind, number: int, options: int) -> tuple[int | None, ...]:
    match kind:
        case Kind.SINGLE:
            return (number % options,)
        case Kind.MULTIPLE:
            return tuple(sorted({number % options, number * 7 % options}))
        case Kind.RANKED:
            return tuple((number * number + step) % options for step in range(options))
        case Kind.RATING:
            return tuple(1 + (number + each) % 5 for each in range(options))


def fits(message: Outgoing) -> None:
    """Fail unless Discord takes a message: https://discord.com/developers/docs/resources/message#embed-object."""
    for embed in message.embeds:
        assert size(embed.title or "") <= 256
        assert size(embed.description or "") <= 4096
        for field in embed.fields:
            assert size(field.value or "") <= 1024, field.name
    assert sum(map(total, message.embeds)) <= 6000
    view = message.view()
    rows = [] if view is None else view.to_components()
    assert len(rows) <= 5
    ids = [item["custom_id"] for row in rows for item in row["components"]]
    assert len(ids) == len(set(ids))
    assert all(len(each) <= 100 for each in ids)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", Kind)
def test_everything_fits_at_its_longest(kind: Kind, language: str) -> None:
    found = info(kind, State.OPEN)
    options = [option.text for option in found.options]
    tally = count(found.public_id, 25, found.rule, [Ballot(None, choices(kind, n, 25)) for n in range(300)], 1_000)
    heard = Heard(Owner(user_id=10**18), due_at=NOW, proposer=10**18, proposed=True)
    for state in State:
        for seen in (tally, None):
            now = replace(found, state=state)
            view = PostView(now, found.question, options, None, seen, 25, URL, heard)
            fits(render_post(view, language))
    closed = replace(found, state=State.CLOSED)
    files = [File("poll-1.json", b"{}")]
    for attached, there in ((files, None), ([], URL)):
        fits(
            render_result(
                ResultView(closed, found.question, options, tally, b"x", attached, URL, there, PAGE), language
            )
        )
    fits(render_standing(Standing(closed, tally, URL), language))
    fits(render_paper(Paper(found, voted=True, weight=100), language))
    for picked in range(26):
        fits(render_ranking(found, Ranking(tuple(range(picked)), max(0, picked - 1)), language))
    for page in range(7):
        fits(render_rating(found, Ratings((5,) * 25, page), language))


@pytest.mark.parametrize("kind", Kind)
def test_bars_are_of_one_length_whatever_the_language(kind: Kind) -> None:
    found = info(kind, State.CLOSED, 6)
    options = ["Linocut", "木版画", "리노컷", "W" * 100, "*", "🎨"]
    ballots = [Ballot(None, choices(kind, n, 6)) for n in range(20)]
    tally = count(found.public_id, 6, found.rule, ballots)
    lines = bars(kind, tally, options, "ja", 2_600)
    # Under those of a run-off stands what the shares are of.
    for line in lines[: len(options)]:
        bar = line.splitlines()[-1].split("`")[1]
        assert len(bar) == CELLS
    assert chart(kind, tally)
    assert bool(rounds(tally, "ja", 1_000)) is (kind is Kind.RANKED)


def test_a_result_nobody_voted_for_has_no_picture() -> None:
    found = info(Kind.RANKED, State.CLOSED)
    tally = count(found.public_id, 25, found.rule, [Ballot(None, ())])
    assert chart(Kind.RANKED, tally) is None
    options = [option.text for option in found.options]
    view = ResultView(found, found.question, options, tally, None, [File("poll-1.json", b"{}")], URL, None)
    fits(render_result(view, "en"))


# Rankings, each so often, and what is said of their count beside the winner.
REMARKS: dict[str, tuple[dict[tuple[int, ...], int], list[str]]] = {
    "beats all": ({(0, 1): 3, (1, 0): 1}, ["Compared two by two, **A** also beats every other option."]),
    "another would": (
        {(0, 1, 2): 4, (2, 1, 0): 4, (1, 0, 2): 3},
        ["Compared two by two, **B** would beat every other option, the winner too."],
    ),
    "a circle": (
        {(0, 1, 2): 4, (1, 2, 0): 3, (2, 0, 1): 2},
        ["Compared two by two, no option beats all others; by the Schulze method **A** wins too."],
    ),
    "blank and exhausted": (
        {(0, 1): 3, (1,): 2, (2,): 1, (): 2},
        [
            "Compared two by two, **A** also beats every other option.",
            "2 blank ballots.",
            "1 ballot named none of the options of the last round.",
        ],
    ),
}


@pytest.mark.parametrize("name", REMARKS)
def test_what_else_is_said_of_a_run_off(name: str) -> None:
    ballots, said = REMARKS[name]
    given = [Ballot(None, ranking) for ranking, number in ballots.items() for _ in range(number)]
    found = info(Kind.RANKED, State.CLOSED, 3)
    assert [plain("en", text) for text in remarks(Kind.RANKED, count(found.public_id, 3, found.rule, given))] == said


def test_all_ties_are_said_though_not_each() -> None:
    found = info(Kind.RANKED, State.CLOSED)
    tally = count(found.public_id, 25, found.rule, [Ballot(None, (0,)), Ballot(None, (1,))])
    said = [plain("en", text) for text in remarks(Kind.RANKED, tally)]
    assert sum(text.startswith("Tie: ") for text in said) == 3
    assert f"{len(tally.ties) - 3} more ties." in said
