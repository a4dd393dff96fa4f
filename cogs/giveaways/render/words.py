"""What several messages of a giveaway say alike: requirements, people, reasons, claims, how a draw is checked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import discord

from bot import markup
from bot.beacon import QUICKNET
from bot.i18n import Param, Text, render, t
from bot.markup import Markup
from bot.ui.look import (
    LIST,
    LONG_REASON,
    NAME,
    TITLE,
    Button,
    Card,
    bullets,
    button,
    cut,
    fitting,
    shorten,
)
from cogs.giveaways.rules.airdrop import NO_WHOLE_TOKEN
from cogs.giveaways.rules.draw import Outcome, PassReason
from cogs.giveaways.rules.terms import Bar, Claim, Repeats, Terms
from cogs.giveaways.service.buttons import CLAIM, CODE, MISSING, RECEIVED
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import FreezeInfo, PlaceInfo
from cogs.giveaways.tables import ClaimState, Source

ENTER: Final = "gw.enter"
INFO: Final = "gw.info"
DETAILS: Final = "gw.details"
TRUST: Final = "gw.trust"
TRUST_SURE: Final = "gw.trust_sure"

# What the bot needs to post a freeze message, and to find out whether it did, as Discord names it.
POSTING: Final = tuple(
    t("giveaway.render.permission", name=name)
    for name in (
        t("permission.view_channel"),
        t("permission.send_messages"),
        t("permission.embed_links"),
        t("permission.attach_files"),
    )
)
READING: Final = tuple(
    t("giveaway.render.permission", name=name)
    for name in (t("permission.view_channel"), t("permission.read_message_history"))
)
# More names than this stand in a row instead of on a line each.
IN_LINES: Final = 5

_PASSED: Final[Mapping[str, Text]] = {
    PassReason.UNCLAIMED: t("giveaway.render.passed.unclaimed"),
    PassReason.LEFT: t("giveaway.render.passed.left"),
    PassReason.DECLINED: t("giveaway.render.passed.declined"),
    PassReason.INELIGIBLE: t("giveaway.render.passed.ineligible"),
}
_DROPPED: Final[Mapping[str, Text]] = {
    Bar.ORGANISER: t("giveaway.render.dropped.organiser"),
    Bar.BOT: t("giveaway.render.dropped.bot"),
    Bar.LEFT: t("giveaway.render.dropped.left"),
    Bar.REQUIRED_ROLE: t("giveaway.render.dropped.required_role"),
    Bar.EXCLUDED_ROLE: t("giveaway.render.dropped.excluded_role"),
    Bar.ACCOUNT_AGE: t("giveaway.render.dropped.account_age"),
    Bar.MEMBER_FOR: t("giveaway.render.dropped.member_for"),
    Bar.COOLDOWN: t("giveaway.render.dropped.cooldown"),
    Bar.HOLDERS_OF: t("giveaway.render.dropped.holders_of"),
    Bar.ATTENDED: t("giveaway.render.dropped.attended"),
    NO_WHOLE_TOKEN: t("giveaway.render.dropped.no_whole_token"),
}
_CLAIMS: Final[Mapping[Claim, Text]] = {
    Claim.NONE: t("giveaway.render.claim.none"),
    Claim.BUTTON: t("giveaway.render.claim.button", button=t("giveaway.render.button.claim")),
    Claim.IN_PERSON: t("giveaway.render.claim.in_person"),
    Claim.WALLET: t("giveaway.render.claim.wallet", button=t("giveaway.render.button.wallet")),
}
# The same, said on the message whose buttons they are.
_CLAIMS_HERE: Final[Mapping[Claim, Text]] = {
    Claim.NONE: t("giveaway.render.claim.none"),
    Claim.BUTTON: t("giveaway.render.claim_here.button", button=t("giveaway.render.button.claim")),
    Claim.IN_PERSON: t("giveaway.render.claim_here.in_person", button=t("giveaway.render.button.code")),
    Claim.WALLET: t("giveaway.render.claim_here.wallet", button=t("giveaway.render.button.wallet")),
}
_REPEATS: Final[Mapping[Repeats, Text]] = {
    Repeats.DAILY: t("giveaway.render.repeats.daily"),
    Repeats.WEEKLY: t("giveaway.render.repeats.weekly"),
    Repeats.MONTHLY: t("giveaway.render.repeats.monthly"),
}


def number(info: GiveawayInfo) -> Text:
    """Return the line that names a giveaway."""
    return (
        t("giveaway.render.number", number=str(info.number))
        if info.source is Source.ENTRY
        else t("giveaway.render.number_airdrop", number=str(info.number))
    )


def title(info: GiveawayInfo, translation: str | None = None) -> Markup:
    """Return the prize as a heading; a prize of which nothing can be seen has none."""
    prize = translation or info.prize
    return Markup("") if markup.is_blank(prize) else shorten(prize, TITLE)


def named(name: str) -> Markup:
    """Return the name of a rule or an event within a sentence."""
    return shorten(name, 2 * NAME)


def requirements(terms: Terms) -> list[Text]:
    """Return what entering asks for, a line each; empty when it is open to everyone."""
    asked: list[Text] = []
    if terms.required_role is not None:
        asked.append(t("giveaway.render.needs.required_role", role=markup.role(terms.required_role)))
    if terms.excluded_roles:
        asked.append(
            t("giveaway.render.needs.excluded_role", roles=[markup.role(role) for role in terms.excluded_roles])
        )
    if terms.account_age is not None:
        asked.append(t("giveaway.render.needs.account_age", length=terms.account_age))
    if terms.member_for is not None:
        asked.append(t("giveaway.render.needs.member_for", length=terms.member_for))
    if terms.cooldown is not None:
        asked.append(t("giveaway.render.needs.cooldown", length=terms.cooldown))
    if terms.holders_of is not None:
        asked.append(t("giveaway.render.needs.holders_of", rule=named(terms.holders_of.name)))
    if terms.attended is not None:
        asked.append(t("giveaway.render.needs.attended", event=named(terms.attended.name)))
    return asked


def rechecked(terms: Terms) -> Text:
    """Say what is held again at closing; membership always is."""
    what = [t("giveaway.render.rechecked.membership")]
    if terms.required_role is not None or terms.excluded_roles:
        what.append(t("giveaway.render.rechecked.roles"))
    if terms.holders_of is not None:
        what.append(t("giveaway.render.rechecked.holdings"))
    if terms.bonuses:
        what.append(t("giveaway.render.rechecked.tickets"))
    return t("giveaway.render.rechecked", what=what)


def bonuses(terms: Terms) -> list[Text]:
    """Return the extra tickets, a line per role."""
    return [
        t("giveaway.render.bonus", role=markup.role(role), tickets=t("giveaway.render.bonus_tickets", n=extra))
        for role, extra in terms.bonuses
    ]


def claim(info: GiveawayInfo) -> list[Text]:
    """Say how winners will take their prize, until when, and what becomes of one that nobody takes."""
    return [_CLAIMS[info.claim], *claim_time(info)]


def claim_here(info: GiveawayInfo, places: Iterable[PlaceInfo]) -> list[Text]:
    """Say to those who won how they take their prize, and say that it came, with the buttons below."""
    said = [_CLAIMS_HERE[info.claim], *claim_time(info, places)]
    if info.claim is not Claim.IN_PERSON:
        received, missing = t("giveaway.render.button.received"), t("giveaway.render.button.missing")
        said.append(t("giveaway.render.claim_here.received", received=received, missing=missing))
    return said


def claim_time(info: GiveawayInfo, places: Iterable[PlaceInfo] = ()) -> list[Text]:
    """Say until when a prize can be taken, and what becomes of it then; nothing where there is no such time.

    Among *places* are those who won already, and so have a date of their own.
    """
    if info.claim is Claim.NONE:
        return []
    until = max((place.claim_until for place in places if place.claim_until is not None), default=info.claim_until)
    if until is not None:
        when = t("giveaway.render.claim.until", until=until, relative=markup.time(until, "R"))
    elif info.claim_within is not None:
        when = t("giveaway.render.claim.within", length=info.claim_within)
    else:
        return []
    return [when, t("giveaway.render.claim.then")]


def amount(of: int) -> Text:
    """Return a number of winners."""
    return t("giveaway.render.people", n=of)


def repeats(info: GiveawayInfo) -> Text | None:
    return None if info.repeats is None else _REPEATS[info.repeats]


def organiser(info: GiveawayInfo) -> Text:
    who = t("giveaway.render.erased") if info.organiser_id is None else markup.user(info.organiser_id)
    return t("giveaway.render.fact", what=t("giveaway.render.organiser"), value=who)


def who(place: PlaceInfo) -> Text | Markup:
    """Name the person in a place: a mention, a shortened address, or someone who was erased."""
    if place.who is None:
        return t("giveaway.render.erased")
    if place.is_address:
        return markup.code(f"{place.who[:6]}...{place.who[-4:]}")
    return markup.user(int(place.who))


def reason(value: str | None, room: int = NAME) -> Text | Markup:
    """Say why a place passed on: one of our reasons, or a person's words cut to *room*."""
    if value is None:
        return t("giveaway.render.passed.no_reason")
    return _PASSED.get(value) or shorten(value, room)


