"""What people type for a poll's options is taken, or refused with a sentence that quotes it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.drafting.reading import Reader, Typed, read
from bot.drafting.values import Named, Spot
from bot.errors import BadInput
from cogs.polls.rules.ballots import MAX_OPTIONS, Kind, Quorum, Secrecy
from cogs.polls.rules.folding import fold
from cogs.polls.rules.options import Options, review
from cogs.polls.rules.reading import TAKES, read_options, read_quorum, read_weights
from cogs.polls.rules.terms import Results

NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
READER = Reader(NOW, "en")
ROLES = st.integers(1, 2**63 - 1)
ALL = st.builds(
    Options,
    picture_id=st.none() | ROLES,
    starts=st.none() | st.just(NOW + timedelta(hours=1)),
    ends=st.none() | st.just(NOW + timedelta(days=3)),
    runs=st.none() | st.just(timedelta(days=2)),
    zone=st.sampled_from(("UTC", "Asia/Seoul")),
    ping=st.none() | ROLES,
    spots=st.lists(st.builds(Spot, ROLES, st.sampled_from((None, "ja")), st.none() | st.text()), max_size=5).map(tuple),
    question=st.none() | st.text(min_size=1),
    choices=st.lists(st.text(min_size=1), max_size=25).map(tuple),
    kind=st.sampled_from(Kind),
    secrecy=st.sampled_from(Secrecy),
    results=st.sampled_from(Results),
    max_choices=st.none() | st.integers(1, 25),
    voters=st.none() | ROLES,
    holders_of=st.none() | st.builds(Named, ROLES, st.text()),
    weights=st.lists(st.tuples(ROLES, st.integers(1, 100)), max_size=5).map(tuple),
    quorum=st.none() | st.builds(Quorum, st.integers(1, 100), st.booleans()),
    threshold=st.none() | st.integers(1, 100),
    write_ins=st.booleans(),
    receipts=st.booleans(),
    is_answered=st.booleans(),
    answer_user=st.none() | ROLES,
    answer_within=st.none() | st.just(timedelta(days=7)),
    answer_by=st.none() | st.just(NOW + timedelta(days=9)),
)


def take(**typed: Typed) -> Options:
    return read(Options(), typed, READER, TAKES)


@given(ALL)
def test_a_draft_keeps_what_was_said(options: Options) -> None:
    assert Options.from_json({**options.to_json(), "base": {}, "proposal": 3}) == options


@given(ALL)
def test_what_is_proposed_can_be_held(options: Options) -> None:
    reviewed = review(options, NOW)
    assert (reviewed.proposal is None) is bool(reviewed.problems)
    if reviewed.proposal is None:
        return
    said = reviewed.proposal.options
    assert said.question
    assert said.choices
    assert timedelta(minutes=1) <= reviewed.proposal.closes - reviewed.proposal.opens <= timedelta(days=90)
    secret = said.secrecy is Secrecy.SECRET
    assert not (secret and (said.weights or said.balance or said.results is Results.LIVE))
    assert said.quorum is None or not said.quorum.percent or said.voters is not None
    assert said.max_choices is None or (said.kind is Kind.MULTIPLE and said.max_choices <= len(said.choices))


@given(
    st.lists(st.text(alphabet="abＡＢé 　ﬁ", min_size=1, max_size=8), min_size=1, max_size=30), st.sampled_from("\n|｜")
)
def test_options_are_two_to_twenty_five_and_differ_to_a_reader(parts: list[str], between: str) -> None:
    try:
        found = read_options(between.join(parts))
    except BadInput:
        kept = [part for part in parts if part.strip()]
        assert not 2 <= len(kept) <= MAX_OPTIONS or len({fold(part) for part in kept}) < len(kept)
    else:
        assert 2 <= len(found) <= MAX_OPTIONS
        assert len({fold(option) for option in found}) == len(found)
        assert all(option == " ".join(option.split()) for option in found)


@pytest.mark.parametrize(
    "unseen",
    ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u034f", "\ufe0f"],
    ids=[
        "zero width space",
        "joiner",
        "word joiner",
        "byte order mark",
        "soft hyphen",
        "mark",
        "grapheme",
        "variation",
    ],
)
def test_options_that_look_the_same_are_refused(unseen: str) -> None:
    """Two of them would divide between them what people give to one."""
    with pytest.raises(BadInput):
        read_options(f"Yes|Y{unseen}es|No")


def test_options_that_look_different_are_taken() -> None:
    flags = tuple(f"\U0001f3f4\U000e0067\U000e0062{tag}\U000e007f" for tag in ("\U000e0065", "\U000e0073"))
    assert read_options("|".join(flags)) == flags


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("20", Quorum(20)), ("30%", Quorum(30, percent=True)), (" ３０ ％ ", Quorum(30, percent=True)), ("1", Quorum(1))],
)
def test_a_quorum_is_a_number_or_a_share(typed: str, wanted: Quorum) -> None:
    assert read_quorum(typed.strip()) == wanted


@pytest.mark.parametrize("typed", ["", "0", "0%", "101%", "-3", "1.5", "a", "30%%x", "99999999999"])
def test_other_quorums_are_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_quorum(typed)


@given(st.dictionaries(ROLES, st.integers(1, 100), min_size=1, max_size=5), st.sampled_from(("=", " ", ": ", "×")))
def test_weights_read_back(weights: dict[int, int], between: str) -> None:
    typed = ", ".join(f"<@&{role}>{between}{worth}" for role, worth in weights.items())
    assert read_weights(typed) == tuple(weights.items())


def test_a_rule_and_roles_take_each_others_place() -> None:
    options = read(take(weights="<@&1>=3"), {"weights": Named(4, "Holders")}, READER, TAKES)
    assert (options.weights, options.balance) == ((), Named(4, "Holders"))
    options = read(options, {"weights": "<@&1>=3"}, READER, TAKES)
    assert (options.weights, options.balance) == (((1, 3),), None)


def test_who_answers() -> None:
    assert take(answer_owner="<@5>").answer_user == 5
    assert take(answer_owner="<@&6>").answer_role == 6
    assert take(answer_owner="None").is_answered is False
    assert take(answer_by="3").answer_within == timedelta(days=3)
    assert take(answer_by="2026-04-01").answer_by == datetime(2026, 4, 1, 23, 59, tzinfo=UTC)
    with pytest.raises(BadInput):
        take(answer_owner="everyone")
