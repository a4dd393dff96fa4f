"""A giveaway's own post, in every state."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Button, Card, button, cut
from bot.ui.outgoing import Outgoing
from cogs.giveaways.render import words
from cogs.giveaways.rules.freeze import PATIENCE
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.tables import ClaimState, Source, State, Waiting

# What a description of 1 000 characters may take once it is escaped; longer ones are cut.
_TEXT: Final = 1_900
# More than one empty line only makes a post longer.
_GAPS: Final = re.compile(r"\n\s*\n\s*")
# From the closing to the draw: a minute until the round, and the recheck of many before it.
_PUNCTUAL: Final = timedelta(minutes=10)


def render_post(view: PostView, language: str) -> Outgoing:
    """Return a giveaway's post as it is now."""
    info = view.info
    card = Card(
        language,
        words.title(info, view.title),
        _colour(view),
        author=words.number(info),
        footer=t("giveaway.render.corrected") if view.corrected else None,
        picture=None if view.picture is None else view.picture.name,
    )
    _BODIES[info.state](view, card)
    return Outgoing.post(
        card.embed(),
        _buttons(view, language),
        ping=info.ping_role,
        picture=view.picture,
        new_picture=view.new_picture,
    )


def _scheduled(view: PostView, card: Card) -> None:
    card.say(_text(view))
    _glance(view, card, _at(t("giveaway.render.opens"), view.info.starts_at), _ends(view.info))
    _rules(view, card)


def _open(view: PostView, card: Card) -> None:
    info = view.info
    card.say(_text(view))
    entered = None
    if info.source is Source.ENTRY:
        count = t("giveaway.count.entrants", n=info.entry_count)
        entered = t("giveaway.render.fact", what=t("giveaway.render.entries"), value=count)
    _glance(view, card, _ends(info), entered, _opened_late(info))
    _rules(view, card)


def _closing(view: PostView, card: Card) -> None:
    if view.waiting is None:
        card.say(t("giveaway.render.closing"))
    else:
        card.say(t("giveaway.render.frozen_waiting"))
        card.say(_awaited(view))
    card.say(_quoted(view))
    _glance(view, card, _closed(view.info), _early(view.info))
    _fair(view, card)


def _frozen(view: PostView, card: Card) -> None:
    info = view.info
    if info.cancelled_at is not None:
        words.say_cancelled(card, info)
        card.say(t("giveaway.render.cancelled_frozen"))
    else:
        card.say(t("giveaway.render.frozen") if view.waiting is None else t("giveaway.render.frozen_waiting"))
    card.say(_awaited(view))
    card.say(_quoted(view))
    _glance(view, card, words.counted(info), _closed(info), _early(info))
    _fair(view, card)


def _drawn(view: PostView, card: Card) -> None:
    info = view.info
    won, over = words.winners(view.places), words.passed(view.places)
    if info.cancelled_at is not None:
        words.say_cancelled(card, info)
        card.say(t("giveaway.render.cancelled_drawn"))
        card.say(card.bold(t("giveaway.render.would_have_won")), *words.people(card.language, won))
    else:
        heading = card.bold(t("giveaway.render.winners_are", n=len(won)))
        card.say(heading, *words.people(card.language, won))
        card.say(_delivered(view), _claimable(view))
    card.say(_quoted(view))
    _glance(view, card, words.counted(info), _closed(info), _drawn_at(info), _early(info), _late(info), _added(info))
    card.part(t("giveaway.render.passed.heading"), *words.passed_lines(card.language, over))
    _fair(view, card)


def _empty(view: PostView, card: Card) -> None:
    card.say(t("giveaway.render.empty"))
    card.say(_quoted(view))
    _glance(view, card, _closed(view.info), _early(view.info))


def _cancelled(view: PostView, card: Card) -> None:
    words.say_cancelled(card, view.info)
    card.say(t("giveaway.render.cancelled_open"))
    card.say(_quoted(view))
    _glance(view, card)


_BODIES: Final[Mapping[State, Callable[[PostView, Card], None]]] = {
    State.SCHEDULED: _scheduled,
    State.OPEN: _open,
    State.CLOSING: _closing,
    State.FROZEN: _frozen,
    State.DRAWN: _drawn,
    State.EMPTY: _empty,
    State.CANCELLED: _cancelled,
}


def _text(view: PostView) -> Markup | None:
    """Return the organiser's words."""
    text = view.text or view.info.description
    if not text or markup.is_blank(text):
        return None
    return cut(_GAPS.sub("\n\n", text), _TEXT)


def _quoted(view: PostView) -> Markup | None:
    """Return the organiser's words set apart, where what became of the giveaway comes first."""
    text = _text(view)
    return None if text is None else Markup("> " + text.replace("\n", "\n> "))


def _glance(view: PostView, card: Card, *lines: Text | None) -> None:
    """Say the essentials; how many win is said until it is known who."""
    info = view.info
    winners = None if info.state is State.DRAWN else _winners(info)
    repeats = words.repeats(info) if info.state in (State.SCHEDULED, State.OPEN) else None
    card.part(t("giveaway.render.glance"), *lines, winners, words.organiser(info), repeats)


def _rules(view: PostView, card: Card) -> None:
    """Say who may enter, with how many tickets, how a prize is claimed, and how the draw can be checked."""
    info = view.info
    words.say_who(card, info)
    if info.source is Source.ENTRY:
        card.part(t("giveaway.render.at_closing"), words.rechecked(info.terms))
    if info.source is not Source.HOLDERS:
        card.part(t("giveaway.render.claiming"), *words.claim(info))
    _fair(view, card)


