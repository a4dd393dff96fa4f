"""Lists of polls, of votes and of proposed options, and what organisers are told after acting on a poll."""

from collections.abc import Sequence
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, plain, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.forms import Form
from bot.ui.look import Card, button, shorten
from bot.ui.outgoing import Attachment, Outgoing
from bot.ui.router import custom_id
from cogs.polls.render import words
from cogs.polls.rules.ballots import Kind
from cogs.polls.rules.chart import letter
from cogs.polls.service.finding import Listed
from cogs.polls.service.records import PollInfo
from cogs.polls.service.results import Voter, VotersPage
from cogs.polls.service.showing import Extended
from cogs.polls.service.suggesting import LONGEST, Suggestions
from cogs.polls.tables import State

APPROVE: Final = "poll.wi_yes"
REFUSE: Final = "poll.wi_no"
SUGGEST_FORM: Final = "poll.suggest_form"
OPTION: Final = "option"
_CHOICE: Final = 100


def choice_name(info: PollInfo) -> str:
    """Return a poll as a choice in autocomplete."""
    return f"#{info.number} {info.question}"[:_CHOICE]


def render_list(listed: Sequence[Listed], language: str) -> Outgoing:
    """Return a page of a server's polls."""
    card = Card(language, plain(language, t("poll.list.title")), look.OPEN)
    if not listed:
        card.say(t("poll.list.empty"))
    for each in listed:
        number = str(each.info.number)
        named = Markup(f"**#{number}**" if each.url is None else f"[#{number}]({each.url})")
        question = shorten(each.info.question, look.NAME)
        card.say(t("poll.list.line", number=named, question=question), _standing(each.info))
    return Outgoing(embeds=(card.embed(),))


def _standing(info: PollInfo) -> Text:
    votes = words.votes(info.vote_count)
    match info.state:
        case State.SCHEDULED:
            return t("poll.list.scheduled", opens=info.starts_at)
        case State.OPEN:
            return t("poll.list.open", votes=votes, closes=info.closes_at)
        case State.COUNTING:
            return t("poll.list.counting", votes=votes)
        case State.CLOSED:
            return t("poll.list.closed", votes=votes, closed=info.closed_at or info.closes_at)
        case State.CANCELLED:
            return t("poll.list.cancelled")


def render_voters(page: VotersPage, language: str) -> Outgoing:
    """Return a page of who voted for what in an open poll."""
    card = Card(language, words.heading(page.info.question)[0], look.DRAWN, author=words.number(page.info))
    if not page.voters:
        card.say(t("poll.voters.empty"))
    card.say(*(_vote(page.info, voter) for voter in page.voters))
    return Outgoing(embeds=(card.embed(),))


def _vote(info: PollInfo, voter: Voter) -> Text:
    who = t("poll.render.erased") if voter.user_id is None else markup.user(voter.user_id)
    if not voter.choices:
        return t("poll.voters.blank", who=who)
    if info.kind is Kind.RATING:
        chosen = " ".join(f"{letter(i)} {r}" for i, r in enumerate(voter.choices) if r is not None)
    else:
        between = " > " if info.kind is Kind.RANKED else ", "
        chosen = between.join(letter(index) for index in voter.choices if index is not None)
    if voter.weight != 1:
        return t("poll.voters.weighted", who=who, chosen=markup.code(chosen), n=voter.weight)
    return t("poll.voters.line", who=who, chosen=markup.code(chosen))


def suggest_form(info: PollInfo, language: str) -> discord.ui.Modal:
    """Return the form in which a voter proposes an option."""
    form = Form(language, t("poll.suggest.title"), SUGGEST_FORM, info.id)
    form.ask(OPTION, t("poll.suggest.label"), hint=t("poll.suggest.hint"), most=LONGEST, required=True)
    return form


def render_suggestions(found: Suggestions, language: str) -> Outgoing:
    """Return what voters proposed, for an organiser to approve or refuse."""
    card = Card(language, words.heading(found.info.question)[0], look.OPEN, author=words.number(found.info))
    if not found.first:
        card.say(t("poll.suggest.none"))
        return Outgoing(embeds=(card.embed(),))
    card.say(t("poll.suggest.waiting", n=found.count))
    card.say(*(Markup(f"**{place}.** {shorten(one.text, 220)}") for place, one in enumerate(found.first, 1)))
    rows: list[discord.ui.Item[discord.ui.View]] = []
    for row, one in enumerate(found.first):
        number = str(row + 1)
        for kind, label, style in (
            (APPROVE, t("poll.suggest.approve", number=number), discord.ButtonStyle.success),
            (REFUSE, t("poll.suggest.refuse", number=number), discord.ButtonStyle.secondary),
        ):
            name = plain(language, label)
            rows.append(discord.ui.Button(label=name, custom_id=custom_id(kind, one.key), style=style, row=row))
    return Outgoing(embeds=(card.embed(),), rows=tuple(rows))


def render_files(info: PollInfo, files: Sequence[Attachment], language: str) -> Outgoing:
    """Hand an organiser the files they asked for."""
    card = Card(language, "", look.DRAWN)
    card.say(t("poll.export.done", number=str(info.number)))
    return Outgoing(embeds=(card.embed(),), files=tuple(files))


def render_extended(view: Extended, language: str) -> Outgoing:
    """Return the public line about a poll that closes later; its title leads to the post."""
    card = Card(language, words.heading(view.question)[0], look.OPEN, author=words.number(view.info), url=view.url)
    before = markup.time(view.info.extended_from or view.info.closes_at, "f")
    card.say(t("poll.extend.public", before=before, closes=view.info.closes_at))
    return Outgoing(embeds=(card.embed(),))


def voters_button(info: PollInfo, language: str, kind: str) -> look.Button:
    return button(language, t("poll.button.voters"), kind, info.id)
