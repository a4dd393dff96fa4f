"""The log channel: rows as they happen, several to a message, and once a day the chain's head.

One delivery at a time is on its way to a server's log channel. Which rows it shows is fixed when it is first claimed,
so that a message sent again after a crash is the same message; rows added meanwhile go with the next one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Database, Transaction
from bot.delivery import Deliveries, Delivery, DeliveryState, Outcome, Parcel, Target
from bot.guilds import GuildConfig, config_of
from bot.ledger import store
from bot.ledger.rules import Head, Row
from bot.ledger.tables import LedgerHead, LedgerPost
from bot.schedule import Due, Schedule

ROWS: Final = "ledger.row"
EDIT: Final = "ledger.edit"
HEAD: Final = "ledger.head"
ROWS_A_MESSAGE: Final = 15
# Three hundred redemptions at a stand are some twenty messages, not three hundred.
PACE: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a message in the log channel shows."""

    rows: Sequence[Row]


class LogChannel:
    """Tell a server's log channel what its ledger holds, each row once."""

    def __init__(self, database: Database, deliveries: Deliveries, schedule: Schedule) -> None:
        self._database = database
        self._deliveries = deliveries
        self._schedule = schedule

    async def follow(self, tx: Transaction, head: LedgerHead, now: datetime) -> None:
        """See to it that the row just added is told, and the head within a day; *head* is locked by the caller."""
        config = await config_of(tx.session, head.guild_id)
        if not await self._on_its_way(tx, head):
            await self._tell(tx, head, config, head.seq, now)
        elif head.telling_channel_id != config.log_channel_id:
            await self._redirect_refused(tx, head, config, now)
        if config.log_channel_id is not None and not head.pin_due:
            head.pin_due = True
            await self._schedule.put(tx, HEAD, head.id, next_midnight(now), guild_id=head.guild_id)

    async def _on_its_way(self, tx: Transaction, head: LedgerHead) -> bool:
        """Whether a delivery is there that will tell the new row too; one that is refused for weeks is dropped."""
        if head.telling_from is None:
            return False
        mine = (Delivery.kind == ROWS, Delivery.subject == head.id, Delivery.recipient == str(head.telling_from))
        return await tx.session.scalar(select(Delivery.id).where(*mine)) is not None

    async def _tell(self, tx: Transaction, head: LedgerHead, config: GuildConfig, first: int, now: datetime) -> None:
        """Put the delivery that tells the rows from *first* on, if there is a channel and there are such rows."""
        if config.log_channel_id is None or first > head.seq:
            head.telling_from = head.telling_channel_id = None
            return
        head.telling_from, head.telling_channel_id = first, config.log_channel_id
        parcel = Parcel(
            kind=ROWS,
            subject=head.id,
            recipient=str(first),
            guild_id=head.guild_id,
            target=Target.MESSAGE,
            language=config.language,
            channel_id=config.log_channel_id,
            params={"first": first},
            not_before=now if head.told_at is None else max(now, head.told_at + PACE),
        )
        await self._deliveries.put(tx, parcel, now)

    async def _redirect_refused(self, tx: Transaction, head: LedgerHead, config: GuildConfig, now: datetime) -> None:
        """Send what the old channel refused to the new one; what is still on its way sees the change by itself.

        Rows locked by the dispatcher are passed over: it locks a delivery first and the head second, we the other way.
        """
        refused = select(Delivery).where(
            Delivery.kind == ROWS,
            Delivery.subject == head.id,
            Delivery.recipient == str(head.telling_from),
            Delivery.state == DeliveryState.FAILED,
        )
        row = (await tx.session.scalars(refused.with_for_update(skip_locked=True))).one_or_none()
        if row is not None:
            await self._tell_elsewhere(tx, head, config, row, now)

    async def _tell_elsewhere(
        self, tx: Transaction, head: LedgerHead, config: GuildConfig, row: Delivery, now: datetime
    ) -> None:
        """Carry a delivery to the channel configured now; without one, nothing waits any more."""
        head.telling_channel_id = config.log_channel_id
        if config.log_channel_id is None:
            head.telling_from = None
            return
        parcel = Parcel(
            kind=ROWS,
            subject=head.id,
            recipient=row.recipient,
            guild_id=head.guild_id,
            target=Target.MESSAGE,
            language=config.language,
            channel_id=config.log_channel_id,
            params=dict(row.params),
            replace=True,
        )
        await self._deliveries.put(tx, parcel, now)

    async def prepare(self, tx: Transaction, row: Delivery, now: datetime) -> str | None:
        """Fix which rows the message shows, before it is sent for the first time; nothing to wait for."""
        if "last" in row.params or row.guild_id is None:
            return None
        head = await store.locked_head(tx.session, row.guild_id)
        if head is None:
            return None
        first = int(row.params["first"])
        last = min(head.seq, first + ROWS_A_MESSAGE - 1)
        row.params = {"first": first, "last": last, "erasures": head.erasures}
        head.told_at = now
        return None

    async def load(self, session: AsyncSession, row: Delivery) -> Rows | None:
        """Read what a message shows; None when the server has another log channel now, or none."""
        if row.guild_id is None or "last" not in row.params:
            return None
        config = await config_of(session, row.guild_id)
        return await self.load_edit(session, row) if config.log_channel_id == row.channel_id else None

    async def load_edit(self, session: AsyncSession, row: Delivery) -> Rows | None:
        """Read what a message that is already there shows now."""
        if row.guild_id is None:
            return None
        rows = await store.read(session, row.guild_id, int(row.params["first"]), int(row.params["last"]))
        return Rows(rows) if rows else None

    async def settled(self, tx: Transaction, row: Delivery, outcome: Outcome) -> None:
        """Note where the rows stand, and go on to those added meanwhile."""
        head = None if row.guild_id is None else await store.locked_head(tx.session, row.guild_id)
        if head is None or "last" not in row.params:
            return
        now = clock.now()
        first, last = int(row.params["first"]), int(row.params["last"])
        if outcome.state is DeliveryState.SENT and outcome.message_id is not None and row.channel_id is not None:
            post = LedgerPost(
                guild_id=head.guild_id,
                first=first,
                last=last,
                channel_id=row.channel_id,
                message_id=outcome.message_id,
                language=row.language,
            )
            tx.session.add(post)
            if head.erasures != row.params["erasures"]:
                # Someone was forgotten after the message's words had been read.
                await self._edit(tx, head, post, now)
        if head.telling_from != first:
            return
        config = await config_of(tx.session, head.guild_id)
        refused = outcome.state in (DeliveryState.FAILED, DeliveryState.DROPPED)
        if refused and config.log_channel_id != row.channel_id:
            await self._tell_elsewhere(tx, head, config, row, now)
        elif outcome.state is not DeliveryState.FAILED:
            await self._tell(tx, head, config, last + 1, now)

    async def edit(self, tx: Transaction, head: LedgerHead, seqs: Collection[int], now: datetime) -> None:
        """Have the messages that show any of these rows edited to what is left of them."""
        if not seqs:
            return
        query = select(LedgerPost).where(
            LedgerPost.guild_id == head.guild_id, LedgerPost.first <= max(seqs), LedgerPost.last >= min(seqs)
        )
        for post in (await tx.session.scalars(query)).all():
            if any(seq in seqs for seq in range(post.first, post.last + 1)):
                await self._edit(tx, head, post, now)

    async def _edit(self, tx: Transaction, head: LedgerHead, post: LedgerPost, now: datetime) -> None:
        parcel = Parcel(
            kind=EDIT,
            subject=head.id,
            recipient=str(post.first),
            guild_id=post.guild_id,
            target=Target.EDIT,
            language=post.language,
            channel_id=post.channel_id,
            message_id=post.message_id,
            params={"first": post.first, "last": post.last},
            replace=True,
        )
        await self._deliveries.put(tx, parcel, now)

    async def pin(self, due: Due) -> datetime | None:
        """Post the chain's head if rows were added since the last one."""
        now = clock.now()
        async with self._database.write() as tx:
            head = None if due.guild_id is None else await store.locked_head(tx.session, due.guild_id)
            if head is None or head.id != due.subject:
                return None
            head.pin_due = False
            config = await config_of(tx.session, head.guild_id)
            if config.log_channel_id is None or head.pinned_seq == head.seq:
                return None
            parcel = Parcel(
                kind=HEAD,
                subject=head.id,
                recipient=str(head.seq),
                guild_id=head.guild_id,
                target=Target.MESSAGE,
                language=config.language,
                channel_id=config.log_channel_id,
                params={"seq": head.seq, "hash": head.hash},
            )
            await self._deliveries.put(tx, parcel, now)
            head.pinned_seq = head.seq
        return None

    async def load_head(self, session: AsyncSession, row: Delivery) -> Head | None:
        """Return the head as it was when it fell due; None when the server has another log channel now, or none."""
        if row.guild_id is None or (await config_of(session, row.guild_id)).log_channel_id != row.channel_id:
            return None
        return Head(int(row.params["seq"]), str(row.params["hash"]))

    async def erase_guild(self, tx: Transaction, head: LedgerHead) -> None:
        """Forget what was to be told about a server."""
        await self._schedule.drop(tx, HEAD, head.id)
        mine = (Delivery.kind.in_((ROWS, EDIT, HEAD)), Delivery.subject == head.id)
        await tx.session.execute(delete(Delivery).where(*mine))


def next_midnight(now: datetime) -> datetime:
    """Return the next 00:00 UTC after *now*."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
