"""What staff see while people check in."""

from typing import Final

import discord

from bot import markup
from bot.i18n import plain, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Card, button
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from cogs.events.service.buttons import NEW_DIGITS, TICK
from cogs.events.service.checking_in import MOST_TICKED, CheckIn, Ticked

_HALF: Final = 3


def render_checkin(view: CheckIn, language: str) -> Outgoing:
    """Return the digits of this minute, large enough to be read across a table, and the list to tick members."""
    info = view.info
    card = Card(language, plain(language, t("event.checkin.title", title=info.details.title)), look.DRAWING)
    rows: list[discord.ui.Item[discord.ui.View]] = []
    if view.digits is not None:
        spaced = f"{view.digits[:_HALF]} {view.digits[_HALF:]}"
        card.say(Markup(f"# {spaced}"), t("event.checkin.until", until=markup.time(view.until, "R")))
        card.say(t("event.checkin.how"))
        rows.append(
            button(language, t("event.button.new_digits"), NEW_DIGITS, info.id, style=discord.ButtonStyle.primary)
        )
    else:
        card.say(t("event.checkin.only_ticks"))
    card.say(t("event.checkin.present", n=view.present, going=t("event.count.going", n=view.going)))
    rows.append(
        discord.ui.UserSelect(
            custom_id=custom_id(TICK, info.id),
            placeholder=plain(language, t("event.checkin.tick")),
            min_values=1,
            max_values=MOST_TICKED,
        )
    )
    return Outgoing(embeds=(card.embed(),), rows=tuple(rows))


def render_ticked(ticked: Ticked, language: str) -> Outgoing:
    """Say who was recorded, who had been, and who could not be."""
    card = Card(language, "", look.OPEN)
    if ticked.added:
        card.say(t("event.checkin.ticked", members=[markup.user(user) for user in ticked.added]))
    if ticked.before:
        card.say(t("event.checkin.ticked_before", members=[markup.user(user) for user in ticked.before]))
    if ticked.strangers:
        card.say(t("event.checkin.strangers", members=[markup.user(user) for user in ticked.strangers]))
    return Outgoing(embeds=(card.embed(),))
