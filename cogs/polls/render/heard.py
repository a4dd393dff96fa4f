"""Answers in words: on a poll's post, under it, in reminders, and for whoever gives one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, duration, render, t
from bot.ui import look
from bot.ui.forms import Form, local
from bot.ui.look import Button, Card, button, cut, shorten
from bot.ui.outgoing import Outgoing
from cogs.polls.rules.heard import CORRECTING, MAX_ANSWER, USUAL, Status
from cogs.polls.service.heard.answering import Asked, Responded
from cogs.polls.service.heard.owing import Reminder
from cogs.polls.service.heard.records import HAPPENED, LISTEN, NOT_YET, RESPOND, AnswerView, Heard
from cogs.polls.service.heard.telling import Listening, Witnessed
from cogs.polls.service.heard.words import owner_name
from cogs.polls.tables import AnswerState

FORM: Final = "poll.respond_form"
STATUS: Final = "status"
TEXT: Final = "text"
DUE: Final = "due"
# Of an answer on the post; whole it stands in its own message.
ON_POST: Final = 300
QUESTION: Final = 250
# An answer of a thousand characters, all of them escaped.
WHOLE: Final = 2 * MAX_ANSWER

_STATUS: Final = {
    Status.ACCEPTED: t("poll.heard.status.accepted"),
    Status.PARTLY: t("poll.heard.status.partly"),
    Status.DECLINED: t("poll.heard.status.declined"),
}
_COLOURS: Final = {Status.ACCEPTED: look.OPEN, Status.PARTLY: look.DRAWN, Status.DECLINED: look.OVER}


def answer_lines(heard: Heard) -> list[Text]:
    """Return what a poll's post says of its answer, line by line; without one promised it says so."""
    return [*_answer_lines(heard), *_credit(heard)]


def answer_buttons(heard: Heard, key: int, language: str) -> Sequence[Button]:
    """Return the buttons that a closed poll's post has for its answer."""
    if heard.state is not AnswerState.AWAITING:
        return ()
    return (button(language, t("poll.heard.button.listen"), LISTEN, key, emoji="🔔"),)


def _credit(heard: Heard) -> list[Text]:
    if heard.proposer is not None:
        return [t("poll.heard.proposed_by", who=markup.user(heard.proposer))]
    return [t("poll.heard.proposed")] if heard.proposed else []


def _answer_lines(heard: Heard) -> list[Text]:
    if heard.owner is None:
        return [t("poll.heard.none")]
    who = owner_name(heard.owner)
    match heard.state:
        case None if heard.due_at is not None:
            return [t("poll.heard.will_by", who=who, due=heard.due_at)]
        case None:
            return [t("poll.heard.will", who=who, within=duration(heard.within or USUAL))]
        case AnswerState.AWAITING if heard.due_at is not None:
            relative = markup.time(heard.due_at, "R")
            if heard.is_overdue:
                return [t("poll.heard.overdue", who=who, due=heard.due_at, relative=relative)]
            return [t("poll.heard.awaiting", who=who, due=heard.due_at, relative=relative)]
        case _:
            return [_status(heard), _quoted(heard.text, ON_POST), *_promise_lines(heard)]


def _status(heard: Heard) -> Text:
    status = _STATUS[heard.status or Status.DECLINED]
    if heard.is_late:
        return t("poll.heard.answer_late", status=status, due=heard.due_at or 0)
    return t("poll.heard.answer", status=status)


def _quoted(text: str, room: int) -> Text:
    return t("poll.heard.quote", text=shorten(text, room))


def _promise_lines(heard: Heard) -> list[Text]:
    if heard.promise_due is None:
        return []
    if heard.done_at is None:
        relative = markup.time(heard.promise_due, "R")
        values = {"due": heard.promise_due, "relative": relative}
        return [
            t("poll.heard.promise_overdue", **values) if heard.promise_overdue else t("poll.heard.promise", **values)
        ]
    done = t("poll.heard.is_done_late", at=heard.done_at, due=heard.promise_due)
    said = t("poll.heard.counts", happened=heard.happened, not_yet=heard.not_yet)
    return [done if heard.done_late else t("poll.heard.is_done_at", at=heard.done_at), said]


def render_answer(view: AnswerView, language: str) -> Outgoing:
    """Return the public message with the answer; its title leads to the poll."""
    heard = view.heard
    card = _card(view, language, _COLOURS[heard.status or Status.DECLINED])
    card.say(_status(heard))
    card.say(cut(heard.text, WHOLE))
    card.say(*_promise_lines(heard)[:1])
    card.say(_signed(heard.answered_by), _corrected(heard))
    return Outgoing(embeds=(card.embed(),))


def _signed(user_id: int | None) -> Text | None:
    return None if user_id is None else t("poll.heard.signed", who=markup.user(user_id))


def _corrected(heard: Heard) -> Text | None:
    return None if heard.corrected_at is None else t("poll.heard.corrected_at", at=heard.corrected_at)


