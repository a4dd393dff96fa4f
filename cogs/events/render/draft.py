"""The private panel in which an event is put together: its own steps, and how it looks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

import discord

from bot import markup
from bot.drafting.changing import NUMBER
from bot.drafting.craft import Posted, Sheet
from bot.drafting.problems import LOOK, WHEN, WHERE, WHO
from bot.drafts import Draft
from bot.i18n import Text, plain, t
from bot.reads import POSTABLE_TYPES
from bot.ui import look
from bot.ui.drafts.cards import STEPS, back, button, choice_name, choice_select, role_select, step_card
from bot.ui.drafts.face import Asking, Face
from bot.ui.look import Card, bullets, shorten
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from cogs.events.render import draft_facts as facts
from cogs.events.render import draft_forms as forms
from cogs.events.render.post import render_post
from cogs.events.rules.kinds import Where
from cogs.events.rules.options import REMINDERS, REPEAT, VENUE, WHERE_NAMES, Options, Proposal
from cogs.events.rules.phrases import offered, say_rule
from cogs.events.rules.reading import LONGEST_TEXT, LONGEST_TITLE
from cogs.events.rules.recurrence import Rule, anchored
from cogs.events.service.craft import OF_ALL, Chosen
from cogs.events.service.loading import PostView
from cogs.events.service.records import OccurrenceInfo

# Kinds of components only these drafts have; each carries the draft's id.
CADENCE: Final = "ev.d.cadence"
REPEAT_WORDS: Final = "ev.d.repeat_words"
KIND: Final = "ev.d.kind"
CHANNEL: Final = "ev.d.channel"
ADDRESS: Final = "ev.d.address"
RSVP_ROLE: Final = "ev.d.rsvp_role"
GOING_ROLE: Final = "ev.d.going_role"
SEATS: Final = "ev.d.seats"

DraftSheet: TypeAlias = Sheet[Options, Proposal, PostView]

_NEVER: Final = "never"
_NO_KIND: Final = ""
# What can be chosen for each kind of place.
CHANNEL_TYPES: Final[Mapping[Where, Sequence[discord.ChannelType]]] = {
    Where.VOICE: (discord.ChannelType.voice,),
    Where.STAGE: (discord.ChannelType.stage_voice,),
    Where.TEXT: tuple(
        each for each in POSTABLE_TYPES if each not in (discord.ChannelType.voice, discord.ChannelType.stage_voice)
    ),
}


def render_preview(view: PostView, language: str) -> Outgoing:
    """Return the announcement as it will look; the calendar's file would take more room than all of it."""
    shown = render_post(view, language)
    return replace(shown, files=tuple(file for file in shown.files if not file.name.endswith(".ics")))


