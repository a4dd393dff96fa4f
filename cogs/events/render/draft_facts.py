"""What a draft's panel says beside the preview: what is not on the post, and what a change comes to."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot import markup
from bot.drafting.craft import Sheet
from bot.drafting.values import changed
from bot.i18n import Text, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import shorten
from cogs.events.rules.kinds import Scope
from cogs.events.rules.options import WHERE_NAMES, Options, Proposal, next_dates
from cogs.events.rules.phrases import say_rule
from cogs.events.service.craft import Chosen
from cogs.events.service.loading import PostView

# How many dates of a series are shown.
NEXT: Final = 4
_TIMES: Final = frozenset(("starts", "ends", "runs"))
_VENUE: Final = frozenset(("where", "channel", "place"))
# What else can differ, by its name: shown on the announcement, and what works behind it.
_SHOWN: Final[Mapping[str, Text]] = {
    "description": t("event.draft.what.description"),
    "bring": t("event.draft.what.bring"),
    "picture_id": t("event.draft.what.picture"),
    "rsvp_role": t("event.draft.what.rsvp_role"),
    "rsvp_closes": t("event.draft.what.rsvp_closes"),
    "rsvp_lead": t("event.draft.what.rsvp_closes"),
    "shows_names": t("event.draft.what.names"),
    "repeat": t("event.draft.what.repeat"),
    "until": t("event.draft.what.repeat"),
    "spots": t("event.draft.what.spots"),
}
_BEHIND: Final[Mapping[str, Text]] = {
    "going_role": t("event.draft.what.going_role"),
    "remind": t("event.draft.what.remind"),
    "ping": t("event.draft.what.ping"),
    "announce_at": t("event.draft.what.announce_at"),
}


def facts(sheet: Sheet[Options, Proposal, PostView]) -> list[Text]:
    """Return what is to be known of a draft, a line each."""
    options, found = sheet.findings.options, list[Text]()
    if sheet.preview is None:
        # What was understood is shown at once, also while there is no preview yet.
        if options.starts is not None:
            found.append(t("event.draft.starts", at=sheet.opens, length=options.length()))
        if options.where is not None:
            found.append(venue(options))
    # The rule itself is on the preview.
    found += repeating(options, sheet.opens)[0 if sheet.preview is None else 1 :]
    if options.going_role is not None:
        found.append(t("event.draft.going_role", role=markup.role(options.going_role)))
    found.append(reminding(options))
    if sheet.subject is None or sheet.subject.opened_at is None:
        found.append(_announcement(options))
    if sheet.subject is not None:
        chosen: Chosen = sheet.subject.row
        if chosen.event.rule is not None:
            found.append(_scope(chosen))
        if sheet.subject.before == options:
            found.append(t("event.draft.unchanged"))
    return found


def changes(sheet: Sheet[Options, Proposal, PostView]) -> list[tuple[Text, Sequence[Text]]]:
    """Return what a draft changes, on the announcement and behind it, and what those going are told."""
    if sheet.subject is None:
        return []
    chosen: Chosen = sheet.subject.row
    before, after, announced = sheet.subject.before, sheet.findings.options, chosen.row.announced_at is not None
    names = changed(before, after)
    heading = t("event.draft.changes") if announced else t("event.draft.changes_planned")
    found: list[tuple[Text, Sequence[Text]]] = [
        (heading, list(_shown(before, after, names))),
        (t("event.draft.changes_behind"), _named(_BEHIND, names)),
    ]
    if announced and names & (_TIMES | _VENUE):
        told = t("event.draft.told", n=chosen.coming) if chosen.coming else t("event.draft.told_nobody")
        found.append((t("event.draft.told.heading"), [told]))
    elif announced and "remind" in names:
        found.append((t("event.draft.told.heading"), [t("event.draft.told_reminders")]))
    return [(heading, lines) for heading, lines in found if lines]


def repeating(options: Options, now: datetime) -> list[Text]:
    """Say how often, and the next dates."""
    rule = options.rule()
    if rule is None:
        return []
    found = [t("event.draft.repeats", rule=say_rule(rule))]
    # From just before the first, so that it is among them.
    dates = next_dates(options, now - timedelta(seconds=1), NEXT)
    if dates:
        found.append(t("event.draft.next", dates=[markup.time(each.starts_at, "f") for each in dates]))
    return found


def venue(options: Options) -> Text:
    """Say where it takes place, as far as that is said."""
    return t("event.draft.venue", venue=_venue(options))


def people(options: Options) -> list[Text]:
    """Say who can come, how many, and what they get."""
    found: list[Text] = []
    if options.rsvp_role is not None:
        found.append(t("event.render.only_role", role=markup.role(options.rsvp_role)))
    else:
        found.append(t("event.draft.who.everyone"))
    found.append(
        t("event.draft.seats.unlimited") if options.capacity is None else t("event.draft.seats", n=options.capacity)
    )
    if options.rsvp_closes is not None:
        found.append(t("event.draft.closes.at", at=options.rsvp_closes))
    elif options.rsvp_lead:
        found.append(t("event.draft.closes.before", length=options.rsvp_lead))
    else:
        found.append(t("event.draft.closes.start"))
    if options.going_role is not None:
        found.append(t("event.draft.going_role.line", role=markup.role(options.going_role)))
    found.append(t("event.form.names.on") if options.shows_names else t("event.form.names.off"))
    return found


def reminding(options: Options) -> Text:
    """Say when people are reminded."""
    if not options.remind:
        return t("event.draft.no_reminders")
    return t("event.draft.reminders", leads=[_lead(lead) for lead in options.remind])


def _lead(lead: timedelta) -> Text:
    return t("event.draft.lead", length=lead) if lead else t("event.draft.lead.start")


def _announcement(options: Options) -> Text:
    if options.announce_at is None:
        return t("event.draft.announce_now")
    return t("event.draft.announce_at", at=options.announce_at)


def _venue(options: Options) -> Text | Markup:
    if options.where is None:
        return t("event.draft.venue.unsaid")
    if options.channel is not None:
        return markup.channel(options.channel)
    return WHERE_NAMES[options.where] if options.place is None else shorten(options.place, look.NAME)


def _scope(chosen: Chosen) -> Text:
    starts = chosen.row.starts_at
    match chosen.scope:
        case Scope.THIS:
            return t("event.draft.scope.this", starts=starts)
        case Scope.FOLLOWING:
            return t("event.draft.scope.following", starts=starts)
        case Scope.ALL:
            return t("event.draft.scope.all", starts=starts)


def _shown(before: Options, after: Options, names: frozenset[str]) -> Iterator[Text]:
    """Yield what changes on the announcement."""
    if "title" in names:
        yield _from_to(
            t("event.draft.what.title"), shorten(before.title or "…", look.NAME), shorten(after.title or "…", look.NAME)
        )
    if names & _TIMES:
        yield from _times(before, after)
    if names & _VENUE:
        yield _from_to(t("event.draft.what.venue"), _venue(before), _venue(after))
    if "capacity" in names:
        yield _from_to(t("event.draft.what.capacity"), _seats(before), _seats(after))
    yield from _named(_SHOWN, names)


def _times(before: Options, after: Options) -> Iterator[Text]:
    was, now = before.first(), after.first()
    if was is None or now is None:
        return
    if was.starts_at != now.starts_at:
        yield _from_to(t("event.draft.what.starts"), was.starts_at, now.starts_at)
    if was.ends_at != now.ends_at:
        yield _from_to(t("event.draft.what.ends"), was.ends_at, now.ends_at)


def _from_to(what: Text, before: Any, after: Any) -> Text:
    return t("event.draft.change", what=what, before=before, after=after)


def _named(words: Mapping[str, Text], names: frozenset[str]) -> Sequence[Text]:
    kept = {words[name].key: words[name] for name in words if name in names}
    return [t("event.draft.change_only", what=what) for what in kept.values()]


def _seats(options: Options) -> Text | Markup:
    return t("event.draft.unlimited") if options.capacity is None else Markup(str(options.capacity))
