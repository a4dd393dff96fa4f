"""The dispatcher: carries deliveries out, in order per lane, so that none is lost and none is seen twice.

Discord returns the message there already when the same nonce comes again within a few minutes; after that the
dispatcher looks for its own marker in the channel before it sends again.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import discord
from sqlalchemy import and_, func, or_, select, update

from bot import clock, direct
from bot.database import Database, Transaction
from bot.delivery import EDIT_GAP, OPEN_STATES, Deliveries, Delivery, DeliveryState, Kind, Outcome, Target
from bot.figures import OUTCOMES
from bot.mirror import Mirror
from bot.natives import NO_ROOM
from bot.shards import Share
from bot.ui.outgoing import Outgoing, markers
from bot.ui.replies import edit_reply

# Discord promises uniqueness of a nonce for "a few minutes"; we rely on one.
NONCE_WINDOW: Final = timedelta(seconds=60)
LEASE: Final = timedelta(seconds=60)
CALL_LIMIT: Final = timedelta(seconds=45)
FIRST_RETRY: Final = timedelta(seconds=2)
LONGEST_RETRY: Final = timedelta(minutes=5)
# Opening many direct messages quickly gets a bot blocked.
DIRECT_PACE: Final = timedelta(seconds=1)
TOO_MANY_OLD_EDITS: Final = 30046
LANES: Final = 16
SCAN: Final = 500
# A row older than this is searched for no further back: the history of a busy channel is long.
HISTORY: Final = 2_000

log = logging.getLogger(__name__)


class _NotThere(Exception):
    """What was attempted is certainly not there, and is prepared anew before it is sent."""


class Dispatcher:
    """Carry out what the book of deliveries holds."""

    def __init__(self, client: discord.Client, deliveries: Deliveries, owner: str, share: Share | None = None) -> None:
        self._client = client
        self._outside = Mirror(client)
        self._deliveries = deliveries
        self._database: Database = deliveries.database
        self.owner = owner
        self._share = share or Share()
        self._runner: asyncio.Task[None] | None = None
        self._again = False
        self._started = False
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(LANES)
        self._direct_free_at: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        deliveries.dispatcher = self

    async def start(self) -> None:
        """Take up what is waiting."""
        if self._database.is_sqlite:
            # One process: whoever held these leases is gone. What was being sent is claimed again, and looked for.
            async with self._database.write() as tx:
                await tx.session.execute(
                    update(Delivery).where(Delivery.state == DeliveryState.SENDING).values(lease_until=None)
                )
        self._started = True
        self.wake()

    async def stop(self) -> None:
        """Finish what is being sent; begin nothing more."""
        self._started = False
        if self._timer is not None:
            self._timer.cancel()
        while working := [task for task in (self._runner, *self._lanes.values()) if task is not None]:
            await asyncio.wait(working)

    def wake(self) -> None:
        """Look for work soon."""
        if not self._started:
            return
        self._again = True
        if self._runner is None:
            self._runner = asyncio.create_task(self._run(), name="dispatcher")

    async def _run(self) -> None:
        try:
            while self._again and self._started:
                self._again = False
                next_at = await self._open_lanes()
                if next_at is not None:
                    self._ring_at(next_at)
        except Exception:
            log.exception("deliveries could not be read; trying again shortly")
            self._ring_at(clock.now() + FIRST_RETRY)
        finally:
            self._runner = None

    def _ring_at(self, when: datetime) -> None:
        if self._timer is not None:
            self._timer.cancel()
        wait = max(0.0, (when - clock.now()).total_seconds())
        self._timer = asyncio.get_running_loop().call_later(min(wait, 86_400), self.wake)

    async def _open_lanes(self) -> datetime | None:
        """Start a task for each lane with something to do; return when the next row's wait is over."""
        now = clock.now()
        heads = select(func.min(Delivery.id)).where(Delivery.state.in_(OPEN_STATES)).group_by(Delivery.lane)
        ready = or_(
            and_(Delivery.state == DeliveryState.PENDING, Delivery.not_before <= now),
            and_(
                Delivery.state == DeliveryState.SENDING,
                or_(Delivery.lease_until.is_(None), Delivery.lease_until <= now),
            ),
        )
        known = and_(Delivery.id.in_(heads), Delivery.kind.in_(self._deliveries.kinds))
        mine = and_(known, self._share.may_take(Delivery.guild_id, Delivery.not_before, now))
        async with self._database.read() as session:
            lanes = (
                await session.scalars(select(Delivery.lane).where(mine, ready).order_by(Delivery.id).limit(SCAN))
            ).all()
            next_at = await session.scalar(
                select(func.min(Delivery.not_before)).where(
                    known, Delivery.state == DeliveryState.PENDING, Delivery.not_before > now
                )
            )
        for lane in lanes:
            if lane not in self._lanes:
                self._lanes[lane] = asyncio.create_task(self._run_lane(lane), name=f"lane {lane}")
        return next_at

    async def _run_lane(self, lane: str) -> None:
        try:
            if lane.startswith("user:"):
                await self._wait_for_direct()
            async with self._slots:
                while self._started and (row := await self._claim(lane)) is not None:
                    await self._carry_out(row)
            again_at = None
        except Exception:
            log.exception("lane %s stopped; trying again shortly", lane)
            again_at = clock.now() + FIRST_RETRY
        finally:
            del self._lanes[lane]
        if again_at is None:
            self.wake()
        else:
            # Not at once: what cannot be written now, cannot be written at once either.
            self._ring_at(again_at)

    async def _wait_for_direct(self) -> None:
        """Wait for this lane's turn among direct messages; turns are given in order of asking."""
        now = clock.now()
        turn = max(now, self._direct_free_at or now)
        self._direct_free_at = turn + DIRECT_PACE
        await asyncio.sleep((turn - now).total_seconds())

    async def _claim(self, lane: str) -> Delivery | None:
        """Take the lane's earliest open row, if its time has come and nobody else holds it."""
        now = clock.now()
        head = (
            select(Delivery)
            .where(Delivery.lane == lane, Delivery.state.in_(OPEN_STATES))
            .order_by(Delivery.id)
            .limit(1)
            .with_for_update()
        )
        async with self._database.write() as tx:
            row = (await tx.session.scalars(head)).one_or_none()
            if row is None or row.kind not in self._deliveries.kinds:
                return None
            if row.state is DeliveryState.PENDING and row.not_before > now:
                return None
            if row.state is DeliveryState.SENDING and row.lease_until is not None and row.lease_until > now:
                return None
            kind = self._deliveries.kinds[row.kind]
            if kind.prepare is not None and row.since is None:
                reason = await kind.prepare(tx, row, now)
                if reason is not None:
                    row.state, row.error = DeliveryState.FAILED, reason
                    if kind.settled is not None:
                        await kind.settled(tx, row, Outcome(DeliveryState.FAILED, error=reason))
                    return None
            row.state, row.owner, row.lease_until = DeliveryState.SENDING, self.owner, now + LEASE
            row.attempts += 1
        return row

    async def _carry_out(self, row: Delivery) -> None:
        kind = self._deliveries.kinds[row.kind]
        try:
            async with asyncio.timeout(CALL_LIMIT.total_seconds()):
                outcome = await self._attempt(row, kind)
        except (discord.Forbidden, discord.NotFound) as error:
            await self._settle(row, kind, Outcome(DeliveryState.FAILED, error=str(error.code or error.status)))
        except discord.HTTPException as error:
            if error.status >= 500 or error.status == 429 or error.code == TOO_MANY_OLD_EDITS:
                await self._postpone(row, f"{error.status}")
            else:
                log.exception("Discord refused %s %s", row.kind, row.id)
                await self._settle(row, kind, Outcome(DeliveryState.FAILED, error=str(error.code or error.status)))
        except _NotThere:
            await self._postpone(row, "not there", timedelta(0))
        except (TimeoutError, aiohttp.ClientError, OSError, discord.DiscordServerError) as error:
            await self._postpone(row, type(error).__name__)
        except Exception:
            log.exception("delivery %s of kind %s could not be prepared", row.id, row.kind)
            await self._postpone(row, "unforeseen")
        else:
            await self._settle(row, kind, outcome)

    async def _attempt(self, row: Delivery, kind: Kind) -> Outcome:
        async with self._database.read() as session:
            content = await kind.load(session, row)
            if row.target is Target.DIRECT and row.user_id and not await direct.wanted(session, row.user_id):
                content = None
        if content is None:
            return Outcome(DeliveryState.DROPPED)
        match row.target:
            case Target.MESSAGE | Target.DIRECT:
                return await self._send(row, self._rendered(kind, row, content))
            case Target.EDIT:
                return await self._edit(row, self._rendered(kind, row, content))
            case Target.ROLE_ADD | Target.ROLE_REMOVE:
                return await self._change_role(row)
            case Target.THREAD:
                return await self._open_thread(row, kind, content)
            case Target.NATIVE:
                return await self._mirror(row, kind, content)
            case Target.REPLY:
                return await self._edit_reply(kind, row, content)

    def _rendered(self, kind: Kind, row: Delivery, content: object) -> Outgoing:
        if kind.render is None:
            raise TypeError(f"{row.kind} has no renderer")
        place = f"{row.guild_id}/{row.channel_id}" if row.guild_id and row.channel_id else "@me"
        return kind.render(content, row.language).marked(row.nonce, f"https://discord.com/channels/{place}")

    async def _send(self, row: Delivery, message: Outgoing) -> Outcome:
        channel = await self._channel(row)
        if row.since is not None and clock.now() - row.since > NONCE_WINDOW:
            try:
                found = await self._find(channel, row.nonce, row.since)
            except discord.Forbidden:
                return Outcome(DeliveryState.UNKNOWN, error="history")
            if found is not None:
                return Outcome(DeliveryState.SENT, message_id=found)
            await self._mark_attempt(row, fresh=False)
            raise _NotThere
        if row.since is None:
            await self._mark_attempt(row, fresh=True)
        try:
            sent = await channel.send(
                content=message.content or None,
                embeds=list(message.embeds),
                files=[file.to_file() for file in message.files],
                view=message.view() or discord.utils.MISSING,
                allowed_mentions=message.allowed_mentions(),
                nonce=row.nonce,
            )
        except (discord.Forbidden, discord.NotFound):
            # An answer that says no: certain that nothing was sent.
            await self._mark_attempt(row, fresh=False)
            raise
        return Outcome(DeliveryState.SENT, message_id=sent.id)

    async def _channel(self, row: Delivery) -> discord.abc.Messageable:
        if row.target is Target.DIRECT:
            if row.user_id is None:
                raise ValueError(f"delivery {row.id} names no member")
            user = self._client.get_user(row.user_id) or await self._client.fetch_user(row.user_id)
            return user.dm_channel or await user.create_dm()
        if row.channel_id is None:
            raise ValueError(f"delivery {row.id} names no channel")
        return self._client.get_partial_messageable(row.channel_id, guild_id=row.guild_id)

    async def _find(self, channel: discord.abc.Messageable, nonce: str, since: datetime) -> int | None:
        """Look for a row's marker among our own messages since the first attempt."""
        # Clocks differ a little; snowflakes are Discord's.
        after = since - timedelta(seconds=30)
        async for message in channel.history(limit=HISTORY, after=after, oldest_first=True):
            if message.author == self._client.user and nonce in markers(message.embeds):
                return message.id
        return None

    async def _edit(self, row: Delivery, message: Outgoing) -> Outcome:
        if row.channel_id is None or row.message_id is None:
            raise ValueError(f"delivery {row.id} names no message")
        channel = self._client.get_partial_messageable(row.channel_id, guild_id=row.guild_id)
        attachments = discord.utils.MISSING if message.keep_files else [file.to_file() for file in message.files]
        await channel.get_partial_message(row.message_id).edit(
            content=message.content or None,
            embeds=list(message.embeds),
            attachments=attachments,
            view=message.view(),
            allowed_mentions=message.allowed_mentions(),
        )
        return Outcome(DeliveryState.SENT, message_id=row.message_id)

    async def _edit_reply(self, kind: Kind, row: Delivery, content: object) -> Outcome:
        if kind.render is None or kind.token is None:
            raise TypeError(f"{row.kind} has no renderer or no token")
        # Dismissed by its reader, or too old: nobody can change that.
        refused = await edit_reply(self._client, kind.token(content), kind.render(content, row.language))
        return Outcome(DeliveryState.SENT) if refused is None else Outcome(DeliveryState.FAILED, error=refused)

    async def _change_role(self, row: Delivery) -> Outcome:
        if row.guild_id is None or row.user_id is None or row.role_id is None:
            raise ValueError(f"delivery {row.id} names no member or role")
        change = self._client.http.add_role if row.target is Target.ROLE_ADD else self._client.http.remove_role
        await change(row.guild_id, row.user_id, row.role_id, reason=str(row.params.get("reason", "")) or None)
        return Outcome(DeliveryState.SENT)

    async def _open_thread(self, row: Delivery, kind: Kind, content: object) -> Outcome:
        if kind.name is None or row.channel_id is None or row.message_id is None:
            raise ValueError(f"delivery {row.id} names no thread or message")
        name = kind.name(content, row.language)
        return Outcome(DeliveryState.SENT, await self._outside.open_thread(row.channel_id, row.message_id, name))

    async def _mirror(self, row: Delivery, kind: Kind, content: object) -> Outcome:
        if kind.native is None or row.guild_id is None:
            raise ValueError(f"delivery {row.id} names no scheduled event or server")
        wanted, native_id = kind.native(content, row.language), row.message_id
        if native_id is None and row.since is not None:
            native_id = await self._outside.find(row.guild_id, row.nonce)
        if native_id is not None:
            await self._outside.change(row.guild_id, native_id, wanted, row.nonce)
        elif not wanted.ended:
            await self._mark_attempt(row, fresh=True)
            try:
                native_id = await self._outside.make(row.guild_id, wanted, row.nonce)
            except discord.HTTPException as error:
                if error.status < 500:
                    await self._mark_attempt(row, fresh=False)
                if str(error.code) == NO_ROOM:
                    return Outcome(DeliveryState.FAILED, error=NO_ROOM)
                raise
        return Outcome(DeliveryState.SENT, native_id)

    async def _mark_attempt(self, row: Delivery, *, fresh: bool) -> None:
        """Commit that a call is about to be made (or that it certainly had no effect) before anything else happens."""
        row.since = clock.now() if fresh else None
        async with self._database.write() as tx:
            await tx.session.execute(self._mine(row).values(since=row.since))

    async def _postpone(self, row: Delivery, error: str, first: timedelta = FIRST_RETRY) -> None:
        wait = min(LONGEST_RETRY, first * 2 ** min(row.attempts - 1, 12))
        log.warning("delivery %s of kind %s: %s; again in %s", row.id, row.kind, error, wait)
        async with self._database.write() as tx:
            await tx.session.execute(
                self._mine(row).values(
                    state=DeliveryState.PENDING,
                    not_before=clock.now() + wait,
                    owner=None,
                    lease_until=None,
                    error=error,
                )
            )

    async def _settle(self, row: Delivery, kind: Kind, outcome: Outcome) -> None:
        """Record how it ended, and what the feature makes of it, in one transaction."""
        OUTCOMES.labels(outcome.state.value).inc()
        async with self._database.write() as tx:
            if kind.lock is not None:
                await kind.lock(tx, row.subject)
            current = await self._fenced(tx, row)
            if current is None:
                return
            current.owner = current.lease_until = None
            current.error = outcome.error
            if current.revision != row.revision and outcome.state in (DeliveryState.SENT, DeliveryState.DROPPED):
                # Put again while it was being carried out: once more, with the newer values.
                current.state, current.attempts, current.sent_at = DeliveryState.PENDING, 0, clock.now()
                if current.target is Target.EDIT:
                    current.not_before = max(current.not_before, clock.now() + EDIT_GAP)
                return
            current.state = outcome.state
            if row.target is Target.DIRECT and row.user_id is not None and outcome.error == direct.REFUSED:
                await direct.turn_off(tx, row.user_id)
            if outcome.state is DeliveryState.SENT:
                current.sent_message_id, current.sent_at, current.since = outcome.message_id, clock.now(), None
            if kind.settled is not None:
                await kind.settled(tx, current, outcome)

    async def _fenced(self, tx: Transaction, row: Delivery) -> Delivery | None:
        query = select(Delivery).where(
            Delivery.id == row.id, Delivery.owner == self.owner, Delivery.attempts == row.attempts
        )
        return (await tx.session.scalars(query.with_for_update())).one_or_none()

    def _mine(self, row: Delivery):  # noqa: ANN202 (SQLAlchemy's own generic says less than the expression)
        return update(Delivery).where(
            Delivery.id == row.id, Delivery.owner == self.owner, Delivery.attempts == row.attempts
        )
