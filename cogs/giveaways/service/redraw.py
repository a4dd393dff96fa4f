"""Redraws: prizes that nobody takes, and those an organiser passes on, go to the next in the published ranking."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock, markup
from bot.database import Transaction
from bot.drafting.reading import seen
from bot.errors import BadInput, NotAllowed, NotFound, TryAgain, WrongState
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.people import Actor, Standing, require_organiser, standing
from bot.ports import Absent, Verdict
from bot.schedule import Due
from cogs.giveaways.rules import draw
from cogs.giveaways.rules.draw import Outcome, PassReason
from cogs.giveaways.rules.terms import Terms
from cogs.giveaways.service.claims import FORGOTTEN, LOOK_EVERY
from cogs.giveaways.service.closing import cannot_be_held, judge_again
from cogs.giveaways.service.passing import Moved, Passing, Wish
from cogs.giveaways.service.prizes import is_waiting, require_drawn, won_by
from cogs.giveaways.service.ranking import Ahead, reached
from cogs.giveaways.service.records import giveaway_numbered, giveaway_of
from cogs.giveaways.tables import ClaimState, Giveaway, GiveawayEntry, GiveawayPrize, Source

if TYPE_CHECKING:
    from bot.app import Platform

PASSED: Final = "giveaway.passed"
REROLLED: Final = "giveaway.rerolled"
LONGEST_REASON: Final = 300
MOST_WINNERS: Final = {Source.ENTRY: 100, Source.MEMBERS: 1_000, Source.HOLDERS: 1_000}
# By which rule a winner was passed over; without one of them it takes a moderator.
BY_MODERATOR: Final = "moderator"


@dataclass(frozen=True, slots=True)
class Reroll:
    """What an organiser asks for: passing over a winner, or else *count* further places; and why."""

    reason: str
    winner: int | None = None
    count: int | None = None


class Redraws:
    """What makes prizes pass on: time, who leaves, winners who decline, and organisers."""

    def __init__(self, platform: "Platform", passing: Passing) -> None:
        self._platform = platform
        self._passing = passing

    async def claim_ended(self, due: Due) -> datetime | None:
        """Pass on what was not claimed in time; returns the end of a claim that was extended."""
        now = clock.now()
        async with self._platform.database.read() as session:
            prize = await session.get(GiveawayPrize, due.subject)
            if prize is None or not is_waiting(prize) or prize.claim_until is None:
                return None
            if prize.claim_until > now:
                return prize.claim_until
            late = [each for each in await waiting(session, prize.giveaway_id) if _is_late(each, now)]

        async def choose(tx: Transaction, row: Giveaway, ahead: Ahead) -> Wish | None:
            found = [each for each in await waiting(tx.session, row.id) if _is_late(each, now)]
            return _automatic([(each, _why_unclaimed(each, ahead)) for each in found])

        people = [each.user_id for each in late if each.user_id is not None]
        await self._passing.run(prize.giveaway_id, choose, expected=len(late), others=people)
        return None

    async def look(self, due: Due) -> datetime | None:
        """Pass on the unclaimed prizes of those who certainly left the server; daily while anything is unclaimed."""
        async with self._platform.database.read() as session:
            open_claims = await waiting(session, due.subject)
        people = [each.user_id for each in open_claims if each.user_id is not None]
        if not people:
            return None
        states = await self._platform.members.fetch(due.guild_id or 0, people)
        if Absent.LEFT in states.values():
            await self._passing.run(due.subject, _leavers, others=people)
        return clock.now() + LOOK_EVERY

    async def pass_on(self, tx: Transaction, row: Giveaway, prize: GiveawayPrize, now: datetime) -> None:
        """Have the prize of someone who is being forgotten passed on, once the transaction that does so is over."""
        await self._platform.schedule.put(tx, FORGOTTEN, prize.id, now, guild_id=row.guild_id)

    async def forgotten(self, due: Due) -> datetime | None:
        """Pass on a prize that nobody can take any more, since its winner was forgotten."""
        async with self._platform.database.read() as session:
            prize = await session.get(GiveawayPrize, due.subject)
        if prize is None:
            return None

        async def choose(tx: Transaction, row: Giveaway, ahead: Ahead) -> Wish | None:
            found = await tx.session.get(GiveawayPrize, due.subject)
            if found is None or found.outcome is Outcome.PASSED or found.user_id is not None:
                return None
            untaken = found.claim_state in (ClaimState.NONE, ClaimState.OPEN)
            return _automatic([(found, PassReason.LEFT)] if untaken and row.cancelled_at is None else [])

        await self._passing.run(prize.giveaway_id, choose)
        return None

    async def decline(self, actor: Actor, key: int) -> Moved:
        """Pass on one's own prize; raises WrongState once it is delivered, or was passed on."""

        async def choose(tx: Transaction, row: Giveaway, ahead: Ahead) -> Wish | None:
            prize = await won_by(tx.session, row, actor.user_id)
            if prize.claim_state is ClaimState.DELIVERED:
                raise WrongState(t("giveaway.decline.delivered", number=str(row.number)))
            return Wish(PASSED, [(prize, PassReason.DECLINED.value)], actor_id=actor.user_id)

        async with self._platform.database.read() as session:
            await won_by(session, await giveaway_of(session, actor.guild_id, key), actor.user_id)
        return _done(await self._passing.run(key, choose))

    async def reroll(self, actor: Actor, typed: str, asked: Reroll, now: datetime) -> Moved:
        """Pass over a winner, or let further places win; for organisers, see `Reroll`.

        A winner is passed over if unclaimed, gone, or no longer eligible; otherwise only by a moderator.
        """
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
            require_enabled(config, Feature.GIVEAWAYS)
            require_organiser(actor, config)
            row = await giveaway_numbered(session, actor.guild_id, typed)
            require_drawn(row)
            reason = read_reason(asked.reason)
            if asked.winner is not None:
                if asked.count is not None:
                    raise BadInput(t("giveaway.reroll.either"))
                await _prize_of(session, row, asked.winner)
        if asked.winner is not None:
            return await self._pass_over(actor, row, asked.winner, reason, now)
        return await self._add(actor, row, reason, 1 if asked.count is None else asked.count)

    async def _pass_over(self, actor: Actor, row: Giveaway, user_id: int, reason: str, now: datetime) -> Moved:
        terms = Terms.from_json(row.terms)
        if cannot_be_held(self._platform, row.guild_id, terms):
            terms = replace(terms, required_role=None)
        holds: Mapping[int, Verdict] = {}
        if terms.holders_of is not None and row.source is Source.ENTRY:
            holds = await self._platform.gates.check(row.guild_id, terms.holders_of.key, [user_id])

        async def choose(tx: Transaction, row: Giveaway, ahead: Ahead) -> Wish | None:
            require_drawn(row)
            prize = await _prize_of(tx.session, row, user_id)
            because = await _passable(tx.session, prize, terms, ahead, holds.get(user_id, Verdict.UNKNOWN), now)
            rank = standing(actor, await config_of(tx.session, actor.guild_id))
            if because is None and rank is not Standing.MODERATOR:
                raise NotAllowed(t("giveaway.reroll.moderators", member=markup.user(user_id)))
            return Wish(
                PASSED,
                [(prize, reason)],
                actor_id=actor.user_id,
                words=reason,
                because=because or BY_MODERATOR,
            )

        return _done(await self._passing.run(row.id, choose, others=[user_id]))

    async def _add(self, actor: Actor, row: Giveaway, reason: str, count: int) -> Moved:
        most = MOST_WINNERS[row.source]

        async def choose(tx: Transaction, row: Giveaway, ahead: Ahead) -> Wish | None:
            require_drawn(row)
            if count < 1 or row.winners + count > most:
                raise BadInput(t("giveaway.reroll.too_many", value=count, now=row.winners, most=most))
            if await reached(tx.session, row.id) >= (row.entries or 0):
                raise WrongState(t("giveaway.reroll.exhausted", number=str(row.number)))
            return Wish(REROLLED, more=count, actor_id=actor.user_id, words=reason)

        return _done(await self._passing.run(row.id, choose, expected=count))


