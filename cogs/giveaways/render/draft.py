"""The private panel in which a giveaway is put together: the post as it will look, and what it still needs."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import discord

from bot import markup
from bot.i18n import Text, language_name, plain, render, t
from bot.markup import Markup
from bot.posts import Place
from bot.reads import POSTABLE_TYPES
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from cogs.giveaways.render import look
from cogs.giveaways.render.look import Card, bullets, fitting, shorten
from cogs.giveaways.render.post import render_post
from cogs.giveaways.rules.options import MOST_SPOTS, REPEAT_NAMES, Fault, Options, Problem, Step
from cogs.giveaways.rules.terms import MAX_BONUSES
from cogs.giveaways.service.drafting import Posted, Sheet
from cogs.giveaways.service.preflight import Audience
from cogs.giveaways.service.records import GiveawayInfo

Item: TypeAlias = discord.ui.Item[discord.ui.View]

# Kinds of components; each carries the draft's id. Those that open forms have the form's own kind in ``forms``.
PANEL: Final = "gw.d"
LOOK: Final = "gw.d.look"
WHO: Final = "gw.d.who"
TICKETS: Final = "gw.d.tickets"
CLAIM: Final = "gw.d.claim"
WHEN: Final = "gw.d.when"
WHERE: Final = "gw.d.where"
COPY: Final = "gw.d.copy"
POST: Final = "gw.d.post"
DISCARD: Final = "gw.d.discard"
REQUIRED: Final = "gw.d.required"
EXCLUDED: Final = "gw.d.excluded"
AGES: Final = "gw.d.ages"
GATE: Final = "gw.d.gate"
ROLES: Final = "gw.d.roles"
EXTRAS: Final = "gw.d.extras"
CHANNELS: Final = "gw.d.channels"
PLACE: Final = "gw.d.place"
PING: Final = "gw.d.ping"
PING_USUAL: Final = "gw.d.ping_usual"
COPIED: Final = "gw.d.copied"
NUMBER: Final = "gw.d.number"

STEPS: Final[Mapping[Step, tuple[str, Text]]] = {
    Step.WHO: (WHO, t("giveaway.draft.step.who")),
    Step.TICKETS: (TICKETS, t("giveaway.draft.step.tickets")),
    Step.CLAIM: (CLAIM, t("giveaway.draft.step.claim")),
    Step.WHEN: (WHEN, t("giveaway.draft.step.when")),
    Step.WHERE: (WHERE, t("giveaway.draft.step.where")),
    Step.LOOK: (LOOK, t("giveaway.draft.step.look")),
}
_CHOICE: Final = 100
# What a list takes of a field of 1 024 characters, its last line aside; and how much text is worth showing.
_ROOM: Final = 960
_LEAST: Final = 40


def render_panel(sheet: Sheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the panel: the post, then what is to be known and done before it is posted."""
    rows, summary = tuple(_main_buttons(sheet, language)), _summary(sheet, language, refusals)
    if sheet.preview is None:
        return Outgoing(embeds=(summary,), rows=rows)
    # The post's own buttons would enter a giveaway that is not there yet.
    shown = render_post(sheet.preview, sheet.findings.places[0].language)
    preview = _beside(shown.embeds[0], summary)
    if preview is None:
        summary.description = f"{summary.description}\n\n{render(language, t('giveaway.draft.no_room'))}"
        return Outgoing(embeds=(summary,), rows=rows)
    return Outgoing(embeds=(preview, summary), rows=rows, files=shown.files)


