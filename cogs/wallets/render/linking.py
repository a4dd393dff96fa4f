"""Links, texts to be signed, what became of them, and a member's wallets, as messages to that member alone."""

from collections.abc import Sequence
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, plain, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Card, button
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from cogs.wallets.render.gates import status_paragraphs
from cogs.wallets.rules.addresses import checksummed
from cogs.wallets.rules.terms import MAX_FAILURES, How, Method
from cogs.wallets.service.linking import Errand, Invitation
from cogs.wallets.service.outcomes import Fate, Outcome
from cogs.wallets.service.wallets import OwnWallet

PASTE: Final = "wallet.paste"
SIGNATURE: Final = "wallet.signature"
UNLINK: Final = "wallet.unlink"
FIELD: Final = "signature"
# Discord's limit of a modal's field.
LONGEST: Final = 4_000


def render_invitation(invitation: Invitation, language: str) -> Outgoing:
    """Offer the link, and say where it leads and what is never asked for."""
    card = Card(language, plain(language, t("wallet.link.title")), look.OPEN)
    card.say(
        t(
            "wallet.link.for",
            account=invitation.account,
            server=invitation.guild_name,
            when=markup.time(invitation.expires_at, "t"),
        )
    )
    card.say(t("wallet.link.genuine", page=Markup(f"**{invitation.page}**")))
    card.say(t("wallet.link.asks"))
    label = plain(language, t("wallet.link.open"))[: look.NAME]
    opening: look.Button = discord.ui.Button(label=label, url=invitation.url)
    return Outgoing(embeds=(card.embed(),), rows=(opening,))


def render_errand(errand: Errand, language: str) -> Outgoing:
    """Show the text to be signed elsewhere, as it is, and the button that takes its signature.

    It stands there twice: as the message itself, which is all that phones can copy, and in a block, for a mouse.
    """
    card = Card(language, plain(language, t("wallet.link.title")), look.OPEN)
    card.say(t("wallet.link.paste_how", when=markup.time(errand.expires_at, "t")))
    # Its letters are those of a URI; none of them ends the block.
    card.say(Markup(f"```\n{errand.message}\n```"))
    card.say(t("wallet.link.paste_for", account=errand.account, server=errand.guild_name))
    card.say(t("wallet.link.genuine_paste", domain=Markup(f"**{errand.domain}**")), t("wallet.link.asks"))
    paste = button(language, t("wallet.link.paste"), PASTE, errand.key, style=discord.ButtonStyle.primary)
    return Outgoing(content=errand.message, embeds=(card.embed(),), rows=(paste,))


def signature_form(key: int, language: str) -> discord.ui.Modal:
    """Return the form into which a signature is pasted."""
    modal = discord.ui.Modal(title=plain(language, t("wallet.link.paste_title")), custom_id=custom_id(SIGNATURE, key))
    field: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(
        custom_id=FIELD, style=discord.TextStyle.paragraph, max_length=LONGEST, placeholder="0x…"
    )
    modal.add_item(
        discord.ui.Label(
            text=plain(language, t("wallet.link.paste_field")),
            description=plain(language, t("wallet.link.paste_hint")),
            component=field,
        )
    )
    return modal


def render_outcome(outcome: Outcome, language: str) -> Outgoing:
    """Say what became of a link; where a wallet was linked, also what the rules found."""
    colour = look.OPEN if outcome.fate is Fate.LINKED else look.OVER
    card = Card(language, plain(language, t("wallet.link.title")), colour)
    match outcome.fate:
        case Fate.LINKED:
            card.say(t("wallet.outcome.linked", wallet=Markup(f"**{outcome.wallet}**")))
            checked = any(rule.verdict is not None for rule in outcome.status.rules)
            if outcome.status.rules and not checked:
                card.say(t("wallet.outcome.checking"))
            elif checked:
                card.paragraphs += status_paragraphs(card, outcome.status)
        case Fate.UNLINKED:
            card.say(t("wallet.outcome.unlinked"))
        case Fate.REPLACED:
            card.say(t("wallet.outcome.replaced"))
        case Fate.BURNT:
            card.say(t("wallet.outcome.burnt", n=MAX_FAILURES))
        case Fate.EXPIRED:
            card.say(t("wallet.outcome.expired"))
    return Outgoing(embeds=(card.embed(),))


def render_wallets(wallets: Sequence[OwnWallet], language: str) -> Outgoing:
    """List a member's own wallets, whole."""
    card = Card(language, plain(language, t("wallet.list.title")), look.OPEN)
    if not wallets:
        card.say(t("wallet.list.empty"))
        return Outgoing(embeds=(card.embed(),))
    for wallet in wallets:
        how = t("gate.records.page") if wallet.how is How.PAGE else t("gate.records.paste")
        line = t(
            "wallet.list.line",
            wallet=markup.code(checksummed(wallet.address)),
            when=markup.time(wallet.linked_at, "d"),
            how=how,
        )
        contract = wallet.method is not Method.RECOVER
        card.say(
            line,
            t("wallet.list.one_chain", chain=str(wallet.chain_id)) if contract else None,
            t("wallet.list.old") if wallet.old else None,
        )
    card.say(t("wallet.list.foot"))
    return Outgoing(embeds=(card.embed(),))


def render_unlink(wallets: Sequence[OwnWallet], member: Markup | None, language: str) -> Outgoing:
    """Ask which wallet to unlink; of another *member*, whose addresses are shortened."""
    title: Text = t("wallet.list.title")
    card = Card(language, plain(language, title), look.OVER)
    if not wallets:
        card.say(t("wallet.list.empty") if member is None else t("wallet.list.empty_of"))
        return Outgoing(embeds=(card.embed(),))
    if member is not None:
        card = Card(language, "", look.OVER)
        card.say(card.bold(t("wallet.list.title_of", member=member)))
    card.say(t("wallet.unlink.ask"))
    choice: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        custom_id=custom_id(UNLINK),
        placeholder=plain(language, t("wallet.unlink.choose")),
        options=[discord.SelectOption(label=each.shortened, value=str(each.key)) for each in wallets[:25]],
    )
    return Outgoing(embeds=(card.embed(),), rows=(choice,))


def render_unlinked(wallet: str, language: str) -> Outgoing:
    """Say that a wallet is unlinked; *wallet* is shortened."""
    card = Card(language, "", look.OVER)
    card.say(t("wallet.unlink.done", wallet=wallet))
    return Outgoing(embeds=(card.embed(),))
