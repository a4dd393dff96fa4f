"""Phrases that several messages about events share."""

from datetime import datetime, timedelta
from typing import Final

from babel.dates import format_skeleton, format_time

from bot import markup
from bot.i18n import Text, plain, t
from bot.markup import Markup
from bot.times import parse_zone, zone_name
from bot.ui.look import NAME, cut, shorten
from cogs.events.rules.kinds import Where
from cogs.events.rules.options import WHERE_NAMES
from cogs.events.rules.phrases import say_rule
from cogs.events.rules.recurrence import Rule
from cogs.events.service.records import Counts, OccurrenceInfo

TITLE_ROOM: Final = 240
PLACE_ROOM: Final = 400
_DAY: Final = timedelta(days=1)


def title(info: OccurrenceInfo, own: str | None = None) -> Markup:
    """Return an occurrence's title, in the organiser's translation where there is one."""
    return shorten(own or info.details.title, TITLE_ROOM)


def names(info: OccurrenceInfo) -> dict[str, str]:
    """Return number and title, as parameters of sentences."""
    return {"number": info.name, "title": shorten(info.details.title, NAME)}


def number(info: OccurrenceInfo) -> Text:
    """Name an event by its number; a date of a series also by its place in it."""
    return t("event.render.number", number=info.name)


def when(info: OccurrenceInfo, *, relative: bool = True) -> Text:
    """Say from when to when, in the reader's own time; and how far that is, unless it is said beside it."""
    if info.ends_at - info.starts_at < _DAY and _same_day(info):
        ends = markup.time(info.ends_at, "t")
    else:
        ends = markup.time(info.ends_at, "f")
    if not relative:
        return t("event.render.when_plain", starts=info.starts_at, ends=ends)
    return t("event.render.when", starts=info.starts_at, ends=ends, relative=markup.time(info.starts_at, "R"))


def there(info: OccurrenceInfo, language: str) -> Text | None:
    """Say the time on the clocks of the place, where people have to be there in person."""
    if info.details.where is not Where.IN_PERSON:
        return None
    zone = parse_zone(info.event.zone)
    starts, ends = (each.astimezone(zone) for each in (info.starts_at, info.ends_at))
    last = _clock(ends, language) if starts.date() == ends.date() else _day_and_clock(ends, language)
    return t("event.render.there", starts=_day_and_clock(starts, language), ends=last, zone=Markup(zone_name(zone)))


def repeats(info: OccurrenceInfo) -> Text | None:
    """Say how often it takes place."""
    if info.event.rule is None:
        return None
    return t("event.render.repeats", rule=say_rule(Rule.from_json(info.event.rule)))


def where(info: OccurrenceInfo) -> Text | Markup:
    """Say where it takes place: the channel, or the place."""
    details = info.details
    if details.channel_id is not None:
        return markup.channel(details.channel_id)
    if details.place is None:
        return WHERE_NAMES[details.where]
    if details.where is Where.ONLINE and details.place.startswith(("https://", "http://")) and " " not in details.place:
        return Markup(details.place)
    return cut(details.place, PLACE_ROOM)


def going(counts: Counts, capacity: int | None) -> Text:
    """Count those who are going, of the places there are; places kept for an offer are taken."""
    if capacity is None:
        return t("event.count.going", n=counts.going)
    return t("event.count.going_of", n=counts.going, capacity=capacity)


def answers(counts: Counts, capacity: int | None) -> list[Text]:
    """Say how many answered what, and how long the line is."""
    said = [
        t(
            "event.render.answers",
            going=going(counts, capacity),
            maybe=t("event.count.maybe", n=counts.maybe),
            cant=t("event.count.cant", n=counts.cant),
        )
    ]
    if counts.held:
        said.append(t("event.count.held", n=counts.held))
    if counts.waiting:
        said.append(t("event.count.waiting", n=counts.waiting))
    return said


def choice_name(info: OccurrenceInfo, language: str) -> str:
    """Return a date as a line to choose from: number, title, and its day on the event's clock."""
    zone = parse_zone(info.event.zone)
    day = _day_and_clock(info.starts_at.astimezone(zone), language)
    return plain(language, t("event.choice", number=info.name, title=info.details.title, day=day))[:100]


def day_name(when: datetime, language: str) -> Markup:
    """Return a day as a heading of a list: weekday and day of the month."""
    return markup.escape(format_skeleton("MMMEd", when, locale=language))


def month_name(when: datetime, language: str) -> str:
    """Return a month with its year."""
    return format_skeleton("yMMMM", when, locale=language)


def _same_day(info: OccurrenceInfo) -> bool:
    zone = parse_zone(info.event.zone)
    return info.starts_at.astimezone(zone).date() == info.ends_at.astimezone(zone).date()


def _day_and_clock(when: datetime, language: str) -> Markup:
    return markup.escape(f"{format_skeleton('MMMEd', when, locale=language)} {_clock(when, language)}")


def _clock(when: datetime, language: str) -> Markup:
    return markup.escape(format_time(when, "HH:mm", locale=language))


def local_start(info: OccurrenceInfo) -> datetime:
    """Return when a date begins, on the clocks of its zone."""
    return info.starts_at.astimezone(parse_zone(info.event.zone))
