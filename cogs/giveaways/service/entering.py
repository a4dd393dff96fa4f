"""Entering and leaving: judged by plain facts, answered after the commit."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Database
from bot.errors import NotAllowed, NotFound, TryAgain, UserError, WrongState
from bot.i18n import Text, t
from bot.people import Actor
from bot.ports import Guilds, Requirements, Verdict
from bot.writer import Writer
from cogs.giveaways.rules import draw
from cogs.giveaways.rules.terms import Answer, Bar, Facts, Terms, bars, judge, tickets, unread
from cogs.giveaways.service.hot import Enter, Entered, EnterResult, Leave, enter, leave
from cogs.giveaways.service.records import GiveawayInfo, giveaway_of, info
from cogs.giveaways.tables import Giveaway, GiveawayEntry, GiveawayPrize, Source, State

REMEMBERED: Final = 256
_TIMED: Final = {
    Bar.ACCOUNT_AGE: "giveaway.bar.account_age",
    Bar.MEMBER_FOR: "giveaway.bar.member_for",
    Bar.COOLDOWN: "giveaway.bar.cooldown",
}
_PLAIN: Final = {
    Bar.ORGANISER: t("giveaway.bar.organiser"),
    Bar.BOT: t("giveaway.bar.bot"),
    Bar.LEFT: t("giveaway.bar.left"),
}
_ANSWERS: Final = {Verdict.YES: Answer.MET, Verdict.NO: Answer.UNMET, Verdict.UNKNOWN: Answer.UNKNOWN}


@dataclass(frozen=True, slots=True)
class EntryAnswer:
    """What is said after pressing Enter: in now, or in already; and whether it was corrected since they entered."""

    info: GiveawayInfo
    new: bool
    tickets: int
    count: int
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What lets an entrant find themselves on the published list."""

    info: GiveawayInfo
    token: str
    salt: str
    tickets: int
    dropped: str | None
    unchecked: bool


