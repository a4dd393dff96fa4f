"""The board of answers in words: what was promised, what is owed, and how well asking was answered."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from bot import markup
from bot.i18n import Text, plain, render, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Card, fitting, shorten
from bot.ui.outgoing import Outgoing
from cogs.polls.service.heard.board import BoardView, Entry, Moved
from cogs.polls.service.heard.showcase import figures_lines
from cogs.polls.service.heard.words import owner_name

# Discord takes 4 096 characters of a description; these and the figures stay below.
PROMISES_ROOM: Final = 1_500
AWAITING_ROOM: Final = 1_300
DONE_ROOM: Final = 700
QUESTION: Final = 90


def render_board(view: BoardView, language: str) -> Outgoing:
    """Return the board: figures first, then promises, then what waits, whoever is overdue before the others."""
    card = Card(language, plain(language, t("poll.board.title")), look.DRAWING)
    if view.is_empty:
        card.say(t("poll.board.empty"))
        return Outgoing(embeds=(card.embed(),))
    figures = figures_lines(view)
    card.say(*(figures or [t("poll.board.no_figures")]))
    if view.oldest_due is not None:
        card.say(t("poll.board.oldest_proposal", due=markup.time(view.oldest_due, "R")))
    _list(card, t("poll.board.promises"), view.promises, view.promise_count, PROMISES_ROOM, _promise)
    _list(card, t("poll.board.awaiting"), view.awaiting, view.awaiting_count, AWAITING_ROOM, _awaiting)
    _list(card, t("poll.board.done"), view.done, view.done_count, DONE_ROOM, _done)
    card.footer = t("poll.board.footer")
    return Outgoing(embeds=(card.embed(),))


def render_moved(moved: Moved, language: str) -> Outgoing:
    """Return what an old board says."""
    card = Card(language, plain(language, t("poll.board.title")), look.OVER)
    if moved.to is None:
        card.say(t("poll.board.closed", command=markup.code("/browse")))
    else:
        card.say(t("poll.board.moved", channel=markup.channel(moved.to)))
    return Outgoing(embeds=(card.embed(),))


def _list(
    card: Card,
    heading: Text,
    entries: Sequence[Entry],
    count: int,
    room: int,
    line: Callable[[Entry], Text],
) -> None:
    """Add as many lines as there is room for, and how many more there are."""
    if not count:
        return
    lines = [render(card.language, line(entry)) for entry in entries]
    shown, _ = fitting(lines, room)
    rest = count - len(shown)
    card.say(card.bold(heading), *shown, *([t("poll.board.more", n=rest)] if rest else []))


def _title(entry: Entry) -> Markup:
    """Return the question, as the way to the poll where there is one."""
    question = shorten(entry.question, QUESTION)
    if entry.url is None:
        return question
    return Markup(f"[{question}]({entry.url})")


def _promise(entry: Entry) -> Text:
    values = {"question": _title(entry), "owner": owner_name(entry.owner), **_when(entry.due_at)}
    return t("poll.board.row.promise_overdue", **values) if entry.is_overdue else t("poll.board.row.promise", **values)


def _awaiting(entry: Entry) -> Text:
    values = {"question": _title(entry), "owner": owner_name(entry.owner), **_when(entry.due_at)}
    return t("poll.board.row.overdue", **values) if entry.is_overdue else t("poll.board.row.awaiting", **values)


def _done(entry: Entry) -> Text:
    counts = {"happened": entry.happened, "not_yet": entry.not_yet}
    done = markup.time(entry.done_at or entry.due_at, "d")
    values = {"question": _title(entry), "done": done, **counts}
    return t("poll.board.row.done_late", **values) if entry.is_overdue else t("poll.board.row.done", **values)


def _when(due_at: datetime) -> dict[str, Markup]:
    return {"due": markup.time(due_at, "d"), "relative": markup.time(due_at, "R")}
