"""An occurrence's own post, in every state."""

import re
from datetime import timedelta
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Button, Card, button, cut, fitting
from bot.ui.outgoing import Outgoing
from cogs.events.render import words
from cogs.events.render.calendar import calendar_file
from cogs.events.service.buttons import CANT, GOING, HERE, MAYBE
from cogs.events.service.loading import PostView
from cogs.events.service.records import OccurrenceInfo
from cogs.events.tables import OccurrenceState

# What a description of 1 000 characters may take once it is escaped; longer ones are cut.
_TEXT: Final = 1_900
_BRING: Final = 600
_GAPS: Final = re.compile(r"\n\s*\n\s*")
# Announced later than this after its time, a post says so.
_PUNCTUAL: Final = timedelta(minutes=10)
_ANSWERABLE: Final = (OccurrenceState.PLANNED, OccurrenceState.OPEN, OccurrenceState.RUNNING)


def render_post(view: PostView, language: str) -> Outgoing:
    """Return an occurrence's post as it is now."""
    info = view.info
    card = Card(
        language,
        words.title(info, view.title),
        _colour(info),
        author=words.number(info),
        footer=t("event.render.late") if _announced_late(info) else None,
        picture=None if view.picture is None else view.picture.name,
    )
    _say_state(info, card)
    card.say(_text(view))
    card.part(t("event.render.when.heading"), words.when(info), words.there(info, language), words.repeats(info))
    card.part(t("event.render.where.heading"), words.where(info))
    if info.details.bring is not None and info.state in _ANSWERABLE:
        card.part(t("event.render.bring.heading"), cut(info.details.bring, _BRING))
    _say_answers(view, card)
    return Outgoing.post(
        card.embed(),
        buttons(info, language),
        ping=info.event.ping_role,
        picture=view.picture,
        new_picture=view.new_picture,
        further=(calendar_file(info, language),),
    )


def buttons(info: OccurrenceInfo, language: str) -> list[Button]:
    """Return what can be pressed under a post: answers while it is ahead, *I'm here* until it is over."""
    made: list[Button] = []
    if info.state is OccurrenceState.OPEN:
        made += [
            button(language, t("event.button.going"), GOING, info.id, style=discord.ButtonStyle.success),
            button(language, t("event.button.maybe"), MAYBE, info.id),
            button(language, t("event.button.cant"), CANT, info.id),
        ]
    if info.state is OccurrenceState.RUNNING:
        made += [
            button(language, t("event.button.here"), HERE, info.id, style=discord.ButtonStyle.primary),
            button(language, t("event.button.cant"), CANT, info.id),
        ]
    return made


def _say_state(info: OccurrenceInfo, card: Card) -> None:
    match info.state:
        case OccurrenceState.CANCELLED if info.cancel_reason:
            reason = cut(info.cancel_reason, look.LONG_REASON)
            card.say(card.bold(t("event.render.cancelled")), t("event.render.reason", reason=reason))
        case OccurrenceState.CANCELLED:
            card.say(card.bold(t("event.render.cancelled")))
        case OccurrenceState.RUNNING:
            card.say(card.bold(t("event.render.running")), t("event.render.here"))
        case OccurrenceState.OVER:
            card.say(card.bold(t("event.render.over")))
        case _:
            pass


def _say_answers(view: PostView, card: Card) -> None:
    info = view.info
    if info.state is OccurrenceState.CANCELLED:
        return
    if info.state is OccurrenceState.OVER:
        card.part(t("event.render.answers.heading"), words.going(view.counts, info.capacity))
        return
    lines: list[Text | Markup] = [*words.answers(view.counts, info.capacity)]
    if view.names:
        shown, left = fitting((markup.user(user) for user in view.names), look.LIST)
        more = view.counts.going - len(shown)
        lines.append(Markup(" ".join(shown)))
        if left or more > 0:
            lines.append(t("event.render.more_names", n=max(left, more)))
    if info.event.rsvp_role is not None:
        lines.append(t("event.render.only_role", role=markup.role(info.event.rsvp_role)))
    if info.state is OccurrenceState.OPEN and info.rsvp_closes_at < info.starts_at:
        closes = markup.time(info.rsvp_closes_at, "f")
        lines.append(
            t("event.render.rsvp_closed", closed=closes)
            if view.closed
            else t("event.render.rsvp_closes", closes=closes)
        )
    card.part(t("event.render.answers.heading"), *lines)


def _text(view: PostView) -> Markup | None:
    """Return the organiser's words."""
    text = view.text or view.info.details.description
    if not text or markup.is_blank(text):
        return None
    return cut(_GAPS.sub("\n\n", text), _TEXT)


def _announced_late(info: OccurrenceInfo) -> bool:
    if info.announce_at is None or info.announced_at is None:
        return False
    return info.announced_at - info.announce_at > _PUNCTUAL


def _colour(info: OccurrenceInfo) -> discord.Colour:
    return {
        OccurrenceState.PLANNED: look.WAITING,
        OccurrenceState.OPEN: look.OPEN,
        OccurrenceState.RUNNING: look.DRAWING,
    }.get(info.state, look.OVER)
