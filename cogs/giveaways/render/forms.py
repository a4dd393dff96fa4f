"""The forms in which a draft's values are typed, filled in with what they are already."""

from collections.abc import Mapping
from typing import Final

from bot.i18n import Text, t
from bot.ui.drafts.forms import ask_picture
from bot.ui.forms import Form, length, local
from cogs.giveaways.rules.options import REPEAT_NAMES, Options
from cogs.giveaways.rules.reading import LONGEST_PRIZE, LONGEST_TEXT
from cogs.giveaways.rules.terms import Claim

NEVER: Final = "never"
EXTRAS: Final = "gw.f.extras"
_ROLE: Final = "role-"

CLAIM_NAMES: Final[Mapping[Claim, Text]] = {
    Claim.NONE: t("giveaway.claim.none"),
    Claim.BUTTON: t("giveaway.claim.button"),
    Claim.IN_PERSON: t("giveaway.claim.in_person"),
    Claim.WALLET: t("giveaway.claim.wallet"),
}


def new_form(language: str) -> Form:
    """Return the form that ``/giveaway start`` without options begins with."""
    form = Form(language, t("giveaway.form.new"), "gw.f.new")
    form.ask("prize", t("giveaway.form.prize"), most=LONGEST_PRIZE, required=True)
    form.ask("ends", t("draft.form.ends"), hint=t("draft.form.ends.hint"), required=True)
    form.ask("winners", t("giveaway.form.winners"), value="1", required=True, most=5)
    form.ask("description", t("draft.form.description"), most=LONGEST_TEXT, long=True)
    ask_picture(form)
    return form


def look_form(language: str, key: int, options: Options) -> Form:
    """Return the form of the prize, its words and its picture."""
    form = Form(language, t("draft.step.look"), "gw.f.look", key)
    form.ask("prize", t("giveaway.form.prize"), value=options.prize or "", most=LONGEST_PRIZE)
    form.ask("winners", t("giveaway.form.winners"), value=str(options.winners), most=5)
    description = options.description or ""
    form.ask("description", t("draft.form.description"), value=description, most=LONGEST_TEXT, long=True)
    ask_picture(form, options.picture_id)
    return form


def ask_repeat(form: Form, options: Options) -> None:
    """Ask, beside the times, whether it repeats."""
    repeats: dict[str, Text | str] = {NEVER: t("giveaway.repeat.never")}
    repeats |= {repeat.value: name for repeat, name in REPEAT_NAMES.items()}
    form.choose("repeat", t("giveaway.form.repeat"), repeats, repeat_values(options)["repeat"])


def repeat_values(options: Options) -> dict[str, str]:
    """Return what is chosen there."""
    return {"repeat": NEVER if options.repeat is None else options.repeat.value}


def claim_form(language: str, key: int, options: Options) -> Form:
    """Return the form of how a prize is claimed, and until when."""
    form = Form(language, t("giveaway.draft.step.claim"), "gw.f.claim", key)
    choices = {claim.value: name for claim, name in CLAIM_NAMES.items()}
    form.choose("claim", t("giveaway.form.claim"), choices, options.claim.value)
    value = claim_values(options)["claim_within"]
    form.ask("claim_within", t("giveaway.form.claim_within"), hint=t("giveaway.form.claim_within.hint"), value=value)
    return form


def claim_values(options: Options) -> dict[str, str]:
    """Return what stands in the form of claims, as it could be typed."""
    until = options.claim_until
    within = length(options.claim_within) if until is None else local(until, options.zone)
    return {"claim": options.claim.value, "claim_within": within}


def ages_form(language: str, key: int, options: Options) -> Form:
    """Return the form of how long someone must have been there, and since when not have won."""
    form = Form(language, t("giveaway.draft.who.ages"), "gw.f.ages", key)
    hint = t("draft.form.days.hint")
    form.ask("account_age", t("giveaway.form.account_age"), hint=hint, value=length(options.account_age))
    form.ask("member_for", t("giveaway.form.member_for"), hint=hint, value=length(options.member_for))
    form.ask(
        "cooldown", t("giveaway.form.cooldown"), hint=t("giveaway.form.cooldown.hint"), value=length(options.cooldown)
    )
    return form


def gate_form(language: str, key: int, options: Options) -> Form:
    """Return the form of the gate rule and the event."""
    form = Form(language, t("giveaway.draft.who.gate"), "gw.f.gate", key)
    rule = options.holders_of.name if options.holders_of is not None else ""
    event = options.attended.name if options.attended is not None else ""
    form.ask("holders_of", t("draft.form.holders_of"), hint=t("draft.form.holders_of.hint"), value=rule)
    form.ask("attended", t("draft.form.attended"), hint=t("draft.form.attended.hint"), value=event)
    return form


def extras_form(language: str, key: int, options: Options, names: Mapping[int, str]) -> Form:
    """Return the form of how many extra tickets each role has; *names* are the roles' by id."""
    form = Form(language, t("giveaway.draft.step.tickets"), EXTRAS, key)
    for role, extra in options.bonuses:
        form.ask(
            f"{_ROLE}{role}", f"@{names.get(role, '?')}", hint=t("giveaway.form.extra.hint"), value=str(extra), most=5
        )
    return form


def extras_typed(fields: Mapping[str, str]) -> dict[int, str]:
    """Return the numbers typed into the form of tickets, by role."""
    names = {name.removeprefix(_ROLE): text for name, text in fields.items() if name.startswith(_ROLE)}
    return {int(role): text for role, text in names.items() if role.isascii() and role.isdigit()}
