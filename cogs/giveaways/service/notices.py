"""Telling organisers and moderators that a draw waits, once per wait."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.delivery import Delivery, Parcel, Target
from bot.direct import put_direct, wanted
from bot.guilds import config_of
from bot.ledger.service import Entry
from cogs.giveaways.service.records import GiveawayInfo, info, post_url
from cogs.giveaways.tables import Giveaway, Waiting

if TYPE_CHECKING:
    from bot.app import Platform

NOTICE: Final = "giveaway.notice"


async def wait_for(platform: "Platform", tx: Transaction, row: Giveaway, what: Waiting, now: datetime) -> None:
    """Set what a giveaway waits for; the first time, organiser and log are told."""
    if row.waiting is what:
        return
    row.waiting = what
    await platform.ledger.append(
        tx,
        Entry(
            guild_id=row.guild_id,
            kind="giveaway.waiting",
            actor_id=None,
            subject=f"giveaway:{row.number}",
            facts={"for": what.value},
        ),
        now=now,
    )
    if row.organiser_id is None:
        return
    config = await config_of(tx.session, row.guild_id)
    notice = Parcel(
        kind=NOTICE,
        subject=row.id,
        recipient=what.value,
        guild_id=row.guild_id,
        target=Target.DIRECT,
        user_id=row.organiser_id,
        language=config.language,
        params={"for": what.value},
    )
    await put_direct(platform.deliveries, tx, notice, now)


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What an organiser is told of a giveaway that waits."""

    info: GiveawayInfo
    waiting: Waiting
    post_url: str | None


async def load_notice(session: AsyncSession, delivery: Delivery) -> NoticeView | None:
    """Read a notice; None when it no longer waits for that, or the member does not want direct messages any more."""
    row = await session.get(Giveaway, delivery.subject)
    waiting = Waiting(delivery.params["for"])
    if row is None or row.waiting is not waiting or delivery.user_id is None:
        return None
    if not await wanted(session, delivery.user_id):
        return None
    return NoticeView(info(row), waiting, await post_url(session, row))
