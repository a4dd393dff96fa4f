"""The draw: the round is awaited, the ranking computed, winners and state stored in one transaction."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.beacon import Beacon, BeaconNotYet, BeaconUnavailable
from bot.database import Database, Transaction
from bot.delivery import Delivery, DeliveryState
from bot.delivery import Outcome as Fate
from bot.errors import UserError, WrongState
from bot.guilds import config_of
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_moderator
from bot.posts import Posts
from bot.schedule import Due
from cogs.giveaways.rules.decide import ranking
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.freeze import PATIENCE
from cogs.giveaways.service.announcing import MENTIONS, RESULT, Announcing
from cogs.giveaways.service.freezing import round_at
from cogs.giveaways.service.notices import wait_for
from cogs.giveaways.service.proof import entrants_of
from cogs.giveaways.service.records import giveaway_of
from cogs.giveaways.tables import (
    ClaimState,
    Giveaway,
    GiveawayEntry,
    GiveawayFreeze,
    GiveawayPrize,
    State,
    Waiting,
)

if TYPE_CHECKING:
    from bot.app import Platform

NOT_YET: Final = timedelta(seconds=3)
LATE: Final = timedelta(minutes=2)
AWAY_SHORT: Final = timedelta(seconds=30)
AWAY_LONG: Final = timedelta(minutes=5)

log = logging.getLogger(__name__)

# Opens the claim of a won prize in the transaction that gives it; set by the service of claims.
OpenClaim = Callable[[Transaction, Giveaway, GiveawayPrize, datetime], Awaitable[None]]


class Drawing:
    """From frozen to drawn."""

    def __init__(self, platform: "Platform", posts: Posts, announcing: Announcing, open_claim: OpenClaim) -> None:
        self._platform = platform
        self._posts = posts
        self._announcing = announcing
        self._open_claim = open_claim

    @property
    def _database(self) -> Database:
        return self._platform.database

    async def draw(self, due: Due) -> datetime | None:
        """Draw a giveaway whose freeze counts, once its round can be had; returns when to try again otherwise."""
        async with self._database.read() as session:
            row = await session.get(Giveaway, due.subject)
            freeze = await _last_freeze(session, due.subject)
            if row is None or row.state is not State.FROZEN or freeze is None or not freeze.counts:
                return None
            entrants = await entrants_of(session, row.id)
        beacon: Beacon | None = None
        if row.trusted is None and freeze.round is not None:
            try:
                beacon = await self._fetch(freeze)
            except BeaconNotYet as error:
                # A wrong address answers "not there" too, so that is only believed for a while.
                expected = round_at(freeze)
                if expected is None or clock.now() - expected < LATE:
                    return clock.now() + NOT_YET
                return await self._away(row.id, str(error))
            except BeaconUnavailable as error:
                return await self._away(row.id, str(error))
        ranked = await self._platform.compute(
            ranking,
            row.public_id,
            row.seed,
            row.digest or "",
            None if beacon is None else beacon.round,
            None if beacon is None else beacon.randomness,
            entrants,
            0,
            row.winners,
        )
        await self._store(row.id, freeze.id, beacon, ranked)
        return None

    async def _fetch(self, freeze: GiveawayFreeze) -> Beacon:
        client = self._platform.beacon
        if client is None or client.chain.hash != freeze.chain or freeze.round is None:
            raise BeaconUnavailable(freeze.round or 0, ())
        return await client.fetch(freeze.round)

    async def _away(self, key: int, why: str) -> datetime | None:
        """Note that the beacon cannot be reached and say so; after a day a moderator may go on without it."""
        now = clock.now()
        async with self._database.write() as tx:
            row = await tx.session.get(Giveaway, key, with_for_update=True)
            if row is None or row.state is not State.FROZEN:
                return None
            if row.beacon_failing_since is None:
                row.beacon_failing_since = now
            failing = now - row.beacon_failing_since
            log.warning("the beacon for giveaway %s cannot be reached since %s: %s", key, row.beacon_failing_since, why)
            give_up = failing >= PATIENCE
            before = row.waiting
            await wait_for(self._platform, tx, row, Waiting.BEACON_GIVE_UP if give_up else Waiting.BEACON, now)
            if row.waiting is not before:
                await self._posts.refresh(tx, key, now)
        return now + (AWAY_SHORT if failing < timedelta(minutes=10) else AWAY_LONG)

    async def go_on_without_beacon(self, actor: Actor, key: int, now: datetime) -> None:
        """Have a frozen giveaway drawn from its seed and list alone, labelled so; only after a day of failure."""
        async with self._database.write() as tx:
            require_moderator(actor, await config_of(tx.session, actor.guild_id))
            row = await giveaway_of(tx.session, actor.guild_id, key, lock=True)
            since = row.beacon_failing_since
            if row.state is not State.FROZEN or row.trusted is not None or since is None or now - since < PATIENCE:
                raise not_yet_given_up(row)
            whole = now.replace(microsecond=0)
            row.trusted = {"at": whole.isoformat(), "abandoned_round": row.round}
            row.waiting = None
            await self._platform.schedule.put(tx, "giveaway.draw", key, now, guild_id=row.guild_id)
            await self._posts.refresh(tx, key, now)
            await self._platform.ledger.append(
                tx,
                Entry(
                    guild_id=row.guild_id,
                    kind="giveaway.untrusted",
                    actor_id=actor.user_id,
                    subject=f"giveaway:{row.number}",
                    facts={"abandoned_round": row.round},
                ),
                now=now,
            )

    async def _store(self, key: int, freeze_id: int, beacon: Beacon | None, ranked: Sequence[str]) -> None:
        """Keep winners and state together, and write down everything that follows."""
        now = clock.now()
        async with self._database.write() as tx:
            row = await tx.session.get(Giveaway, key, with_for_update=True)
            freeze = await _last_freeze(tx.session, key)
            if row is None or row.state is not State.FROZEN or freeze is None or freeze.id != freeze_id:
                return
            if (row.trusted is None) != (beacon is not None):
                # A moderator went on without the beacon just as it came back; that decision stands and is due anew.
                return
            row.state, row.drawn_at, row.drawn_winners = State.DRAWN, now, row.winners
            row.waiting = row.beacon_failing_since = None
            row.signature = None if beacon is None else beacon.signature.hex()
            people = await _people(tx, key, ranked)
            for place, token in enumerate(ranked, 1):
                prize = GiveawayPrize(
                    giveaway_id=key,
                    rank=place,
                    token=token,
                    user_id=people.get(token),
                    outcome=Outcome.WON,
                    at=now.replace(microsecond=0),
                    claim_state=ClaimState.NONE,
                )
                tx.session.add(prize)
                await tx.session.flush()
                if row.cancelled_at is None:
                    await self._open_claim(tx, row, prize, now)
            await self._announce(tx, row, len(ranked), now)
            await self._posts.refresh(tx, key, now)
            await self._platform.ledger.append(
                tx,
                Entry(
                    guild_id=row.guild_id,
                    kind="giveaway.drawn",
                    actor_id=None,
                    subject=f"giveaway:{row.number}",
                    persons={f"winner_{i}": user for i, user in enumerate(filter(None, map(people.get, ranked)), 1)},
                    texts={"prize": row.prize},
                    facts={"round": row.round, "entries": row.entries, "cancelled": row.cancelled_at is not None},
                ),
                now=now,
            )

    async def _announce(self, tx: Transaction, row: Giveaway, winners: int, now: datetime) -> None:
        """Have the result announced in every channel; long lists of winners go in several messages."""
        parts = max(1, -(-winners // MENTIONS))
        for part in range(parts):
            await self._announcing.everywhere(tx, row, RESULT, str(part), {"part": part, "parts": parts}, now)

    async def result_settled(self, tx: Transaction, delivery: Delivery, outcome: Fate) -> None:
        """Remember where the bundle is, and show it on the posts."""
        await self._announcing.settled(tx, delivery, outcome)
        if outcome.state is not DeliveryState.SENT or delivery.recipient != "0:0":
            return
        row = await tx.session.get(Giveaway, delivery.subject, with_for_update=True)
        if row is None:
            return
        row.result_channel_id, row.result_message_id = delivery.channel_id, outcome.message_id
        await self._announcing.lead_to_proof(tx, row, clock.now())
        await self._posts.refresh(tx, row.id, clock.now())


def not_yet_given_up(row: Giveaway) -> UserError:
    """Return the refusal to go on without a beacon that is not waited for, or not for long enough."""
    if row.state is not State.FROZEN or row.trusted is not None or row.beacon_failing_since is None:
        return WrongState(t("giveaway.trust.not_waiting", number=str(row.number)))
    from_then = row.beacon_failing_since + PATIENCE
    return WrongState(t("giveaway.trust.too_early", number=str(row.number), from_then=from_then))


async def _last_freeze(session: AsyncSession, key: int) -> GiveawayFreeze | None:
    query = select(GiveawayFreeze).where(GiveawayFreeze.giveaway_id == key)
    return (await session.scalars(query.order_by(GiveawayFreeze.ordinal.desc()).limit(1))).one_or_none()


async def _people(tx: Transaction, key: int, tokens: Sequence[str]) -> dict[str, int | None]:
    query = select(GiveawayEntry.token, GiveawayEntry.user_id).where(
        GiveawayEntry.giveaway_id == key, GiveawayEntry.token.in_(tokens)
    )
    return dict((await tx.session.execute(query)).all())
