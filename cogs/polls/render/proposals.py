"""Proposals in words: the form, what organisers see and decide, what their members are told."""

from typing import Final

import discord

from bot import markup
from bot.i18n import Text, plain, render, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.forms import Form
from bot.ui.look import Card, button, cut, fitting, shorten
from bot.ui.outgoing import Outgoing
from cogs.polls.rules.ballots import MAX_OPTIONS
from cogs.polls.rules.heard import MAX_REASON, MAX_WHY
from cogs.polls.rules.reading import MAX_OPTION, MAX_QUESTION
from cogs.polls.service.heard.proposing import APPROVE, DECLINE, ProposalInfo
from cogs.polls.service.heard.waiting import Waiting, WaitingView
from cogs.polls.tables import ProposalState

FORM: Final = "poll.propose"
QUESTION: Final = "question"
OPTIONS: Final = "options"
WHY: Final = "why"
DECLINE_FORM: Final = "poll.decline_form"
REASON: Final = "reason"
OPTIONS_ROOM: Final = 1_800
WHY_ROOM: Final = 1_000
REASON_ROOM: Final = 600
REMINDED: Final = 3_000
TITLE: Final = 250


def propose_form(language: str) -> discord.ui.Modal:
    """Return the form for a proposal."""
    form = Form(language, t("poll.propose.form.title"), FORM)
    form.ask(QUESTION, t("poll.propose.form.question"), most=MAX_QUESTION, required=True, long=True)
    form.ask(
        OPTIONS,
        t("poll.propose.form.options"),
        hint=t("poll.propose.form.options_hint", most=MAX_OPTIONS),
        most=min(4_000, MAX_OPTIONS * (MAX_OPTION + 1)),
        required=True,
        long=True,
    )
    form.ask(WHY, t("poll.propose.form.why"), hint=t("poll.propose.form.why_hint"), most=MAX_WHY, long=True)
    return form


def render_refused(refusal: Text, question: str, options: str, why: str, language: str) -> Outgoing:
    """Say what is wrong with a proposal and give back what was typed, so that it can be copied."""
    card = Card(language, "", look.WAITING)
    card.say(refusal)
    card.say(t("poll.propose.typed"))
    for typed, room in ((question, 600), (options, OPTIONS_ROOM), (why, WHY_ROOM)):
        if not markup.is_blank(typed):
            card.say(Markup("\n".join(f"> {line}" for line in cut(typed, room).split("\n"))))
    return Outgoing(embeds=(card.embed(),))


def render_proposed(info: ProposalInfo, language: str) -> Outgoing:
    """Say that a proposal was made, where organisers see it and until when they answer."""
    card = Card(language, "", look.OPEN)
    channel = markup.channel(info.channel_id or 0)
    due = {"due": info.due_at, "relative": markup.time(info.due_at, "R")}
    card.say(t("poll.propose.done", number=str(info.number), channel=channel, **due))
    card.say(t("poll.propose.done_where", command=markup.code("/my show")))
    return Outgoing(embeds=(card.embed(),))


