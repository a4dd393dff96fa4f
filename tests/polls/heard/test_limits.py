"""Whatever people type, messages about answers fit what Discord takes, and ping nobody they should not."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import languages, render, t
from bot.ui.outgoing import Outgoing
from cogs.polls.render import board, heard, proposals
from cogs.polls.rules.ballots import Kind, Secrecy
from cogs.polls.rules.heard import MAX_ANSWER, MAX_REASON, MAX_WHY, Figures, Status
from cogs.polls.rules.terms import Results, Terms
from cogs.polls.service.heard.answering import Asked, Responded
from cogs.polls.service.heard.board import BoardView, Entry, Moved
from cogs.polls.service.heard.owing import Reminder
from cogs.polls.service.heard.proposing import ProposalInfo
from cogs.polls.service.heard.records import AnswerView, Heard, Owner
from cogs.polls.service.heard.waiting import Waiting, WaitingView
from cogs.polls.service.records import PollInfo
from cogs.polls.tables import AnswerState, ProposalState, State
from tests.giveaways.render.limits import faults, units

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = 2**62
URL = "https://discord.com/channels/1400000000000000001/1400000000000000002/1400000000000000003"
NASTY = st.sampled_from(
    [
        "*_~|",
        "@everyone ",
        "<@123456789012345678>",
        "[x](https://a.example)",
        "🏳️‍🌈",
        "あ",
        "\n\n",
        "א",
        "#",
        "https://a.example/b ",
    ]
)


def typed(most: int) -> st.SearchStrategy[str]:
    """Return texts of up to *most* characters, often full and of what takes most room once it is harmless."""
    full = NASTY.map(lambda piece: (piece * most)[:most])
    return st.one_of(full, st.lists(NASTY, min_size=1, max_size=40).map(lambda pieces: "".join(pieces)[:most]))


owners = st.builds(
    Owner,
    st.none() | st.just(123_456_789_012_345_678),
    st.none() | st.just(223_456_789_012_345_678),
    st.booleans(),
)
whens = st.timedeltas(timedelta(days=-400), timedelta(days=400)).map(lambda since: NOW + since)
answers = st.builds(
    Heard,
    st.none() | owners,
    state=st.none() | st.sampled_from(AnswerState),
    within=st.none() | st.just(timedelta(days=89, hours=23, minutes=59, seconds=59)),
    due_at=whens,
    is_overdue=st.booleans(),
    status=st.sampled_from(Status),
    text=typed(MAX_ANSWER),
    answered_at=whens,
    answered_by=st.none() | st.just(123_456_789_012_345_678),
    is_late=st.booleans(),
    corrected_at=st.none() | whens,
    promise_due=st.none() | whens,
    promise_overdue=st.booleans(),
    done_at=st.none() | whens,
    done_text=typed(MAX_ANSWER),
    happened=st.integers(0, 10**7),
    not_yet=st.integers(0, 10**7),
    proposer=st.none() | st.just(123_456_789_012_345_678),
    proposed=st.booleans(),
)


def info(question: str) -> PollInfo:
    values: dict[str, Any] = dict.fromkeys(PollInfo.__dataclass_fields__)
    values |= {
        "id": KEY,
        "guild_id": 1,
        "number": 10**9,
        "public_id": "0" * 32,
        "state": State.CLOSED,
        "question": question,
        "options": (),
        "kind": Kind.SINGLE,
        "secrecy": Secrecy.SECRET,
        "results": Results.AFTER,
        "terms": Terms(),
        "zone": "UTC",
        "closes_at": NOW,
        "starts_at": NOW,
    }
    return PollInfo(**values)


views = st.builds(AnswerView, typed(300).map(info), answers, st.just(URL))
entries = st.builds(
    Entry,
    st.integers(1, 10**9),
    typed(300),
    st.none() | st.just(URL),
    owners,
    whens,
    st.booleans(),
    st.none() | whens,
    st.integers(0, 10**7),
    st.integers(0, 10**7),
)
figures = st.builds(
    Figures, st.integers(0, 10**6), st.integers(0, 10**6), st.none() | st.fractions(0, 400, max_denominator=10**9)
)
boards = st.builds(
    BoardView,
    figures,
    st.lists(entries, max_size=40),
    st.integers(40, 10**6),
    st.lists(entries, max_size=40),
    st.integers(40, 10**6),
    st.lists(entries, max_size=3),
    st.integers(3, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.none() | whens,
)
wishes = st.builds(
    ProposalInfo,
    st.just(KEY),
    st.just(1),
    st.integers(1, 10**9),
    st.sampled_from(ProposalState),
    st.none() | st.just(123_456_789_012_345_678),
    typed(300) | st.just(""),
    st.lists(typed(100), max_size=25).map(tuple),
    st.none() | typed(MAX_WHY),
    whens,
    whens,
    st.none() | whens,
    st.none() | st.just(123_456_789_012_345_678),
    st.none() | typed(MAX_REASON),
    st.just(123_456_789_012_345_678),
    st.none() | st.just(URL),
)
waiting = st.builds(
    WaitingView,
    st.lists(st.builds(Waiting, st.integers(1, 10**9), typed(300), whens, st.booleans(), st.just(URL)), max_size=50),
    st.none() | st.just(123_456_789_012_345_678),
)
few = settings(max_examples=20)


def harmless(message: Outgoing) -> None:
    assert faults(message) == []
    assert not message.mention_users - {123_456_789_012_345_678}
    assert message.view() is None or message.rows


@few
@given(views, st.booleans(), st.booleans(), owners)
def test_answers_and_reminders(view: AnswerView, of_promise: bool, direct: bool, owner: Owner) -> None:
    reminder = Reminder(view, owner, of_promise, NOW, is_overdue=of_promise, direct=direct)
    for language in languages():
        harmless(heard.render_answer(view, language))
        harmless(heard.render_done(view, language))
        harmless(heard.render_told(view, language))
        harmless(heard.render_responded(Responded(view, corrected=direct), language))
        harmless(heard.render_reported(view, language))
        message = heard.render_reminder(reminder, language)
        harmless(message)
        if direct or owner.is_moderators:
            assert not message.mention_users
            assert not message.mention_roles
        if direct:
            assert message.rows == ()
            assert message.content == ""


@few
@given(answers)
def test_what_a_post_says_fits_a_field(given_answer: Heard) -> None:
    for language in languages():
        lines = [render(language, line) for line in heard.answer_lines(given_answer)]
        assert lines
        assert 0 < units("\n".join(lines)) <= 1_024
        assert len(heard.answer_buttons(given_answer, KEY, language)) <= 1


@few
@given(boards)
def test_boards(view: BoardView) -> None:
    for language in languages():
        harmless(board.render_board(view, language))


@few
@given(wishes, waiting)
def test_proposals(wish: ProposalInfo, view: WaitingView) -> None:
    for language in languages():
        harmless(proposals.render_proposal(wish, language))
        harmless(proposals.render_proposed(wish, language))
        harmless(proposals.render_decided(wish, language))
        harmless(proposals.render_declined(wish, language))
        harmless(proposals.render_waiting(view, language))


@few
@given(typed(300), typed(2_525), typed(500))
def test_what_is_given_back(question: str, options: str, why: str) -> None:
    for language in languages():
        refusal = t("poll.propose.why_long", length=999, most=MAX_WHY)
        message = proposals.render_refused(refusal, question, options, why, language)
        assert faults(message) == []


@pytest.mark.parametrize("language", languages())
def test_forms_fit_without_being_cut(language: str) -> None:
    wish = ProposalInfo(KEY, 1, 9_999, ProposalState.WAITING, 1, "Q?", ("a", "b"), None, NOW, NOW, None, None, None, 1)
    asked = Asked(KEY, 9_999, "Asia/Seoul", Status.PARTLY, "x" * MAX_ANSWER, NOW)
    forms = (
        heard.respond_form(asked, language),
        proposals.propose_form(language),
        proposals.decline_form(wish, language),
    )
    for form in forms:
        assert len(form.title) < 45
        assert len(form.custom_id) <= 100
        for label in form.children:
            assert isinstance(label, discord.ui.Label)
            assert len(label.text) < 45
            assert len(label.description or "") < 100


@pytest.mark.parametrize("language", languages())
def test_small_things(language: str) -> None:
    assert faults(board.render_moved(Moved(None), language)) == []
    assert faults(board.render_moved(Moved(123_456_789_012_345_678), language)) == []
    assert faults(board.render_board(BoardView(Figures(0, 0, None)), language)) == []
    said = board.render_board(BoardView(Figures(2, 1, Fraction(5, 2)), proposals=1), language).embeds[0].description
    assert "50%" in (said or "")
    assert "2.5" in (said or "")
