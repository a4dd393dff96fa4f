"""Closing: entries stop, lapsing requirements are held again, and the list is fixed."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Table, bindparam, func, select, update

from bot import clock
from bot.bulk import PAGE, in_turns, pages
from bot.database import Transaction
from bot.errors import NotFound, UserError
from bot.guilds import config_of
from bot.i18n import plain, t
from bot.ledger.service import Entry
from bot.ports import Absent, MemberState, Verdict
from bot.posts import Posts
from bot.schedule import Due
from cogs.giveaways.rules.decide import ListFacts, list_facts
from cogs.giveaways.rules.freeze import message_time
from cogs.giveaways.rules.terms import LAPSING, Answer, Bar, Facts, Terms, bars, judge, tickets, unread
from cogs.giveaways.service.freezing import add_freeze
from cogs.giveaways.service.notices import wait_for
from cogs.giveaways.tables import NOBODY, Giveaway, GiveawayEntry, Source, State, Waiting

if TYPE_CHECKING:
    from bot.app import Platform

_HOLDS: Final = {Verdict.YES: Answer.MET, Verdict.NO: Answer.UNMET, Verdict.UNKNOWN: Answer.UNKNOWN}

_ENTRANT: Final = (
    GiveawayEntry.token,
    GiveawayEntry.user_id,
    GiveawayEntry.address,
    GiveawayEntry.salt,
    GiveawayEntry.tickets,
    GiveawayEntry.dropped,
    GiveawayEntry.unchecked,
)

# How soon an airdrop asks again who passes its rule, while that cannot be read: at first, and after a while.
AWAY_SHORT: Final = timedelta(seconds=30)
AWAY_FOR: Final = timedelta(minutes=10)
AWAY_LONG: Final = timedelta(minutes=5)

log = logging.getLogger(__name__)

# Called in the transaction that closes a giveaway; a repeated one writes its next occurrence then.
Follower = Callable[[Transaction, Giveaway, datetime], Awaitable[None]]
# Puts those on the list of an airdrop who pass its gate rule now, unless they are there already.
Gather = Callable[[Giveaway], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Standing:
    """An entrant after the recheck: on the list or why not, with how many tickets, and whether all was readable.

    ``person`` is a user id, or in a holders' airdrop an address.
    """

    token: str
    person: str
    salt: str
    tickets: int
    dropped: str | None
    unchecked: bool


class Closing:
    """From open to frozen, or to empty."""

    def __init__(self, platform: "Platform", posts: Posts, follow: Follower, gather: Gather) -> None:
        self._platform = platform
        self._posts = posts
        self._follow = follow
        self._gather = gather

    async def close(self, due: Due) -> datetime | None:
        """Stop entries once the closing time has come; returns a later one when it was moved."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(Giveaway, due.subject, with_for_update=True)
            if row is None or row.state is not State.OPEN:
                return None
            if row.closes_at > now:
                return row.closes_at
            await self.stop_entries(tx, row, now)
        return None

    async def stop_entries(self, tx: Transaction, row: Giveaway, now: datetime) -> None:
        """Leave the open state; what follows is due at once."""
        row.state = State.CLOSING
        await self._platform.schedule.put(tx, "giveaway.recheck", row.id, now, guild_id=row.guild_id)
        await self._posts.refresh(tx, row.id, now)
        await self._follow(tx, row, now)
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=row.guild_id,
                kind="giveaway.closed",
                actor_id=None,
                subject=f"giveaway:{row.number}",
                persons={},
                texts={},
                facts={"entries": row.entry_count},
            ),
            now=now,
        )

    async def recheck(self, due: Due) -> datetime | None:
        """Hold lapsing requirements again and fix the list; what cannot be read counts as met and is marked."""
        async with self._platform.database.read() as session:
            row = await session.get(Giveaway, due.subject)
        if row is None or row.state is not State.CLOSING:
            return None
        if row.source is Source.MEMBERS:
            try:
                await self._gather(row)
            except NotFound:
                return await self._abandon(row.id)
            except UserError as unread:
                log.warning("the list of airdrop %s cannot be made now: %s", row.id, unread)
                return await self._wait_for_rule(row.id)
        async with self._platform.database.read() as session:
            query = select(*_ENTRANT).where(GiveawayEntry.giveaway_id == row.id)
            entrants = [each async for page in pages(session, query) for each in page]
        if row.source is Source.ENTRY:
            entrants = [each for each in entrants if each.user_id]
            return await self._fix(row, entrants, await self._judge(row, entrants))
        return await self._fix(row, entrants, [_as_gathered(each) async for each in in_turns(entrants)])

    async def _wait_for_rule(self, key: int) -> datetime | None:
        """Note that nobody can say who takes part in an airdrop, and say so; returns when to try again."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(Giveaway, key, with_for_update=True)
            if row is None or row.state is not State.CLOSING:
                return None
            await wait_for(self._platform, tx, row, Waiting.RULE, now)
            await self._posts.refresh(tx, key, now)
            return now + (AWAY_SHORT if now - row.closes_at < AWAY_FOR else AWAY_LONG)

    async def _abandon(self, key: int) -> None:
        """Cancel an airdrop whose rule was removed after it was announced: nobody can say any more who takes part."""
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(Giveaway, key, with_for_update=True)
            if row is None or row.state is not State.CLOSING:
                return
            asked = Terms.from_json(row.terms).holders_of
            language = (await config_of(tx.session, row.guild_id)).language
            reason = plain(language, t("giveaway.airdrop.rule_gone", rule="" if asked is None else asked.name))
            row.state, row.cancelled_at, row.cancel_reason, row.waiting = State.CANCELLED, now, reason, None
            forget_organiser(row)
            await self._posts.refresh(tx, key, now)
            subject = f"giveaway:{row.number}"
            entry = Entry(row.guild_id, "giveaway.cancelled", None, subject, texts={"reason": reason})
            await self._platform.ledger.append(tx, entry, now=now)

    async def _judge(self, row: Giveaway, entrants: Sequence[Any]) -> list[Standing]:
        terms = Terms.from_json(row.terms)
        ids = [each.user_id for each in entrants]
        states = await self._platform.members.fetch(row.guild_id, ids)
        holds: Mapping[int, Verdict] = {}
        if terms.holders_of is not None and ids:
            try:
                holds = await self._platform.gates.check(row.guild_id, terms.holders_of.key, ids)
            except Exception:
                log.exception("the gate of giveaway %s could not be read; its entrants are marked", row.id)
        now = clock.now()
        unreadable = cannot_be_held(self._platform, row.guild_id, terms)
        return [
            judge_again(
                terms,
                (each.token, each.user_id, each.salt, each.tickets),
                states[each.user_id],
                holds.get(each.user_id, Verdict.UNKNOWN),
                now,
                unreadable,
            )
            async for each in in_turns(entrants)
        ]

    async def _fix(self, row: Giveaway, entrants: Sequence[Any], standings: Sequence[Standing]) -> datetime | None:
        """Freeze the list in one transaction, if it is still the one that was judged; otherwise judge again at once."""
        kept: list[tuple[str, str, int]] = []
        changed: list[Standing] = []
        async for each, standing in in_turns(list(zip(entrants, standings, strict=True))):
            if standing.dropped is None:
                kept.append((standing.person, standing.salt, standing.tickets))
            if _differs(each, standing):
                changed.append(standing)
        frozen = await self._platform.compute(list_facts, row.public_id, kept) if kept else None
        now = clock.now()
        async with self._platform.database.write() as tx:
            current = await tx.session.get(Giveaway, row.id, with_for_update=True, populate_existing=True)
            if current is None or current.state is not State.CLOSING:
                return None
            count = await tx.session.scalar(
                select(func.count()).select_from(GiveawayEntry).where(GiveawayEntry.giveaway_id == row.id)
            )
            if count != len(standings):
                # Someone was forgotten meanwhile.
                return now
            await _store(tx, row.id, changed)
            current.waiting = None
            forget_organiser(current)
            if frozen is None:
                await self._end_empty(tx, current, len(standings), now)
            else:
                await self._end_frozen(tx, current, frozen, now)
            await self._posts.refresh(tx, row.id, now)
        return None

    async def _end_empty(self, tx: Transaction, row: Giveaway, dropped: int, now: datetime) -> None:
        row.state = State.EMPTY
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=row.guild_id,
                kind="giveaway.empty",
                actor_id=None,
                subject=f"giveaway:{row.number}",
                persons={},
                texts={},
                facts={"dropped": dropped},
            ),
            now=now,
        )

    async def _end_frozen(self, tx: Transaction, row: Giveaway, frozen: ListFacts, now: datetime) -> None:
        row.state, row.frozen_at = State.FROZEN, now
        row.digest, row.entries, row.tickets = frozen.digest, frozen.entries, frozen.tickets
        await add_freeze(self._platform, tx, row, now)
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=row.guild_id,
                kind="giveaway.frozen",
                actor_id=None,
                subject=f"giveaway:{row.number}",
                persons={},
                texts={},
                facts={"entries": row.entries, "tickets": row.tickets, "digest": frozen.digest},
            ),
            now=now,
        )


def forget_organiser(row: Giveaway) -> None:
    """Drop who started it from its terms, once nobody is judged by them any more, where that person was forgotten."""
    if row.organiser_id is None:
        row.terms = {**row.terms, "organiser_id": NOBODY}


def cannot_be_held(platform: "Platform", guild_id: int, terms: Terms) -> frozenset[Bar]:
    """Return what nobody can be held to any more: a role that was deleted, of which is not known who had it."""
    role, guilds = terms.required_role, platform.guilds
    gone = role is not None and guilds.known(guild_id) and guilds.role(guild_id, role) is None
    return frozenset({Bar.REQUIRED_ROLE} if gone else ())


def judge_again(
    terms: Terms,
    person: tuple[str, int, str, int],
    state: MemberState | Absent,
    holds: Verdict,
    now: datetime,
    unreadable: Collection[Bar] = (),
) -> Standing:
    """Return where an entrant stands at closing: only what can lapse is held again, *unreadable* is not known."""
    token, user_id, salt, held = person
    member = state if isinstance(state, MemberState) else None
    present = Answer.MET if member else Answer.UNMET if state is Absent.LEFT else Answer.UNKNOWN
    facts = Facts(
        user_id=user_id,
        role_ids=member.role_ids if member else None,
        created_at=message_time(user_id),
        joined_at=member.joined_at if member else None,
        present=present,
        holds=_HOLDS[holds],
    )
    judged = {bar: answer for bar, answer in judge(terms, facts, now).items() if bar in LAPSING}
    judged |= dict.fromkeys(unreadable, Answer.UNKNOWN)
    missing = bars(judged)
    return Standing(
        token=token,
        person=str(user_id),
        salt=salt,
        tickets=tickets(terms, member.role_ids) if member else held,
        # Who has left is said to have left, whatever else lapsed with it.
        dropped=None if not missing else "left" if present is Answer.UNMET else missing[0].value,
        unchecked=not missing and bool(unread(judged)),
    )


def _as_gathered(entry: Any) -> Standing:
    """Return where an entrant of an airdrop stands: as it was found when the list was made."""
    person = entry.address or str(entry.user_id)
    return Standing(entry.token, person, entry.salt or "", entry.tickets, entry.dropped, unchecked=entry.unchecked)


def _differs(entry: Any, standing: Standing) -> bool:
    now = (standing.tickets, standing.dropped, standing.unchecked)
    return now != (entry.tickets, entry.dropped, entry.unchecked)


async def _store(tx: Transaction, key: int, standings: Sequence[Standing]) -> None:
    """Write what changed at the recheck; everybody who enters another giveaway meanwhile waits for this."""
    table = cast("Table", GiveawayEntry.__table__)
    statement = (
        update(table)
        .where(table.c.giveaway_id == key, table.c.token == bindparam("name"))
        .values(tickets=bindparam("tickets"), dropped=bindparam("dropped"), unchecked=bindparam("unchecked"))
    )
    connection = await tx.session.connection()
    for start in range(0, len(standings), PAGE):
        page = standings[start : start + PAGE]
        await connection.execute(
            statement,
            [{"name": s.token, "tickets": s.tickets, "dropped": s.dropped, "unchecked": s.unchecked} for s in page],
        )