def render_proposal(info: ProposalInfo, language: str) -> Outgoing:
    """Return what organisers see of a proposal, with its buttons while it waits."""
    waiting = info.state is ProposalState.WAITING
    author = t("poll.propose.card", number=str(info.number))
    title = shorten(info.question, TITLE) or render(language, t("poll.propose.erased"))
    card = Card(language, title, look.WAITING if waiting else look.OVER, author=author)
    shown, rest = fitting((Markup(f"- {shorten(option, 200)}") for option in info.options), OPTIONS_ROOM)
    card.say(*shown, t("poll.propose.more_options", n=rest) if rest else None)
    if info.why and not markup.is_blank(info.why):
        card.part(t("poll.propose.why"), cut(info.why, WHY_ROOM))
    if info.user_id is not None:
        card.say(t("poll.propose.by", who=markup.user(info.user_id)))
    card.say(_standing(info))
    if not waiting:
        return Outgoing(embeds=(card.embed(),))
    rows = (
        button(language, t("poll.propose.button.approve"), APPROVE, info.id, style=discord.ButtonStyle.success),
        button(language, t("poll.propose.button.decline"), DECLINE, info.id),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def _standing(info: ProposalInfo) -> Text:
    who = t("poll.propose.somebody") if info.decided_by is None else t("poll.heard.owner.someone", who=_user(info))
    at = info.decided_at or info.created_at
    match info.state:
        case ProposalState.WAITING:
            return t("poll.propose.state.waiting", due=info.due_at, relative=markup.time(info.due_at, "R"))
        case ProposalState.WITHDRAWN:
            return t("poll.propose.state.withdrawn")
        case ProposalState.DECLINED:
            reason = cut(info.reason or "", REASON_ROOM)
            if info.is_late:
                return t("poll.propose.state.declined_late", who=who, at=at, reason=reason)
            return t("poll.propose.state.declined", who=who, at=at, reason=reason)
        case ProposalState.APPROVED:
            if info.is_late:
                return t("poll.propose.state.approved_late", who=who, at=at)
            return t("poll.propose.state.approved", who=who, at=at)
        case ProposalState.POSTED:
            return t("poll.propose.state.posted", who=who)


def _user(info: ProposalInfo) -> Markup:
    return markup.user(info.decided_by or 0)


def render_decided(info: ProposalInfo, language: str) -> Outgoing:
    """Return the direct message to the member; once posted, its title leads to the poll."""
    title = shorten(info.question, TITLE)
    card = Card(language, title, look.DRAWING, author=t("poll.propose.card", number=str(info.number)), url=info.url)
    match info.state:
        case ProposalState.DECLINED:
            card.say(t("poll.propose.told.declined", command=markup.code("/my show")))
        case ProposalState.POSTED:
            card.say(t("poll.propose.told.posted"))
        case ProposalState.WAITING | ProposalState.WITHDRAWN:
            card.say(t("poll.propose.told.reopened", command=markup.code("/my show")))
        case ProposalState.APPROVED:
            card.say(t("poll.propose.told.approved"))
    return Outgoing(embeds=(card.embed(),))


def render_declined(info: ProposalInfo, language: str) -> Outgoing:
    """Say to an organiser that a proposal is declined."""
    card = Card(language, "", look.OVER)
    card.say(t("poll.propose.did.declined", number=str(info.number)))
    return Outgoing(embeds=(card.embed(),))


def decline_form(info: ProposalInfo, language: str) -> discord.ui.Modal:
    """Ask for the reason."""
    form = Form(language, t("poll.propose.decline.title", number=str(info.number)), DECLINE_FORM, info.id)
    form.ask(
        REASON,
        t("poll.propose.decline.reason"),
        hint=t("poll.propose.decline.hint"),
        most=MAX_REASON,
        required=True,
        long=True,
    )
    return form


def render_waiting(view: WaitingView, language: str) -> Outgoing:
    """Return the reminder to organisers; their role is pinged where one is configured."""
    card = Card(language, plain(language, t("poll.propose.remind.title", n=len(view.proposals))), look.WAITING)
    lines = [render(language, _waiting(each)) for each in view.proposals]
    shown, rest = fitting(lines, REMINDED)
    card.say(*shown, t("poll.board.more", n=rest) if rest else None)
    card.say(t("poll.propose.remind.how"))
    content = "" if view.role_id is None else markup.role(view.role_id)
    roles = frozenset[int]() if view.role_id is None else frozenset({view.role_id})
    return Outgoing(content=content, embeds=(card.embed(),), mention_roles=roles)


def _waiting(each: Waiting) -> Text:
    question = shorten(each.question, 120)
    title = question if each.url is None else Markup(f"[{question}]({each.url})")
    values = {"number": str(each.number), "question": title, "relative": markup.time(each.due_at, "R")}
    return t("poll.propose.remind.overdue", **values) if each.is_overdue else t("poll.propose.remind.line", **values)
