"""The private panel in which a poll is put together: its own steps, and how it looks."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import discord

from bot import markup
from bot.drafting.changing import NUMBER
from bot.drafting.craft import Posted, Sheet
from bot.drafts import Draft
from bot.i18n import Text, plain, t
from bot.ui import look
from bot.ui.drafts.cards import (
    STEPS,
    back,
    button,
    choice_name,
    choice_select,
    opening_and_closing,
    role_select,
    step_card,
)
from bot.ui.drafts.face import Asking, Face
from bot.ui.look import Card, bullets, shorten
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from cogs.polls.render import draft_forms as forms
from cogs.polls.render import words
from cogs.polls.render.post import render_post
from cogs.polls.rules.ballots import Kind, Secrecy
from cogs.polls.rules.options import Options, Proposal, Step
from cogs.polls.rules.reading import MAX_LIST, MAX_QUESTION, SHOWINGS
from cogs.polls.rules.terms import MAX_WEIGHTS
from cogs.polls.service.records import PollInfo
from cogs.polls.service.showing import PostView

# Kinds of components only these drafts have; each carries the draft's id.
VOTERS: Final = "poll.d.voters"
GATE: Final = "poll.d.gate"
WEIGHT_ROLES: Final = "poll.d.weight_roles"
WEIGHTS: Final = "poll.d.weights"
KINDS: Final = "poll.d.kind"
SHOWING: Final = "poll.d.showing"
BOUNDS: Final = "poll.d.bounds"
WRITE_INS: Final = "poll.d.write_ins"
RECEIPTS: Final = "poll.d.receipts"
OWNER: Final = "poll.d.owner"
ANSWER_BY: Final = "poll.d.answer_by"
NO_ANSWER: Final = "poll.d.no_answer"
MYSELF: Final = "poll.d.myself"

DraftSheet: TypeAlias = Sheet[Options, Proposal, PostView]

KIND_NAMES: Final[Mapping[str, Text]] = {
    Kind.SINGLE: t("poll.kind.single"),
    Kind.MULTIPLE: t("poll.kind.multiple"),
    Kind.RANKED: t("poll.kind.ranked"),
    Kind.RATING: t("poll.kind.rating"),
}
_SHOWING_NAMES: Final[Mapping[str, Text]] = {
    "secret": t("poll.showing.secret"),
    "open": t("poll.showing.open"),
    "live": t("poll.showing.live"),
}
_SHOWING_HINTS: Final[Mapping[str, Text]] = {
    "secret": t("poll.showing.secret.hint"),
    "open": t("poll.showing.open.hint"),
    "live": t("poll.showing.live.hint"),
}


def render_who(sheet: DraftSheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the step in which is chosen who may vote, and how much votes weigh."""
    options, key = sheet.findings.options, sheet.draft.id
    card = step_card(language, Step.WHO, FACE.steps[Step.WHO], t("poll.draft.who.help"), sheet, refusals)
    card.say(*bullets(language, words.requirements(options.terms)))
    chosen = [role for role, _ in options.weights]
    rows = (
        role_select(language, VOTERS, key, t("poll.draft.who.voters"), [options.voters]),
        role_select(language, WEIGHT_ROLES, key, t("poll.draft.who.weights"), chosen, most=MAX_WEIGHTS),
        button(language, GATE, key, t("poll.draft.who.gate")),
        button(language, WEIGHTS, key, t("poll.draft.who.weights.set"), disabled=not chosen),
        back(language, FACE.kind(), key),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_rules(sheet: DraftSheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the step in which is chosen how people vote, who sees what, and what it takes to pass."""
    options, key = sheet.findings.options, sheet.draft.id
    card = step_card(language, Step.RULES, FACE.steps[Step.RULES], t("poll.draft.rules.help"), sheet, refusals)
    card.say(*bullets(language, _ruled(options)))
    writing = t("poll.draft.rules.write_ins.off") if options.write_ins else t("poll.draft.rules.write_ins.on")
    receipts = t("poll.draft.rules.receipts.off") if options.receipts else t("poll.draft.rules.receipts.on")
    rows = (
        choice_select(language, KINDS, key, KIND_NAMES, options.kind),
        choice_select(language, SHOWING, key, _SHOWING_NAMES, _showing(options), _SHOWING_HINTS),
        button(language, BOUNDS, key, t("poll.draft.rules.bounds")),
        button(language, WRITE_INS, key, writing),
        button(language, RECEIPTS, key, receipts),
        back(language, FACE.kind(), key),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_answer(sheet: DraftSheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the step in which is said who owes an answer, and until when."""
    options, key = sheet.findings.options, sheet.draft.id
    card = step_card(language, Step.ANSWER, FACE.steps[Step.ANSWER], t("poll.draft.answer.help"), sheet, refusals)
    card.say(answer_line(options))
    select: discord.ui.MentionableSelect[discord.ui.View] = discord.ui.MentionableSelect(
        custom_id=custom_id(OWNER, key),
        placeholder=plain(language, t("poll.draft.answer.owner")),
        default_values=_owner(options),
    )
    rows = (
        select,
        button(language, ANSWER_BY, key, t("poll.draft.answer.by"), disabled=not options.is_answered),
        button(language, MYSELF, key, t("poll.draft.answer.myself"), disabled=_is_own(options)),
        button(language, NO_ANSWER, key, t("poll.draft.answer.none"), disabled=not options.is_answered),
        back(language, FACE.kind(), key),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def answer_line(options: Options) -> Text:
    """Say who owes an answer and until when, in a line."""
    if not options.is_answered:
        return t("poll.draft.answers.nobody")
    if options.answer_role is not None:
        who: Any = markup.role(options.answer_role)
    elif options.answer_user is not None:
        who = markup.user(options.answer_user)
    else:
        who = t("poll.draft.answers.you")
    if options.answer_by is not None:
        return t("poll.draft.answers.by", who=who, by=options.answer_by)
    if options.answer_within is not None:
        return t("poll.draft.answers.within", who=who, length=options.answer_within)
    return t("poll.draft.answers.usual", who=who)


def render_posted(posted: Posted[PollInfo], language: str) -> Outgoing:
    """Return what is said once a draft is posted or its changes are in."""
    info = posted.info
    places = [markup.channel(channel) for channel in posted.channels]
    values: dict[str, Any] = {"number": str(info.number), "question": shorten(info.question, look.NAME)}
    if not posted.new:
        text = t("poll.saved.done", **values) if posted.anything else t("poll.saved.nothing", **values)
    elif info.opened_at is None:
        text = t("poll.posted.scheduled", opens=info.starts_at, closes=info.closes_at, channels=places, **values)
    else:
        text = t("poll.posted.done", closes=info.closes_at, channels=places, **values)
    card = Card(language, "", look.OPEN)
    card.say(text)
    return Outgoing(embeds=(card.embed(),))


def draft_name(draft: Draft) -> Text:
    """Return how a draft is called in a list."""
    if draft.subject is not None:
        return t("poll.draft.name_edit", number=str(draft.values.get(NUMBER, "")))
    question = draft.values.get("question")
    return t("poll.draft.name_empty") if not question else t("poll.draft.name", question=str(question))


def _owner(options: Options) -> list[discord.SelectDefaultValue]:
    if options.answer_role is not None:
        return [discord.SelectDefaultValue(id=options.answer_role, type=discord.SelectDefaultValueType.role)]
    if options.answer_user is not None:
        return [discord.SelectDefaultValue(id=options.answer_user, type=discord.SelectDefaultValueType.user)]
    return []


def _is_own(options: Options) -> bool:
    return options.is_answered and options.answer_user is None and options.answer_role is None


def _showing(options: Options) -> str:
    """Return the choice that is made, or would be: results of a secret poll are never live."""
    if options.secrecy is Secrecy.SECRET:
        return "secret"
    return next(name for name, both in SHOWINGS.items() if both == (options.secrecy, options.results))


def _ruled(options: Options) -> list[Text]:
    """Return what is asked beyond the lists, whose choices stand in them."""
    found = [*words.limits(options.quorum, options.threshold)]
    if options.max_choices is not None:
        found.insert(0, t("poll.draft.rules.most", n=options.max_choices))
    found.append(t("poll.draft.rules.write_ins") if options.write_ins else t("poll.draft.rules.no_write_ins"))
    found.append(t("poll.draft.rules.receipts") if options.receipts else t("poll.draft.rules.no_receipts"))
    return found


def _facts(sheet: DraftSheet) -> list[Text]:
    return [*opening_and_closing(sheet), answer_line(sheet.findings.options)]


FACE: Final[Face[Options, Proposal, PostView, PollInfo]] = Face(
    prefix="poll",
    steps={
        Step.QUESTION: t("poll.draft.step.question"),
        Step.WHO: STEPS[Step.WHO],
        Step.RULES: t("poll.draft.step.rules"),
        Step.WHEN: STEPS[Step.WHEN],
        Step.ANSWER: t("poll.draft.step.answer"),
        Step.WHERE: STEPS[Step.WHERE],
        Step.LOOK: t("poll.draft.step.look"),
    },
    preview=render_post,
    facts=_facts,
    posted=render_posted,
    draft_name=draft_name,
    choice_name=lambda info: choice_name(info.number, info.question),
    choice_value=lambda info: str(info.number),
    new_form=forms.new_form,
    where_help=t("poll.draft.where.help"),
    own_title=(t("poll.form.own_question"), MAX_QUESTION),
    own_text=(t("poll.form.own_options"), MAX_LIST),
    screens={"who": render_who, "rules": render_rules, "answer": render_answer},
    forms={
        "question": Asking(forms.question_form),
        "look": Asking(forms.look_form),
        "gate": Asking(forms.gate_form, then="who", values=forms.gate_values),
        "bounds": Asking(forms.bounds_form, then="rules", values=forms.bounds_values),
        "answer_by": Asking(forms.answer_form, then="answer", values=forms.answer_values),
    },
    selects={"voters": ("voters", "who"), "kind": ("kind", "rules"), "showing": ("showing", "rules")},
)
