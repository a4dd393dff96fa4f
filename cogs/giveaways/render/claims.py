"""What winners and staff read: claiming, pick-up codes, what arrived, redeeming."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, plain, render, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Button, Card, button, shorten
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from cogs.giveaways.render import words
from cogs.giveaways.render.codes import render_pickup_code
from cogs.giveaways.rules.claiming import CODE_LENGTH
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.service.buttons import CLAIM, CODE, DECLINE, RECEIVED
from cogs.giveaways.service.claims import Claimed, MissingView, Told, WalletChoice
from cogs.giveaways.service.passing import Moved
from cogs.giveaways.service.prizes import PrizeInfo
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.redeeming import Redeemed
from cogs.giveaways.service.reminding import ReminderView
from cogs.giveaways.tables import ClaimState

WALLET: Final = "gw.wallet"
DECLINE_SURE: Final = "gw.decline_sure"
REDEEM: Final = "gw.redeem"
REDEEM_CODE: Final = "gw.redeem_code"
UNDO: Final = "gw.redeem_undo"
CODE_FIELD: Final = "code"
# Discord shows at most this many options in a select.
OPTIONS: Final = 25

_REMINDERS: Final[Mapping[Claim, Text]] = {
    Claim.NONE: t("giveaway.reminder.any"),
    Claim.BUTTON: t("giveaway.reminder.button", button=t("giveaway.render.button.claim")),
    Claim.IN_PERSON: t("giveaway.reminder.in_person", button=t("giveaway.render.button.code")),
    Claim.WALLET: t("giveaway.reminder.wallet", button=t("giveaway.render.button.wallet")),
}
_TOLD: Final[Mapping[Told, Text]] = {
    Told.RECEIVED: t("giveaway.told.received"),
    Told.MISSING: t("giveaway.told.missing"),
    Told.KNOWN: t("giveaway.told.known"),
}


def render_claim_reminder(view: ReminderView, language: str) -> Outgoing:
    """Return a reminder: in the channel with the buttons, directly with nothing but the way to the announcement."""
    info = view.info
    card = Card(language, words.title(info), look.WAITING, author=words.number(info), url=view.url)
    card.say(_REMINDERS[info.claim])
    if view.until is not None:
        card.say(t("giveaway.reminder.until", until=view.until, relative=markup.time(view.until, "R")))
    card.say(view.genuine)
    if view.direct:
        return Outgoing(embeds=(card.embed(),))
    people = ""
    if view.user_ids:
        people = render(language, t("giveaway.reminder.people", people=[markup.user(user) for user in view.user_ids]))
    rows = tuple(each for each in words.claim_buttons(info, language) if _kind(each) in (CLAIM, CODE))
    return Outgoing(content=people, embeds=(card.embed(),), rows=rows, mention_users=frozenset(view.user_ids))


def render_missing(view: MissingView, language: str) -> Outgoing:
    """Return the note to an organiser that a prize has not arrived; its title leads to the post."""
    info = view.prize.info
    card = Card(language, words.title(info), look.WAITING, author=words.number(info), url=view.url)
    card.say(t("giveaway.missing.note", who=_winner(view.prize), command=markup.code("/giveaway claims")))
    return Outgoing(embeds=(card.embed(),))


def render_claimed(claimed: Claimed, language: str) -> Outgoing:
    """Say that a prize is claimed, and what may follow."""
    info, wallet = claimed.prize.info, claimed.prize.wallet
    card = _card(info, language)
    if wallet is not None:
        address = markup.code(wallet)
        said = (
            t("giveaway.claimed.wallet", wallet=address)
            if claimed.new
            else t("giveaway.claimed.wallet_again", wallet=address)
        )
    else:
        said = t("giveaway.claimed.done") if claimed.new else t("giveaway.claimed.again")
    card.say(said)
    rows: tuple[Button, ...] = ()
    if claimed.prize.claim_state is not ClaimState.DELIVERED:
        card.say(t("giveaway.claimed.next", received=t("giveaway.render.button.received")))
        rows = (_received(info, language), _decline(info, language))
    card.say(claimed.genuine)
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_wallets(choice: WalletChoice, language: str) -> Outgoing:
    """Ask which linked wallet the prize goes to."""
    info = choice.prize.info
    card = _card(info, language)
    card.say(t("giveaway.claim.which_wallet"))
    if choice.prize.wallet is not None:
        card.say(t("giveaway.claim.wallet_now", wallet=markup.code(choice.prize.wallet)))
    card.say(choice.genuine)
    select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        custom_id=custom_id(WALLET, info.id),
        placeholder=plain(language, t("giveaway.claim.choose_wallet")),
        options=[
            discord.SelectOption(
                label=wallet.address, value=str(wallet.key), default=wallet.address == choice.prize.wallet
            )
            for wallet in choice.wallets[:OPTIONS]
        ],
    )
    return Outgoing(embeds=(card.embed(),), rows=(select, _decline(info, language)))


def render_code(prize: PrizeInfo, language: str) -> Outgoing:
    """Show a winner's pick-up code, with the way to give the prize up."""
    info = prize.info if prize.claim_until is None else replace(prize.info, claim_until=prize.claim_until)
    message = render_pickup_code(info, prize.code or "", language)
    return replace(message, rows=(*message.rows, _decline(info, language)))