def dropped(value: str) -> Text | Markup:
    """Name in a few words why entrants were taken off the list, for counting them."""
    return _DROPPED.get(value) or markup.code(value)


def winners(places: Iterable[PlaceInfo]) -> list[PlaceInfo]:
    return [place for place in places if place.outcome is Outcome.WON]


def passed(places: Iterable[PlaceInfo]) -> list[PlaceInfo]:
    return [place for place in places if place.outcome is Outcome.PASSED]


def delivered(places: Iterable[PlaceInfo]) -> int:
    """Count the winners whose prize has arrived."""
    return sum(place.claim_state is ClaimState.DELIVERED for place in winners(places))


def people(language: str, places: Sequence[PlaceInfo], room: int = LIST, most: int = 20) -> list[Markup]:
    """Return people in the order of the ranking, at most *most* and as many as fit *room*; the others are counted."""
    names = [_worded(language, who(place)) for place in places]
    if len(names) <= IN_LINES:
        return [Markup(f"- {name}") for name in names]
    kept, rest = fitting(names[:most], room)
    return [Markup(" ".join(kept)), *_rest(language, rest + len(names[most:]))]


def passed_lines(language: str, places: Sequence[PlaceInfo], room: int = LIST, reasons: int = NAME) -> list[Markup]:
    """Return passed places as lines, as many as fit *room*, with their reasons, each cut to *reasons*."""
    lines = [
        render(language, t("giveaway.render.passed.line", who=who(place), reason=reason(place.reason, reasons)))
        for place in places
    ]
    kept, rest = fitting([Markup(f"- {line}") for line in lines], room)
    return [*kept, *_rest(language, rest)]


