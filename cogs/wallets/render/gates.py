"""Rules, records, snapshots and what members are told, as messages. Addresses of wallets are always shortened."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import discord

from bot import markup
from bot.i18n import Text, duration, plain, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Card, button
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from bot.verdict import Verdict
from cogs.wallets.rules.addresses import checksummed
from cogs.wallets.rules.amounts import amount_text
from cogs.wallets.rules.expression import MAX_LENGTH
from cogs.wallets.rules.terms import How, Standard
from cogs.wallets.service.breaking import BreakerView
from cogs.wallets.service.explaining import MemberStatus, RuleStatus
from cogs.wallets.service.gates import GateView, Overview
from cogs.wallets.service.keeping import RecordPage
from cogs.wallets.service.positions import trouble_text
from cogs.wallets.service.rechecking import Report
from cogs.wallets.service.snapshots import MAX_SNAPSHOTS, SnapshotView
from cogs.wallets.service.telling import GraceView

TAKE: Final = "gate.take"
KEEP: Final = "gate.keep"
REMOVE_TAKE: Final = "gate.remove_take"
REMOVE_LEAVE: Final = "gate.remove_leave"
VERIFY: Final = "wallet.verify"
WHY: Final = "wallet.why"
REFRESH: Final = "wallet.refresh"
STANDARDS: Final[Mapping[Standard, str]] = {
    Standard.ERC20: "ERC-20",
    Standard.ERC721: "ERC-721",
    Standard.ERC1155: "ERC-1155",
}


def said(language: str, text: Text) -> Outgoing:
    """Return one sentence as a message."""
    card = Card(language, "", look.OPEN)
    card.say(text)
    return Outgoing(embeds=(card.embed(),))


def render_added(view: GateView, language: str) -> Outgoing:
    """Say what a new rule asks and gives, as it was understood."""
    card = Card(language, plain(language, t("gate.added.title", rule=view.row.name)), look.OPEN)
    card.say(*_asks(view))
    card.say(t("gate.added.next"))
    return Outgoing(embeds=(card.embed(),))


def render_overview(overview: Overview, language: str) -> Outgoing:
    """Return the list of rules; what is asked of a moderator has its buttons."""
    card = Card(language, plain(language, t("gate.list.title")), look.OPEN)
    card.say(t("gate.list.grace", length=length(overview.grace)))
    if not overview.gates:
        card.say(t("gate.list.empty"))
    shown, left = look.fitting([_entry(card, view) for view in overview.gates], 3_500, 2)
    card.paragraphs += shown
    if left:
        card.say(t("gate.list.more", n=left))
    if overview.protected:
        card.say(t("gate.list.protected", members=[markup.user(each) for each in overview.protected[:20]]))
    rows: list[discord.ui.Item[discord.ui.View]] = []
    for breaker in overview.breakers[:2]:
        card.say(*_breaker_lines(breaker))
        rows += _breaker_buttons(breaker, language)
    return Outgoing(embeds=(card.embed(),), rows=tuple(rows))


def render_remove(view: GateView, language: str) -> Outgoing:
    """Ask whether the role goes with the rule."""
    card = Card(language, plain(language, t("gate.remove.title", rule=view.row.name)), look.OVER)
    card.say(t("gate.remove.ask", n=view.holders, role=markup.role(view.row.role_id)))
    rows = (
        button(language, t("gate.remove.take"), REMOVE_TAKE, view.row.number, style=discord.ButtonStyle.danger),
        button(language, t("gate.remove.leave"), REMOVE_LEAVE, view.row.number),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_test(status: MemberStatus, language: str) -> Outgoing:
    """Say how a rule and each of its parts stand for a member, without addresses."""
    card = Card(language, plain(language, t("gate.test.title")), look.OPEN)
    member = markup.user(status.user_id)
    card.say(t("gate.test.member", member=member), t("gate.test.wallets", n=status.wallets))
    for rule in status.rules:
        card.say(_verdict_line(rule), *_amounts(rule))
    if status.protected:
        card.say(t("gate.test.protected"))
    return Outgoing(embeds=(card.embed(),))


def render_status(status: MemberStatus, language: str) -> Outgoing:
    """Tell a member how each rule stands, and what comes next."""
    card = Card(language, plain(language, t("wallet.status.title")), look.OPEN)
    if not status.wallets:
        card.say(t("wallet.status.no_wallet"))
    if not status.rules:
        card.say(t("wallet.status.no_rules"))
    card.paragraphs += status_paragraphs(card, status)
    if status.protected:
        card.say(t("wallet.status.protected"))
    if status.next_at is not None:
        card.say(t("wallet.status.next", when=markup.time(status.next_at, "R")))
    return Outgoing(embeds=(card.embed(),))


def status_paragraphs(card: Card, status: MemberStatus) -> Sequence[str]:
    """Return how each rule stands for a member: what was found, what is needed, what to do next."""
    blocks = [Markup("\n".join(card.word(line) for line in _status_lines(rule, status))) for rule in status.rules]
    shown, left = look.fitting(blocks, 3_400, 2)
    return [*shown, card.word(t("gate.list.more", n=left))] if left else shown


def _status_lines(rule: RuleStatus, status: MemberStatus) -> Sequence[Text]:
    role = markup.role(rule.role_id)
    if rule.verdict is None:
        return (t("wallet.status.unchecked", rule=rule.name, role=role),)
    lines: list[Text] = [_verdict_line(rule), *_amounts(rule)]
    if rule.checked_at is not None:
        lines.append(t("wallet.status.checked", when=markup.time(rule.checked_at, "R")))
    if rule.grace_until is not None and not status.protected:
        lines.append(t("wallet.status.grace", when=rule.grace_until))
    elif rule.verdict is Verdict.NO and not status.protected:
        lines.append(t("wallet.status.do_no"))
    elif rule.verdict is Verdict.UNKNOWN:
        lines.append(t("wallet.status.do_unknown"))
    if rule.trouble is not None:
        lines += [trouble_text(rule.trouble), t("wallet.status.trouble")]
    return lines


def render_report(report: Report, language: str) -> Outgoing:
    """Say what a recheck came to."""
    card = Card(language, plain(language, t("gate.recheck.title")), look.OPEN)
    tally = report.tally
    card.say(t("gate.recheck.members", n=report.members))
    card.say(t("gate.recheck.given", n=tally.given), t("gate.recheck.taken", n=tally.taken))
    if tally.warned:
        card.say(t("gate.recheck.warned", n=tally.warned))
    if report.unknown:
        card.say(t("gate.recheck.unknown", n=report.unknown))
    if report.halted:
        card.say(t("gate.recheck.halted", rules=report.halted))
    return Outgoing(embeds=(card.embed(),))


def render_records(page: RecordPage, language: str) -> Outgoing:
    """Return a page of verification records."""
    card = Card(language, plain(language, t("gate.records.title")), look.OPEN)
    if not page.records:
        card.say(t("gate.records.empty"))
    for record in page.records:
        how = t("gate.records.page") if record.how is How.PAGE else t("gate.records.paste")
        line = t(
            "gate.records.line",
            member=markup.user(record.user_id),
            wallet=record.wallet,
            when=markup.time(record.linked_at, "d"),
            how=how,
            method=record.method.value.upper(),
        )
        rules = [t("gate.records.rule", rule=name, since=markup.time(since, "d")) for name, since in record.rules]
        card.say(line, t("gate.records.rules", rules=rules) if rules else t("gate.records.none"))
    return Outgoing(embeds=(card.embed(),))


def render_breaker(view: BreakerView, language: str) -> Outgoing:
    """Ask moderators, in the log channel, whether a cycle may take a role from so many."""
    card = Card(language, plain(language, t("gate.breaker.title")), look.OVER)
    card.say(*_breaker_lines(view))
    return Outgoing(embeds=(card.embed(),), rows=tuple(_breaker_buttons(view, language)))


def render_snapshot(view: SnapshotView, language: str) -> Outgoing:
    """Publish a snapshot: what it is of, and the digest that pins it."""
    card = Card(language, plain(language, t("gate.snapshot.title", name=view.name)), look.OPEN)
    card.say(t("gate.snapshot.holders", n=view.holders))
    if view.contract is not None and view.chain_id is not None and view.block is not None:
        card.say(
            t("gate.snapshot.contract", contract=markup.code(checksummed(view.contract))),
            t("gate.snapshot.at", block=markup.code(str(view.block)), chain=markup.code(str(view.chain_id))),
        )
    else:
        card.say(t("gate.snapshot.uploaded"))
    card.say(t("gate.snapshot.digest", digest=markup.code(view.digest)))
    return Outgoing(embeds=(card.embed(),))


def render_snapshot_taken(view: SnapshotView, language: str) -> Outgoing:
    """Tell the moderator that a snapshot is there, and how far was looked."""
    card = Card(language, plain(language, t("gate.snapshot.title", name=view.name)), look.OPEN)
    card.say(t("gate.snapshot.done", name=view.name, n=view.holders))
    if view.looked_to is not None:
        card.say(t("gate.snapshot.looked", last=str(view.looked_to)))
    if view.made_room is not None:
        card.say(t("gate.snapshot.made_room", name=view.made_room, n=MAX_SNAPSHOTS))
    return Outgoing(embeds=(card.embed(),))


def render_panel(_: object, language: str) -> Outgoing:
    """Return the public message with *Verify · Why no role? · Refresh*."""
    card = Card(language, plain(language, t("gate.panel.title")), look.OPEN)
    card.say(t("gate.panel.text"))
    card.say(t("gate.panel.safety"))
    rows = (
        _plain_button(language, t("gate.panel.verify"), VERIFY, discord.ButtonStyle.success),
        _plain_button(language, t("gate.panel.why"), WHY, discord.ButtonStyle.secondary),
        _plain_button(language, t("gate.panel.refresh"), REFRESH, discord.ButtonStyle.secondary),
    )
    return Outgoing(embeds=(card.embed(),), rows=rows)


def render_grace(view: GraceView, language: str) -> Outgoing:
    """Tell a member that a role will go, until when it stays, and what to do."""
    card = Card(language, plain(language, t("gate.told.title", server=view.guild_name)), look.OVER)
    card.say(t("gate.told.text", rule=view.rule, when=view.until))
    card.say(t("gate.told.do"))
    return Outgoing(embeds=(card.embed(),))


def length(value: timedelta) -> Text:
    """Return a length of time, none as a word."""
    return duration(value) if value else t("gate.grace.none")


def _entry(card: Card, view: GateView) -> Markup:
    row = view.row
    lines: list[Text] = [t("gate.list.line", number=str(row.number), rule=row.name, role=markup.role(row.role_id))]
    lines += [*_asks(view)[1:], t("gate.list.holders", n=view.holders)]
    if row.trouble is not None:
        lines.append(trouble_text(row.trouble))
    return Markup("\n".join(card.word(line) for line in lines))


def _asks(view: GateView) -> Sequence[Text]:
    """Return the role a rule gives, then what it asks."""
    row = view.row
    gives = t("gate.asks.role", role=markup.role(row.role_id))
    if view.expression is not None:
        return gives, _combines(view.expression)
    if row.contract is None or row.standard is None:
        return (gives,)
    least = amount_text(int(row.minimum or 0), row.decimals)
    amount = t("gate.asks.least", amount=least)
    if row.maximum is not None:
        amount = t("gate.asks.between", least=least, most=amount_text(int(row.maximum), row.decimals))
    contract = t(
        "gate.asks.contract",
        amount=amount,
        standard=STANDARDS[row.standard],
        contract=markup.code(checksummed(row.contract)),
        chain=str(row.chain_id),
    )
    if row.token_ids is None:
        return gives, contract
    return gives, contract, t("gate.asks.ids", ids=markup.code(row.token_ids[:200]))


def _combines(expression: str) -> Text:
    # Rules can be typed by number, and their names are longer.
    shown = expression if len(expression) <= MAX_LENGTH else f"{expression[:MAX_LENGTH]}…"
    return t("gate.asks.expression", expression=markup.code(shown))


def _verdict_line(rule: RuleStatus) -> Text:
    role = markup.role(rule.role_id)
    match rule.verdict:
        case Verdict.YES:
            return t("wallet.verdict.yes", rule=rule.name, role=role)
        case Verdict.NO:
            return t("wallet.verdict.no", rule=rule.name, role=role)
        case _:
            return t("wallet.verdict.unknown", rule=rule.name, role=role)


def _amounts(rule: RuleStatus) -> Sequence[Text]:
    if rule.expression is not None:
        return (_combines(rule.expression),)
    needed = t("gate.asks.least", amount=rule.needed or "0")
    if rule.most is not None:
        needed = t("gate.asks.between", least=rule.needed or "0", most=rule.most)
    if rule.found is None:
        return (t("wallet.verdict.needed", needed=needed),)
    return (t("wallet.verdict.amounts", found=rule.found, needed=needed),)


def _breaker_lines(view: BreakerView) -> Sequence[Text]:
    role = markup.role(view.role_id)
    return (
        t("gate.breaker.text", rule=view.rule, role=role, n=view.would_take, holders=view.holders),
        t("gate.breaker.ask"),
    )


def _breaker_buttons(view: BreakerView, language: str) -> Sequence[discord.ui.Button[discord.ui.View]]:
    return (
        button(language, t("gate.breaker.take"), TAKE, view.key, style=discord.ButtonStyle.danger),
        button(language, t("gate.breaker.keep"), KEEP, view.key),
    )


def _plain_button(
    language: str, label: Text, kind: str, style: discord.ButtonStyle
) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(label=plain(language, label)[: look.NAME], custom_id=custom_id(kind), style=style)
