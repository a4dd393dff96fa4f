"""The private panel in which a giveaway is put together: its own steps, and how it looks."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from bot import markup
from bot.drafting.changing import NUMBER
from bot.drafting.craft import Posted, Sheet
from bot.drafts import Draft
from bot.i18n import Text, t
from bot.ui import look
from bot.ui.drafts.cards import STEPS, back, button, choice_name, opening_and_closing, role_select, step_card
from bot.ui.drafts.face import Asking, Face
from bot.ui.look import Card, bullets, shorten
from bot.ui.outgoing import Outgoing
from cogs.giveaways.render import forms
from cogs.giveaways.render.post import render_post
from cogs.giveaways.rules.options import REPEAT_NAMES, Options, Proposal, Step
from cogs.giveaways.rules.reading import LONGEST_PRIZE, LONGEST_TEXT
from cogs.giveaways.rules.terms import MAX_BONUSES
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PostView

# Kinds of components only these drafts have; each carries the draft's id.
REQUIRED: Final = "gw.d.required"
EXCLUDED: Final = "gw.d.excluded"
AGES: Final = "gw.d.ages"
GATE: Final = "gw.d.gate"
ROLES: Final = "gw.d.roles"
EXTRAS: Final = "gw.d.extras"

DraftSheet: TypeAlias = Sheet[Options, Proposal, PostView]


def render_who(sheet: DraftSheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the step in which is chosen who can take part."""
    options, key = sheet.findings.options, sheet.draft.id
    card = step_card(language, Step.WHO, FACE.steps[Step.WHO], t("giveaway.draft.who.help"), sheet, refusals)
    card.say(*bullets(language, _asked(options)))
    rows = (
        role_select(language, REQUIRED, key, t("giveaway.draft.who.required"), [options.required_role]),
        role_select(language, EXCLUDED, key, t("giveaway.draft.who.excluded"), [options.excluded_role]),
        button(language, AGES, key, t("giveaway.draft.who.ages")),
        button(language, GATE, key, t("giveaway.draft.who.gate")),
        back(language, FACE.kind(), key),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_tickets(sheet: DraftSheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the step in which roles are given extra tickets."""
    options, key = sheet.findings.options, sheet.draft.id
    card = step_card(
        language, Step.TICKETS, FACE.steps[Step.TICKETS], t("giveaway.draft.tickets.help"), sheet, refusals
    )
    card.say(*bullets(language, bonus_lines(options)))
    chosen = [role for role, _ in options.bonuses]
    rows = (
        role_select(language, ROLES, key, t("giveaway.draft.tickets.roles"), chosen, most=MAX_BONUSES),
        button(language, EXTRAS, key, t("giveaway.draft.tickets.set"), disabled=not chosen),
        back(language, FACE.kind(), key),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_posted(posted: Posted[GiveawayInfo], language: str) -> Outgoing:
    """Return what is said once a draft is posted or its changes are in."""
    info = posted.info
    places = [markup.channel(channel) for channel in posted.channels]
    values: dict[str, Any] = {"number": str(info.number), "prize": shorten(info.prize, look.NAME)}
    if not posted.new:
        if not posted.anything:
            text = t("giveaway.saved.nothing", **values)
        elif posted.told:
            text = t("giveaway.saved.told", **values)
        else:
            text = t("giveaway.saved.done", **values)
    elif info.opened_at is None:
        text = t("giveaway.posted.scheduled", opens=info.starts_at, closes=info.closes_at, channels=places, **values)
    else:
        text = t("giveaway.posted.done", closes=info.closes_at, channels=places, **values)
    card = Card(language, "", look.OPEN)
    card.say(text)
    return Outgoing(embeds=(card.embed(),))


def bonus_lines(options: Options) -> list[Text]:
    """Return the extra tickets, a line per role."""
    return [
        t("giveaway.render.bonus", role=markup.role(role), tickets=t("giveaway.render.bonus_tickets", n=extra))
        for role, extra in options.bonuses
    ]


def _asked(options: Options) -> list[Text]:
    """Return what is asked for so far; the selects alone do not tell which is which once something is chosen."""
    found: list[Text] = []
    if options.required_role is not None:
        found.append(t("giveaway.render.needs.required_role", role=markup.role(options.required_role)))
    if options.excluded_role is not None:
        found.append(t("giveaway.render.needs.excluded_role", roles=[markup.role(options.excluded_role)]))
    if options.account_age is not None:
        found.append(t("giveaway.render.needs.account_age", length=options.account_age))
    if options.member_for is not None:
        found.append(t("giveaway.render.needs.member_for", length=options.member_for))
    if options.cooldown is not None:
        found.append(t("giveaway.render.needs.cooldown", length=options.cooldown))
    if options.holders_of is not None:
        found.append(t("giveaway.render.needs.holders_of", rule=shorten(options.holders_of.name, look.NAME)))
    if options.attended is not None:
        found.append(t("giveaway.render.needs.attended", event=shorten(options.attended.name, look.NAME)))
    return found


def _facts(sheet: DraftSheet) -> list[Text]:
    repeat = sheet.findings.options.repeat
    repeats = [] if repeat is None else [t("giveaway.draft.repeats", repeat=REPEAT_NAMES[repeat])]
    return [*opening_and_closing(sheet), *repeats]


def draft_name(draft: Draft) -> Text:
    """Return how a draft is called in a list."""
    if draft.subject is not None:
        return t("giveaway.draft.name_edit", number=str(draft.values.get(NUMBER, "")))
    prize = draft.values.get("prize")
    return t("giveaway.draft.name_empty") if not prize else t("giveaway.draft.name", prize=str(prize))


def name_of(info: GiveawayInfo) -> str:
    """Return how a giveaway is called in a list to choose from."""
    return choice_name(info.number, info.prize)


FACE: Final[Face[Options, Proposal, PostView, GiveawayInfo]] = Face(
    prefix="gw",
    steps={
        Step.WHO: STEPS[Step.WHO],
        Step.TICKETS: t("giveaway.draft.step.tickets"),
        Step.CLAIM: t("giveaway.draft.step.claim"),
        Step.WHEN: STEPS[Step.WHEN],
        Step.WHERE: STEPS[Step.WHERE],
        Step.LOOK: STEPS[Step.LOOK],
    },
    preview=render_post,
    facts=_facts,
    posted=render_posted,
    draft_name=draft_name,
    choice_name=name_of,
    choice_value=lambda info: str(info.number),
    new_form=forms.new_form,
    where_help=t("giveaway.draft.where.help"),
    own_title=(t("giveaway.form.own_title"), LONGEST_PRIZE),
    own_text=(t("giveaway.form.own_text"), LONGEST_TEXT),
    more_times=forms.ask_repeat,
    more_time_values=forms.repeat_values,
    screens={"who": render_who, "tickets": render_tickets},
    forms={
        "look": Asking(forms.look_form),
        "claim": Asking(forms.claim_form, values=forms.claim_values),
        "ages": Asking(forms.ages_form, then="who"),
        "gate": Asking(forms.gate_form, then="who"),
    },
    selects={"required": ("required_role", "who"), "excluded": ("excluded_role", "who")},
)