def render_repeat(sheet: DraftSheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the step in which is chosen how often it takes place."""
    options, key = sheet.findings.options, sheet.draft.id
    card = step_card(language, REPEAT, FACE.steps[REPEAT], t("event.draft.repeat.help"), sheet, refusals)
    card.say(*facts.repeating(options, sheet.opens))
    rows: list[discord.ui.Item[discord.ui.View]] = []
    begins = options.begins()
    if begins is None:
        card.say(t("event.draft.repeat.no_start"))
    else:
        names: dict[str, Text] = {_NEVER: t("event.draft.repeat.never")}
        names |= {phrase: say_rule(anchored(rule, begins)) for rule, phrase in offered(begins).items()}
        rows.append(choice_select(language, CADENCE, key, *_with_own(names, options.repeat, offered(begins), options)))
    rows += [
        button(language, REPEAT_WORDS, key, t("event.draft.repeat.words")),
        back(language, FACE.kind(), key),
    ]
    return Outgoing(embeds=(card.embed(),), rows=tuple(rows))


def _with_own(
    names: dict[str, Text], rule: Rule | None, phrases: Mapping[Rule, str], options: Options
) -> tuple[dict[str, Text], str]:
    """Return the choices with the one made among them, which may have been said in words."""
    begins = options.begins()
    if rule is None or begins is None:
        return names, _NEVER
    same = [phrase for each, phrase in phrases.items() if anchored(each, begins) == anchored(rule, begins)]
    if same:
        return names, same[0]
    whole = say_rule(anchored(rule, begins))
    phrase = plain("en", whole)[:100]
    return {**names, phrase: whole}, phrase


def render_venue(sheet: DraftSheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the step in which is said where it takes place."""
    options, key = sheet.findings.options, sheet.draft.id
    card = step_card(language, VENUE, FACE.steps[VENUE], t("event.draft.venue.help"), sheet, refusals)
    card.say(facts.venue(options))
    kinds: dict[str, Text] = {where.value: name for where, name in WHERE_NAMES.items()}
    select = choice_select(language, KIND, key, kinds, _NO_KIND if options.where is None else options.where.value)
    select.placeholder = plain(language, t("event.draft.venue.kind"))
    rows: list[discord.ui.Item[discord.ui.View]] = [select]
    if options.where is not None and options.where.in_channel:
        rows.append(_channel_select(options, options.where, language, key))
    if options.where is None or not options.where.in_channel or options.place is not None:
        rows.append(button(language, ADDRESS, key, t("event.draft.venue.address")))
    rows.append(back(language, FACE.kind(), key))
    return Outgoing(embeds=(card.embed(),), rows=tuple(rows))


def _channel_select(
    options: Options, where: Where, language: str, key: int
) -> discord.ui.ChannelSelect[discord.ui.View]:
    chosen = [] if options.channel is None else [options.channel]
    return discord.ui.ChannelSelect(
        custom_id=custom_id(CHANNEL, key),
        channel_types=list(CHANNEL_TYPES[where]),
        placeholder=plain(language, t("event.draft.venue.channel")),
        min_values=0,
        max_values=1,
        default_values=[
            discord.SelectDefaultValue(id=each, type=discord.SelectDefaultValueType.channel) for each in chosen
        ],
    )


def render_who(sheet: DraftSheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the step in which is said who can come, how many, and what they get."""
    options, key = sheet.findings.options, sheet.draft.id
    card = step_card(language, WHO, FACE.steps[WHO], t("event.draft.who.help"), sheet, refusals)
    card.say(*bullets(language, facts.people(options)))
    seats = button(language, SEATS, key, t("event.draft.who.seats"))
    if _is_one_of_many(sheet):
        card.say(t("event.draft.who.of_all"))
        return Outgoing(embeds=(card.embed(),), rows=(seats, back(language, FACE.kind(), key)))
    rows = (
        role_select(language, RSVP_ROLE, key, t("event.draft.who.rsvp_role"), [options.rsvp_role]),
        role_select(language, GOING_ROLE, key, t("event.draft.who.going_role"), [options.going_role]),
        seats,
        back(language, FACE.kind(), key),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_posted(posted: Posted[OccurrenceInfo], language: str) -> Outgoing:
    """Return what is said once a draft is posted or its changes are in."""
    info = posted.info
    values: dict[str, Any] = {"number": str(info.event.number), "title": shorten(info.details.title, look.NAME)}
    channels = [markup.channel(channel) for channel in posted.channels]
    if not posted.new:
        if not posted.anything:
            text = t("event.saved.nothing", **values)
        elif posted.told:
            text = t("event.saved.told", **values)
        else:
            text = t("event.saved.done", **values)
    elif info.announced_at is None:
        at = info.announce_at or info.starts_at
        text = t("event.posted.planned", at=at, starts=info.starts_at, channels=channels, **values)
    else:
        text = t("event.posted.done", starts=info.starts_at, channels=channels, **values)
    card = Card(language, "", look.OPEN)
    card.say(text)
    return Outgoing(embeds=(card.embed(),))


def draft_name(draft: Draft) -> Text:
    """Return how a draft is called in a list."""
    if draft.subject is not None:
        return t("event.draft.name_edit", number=str(draft.values.get(NUMBER, "")))
    title = draft.values.get("title")
    return t("event.draft.name_empty") if not title else t("event.draft.name", title=str(title))


def _is_one_of_many(sheet: DraftSheet) -> bool:
    if sheet.subject is None:
        return False
    chosen: Chosen = sheet.subject.row
    return chosen.is_one_of_many


def _hidden(sheet: DraftSheet) -> Collection[str]:
    """Return the steps that are about all dates, while one of them is changed alone."""
    return {step for step in OF_ALL.values() if step != WHO} if _is_one_of_many(sheet) else ()


FACE: Final[Face[Options, Proposal, PostView, OccurrenceInfo]] = Face(
    prefix="ev",
    steps={
        LOOK: STEPS[LOOK],
        WHEN: STEPS[WHEN],
        REPEAT: t("event.draft.step.repeat"),
        VENUE: t("event.draft.step.venue"),
        WHO: STEPS[WHO],
        REMINDERS: t("event.draft.step.remind"),
        WHERE: t("event.draft.step.announced"),
    },
    preview=render_preview,
    facts=facts.facts,
    lists=facts.changes,
    posted=render_posted,
    draft_name=draft_name,
    choice_name=lambda info: choice_name(info.event.number, info.details.title),
    choice_value=lambda info: str(info.event.number),
    new_form=forms.new_form,
    where_help=t("event.draft.announced.help"),
    own_title=(t("event.form.own_title"), LONGEST_TITLE),
    own_text=(t("event.form.own_text"), LONGEST_TEXT),
    posted_in=lambda places: t("event.draft.announced_in", places=places),
    hidden=_hidden,
    screens={REPEAT: render_repeat, VENUE: render_venue, WHO: render_who},
    forms={
        LOOK: Asking(forms.look_form),
        WHEN: Asking(
            forms.when_form,
            values=forms.when_values,
            moved=("starts", "ends", "announce_at"),
            opened=forms.announced_when_form,
        ),
        REMINDERS: Asking(forms.remind_form),
        "repeat_words": Asking(forms.repeat_form, then=REPEAT),
        "address": Asking(forms.address_form, then=VENUE),
        "seats": Asking(forms.seats_form, then=WHO, values=forms.seats_values),
    },
    selects={
        "cadence": ("repeat", REPEAT),
        "rsvp_role": ("rsvp_role", WHO),
        "going_role": ("going_role", WHO),
    },
)
