"""The forms in which a poll's draft is typed, filled in with what it says already."""

from collections.abc import Mapping
from typing import Final

from bot.i18n import t
from bot.ui.drafts.forms import ask_picture
from bot.ui.forms import Form, length, local
from cogs.polls.rules.options import Options
from cogs.polls.rules.reading import MAX_LIST, MAX_QUESTION

WEIGHTS: Final = "poll.f.weights"
_ROLE: Final = "role-"


def new_form(language: str) -> Form:
    """Return the form that ``/poll create`` without options begins with."""
    form = Form(language, t("poll.form.new"), "poll.f.new")
    _ask_question(form, Options(), required=True)
    form.ask("ends", t("draft.form.ends"), hint=t("draft.form.ends.hint"), required=True)
    return form


def question_form(language: str, key: int, options: Options) -> Form:
    """Return the form of the question and what can be voted for."""
    form = Form(language, t("poll.draft.step.question"), "poll.f.question", key)
    _ask_question(form, options, required=False)
    return form


def _ask_question(form: Form, options: Options, *, required: bool) -> None:
    question = options.question or ""
    form.ask("question", t("poll.form.question"), value=question, most=MAX_QUESTION, required=required, long=True)
    form.ask(
        "options",
        t("poll.form.options"),
        hint=t("poll.form.options.hint"),
        value="\n".join(options.choices),
        most=MAX_LIST,
        required=required,
        long=True,
    )


def look_form(language: str, key: int, options: Options) -> Form:
    """Return the form of the picture."""
    form = Form(language, t("poll.draft.step.look"), "poll.f.look", key)
    ask_picture(form, options.picture_id)
    return form


def gate_form(language: str, key: int, options: Options) -> Form:
    """Return the form of gate rules and the event."""
    form = Form(language, t("poll.draft.who.gate"), "poll.f.gate", key)
    values = gate_values(options)
    form.ask("holders_of", t("draft.form.holders_of"), hint=t("draft.form.holders_of.hint"), value=values["holders_of"])
    form.ask("attended", t("draft.form.attended"), hint=t("draft.form.attended.hint"), value=values["attended"])
    form.ask("balance", t("poll.form.balance"), hint=t("poll.form.balance.hint"), value=values["balance"])
    return form


def gate_values(options: Options) -> dict[str, str]:
    """Return what stands in the form of gate rules, as it could be typed."""
    chosen = {"holders_of": options.holders_of, "attended": options.attended, "balance": options.balance}
    return {name: "" if named is None else named.name for name, named in chosen.items()}


def bounds_form(language: str, key: int, options: Options) -> Form:
    """Return the form of how many options a ballot names, and of what it takes to pass."""
    form = Form(language, t("poll.draft.rules.bounds"), "poll.f.bounds", key)
    values = bounds_values(options)
    form.ask(
        "max_choices", t("poll.form.max_choices"), hint=t("poll.form.max_choices.hint"), value=values["max_choices"]
    )
    form.ask("quorum", t("poll.form.quorum"), hint=t("poll.form.quorum.hint"), value=values["quorum"])
    form.ask("threshold", t("poll.form.threshold"), hint=t("poll.form.threshold.hint"), value=values["threshold"])
    return form


def bounds_values(options: Options) -> dict[str, str]:
    """Return what stands in the form of bounds, as it could be typed."""
    return {
        "max_choices": "" if options.max_choices is None else str(options.max_choices),
        "quorum": "" if options.quorum is None else str(options.quorum),
        "threshold": "" if options.threshold is None else str(options.threshold),
    }


def answer_form(language: str, key: int, options: Options) -> Form:
    """Return the form of until when an answer is owed."""
    form = Form(language, t("poll.draft.step.answer"), "poll.f.answer_by", key)
    value = answer_values(options)["answer_by"]
    form.ask("answer_by", t("poll.form.answer_by"), hint=t("poll.form.answer_by.hint"), value=value)
    return form


def answer_values(options: Options) -> dict[str, str]:
    """Return what stands in the form of the answer, as it could be typed."""
    within, by = length(options.answer_within), local(options.answer_by, options.zone)
    return {"answer_by": by or within}


def weights_form(language: str, key: int, options: Options, names: Mapping[int, str]) -> Form:
    """Return the form of how much votes of each role weigh; *names* are the roles' by id."""
    form = Form(language, t("poll.draft.who.weights.set"), WEIGHTS, key)
    for role, worth in options.weights:
        hint = t("poll.form.weight.hint")
        form.ask(f"{_ROLE}{role}", f"@{names.get(role, '?')}", hint=hint, value=str(worth), most=5)
    return form


def weights_typed(fields: Mapping[str, str]) -> dict[int, str]:
    """Return the numbers typed into the form of weights, by role."""
    names = {name.removeprefix(_ROLE): text for name, text in fields.items() if name.startswith(_ROLE)}
    return {int(role): text for role, text in names.items() if role.isascii() and role.isdigit()}
