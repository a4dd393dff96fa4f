"""What the gallery photographs of polls."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from bot.published import File
from bot.ui.outgoing import Outgoing
from cogs.polls.render.board import render_board
from cogs.polls.render.heard import render_answer, render_done, render_reminder
from cogs.polls.render.paper import render_cast, render_paper, render_ranking, render_rating
from cogs.polls.render.post import render_post
from cogs.polls.render.proposals import render_proposal
from cogs.polls.render.result import render_result, render_standing
from cogs.polls.rules.ballots import Kind
from cogs.polls.rules.chart import chart
from cogs.polls.rules.filling import Ranking, Ratings
from cogs.polls.rules.heard import Figures
from cogs.polls.service.heard.board import BoardView, Entry
from cogs.polls.service.heard.owing import Reminder
from cogs.polls.service.heard.proposing import ProposalInfo
from cogs.polls.service.heard.records import AnswerView, Heard, Owner
from cogs.polls.service.records import PollInfo
from cogs.polls.service.results import Standing
from cogs.polls.service.showing import ResultView
from cogs.polls.service.voting import Paper, VoteAnswer
from cogs.polls.tables import ProposalState, State
from tests.browser.gallery import Play, Scene
from tests.polls.render import acting, samples
from tests.polls.render.samples import COLOURS, EXHIBITION, MEETUP, NOW, OREN, URL, WORKSHOPS

PREFIX: Final = "poll"
FOLDER: Final = "polls"
# With the wording of a poll in each language; the result's bundle is not looked at.
Message = Callable[[str], Outgoing]


def scene(message: Message, *, kept: bool = True, now: Any = NOW) -> Scene:
    return Scene(message, now, samples.PEOPLE, samples.ROLES, kept)


def _result(info: PollInfo, language: str, eligible: int | None = None) -> Outgoing:
    seen = samples.tally(info, eligible)
    drawn = chart(info.kind, seen)
    files = [File("poll-12.json", b"{}")]
    return render_result(ResultView(info, info.question, samples.texts(info), seen, drawn, files, URL, None), language)


def _open_single(language: str) -> Outgoing:
    return render_post(samples.post(samples.poll(MEETUP, language, Kind.SINGLE, State.OPEN)), language)


def _open_live(language: str) -> Outgoing:
    info = samples.live(WORKSHOPS, language, Kind.MULTIPLE, State.OPEN)
    return render_post(samples.post(info, seen=samples.tally(info), proposed=2), language)


def _scheduled(language: str) -> Outgoing:
    info = samples.poll(EXHIBITION, language, Kind.RANKED, State.SCHEDULED, starts_at=NOW + timedelta(hours=5))
    return render_post(samples.post(info, Heard(None)), language)


def _paper_single(language: str) -> Outgoing:
    return render_paper(Paper(samples.poll(MEETUP, language, Kind.SINGLE, State.OPEN), voted=False, weight=1), language)


def _paper_multiple(language: str) -> Outgoing:
    return render_paper(
        Paper(samples.live(WORKSHOPS, language, Kind.MULTIPLE, State.OPEN), voted=True, weight=3), language
    )


def _ranking(picks: tuple[int, ...], at: int) -> Message:
    def message(language: str) -> Outgoing:
        return render_ranking(samples.poll(COLOURS, language, Kind.RANKED, State.OPEN), Ranking(picks, at), language)

    return message


def _rating(language: str) -> Outgoing:
    given = (4, 5, None, 2, 5, *(None,) * 20)
    return render_rating(samples.poll(COLOURS, language, Kind.RATING, State.OPEN), Ratings(given, 1), language)


def _cast(language: str) -> Outgoing:
    info = samples.poll(EXHIBITION, language, Kind.RANKED, State.OPEN)
    return render_cast(VoteAnswer(info, new=True, blank=False, receipt="7KQ2M9XD", weight=1, count=48), language)


def _result_of(words: samples.Words, kind: Kind, **changes: Any) -> Message:
    def message(language: str) -> Outgoing:
        return _result(samples.poll(words, language, kind, State.CLOSED, **changes), language)

    return message


def _result_open(language: str) -> Outgoing:
    return _result(samples.live(WORKSHOPS, language, Kind.MULTIPLE, State.CLOSED), language, 120)


def _standing(language: str) -> Outgoing:
    info = samples.poll(EXHIBITION, language, Kind.RANKED, State.CLOSED)
    return render_standing(Standing(info, samples.tally(info), URL), language)


def _closed(heard: Callable[[str], Heard]) -> Message:
    def message(language: str) -> Outgoing:
        info = samples.poll(MEETUP, language, Kind.SINGLE, State.CLOSED)
        return render_post(samples.post(info, heard(language), samples.tally(info)), language)

    return message


def _view(language: str, heard: Heard) -> AnswerView:
    return AnswerView(samples.poll(MEETUP, language, Kind.SINGLE, State.CLOSED), heard, URL)


def _answer(language: str) -> Outgoing:
    return render_answer(_view(language, samples.answered(language)), language)


def _done(language: str) -> Outgoing:
    return render_done(_view(language, samples.kept(language)), language)


def _reminder(language: str) -> Outgoing:
    due = NOW + timedelta(days=1)
    view = _view(language, samples.awaiting(due_at=due))
    return render_reminder(
        Reminder(view, Owner(user_id=OREN), of_promise=False, due_at=due, is_overdue=False, direct=False), language
    )


def _entry(language: str, words: samples.Words, number: int, due: float, **changes: Any) -> Entry:
    question = words[language][0]
    at = NOW + timedelta(days=due)
    return replace(Entry(number, question, URL, Owner(user_id=OREN), at, at <= NOW), **changes)


def _board(language: str) -> Outgoing:
    done_at = NOW - timedelta(days=9)
    view = BoardView(
        Figures(14, 12, Fraction(9, 2)),
        promises=[_entry(language, MEETUP, 12, -3), _entry(language, EXHIBITION, 9, 40)],
        promise_count=2,
        awaiting=[
            _entry(language, COLOURS, 14, -1, owner=Owner(role_id=samples.ARTISTS)),
            _entry(language, WORKSHOPS, 15, 6, owner=Owner(gone=True)),
        ],
        awaiting_count=2,
        done=[_entry(language, WORKSHOPS, 5, -8, is_overdue=False, done_at=done_at, happened=17, not_yet=2)],
        done_count=1,
        proposals=2,
        proposals_overdue=1,
        oldest_due=NOW - timedelta(days=1),
    )
    return render_board(view, language)


def _proposal(language: str) -> Outgoing:
    question, options = MEETUP[language]
    info = ProposalInfo(
        id=3,
        guild_id=samples.GUILD,
        number=3,
        user_id=samples.LENA,
        question=question,
        options=options,
        why=samples.ANSWERS[language],
        state=ProposalState.WAITING,
        reason=None,
        created_at=NOW,
        due_at=NOW + timedelta(days=7),
        decided_by=None,
        decided_at=None,
        channel_id=samples.CHANNEL,
    )
    return render_proposal(info, language)


LATE: Final = NOW + timedelta(days=31)
SCENES: Final[Mapping[str, Scene]] = {
    "open-single": scene(_open_single),
    "open-live": scene(_open_live),
    "scheduled": scene(_scheduled, kept=False),
    "ballot-single": scene(_paper_single, kept=False),
    "ballot-multiple": scene(_paper_multiple),
    "ballot-ranked": scene(_ranking((4, 0, 11, 6), 2)),
    "ballot-ranked-empty": scene(_ranking((), 0), kept=False),
    "ballot-ranked-full": scene(_ranking(tuple(range(25)), 24), kept=False),
    "ballot-rating": scene(_rating),
    "cast": scene(_cast),
    "result-single": scene(_result_of(MEETUP, Kind.SINGLE)),
    "result-open": scene(_result_open),
    "result-ranked": scene(_result_of(EXHIBITION, Kind.RANKED)),
    "result-ranked-25": scene(_result_of(COLOURS, Kind.RANKED), kept=False),
    "result-rating": scene(_result_of(EXHIBITION, Kind.RATING)),
    "standing": scene(_standing, kept=False),
    "awaiting": scene(_closed(lambda _: samples.awaiting()), kept=False),
    "overdue": scene(_closed(lambda _: samples.awaiting(is_overdue=True)), now=NOW + timedelta(days=8)),
    "promised": scene(_closed(samples.answered), now=NOW + timedelta(days=3)),
    "promise-overdue": scene(_closed(lambda language: samples.answered(language, promise_overdue=True)), kept=False),
    "kept": scene(_closed(samples.kept), now=LATE, kept=False),
    "answer": scene(_answer, now=NOW + timedelta(days=2)),
    "done": scene(_done, now=NOW + timedelta(days=28)),
    "reminder": scene(_reminder, kept=False),
    "board": scene(_board),
    "proposal": scene(_proposal, kept=False),
}
PLAYS: Final[Mapping[str, Play]] = {"acting": Play(acting.play, acting.FEATURES, acting.PICTURES)}
