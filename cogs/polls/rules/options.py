"""What may be said of a poll: the values of a draft, what is missing or forbidden in them, what they come to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.drafting import problems
from bot.drafting.problems import Fault, Problem, Review, when_problems
from bot.drafting.values import Common, Named
from bot.i18n import Text, t
from cogs.polls.rules.ballots import MAX_OPTIONS, Kind, Quorum, Secrecy
from cogs.polls.rules.terms import Results, Terms

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=90)


class Step(StrEnum):
    """The steps in which a draft is filled in."""

    QUESTION = "question"
    WHO = problems.WHO
    RULES = "rules"
    WHEN = problems.WHEN
    ANSWER = "answer"
    WHERE = problems.WHERE
    LOOK = problems.LOOK


@dataclass(frozen=True, slots=True)
class Options(Common):
    """What an organiser has said so far.

    ``choices`` are what can be voted for. An answer is promised unless said otherwise, by the organiser where nobody is
    named; it is due a time after closing, or at a date.
    """

    question: str | None = None
    choices: tuple[str, ...] = ()
    kind: Kind = Kind.SINGLE
    secrecy: Secrecy = Secrecy.SECRET
    results: Results = Results.AFTER
    max_choices: int | None = None
    voters: int | None = None
    holders_of: Named | None = None
    attended: Named | None = None
    weights: tuple[tuple[int, int], ...] = ()
    balance: Named | None = None
    quorum: Quorum | None = None
    threshold: int | None = None
    write_ins: bool = False
    receipts: bool = True
    is_answered: bool = True
    answer_user: int | None = None
    answer_role: int | None = None
    answer_within: timedelta | None = None
    answer_by: datetime | None = None

    @property
    def terms(self) -> Terms:
        """Who may vote and how much votes weigh."""
        return Terms(self.voters, self.holders_of, self.attended, self.weights, self.balance)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A poll that can be posted; ``scheduled`` is whether it opens later than it is posted."""

    options: Options
    question: str
    scheduled: bool
    opens: datetime
    closes: datetime


def review(options: Options, now: datetime, *, opened_at: datetime | None = None) -> Review[Proposal]:
    """Say what is missing or forbidden, all of it, and what the options come to when nothing is.

    *opened_at* is set for a poll that is open already and only changed: its opening is over and not asked for.
    """
    opens, closes = options.times(now, opened_at)
    found = [
        *_question(options),
        *(Problem(Step.RULES, Fault.FORBIDDEN, text) for text in _rules(options)),
        *_write_ins(options),
        *when_problems(options, now, opened_at, SHORTEST, LONGEST),
        *_answer(options, closes),
    ]
    if found or options.question is None or closes is None:
        return Review(tuple(found), None)
    return Review((), Proposal(options, options.question, opened_at is None and opens > now, opens, closes))


def _question(options: Options) -> list[Problem]:
    found: list[Problem] = []
    if options.question is None:
        found.append(Problem(Step.QUESTION, Fault.MISSING, t("poll.missing.question")))
    if not options.choices:
        found.append(Problem(Step.QUESTION, Fault.MISSING, t("poll.missing.options")))
    return found


def _rules(options: Options) -> list[Text]:
    found: list[Text] = []
    if options.secrecy is Secrecy.SECRET:
        if options.terms.is_weighted:
            found.append(t("poll.wrong.secret_weights"))
        if options.results is Results.LIVE:
            found.append(t("poll.wrong.secret_live"))
    if options.max_choices is not None:
        if options.kind is not Kind.MULTIPLE:
            found.append(t("poll.wrong.max_choices"))
        elif options.choices and options.max_choices > len(options.choices):
            found.append(t("poll.wrong.max_choices_many", most=options.max_choices, n=len(options.choices)))
    if options.quorum is not None and options.quorum.percent and options.voters is None:
        found.append(t("poll.wrong.quorum_voters", percent=str(options.quorum.least)))
    return found


def _write_ins(options: Options) -> list[Problem]:
    """Refuse write-ins where there is no room, and where an option added late would be judged by few."""
    if options.write_ins and options.kind is Kind.RATING:
        return [Problem(Step.RULES, Fault.FORBIDDEN, t("poll.wrong.write_ins_rating"))]
    if options.write_ins and len(options.choices) >= MAX_OPTIONS:
        return [Problem(Step.RULES, Fault.FORBIDDEN, t("poll.wrong.write_ins_full", most=MAX_OPTIONS))]
    return []


def _answer(options: Options, closes: datetime | None) -> list[Problem]:
    by = options.answer_by
    if not options.is_answered and (by is not None or options.answer_within is not None):
        return [Problem(Step.ANSWER, Fault.FORBIDDEN, t("poll.wrong.answer_unused"))]
    if by is not None and closes is not None and by <= closes:
        return [Problem(Step.ANSWER, Fault.FORBIDDEN, t("poll.wrong.answer_early", by=by, closes=closes))]
    return []
