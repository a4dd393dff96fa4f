"""What is said beside an announcement: reminders, changes, cancellations; and a date as Discord's own event."""

from collections.abc import Iterator, Sequence

import discord

from bot import markup
from bot.i18n import Text, plain, t
from bot.natives import NativeWanted, Venue
from bot.ui import look
from bot.ui.look import Card, button
from bot.ui.outgoing import Outgoing
from cogs.events.render import words
from cogs.events.rules.options import WHERE_NAMES
from cogs.events.service.buttons import CANT, STILL
from cogs.events.service.mirroring import MirrorView, name_of, place_of
from cogs.events.service.notices import NoticeView
from cogs.events.service.records import OccurrenceInfo
from cogs.events.service.reminding import ReminderView


def render_reminder(view: ReminderView, language: str) -> Outgoing:
    """Return a reminder: where it is, when, and that it is late where it is; directly with the way to the post only."""
    info = view.info
    card = _card(info, view.url, language, look.DRAWING if view.begun else look.OPEN)
    relative = markup.time(info.starts_at, "R")
    card.say(t("event.reminder.begun", since=relative) if view.begun else t("event.reminder.ahead", relative=relative))
    card.say(words.when(info, relative=False), words.there(info, language), words.where(info))
    if info.details.bring and not view.begun:
        card.part(t("event.render.bring.heading"), look.cut(info.details.bring, look.LIST))
    if view.late:
        card.footer = t("event.reminder.late")
    if view.direct:
        return Outgoing(embeds=(card.embed(),))
    return Outgoing(_people(view.user_ids), (card.embed(),), mention_users=frozenset(view.user_ids))


def render_notice(view: NoticeView, language: str) -> Outgoing:
    """Return the notice of a change, which asks whether those going still come, or of a cancellation."""
    info = view.info
    card = _card(info, view.url, language, look.OVER if view.cancelled else look.WAITING)
    rows: tuple[look.Button, ...] = ()
    if view.cancelled:
        card.say(card.bold(t("event.notice.cancelled")), words.when(info))
        if info.cancel_reason:
            card.say(t("event.render.reason", reason=look.cut(info.cancel_reason, look.LONG_REASON)))
    else:
        card.say(card.bold(t("event.notice.changed")))
        card.say(*_differences(view, language))
        card.say(t("event.notice.still"))
        rows = (
            button(language, t("event.button.still"), STILL, info.id, style=discord.ButtonStyle.success),
            button(language, t("event.button.cant"), CANT, info.id),
        )
    return Outgoing(_people(view.user_ids), (card.embed(),), rows, mention_users=frozenset(view.user_ids))


def render_native(view: MirrorView, language: str) -> NativeWanted:
    """Return a date as a scheduled event; its text is the organiser's own."""
    info = view.info
    external = view.venue is Venue.EXTERNAL
    place = place_of(view) if view.place else plain(language, WHERE_NAMES[info.details.where])
    return NativeWanted(
        name=name_of(info.details.title),
        description=info.details.description or "",
        starts_at=info.starts_at,
        ends_at=info.ends_at,
        venue=view.venue,
        channel_id=None if external else info.details.channel_id,
        place=place if external else None,
        url=view.url,
        phase=view.phase,
        ended=view.ended,
        picture=view.picture,
    )


def thread_name(info: OccurrenceInfo, language: str) -> str:
    """Return what the thread under a post is called: the title, and the day where there are several."""
    title = " ".join(info.details.title.split())
    if info.event.rule is None:
        return title[:100]
    day = words.day_name(words.local_start(info), language)
    return f"{title[: 100 - len(day) - 3]} · {day}"


def _differences(view: NoticeView, language: str) -> Iterator[Text]:
    info, was = view.info, view.was
    if was.starts_at is not None or was.ends_at is not None:
        starts = was.starts_at or info.starts_at
        yield t("event.notice.time", before=markup.time(starts, "F"), now=words.when(info))
        if (local := words.there(info, language)) is not None:
            yield local
    if was.place_changed:
        yield t("event.notice.place", now=words.where(info))


def _card(info: OccurrenceInfo, url: str | None, language: str, colour: discord.Colour) -> Card:
    return Card(language, words.title(info), colour, author=words.number(info), url=url)


def _people(user_ids: Sequence[int]) -> str:
    return " ".join(markup.user(user_id) for user_id in user_ids)


def render_still(info: OccurrenceInfo) -> Text:
    """Say that we know now that somebody still comes."""
    return t("event.still.noted", title=info.details.title, starts=info.starts_at)