def _fair(view: PostView, card: Card) -> None:
    """Say how the draw can be checked: what is fixed already, and where the rest stands."""
    info = view.info
    lines: list[Text] = []
    heading = t("giveaway.render.fair")
    if words.is_trusted(info, view.chain):
        heading = t("giveaway.render.fair.trusted")
        lines += words.trusted(info)
    elif info.state in (State.SCHEDULED, State.OPEN, State.CLOSING):
        own = words.is_own_beacon(view.chain)
        lines.append(t("giveaway.render.fair.how_own") if own else t("giveaway.render.fair.how"))
    lines += words.freeze_links(view.freezes)
    if view.result_url is not None:
        lines.append(t("giveaway.render.fair.result", url=Markup(view.result_url)))
    lines.append(words.commitment(info))
    card.part(heading, *lines)


def _awaited(view: PostView) -> Text | None:
    """Say what the draw waits for."""
    info = view.info
    since = info.beacon_failing_since
    match view.waiting:
        case Waiting.RULE:
            return t("giveaway.render.waiting.rule")
        case Waiting.PERMISSIONS:
            return t("giveaway.render.waiting.permissions", needs=words.POSTING)
        case Waiting.UNREADABLE:
            return t("giveaway.render.waiting.unreadable", needs=words.READING)
        case Waiting.BEACON if since is not None:
            return t(
                "giveaway.render.waiting.beacon",
                since=markup.time(since, "f"),
                until=markup.time(since + PATIENCE, "f"),
            )
        case Waiting.BEACON_GIVE_UP if since is not None:
            return t("giveaway.render.waiting.give_up", since=markup.time(since, "f"))
        case Waiting.BEACON | Waiting.BEACON_GIVE_UP:
            return t("giveaway.render.waiting.beacon_away")
        case None:
            pass
    if words.is_trusted(info, view.chain):
        return None
    awaited = [freeze for freeze in view.freezes if freeze.round_at is not None]
    if not awaited or awaited[-1].round_at is None:
        return None
    last = awaited[-1]
    return t("giveaway.render.round", round=markup.code(str(last.round)), at=markup.time(awaited[-1].round_at, "R"))


def _colour(view: PostView) -> discord.Colour:
    if view.info.cancelled_at is not None:
        return look.OVER
    if view.waiting is not None:
        return look.WAITING
    return {
        State.SCHEDULED: look.OPEN,
        State.OPEN: look.OPEN,
        State.CLOSING: look.DRAWING,
        State.FROZEN: look.DRAWING,
        State.DRAWN: look.DRAWN,
    }.get(view.info.state, look.OVER)


def _buttons(view: PostView, language: str) -> list[Button]:
    info = view.info
    made: list[Button] = []
    if info.state is State.OPEN and info.source is Source.ENTRY:
        made.append(
            button(
                language,
                t("giveaway.render.button.enter"),
                words.ENTER,
                info.id,
                style=discord.ButtonStyle.success,
                emoji="🎉",
            )
        )
    if info.state is State.FROZEN and view.waiting is Waiting.BEACON_GIVE_UP:
        made.append(
            button(language, t("giveaway.render.button.trust"), words.TRUST, info.id, style=discord.ButtonStyle.danger)
        )
    return [*made, words.info_button(info, language)]


def _early(info: GiveawayInfo) -> Text | None:
    return t("giveaway.render.ended_early") if info.ended_early else None


def _opened_late(info: GiveawayInfo) -> Text | None:
    """Say that it opened later than planned, since that takes from the time to enter."""
    if info.opened_at is None or info.opened_at - info.starts_at < _PUNCTUAL:
        return None
    return t("giveaway.render.opened_late", planned=info.starts_at)


def _late(info: GiveawayInfo) -> Text | None:
    """Say that a draw came later than people were told to expect."""
    if info.drawn_at is None or info.drawn_at - info.closes_at < _PUNCTUAL:
        return None
    return t("giveaway.render.late")


def _added(info: GiveawayInfo) -> Text | None:
    """Say that more places win than were drawn at first."""
    more = 0 if info.drawn_winners is None else info.winners - info.drawn_winners
    return t("giveaway.render.added", n=more) if more > 0 else None


def _delivered(view: PostView) -> Text | None:
    won = words.winners(view.places)
    if not won or view.info.source is Source.HOLDERS:
        return None
    count = t("giveaway.render.delivered_of", done=str(words.delivered(view.places)), total=str(len(won)))
    return t("giveaway.render.fact", what=t("giveaway.render.delivered"), value=count)


def _claimable(view: PostView) -> Text | None:
    """Say until when the prizes that nobody has taken yet can be taken."""
    times = [
        place.claim_until
        for place in words.winners(view.places)
        if place.claim_state is ClaimState.OPEN and place.claim_until is not None
    ]
    return _at(t("giveaway.render.claim_by"), max(times)) if times else None


def _drawn_at(info: GiveawayInfo) -> Text | None:
    if info.drawn_at is None:
        return None
    return t("giveaway.render.fact", what=t("giveaway.render.drawn"), value=markup.time(info.drawn_at, "f"))


def _closed(info: GiveawayInfo) -> Text:
    return t("giveaway.render.fact", what=t("giveaway.render.closed"), value=markup.time(info.closes_at, "f"))


def _ends(info: GiveawayInfo) -> Text:
    what = t("giveaway.render.ends") if info.source is Source.ENTRY else t("giveaway.render.draw_at")
    return _at(what, info.closes_at)


def _at(what: Text, at: datetime) -> Text:
    return t("giveaway.render.fact_when", what=what, at=at, relative=markup.time(at, "R"))


def _winners(info: GiveawayInfo) -> Text:
    return t("giveaway.render.fact", what=t("giveaway.render.winners"), value=words.amount(info.winners))
