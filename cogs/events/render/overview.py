"""The month at a glance, lists of people, and what organisers are told after acting on an event."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from bot import markup
from bot.i18n import Text, plain, render, t
from bot.markup import Markup
from bot.times import parse_zone
from bot.ui import look
from bot.ui.look import Card, button, fitting, shorten
from bot.ui.outgoing import Attachment, Outgoing
from cogs.events.render import words
from cogs.events.rules.kinds import Answer, Scope
from cogs.events.service.announcing import Announced
from cogs.events.service.buttons import EXPORT
from cogs.events.service.cancelling import Cancelled
from cogs.events.service.exports import Exported
from cogs.events.service.finding import Attendee, Attendees, Listed, Month
from cogs.events.tables import OccurrenceState

# What all lines of a month may take of an embed's 4 096 characters.
_ROOM: Final = 3_700
_TITLE: Final = 60
# Under each answer, a heading.
_ANSWERS: Final = {
    Answer.GOING: t("event.list.answer.going"),
    Answer.OFFERED: t("event.list.answer.offered"),
    Answer.WAITING: t("event.list.answer.waiting"),
    Answer.MAYBE: t("event.list.answer.maybe"),
    Answer.CANT: t("event.list.answer.cant"),
    Answer.LAPSED: t("event.list.answer.lapsed"),
    None: t("event.list.answer.none"),
}
_MARKS: Final = {
    Answer.GOING: "✅",
    Answer.MAYBE: "❔",
    Answer.WAITING: "⏳",
    Answer.OFFERED: "🔔",
}


def render_month(month: Month, language: str) -> Outgoing:
    """Return a month at a glance: its days with something on, and what, in order."""
    first = datetime(month.first.year, month.first.month, 1, tzinfo=UTC)
    card = Card(
        language,
        words.month_name(first, language),
        look.OPEN,
        footer=t("event.list.zone", zone=month.zone),
    )
    lines = list(_lines(month, language))
    if not lines:
        card.say(t("event.list.empty"))
    shown, left = fitting(lines, _ROOM)
    if shown:
        card.say(*shown)
    if left:
        card.say(t("event.list.more", n=left))
    if any(each.mine in _MARKS for each in month.dates):
        card.say(t("event.list.marks"))
    return Outgoing(embeds=(card.embed(),))


def render_attendees(found: Attendees, language: str) -> Outgoing:
    """Return a page of who answered what."""
    info = found.info
    card = Card(
        language, plain(language, t("event.list.attendees", number=info.name, title=info.details.title)), look.OPEN
    )
    card.say(*words.answers(found.counts, info.capacity))
    if not found.people:
        card.say(t("event.list.nobody"))
    groups: dict[Answer | None, list[Attendee]] = {}
    for person in found.people:
        groups.setdefault(person.answer, []).append(person)
    for answer, people in groups.items():
        card.say(card.bold(_ANSWERS[answer]), *(_person(each) for each in people))
    rows = (button(language, t("event.button.export"), EXPORT, info.id),) if found.people else ()
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_export(found: Exported, language: str) -> Outgoing:
    """Return a date's people as a file."""
    card = Card(language, "", look.OPEN)
    card.say(t("event.export.done", n=found.rows, **words.names(found.info)))
    return Outgoing(embeds=(card.embed(),), files=(Attachment(found.name, found.data),))


def render_cancelled(cancelled: Cancelled, language: str) -> Outgoing:
    """Say what was cancelled, and that those who read of it are told by its post."""
    info = cancelled.info
    card = Card(language, "", look.OVER)
    values = {"starts": info.starts_at, **words.names(info)}
    if info.event.rule is None:
        card.say(t("event.cancel.done", **values))
    elif cancelled.scope is Scope.THIS:
        card.say(t("event.cancel.this", **values))
    elif cancelled.scope is Scope.FOLLOWING:
        card.say(t("event.cancel.following", **values))
    else:
        card.say(t("event.cancel.all", **values))
    return Outgoing(embeds=(card.embed(),))


def render_announced(announced: Announced, language: str) -> Outgoing:
    """Say where an event is announced now."""
    card = Card(language, "", look.OPEN)
    channels = [markup.channel(each) for each in announced.channels]
    card.say(t("event.announce.done", channels=channels, **words.names(announced.info)))
    return Outgoing(embeds=(card.embed(),))


def _lines(month: Month, language: str) -> Iterator[Markup]:
    zone = parse_zone(month.zone)
    day: date | None = None
    for each in month.dates:
        starts = each.info.starts_at.astimezone(zone)
        shown = max(starts.date(), month.first)
        if shown != day:
            day = shown
            heading = words.day_name(datetime(day.year, day.month, day.day, tzinfo=UTC), language)
            today = f" · {plain(language, t('event.list.today'))}" if day == month.today else ""
            yield Markup(f"**{heading}**{today}")
        yield _line(each, language)


def _worded(part: "Text | str", language: str) -> str:
    return render(language, part) if isinstance(part, Text) else part


def _line(each: Listed, language: str) -> Markup:
    info = each.info
    title = shorten(info.details.title, _TITLE)
    name = title if each.url is None else Markup(f"[{title}]({each.url})")
    clock = markup.time(info.starts_at, "t")
    if info.state is OccurrenceState.CANCELLED:
        return Markup(f"~~{clock} {title}~~")
    announced = info.announced_at is not None
    mine = _MARKS.get(each.mine, "") if each.mine is not None else ""
    told = announced and (each.counts.going or info.capacity is not None)
    parts = [f"{mine} {name}" if mine else name, words.going(each.counts, info.capacity) if told else None]
    return Markup(f"{clock} {' · '.join(_worded(part, language) for part in parts if part is not None)}")


def _person(each: Attendee) -> Markup:
    return Markup(f"{markup.user(each.user_id)}{' ✅' if each.present else ''}")