def render_told(told: Told, key: int, language: str) -> Outgoing:
    """Answer a winner who said what became of the delivery."""
    card = Card(language, "", look.DRAWN)
    card.say(_TOLD[told])
    if told is not Told.MISSING:
        return Outgoing(embeds=(card.embed(),))
    # Whoever does not want it any more need not wait for it.
    declining = button(language, t("giveaway.button.decline"), DECLINE, key)
    return Outgoing(embeds=(card.embed(),), rows=(declining,))


def render_decline_question(prize: PrizeInfo, language: str) -> Outgoing:
    """Ask whether a winner really gives a prize up: it cannot be taken back."""
    card = _card(prize.info, language)
    card.say(t("giveaway.decline.question"))
    sure = button(
        language,
        t("giveaway.button.decline_sure"),
        DECLINE_SURE,
        prize.info.id,
        style=discord.ButtonStyle.danger,
    )
    return Outgoing(embeds=(card.embed(),), rows=(sure,))


def render_declined(moved: Moved, language: str) -> Outgoing:
    """Thank someone who gave a prize up."""
    card = _card(moved.info, language)
    card.say(t("giveaway.decline.done") if moved.risen else t("giveaway.decline.done_last"))
    return Outgoing(embeds=(card.embed(),))


def render_redeemed(redeemed: Redeemed, language: str) -> Outgoing:
    """Tell staff whom to give what, with the way back for ten minutes."""
    prize = redeemed.prize
    card = _card(prize.info, language)
    card.say(t("giveaway.redeem.done", who=_winner(prize), prize=shorten(prize.info.prize, look.TITLE)))
    card.say(t("giveaway.redeem.undo_until", until=redeemed.undo_until))
    undo = button(language, t("giveaway.button.undo"), UNDO, prize.id, style=discord.ButtonStyle.danger)
    return Outgoing(embeds=(card.embed(),), rows=(undo, _redeem_next(language)))


def render_undone(prize: PrizeInfo, language: str) -> Outgoing:
    """Tell staff that a redemption was taken back."""
    card = _card(prize.info, language)
    card.say(t("giveaway.redeem.undone", who=_winner(prize)))
    return Outgoing(embeds=(card.embed(),), rows=(_redeem_next(language),))


def redeem_modal(language: str) -> discord.ui.Modal:
    """Return the form into which staff type a code."""
    modal = discord.ui.Modal(title=plain(language, t("giveaway.redeem.title")), custom_id=custom_id(REDEEM_CODE))
    field: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(
        custom_id=CODE_FIELD, min_length=CODE_LENGTH, max_length=4 * CODE_LENGTH, placeholder="7KX2M9QA"
    )
    modal.add_item(
        discord.ui.Label(
            text=plain(language, t("giveaway.redeem.field")),
            description=plain(language, t("giveaway.redeem.field_hint", n=CODE_LENGTH)),
            component=field,
        )
    )
    return modal


def _card(info: GiveawayInfo, language: str) -> Card:
    return Card(language, words.title(info), look.DRAWN, author=words.number(info))


def _winner(prize: PrizeInfo) -> Text | Markup:
    return t("giveaway.render.erased") if prize.user_id is None else markup.user(prize.user_id)


def _received(info: GiveawayInfo, language: str) -> Button:
    return button(language, t("giveaway.render.button.received"), RECEIVED, info.id)


def _decline(info: GiveawayInfo, language: str) -> Button:
    return button(language, t("giveaway.button.decline"), DECLINE, info.id)


def _redeem_next(language: str) -> Button:
    label = plain(language, t("giveaway.button.redeem_next"))
    return discord.ui.Button(label=label, custom_id=custom_id(REDEEM))


def _kind(each: Button) -> str:
    return (each.custom_id or "").partition(":")[0]
