"""What giveaways show in ``/my show`` and ``/browse``."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.i18n import Text, t
from bot.ports import Action, Line, Section
from cogs.giveaways.rules.airdrop import NO_WHOLE_TOKEN
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.terms import Bar, Claim
from cogs.giveaways.service.buttons import CLAIM, CODE, DECLINE, MISSING, RECEIVED
from cogs.giveaways.service.records import post_url
from cogs.giveaways.tables import ClaimState, Giveaway, GiveawayEntry, GiveawayPrize, State

RECENT: Final = timedelta(days=30)
ENDED_SHOWN: Final = 10
DROPPED: Final[Mapping[str, Text]] = {
    Bar.ORGANISER: t("giveaway.dropped.organiser"),
    NO_WHOLE_TOKEN: t("giveaway.dropped.no_whole_token"),
    Bar.LEFT: t("giveaway.dropped.left"),
    Bar.REQUIRED_ROLE: t("giveaway.dropped.required_role"),
    Bar.EXCLUDED_ROLE: t("giveaway.dropped.excluded_role"),
    Bar.HOLDERS_OF: t("giveaway.dropped.holders_of"),
}


class GiveawayShowcase:
    """A member's entries and prizes, and the server's giveaways."""

    async def mine(self, session: AsyncSession, guild_id: int, user_id: int, now: datetime) -> Sequence[Section]:
        sections = (
            Section(t("giveaway.show.prizes"), await self._prizes(session, guild_id, user_id)),
            Section(t("giveaway.show.entries"), await self._entries(session, guild_id, user_id, now)),
            Section(t("giveaway.show.organised"), await self._organised(session, guild_id, user_id)),
        )
        return [section for section in sections if section.lines]

    async def browse(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Section]:
        running = (
            await session.scalars(
                select(Giveaway)
                .where(Giveaway.guild_id == guild_id)
                .where(Giveaway.state.in_((State.OPEN, State.CLOSING, State.FROZEN)))
                .order_by(Giveaway.closes_at)
                .limit(25)
            )
        ).all()
        ended = (
            await session.scalars(
                select(Giveaway)
                .where(Giveaway.guild_id == guild_id, Giveaway.state == State.DRAWN)
                .order_by(Giveaway.drawn_at.desc())
                .limit(ENDED_SHOWN)
            )
        ).all()
        sections = (
            Section(t("giveaway.show.running"), [await self._running(session, row) for row in running]),
            Section(t("giveaway.show.ended"), [await self._ended(session, row) for row in ended]),
        )
        return [section for section in sections if section.lines]

    async def _prizes(self, session: AsyncSession, guild_id: int, user_id: int) -> list[Line]:
        query = (
            select(Giveaway, GiveawayPrize)
            .join(GiveawayPrize, GiveawayPrize.giveaway_id == Giveaway.id)
            .where(
                Giveaway.guild_id == guild_id,
                Giveaway.cancelled_at.is_(None),
                GiveawayPrize.user_id == user_id,
                GiveawayPrize.outcome == Outcome.WON,
                GiveawayPrize.claim_state.in_((ClaimState.OPEN, ClaimState.CLAIMED)),
            )
            .order_by(GiveawayPrize.claim_until)
        )
        lines: list[Line] = []
        for row, prize in await session.execute(query):
            values = {"number": str(row.number), "prize": row.prize}
            open_claim = prize.claim_state is ClaimState.OPEN
            said = t("giveaway.show.to_claim", **values) if open_claim else t("giveaway.show.claimed", **values)
            url = result_url(row) or await post_url(session, row)
            lines.append(Line(said, prize.claim_until if open_claim else None, url, _actions(row, prize)))
        return lines

    async def _entries(self, session: AsyncSession, guild_id: int, user_id: int, now: datetime) -> list[Line]:
        query = (
            select(Giveaway, GiveawayEntry)
            .join(GiveawayEntry, GiveawayEntry.giveaway_id == Giveaway.id)
            .where(Giveaway.guild_id == guild_id, GiveawayEntry.user_id == user_id, Giveaway.closes_at > now - RECENT)
            .order_by(Giveaway.closes_at.desc())
            .limit(25)
        )
        lines: list[Line] = []
        for row, entry in await session.execute(query):
            running = row.state in (State.OPEN, State.CLOSING, State.FROZEN)
            if not running and entry.dropped is None:
                continue
            lines.append(Line(_standing(row, entry), row.closes_at if running else None, await post_url(session, row)))
        return lines

    async def _organised(self, session: AsyncSession, guild_id: int, user_id: int) -> list[Line]:
        query = (
            select(Giveaway)
            .where(Giveaway.guild_id == guild_id, Giveaway.organiser_id == user_id)
            .where(Giveaway.state.in_((State.SCHEDULED, State.OPEN, State.CLOSING, State.FROZEN)))
            .order_by(Giveaway.closes_at)
            .limit(25)
        )
        return [await self._running(session, row) for row in (await session.scalars(query)).all()]

    async def _running(self, session: AsyncSession, row: Giveaway) -> Line:
        values = {"number": str(row.number), "prize": row.prize}
        if row.state is State.SCHEDULED:
            return Line(t("giveaway.show.opens", **values), row.starts_at)
        count = t("giveaway.count.entrants", n=row.entry_count)
        return Line(t("giveaway.show.open", count=count, **values), row.closes_at, await post_url(session, row))

    async def _ended(self, session: AsyncSession, row: Giveaway) -> Line:
        counts = await session.execute(
            select(GiveawayPrize.claim_state, func.count())
            .where(GiveawayPrize.giveaway_id == row.id, GiveawayPrize.outcome == Outcome.WON)
            .group_by(GiveawayPrize.claim_state)
        )
        by_state = dict(counts.all())
        said = t(
            "giveaway.show.drawn",
            number=str(row.number),
            prize=row.prize,
            delivered=by_state.get(ClaimState.DELIVERED, 0),
            total=sum(by_state.values()),
        )
        return Line(said, row.drawn_at, result_url(row) or await post_url(session, row))


def result_url(row: Giveaway) -> str | None:
    """Return the address of the announcement that carries the bundle."""
    if row.result_channel_id is None or row.result_message_id is None:
        return None
    return markup.jump(row.guild_id, row.result_channel_id, row.result_message_id)


def _actions(row: Giveaway, prize: GiveawayPrize) -> Sequence[Action]:
    """Return what a winner can do: take the prize or give it up, or say that it has come."""
    if prize.claim_state is ClaimState.CLAIMED:
        return (
            Action(t("giveaway.render.button.received"), f"{RECEIVED}:{row.id}"),
            Action(t("giveaway.render.button.missing"), f"{MISSING}:{row.id}"),
        )
    declining = Action(t("giveaway.button.decline"), f"{DECLINE}:{row.id}")
    match row.claim:
        case Claim.IN_PERSON:
            return (Action(t("giveaway.render.button.code"), f"{CODE}:{row.id}"), declining)
        case Claim.WALLET:
            return (Action(t("giveaway.render.button.wallet"), f"{CLAIM}:{row.id}"), declining)
        case Claim.BUTTON | Claim.NONE:
            return (Action(t("giveaway.render.button.claim"), f"{CLAIM}:{row.id}"), declining)


def _standing(row: Giveaway, entry: GiveawayEntry) -> Text:
    if entry.dropped is not None:
        why = DROPPED.get(entry.dropped, t("giveaway.dropped.left"))
        return t("giveaway.show.dropped", number=str(row.number), prize=row.prize, why=why)
    tickets = t("giveaway.count.tickets", n=entry.tickets)
    values = {"number": str(row.number), "prize": row.prize, "tickets": tickets}
    if row.corrected_at is None or entry.entered_at >= row.corrected_at:
        return t("giveaway.show.entered", **values)
    return t("giveaway.show.corrected", **values)
