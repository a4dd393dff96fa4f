"""The ledger in words: for the log channel, and page by page for ``/config log``."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, plain, render, t
from bot.ledger.live import Rows
from bot.ledger.rules import Fact, Head, Row, Sealed
from bot.ledger.service import Page
from bot.markup import Markup
from bot.ui.outgoing import Outgoing

# Discord takes 4 096 characters; some are left for the heading of a page.
ROOM: Final = 4_000
# How much of each free text is shown, the first length with which all rows of a message fit.
LENGTHS: Final = (300, 120, 60, 24)
# What one person counts among them, being some 22 characters.
PERSON: Final = 30
BETWEEN: Final = Markup(" · ")
_NUMBERED: Final = re.compile(r"_[0-9]+$")
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SNOWFLAKE: Final = re.compile(r"[1-9][0-9]{14,19}")

# What is known to happen. These sentences say what it happened to, as {subject}; kind -> catalog key.
WITH_SUBJECT: Final[Mapping[str, str]] = {
    key.removeprefix("ledger.kind."): key
    for key in (
        "ledger.kind.event.announced",
        "ledger.kind.event.attendance",
        "ledger.kind.event.cancelled",
        "ledger.kind.event.edited",
        "ledger.kind.event.ended",
        "ledger.kind.event.posted",
        "ledger.kind.event.started",
        "ledger.kind.event.unlisted",
        "ledger.kind.gate.added",
        "ledger.kind.gate.combined",
        "ledger.kind.gate.grace",
        "ledger.kind.gate.halted",
        "ledger.kind.gate.read_again",
        "ledger.kind.gate.rechecked",
        "ledger.kind.gate.removed",
        "ledger.kind.gate.resumed",
        "ledger.kind.gate.snapshot",
        "ledger.kind.gate.snapshot.dropped",
        "ledger.kind.gate.trouble",
        "ledger.kind.gate.trouble_over",
        "ledger.kind.gate.unread",
        "ledger.kind.giveaway.cancelled",
        "ledger.kind.giveaway.claim_extended",
        "ledger.kind.giveaway.claimed",
        "ledger.kind.giveaway.closed",
        "ledger.kind.giveaway.delivered",
        "ledger.kind.giveaway.drawn",
        "ledger.kind.giveaway.edited",
        "ledger.kind.giveaway.empty",
        "ledger.kind.giveaway.ended",
        "ledger.kind.giveaway.exported",
        "ledger.kind.giveaway.frozen",
        "ledger.kind.giveaway.not_received",
        "ledger.kind.giveaway.passed",
        "ledger.kind.giveaway.posted",
        "ledger.kind.giveaway.redeem_undone",
        "ledger.kind.giveaway.redeemed",
        "ledger.kind.giveaway.reminded",
        "ledger.kind.giveaway.rerolled",
        "ledger.kind.giveaway.undelivered",
        "ledger.kind.giveaway.untrusted",
        "ledger.kind.giveaway.waiting",
        "ledger.kind.poll.answer_corrected",
        "ledger.kind.poll.answer_orphaned",
        "ledger.kind.poll.answered",
        "ledger.kind.poll.cancelled",
        "ledger.kind.poll.closed",
        "ledger.kind.poll.done",
        "ledger.kind.poll.edited",
        "ledger.kind.poll.ended",
        "ledger.kind.poll.exported",
        "ledger.kind.poll.extended",
        "ledger.kind.poll.posted",
        "ledger.kind.poll.proposal_approved",
        "ledger.kind.poll.proposal_declined",
        "ledger.kind.poll.proposal_reopened",
        "ledger.kind.poll.write_in_approved",
        "ledger.kind.poll.write_in_refused",
    )
}
# These stand alone.
ALONE: Final[Mapping[str, str]] = {
    key.removeprefix("ledger.kind."): key
    for key in (
        "ledger.kind.config.changed",
        "ledger.kind.config.reset",
        "ledger.kind.event.feed_renewed",
        "ledger.kind.delivery.resolved",
        "ledger.kind.gate.grace_default",
        "ledger.kind.gate.panel",
        "ledger.kind.gate.protected",
        "ledger.kind.gate.unprotected",
        "ledger.kind.privacy.forgotten",
        "ledger.kind.privacy.forgotten",
        "ledger.kind.role.given",
        "ledger.kind.role.taken",
        "ledger.kind.wallet.unlinked",
    )
}
SUBJECTS: Final[Mapping[str, str]] = {
    "event": "ledger.subject.event",
    "gate": "ledger.subject.rule",
    "giveaway": "ledger.subject.giveaway",
    "poll": "ledger.subject.poll",
    "proposal": "ledger.subject.proposal",
    "rule": "ledger.subject.rule",
    "series": "ledger.subject.series",
    "snapshot": "ledger.subject.snapshot",
}
LABELS: Final[Mapping[str, str]] = {
    key.removeprefix("ledger.label."): key
    for key in (
        "ledger.label.abandoned_round",
        "ledger.label.after",
        "ledger.label.again",
        "ledger.label.ballots",
        "ledger.label.because",
        "ledger.label.before",
        "ledger.label.cancelled",
        "ledger.label.capacity",
        "ledger.label.channel",
        "ledger.label.commitment",
        "ledger.label.count",
        "ledger.label.description",
        "ledger.label.digest",
        "ledger.label.dropped",
        "ledger.label.due",
        "ledger.label.enabled",
        "ledger.label.ends",
        "ledger.label.entrant",
        "ledger.label.entries",
        "ledger.label.feature",
        "ledger.label.for",
        "ledger.label.late",
        "ledger.label.member",
        "ledger.label.name",
        "ledger.label.next",
        "ledger.label.occurrence",
        "ledger.label.option",
        "ledger.label.owner",
        "ledger.label.passed",
        "ledger.label.place",
        "ledger.label.prize",
        "ledger.label.purpose",
        "ledger.label.question",
        "ledger.label.rank",
        "ledger.label.reason",
        "ledger.label.repeats",
        "ledger.label.role",
        "ledger.label.round",
        "ledger.label.rule",
        "ledger.label.scope",
        "ledger.label.setting",
        "ledger.label.snapshot",
        "ledger.label.staff",
        "ledger.label.starts",
        "ledger.label.status",
        "ledger.label.text",
        "ledger.label.tickets",
        "ledger.label.title",
        "ledger.label.until",
        "ledger.label.what",
        "ledger.label.where",
        "ledger.label.winner",
        "ledger.label.winners",
        "ledger.label.zone",
    )
}


def rows_message(content: Rows, language: str) -> Outgoing:
    """Return the log channel's message about some rows."""
    first, last = content.rows[0].seq, content.rows[-1].seq
    title = (
        t("ledger.live.one", row=str(first))
        if first == last
        else t("ledger.live.several", first=str(first), last=str(last))
    )
    embed = discord.Embed(title=plain(language, title), description=listing(language, content.rows))
    return Outgoing(embeds=(embed,))