def render_done(view: AnswerView, language: str) -> Outgoing:
    """Return the public message that says what was done, and asks voters."""
    heard, key = view.heard, view.info.id
    card = _card(view, language, look.OPEN)
    card.say(*_promise_lines(heard)[:1])
    card.say(cut(heard.done_text, WHOLE))
    if heard.done_by is not None:
        card.say(t("poll.heard.reported", who=markup.user(heard.done_by)))
    said = t("poll.heard.said", happened=heard.happened, not_yet=heard.not_yet)
    card.say(card.bold(t("poll.heard.did_it")), said, t("poll.heard.did_it_hint"))
    rows = (
        button(language, t("poll.heard.button.happened"), HAPPENED, key, style=discord.ButtonStyle.success),
        button(language, t("poll.heard.button.not_yet"), NOT_YET, key),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_reminder(reminder: Reminder, language: str) -> Outgoing:
    """Return a reminder: directly with nothing but the way to the poll, in the channel with a button to answer."""
    view, owner = reminder.view, reminder.owner
    card = _card(view, language, look.WAITING)
    values = {"due": reminder.due_at, "relative": markup.time(reminder.due_at, "R")}
    if reminder.of_promise:
        late = t("poll.heard.remind.promise_overdue", **values)
        card.say(late if reminder.is_overdue else t("poll.heard.remind.promise", **values))
        card.say(t("poll.heard.remind.promise_how", command=markup.code("/poll done")))
    else:
        late = t("poll.heard.remind.overdue", **values)
        card.say(late if reminder.is_overdue else t("poll.heard.remind.awaiting", **values))
        card.say(t("poll.heard.remind.how", command=markup.code("/poll respond")))
    if reminder.direct:
        return Outgoing(embeds=(card.embed(),))
    if owner.gone:
        card.say(t("poll.heard.remind.gone"))
    awaiting = view.heard.state is AnswerState.AWAITING
    number = str(view.info.number)
    respond = button(
        language,
        t("poll.heard.button.respond", number=number),
        RESPOND,
        view.info.id,
        style=discord.ButtonStyle.primary,
    )
    rows = (respond,) if awaiting else ()
    users = frozenset[int]() if owner.user_id is None or owner.is_moderators else frozenset({owner.user_id})
    roles = frozenset[int]() if owner.role_id is None or owner.is_moderators else frozenset({owner.role_id})
    content = render(language, t("poll.heard.remind.who", who=owner_name(owner)))
    return Outgoing(content=content, embeds=(card.embed(),), rows=rows, mention_users=users, mention_roles=roles)


def render_told(view: AnswerView, language: str) -> Outgoing:
    """Return the direct message to a voter: what the answer is in a word, and the way to it."""
    card = _card(view, language, look.DRAWING)
    card.say(t("poll.heard.told", status=_STATUS[view.heard.status or Status.DECLINED]))
    return Outgoing(embeds=(card.embed(),))


def render_responded(responded: Responded, language: str) -> Outgoing:
    """Say what came of answering, and until when it can be corrected."""
    view = responded.view
    heard = view.heard
    card = Card(language, "", look.OPEN)
    values = {"number": str(view.info.number), "status": _STATUS[heard.status or Status.DECLINED]}
    card.say(t("poll.heard.did.corrected", **values) if responded.corrected else t("poll.heard.did.answered", **values))
    if heard.promise_due is not None:
        until = {"due": heard.promise_due, "relative": markup.time(heard.promise_due, "R")}
        card.say(t("poll.heard.did.promised", command=markup.code("/poll done"), **until))
    if heard.answered_at is not None:
        card.say(t("poll.heard.did.correctable", until=_until(heard.answered_at)))
    return Outgoing(embeds=(card.embed(),))


def _until(answered_at: datetime) -> markup.Markup:
    return markup.time(answered_at + CORRECTING, "t")


def render_reported(view: AnswerView, language: str) -> Outgoing:
    """Say that a promise was reported done."""
    card = Card(language, "", look.OPEN)
    card.say(t("poll.heard.did.done", number=str(view.info.number)))
    return Outgoing(embeds=(card.embed(),))


def listening_text(listening: Listening) -> Text:
    """Return what pressing *Tell me the answer* came to."""
    match listening:
        case Listening.ON:
            return t("poll.heard.listen.on")
        case Listening.ON_WITHOUT_DIRECT:
            return t("poll.heard.listen.on_without_direct", command=markup.code("/my settings"))
        case Listening.OFF:
            return t("poll.heard.listen.off")


def witnessed_text(witnessed: Witnessed) -> Text:
    """Return what was noted of a voter's word on a promise."""
    counts = {"happened": witnessed.happened, "not_yet": witnessed.not_yet}
    if not witnessed.new:
        return t("poll.heard.witness.known", **counts)
    return t("poll.heard.witness.yes", **counts) if witnessed.said else t("poll.heard.witness.no", **counts)


def respond_form(
    asked: Asked, language: str, *, status: Status | None = None, text: str | None = None
) -> discord.ui.Modal:
    """Return the form in which a poll is answered; what is known already stands in it."""
    form = Form(language, t("poll.heard.form.title", number=str(asked.number)), FORM, asked.id)
    chosen = status or asked.status or Status.ACCEPTED
    choices = {each.value: words for each, words in _STATUS.items()}
    form.choose(STATUS, t("poll.heard.form.status"), choices, chosen.value)
    form.ask(
        TEXT,
        t("poll.heard.form.text"),
        hint=t("poll.heard.form.text_hint"),
        value=asked.text if text is None else text,
        most=MAX_ANSWER,
        required=True,
        long=True,
    )
    value = local(asked.due, asked.zone)
    form.ask(DUE, t("poll.heard.form.due"), hint=t("poll.heard.form.due_hint"), value=value)
    return form


def render_refused(refusal: Text, key: int, text: str, language: str) -> Outgoing:
    """Say what is wrong with an answer and give back what was typed: as the message itself, which phones can copy."""
    card = Card(language, "", look.WAITING)
    card.say(refusal)
    typed = "" if markup.is_blank(text) else text
    if typed:
        card.say(t("poll.heard.typed"))
    again = button(language, t("poll.heard.button.again"), RESPOND, key)
    return Outgoing(content=typed, embeds=(card.embed(),), rows=(again,))


def _card(view: AnswerView, language: str, colour: discord.Colour) -> Card:
    title = shorten(view.info.question, QUESTION)
    author = t("poll.heard.card", number=str(view.info.number))
    return Card(language, title, colour, author=author, url=view.url)