def _rest(language: str, count: int) -> list[Markup]:
    return [render(language, t("look.more", n=count))] if count else []


def _worded(language: str, value: Text | Markup) -> Markup:
    return render(language, value) if isinstance(value, Text) else value


def counted(info: GiveawayInfo) -> Text:
    """Say how many are on the fixed list, with how many tickets."""
    return t("giveaway.render.on_list", **_counts(info))


def drawn_from(info: GiveawayInfo) -> Text:
    """Say among how many a draw was, with how many tickets."""
    return t("giveaway.render.drawn_from", **_counts(info))


def _counts(info: GiveawayInfo) -> dict[str, Param]:
    return {
        "entrants": t("giveaway.count.entrants", n=info.entries or 0),
        "tickets": t("giveaway.count.tickets", n=info.tickets or 0),
    }


def commitment(info: GiveawayInfo) -> Text:
    return t("giveaway.render.value.commitment", value=markup.code(info.commitment))


def freeze_links(freezes: Iterable[FreezeInfo]) -> list[Text]:
    """Return links to the freeze messages that stand, saying which came too late; at most three, the last ones."""
    said = [freeze for freeze in freezes if freeze.url is not None]
    return [
        t("giveaway.render.freeze_late", url=Markup(freeze.url))
        if freeze.counts is False
        else t("giveaway.render.freeze_link", url=Markup(freeze.url))
        for freeze in said[-3:]
        if freeze.url is not None
    ]