def head_message(head: Head, language: str) -> Outgoing:
    """Return the log channel's message about the chain's head: what pins everything before it."""
    text = t("ledger.head.text", row=str(head.seq), head=markup.code(head.hash), command=_command(head))
    embed = discord.Embed(
        title=plain(language, t("ledger.head.title", row=str(head.seq))), description=render(language, text)
    )
    return Outgoing(embeds=(embed,))


def page_message(page: Page, language: str) -> Outgoing:
    """Return a page of ``/config log``, newest first; the list's buttons are the pager's."""
    if not page.rows:
        return Outgoing(embeds=(discord.Embed(description=render(language, t("ledger.page.empty"))),))
    # Not a footer, where so long a word would not be broken on a phone.
    head = render(language, t("ledger.page.head", row=str(page.head.seq), head=markup.code(page.head.hash)))
    text = f"{listing(language, page.rows, ROOM - len(head))}\n\n-# {head}"
    return Outgoing(embeds=(discord.Embed(title=plain(language, t("ledger.page.title")), description=text),))


def listing(language: str, rows: Sequence[Row], room: int = ROOM) -> Markup:
    """Return rows line by line, with as much of what people typed as fits into *room* characters."""
    for length in LENGTHS:
        text = "\n".join(_entry(language, row, length) for row in rows)
        # Discord counts an emoji as two.
        if len(text.encode("utf-16-le")) // 2 <= room:
            return Markup(text)
    return Markup("\n".join(_line(language, row) for row in rows))


