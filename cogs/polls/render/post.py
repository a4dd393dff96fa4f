"""A poll's own post, in every state."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Button, Card, button
from bot.ui.outgoing import Outgoing
from cogs.polls.render import bars, words
from cogs.polls.render.heard import answer_buttons, answer_lines
from cogs.polls.rules.chart import letter
from cogs.polls.rules.count import Tally
from cogs.polls.service.records import PollInfo
from cogs.polls.service.showing import PostView
from cogs.polls.tables import State

# Of the 4 096 characters of a description, for the options or their bars.
OPTIONS: Final = 2_600


def render_post(view: PostView, language: str) -> Outgoing:
    """Return a poll's post as it is now."""
    info = view.info
    title, whole = words.heading(view.question)
    card = Card(
        language,
        title,
        _COLOURS.get(info.state, look.OVER),
        author=words.state(info),
        picture=None if view.picture is None else view.picture.name,
    )
    card.say(whole)
    _BODIES[info.state](view, card)
    return Outgoing.post(
        card.embed(),
        _buttons(view, language),
        ping=info.ping_role,
        picture=view.picture,
        new_picture=view.new_picture,
    )


def _scheduled(view: PostView, card: Card) -> None:
    card.say(*words.option_lines(view.options, OPTIONS))
    info = view.info
    card.part(
        t("poll.render.glance"),
        words.moment(t("poll.render.opens"), info.starts_at),
        words.moment(t("poll.render.closes"), info.closes_at),
        words.organiser(info),
    )
    _rules(view, card)


def _open(view: PostView, card: Card) -> None:
    info = view.info
    if view.tally is None:
        card.say(*words.option_lines(view.options, OPTIONS))
    else:
        card.say(t("poll.render.so_far"))
        card.say(*bars.bars(info.kind, view.tally, view.options, card.language, OPTIONS, over=False))
    card.part(
        t("poll.render.glance"),
        words.moment(t("poll.render.closes"), info.closes_at),
        _extended(info),
        words.fact(t("poll.render.voted"), words.votes(info.vote_count)),
        words.organiser(info),
    )
    _rules(view, card)


def _counting(view: PostView, card: Card) -> None:
    card.say(t("poll.render.counting"))
    card.say(*words.option_lines(view.options, OPTIONS))
    card.part(
        t("poll.render.glance"),
        words.fact(t("poll.render.closed"), markup.time(view.info.closed_at or view.info.closes_at, "f")),
        words.fact(t("poll.render.voted"), words.votes(view.info.vote_count)),
        words.organiser(view.info),
    )


def _closed(view: PostView, card: Card) -> None:
    info, tally = view.info, view.tally
    if tally is None:
        _counting(view, card)
        return
    card.say(outcome(view.options, tally.winners), verdict(info, tally))
    card.say(*bars.bars(info.kind, tally, view.options, card.language, OPTIONS))
    card.part(
        t("poll.render.glance"),
        bars.turnout(tally),
        *words.bounds(info),
        words.fact(t("poll.render.closed"), markup.time(info.closed_at or info.closes_at, "f")),
        t("poll.render.early") if info.ended_early else None,
        _extended(info),
        words.organiser(info),
        None if view.result_url is None else t("poll.render.result_link", url=Markup(view.result_url)),
    )
    card.part(t("poll.render.answer"), *answer_lines(view.heard))


def _cancelled(view: PostView, card: Card) -> None:
    card.say(t("poll.render.cancelled"))
    card.say(*words.option_lines(view.options, OPTIONS))


_BODIES: Final[Mapping[State, Callable[[PostView, Card], None]]] = {
    State.SCHEDULED: _scheduled,
    State.OPEN: _open,
    State.COUNTING: _counting,
    State.CLOSED: _closed,
    State.CANCELLED: _cancelled,
}
_COLOURS: Final = {
    State.SCHEDULED: look.OPEN,
    State.OPEN: look.OPEN,
    State.COUNTING: look.DRAWING,
    State.CLOSED: look.DRAWN,
}


def outcome(options: Sequence[str], winners: Sequence[int]) -> Text:
    """Say which option won."""
    if not winners:
        return t("poll.render.no_winner")
    return t("poll.render.winner", letter=letter(winners[0]), option=options[winners[0]])


def verdict(info: PollInfo, tally: Tally) -> Text | None:
    """Say whether what a poll asked of its result was met, or what was missed; None where it asked for nothing."""
    if not words.bounds(info):
        return None
    match tally.passed:
        case True:
            return t("poll.render.passed")
        case False:
            quorum = info.quorum
            enough = quorum is None or quorum.met(tally.turnout.ballots, tally.turnout.eligible)
            return t("poll.render.missed_quorum") if enough is False else t("poll.render.missed_threshold")
        case None:
            return t("poll.render.unknown")


def _rules(view: PostView, card: Card) -> None:
    info = view.info
    card.part(t("poll.render.voting"), words.how(info), *words.bounds(info), t("poll.render.change"))
    card.part(t("poll.render.who"), *words.who(info))
    card.part(t("poll.render.privacy"), *words.secrecy(info))
    card.part(t("poll.render.answer"), *answer_lines(view.heard))


def _extended(info: PollInfo) -> Text | None:
    if info.extended_from is None:
        return None
    return t("poll.render.extended", before=markup.time(info.extended_from, "f"))


def _buttons(view: PostView, language: str) -> list[Button]:
    info = view.info
    made: list[Button] = []
    if info.state is State.OPEN:
        made.append(
            button(
                language,
                t("poll.button.vote"),
                words.VOTE,
                info.id,
                style=discord.ButtonStyle.success,
                emoji="🗳️",
            )
        )
        if info.write_ins:
            made.append(button(language, t("poll.button.suggest"), words.SUGGEST, info.id))
        if view.proposed:
            label = t("poll.button.suggestions", n=view.proposed)
            made.append(button(language, label, words.SUGGESTIONS, info.id))
    if info.state is State.CLOSED:
        made.append(button(language, t("poll.button.results"), words.RESULTS, info.id))
        made += answer_buttons(view.heard, info.id, language)
    return made
