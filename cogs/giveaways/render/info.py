"""The private answer to *How it works*: requirements in full, and how to check the draw for oneself."""

from typing import Final

import discord

from bot import markup
from bot.i18n import Text, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Card, button
from bot.ui.outgoing import Outgoing
from cogs.giveaways.render import words
from cogs.giveaways.render.result import command
from cogs.giveaways.service.entering import Receipt
from cogs.giveaways.service.showcase import DROPPED
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.tables import Source, State

DETAILS: Final = t("giveaway.button.details")


def render_info(view: PostView, language: str, receipt: Receipt | None) -> Outgoing:
    """Return what one person is told of a giveaway; *receipt* is theirs, if they entered."""
    info = view.info
    card = Card(language, words.title(info, view.title), look.DRAWING, author=words.number(info))
    if info.cancelled_at is not None:
        words.say_cancelled(card, info)
    elif info.state is State.EMPTY:
        card.say(t("giveaway.render.empty"))
    _mine(card, view, receipt)
    if info.source is Source.ENTRY:
        words.say_who(card, info, t("giveaway.render.needs.always"))
        card.part(t("giveaway.render.at_closing"), words.rechecked(info.terms), t("giveaway.render.rechecked_unknown"))
    else:
        words.say_who(card, info)
    if info.source is not Source.HOLDERS:
        card.part(t("giveaway.render.claiming"), *words.claim(info))
    if info.state is not State.EMPTY:
        card.part(t("giveaway.render.how"), *_how(view))
        card.part(t("giveaway.render.not_proved"), t("giveaway.render.not_proved.what", details=DETAILS))
    card.part(t("giveaway.render.freeze.compare"), *_values(view))
    if info.state is State.DRAWN:
        card.part(t("giveaway.render.check"), *_check(view))
    rows = () if receipt is None else (button(language, DETAILS, words.DETAILS, info.id),)
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_trust_question(view: PostView, language: str) -> Outgoing:
    """Ask a moderator whether the draw is to go on without the beacon."""
    info = view.info
    card = Card(language, words.title(info), look.WAITING, author=words.number(info))
    card.say(t("giveaway.render.trust.question"))
    sure = button(
        language,
        t("giveaway.render.button.trust_sure"),
        words.TRUST_SURE,
        info.id,
        style=discord.ButtonStyle.danger,
    )
    return Outgoing(embeds=(card.embed(),), rows=(sure,))


def _mine(card: Card, view: PostView, receipt: Receipt | None) -> None:
    if receipt is None:
        return
    tickets = t("giveaway.count.tickets", n=receipt.tickets)
    if receipt.dropped is not None:
        why = DROPPED.get(receipt.dropped) or words.dropped(receipt.dropped)
        entered = view.info.source is Source.ENTRY
        card.say(t("giveaway.render.mine.dropped", why=why) if entered else t("giveaway.render.mine.left_out", why=why))
    elif view.info.state in (State.FROZEN, State.DRAWN):
        card.say(t("giveaway.render.mine.on_list", tickets=tickets))
    else:
        card.say(t("giveaway.render.mine.entered", tickets=tickets))
    if receipt.unchecked:
        card.say(t("giveaway.render.mine.unchecked"))


def _how(view: PostView) -> list[Text]:
    running = view.info.state in (State.SCHEDULED, State.OPEN, State.CLOSING)
    # Before the numbered steps: behind them it would read as part of the last.
    unfixed = [t("giveaway.render.how.nobody")] if running else []
    if words.is_trusted(view.info, view.chain):
        return [*words.trusted(view.info), t("giveaway.render.how.list"), *unfixed]
    own = [t("giveaway.render.own_beacon")] if words.is_own_beacon(view.chain) else []
    return [*own, *unfixed, t("giveaway.render.how.beacon")]


def _values(view: PostView) -> list[Text]:
    info = view.info
    lines = [
        t("giveaway.render.value.id", value=markup.code(info.public_id)),
        t("giveaway.render.value.commitment", value=markup.code(info.commitment)),
    ]
    if info.digest is not None:
        lines.append(t("giveaway.render.value.digest", value=markup.code(info.digest)))
    if view.chain is not None:
        lines.append(t("giveaway.render.value.chain", value=markup.code(view.chain)))
    if info.round is not None:
        lines.append(t("giveaway.render.value.round", value=markup.code(str(info.round))))
    return [*lines, *words.freeze_links(view.freezes)]


def _check(view: PostView) -> list[Text | Markup]:
    info = view.info
    options = f" --commitment {info.commitment} --digest {info.digest}"
    if info.round is not None and info.trusted is None:
        options += f" --round {info.round}"
    lines: list[Text | Markup] = [t("giveaway.render.check.steps"), markup.code(command(info, view.chain) + options)]
    if view.result_url is not None:
        lines.append(t("giveaway.render.fair.result", url=Markup(view.result_url)))
    return lines
