"""Announcements: who won, and to whom a prize passed."""

from collections.abc import Sequence
from typing import Final

from bot import markup
from bot.i18n import Text, plain, render, t
from bot.markup import Markup
from bot.published import File
from bot.ui import look, proof
from bot.ui.look import Card
from bot.ui.outgoing import Attachment, Outgoing
from cogs.giveaways.render import words
from cogs.giveaways.service.announcing import MENTIONS
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PassView, PlaceInfo, ResultView
from cogs.giveaways.tables import Source

# Sixty people, with mentions or shortened addresses.
_PEOPLE: Final = 2_000


def render_result(view: ResultView, language: str) -> Outgoing:
    """Return one part of the announcement of a draw."""
    info = view.info
    won, over = words.winners(view.places), words.passed(view.places)
    cancelled = info.cancelled_at is not None
    colour = look.OVER if cancelled else look.DRAWN
    card = Card(language, words.title(info), colour, words.number(info), _part(view), url=view.post_url)
    if cancelled:
        words.say_cancelled(card, info)
        card.say(t("giveaway.render.cancelled_drawn"))
    card.say(words.drawn_from(info))
    if any(_user(place) not in view.mentioned for place in won):
        heading = t("giveaway.render.would_have_won") if cancelled else t("giveaway.render.winners_are", n=len(won))
        card.say(card.bold(heading), *words.people(language, won, _PEOPLE, MENTIONS))
    card.part(t("giveaway.render.passed.heading"), *words.passed_lines(language, over))
    if info.source is Source.HOLDERS:
        card.part(t("giveaway.render.claiming"), t("giveaway.render.holders_public"))
    elif not cancelled:
        card.part(t("giveaway.render.claiming"), *words.claim_here(info, won), view.genuine)
    if view.part == 0:
        card.part(t("giveaway.render.check"), *_check(view))
    return Outgoing(
        content=_greeting(language, view.mentioned),
        embeds=(card.embed(),),
        rows=(*words.claim_buttons(info, language), words.info_button(info, language)),
        files=_proof(language, view.files),
        mention_users=frozenset(view.mentioned),
    )


def render_pass(view: PassView, language: str) -> Outgoing:
    """Return the public line about places that passed on, or about further places that win."""
    info = view.info
    card = Card(language, words.title(info), look.DRAWN, words.number(info), url=view.post_url)
    if view.passed:
        card.say(
            t("giveaway.render.pass.passed"),
            *words.passed_lines(language, view.passed, _PEOPLE, reasons=look.LONG_REASON),
        )
    else:
        card.say(t("giveaway.render.pass.further", n=len(view.risen)))
    if view.reason is not None and view.reason not in {place.reason for place in view.passed}:
        card.say(t("giveaway.render.reason", reason=words.reason(view.reason, look.LONG_REASON)))
    if view.risen:
        heading = card.bold(t("giveaway.render.pass.risen", n=len(view.risen)))
        card.say(heading, *words.people(language, view.risen, _PEOPLE, MENTIONS))
        how = [t("giveaway.render.holders_public")] if info.source is Source.HOLDERS else []
        card.part(t("giveaway.render.claiming"), *(how or words.claim_here(info, view.risen)), view.genuine)
    else:
        card.say(t("giveaway.render.pass.nobody_left"))
    card.part(t("giveaway.render.check"), _passed_on(view), proof.in_browser(view.verify_url))
    return Outgoing(
        content=_greeting(language, view.mentioned),
        embeds=(card.embed(),),
        rows=(*(words.claim_buttons(info, language) if view.risen else ()), words.info_button(info, language)),
        files=_proof(language, view.files),
        mention_users=frozenset(view.mentioned),
    )


def _passed_on(view: PassView) -> Text:
    if view.files:
        return t("giveaway.render.pass.check")
    asking = markup.code(f"/giveaway proof giveaway:{view.info.number}")
    return t("giveaway.render.pass.check_elsewhere", command=asking)


def _greeting(language: str, mentioned: Sequence[int]) -> str:
    if not mentioned:
        return ""
    people = Markup(" ".join(markup.user(user) for user in mentioned))
    return render(language, t("giveaway.render.congratulations", people=people))


def _user(place: PlaceInfo) -> int | None:
    return None if place.is_address or place.who is None else int(place.who)


def _part(view: ResultView) -> Text | None:
    return None if view.parts == 1 else t("giveaway.render.part", part=view.part + 1, parts=view.parts)


def _check(view: ResultView) -> list[Text]:
    info = view.info
    lines = [] if info.trusted is None else words.trusted(info)
    if view.freeze is not None:
        lines += words.freeze_links([view.freeze])
    if view.proof_url is not None:
        lines.append(t("giveaway.render.check.elsewhere", url=Markup(view.proof_url)))
    elif view.files:
        lines.append(t("giveaway.render.check.attached", command=markup.code(command(info, view.chain, view.files))))
    own = proof.in_browser(view.verify_url)
    return lines if own is None else [*lines, own]


def command(info: GiveawayInfo, chain: str | None, files: Sequence[File] = ()) -> str:
    """Return the command that checks a draw, for the files people download; *chain* is the beacon's chain hash."""
    names = [file.name for file in files] or [f"draw-{info.number}.json"]
    named = " ".join(names) if len(names) < 4 else f"draw-{info.number}.json.gz.*"
    own = " --chain FILE" if words.is_own_beacon(chain) else ""
    return f"ikuzo verify {named}{own}" + ("" if info.trusted is None else " --allow-operator-trusted")


def _proof(language: str, files: Sequence[File]) -> tuple[Attachment, ...]:
    described = plain(language, t("giveaway.render.check.file"))
    return tuple(Attachment(file.name, file.data, described) for file in files)
