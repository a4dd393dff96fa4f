"""Lists of giveaways, and what organisers are told after acting on one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import discord

from bot import markup
from bot.i18n import Text, plain, t
from bot.ui import look
from bot.ui.look import Card, shorten
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from cogs.giveaways.render.post import render_post
from cogs.giveaways.service.correcting import Cancelled
from cogs.giveaways.service.finding import Listed
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.service.telling import CorrectionView
from cogs.giveaways.tables import State

END_SERIES: Final = "gw.series_end"


def render_list(listed: Sequence[Listed], language: str) -> Outgoing:
    """Return a page of a server's giveaways."""
    card = Card(language, plain(language, t("giveaway.list.title")), look.OPEN)
    if not listed:
        card.say(t("giveaway.list.empty"))
    for each in listed:
        card.say(
            t("giveaway.list.line", number=_numbered(each), prize=shorten(each.info.prize, look.NAME)),
            _standing(each.info),
        )
    return Outgoing(embeds=(card.embed(),))


def render_shown(view: PostView, url: str | None, language: str) -> Outgoing:
    """Return a giveaway's post for one person: nobody is pinged, and the title leads to the post."""
    message = render_post(view, language)
    embeds = [embed.copy() for embed in message.embeds]
    embeds[0].url = url
    return Outgoing(embeds=tuple(embeds), rows=message.rows, files=message.files)


def render_ended(info: GiveawayInfo, language: str) -> Outgoing:
    """Say that a giveaway was closed early."""
    card = Card(language, "", look.DRAWING)
    entrants = t("giveaway.count.entrants", n=info.entry_count)
    card.say(t("giveaway.end.done", entrants=entrants, **_names(info)))
    return Outgoing(embeds=(card.embed(),))


def render_cancelled(cancelled: Cancelled, language: str) -> Outgoing:
    """Say that a giveaway was cancelled; of a series, what still comes and how to end it."""
    info, following = cancelled.info, cancelled.next
    card = Card(language, "", look.OVER)
    frozen = info.state is State.FROZEN
    card.say(t("giveaway.cancel.frozen", **_names(info)) if frozen else t("giveaway.cancel.done", **_names(info)))
    if following is None:
        return Outgoing(embeds=(card.embed(),))
    card.say(t("giveaway.series.goes_on", number=str(following.number), opens=following.starts_at))
    button: discord.ui.Button[discord.ui.View] = discord.ui.Button(
        label=plain(language, t("giveaway.series.end")),
        custom_id=custom_id(END_SERIES, info.id),
        style=discord.ButtonStyle.danger,
    )
    return Outgoing(embeds=(card.embed(),), rows=(button,))


def render_series_ended(ended: Sequence[GiveawayInfo], language: str) -> Outgoing:
    """Say that a series is over, and what was cancelled with it."""
    card = Card(language, "", look.OVER)
    numbers = [f"#{info.number}" for info in ended]
    card.say(t("giveaway.series.ended_with", numbers=numbers) if numbers else t("giveaway.series.ended"))
    return Outgoing(embeds=(card.embed(),))


def render_correction(view: CorrectionView, language: str) -> Outgoing:
    """Return the direct message to someone who entered; its title leads to the post."""
    info = view.info
    card = Card(language, shorten(info.prize, look.TITLE), look.OPEN)
    card.say(t("giveaway.corrected.direct", closes=info.closes_at, number=str(info.number)))
    embed = card.embed()
    embed.url = view.post_url
    return Outgoing(embeds=(embed,))


def _numbered(each: Listed) -> markup.Markup | str:
    number = f"#{each.info.number}"
    return number if each.url is None else markup.link(number, each.url)


def _names(info: GiveawayInfo) -> dict[str, Any]:
    return {"number": str(info.number), "prize": shorten(info.prize, look.NAME)}


def _standing(info: GiveawayInfo) -> Text:
    """Say how far a giveaway is, in a line."""
    if info.cancelled_at is not None:
        return t("giveaway.list.cancelled")
    return _STANDINGS[info.state](info)


def _open(info: GiveawayInfo) -> Text:
    entrants = t("giveaway.count.entrants", n=info.entry_count)
    return t("giveaway.list.open", closes=markup.time(info.closes_at, "R"), entrants=entrants)


def _scheduled(info: GiveawayInfo) -> Text:
    return t("giveaway.list.scheduled", opens=info.starts_at)


def _drawing(info: GiveawayInfo) -> Text:
    return t("giveaway.list.drawing")


def _drawn(info: GiveawayInfo) -> Text:
    return t("giveaway.list.drawn", at=info.drawn_at or info.closes_at)


def _empty(info: GiveawayInfo) -> Text:
    return t("giveaway.list.no_entrants", at=info.closes_at)


def _cancelled(info: GiveawayInfo) -> Text:
    return t("giveaway.list.cancelled")


_STANDINGS: Final[Mapping[State, Callable[[GiveawayInfo], Text]]] = {
    State.SCHEDULED: _scheduled,
    State.OPEN: _open,
    State.CLOSING: _drawing,
    State.FROZEN: _drawing,
    State.DRAWN: _drawn,
    State.EMPTY: _empty,
    State.CANCELLED: _cancelled,
}
