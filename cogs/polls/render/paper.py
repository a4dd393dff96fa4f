"""The ballot as it is filled in, in a message that only its voter sees, and what is said once it is cast."""

from typing import Final

import discord

from bot.i18n import Text, plain, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Card, shorten
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from cogs.polls.render import words
from cogs.polls.rules.ballots import MAX_RATING, Kind
from cogs.polls.rules.chart import letter
from cogs.polls.rules.filling import Ranking, Ratings
from cogs.polls.service.records import PollInfo
from cogs.polls.service.voting import Paper, VoteAnswer

PICK: Final = "poll.pick"
BLANK: Final = "poll.blank"
RANK: Final = "poll.rank"
RATE: Final = "poll.rate"
ADD, AT, UP, OUT, CAST, BACK, ON, SET = "a", "m", "u", "r", "c", "b", "n", "s"
_LABEL: Final = 100
_ROOM: Final = 2_400

Select = discord.ui.Select[discord.ui.View]
Item = discord.ui.Item[discord.ui.View]


def render_paper(paper: Paper, language: str) -> Outgoing:
    """Return an empty ballot."""
    said: list[Text] = []
    if paper.voted:
        said.append(t("poll.paper.voted") if paper.info.receipts else t("poll.paper.voted.off"))
    if paper.info.terms.is_weighted:
        said.append(t("poll.paper.weight", n=paper.weight))
    match paper.info.kind:
        case Kind.RANKED:
            return render_ranking(paper.info, Ranking(), language, said)
        case Kind.RATING:
            return render_rating(paper.info, Ratings((None,) * len(paper.info.options)), language, said)
        case Kind.SINGLE | Kind.MULTIPLE:
            return _picking(paper.info, language, said)


def _picking(info: PollInfo, language: str, said: list[Text]) -> Outgoing:
    card = _card(info, language)
    card.say(words.how(info), *said)
    options = [option.text for option in info.options]
    # A select shows a hundred characters of an option; what is longer on a small screen can be read here.
    card.say(*words.option_lines(options, _ROOM))
    select: Select = discord.ui.Select(
        custom_id=custom_id(PICK, info.id, info.revision),
        placeholder=plain(language, t("poll.paper.choose") if info.most_choices == 1 else t("poll.paper.choose_some")),
        max_values=info.most_choices,
        options=[_option(info, index) for index in range(len(options))],
    )
    return Outgoing(embeds=(card.embed(),), rows=(select, _blank(info, language)))


