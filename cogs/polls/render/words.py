"""A poll's terms in words, for its post, its results and the ballots people fill in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bot import markup
from bot.i18n import Text, t
from bot.markup import Markup
from bot.ui.look import NAME, TITLE, cut, shorten
from cogs.polls.rules.ballots import Kind, Quorum
from cogs.polls.rules.chart import letter
from cogs.polls.rules.terms import Results, Terms
from cogs.polls.service.records import PollInfo
from cogs.polls.tables import State

# What components are called in their custom ids, each followed by the poll's key.
VOTE: Final = "poll.vote"
SUGGEST: Final = "poll.suggest"
SUGGESTIONS: Final = "poll.suggestions"
RESULTS: Final = "poll.results"
# Characters a question of 300 may take once it is escaped, beyond what a title holds.
QUESTION: Final = 640

_HOW: Final[Mapping[Kind, Text]] = {
    Kind.SINGLE: t("poll.render.how.single"),
    Kind.RANKED: t("poll.render.how.ranked"),
    Kind.RATING: t("poll.render.how.rating"),
}


def number(info: PollInfo) -> Text:
    """Return the line that names a poll."""
    return t("poll.render.number", number=str(info.number))


def state(info: PollInfo) -> Text:
    """Return the line that names a poll and says how it stands, which people look for first."""
    number = str(info.number)
    match info.state:
        case State.SCHEDULED:
            return t("poll.render.state.scheduled", number=number)
        case State.OPEN:
            return t("poll.render.state.open", number=number)
        case State.COUNTING:
            return t("poll.render.state.counting", number=number)
        case State.CLOSED:
            return t("poll.render.state.closed", number=number)
        case State.CANCELLED:
            return t("poll.render.state.cancelled", number=number)


def heading(question: str) -> tuple[Markup, Markup | None]:
    """Return a question as a title, and whole where it is too long for one."""
    title = shorten(question, TITLE)
    return title, cut(question, QUESTION) if title.endswith("…") and len(question) > NAME else None


def how(info: PollInfo) -> Text:
    """Say what a ballot names."""
    if info.kind is Kind.MULTIPLE:
        return t("poll.render.how.multiple", n=info.most_choices)
    return _HOW[info.kind]


def option_lines(options: Sequence[str], room: int) -> list[Markup]:
    """Return options with their letters, one a line, all of them in so many characters."""
    each = max(20, room // max(1, len(options)) - 10)
    return [Markup(f"**{letter(index)}** {shorten(text, each)}") for index, text in enumerate(options)]


def fact(what: Text, value: Text | str | datetime) -> Text:
    return t("poll.render.fact", what=what, value=value)


def moment(what: Text, at: datetime) -> Text:
    return t("poll.render.fact_when", what=what, at=markup.time(at, "f"), relative=markup.time(at, "R"))


def votes(count: int) -> Text:
    return t("poll.count.votes", n=count)


def who(info: PollInfo) -> list[Text]:
    """Say who may vote, and how much votes weigh."""
    return requirements(info.terms)


def requirements(terms: Terms) -> list[Text]:
    """Say what voting asks for, and how much votes weigh."""
    lines: list[Text] = []
    if terms.voters is not None:
        lines.append(t("poll.render.who.role", role=markup.role(terms.voters)))
    if terms.holders_of is not None:
        lines.append(t("poll.render.who.rule", rule=shorten(terms.holders_of.name, NAME)))
    if terms.attended is not None:
        lines.append(t("poll.render.who.event", event=shorten(terms.attended.name, NAME)))
    for role, worth in terms.weights:
        lines.append(t("poll.render.who.weight", role=markup.role(role), n=worth))
    if len(terms.weights) > 1:
        lines.append(t("poll.render.who.weights"))
    if terms.balance is not None:
        lines.append(t("poll.render.who.balance", rule=shorten(terms.balance.name, NAME)))
    return lines


def bounds(info: PollInfo) -> list[Text]:
    """Say what it takes for a poll to pass."""
    return limits(info.quorum, info.threshold)


def limits(quorum: Quorum | None, threshold: int | None) -> list[Text]:
    """Say how many must vote, and how much of the votes it takes."""
    lines: list[Text] = []
    if quorum is not None:
        least = quorum.least
        lines.append(
            t("poll.render.quorum_percent", percent=str(least)) if quorum.percent else t("poll.render.quorum", n=least)
        )
    if threshold is not None:
        lines.append(t("poll.render.threshold", percent=str(threshold)))
    return lines


def secrecy(info: PollInfo) -> list[Text]:
    """Say who can see a choice, in terms no stronger than true, and what a receipt is."""
    if info.is_secret:
        lines = [t("poll.render.secret"), t("poll.render.secret.host")]
    else:
        live = info.results is Results.LIVE
        lines = [t("poll.render.open.live") if live else t("poll.render.open")]
    lines.append(t("poll.render.receipts") if info.receipts else t("poll.render.receipts.off"))
    return lines


def organiser(info: PollInfo) -> Text:
    who = t("poll.render.erased") if info.organiser_id is None else markup.user(info.organiser_id)
    return fact(t("poll.render.organiser"), who)
