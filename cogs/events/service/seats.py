"""The hot writes: answers to an occurrence, and the places that follow from them; many at once in one transaction.

Everything that takes or frees a place is here, on a synchronous connection, under the lock of the occurrence's row:
that is why it is never over its capacity, and why the line keeps its order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, cast

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import insert_for
from bot.hot import put_deadline
from bot.live import count_changed
from bot.times import parse_zone
from cogs.events.rules.kinds import Answer
from cogs.events.rules.waiting import Seats, Wish, answer_to, offer_until
from cogs.events.service.calls import call
from cogs.events.service.roles import give, take_back
from cogs.events.tables import KIND, Event, Occurrence, OccurrenceState, Offer, OfferState, Rsvp

OFFER_END: Final = "event.offer_end"
# An offer whose end was noticed this late could not be taken: the bot was away.
AWAY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a member pressed. ``taking`` is the button of an offer, which is nobody else's."""

    occurrence_id: int
    guild_id: int
    user_id: int
    role_ids: frozenset[int]
    wish: Wish
    at: datetime
    taking: bool = False


class Replied(StrEnum):
    DONE = "done"
    SAME = "same"
    NOT_THERE = "not_there"
    NOT_YET = "not_yet"
    BARRED = "barred"
    CLOSED = "closed"
    OVER = "over"
    CANCELLED = "cancelled"
    NOT_OFFERED = "not_offered"


@dataclass(frozen=True, slots=True)
class ReplyResult:
    """What came of it; ``position`` is that in line."""

    outcome: Replied
    answer: Answer | None = None
    before: Answer | None = None
    position: int | None = None
    going: int = 0


class _Table:
    """An occurrence and its answers while its row is locked; what changed is written at the end."""

    def __init__(self, connection: Connection, row: Row[Any], users: Iterable[int]) -> None:
        self.row: Any = row
        self.zone = parse_zone(row.zone)
        counts = dict(
            connection.execute(
                select(Rsvp.answer, func.count()).where(Rsvp.occurrence_id == row.id).group_by(Rsvp.answer)
            ).all()
        )
        self.going, self.held = counts.get(Answer.GOING, 0), counts.get(Answer.OFFERED, 0)
        waiting = select(Rsvp.user_id).where(Rsvp.occurrence_id == row.id, Rsvp.answer == Answer.WAITING)
        self.line = list(connection.scalars(waiting.order_by(Rsvp.line)).all())
        last = select(func.max(Rsvp.line)).where(Rsvp.occurrence_id == row.id)
        self.last = connection.scalar(last) or 0
        theirs = select(Rsvp.user_id, Rsvp.answer).where(Rsvp.occurrence_id == row.id, Rsvp.user_id.in_(set(users)))
        self.answers: dict[int, Answer] = dict(connection.execute(theirs).all())
        self.first = dict(self.answers)

    @property
    def seats(self) -> Seats:
        return Seats(self.row.capacity, self.going, self.held, len(self.line))

    def offers(self, now: datetime) -> bool:
        """Whether a place can still be offered to those in line."""
        return offer_until(now, self.row.rsvp_closes_at, self.zone) is not None

    def set(self, user_id: int, answer: Answer) -> None:
        """Change an answer, and the counts with it."""
        before = self.answers.get(user_id)
        self.going += (answer is Answer.GOING) - (before is Answer.GOING)
        self.held += (answer is Answer.OFFERED) - (before is Answer.OFFERED)
        if before is Answer.WAITING:
            self.line.remove(user_id)
        if answer is Answer.WAITING:
            self.line.append(user_id)
        self.answers[user_id] = answer


def reply(connection: Connection, rows: Sequence[Reply]) -> Sequence[ReplyResult]:
    """Take answers, in the order of arrival; a place that was freed is offered to the first in line at once."""
    found = _locked(connection, {row.occurrence_id for row in rows})
    tables = {
        key: _Table(connection, row, [each.user_id for each in rows if each.occurrence_id == key])
        for key, row in found.items()
    }
    results = [_reply(connection, tables.get(row.occurrence_id), row) for row in rows]
    for key, table in tables.items():
        mine = {each.user_id: each for each in rows if each.occurrence_id == key}
        changed = [user for user, answer in table.answers.items() if table.first.get(user) is not answer]
        if changed:
            now = max(each.at for each in mine.values())
            _follow_roles(connection, table, changed, mine, now)
            fill(connection, key, now)
            count_changed(connection, KIND, {key: table.row.announced_at}, now)
    return results


