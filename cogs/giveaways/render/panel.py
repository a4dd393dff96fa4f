"""What organisers read after a draw: claims, entrants, redraws, and files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, plain, render, t
from bot.markup import Markup
from bot.published import File
from bot.ui import look, proof
from bot.ui.look import Button, Card, button
from bot.ui.outgoing import Attachment, Outgoing
from bot.ui.pager import Page
from bot.ui.router import custom_id
from cogs.giveaways.render import words
from cogs.giveaways.render.claims import REDEEM
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.service.exports import Entrant, EntrantsPage, Files
from cogs.giveaways.service.panel import ClaimsView
from cogs.giveaways.service.passing import Moved
from cogs.giveaways.service.prizes import PrizeInfo
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.tables import ClaimState, Source

# Lists of the pager.
CLAIMS_LIST: Final = "gw.claims"
ENTRANTS_LIST: Final = "gw.entrants"
# Of a giveaway's panel.
PICK: Final = "gw.panel_pick"
BACK: Final = "gw.panel_back"
REMIND_ALL: Final = "gw.panel_remind_all"
DELIVER_ALL: Final = "gw.panel_deliver_all"
ENTRANTS_FILE: Final = "gw.entrants_file"
# Of one prize.
REMIND: Final = "gw.panel_remind"
EXTEND: Final = "gw.panel_extend"
EXTEND_TO: Final = "gw.panel_extend_to"
PASS: Final = "gw.panel_pass"  # noqa: S105 (an id)
WHY: Final = "gw.panel_pass_why"
DELIVERED: Final = "gw.panel_delivered"
UNDELIVERED: Final = "gw.panel_undelivered"
UNTIL_FIELD: Final = "until"
REASON_FIELD: Final = "reason"

PAGE: Final = 20
# As many people as fit a message beside others.
PEOPLE: Final = 40
# A message's files together stay below what Discord takes of any bot.
UPLOAD: Final = 8 * 1024 * 1024
REASON_LENGTH: Final = 300

_STATES: Final[Mapping[ClaimState, Text]] = {
    ClaimState.NONE: t("giveaway.prize.won"),
    ClaimState.OPEN: t("giveaway.prize.open"),
    ClaimState.CLAIMED: t("giveaway.prize.claimed"),
    ClaimState.DELIVERED: t("giveaway.prize.delivered"),
}


def claims_page(view: ClaimsView, language: str, number: int) -> Page:
    """Return a page of the panel, counted from 0; the last one for numbers beyond it."""
    pages = max(1, -(-len(view.prizes) // PAGE))
    number = min(number, pages - 1)
    shown = view.prizes[number * PAGE : (number + 1) * PAGE]
    card = _card(view.info, language)
    done = sum(prize.claim_state is ClaimState.DELIVERED for prize in view.prizes)
    card.say(t("giveaway.panel.delivered_of", done=str(done), total=str(len(view.prizes))))
    card.say(*(render(language, _line(prize)) for prize in shown))
    if not view.prizes:
        card.say(t("giveaway.panel.nobody_left"))
    rows: list[discord.ui.Item[discord.ui.View]] = []
    with_people = [prize for prize in shown if prize.user_id is not None]
    if with_people:
        rows.append(_pick(view.info, with_people, language, number))
    rows += _for_all(view, language)
    return Page(Outgoing(embeds=(card.embed(),), rows=tuple(rows)), number, pages, more=number + 1 < pages)


def render_prize(prize: PrizeInfo, language: str, note: Text | None = None) -> Outgoing:
    """Return one prize with what an organiser can do about it; *note* says what was just done."""
    card = _card(prize.info, language)
    if note is not None:
        card.say(note)
    card.say(_line(prize))
    if prize.wallet is not None:
        card.say(t("giveaway.panel.wallet", wallet=markup.code(prize.wallet)))
    if prize.redeemed_by is not None and prize.claimed_at is not None:
        card.say(t("giveaway.panel.redeemed", by=markup.user(prize.redeemed_by), at=prize.claimed_at))
    if prize.outcome is Outcome.PASSED:
        card.say(t("giveaway.panel.passed", at=prize.at))
        return Outgoing(embeds=(card.embed(),), rows=(_back(prize.info, language),))
    return Outgoing(embeds=(card.embed(),), rows=(*_for_one(prize, language), _back(prize.info, language)))


def render_moved(moved: Moved, language: str) -> Outgoing:
    """Tell an organiser who was passed over, who wins now, and that it is announced."""
    card = _card(moved.info, language)
    if moved.passed:
        card.say(t("giveaway.moved.passed", people=_people(moved.passed)))
    if moved.risen:
        card.say(t("giveaway.moved.risen", people=_people(moved.risen)))
        card.say(t("giveaway.moved.announced"))
    else:
        card.say(t("giveaway.moved.nobody_left"))
    return Outgoing(embeds=(card.embed(),))


def render_airdrop(info: GiveawayInfo, language: str) -> Outgoing:
    """Tell an organiser that an airdrop is announced, among how many, and when its list is fixed."""
    card = Card(language, words.title(info), look.OPEN, author=words.number(info))
    card.say(t("giveaway.airdrop.done", closes=info.closes_at, people=t("giveaway.airdrop.people", n=info.entry_count)))
    if info.source is Source.HOLDERS:
        card.say(t("giveaway.render.holders_public"))
    return Outgoing(embeds=(card.embed(),))


def entrants_page(page: EntrantsPage, language: str) -> Page:
    """Return a page of the list of entrants."""
    info = page.info
    card = _card(info, language)
    card.say(t("giveaway.count.entrants", n=page.count))
    card.say(*(Markup(f"- {render(language, _entrant(each))}") for each in page.entrants))
    rows: tuple[Button, ...] = ()
    if page.count:
        rows = (button(language, t("giveaway.button.csv"), ENTRANTS_FILE, info.id),)
    message = Outgoing(embeds=(card.embed(),), rows=rows)
    return Page(message, page.number, page.pages, more=page.number + 1 < page.pages)


def render_files(found: Files, language: str, said: Text) -> list[Outgoing]:
    """Return files in as few messages as Discord takes: small ones together, large ones each alone."""
    card = _card(found.info, language)
    card.say(said, proof.in_browser(found.verify_url))
    messages: list[Outgoing] = [Outgoing(embeds=(card.embed(),))]
    room = UPLOAD
    for file in found.files:
        if len(file.data) > room and messages[-1].files:
            messages.append(Outgoing())
            room = UPLOAD
        messages[-1] = replace(messages[-1], files=(*messages[-1].files, _attachment(file)))
        room -= len(file.data)
    return messages


def extend_modal(key: int, language: str) -> discord.ui.Modal:
    """Return the form for giving a winner more time."""
    field: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(custom_id=UNTIL_FIELD, max_length=100)
    return _modal(
        t("giveaway.extend.title"),
        custom_id(EXTEND_TO, key),
        t("giveaway.extend.field"),
        t("giveaway.extend.hint"),
        field,
        language,
    )


def reason_modal(key: int, language: str) -> discord.ui.Modal:
    """Return the form for the reason why a prize passes on."""
    field: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(
        custom_id=REASON_FIELD, max_length=REASON_LENGTH, style=discord.TextStyle.paragraph
    )
    return _modal(
        t("giveaway.pass.title"),
        custom_id(WHY, key),
        t("giveaway.pass.field"),
        t("giveaway.pass.hint"),
        field,
        language,
    )


def _modal(
    title: Text,
    name: str,
    label: Text,
    hint: Text,
    field: discord.ui.TextInput[discord.ui.View],
    language: str,
) -> discord.ui.Modal:
    modal = discord.ui.Modal(title=plain(language, title), custom_id=name)
    modal.add_item(discord.ui.Label(text=plain(language, label), description=plain(language, hint), component=field))
    return modal


def _card(info: GiveawayInfo, language: str) -> Card:
    return Card(language, words.title(info), look.DRAWN, author=words.number(info))


def _line(prize: PrizeInfo) -> Text:
    state = _STATES[prize.claim_state]
    if prize.claim_state is ClaimState.OPEN and prize.claim_until is not None:
        state = t("giveaway.prize.open_until", relative=markup.time(prize.claim_until, "R"))
    if prize.received is False:
        state = t("giveaway.prize.not_received")
    return t("giveaway.panel.line", rank=str(prize.rank), who=_who(prize), state=state)


def _who(prize: PrizeInfo) -> Text | Markup:
    if prize.user_id is not None:
        return markup.user(prize.user_id)
    if prize.info.source is Source.HOLDERS:
        return t("giveaway.panel.option", rank=str(prize.rank))
    return t("giveaway.render.erased")


def _people(prizes: Sequence[PrizeInfo]) -> list[Text | Markup]:
    shown = [_who(prize) for prize in prizes[:PEOPLE]]
    rest = len(prizes) - len(shown)
    return [*shown, t("look.more", n=rest)] if rest else shown


def _entrant(entrant: Entrant) -> Text:
    who: Text | Markup
    if entrant.who is None:
        who = t("giveaway.render.erased")
    else:
        who = markup.code(entrant.who) if entrant.is_address else markup.user(int(entrant.who))
    tickets = t("giveaway.count.tickets", n=entrant.tickets)
    if entrant.dropped is not None:
        return t("giveaway.entrants.dropped", who=who, tickets=tickets, reason=words.dropped(entrant.dropped))
    return t("giveaway.entrants.line", who=who, tickets=tickets, at=markup.time(entrant.entered_at, "f"))


def _pick(
    info: GiveawayInfo, prizes: Sequence[PrizeInfo], language: str, number: int
) -> discord.ui.Select[discord.ui.View]:
    """Return the select of winners; names are not kept, so that they are told by rank."""
    return discord.ui.Select(
        custom_id=custom_id(PICK, info.id, number),
        placeholder=plain(language, t("giveaway.panel.pick")),
        options=[
            discord.SelectOption(
                label=plain(language, t("giveaway.panel.option", rank=str(prize.rank))),
                description=plain(language, _STATES[prize.claim_state]),
                value=str(prize.id),
            )
            for prize in prizes
        ],
    )


def _for_all(view: ClaimsView, language: str) -> list[Button]:
    info, states = view.info, {prize.claim_state for prize in view.prizes}
    made: list[Button] = []
    if ClaimState.OPEN in states:
        made.append(button(language, t("giveaway.button.remind_all"), REMIND_ALL, info.id))
    if states & {ClaimState.NONE, ClaimState.CLAIMED}:
        made.append(button(language, t("giveaway.button.deliver_all"), DELIVER_ALL, info.id))
    if info.claim is Claim.IN_PERSON:
        label = plain(language, t("giveaway.button.redeem"))
        made.append(discord.ui.Button(label=label, custom_id=custom_id(REDEEM)))
    return made


def _for_one(prize: PrizeInfo, language: str) -> list[Button]:
    made: list[Button] = []
    if prize.claim_state is ClaimState.OPEN:
        made += [
            button(language, t("giveaway.button.remind"), REMIND, prize.id),
            button(language, t("giveaway.button.extend"), EXTEND, prize.id),
        ]
    if prize.claim_state is ClaimState.DELIVERED:
        made.append(button(language, t("giveaway.button.undelivered"), UNDELIVERED, prize.id))
    else:
        made.append(button(language, t("giveaway.button.delivered"), DELIVERED, prize.id))
    made.append(button(language, t("giveaway.button.pass"), PASS, prize.id, style=discord.ButtonStyle.danger))
    return made


def _back(info: GiveawayInfo, language: str) -> Button:
    return button(language, t("giveaway.button.back"), BACK, info.id)


def _attachment(file: File) -> Attachment:
    return Attachment(file.name, file.data)
