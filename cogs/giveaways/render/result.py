"""Announcements: who won, and to whom a prize passed."""

from collections.abc import Sequence
from typing import Final

from bot import markup
from bot.i18n import Text, plain, render, t
from bot.markup import Markup
from bot.ui.outgoing import Attachment, Outgoing
from cogs.giveaways.render import look, words
from cogs.giveaways.render.look import Card, cut
from cogs.giveaways.rules.files import File
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PassView, PlaceInfo, ResultView
from cogs.giveaways.tables import Source

# 1 000 characters of a field, three times: sixty people with mentions or shortened addresses fit with room to spare.
_PEOPLE: Final = 2_000
_REASON: Final = 700


def render_result(view: ResultView, language: str) -> Outgoing:
    """Return one part of the announcement of a draw."""
    info = view.info
    won, over = words.winners(view.places), words.passed(view.places)
    cancelled = info.cancelled_at is not None
    card = Card(
        language,
        words.title(info),
        look.OVER if cancelled else look.DRAWN,
        author=words.number(info),
        footer=_part(view),
    )
    if cancelled:
        words.say_cancelled(card, info)
        card.say(t("giveaway.render.cancelled_drawn"))
    card.say(words.counted(info), _post_link(view.post_url))
    silent = [place for place in won if place.who is None or _user(place) not in view.mentioned]
    if silent:
        heading = t("giveaway.render.would_have_won") if cancelled else t("giveaway.render.winners_are", n=len(won))
        card.say(Markup(f"**{card.word(heading)}**"), *words.people(language, silent, _PEOPLE))
    card.part(t("giveaway.render.passed.heading"), *words.passed_lines(language, over))
    if not cancelled and info.source is not Source.HOLDERS:
        card.part(t("giveaway.render.claiming"), *words.claim(info, won))
    if info.source is Source.HOLDERS:
        card.part(t("giveaway.render.claiming"), t("giveaway.render.holders_public"))
    card.part(t("giveaway.render.check"), *_check(view))
    return Outgoing(
        content=_greeting(language, view.mentioned),
        embeds=(card.embed(),),
        rows=(*words.claim_buttons(info, language), words.info_button(info, language)),
        files=_proof(language, view.files),
        mention_users=frozenset(view.mentioned),
    )


def render_pass(view: PassView, language: str) -> Outgoing:
    """Return the public line about places that passed on, or further places that win."""
    info = view.info
    card = Card(language, words.title(info), look.DRAWN, author=words.number(info))
    if view.passed:
        card.say(t("giveaway.render.pass.passed"))
        card.say(*words.passed_lines(language, view.passed, _PEOPLE))
    else:
        card.say(t("giveaway.render.pass.further", n=len(view.risen)))
    if view.reason is not None:
        card.say(t("giveaway.render.reason", reason=_why(view.reason)))
    if view.risen:
        card.say(Markup(f"**{card.word(t('giveaway.render.pass.risen', n=len(view.risen)))}**"))
        card.say(*words.people(language, view.risen))
        card.part(t("giveaway.render.claiming"), *words.claim(info, view.risen))
    else:
        card.say(t("giveaway.render.pass.nobody_left"))
    card.part(t("giveaway.render.check"), t("giveaway.render.pass.check"), _post_link(view.post_url))
    return Outgoing(
        content=_greeting(language, view.mentioned),
        embeds=(card.embed(),),
        rows=(*(words.claim_buttons(info, language) if view.risen else ()), words.info_button(info, language)),
        files=_proof(language, view.files),
        mention_users=frozenset(view.mentioned),
    )


def _greeting(language: str, mentioned: Sequence[int]) -> str:
    if not mentioned:
        return ""
    return render(language, t("giveaway.render.congratulations", people=[markup.user(user) for user in mentioned]))


def _user(place: PlaceInfo) -> int | None:
    return None if place.is_address or place.who is None else int(place.who)


def _part(view: ResultView) -> Text | None:
    return None if view.parts == 1 else t("giveaway.render.part", part=view.part + 1, parts=view.parts)


def _post_link(url: str | None) -> Text | None:
    return None if url is None else t("giveaway.render.post_link", url=Markup(url))


def _why(reason: str) -> Text | Markup:
    known = words.reason(reason)
    return known if isinstance(known, Text) else cut(reason, _REASON)


def _check(view: ResultView) -> list[Text]:
    info = view.info
    lines = [] if info.trusted is None else words.trusted(info)
    if view.freeze is not None:
        lines += words.freeze_links([view.freeze])
    if view.proof_url is not None:
        lines.append(t("giveaway.render.check.elsewhere", url=Markup(view.proof_url)))
    elif view.files:
        lines.append(t("giveaway.render.check.attached", command=markup.code(command(info, view.files))))
    return lines


def command(info: GiveawayInfo, files: Sequence[File] = ()) -> str:
    """Return the command that checks a draw, for the files people download."""
    names = [file.name for file in files] or [f"draw-{info.number}.json"]
    named = " ".join(names) if len(names) < 4 else f"draw-{info.number}.json.gz.*"
    return f"ikuzo verify {named}" + ("" if info.trusted is None else " --allow-operator-trusted")


def _proof(language: str, files: Sequence[File]) -> tuple[Attachment, ...]:
    described = plain(language, t("giveaway.render.check.file"))
    return tuple(Attachment(file.name, file.data, described) for file in files)
