"""The forms in which an event's draft is typed, filled in with what it says already."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.i18n import Text, plain, t
from bot.times.folding import alternatives
from bot.ui.drafts.forms import ask_picture, time_values
from bot.ui.forms import Form, length, local
from cogs.events.rules.options import WHERE_NAMES, Options
from cogs.events.rules.phrases import say_rule
from cogs.events.rules.reading import LONGEST_BRING, LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE
from cogs.events.rules.recurrence import anchored

ON: Final = "on"
OFF: Final = "off"


def new_form(language: str) -> Form:
    """Return the form that ``/event create`` without options begins with."""
    form = Form(language, t("event.form.new"), "ev.f.new")
    form.ask("title", t("event.form.title"), most=LONGEST_TITLE, required=True)
    form.ask("starts", t("event.form.starts"), hint=t("event.form.starts.hint"), required=True)
    form.ask("ends", t("event.form.ends"), hint=t("event.form.ends.hint"))
    kinds: dict[str, Text | str] = {where.value: name for where, name in WHERE_NAMES.items()}
    form.choose("where", t("event.form.where"), kinds, "")
    form.ask("place", t("event.form.place"), hint=t("event.form.place.hint"), most=LONGEST_PLACE)
    return form


def look_form(language: str, key: int, options: Options) -> Form:
    """Return the form of the title, the words and the picture."""
    form = Form(language, t("draft.step.look"), "ev.f.look", key)
    form.ask("title", t("event.form.title"), value=options.title or "", most=LONGEST_TITLE)
    description = options.description or ""
    form.ask("description", t("draft.form.description"), value=description, most=LONGEST_TEXT, long=True)
    form.ask("bring", t("event.form.bring"), value=options.bring or "", most=LONGEST_BRING, long=True)
    ask_picture(form, options.picture_id)
    return form


def when_form(language: str, key: int, options: Options) -> Form:
    """Return the form of the times, with when it is announced."""
    form = announced_when_form(language, key, options)
    hint = t("event.form.announce_at.hint")
    form.ask("announce_at", t("event.form.announce_at"), hint=hint, value=when_values(options)["announce_at"])
    return form


def announced_when_form(language: str, key: int, options: Options) -> Form:
    """Return the form of the times of what is announced already."""
    form = Form(language, t("draft.step.when"), "ev.f.when", key)
    typed = when_values(options)
    form.ask("starts", t("event.form.starts"), hint=t("event.form.starts.hint"), value=typed["starts"])
    form.ask("ends", t("event.form.ends"), hint=t("event.form.ends.hint"), value=typed["ends"])
    form.ask("zone", t("draft.form.zone"), hint=t("draft.form.zone.hint"), value=typed["zone"])
    return form


def when_values(options: Options) -> Mapping[str, str]:
    """Return what stands in the form of times, as it could be typed."""
    return {**time_values(options), "announce_at": local(options.announce_at, options.zone)}


def repeat_form(language: str, key: int, options: Options) -> Form:
    """Return the form of how often, in words, and until when."""
    form = Form(language, t("event.draft.step.repeat"), "ev.f.repeat_words", key)
    begins = options.begins()
    said = ""
    if options.repeat is not None and begins is not None:
        said = plain(language, say_rule(anchored(options.repeat, begins)))
    form.ask("repeat", t("event.form.repeat"), hint=t("event.form.repeat.hint"), value=said)
    until = local(options.until, options.zone)
    form.ask("until", t("event.form.until"), hint=t("event.form.until.hint"), value=until)
    return form


def address_form(language: str, key: int, options: Options) -> Form:
    """Return the form of a place that is no channel."""
    form = Form(language, t("event.draft.step.venue"), "ev.f.address", key)
    form.ask(
        "place", t("event.form.place"), hint=t("event.form.place.hint"), value=options.place or "", most=LONGEST_PLACE
    )
    return form


def seats_form(language: str, key: int, options: Options) -> Form:
    """Return the form of how many can come, until when they can say so, and whether names are shown."""
    form = _seats(language, key, options)
    names: dict[str, Text | str] = {OFF: t("event.form.names.off"), ON: t("event.form.names.on")}
    form.choose("shows_names", t("event.form.names"), names, seats_values(options)["shows_names"])
    return form


def _seats(language: str, key: int, options: Options) -> Form:
    form = Form(language, t("event.draft.who.seats"), "ev.f.seats", key)
    values = seats_values(options)
    form.ask("capacity", t("event.form.capacity"), hint=t("event.form.capacity.hint"), value=values["capacity"])
    hint = t("event.form.rsvp_closes.hint")
    form.ask("rsvp_closes", t("event.form.rsvp_closes"), hint=hint, value=values["rsvp_closes"])
    return form


def seats_values(options: Options) -> Mapping[str, str]:
    """Return what stands in the form of places, as it could be typed."""
    return {
        "capacity": "" if options.capacity is None else str(options.capacity),
        "rsvp_closes": local(options.rsvp_closes, options.zone) or length(options.rsvp_lead),
        "shows_names": ON if options.shows_names else OFF,
    }


def remind_form(language: str, key: int, options: Options) -> Form:
    """Return the form of the reminders."""
    form = Form(language, t("event.draft.step.remind"), "ev.f.remind", key)
    said = reminders(language, options)
    form.ask("remind", t("event.form.remind"), hint=t("event.form.remind.hint"), value=said)
    return form


def reminders(language: str, options: Options) -> str:
    """Return the reminders as they could be typed: ``1d, 1h, at start``."""
    if not options.remind:
        return next(alternatives(language, t("event.remind.words.never")))
    at_start = next(alternatives(language, t("event.remind.words.at_start")))
    return ", ".join(length(lead) if lead > timedelta(0) else at_start for lead in options.remind)