def _reply(connection: Connection, table: _Table | None, row: Reply) -> ReplyResult:
    refused = Replied.NOT_THERE if table is None else _refused(table, row)
    if table is None or refused is not None:
        return ReplyResult(refused or Replied.NOT_THERE)
    before = table.answers.get(row.user_id)
    if row.taking and before is not Answer.OFFERED:
        return ReplyResult(Replied.NOT_OFFERED, before, before, going=table.going)
    answer = answer_to(row.wish, before, table.seats, offers=table.offers(row.at))
    if answer is not before:
        table.set(row.user_id, answer)
        _write(connection, table, row, answer)
        if before is Answer.OFFERED:
            _end_offer(connection, row, OfferState.CONFIRMED if answer is Answer.GOING else OfferState.DECLINED)
    position = table.line.index(row.user_id) + 1 if answer is Answer.WAITING else None
    outcome = Replied.SAME if answer is before else Replied.DONE
    return ReplyResult(outcome, answer, before, position, table.going)


def _refused(table: _Table, row: Reply) -> Replied | None:
    if table.row.guild_id != row.guild_id:
        return Replied.NOT_THERE
    match table.row.state:
        case OccurrenceState.PLANNED:
            return Replied.NOT_YET
        case OccurrenceState.CANCELLED:
            return Replied.CANCELLED
        case OccurrenceState.OVER:
            return Replied.OVER
        case _:
            pass
    before = table.answers.get(row.user_id)
    if row.at >= table.row.rsvp_closes_at:
        # Whoever is going may still say that they cannot come: better late than an empty chair.
        if row.wish is Wish.CANT and before is Answer.GOING and row.at < table.row.ends_at:
            return None
        return Replied.OVER if row.at >= table.row.ends_at else Replied.CLOSED
    role = table.row.rsvp_role
    held = before in (Answer.GOING, Answer.OFFERED, Answer.WAITING)
    if role is not None and role not in row.role_ids and not held and row.wish is not Wish.CANT:
        return Replied.BARRED
    return None


def _write(connection: Connection, table: _Table, row: Reply, answer: Answer) -> None:
    line = None
    if answer is Answer.WAITING:
        table.last += 1
        line = table.last
    values = {"answer": answer, "line": line, "answered_at": row.at, "confirmed": table.row.sequence}
    statement = insert_for(connection)(Rsvp).values(
        occurrence_id=row.occurrence_id, user_id=row.user_id, remind=False, **values
    )
    connection.execute(statement.on_conflict_do_update(index_elements=[Rsvp.occurrence_id, Rsvp.user_id], set_=values))


def _end_offer(connection: Connection, row: Reply, state: OfferState) -> None:
    connection.execute(
        update(Offer)
        .where(Offer.occurrence_id == row.occurrence_id, Offer.user_id == row.user_id, Offer.state == OfferState.OPEN)
        .values(state=state)
    )


def _follow_roles(
    connection: Connection, table: _Table, changed: Sequence[int], rows: dict[int, Reply], now: datetime
) -> None:
    role = table.row.going_role
    if role is None:
        return
    for user_id in changed:
        goes, went = table.answers[user_id] is Answer.GOING, table.first.get(user_id) is Answer.GOING
        if goes and not went:
            had = role in rows[user_id].role_ids
            give(connection, table.row.id, table.row.guild_id, user_id, role, had=had, now=now)
        if went and not goes:
            take_back(connection, table.row.id, [user_id], now)


def fill(connection: Connection, occurrence_id: int, now: datetime) -> int:
    """Offer free places to those in line, in order; returns how many. Nobody is promoted once answers are closed."""
    rows = _locked(connection, {occurrence_id})
    if occurrence_id not in rows:
        return 0
    table = _Table(connection, rows[occurrence_id], ())
    row, offered = table.row, 0
    if row.state is not OccurrenceState.OPEN:
        return 0
    while table.line and (table.seats.free is None or table.seats.free > 0):
        until = offer_until(now, row.rsvp_closes_at, table.zone)
        if until is None:
            break
        user_id = table.line[0]
        table.answers[user_id] = Answer.WAITING
        table.set(user_id, Answer.OFFERED)
        _set_answer(connection, occurrence_id, user_id, Answer.OFFERED, keep_line=True)
        key = connection.scalar(
            insert(Offer)
            .values(occurrence_id=occurrence_id, user_id=user_id, state=OfferState.OPEN, offered_at=now, until=until)
            .returning(Offer.id)
        )
        if key is None:
            raise RuntimeError("the database returned no key")
        put_deadline(connection, OFFER_END, key, until, guild_id=row.guild_id)
        call(connection, row, key, user_id, until, now)
        offered += 1
    return offered