def render_who(sheet: Sheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the step in which is chosen who can take part."""
    options, key = sheet.findings.options, sheet.draft.id
    card = _step_card(language, Step.WHO, t("giveaway.draft.who.help"), sheet, refusals)
    card.say(*bullets(language, _asked(options)))
    rows = (
        _roles(language, REQUIRED, key, t("giveaway.draft.who.required"), [options.required_role]),
        _roles(language, EXCLUDED, key, t("giveaway.draft.who.excluded"), [options.excluded_role]),
        _button(language, AGES, key, t("giveaway.draft.who.ages")),
        _button(language, GATE, key, t("giveaway.draft.who.gate")),
        _back(language, key),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_tickets(sheet: Sheet, language: str, refusals: Sequence[Text] = ()) -> Outgoing:
    """Return the step in which roles are given extra tickets."""
    options, key = sheet.findings.options, sheet.draft.id
    card = _step_card(language, Step.TICKETS, t("giveaway.draft.tickets.help"), sheet, refusals)
    card.say(*bullets(language, bonus_lines(options)))
    chosen = [role for role, _ in options.bonuses]
    rows = (
        _roles(language, ROLES, key, t("giveaway.draft.tickets.roles"), chosen, most=MAX_BONUSES),
        _button(language, EXTRAS, key, t("giveaway.draft.tickets.set"), disabled=not chosen),
        _back(language, key),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_where(sheet: Sheet, language: str, ping_name: str | None, channels: Mapping[int, str]) -> Outgoing:
    """Return the step in which channels, their languages and the ping are chosen.

    *ping_name* is the name of the role offered first; *channels* are names by id.
    """
    findings, key = sheet.findings, sheet.draft.id
    card = _step_card(language, Step.WHERE, t("giveaway.draft.where.help"), sheet, ())
    card.say(*bullets(language, [place_line(place) for place in findings.places]))
    card.say(t("giveaway.draft.pings", role=_role(findings.options.ping)))
    channel_select: discord.ui.ChannelSelect[discord.ui.View] = discord.ui.ChannelSelect(
        custom_id=custom_id(CHANNELS, key),
        channel_types=list(POSTABLE_TYPES),
        placeholder=plain(language, t("giveaway.draft.where.channels")),
        min_values=1,
        max_values=MOST_SPOTS,
        default_values=[
            discord.SelectDefaultValue(id=place.channel_id, type=discord.SelectDefaultValueType.channel)
            for place in findings.places
        ],
    )
    place_select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        custom_id=custom_id(PLACE, key),
        placeholder=plain(language, t("giveaway.draft.where.translate")),
        options=[
            discord.SelectOption(
                label=f"#{channels.get(place.channel_id, '?')}"[:_CHOICE],
                value=str(place.channel_id),
                description=language_name(place.language)[:_CHOICE],
            )
            for place in findings.places
        ],
    )
    rows: list[Item] = [
        channel_select,
        place_select,
        _roles(language, PING, key, t("giveaway.draft.where.ping"), [findings.options.ping]),
    ]
    if ping_name is not None:
        rows.append(_button(language, PING_USUAL, key, t("giveaway.draft.where.ping_usual", role=ping_name)))
    return Outgoing(embeds=(card.embed(),), rows=(*rows, _back(language, key)))


def render_copies(key: int, copies: Sequence[GiveawayInfo], language: str) -> Outgoing:
    """Return the step in which an old giveaway is chosen to be copied."""
    card = Card(language, plain(language, t("giveaway.draft.step.copy")), look.OPEN)
    rows: list[Item] = []
    if copies:
        card.say(t("giveaway.draft.copy.help"))
        select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
            custom_id=custom_id(COPIED, key),
            placeholder=plain(language, t("giveaway.draft.copy.choose")),
            options=[discord.SelectOption(label=choice_name(info), value=str(info.number)) for info in copies],
        )
        rows = [select, _button(language, NUMBER, key, t("giveaway.draft.copy.number"))]
    else:
        card.say(t("giveaway.draft.copy.none"))
    return Outgoing(embeds=(card.embed(),), rows=(*rows, _back(language, key)))


def render_posted(posted: Posted, language: str) -> Outgoing:
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


def choice_name(info: GiveawayInfo) -> str:
    """Return how a giveaway is called in a list to choose from: its number and prize, at most 100 characters."""
    name = f"#{info.number} {info.prize}"
    if look.size(name) <= _CHOICE:
        return name
    while look.size(name) > _CHOICE - 1:
        name = name[:-1]
    return f"{name}…"


def bonus_lines(options: Options) -> list[Text]:
    """Return the extra tickets, a line per role."""
    return [
        t("giveaway.render.bonus", role=markup.role(role), tickets=t("giveaway.render.bonus_tickets", n=extra))
        for role, extra in options.bonuses
    ]


def place_line(place: Place) -> Text:
    """Return a channel with its language, and whether it has words of its own."""
    values: dict[str, Any] = {"channel": markup.channel(place.channel_id), "language": language_name(place.language)}
    own = place.title is not None or place.text is not None
    return t("giveaway.draft.place_own", **values) if own else t("giveaway.draft.place", **values)


def _summary(sheet: Sheet, language: str, refusals: Sequence[Text]) -> discord.Embed:
    findings = sheet.findings
    editing = sheet.subject is not None
    number = str(sheet.subject.number) if sheet.subject is not None else ""
    title = t("giveaway.draft.title_edit", number=number) if editing else t("giveaway.draft.title")
    ready = findings.proposal is not None
    card = Card(language, plain(language, title), look.OPEN if ready and not refusals else look.WAITING)
    if refusals:
        card.say(t("giveaway.draft.not_taken"), *bullets(language, refusals))
    card.say(t("giveaway.draft.private_edit") if editing else t("giveaway.draft.private"))
    card.say(*_facts(sheet, language))
    for fault, heading in (
        (Fault.MISSING, t("giveaway.draft.missing")),
        (Fault.FORBIDDEN, t("giveaway.draft.forbidden")),
    ):
        _list(card, heading, _problem_lines(language, [p for p in findings.problems if p.fault is fault]))
    _list(card, t("giveaway.draft.notices"), bullets(language, findings.notices))
    return card.embed()


def _list(card: Card, heading: Text, lines: Sequence[Markup]) -> None:
    """Add lines below a heading, as many as a field takes; the others are counted."""
    kept, rest = fitting(lines, _ROOM)
    if rest:
        kept.append(Markup(f"- {card.word(t('giveaway.render.more', n=rest))}"))
    card.part(heading, *kept)


def _beside(preview: discord.Embed, summary: discord.Embed) -> discord.Embed | None:
    """Return the preview with as much of its text as Discord takes in one message with the rest; None for no room."""
    text = preview.description or ""
    over = look.total(preview) + look.total(summary) - look.ALL_EMBEDS
    if over <= 0:
        return preview
    room = look.size(text) - over - 1
    if room < _LEAST:
        return None
    shorter = preview.copy()
    # In the units Discord counts; half a letter at the end is left out.
    shorter.description = text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore") + "…"
    return shorter


def _facts(sheet: Sheet, language: str) -> list[Text]:
    findings = sheet.findings
    facts = [
        _audience(findings.audience),
        t("giveaway.draft.where", places=[place_line(place) for place in findings.places]),
    ]
    if sheet.subject is None or sheet.subject.opened_at is None:
        facts.append(t("giveaway.draft.pings", role=_role(findings.options.ping)))
        facts.append(t("giveaway.draft.opens", at=sheet.opens) if sheet.scheduled else t("giveaway.draft.opens_now"))
    if sheet.closes is not None:
        facts.append(_closes(findings.options, sheet))
    if findings.options.repeat is not None:
        facts.append(t("giveaway.draft.repeats", repeat=REPEAT_NAMES[findings.options.repeat]))
    return facts


def _closes(options: Options, sheet: Sheet) -> Text:
    at = sheet.closes or sheet.opens
    if options.runs is not None and not sheet.scheduled and sheet.subject is None:
        return t("giveaway.draft.closes_after", length=options.runs, at=at)
    return t("giveaway.draft.closes", at=at, relative=markup.time(at, "R"))


def _audience(audience: Audience) -> Text:
    role = markup.role(audience.role_id) if audience.role_id is not None else None
    if role is None:
        if audience.count is None:
            return t("giveaway.draft.audience.everyone")
        count = t("giveaway.draft.count", n=audience.count)
        if audience.narrowed:
            return t("giveaway.draft.audience.everyone_narrowed", count=count)
        return t("giveaway.draft.audience.everyone_counted", count=count)
    if audience.count is None:
        return t("giveaway.draft.audience.role", role=role)
    count = t("giveaway.draft.count", n=audience.count)
    if audience.narrowed:
        return t("giveaway.draft.audience.role_narrowed", role=role, count=count)
    return t("giveaway.draft.audience.role_counted", role=role, count=count)


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


def _problem_lines(language: str, problems: Sequence[Problem]) -> list[Markup]:
    return bullets(
        language, [t("giveaway.draft.problem", step=STEPS[problem.step][1], text=problem.text) for problem in problems]
    )


def _step_card(language: str, step: Step, text: Text, sheet: Sheet, refusals: Sequence[Text]) -> Card:
    problems = [problem for problem in sheet.findings.problems if problem.step is step]
    card = Card(language, plain(language, STEPS[step][1]), look.WAITING if refusals or problems else look.OPEN)
    if refusals:
        card.say(t("giveaway.draft.not_taken"), *bullets(language, refusals))
    card.say(text)
    _list(card, t("giveaway.draft.mend"), bullets(language, [problem.text for problem in problems]))
    return card


def _main_buttons(sheet: Sheet, language: str) -> list[Item]:
    findings, key = sheet.findings, sheet.draft.id
    wrong = {problem.step for problem in findings.problems}
    made: list[Item] = [
        _button(
            language,
            kind,
            key,
            name,
            style=discord.ButtonStyle.primary if step in wrong else discord.ButtonStyle.secondary,
        )
        for step, (kind, name) in STEPS.items()
    ]
    editing = sheet.subject is not None
    if not editing:
        made.append(_button(language, COPY, key, t("giveaway.draft.step.copy")))
    ready = discord.ButtonStyle.success if findings.proposal is not None else discord.ButtonStyle.secondary
    name = t("giveaway.draft.save") if editing else t("giveaway.draft.post")
    made.append(_button(language, POST, key, name, style=ready))
    made.append(_button(language, DISCARD, key, t("giveaway.draft.discard")))
    return made


def _role(role_id: int | None) -> Text | Markup:
    return t("giveaway.draft.nobody") if role_id is None else markup.role(role_id)


def _roles(
    language: str, kind: str, key: int, placeholder: Text, chosen: Sequence[int | None], *, most: int = 1
) -> discord.ui.RoleSelect[discord.ui.View]:
    return discord.ui.RoleSelect(
        custom_id=custom_id(kind, key),
        placeholder=plain(language, placeholder),
        min_values=0,
        max_values=most,
        default_values=[
            discord.SelectDefaultValue(id=role, type=discord.SelectDefaultValueType.role)
            for role in chosen
            if role is not None
        ],
    )


def _button(
    language: str,
    kind: str,
    key: int,
    label: Text,
    *,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    disabled: bool = False,
) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        label=plain(language, label)[: look.NAME], custom_id=custom_id(kind, key), style=style, disabled=disabled
    )


def _back(language: str, key: int) -> discord.ui.Button[discord.ui.View]:
    return _button(language, PANEL, key, t("giveaway.draft.back"))
