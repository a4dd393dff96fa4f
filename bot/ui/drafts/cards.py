"""What the panel shows: the post as it will look, what it still needs, and the steps every kind of draft has."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import discord

from bot import markup
from bot.drafting.craft import Audience, I, Sheet, V
from bot.drafting.problems import LOOK, WHEN, WHERE, WHO, Fault, P, Problem
from bot.drafting.values import MOST_SPOTS, Common, O
from bot.i18n import Text, language_name, plain, render, t
from bot.markup import Markup
from bot.posts import Place
from bot.reads import POSTABLE_TYPES
from bot.ui import look
from bot.ui.drafts.face import COPY, MAIN, Face
from bot.ui.look import Card, bullets, fitting
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id

Item: TypeAlias = discord.ui.Item[discord.ui.View]

POST: Final = "post"
DISCARD: Final = "discard"
CHANNELS: Final = "channels"
PLACE: Final = "place"
PING: Final = "ping"
PING_USUAL: Final = "ping_usual"
COPIED: Final = "copied"
NUMBER: Final = "number"

# What the steps are called that every kind of draft has.
STEPS: Final[Mapping[str, Text]] = {
    WHO: t("draft.step.who"),
    WHEN: t("draft.step.when"),
    WHERE: t("draft.step.where"),
    LOOK: t("draft.step.look"),
}
CHOICE: Final = 100
# What a list takes of a field of 1 024 characters, its last line aside; and how much text is worth showing.
_ROOM: Final = 960
_LEAST: Final = 40


def render_panel(
    face: Face[O, P, V, I], sheet: Sheet[O, P, V], language: str, refusals: Sequence[Text] = ()
) -> Outgoing:
    """Return the panel: the post, then what is to be known and done before it is posted."""
    rows, summary = tuple(_main_buttons(face, sheet, language)), _summary(face, sheet, language, refusals)
    if sheet.preview is None:
        return Outgoing(embeds=(summary,), rows=rows)
    # The post's own buttons would take part in what is not there yet.
    shown = face.preview(sheet.preview, sheet.findings.places[0].language)
    preview = _beside(shown.embeds[0], summary)
    if preview is None:
        summary.description = f"{summary.description}\n\n{render(language, t('draft.no_room'))}"
        return Outgoing(embeds=(summary,), rows=rows)
    return Outgoing(embeds=(preview, summary), rows=rows, files=shown.files)


def render_where(
    face: Face[O, P, V, I],
    sheet: Sheet[O, P, V],
    language: str,
    ping_name: str | None,
    channels: Mapping[int, str],
    refusals: Sequence[Text] = (),
) -> Outgoing:
    """Return the step in which channels, their languages and the ping are chosen.

    *ping_name* is the name of the role offered first; *channels* are names by id.
    """
    findings, key = sheet.findings, sheet.draft.id
    card = step_card(language, WHERE, face.steps[WHERE], face.where_help, sheet, refusals)
    card.say(*bullets(language, [place_line(place) for place in findings.places]))
    card.say(t("draft.pings", role=_role(findings.options.ping)))
    channel_select: discord.ui.ChannelSelect[discord.ui.View] = discord.ui.ChannelSelect(
        custom_id=custom_id(face.kind(CHANNELS), key),
        channel_types=list(POSTABLE_TYPES),
        placeholder=plain(language, t("draft.where.channels")),
        min_values=1,
        max_values=MOST_SPOTS,
        default_values=[
            discord.SelectDefaultValue(id=place.channel_id, type=discord.SelectDefaultValueType.channel)
            for place in findings.places
        ],
    )
    place_select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        custom_id=custom_id(face.kind(PLACE), key),
        placeholder=plain(language, t("draft.where.translate")),
        options=[
            discord.SelectOption(
                label=f"#{channels.get(place.channel_id, '?')}"[:CHOICE],
                value=str(place.channel_id),
                description=language_name(place.language)[:CHOICE],
            )
            for place in findings.places
        ],
    )
    rows: list[Item] = [
        channel_select,
        place_select,
        role_select(language, face.kind(PING), key, t("draft.where.ping"), [findings.options.ping]),
    ]
    if ping_name is not None:
        rows.append(button(language, face.kind(PING_USUAL), key, t("draft.where.ping_usual", role=ping_name)))
    return Outgoing(embeds=(card.embed(),), rows=(*rows, back(language, face.kind(), key)))


def render_copies(face: Face[O, P, V, I], key: int, copies: Sequence[I], language: str) -> Outgoing:
    """Return the step in which an old one is chosen to be copied."""
    card = Card(language, plain(language, t("draft.step.copy")), look.OPEN)
    rows: list[Item] = []
    if copies:
        card.say(t("draft.copy.help"))
        select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
            custom_id=custom_id(face.kind(COPIED), key),
            placeholder=plain(language, t("draft.copy.choose")),
            options=[
                discord.SelectOption(label=face.choice_name(info), value=face.choice_value(info)) for info in copies
            ],
        )
        rows = [select, button(language, face.kind(NUMBER), key, t("draft.copy.number"))]
    else:
        card.say(t("draft.copy.none"))
    return Outgoing(embeds=(card.embed(),), rows=(*rows, back(language, face.kind(), key)))


def choice_name(number: int, title: str) -> str:
    """Return how something is called in a list to choose from: its number and title, at most 100 characters."""
    name = f"#{number} {title}"
    if look.size(name) <= CHOICE:
        return name
    while look.size(name) > CHOICE - 1:
        name = name[:-1]
    return f"{name}…"


def place_line(place: Place) -> Text:
    """Return a channel with its language, and whether it has words of its own."""
    values: dict[str, Any] = {"channel": markup.channel(place.channel_id), "language": language_name(place.language)}
    own = place.title is not None or place.text is not None
    return t("draft.place_own", **values) if own else t("draft.place", **values)


def opening_and_closing(sheet: Sheet[Any, Any, Any]) -> list[Text]:
    """Say when it opens, unless it is open, and when it closes, once that is known."""
    facts: list[Text] = []
    if sheet.subject is None or sheet.subject.opened_at is None:
        facts.append(t("draft.opens", at=sheet.opens) if sheet.scheduled else t("draft.opens_now"))
    if sheet.closes is not None:
        facts.append(_closes(sheet.findings.options, sheet))
    return facts


def step_card(
    language: str, step: str, name: Text, text: Text, sheet: Sheet[O, P, V], refusals: Sequence[Text]
) -> Card:
    """Begin the card of a step: what could not be taken, what the step is for, what is to be mended in it."""
    problems = [problem for problem in sheet.findings.problems if problem.step == step]
    card = Card(language, plain(language, name), look.WAITING if refusals or problems else look.OPEN)
    _say_refusals(card, refusals)
    card.say(text)
    below(card, t("draft.mend"), bullets(language, [problem.text for problem in problems]))
    return card


def below(card: Card, heading: Text, lines: Sequence[Markup]) -> None:
    """Add lines below a heading, as many as a field takes; the others are counted."""
    kept, rest = fitting(lines, _ROOM)
    if rest:
        kept.append(Markup(f"- {card.word(t('look.more', n=rest))}"))
    card.part(heading, *kept)


def button(
    language: str,
    kind: str,
    key: int,
    label: Text,
    *,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    disabled: bool = False,
) -> look.Button:
    """Return a button of a draft."""
    made = look.button(language, label, kind, key, style=style)
    made.disabled = disabled
    return made


def back(language: str, kind: str, key: int) -> look.Button:
    """Return the button that leads back to the panel, whose kind is *kind*."""
    return button(language, kind, key, t("draft.back"))


def role_select(
    language: str, kind: str, key: int, placeholder: Text, chosen: Sequence[int | None], *, most: int = 1
) -> discord.ui.RoleSelect[discord.ui.View]:
    """Return a list of roles to choose from."""
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


def choice_select(
    language: str,
    kind: str,
    key: int,
    choices: Mapping[str, Text],
    chosen: str,
    hints: Mapping[str, Text] | None = None,
) -> discord.ui.Select[discord.ui.View]:
    """Return a list of which exactly one is chosen; *hints* stand below the names."""
    return discord.ui.Select(
        custom_id=custom_id(kind, key),
        options=[
            discord.SelectOption(
                label=plain(language, name)[:CHOICE],
                value=value,
                description=plain(language, hints[value])[:CHOICE] if hints and value in hints else None,
                default=value == chosen,
            )
            for value, name in choices.items()
        ],
    )


def _summary(face: Face[O, P, V, I], sheet: Sheet[O, P, V], language: str, refusals: Sequence[Text]) -> discord.Embed:
    findings, subject = sheet.findings, sheet.subject
    title = t("draft.title") if subject is None else t("draft.title_edit", number=str(subject.number))
    ready = findings.proposal is not None
    card = Card(language, plain(language, title), look.OPEN if ready and not refusals else look.WAITING)
    _say_refusals(card, refusals)
    card.say(t("draft.private") if subject is None else t("draft.private_edit"))
    if sheet.preview is None:
        # What was typed is seen in the preview otherwise.
        card.say(face.draft_name(sheet.draft))
    card.say(*_facts(face, sheet), *face.facts(sheet))
    for heading, lines in face.lists(sheet):
        below(card, heading, bullets(language, lines))
    for fault, heading in ((Fault.MISSING, t("draft.missing")), (Fault.FORBIDDEN, t("draft.forbidden"))):
        below(card, heading, _problem_lines(face, language, [p for p in findings.problems if p.fault is fault]))
    below(card, t("draft.notices"), bullets(language, findings.notices))
    return card.embed()


def _say_refusals(card: Card, refusals: Sequence[Text]) -> None:
    if refusals:
        card.say(t("draft.not_taken"), *bullets(card.language, refusals))


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


def _facts(face: Face[O, P, V, I], sheet: Sheet[O, P, V]) -> list[Text]:
    findings = sheet.findings
    facts = [
        _audience(findings.audience),
        face.posted_in([place_line(place) for place in findings.places]),
    ]
    if sheet.subject is None or sheet.subject.opened_at is None:
        facts.append(t("draft.pings", role=_role(findings.options.ping)))
    return facts


def _closes(options: Common, sheet: Sheet[Any, Any, Any]) -> Text:
    at = sheet.closes or sheet.opens
    if options.runs is not None and not sheet.scheduled and sheet.subject is None:
        return t("draft.closes_after", length=options.runs, at=at)
    return t("draft.closes", at=at, relative=markup.time(at, "R"))


def _audience(audience: Audience) -> Text:
    role = markup.role(audience.role_id) if audience.role_id is not None else None
    if role is None:
        if audience.count is None:
            return t("draft.audience.everyone")
        count = t("draft.count", n=audience.count)
        if audience.narrowed:
            return t("draft.audience.everyone_narrowed", count=count)
        return t("draft.audience.everyone_counted", count=count)
    if audience.count is None:
        return t("draft.audience.role", role=role)
    count = t("draft.count", n=audience.count)
    if audience.narrowed:
        return t("draft.audience.role_narrowed", role=role, count=count)
    return t("draft.audience.role_counted", role=role, count=count)


def _problem_lines(face: Face[O, P, V, I], language: str, problems: Sequence[Problem]) -> list[Markup]:
    return bullets(
        language, [t("draft.problem", step=face.steps[problem.step], text=problem.text) for problem in problems]
    )


def _main_buttons(face: Face[O, P, V, I], sheet: Sheet[O, P, V], language: str) -> list[Item]:
    findings, key = sheet.findings, sheet.draft.id
    wrong, hidden = {problem.step for problem in findings.problems}, face.hidden(sheet)
    made: list[Item] = [
        button(
            language,
            face.kind(step),
            key,
            name,
            style=discord.ButtonStyle.primary if step in wrong else discord.ButtonStyle.secondary,
        )
        for step, name in face.steps.items()
        if step not in hidden
    ]
    editing = sheet.subject is not None
    if not editing:
        made.append(button(language, face.kind(COPY), key, t("draft.step.copy")))
    ready = discord.ButtonStyle.success if findings.proposal is not None else discord.ButtonStyle.secondary
    made.append(button(language, face.kind(POST), key, t("draft.save") if editing else t("draft.post"), style=ready))
    made.append(button(language, face.kind(DISCARD), key, t("draft.discard")))
    return made


def _role(role_id: int | None) -> Text | Markup:
    return t("draft.nobody") if role_id is None else markup.role(role_id)


__all__ = [
    "CHOICE",
    "COPY",
    "MAIN",
    "STEPS",
    "back",
    "below",
    "button",
    "choice_name",
    "choice_select",
    "opening_and_closing",
    "place_line",
    "render_copies",
    "render_panel",
    "render_where",
    "role_select",
    "step_card",
]
