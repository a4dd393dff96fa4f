"""The freeze message: everything a reader needs to hold the later proof against, exact and never edited."""

from collections.abc import Mapping
from typing import Final

from bot import markup
from bot.i18n import Text, plain, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Card, bullets, shorten
from bot.ui.outgoing import Attachment, Outgoing
from cogs.giveaways.render import words
from cogs.giveaways.rules.freeze import AgeBand
from cogs.giveaways.service.showing import FreezeView

_BANDS: Final[Mapping[AgeBand, Text]] = {
    AgeBand.WEEK: t("giveaway.render.band.week"),
    AgeBand.MONTH: t("giveaway.render.band.month"),
    AgeBand.QUARTER: t("giveaway.render.band.quarter"),
    AgeBand.YEAR: t("giveaway.render.band.year"),
    AgeBand.OLDER: t("giveaway.render.band.older"),
}


def render_freeze(view: FreezeView, language: str) -> Outgoing:
    """Return the message that fixes list and round in public, with the list as files."""
    info = view.info
    card = Card(
        language,
        plain(language, t("giveaway.render.freeze.title")),
        look.DRAWING,
        author=words.number(info),
        footer=t("giveaway.render.freeze.footer"),
    )
    card.say(t("giveaway.render.fact", what=t("giveaway.render.prize"), value=shorten(info.prize, look.TITLE)))
    if view.replaces is not None:
        card.say(t("giveaway.render.freeze.replaces", url=Markup(view.replaces)))
    if view.chain is None:
        card.say(*words.trusted(info))
    card.part(t("giveaway.render.freeze.compare"), *_values(view))
    card.part(t("giveaway.render.freeze.round"), *_round(view))
    card.part(t("giveaway.render.freeze.ages"), *bullets(language, _ages(view)))
    card.part(t("giveaway.render.freeze.excluded"), *bullets(language, _excluded(view)))
    if view.unchecked:
        card.part(t("giveaway.render.freeze.unchecked"), t("giveaway.render.freeze.unchecked_count", n=view.unchecked))
    listed = plain(language, t("giveaway.render.freeze.file"))
    return Outgoing(
        embeds=(card.embed(),), files=tuple(Attachment(file.name, file.data, listed) for file in view.files)
    )


def _values(view: FreezeView) -> list[Text]:
    info = view.info
    return [
        t("giveaway.render.value.number", value=markup.code(str(info.number))),
        t("giveaway.render.value.id", value=markup.code(info.public_id)),
        t("giveaway.render.value.commitment", value=markup.code(info.commitment)),
        t("giveaway.render.value.digest", value=markup.code(view.digest)),
        t("giveaway.render.value.entries", value=markup.code(str(view.entries))),
        t("giveaway.render.value.tickets", value=markup.code(str(view.tickets))),
        *_snapshot(view),
    ]


def _snapshot(view: FreezeView) -> list[Text]:
    """Return what an airdrop's list was made from, so that anyone can make it again."""
    found = view.info.snapshot
    if found is None:
        return []
    name, digest = words.named(str(found["name"])), markup.code(str(found["digest"]))
    return [t("giveaway.render.value.snapshot", name=name, value=digest)]


def _round(view: FreezeView) -> list[Text]:
    freeze = view.freeze
    if view.chain is None or freeze.round is None:
        return []
    said = [
        t("giveaway.render.freeze.fixed"),
        t("giveaway.render.value.chain", value=markup.code(view.chain)),
        t("giveaway.render.value.round", value=markup.code(str(freeze.round))),
    ]
    if words.is_own_beacon(view.chain):
        said.append(t("giveaway.render.own_beacon"))
    if freeze.round_at is not None:
        at = freeze.round_at
        said.append(t("giveaway.render.freeze.expected", at=markup.time(at, "T"), relative=markup.time(at, "R")))
    return said


def _ages(view: FreezeView) -> list[Text]:
    return [
        t("giveaway.render.count_line", what=_BANDS[band], value=t("giveaway.render.heads", n=count))
        for band, count in view.bands.items()
    ]


def _excluded(view: FreezeView) -> list[Text]:
    return [
        t("giveaway.render.count_line", what=words.dropped(reason), value=t("giveaway.render.heads", n=count))
        for reason, count in sorted(view.excluded.items(), key=lambda item: (-item[1], item[0]))
    ]
