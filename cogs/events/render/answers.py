"""What a member is told after an answer, and about a place that is kept for them."""

from typing import Final

import discord

from bot import markup
from bot.i18n import Text, plain, t
from bot.ui import look
from bot.ui.look import Button, Card, button
from bot.ui.outgoing import Outgoing
from cogs.events.render import words
from cogs.events.rules.kinds import Answer, Where
from cogs.events.rules.waiting import CONFIRM
from cogs.events.service.answering import AnswerView
from cogs.events.service.buttons import CANT, DIGITS, FORGO, GOING, REMIND, TAKE
from cogs.events.service.calls import OfferView
from cogs.events.service.checking_in import Present
from cogs.events.service.records import OccurrenceInfo

DIGITS_FIELD: Final = "digits"


def render_answer(view: AnswerView, language: str) -> Outgoing:
    """Say what a member's answer is now, and what they can do about it."""
    card = Card(language, "", look.OPEN)
    card.say(_said(view))
    if view.answer in (Answer.GOING, Answer.MAYBE):
        card.say(_where(view.info))
    return Outgoing(embeds=(card.embed(),), rows=tuple(_offers(view, language)))


def render_remind(info: OccurrenceInfo, language: str, *, wanted: bool) -> Outgoing:
    """Say whether a member is reminded."""
    card = Card(language, "", look.OPEN)
    said = t("event.remind.on", **words.names(info)) if wanted else t("event.remind.off", **words.names(info))
    card.say(said)
    return Outgoing(embeds=(card.embed(),), rows=(_remind(info, language, wanted=not wanted),))


def render_offer(view: OfferView, language: str) -> Outgoing:
    """Offer a place to the one it is kept for: directly, where only the post is linked, or beside the announcement."""
    info = view.info
    card = Card(language, plain(language, t("event.offer.title")), look.WAITING, url=view.url)
    values = {"until": view.until, "relative": markup.time(view.until, "R"), **words.names(info)}
    when = t("event.offer.when", when=words.when(info))
    if view.direct:
        card.say(t("event.offer.direct", **values), when)
        return Outgoing(embeds=(card.embed(),))
    card.say(t("event.offer.here", **values), when)
    return Outgoing(
        content=markup.user(view.user_id),
        embeds=(card.embed(),),
        rows=(
            button(language, t("event.button.take"), TAKE, info.id, style=discord.ButtonStyle.success),
            button(language, t("event.button.cant"), CANT, info.id),
        ),
        mention_users=frozenset((view.user_id,)),
    )


def render_nobody(content: object, language: str) -> Outgoing:
    """Say in place of an offer that it is over; it names nobody any more."""
    card = Card(language, plain(language, t("event.offer.title")), look.OVER)
    card.say(t("event.offer.gone"))
    return Outgoing(embeds=(card.embed(),))


def digits_modal(info: OccurrenceInfo, language: str) -> discord.ui.Modal:
    """Return the form that asks for the digits that staff show."""
    modal = discord.ui.Modal(
        title=plain(language, t("event.checkin.modal")), custom_id=f"{DIGITS}:{info.id}", timeout=None
    )
    field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=DIGITS_FIELD, placeholder="123456", min_length=6, max_length=11
    )
    modal.add_item(
        discord.ui.Label(
            text=plain(language, t("event.checkin.field")),
            description=plain(language, t("event.checkin.field.hint")),
            component=field,
        )
    )
    return modal


def render_present(present: Present, language: str) -> Outgoing:
    """Say that a member is checked in, or was already."""
    card = Card(language, "", look.OPEN)
    names = words.names(present.info)
    card.say(t("event.checkin.done", **names) if present.new else t("event.checkin.already", **names))
    return Outgoing(embeds=(card.embed(),))


def _said(view: AnswerView) -> Text:
    info = view.info
    values = {"starts": info.starts_at, "relative": markup.time(info.starts_at, "R"), **words.names(info)}
    match view.answer:
        case Answer.GOING if view.before is Answer.OFFERED:
            return t("event.answer.took", **values)
        case Answer.GOING if view.changed:
            return t("event.answer.going", going=words.going(view.counts, info.capacity), **values)
        case Answer.GOING:
            return t("event.answer.going_already", **values)
        case Answer.WAITING:
            length = CONFIRM
            return t("event.answer.waiting", position=view.position or 1, length=length, **values)
        case Answer.MAYBE if info.capacity is not None:
            return t("event.answer.maybe_no_place", **values)
        case Answer.MAYBE:
            return t("event.answer.maybe", **values)
        case _ if view.before is Answer.GOING:
            return t("event.answer.cant_after", **values)
        case _:
            return t("event.answer.cant", **values)


def _where(info: OccurrenceInfo) -> Text | None:
    if info.details.where is Where.ONLINE and info.details.place is None:
        return None
    return t("event.answer.where", where=words.where(info))


def _offers(view: AnswerView, language: str) -> list[Button]:
    info = view.info
    if view.answer is Answer.CANT:
        return [button(language, t("event.button.going"), GOING, info.id)] if info.is_ahead else []
    made = [button(language, t("event.button.forgo"), CANT, info.id)]
    if view.answer in (Answer.GOING, Answer.MAYBE) and info.is_ahead:
        made.append(_remind(info, language, wanted=not view.remind))
    return made


def _remind(info: OccurrenceInfo, language: str, *, wanted: bool) -> Button:
    if wanted:
        return button(language, t("event.button.remind"), REMIND, info.id)
    return button(language, t("event.button.no_reminder"), FORGO, info.id)