def lapse(connection: Connection, offer_id: int, now: datetime) -> datetime | None:
    """End an offer whose time is over, and offer the place to the next; returns a later end where it has one.

    Nobody loses a place because the bot was away: an offer that ended meanwhile is made once more.
    """
    offer = connection.execute(
        select(Offer.id, Offer.occurrence_id, Offer.user_id, Offer.until, Offer.state).where(Offer.id == offer_id)
    ).one_or_none()
    rows = {} if offer is None else _locked(connection, {offer.occurrence_id})
    # Read again under the lock: it may have been taken in this very moment.
    state = None if offer is None else connection.scalar(select(Offer.state).where(Offer.id == offer_id))
    if offer is None or state is not OfferState.OPEN:
        return None
    if offer.until > now:
        return offer.until
    row = rows[offer.occurrence_id]
    if now - offer.until > AWAY and row.state is OccurrenceState.OPEN:
        again = offer_until(now, row.rsvp_closes_at, parse_zone(row.zone))
        if again is not None:
            connection.execute(update(Offer).where(Offer.id == offer_id).values(until=again))
            call(connection, row, offer_id, offer.user_id, again, now)
            return again
    connection.execute(update(Offer).where(Offer.id == offer_id).values(state=OfferState.LAPSED))
    _set_answer(connection, offer.occurrence_id, offer.user_id, Answer.LAPSED)
    fill(connection, offer.occurrence_id, now)
    count_changed(connection, KIND, {offer.occurrence_id: row.announced_at}, now)
    return None


def withdraw_offers(connection: Connection, occurrence_id: int) -> None:
    """End the open offers of an occurrence that does not take place."""
    connection.execute(
        update(Offer)
        .where(Offer.occurrence_id == occurrence_id, Offer.state == OfferState.OPEN)
        .values(state=OfferState.WITHDRAWN)
    )


def drop_member(connection: Connection, occurrence_id: int, user_id: int, now: datetime) -> None:
    """Take a member out of an occurrence altogether; their place goes to the next in line."""
    _locked(connection, {occurrence_id})
    connection.execute(delete(Rsvp).where(Rsvp.occurrence_id == occurrence_id, Rsvp.user_id == user_id))
    connection.execute(delete(Offer).where(Offer.occurrence_id == occurrence_id, Offer.user_id == user_id))
    fill(connection, occurrence_id, now)


async def open_offer(session: AsyncSession, occurrence_id: int, user_id: int) -> datetime | None:
    """Return until when a place is kept for a member."""
    return await session.scalar(
        select(Offer.until).where(
            Offer.occurrence_id == occurrence_id, Offer.user_id == user_id, Offer.state == OfferState.OPEN
        )
    )


def _set_answer(
    connection: Connection, occurrence_id: int, user_id: int, answer: Answer, *, keep_line: bool = False
) -> None:
    values: dict[str, Any] = {"answer": answer} if keep_line else {"answer": answer, "line": None}
    connection.execute(
        update(Rsvp).where(Rsvp.occurrence_id == occurrence_id, Rsvp.user_id == user_id).values(**values)
    )


def _locked(connection: Connection, keys: set[int]) -> dict[int, Row[Any]]:
    """Lock occurrences, in order of their keys so that two processes never wait for each other, and read them."""
    query = (
        select(
            Occurrence.id,
            Occurrence.guild_id,
            Occurrence.state,
            Occurrence.capacity,
            Occurrence.ends_at,
            Occurrence.rsvp_closes_at,
            Occurrence.announced_at,
            Occurrence.sequence,
            Event.organiser_id,
            Event.rsvp_role,
            Event.going_role,
            Event.zone,
        )
        .join(Event, Event.id == Occurrence.event_id)
        .where(Occurrence.id.in_(keys))
        .order_by(Occurrence.id)
        .with_for_update(of=Occurrence)
    )
    found: dict[int, Row[Any]] = {}
    for row in connection.execute(query):
        found[row[0]] = cast("Row[Any]", row)
    return found
