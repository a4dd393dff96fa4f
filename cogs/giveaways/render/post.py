"""A giveaway's own post, in every state."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, t
from bot.markup import Markup
from bot.ui.outgoing import Attachment, Outgoing
from cogs.giveaways.render import look, words
from cogs.giveaways.render.look import Button, Card, bullets, button, cut
from cogs.giveaways.rules.freeze import PATIENCE
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.tables import Source, State, Waiting

# What a description of 1 000 characters may take once it is escaped; longer ones are cut.
_TEXT: Final = 1_900


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
    text = view.text or info.description
    if text:
        card.say(cut(text, _TEXT))
    _BODIES[info.state](view, card)
    files = () if view.picture is None else (Attachment(view.picture.name, view.picture.data),)
    ping = frozenset[int]() if info.ping_role is None else frozenset((info.ping_role,))
    return Outgoing(
        content="" if info.ping_role is None else markup.role(info.ping_role),
        embeds=(card.embed(),),
        rows=tuple(_buttons(view, language)),
        files=files,
        mention_roles=ping,
    )


def _scheduled(view: PostView, card: Card) -> None:
    info = view.info
    card.say(
        _at(t("giveaway.render.opens"), info.starts_at),
        _at(t("giveaway.render.ends"), info.closes_at),
        _people(t("giveaway.render.winners"), info.winners),
        words.organiser(info),
        words.repeats(info),
    )
    _rules(view, card)


def _open(view: PostView, card: Card) -> None:
    info = view.info
    ends = t("giveaway.render.ends") if info.source is Source.ENTRY else t("giveaway.render.draw_at")
    entered = _people(t("giveaway.render.entries"), info.entry_count) if info.source is Source.ENTRY else None
    card.say(
        _at(ends, info.closes_at),
        _people(t("giveaway.render.winners"), info.winners),
        entered,
        words.organiser(info),
        words.repeats(info),
    )
    _rules(view, card)


def _closing(view: PostView, card: Card) -> None:
    card.say(t("giveaway.render.closing"), _early(view.info))
    _facts(view, card)
    _fair(view, card)


def _frozen(view: PostView, card: Card) -> None:
    info = view.info
    if info.cancelled_at is not None:
        words.say_cancelled(card, info)
        card.say(t("giveaway.render.cancelled_frozen"))
    else:
        waits = view.waiting is not None
        card.say(t("giveaway.render.frozen_waiting") if waits else t("giveaway.render.frozen"), _early(info))
    card.say(words.counted(info), _awaited(view))
    _facts(view, card)
    _fair(view, card)


def _drawn(view: PostView, card: Card) -> None:
    info = view.info
    won, over = words.winners(view.places), words.passed(view.places)
    if info.cancelled_at is not None:
        words.say_cancelled(card, info)
        card.say(t("giveaway.render.cancelled_drawn"))
    else:
        card.say(_on(t("giveaway.render.drawn"), view), _early(info))
    card.say(words.counted(info))
    _facts(view, card)
    heading = (
        t("giveaway.render.winners_are", n=len(won))
        if info.cancelled_at is None
        else t("giveaway.render.would_have_won")
    )
    card.part(heading, *words.people(card.language, won))
    card.part(t("giveaway.render.passed.heading"), *words.passed_lines(card.language, over))
    if won and info.cancelled_at is None and info.source is not Source.HOLDERS:
        count = words.delivered(info, view.places)
        card.part(
            t("giveaway.render.delivered"), t("giveaway.render.delivered_of", done=str(count), total=str(len(won)))
        )
    _fair(view, card)


def _empty(view: PostView, card: Card) -> None:
    card.say(t("giveaway.render.empty"), _early(view.info))
    _facts(view, card)


def _cancelled(view: PostView, card: Card) -> None:
    words.say_cancelled(card, view.info)
    card.say(t("giveaway.render.cancelled_open"))
    card.say(words.organiser(view.info))


_BODIES: Final[Mapping[State, Callable[[PostView, Card], None]]] = {
    State.SCHEDULED: _scheduled,
    State.OPEN: _open,
    State.CLOSING: _closing,
    State.FROZEN: _frozen,
    State.DRAWN: _drawn,
    State.EMPTY: _empty,
    State.CANCELLED: _cancelled,
}


def _facts(view: PostView, card: Card) -> None:
    info = view.info
    card.say(
        _people(t("giveaway.render.winners"), info.winners),
        t("giveaway.render.fact", what=t("giveaway.render.closed"), value=info.closes_at),
        words.organiser(info),
    )


def _rules(view: PostView, card: Card) -> None:
    """Say who may enter, with how many tickets, how a prize is claimed, and how the draw can be checked."""
    terms, language = view.info.terms, card.language
    match view.info.source:
        case Source.ENTRY:
            asked = words.requirements(terms)
            needs = bullets(language, asked) if asked else [card.word(t("giveaway.render.everyone"))]
            card.part(t("giveaway.render.who"), *needs)
        case Source.MEMBERS:
            rule = bullets(language, words.requirements(terms))
            card.part(t("giveaway.render.who_airdrop"), t("giveaway.render.airdrop_members"), *rule)
        case Source.HOLDERS:
            card.part(t("giveaway.render.who_airdrop"), t("giveaway.render.airdrop_holders"))
    card.part(t("giveaway.render.bonuses"), *bullets(language, words.bonuses(terms)))
    if view.info.source is Source.ENTRY:
        card.part(t("giveaway.render.at_closing"), words.rechecked(terms))
    if view.info.source is not Source.HOLDERS:
        card.part(t("giveaway.render.claiming"), *words.claim(view.info))
    _fair(view, card)


def _fair(view: PostView, card: Card) -> None:
    """Say how the draw can be checked: what is fixed already, and where the rest stands."""
    info = view.info
    lines: list[Text] = []
    if words.is_trusted(info, view.chain):
        lines += words.trusted(info)
    elif info.state in (State.SCHEDULED, State.OPEN, State.CLOSING):
        lines.append(t("giveaway.render.fair.how"))
    lines += words.freeze_links(view.freezes)
    if view.result_url is not None:
        lines.append(t("giveaway.render.fair.result", url=Markup(view.result_url)))
    lines.append(words.commitment(info))
    card.part(t("giveaway.render.fair"), *lines)


def _awaited(view: PostView) -> Text | None:
    """Say what the draw waits for."""
    info = view.info
    since = info.beacon_failing_since
    match view.waiting:
        case Waiting.PERMISSIONS:
            return t("giveaway.render.waiting.permissions", needs=words.POSTING)
        case Waiting.UNREADABLE:
            return t("giveaway.render.waiting.unreadable", needs=words.READING)
        case Waiting.BEACON if since is not None:
            return t("giveaway.render.waiting.beacon", since=since, until=since + PATIENCE)
        case Waiting.BEACON_GIVE_UP if since is not None:
            return t("giveaway.render.waiting.give_up", since=since)
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


def _on(what: Text, view: PostView) -> Text | None:
    drawn = view.info.drawn_at
    return None if drawn is None else t("giveaway.render.fact", what=what, value=drawn)


def _at(what: Text, at: datetime) -> Text:
    return t("giveaway.render.fact_when", what=what, at=at, relative=markup.time(at, "R"))


def _people(what: Text, count: int) -> Text:
    return t("giveaway.render.fact", what=what, value=words.amount(count))