class Entering:
    """Members' side of an open giveaway.

    Giveaways are remembered to spare a read per click. That is safe: the insertion compares the revision and the state,
    and what was judged by an older revision is judged again.
    """

    def __init__(
        self,
        database: Database,
        writer: Writer,
        gates: Requirements,
        attendance: Requirements,
        guilds: Callable[[], Guilds],
    ) -> None:
        self._database = database
        self._writer = writer
        self._gates = gates
        self._attendance = attendance
        self._guilds = guilds
        self._known: OrderedDict[int, GiveawayInfo] = OrderedDict()

    async def enter(self, actor: Actor, key: int, now: datetime) -> EntryAnswer:
        """Put a member on the list; raises a UserError that says which requirement is missing, or that it is over."""
        found = await self._info(actor.guild_id, key)
        for _ in range(3):
            try:
                await self._check_enterable(found, now)
                facts = await self._facts(actor, found.terms, now)
                judged = judge(found.terms, facts, now)
                if (bars(judged) or unread(judged)) and await self._entry(key, actor.user_id) is not None:
                    # Whoever is in can see that and leave, whatever is true or can be read now.
                    return await self._already(actor, key)
                await self._require_possible(actor, found, judged)
                refuse(found.terms, judged, facts)
            except UserError:
                # Nobody is refused for what was corrected meanwhile.
                before, found = found, await self._info(actor.guild_id, key, fresh=True)
                if _asks_the_same(before, found):
                    raise
                continue
            result = await self._write(actor, found, now)
            match result.outcome:
                case Entered.IN:
                    return EntryAnswer(found, new=True, tickets=result.tickets, count=result.count)
                case Entered.ALREADY:
                    return await self._already(actor, key)
                case Entered.OVER:
                    found = await self._info(actor.guild_id, key, fresh=True)
                    raise over(found)
                case Entered.REVISED:
                    found = await self._info(actor.guild_id, key, fresh=True)
        raise TryAgain(t("giveaway.enter.changing"))

    async def _already(self, actor: Actor, key: int) -> EntryAnswer:
        """Answer someone who is on the list; they are told when it was corrected after they entered."""
        found = await self._info(actor.guild_id, key, fresh=True)
        entry = await self._entry(key, actor.user_id)
        if entry is None:
            # They left in this very moment.
            raise TryAgain(t("giveaway.enter.changing"))
        corrected = found.corrected_at is not None and entry.entered_at < found.corrected_at
        return EntryAnswer(found, new=False, tickets=entry.tickets, count=found.entry_count, corrected=corrected)

    async def leave(self, actor: Actor, key: int, now: datetime) -> GiveawayInfo:
        """Take a member off the list; raises WrongState when they are not on it, or it is over."""
        found = await self._info(actor.guild_id, key)
        if not await self._writer.submit(leave, Leave(key, actor.user_id, now)):
            found = await self._info(actor.guild_id, key, fresh=True)
            if found.state is State.SCHEDULED:
                raise WrongState(t("giveaway.enter.not_yet", opens=found.starts_at))
            if found.state is not State.OPEN or found.closes_at <= now:
                raise over(found)
            raise WrongState(t("giveaway.leave.not_in"))
        return found

    async def receipt(self, actor: Actor, key: int) -> Receipt | None:
        """Return an entrant's token and salt; None for someone who is not on the list."""
        found = await self._info(actor.guild_id, key, fresh=True)
        entry = await self._entry(key, actor.user_id)
        if entry is None or entry.salt is None:
            return None
        return Receipt(found, entry.token, entry.salt, entry.tickets, entry.dropped, entry.unchecked)

    async def _write(self, actor: Actor, found: GiveawayInfo, now: datetime) -> EnterResult:
        salt = secrets.token_hex(16)
        row = Enter(
            giveaway_id=found.id,
            revision=found.revision,
            user_id=actor.user_id,
            token=draw.token(found.public_id, str(actor.user_id), salt),
            salt=salt,
            tickets=tickets(found.terms, actor.role_ids),
            at=now,
        )
        return await self._writer.submit(enter, row)

    async def _require_possible(self, actor: Actor, found: GiveawayInfo, judged: Mapping[Bar, Answer]) -> None:
        """Raise WrongState for what nobody can meet any more: a role that was deleted, a gate rule that was removed."""
        barred, asked, guild_id = bars(judged), found.terms.holders_of, found.guild_id
        known = Bar.REQUIRED_ROLE in barred and self._guilds().known(guild_id)
        if known and self._guilds().role(guild_id, found.terms.required_role or 0) is None:
            raise WrongState(t("giveaway.enter.role_gone", number=str(found.number)))
        if asked is None or barred or Bar.HOLDERS_OF not in unread(judged):
            return
        try:
            async with self._database.read() as session:
                there = await self._gates.resolve(session, actor.guild_id, asked.name)
        except NotFound:
            there = None
        # One of the same name that was made since is another.
        if there is None or there.key != asked.key:
            raise WrongState(t("giveaway.enter.rule_gone", rule=asked.name, number=str(found.number)))

    async def _check_enterable(self, found: GiveawayInfo, now: datetime) -> None:
        if found.source is not Source.ENTRY:
            raise NotFound(t("giveaway.not_found"))
        if found.state is State.SCHEDULED:
            raise WrongState(t("giveaway.enter.not_yet", opens=found.starts_at))
        if found.state is not State.OPEN or found.closes_at <= now:
            raise over(await self._info(found.guild_id, found.id, fresh=True))

    async def _facts(self, actor: Actor, terms: Terms, now: datetime) -> Facts:
        holds = attended = Answer.UNKNOWN
        if terms.holders_of is not None:
            holds = await _verdict(self._gates, actor, terms.holders_of.key)
        if terms.attended is not None:
            attended = await _verdict(self._attendance, actor, terms.attended.key)
        won_at = None
        if terms.cooldown is not None:
            async with self._database.read() as session:
                won_at = await last_win(session, actor.guild_id, actor.user_id)
        return Facts(
            user_id=actor.user_id,
            role_ids=actor.role_ids,
            created_at=actor.created_at or now,
            joined_at=actor.joined_at,
            is_bot=actor.is_bot,
            won_at=won_at,
            holds=holds,
            attended=attended,
        )

    async def _entry(self, key: int, user_id: int) -> GiveawayEntry | None:
        query = select(GiveawayEntry).where(GiveawayEntry.giveaway_id == key, GiveawayEntry.user_id == user_id)
        async with self._database.read() as session:
            return (await session.scalars(query)).one_or_none()

    async def _info(self, guild_id: int, key: int, *, fresh: bool = False) -> GiveawayInfo:
        held = self._known.get(key)
        if held is None or fresh or held.state is not State.OPEN:
            async with self._database.read() as session:
                held = info(await giveaway_of(session, guild_id, key))
            self._known[key] = held
            self._known.move_to_end(key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        if held.guild_id != guild_id:
            raise NotFound(t("giveaway.not_found"))
        return held


async def last_win(session: AsyncSession, guild_id: int, user_id: int) -> datetime | None:
    """Return when a member last won in a server; passed places do not count."""
    query = (
        select(func.max(GiveawayPrize.at))
        .join(Giveaway, Giveaway.id == GiveawayPrize.giveaway_id)
        .where(
            Giveaway.guild_id == guild_id,
            Giveaway.cancelled_at.is_(None),
            GiveawayPrize.user_id == user_id,
            GiveawayPrize.outcome == draw.Outcome.WON,
        )
    )
    return await session.scalar(query)


def _asks_the_same(one: GiveawayInfo, other: GiveawayInfo) -> bool:
    return (one.state, one.revision, one.closes_at) == (other.state, other.revision, other.closes_at)


def refuse(terms: Terms, judged: Mapping[Bar, Answer], facts: Facts) -> None:
    """Raise NotAllowed for the first requirement that is not met, TryAgain for one that could not be read."""
    for bar in bars(judged):
        raise NotAllowed(why_barred(terms, bar, facts))
    if unread(judged):
        raise TryAgain(t("giveaway.enter.unread"))


def why_barred(terms: Terms, bar: Bar, facts: Facts) -> Text:
    """Say what is missing and how to meet it."""
    since = {Bar.ACCOUNT_AGE: facts.created_at, Bar.MEMBER_FOR: facts.joined_at, Bar.COOLDOWN: facts.won_at}
    needed = {Bar.ACCOUNT_AGE: terms.account_age, Bar.MEMBER_FOR: terms.member_for, Bar.COOLDOWN: terms.cooldown}
    if bar in since:
        start, length = since[bar], needed[bar]
        if start is None or length is None:
            raise ValueError(f"{bar} does not apply to these terms")
        return Text(_TIMED[bar], {"needed": length, "from_then": start + length})
    match bar:
        case Bar.EXCLUDED_ROLE:
            held = [role for role in terms.excluded_roles if role in (facts.role_ids or ())]
            return t("giveaway.bar.excluded_role", roles=[markup.role(role) for role in held or terms.excluded_roles])
        case Bar.REQUIRED_ROLE:
            return t("giveaway.bar.required_role", role=markup.role(terms.required_role or 0))
        case Bar.HOLDERS_OF if terms.holders_of is not None:
            return t("giveaway.bar.holders_of", rule=terms.holders_of.name)
        case Bar.ATTENDED if terms.attended is not None:
            return t("giveaway.bar.attended", event=terms.attended.name)
        case _:
            return _PLAIN[bar]


def over(found: GiveawayInfo) -> UserError:
    """Return the refusal for a giveaway that takes no entries any more."""
    if found.cancelled_at is not None or found.state is State.CANCELLED:
        return WrongState(t("giveaway.over.cancelled", number=str(found.number), reason=found.cancel_reason or ""))
    if found.state in (State.OPEN, State.CLOSING, State.FROZEN):
        return WrongState(t("giveaway.over.drawing", number=str(found.number)))
    return WrongState(t("giveaway.over.ended", number=str(found.number)))


async def _verdict(requirements: Requirements, actor: Actor, key: int) -> Answer:
    verdicts = await requirements.check(actor.guild_id, key, [actor.user_id])
    return _ANSWERS[verdicts.get(actor.user_id, Verdict.UNKNOWN)]