def read_reason(text: str) -> str:
    """Return a reason as one line; raises BadInput when nothing of it can be seen, or it is too long."""
    return seen(
        " ".join(markup.clean(text).split()),
        LONGEST_REASON,
        blank=t("giveaway.reroll.no_reason"),
        too_long=lambda n: t("giveaway.reroll.long_reason", length=n, most=LONGEST_REASON),
    )


async def waiting(session: AsyncSession, key: int) -> list[GiveawayPrize]:
    """Return the prizes of a giveaway that wait to be claimed, by rank."""
    query = select(GiveawayPrize).where(
        GiveawayPrize.giveaway_id == key,
        GiveawayPrize.outcome == draw.Outcome.WON,
        GiveawayPrize.claim_state == ClaimState.OPEN,
    )
    return list((await session.scalars(query.order_by(GiveawayPrize.rank))).all())


async def _leavers(tx: Transaction, row: Giveaway, ahead: Ahead) -> Wish | None:
    found = await waiting(tx.session, row.id)
    return _automatic([(prize, PassReason.LEFT) for prize in found if ahead.has_left(prize.user_id)])


def _automatic(passes: list[tuple[GiveawayPrize, PassReason]]) -> Wish | None:
    return Wish(PASSED, [(prize, reason.value) for prize, reason in passes]) if passes else None


def _is_late(prize: GiveawayPrize, now: datetime) -> bool:
    return prize.claim_until is not None and prize.claim_until <= now


def _why_unclaimed(prize: GiveawayPrize, ahead: Ahead) -> PassReason:
    return PassReason.LEFT if ahead.has_left(prize.user_id) else PassReason.UNCLAIMED


async def _prize_of(session: AsyncSession, row: Giveaway, user_id: int) -> GiveawayPrize:
    """Return a winner's prize; raises NotFound for who is none, WrongState for who was passed over."""
    values = {"number": str(row.number), "member": markup.user(user_id)}
    query = select(GiveawayPrize).where(GiveawayPrize.giveaway_id == row.id, GiveawayPrize.user_id == user_id)
    prize = (await session.scalars(query)).one_or_none()
    if prize is None:
        raise NotFound(t("giveaway.reroll.not_a_winner", **values))
    if prize.outcome is Outcome.PASSED:
        raise WrongState(t("giveaway.reroll.passed_already", **values))
    return prize


async def _passable(
    session: AsyncSession, prize: GiveawayPrize, terms: Terms, ahead: Ahead, holds: Verdict, now: datetime
) -> str | None:
    """Return why any organiser may pass a winner over; None where only a moderator may."""
    if ahead.has_left(prize.user_id):
        return PassReason.LEFT.value
    if is_waiting(prize):
        return PassReason.UNCLAIMED.value
    entry = await session.get(GiveawayEntry, (prize.giveaway_id, prize.token))
    if entry is None or entry.user_id is None:
        return PassReason.LEFT.value
    person = (entry.token, entry.user_id, entry.salt or "", entry.tickets)
    state = ahead.states.get(entry.user_id, Absent.UNKNOWN)
    return PassReason.INELIGIBLE.value if judge_again(terms, person, state, holds, now).dropped else None


def _done(moved: Moved | None) -> Moved:
    if moved is None:
        raise TryAgain(t("giveaway.reroll.busy"))
    return moved
