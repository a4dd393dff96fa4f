"""The freeze message: published before the round exists, replaced when too late, waited for when it cannot be."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock, markup
from bot.bulk import pages
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Outcome, Parcel, Target
from bot.guilds import Purpose, config_of
from bot.ports import Need
from bot.posts import Post, Posts, take_place
from cogs.giveaways.rules.draw import entrants_text
from cogs.giveaways.rules.files import list_files
from cogs.giveaways.rules.freeze import (
    RESEND_SECONDS,
    AgeBand,
    age_bands,
    freeze_counts,
    message_time,
    round_for,
    round_time,
)
from cogs.giveaways.service.notices import wait_for
from cogs.giveaways.service.records import info
from cogs.giveaways.service.showing import FreezeInfo, FreezeView
from cogs.giveaways.tables import KIND, Giveaway, GiveawayEntry, GiveawayFreeze, Source, State, Waiting

if TYPE_CHECKING:
    from bot.app import Platform

NEEDS: Final = (Need.VIEW, Need.SEND, Need.EMBED, Need.ATTACH)

log = logging.getLogger(__name__)


async def add_freeze(platform: "Platform", tx: Transaction, row: Giveaway, now: datetime) -> None:
    """Write the next freeze message of a giveaway whose list is fixed, and have it posted."""
    last = await tx.session.scalar(select(func.max(GiveawayFreeze.ordinal)).where(GiveawayFreeze.giveaway_id == row.id))
    freeze = GiveawayFreeze(giveaway_id=row.id, ordinal=(last or 0) + 1, at=now, round=None)
    _set_time(platform, row, freeze, now)
    tx.session.add(freeze)
    await tx.session.flush()
    channels = await candidates(tx.session, row)
    language = (await config_of(tx.session, row.guild_id)).language
    posts = await _posts(tx.session, row)
    await platform.deliveries.put(
        tx,
        Parcel(
            kind="giveaway.freeze",
            subject=freeze.id,
            guild_id=row.guild_id,
            target=Target.MESSAGE,
            channel_id=channels[0] if channels else None,
            language=posts[0].language if posts else language,
            organiser_id=row.organiser_id,
        ),
        now,
    )


async def candidates(session: AsyncSession, row: Giveaway) -> list[int]:
    """Return the channels a giveaway's messages may go to: its own, else those configured for announcements."""
    config = await config_of(session, row.guild_id)
    own = [post.channel_id for post in await _posts(session, row)]
    fallback = [config.place(Purpose.ANNOUNCEMENTS), config.place(Purpose.GIVEAWAYS)]
    return list(dict.fromkeys([*own, *(channel for channel in fallback if channel is not None)]))


@dataclass(slots=True)
class _Published:
    """What a freeze message says of a list, added up page by page."""

    text: list[bytes] = field(default_factory=list[bytes])
    bands: Counter[AgeBand] = field(default_factory=lambda: Counter(dict.fromkeys(AgeBand, 0)))
    excluded: Counter[str] = field(default_factory=Counter[str])
    unchecked: int = 0


