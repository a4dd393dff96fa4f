"""The forms every kind of draft has."""

from typing import Final

from bot.drafting.craft import I, V
from bot.drafting.problems import P
from bot.drafting.values import Common, O, Spot
from bot.i18n import language_name, languages, t
from bot.ui.drafts.face import Face
from bot.ui.forms import Form, length, local

NEW: Final = "new"
WHEN: Final = "when"
TRANSLATE: Final = "translate"
NUMBER: Final = "number"

PICTURE: Final = "picture"
PRESENT: Final = "present"
KEEP: Final = "keep"
REMOVE: Final = "remove"


def when_form(face: Face[O, P, V, I], language: str, key: int, options: O, *, opened: bool) -> Form:
    """Return the form of opening, closing and zone, and what else a feature asks there."""
    form = Form(language, t("draft.step.when"), face.form_kind(WHEN), key)
    typed = time_values(options)
    if not opened:
        form.ask("starts", t("draft.form.starts"), hint=t("draft.form.starts.hint"), value=typed["starts"])
    form.ask("ends", t("draft.form.ends"), hint=t("draft.form.ends.hint"), value=typed["ends"])
    form.ask("zone", t("draft.form.zone"), hint=t("draft.form.zone.hint"), value=typed["zone"])
    face.more_times(form, options)
    return form


def time_values(options: Common) -> dict[str, str]:
    """Return what stands in the form of times, as it could be typed."""
    return {
        "starts": local(options.starts, options.zone),
        "ends": length(options.runs) if options.ends is None else local(options.ends, options.zone),
        "zone": options.zone,
    }


def ask_picture(form: Form, picture_id: int | None = None) -> None:
    """Ask for a picture, and what becomes of the one there is."""
    form.upload(PICTURE, t("draft.form.picture"), t("draft.form.picture.hint"))
    if picture_id is not None:
        choices = {KEEP: t("draft.form.picture.keep"), REMOVE: t("draft.form.picture.remove")}
        form.choose(PRESENT, t("draft.form.picture.present"), choices, KEEP)


def translate_form(face: Face[O, P, V, I], language: str, key: int, spot: Spot, channel_name: str) -> Form:
    """Return the form of a channel's language and own words."""
    title = t("draft.form.translate", channel=channel_name)
    form = Form(language, title, face.form_kind(TRANSLATE), key, spot.channel_id)
    choices = {each: language_name(each) for each in languages()}
    form.choose("language", t("draft.form.language"), choices, spot.language or language)
    hint = t("draft.form.own.hint")
    (title_label, title_most), (text_label, text_most) = face.own_title, face.own_text
    form.ask("title", title_label, hint=hint, value=spot.title or "", most=title_most)
    form.ask("text", text_label, hint=hint, value=spot.text or "", most=text_most, long=True)
    return form


def number_form(face: Face[O, P, V, I], language: str, key: int) -> Form:
    """Return the form in which the number of an old one is typed."""
    form = Form(language, t("draft.step.copy"), face.form_kind(NUMBER), key)
    form.ask("number", t("draft.form.number"), hint=t("draft.form.number.hint"), required=True, most=20)
    return form
