"""Events as calendar entries, and the answer of ``/event calendar``."""

from collections.abc import Iterator
from typing import Final

import discord

from bot.i18n import plain, t
from bot.markup import Markup
from bot.times import parse_zone
from bot.ui import look
from bot.ui.look import Button, Card
from bot.ui.outgoing import Attachment, Outgoing
from bot.ui.router import custom_id
from cogs.events.rules.calendar import Date, Item, Series, Single, Status, Words, write_calendar
from cogs.events.rules.kinds import Answer
from cogs.events.rules.recurrence import Rule, Span
from cogs.events.service.feeds import Dated, FeedContent, FeedsView, Listed, is_cancelled
from cogs.events.service.records import Details, OccurrenceInfo
from cogs.events.tables import EventState, FeedScope

RENEW: Final = "ev.feed"
_FILE: Final = "events.ics"
_TENTATIVE: Final = (Answer.MAYBE, Answer.WAITING, Answer.OFFERED)


def calendar_items(content: FeedContent) -> tuple[str, list[Item]]:
    """Return a feed's name and entries."""
    language = content.language
    server = content.server or "Discord"
    mine = content.scope is FeedScope.MINE
    name = t("event.calendar.name.mine", server=server) if mine else t("event.calendar.name.all", server=server)
    items: list[Item] = [_listed(each, language) for each in content.events if each.dates]
    items += [_single(each, language) for each in content.dates]
    return plain(language, name), items


def calendar_file(info: OccurrenceInfo, language: str) -> Attachment:
    """Return one date as a file for any calendar."""
    single = _single(Dated(info, None, None), language)
    return Attachment(f"event-{info.name}.ics", write_calendar(info.details.title, [single], now=info.changed_at))


def render_feeds(view: FeedsView, language: str) -> Outgoing:
    """Return a member's addresses and how to use them, or the events as a file where there are no web pages."""
    card = Card(language, plain(language, t("event.calendar.title")), look.OPEN)
    if view.content is not None:
        name, items = calendar_items(view.content)
        card.say(t("event.calendar.file"))
        return Outgoing(embeds=(card.embed(),), files=(Attachment(_FILE, write_calendar(name, items, now=view.now)),))
    card.say(t("event.calendar.how"))
    for scope, heading in (
        (FeedScope.MINE, t("event.calendar.mine")),
        (FeedScope.ALL, t("event.calendar.all")),
        (FeedScope.SERVER, t("event.calendar.server")),
    ):
        # As a link: on a phone nothing else in an embed can be copied.
        card.part(heading, Markup(f"<{view.addresses[scope]}>"))
    card.say(t("event.calendar.private"))
    rows: list[Button] = [_renew(FeedScope.MINE, language), _renew(FeedScope.ALL, language)]
    if view.may_renew_server:
        rows.append(_renew(FeedScope.SERVER, language))
    return Outgoing(embeds=(card.embed(),), rows=tuple(rows))


def _renew(scope: FeedScope, language: str) -> Button:
    labels = {
        FeedScope.MINE: t("event.calendar.renew.mine"),
        FeedScope.ALL: t("event.calendar.renew.all"),
        FeedScope.SERVER: t("event.calendar.renew.server"),
    }
    return discord.ui.Button(label=plain(language, labels[scope]), custom_id=custom_id(RENEW, scope.value))


def _listed(each: Listed, language: str) -> Item:
    event = each.event
    if event.rule is None:
        return _single(each.dates[-1], language)
    words = _words(event.details, each.url, each.channel, language)
    return Series(
        uid=event.uid,
        zone=parse_zone(event.zone),
        begins=event.begins,
        length=event.details.length,
        rule=Rule.from_json(event.rule),
        words=words,
        sequence=event.sequence,
        created_at=event.created_at,
        changed_at=event.changed_at,
        status=Status.CANCELLED if event.state is EventState.CANCELLED else Status.CONFIRMED,
        dates={date.span.slot: date for date in _dates(each, words, language)},
    )


def _dates(each: Listed, words: Words, language: str) -> Iterator[Date]:
    for dated in each.dates:
        info = dated.info
        # The post of one date among many is no difference worth an entry of its own.
        own = words if info.details == each.event.details else _words(info.details, dated.url, dated.channel, language)
        yield _date(info, own, Status.CANCELLED if is_cancelled(info) else Status.CONFIRMED)


def _single(dated: Dated, language: str) -> Single:
    info = dated.info
    status = Status.TENTATIVE if dated.answer in _TENTATIVE else Status.CONFIRMED
    words = _words(info.details, dated.url, dated.channel, language)
    date = _date(info, words, Status.CANCELLED if is_cancelled(info) else status)
    event = info.event
    return Single(event.uid, parse_zone(event.zone), event.created_at, date, of_series=event.rule is not None)


def _date(info: OccurrenceInfo, words: Words, status: Status) -> Date:
    return Date(
        Span(info.slot, info.starts_at, info.ends_at),
        words,
        # Grows with every change of the date and of the series alike.
        info.event.sequence + info.sequence,
        max(info.changed_at, info.event.changed_at),
        status,
    )


def _words(details: Details, url: str | None, channel: str | None, language: str) -> Words:
    parts = [details.description or ""]
    if details.bring:
        parts.append(plain(language, t("event.calendar.bring", bring=details.bring)))
    if url is not None:
        parts.append(url)
    return Words(details.title, "\n\n".join(part for part in parts if part), details.place or channel or "", url)