def is_trusted(info: GiveawayInfo, chain: str | None) -> bool:
    """Whether a draw does without a beacon, from the start or since a moderator said so."""
    return chain is None or info.trusted is not None


def is_own_beacon(chain: str | None) -> bool:
    """Whether a draw's beacon is not drand's public one, which ``ikuzo verify`` knows by itself."""
    return chain not in (None, QUICKNET.hash)


def trusted(info: GiveawayInfo) -> list[Text]:
    """Label a draw without a beacon, with what that means."""
    abandoned = (info.trusted or {}).get("abandoned_round")
    if abandoned is None:
        return [t("giveaway.render.trusted.off")]
    return [t("giveaway.render.trusted.abandoned", round=markup.code(str(abandoned)))]


def say_cancelled(card: Card, info: GiveawayInfo) -> None:
    """Say that a giveaway was cancelled, and why."""
    why = t("giveaway.render.reason", reason=cut(info.cancel_reason, LONG_REASON)) if info.cancel_reason else None
    card.say(t("giveaway.render.cancelled"), why)


def say_who(card: Card, info: GiveawayInfo, *more: Text) -> None:
    """Say who may enter, or among whom an airdrop is drawn, and with how many tickets."""
    asked = [*requirements(info.terms), *more]
    match info.source:
        case Source.ENTRY:
            lines = bullets(card.language, asked) if asked else [card.word(t("giveaway.render.everyone"))]
            card.part(t("giveaway.render.who"), *lines)
        case Source.MEMBERS:
            rule = bullets(card.language, [*asked, _each(info)])
            card.part(t("giveaway.render.who_airdrop"), t("giveaway.render.airdrop_members"), *rule)
        case Source.HOLDERS:
            card.part(t("giveaway.render.who_airdrop"), _holders(info), *bullets(card.language, [_each(info)]))
    card.part(t("giveaway.render.bonuses"), *bullets(card.language, bonuses(info.terms)))


def _holders(info: GiveawayInfo) -> Text:
    if info.snapshot is None:
        return t("giveaway.render.airdrop_holders")
    return t("giveaway.render.airdrop_snapshot", name=named(str(info.snapshot["name"])))


def _each(info: GiveawayInfo) -> Text:
    return t("giveaway.render.per_token") if info.per_token else t("giveaway.render.one_each")


def claim_buttons(info: GiveawayInfo, language: str) -> list[Button]:
    """Return the buttons winners use; none where there is nothing to claim."""
    if info.cancelled_at is not None or info.source is Source.HOLDERS:
        return []
    good, plain_style = discord.ButtonStyle.success, discord.ButtonStyle.secondary
    match info.claim:
        case Claim.IN_PERSON:
            return [button(language, t("giveaway.render.button.code"), CODE, info.id, style=good)]
        case Claim.BUTTON:
            first = [button(language, t("giveaway.render.button.claim"), CLAIM, info.id, style=good)]
        case Claim.WALLET:
            first = [button(language, t("giveaway.render.button.wallet"), CLAIM, info.id, style=good)]
        case Claim.NONE:
            first = []
    return [
        *first,
        button(language, t("giveaway.render.button.received"), RECEIVED, info.id, style=plain_style),
        button(language, t("giveaway.render.button.missing"), MISSING, info.id, style=plain_style),
    ]


def info_button(info: GiveawayInfo, language: str) -> Button:
    return button(language, t("giveaway.render.button.info"), INFO, info.id)
