"""The forms in which a draft's values are typed, filled in with what they are already."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import discord

from bot.i18n import Text, language_name, languages, plain, t
from bot.times import parse_zone
from bot.ui.router import custom_id
from cogs.giveaways.rules.options import REPEAT_NAMES, Options, Spot
from cogs.giveaways.rules.reading import LONGEST_PRIZE, LONGEST_TEXT
from cogs.giveaways.rules.terms import Claim

NEW: Final = "gw.f.new"
LOOK: Final = "gw.f.look"
WHEN: Final = "gw.f.when"
CLAIM: Final = "gw.f.claim"
AGES: Final = "gw.f.ages"
GATE: Final = "gw.f.gate"
EXTRAS: Final = "gw.f.extras"
TRANSLATE: Final = "gw.f.translate"
NUMBER: Final = "gw.f.number"

PICTURE: Final = "picture"
KEEP: Final = "keep"
REMOVE: Final = "remove"
NEVER: Final = "never"
# Discord's limits: https://discord.com/developers/docs/components/reference
_TITLE: Final = 45
_LABEL: Final = 45
_HINT: Final = 100
_SHORT: Final = 100
_ROLE: Final = "role-"

CLAIM_NAMES: Final[Mapping[Claim, Text]] = {
    Claim.NONE: t("giveaway.claim.none"),
    Claim.BUTTON: t("giveaway.claim.button"),
    Claim.IN_PERSON: t("giveaway.claim.in_person"),
    Claim.WALLET: t("giveaway.claim.wallet"),
}


class Form(discord.ui.Modal):
    """A modal in the making. Its answer comes back through the router, so it is never kept in memory."""

    def __init__(self, language: str, title: Text, kind: str, *args: int) -> None:
        super().__init__(title=plain(language, title)[:_TITLE], custom_id=custom_id(kind, *args))
        self._language = language
        self.stop()

    def ask(
        self,
        name: str,
        label: Text | str,
        *,
        hint: Text | None = None,
        value: str = "",
        most: int = _SHORT,
        required: bool = False,
        long: bool = False,
    ) -> None:
        """Add a field to type into."""
        style = discord.TextStyle.paragraph if long else discord.TextStyle.short
        field: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(
            custom_id=name, style=style, default=value[:most] or None, required=required, max_length=most
        )
        self._add(label, hint, field)

    def choose(
        self, name: str, label: Text, choices: Mapping[str, Text | str], chosen: str, hint: Text | None = None
    ) -> None:
        """Add a list to choose one of."""
        select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
            custom_id=name,
            options=[
                discord.SelectOption(label=self._word(words)[:_SHORT], value=value, default=value == chosen)
                for value, words in choices.items()
            ],
        )
        self._add(label, hint, select)

    def upload(self, name: str, label: Text, hint: Text) -> None:
        """Add a place for a file."""
        self._add(label, hint, discord.ui.FileUpload(custom_id=name, required=False, min_values=0, max_values=1))

    def _word(self, words: Text | str) -> str:
        return words if isinstance(words, str) else plain(self._language, words)

    def _add(self, label: Text | str, hint: Text | None, component: discord.ui.Item[Any]) -> None:
        description = None if hint is None else plain(self._language, hint)[:_HINT]
        self.add_item(discord.ui.Label(text=self._word(label)[:_LABEL], description=description, component=component))


def new_form(language: str) -> Form:
    """Return the form that ``/giveaway start`` without options begins with."""
    form = Form(language, t("giveaway.form.new"), NEW)
    form.ask("prize", t("giveaway.form.prize"), most=LONGEST_PRIZE, required=True)
    form.ask("ends", t("giveaway.form.ends"), hint=t("giveaway.form.ends.hint"), required=True)
    form.ask("winners", t("giveaway.form.winners"), value="1", required=True, most=5)
    form.ask("description", t("giveaway.form.description"), most=LONGEST_TEXT, long=True)
    form.upload(PICTURE, t("giveaway.form.picture"), t("giveaway.form.picture.hint"))
    return form


def look_form(language: str, key: int, options: Options) -> Form:
    """Return the form of the prize, its words and its picture."""
    form = Form(language, t("giveaway.draft.step.look"), LOOK, key)
    form.ask("prize", t("giveaway.form.prize"), value=options.prize or "", most=LONGEST_PRIZE)
    form.ask("winners", t("giveaway.form.winners"), value=str(options.winners), most=5)
    description = options.description or ""
    form.ask("description", t("giveaway.form.description"), value=description, most=LONGEST_TEXT, long=True)
    form.upload(PICTURE, t("giveaway.form.picture"), t("giveaway.form.picture.hint"))
    if options.picture_id is not None:
        choices = {KEEP: t("giveaway.form.picture.keep"), REMOVE: t("giveaway.form.picture.remove")}
        form.choose("present", t("giveaway.form.picture.present"), choices, KEEP)
    return form


def when_form(language: str, key: int, options: Options, *, opened: bool) -> Form:
    """Return the form of opening, closing, zone and repetition."""
    form = Form(language, t("giveaway.draft.step.when"), WHEN, key)
    typed = when_values(options)
    if not opened:
        form.ask("starts", t("giveaway.form.starts"), hint=t("giveaway.form.starts.hint"), value=typed["starts"])
    form.ask("ends", t("giveaway.form.ends"), hint=t("giveaway.form.ends.hint"), value=typed["ends"])
    form.ask("zone", t("giveaway.form.zone"), hint=t("giveaway.form.zone.hint"), value=typed["zone"])
    repeats: dict[str, Text | str] = {NEVER: t("giveaway.repeat.never")}
    repeats |= {repeat.value: name for repeat, name in REPEAT_NAMES.items()}
    form.choose("repeat", t("giveaway.form.repeat"), repeats, typed["repeat"])
    return form


def when_values(options: Options) -> dict[str, str]:
    """Return what stands in the form of times, as it could be typed."""
    return {
        "starts": "" if options.starts is None else _local(options.starts, options.zone),
        "ends": _length(options.runs) if options.ends is None else _local(options.ends, options.zone),
        "zone": options.zone,
        "repeat": NEVER if options.repeat is None else options.repeat.value,
    }


def claim_form(language: str, key: int, options: Options) -> Form:
    """Return the form of how a prize is claimed, and until when."""
    form = Form(language, t("giveaway.draft.step.claim"), CLAIM, key)
    choices = {claim.value: name for claim, name in CLAIM_NAMES.items()}
    form.choose("claim", t("giveaway.form.claim"), choices, options.claim.value)
    value = claim_values(options)["claim_within"]
    form.ask("claim_within", t("giveaway.form.claim_within"), hint=t("giveaway.form.claim_within.hint"), value=value)
    return form


def claim_values(options: Options) -> dict[str, str]:
    """Return what stands in the form of claims, as it could be typed."""
    until = options.claim_until
    within = _length(options.claim_within) if until is None else _local(until, options.zone)
    return {"claim": options.claim.value, "claim_within": within}


def ages_form(language: str, key: int, options: Options) -> Form:
    """Return the form of how long someone must have been there, and since when not have won."""
    form = Form(language, t("giveaway.draft.who.ages"), AGES, key)
    hint = t("giveaway.form.days.hint")
    form.ask("account_age", t("giveaway.form.account_age"), hint=hint, value=_length(options.account_age))
    form.ask("member_for", t("giveaway.form.member_for"), hint=hint, value=_length(options.member_for))
    form.ask(
        "cooldown", t("giveaway.form.cooldown"), hint=t("giveaway.form.cooldown.hint"), value=_length(options.cooldown)
    )
    return form


def gate_form(language: str, key: int, options: Options) -> Form:
    """Return the form of the gate rule and the event."""
    form = Form(language, t("giveaway.draft.who.gate"), GATE, key)
    rule = options.holders_of.name if options.holders_of is not None else ""
    event = options.attended.name if options.attended is not None else ""
    form.ask("holders_of", t("giveaway.form.holders_of"), hint=t("giveaway.form.holders_of.hint"), value=rule)
    form.ask("attended", t("giveaway.form.attended"), hint=t("giveaway.form.attended.hint"), value=event)
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


def translate_form(language: str, key: int, spot: Spot, channel_name: str) -> Form:
    """Return the form of a channel's language and own words."""
    form = Form(language, t("giveaway.form.translate", channel=channel_name), TRANSLATE, key, spot.channel_id)
    choices = {each: language_name(each) for each in languages()}
    form.choose("language", t("giveaway.form.language"), choices, spot.language or language)
    hint = t("giveaway.form.own.hint")
    form.ask("title", t("giveaway.form.own_title"), hint=hint, value=spot.title or "", most=LONGEST_PRIZE)
    form.ask("text", t("giveaway.form.own_text"), hint=hint, value=spot.text or "", most=LONGEST_TEXT, long=True)
    return form


def number_form(language: str, key: int) -> Form:
    """Return the form in which the number of an old giveaway is typed."""
    form = Form(language, t("giveaway.draft.step.copy"), NUMBER, key)
    form.ask("giveaway", t("giveaway.form.number"), hint=t("giveaway.form.number.hint"), required=True, most=20)
    return form


def _local(when: datetime, zone: str) -> str:
    """Return an instant as it can be typed in a zone; with seconds only where there are some."""
    local = when.astimezone(UTC).astimezone(parse_zone(zone))
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def _length(length: timedelta | None) -> str:
    """Return a length as it can be typed: ``2d12h``."""
    if length is None:
        return ""
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((length.days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)


def changed_fields(
    fields: Mapping[str, str], before: Mapping[str, str], *, always: Sequence[str] = ()
) -> dict[str, str]:
    """Return the fields whose text is another than the form was filled in with, and those of *always*."""
    return {name: text for name, text in fields.items() if text.strip() != before.get(name) or name in always}