def render_ranking(info: PollInfo, filled: Ranking, language: str, said: list[Text] | None = None) -> Outgoing:
    """Return a ranked ballot as far as it is filled in: one pick at a time, the last one or another can be moved."""
    card = _card(info, language)
    card.say(words.how(info), *(said or []))
    each = max(24, _ROOM // len(info.options))
    # With one pick there is nothing to mark: what can be done is done to that one.
    marked = len(filled.picks) > 1
    card.say(
        *(
            Markup(f"**{place + 1}.** {_named(info, pick, each)}{' ←' if marked and place == filled.at else ''}")
            for place, pick in enumerate(filled.picks)
        )
    )
    card.say(t("poll.paper.ranked.start") if not filled.picks else t("poll.paper.ranked.go_on"))
    rows: list[Item] = []
    left = [index for index in range(len(info.options)) if index not in filled.picks]
    if left:
        rows.append(_select(info, ADD, filled, nth(len(filled.picks) + 1), left, language))
    if len(filled.picks) > 1:
        moved = _select(info, AT, filled, t("poll.paper.ranked.select"), list(filled.picks), language)
        moved.options[filled.at].default = True
        rows.append(moved)
    if filled.picks:
        primary, danger = discord.ButtonStyle.success, discord.ButtonStyle.danger
        rows.append(_rank_button(info, t("poll.paper.cast"), CAST, filled, language, primary))
        if len(filled.picks) > 1:
            rows.append(_rank_button(info, t("poll.paper.up"), UP, filled, language))
        rows.append(_rank_button(info, t("poll.paper.remove"), OUT, filled, language, danger))
    rows.append(_blank(info, language))
    return Outgoing(embeds=(card.embed(),), rows=tuple(rows))


def render_rating(info: PollInfo, filled: Ratings, language: str, said: list[Text] | None = None) -> Outgoing:
    """Return a rating ballot as far as it is filled in, a page of options at a time."""
    card = _card(info, language)
    card.say(words.how(info), *(said or []))
    each = max(20, _ROOM // len(info.options) - 12)
    card.say(*(Markup(f"{_stars(filled.given[i])} {_named(info, i, each)}") for i in range(len(info.options))))
    rows: list[Item] = [_rating_select(info, filled, index, language) for index in filled.shown]
    if filled.pages > 1:
        rows.append(_rate_button(info, t("poll.paper.back"), BACK, filled, language, disabled=filled.page == 0))
        last = filled.page == filled.pages - 1
        rows.append(_rate_button(info, t("poll.paper.next"), ON, filled, language, disabled=last))
    nothing = all(rating is None for rating in filled.given)
    success = discord.ButtonStyle.success
    rows.append(_rate_button(info, t("poll.paper.cast"), CAST, filled, language, disabled=nothing, style=success))
    rows.append(_blank(info, language))
    return Outgoing(embeds=(card.embed(),), rows=tuple(rows))


def render_cast(answer: VoteAnswer, language: str) -> Outgoing:
    """Say that a ballot is in the box, and show its receipt, this once."""
    info = answer.info
    card = Card(language, words.heading(info.question)[0], look.OPEN, author=words.number(info))
    if answer.blank:
        card.say(t("poll.cast.blank") if answer.new else t("poll.cast.changed_blank"))
    else:
        card.say(t("poll.cast.done") if answer.new else t("poll.cast.changed"))
    if answer.receipt is not None:
        card.say(Markup(f"## `{answer.receipt}`"))
        card.say(t("poll.cast.receipt"))
        if not answer.new:
            card.say(t("poll.cast.receipt.old"))
    card.say(
        t("poll.cast.weight", n=answer.weight) if info.terms.is_weighted else None,
        t("poll.cast.until", closes=info.closes_at, votes=words.votes(answer.count)),
    )
    return Outgoing(embeds=(card.embed(),))


def nth(place: int) -> Text:
    """Return what the next pick is called; languages that count alike word all four alike."""
    if place % 10 == 1 and place % 100 != 11:
        return t("poll.paper.nth.st", n=place)
    if place % 10 == 2 and place % 100 != 12:
        return t("poll.paper.nth.nd", n=place)
    if place % 10 == 3 and place % 100 != 13:
        return t("poll.paper.nth.rd", n=place)
    return t("poll.paper.nth.th", n=place)


def _card(info: PollInfo, language: str) -> Card:
    title, whole = words.heading(info.question)
    card = Card(language, title, look.OPEN, author=words.number(info))
    card.say(whole)
    return card


def _named(info: PollInfo, index: int, room: int) -> Markup:
    return Markup(f"**{letter(index)}** {shorten(info.options[index].text, room)}")


def _stars(rating: int | None) -> str:
    return f"`{'★' * (rating or 0)}{'☆' * (MAX_RATING - (rating or 0))}`"


def _option(info: PollInfo, index: int) -> discord.SelectOption:
    return discord.SelectOption(label=f"{letter(index)}  {info.options[index].text}"[:_LABEL], value=str(index))


def _select(info: PollInfo, action: str, filled: Ranking, hint: Text, indices: list[int], language: str) -> Select:
    return discord.ui.Select(
        custom_id=_rank_id(info, action, filled),
        placeholder=plain(language, hint),
        options=[_option(info, index) for index in indices],
    )


def _rank_id(info: PollInfo, action: str, filled: Ranking) -> str:
    return custom_id(RANK, info.id, info.revision, action, filled.code(), filled.at)


def _rate_id(info: PollInfo, action: str, filled: Ratings) -> str:
    return custom_id(RATE, info.id, info.revision, action, filled.code(), filled.page)


def _rank_button(
    info: PollInfo,
    label: Text,
    action: str,
    filled: Ranking,
    language: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
) -> Item:
    return discord.ui.Button(label=plain(language, label), custom_id=_rank_id(info, action, filled), style=style)


def _rate_button(
    info: PollInfo,
    label: Text,
    action: str,
    filled: Ratings,
    language: str,
    *,
    disabled: bool,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
) -> Item:
    identity = _rate_id(info, action, filled)
    return discord.ui.Button(label=plain(language, label), custom_id=identity, style=style, disabled=disabled)


def _rating_select(info: PollInfo, filled: Ratings, index: int, language: str) -> Select:
    given = filled.given[index]
    choices = [
        discord.SelectOption(
            label=f"{letter(index)}  {_plain_stars(rating)}", value=str(rating), default=rating == given
        )
        for rating in range(MAX_RATING, 0, -1)
    ]
    none = plain(language, t("poll.paper.no_rating"))
    if given is not None:
        choices.append(discord.SelectOption(label=none, value="0"))
    return discord.ui.Select(
        custom_id=_rate_id(info, f"{SET}{index}", filled),
        placeholder=f"{letter(index)}  {info.options[index].text}"[:_LABEL],
        options=choices,
    )


def _plain_stars(rating: int) -> str:
    return f"{rating}  {'★' * rating}{'☆' * (MAX_RATING - rating)}"


def _blank(info: PollInfo, language: str) -> Item:
    return discord.ui.Button(
        label=plain(language, t("poll.paper.blank")), custom_id=custom_id(BLANK, info.id, info.revision)
    )