class Freezing:
    """How freeze messages are delivered, and what follows from one."""

    def __init__(self, platform: "Platform", posts: Posts) -> None:
        self._platform = platform
        self._posts = posts

    async def prepare(self, tx: Transaction, delivery: Delivery, now: datetime) -> str | None:
        """Choose a channel that can take it; give one that waited a new time and round while it is certainly unsent."""
        freeze = await tx.session.get(GiveawayFreeze, delivery.subject, with_for_update=True)
        row = await tx.session.get(Giveaway, freeze.giveaway_id) if freeze is not None else None
        if freeze is None or row is None:
            return "gone"
        channels = await candidates(tx.session, row)
        waits = take_place(self._platform.guilds, delivery, row.guild_id, channels, NEEDS)
        if waits is None and now - freeze.at > timedelta(seconds=RESEND_SECONDS):
            _set_time(self._platform, row, freeze, now)
        return waits

    async def load(self, session: AsyncSession, delivery: Delivery) -> FreezeView | None:
        """Read what the message says: only stored values, so that each attempt has the same bytes."""
        freeze = await session.get(GiveawayFreeze, delivery.subject)
        row = await session.get(Giveaway, freeze.giveaway_id) if freeze is not None else None
        if freeze is None or row is None or row.digest is None:
            return None
        published = await _published(session, row, freeze.at)
        return FreezeView(
            info=info(row),
            freeze=freeze_info(freeze, row.guild_id),
            chain=freeze.chain,
            digest=row.digest,
            entries=row.entries or 0,
            tickets=row.tickets or 0,
            bands=published.bands if row.source is not Source.HOLDERS else {},
            excluded=published.excluded,
            unchecked=published.unchecked,
            files=list_files(row.number, b"".join(published.text)),
            replaces=await self._earlier(session, row, freeze),
        )

    async def _earlier(self, session: AsyncSession, row: Giveaway, freeze: GiveawayFreeze) -> str | None:
        query = select(GiveawayFreeze).where(
            GiveawayFreeze.giveaway_id == row.id, GiveawayFreeze.ordinal == freeze.ordinal - 1
        )
        before = (await session.scalars(query)).one_or_none()
        return None if before is None else freeze_info(before, row.guild_id).url

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Go on to the draw when the message counts, post another when too late, say so when it cannot be sent."""
        now = clock.now()
        freeze = await tx.session.get(GiveawayFreeze, delivery.subject, with_for_update=True)
        row = await tx.session.get(Giveaway, freeze.giveaway_id, with_for_update=True) if freeze is not None else None
        if freeze is None or row is None or row.state is not State.FROZEN:
            return
        if outcome.state is DeliveryState.SENT and outcome.message_id is not None:
            freeze.channel_id, freeze.message_id = delivery.channel_id, outcome.message_id
            await self._judge(tx, row, freeze, now)
        elif outcome.state in (DeliveryState.FAILED, DeliveryState.UNKNOWN):
            unreadable = outcome.state is DeliveryState.UNKNOWN
            await wait_for(self._platform, tx, row, Waiting.UNREADABLE if unreadable else Waiting.PERMISSIONS, now)
        await self._posts.refresh(tx, row.id, now)

    async def _judge(self, tx: Transaction, row: Giveaway, freeze: GiveawayFreeze, now: datetime) -> None:
        message_id = freeze.message_id or 0
        row.waiting = None
        freeze.counts = freeze_counts(message_id, freeze.round, freeze.genesis or 0, freeze.period or 1)
        if not freeze.counts:
            log.info("a freeze message of giveaway %s came too late for its round; another follows", row.id)
            await add_freeze(self._platform, tx, row, max(now, message_time(message_id)))
            return
        row.round = freeze.round
        due_at = round_at(freeze) or now
        await self._platform.schedule.put(tx, "giveaway.draw", row.id, max(due_at, now), guild_id=row.guild_id)


def round_at(freeze: GiveawayFreeze) -> datetime | None:
    """Return when the round of a freeze appears; None without a beacon."""
    if freeze.round is None or freeze.genesis is None or freeze.period is None:
        return None
    return round_time(freeze.round, freeze.genesis, freeze.period)


def freeze_info(freeze: GiveawayFreeze, guild_id: int) -> FreezeInfo:
    """Return a freeze as others point to it."""
    url = None
    if freeze.channel_id is not None and freeze.message_id is not None:
        url = markup.jump(guild_id, freeze.channel_id, freeze.message_id)
    return FreezeInfo(freeze.ordinal, freeze.at, freeze.round, round_at(freeze), freeze.counts, url)


def _set_time(platform: "Platform", row: Giveaway, freeze: GiveawayFreeze, now: datetime) -> None:
    """Choose the round by the beacon there is now: the operator may have turned it on or off while the message waited.

    Whether the draw does without one is decided with it: a round that is named is awaited, and none is a draw without.
    """
    freeze.at = now.replace(microsecond=0)
    if platform.beacon is None:
        row.trusted = {"off": True}
        freeze.round = freeze.chain = freeze.genesis = freeze.period = None
        return
    row.trusted = None
    chain = platform.beacon.chain
    freeze.chain, freeze.genesis, freeze.period = chain.hash, chain.genesis, chain.period
    freeze.round = round_for(freeze.at, chain.genesis, chain.period)


async def _published(session: AsyncSession, row: Giveaway, at: datetime) -> _Published:
    query = (
        select(
            GiveawayEntry.token,
            GiveawayEntry.tickets,
            GiveawayEntry.user_id,
            GiveawayEntry.dropped,
            GiveawayEntry.unchecked,
        )
        .where(GiveawayEntry.giveaway_id == row.id)
        .order_by(GiveawayEntry.token)
    )
    found = _Published()
    async for page in pages(session, query):
        kept = [each for each in page if each.dropped is None]
        found.text.append(entrants_text([(each.token, each.tickets) for each in kept]))
        found.bands.update(age_bands([each.user_id for each in kept if each.user_id is not None], at))
        found.excluded.update(each.dropped for each in page if each.dropped is not None)
        found.unchecked += sum(1 for each in kept if each.unchecked)
    return found


async def _posts(session: AsyncSession, row: Giveaway) -> list[Post]:
    query = select(Post).where(Post.kind == KIND, Post.subject == row.id).order_by(Post.id)
    return list((await session.scalars(query)).all())