def _entry(language: str, row: Row, length: int) -> str:
    details = BETWEEN.join(_details(language, row, length))
    return f"{_line(language, row)}\n> {details}" if details else _line(language, row)


def _line(language: str, row: Row) -> Markup:
    """Return when, what and who."""
    actor = t("ledger.actor.bot") if row.actor is None else _person(row.actor)
    line = t("ledger.line", row=markup.code(str(row.seq)), at=markup.time(row.at, "f"), what=_what(row), actor=actor)
    return render(language, line)


def _what(row: Row) -> Text:
    subject = _subject(row.subject)
    if row.kind in ALONE:
        what = Text(ALONE[row.kind])
        return what if subject is None else t("ledger.about", what=what, subject=subject)
    if row.kind in WITH_SUBJECT and subject is not None:
        return Text(WITH_SUBJECT[row.kind], {"subject": subject})
    # Older and newer versions know other kinds; their rows are shown all the same.
    what = t("ledger.kind.other", kind=markup.code(row.kind))
    return what if row.subject is None else t("ledger.about", what=what, subject=markup.code(row.subject))


def _subject(subject: str | None) -> Text | None:
    noun, _, number = (subject or "").partition(":")
    key = SUBJECTS.get(noun)
    return None if key is None or not number else Text(key, {"number": number})


def _details(language: str, row: Row, length: int) -> Iterator[Markup]:
    for name, persons in _grouped(row.persons).items():
        yield _detail(language, name, _persons(language, persons, length))
    for name, text in row.texts.items():
        words = t("ledger.erased") if text.value is None else _cut(text.value, length)
        yield _detail(language, name, words)
    for name, fact in row.facts.items():
        yield _detail(language, name, _fact(name, fact, length))


def _detail(language: str, name: str, value: "Text | str | int") -> Markup:
    key = LABELS.get(name.removesuffix("_id"))
    label = markup.code(name) if key is None else Text(key)
    return render(language, t("ledger.detail", label=label, value=value))


def _grouped(persons: Mapping[str, Sealed]) -> Mapping[str, Sequence[Sealed]]:
    """Take together what is numbered, as winner_1 and winner_2 are."""
    groups: dict[str, list[Sealed]] = {}
    for name, person in persons.items():
        groups.setdefault(_NUMBERED.sub("", name), []).append(person)
    return groups


def _persons(language: str, persons: Sequence[Sealed], length: int) -> Markup:
    """Return as many persons as are worth *length*: an airdrop has up to a thousand winners."""
    most = max(1, length // PERSON)
    words = (_person(person) for person in persons[:most])
    shown = Markup(", ".join(render(language, each) if isinstance(each, Text) else each for each in words))
    rest = len(persons) - most
    return shown if rest <= 0 else render(language, t("ledger.persons", n=rest, shown=shown))


def _person(person: Sealed) -> Text | Markup:
    return t("ledger.erased") if person.value is None else markup.user(int(person.value))


def _fact(name: str, fact: Fact, length: int) -> "Text | str | int":
    match fact:
        case None:
            return t("ledger.fact.none")
        case bool():
            return t("ledger.fact.yes") if fact else t("ledger.fact.no")
        case int():
            return fact
        case str() if _SNOWFLAKE.fullmatch(fact) and name.startswith(("channel", "role")):
            return markup.channel(int(fact)) if name.startswith("channel") else markup.role(int(fact))
        case str() if _INSTANT.fullmatch(fact):
            return markup.time(datetime.fromisoformat(fact), "f")
        case str():
            return _cut(fact, length)


def _cut(text: str, length: int) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= length else f"{one_line[: length - 1]}…"


def _command(head: Head) -> Markup:
    return markup.code(f"ikuzo verify ledger.json --head {head.hash}")
