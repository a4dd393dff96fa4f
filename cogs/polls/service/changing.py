"""Ending a poll before its time, and giving it more time once, in public."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.database import Transaction
from bot.errors import BadInput, WrongState
from bot.guilds import config_of
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_organiser
from bot.posts import Posts
from bot.shape import time_text
from cogs.polls.rules.options import LONGEST, SHORTEST
from cogs.polls.service.closing import Closing
from cogs.polls.service.heard.saying import Saying
from cogs.polls.service.opening import CLOSE
from cogs.polls.service.records import PollInfo, info_of, poll_of
from cogs.polls.service.voting import over
from cogs.polls.tables import Poll, State

if TYPE_CHECKING:
    from bot.app import Platform

EXTENDED: Final = "poll.extended"
OPEN: Final = "poll.open"


class Changing:
    """What an organiser may do to a poll once there are votes."""

    def __init__(self, platform: "Platform", posts: Posts, closing: Closing, saying: Saying) -> None:
        self._platform = platform
        self._posts = posts
        self._closing = closing
        self._saying = saying

    async def close(self, actor: Actor, key: int, now: datetime) -> PollInfo:
        """End voting now and have it counted; one that has not opened yet is withdrawn.

        Raises NotAllowed for members, WrongState for one that is over.
        """
        async with self._platform.database.write() as tx:
            require_organiser(actor, await config_of(tx.session, actor.guild_id))
            row = await poll_of(tx.session, actor.guild_id, key, lock=True)
            match row.state:
                case State.SCHEDULED:
                    await self._withdraw(tx, row, actor, now)
                case State.OPEN if row.closes_at > now:
                    await self._closing.stop_voting(tx, row, now, actor.user_id)
                    await self._note(tx, row, actor, "poll.ended", now)
                case _:
                    raise over(await info_of(tx.session, row))
            return await info_of(tx.session, row)

    async def _withdraw(self, tx: Transaction, row: Poll, actor: Actor, now: datetime) -> None:
        row.state, row.closed_at = State.CANCELLED, now.replace(microsecond=0)
        await self._platform.schedule.drop(tx, OPEN, row.id)
        await self._note(tx, row, actor, "poll.cancelled", now)

    async def extend(self, actor: Actor, key: int, by: timedelta, now: datetime) -> PollInfo:
        """Close a poll later than announced, once; its posts say so, and a message under them.

        Raises NotAllowed for members, BadInput and WrongState where it cannot be.
        """
        async with self._platform.database.write() as tx:
            require_organiser(actor, await config_of(tx.session, actor.guild_id))
            row = await poll_of(tx.session, actor.guild_id, key, lock=True)
            if row.state is State.SCHEDULED:
                raise WrongState(t("poll.extend.scheduled"))
            if row.state is not State.OPEN or row.closes_at <= now:
                raise over(await info_of(tx.session, row))
            if row.extended_from is not None:
                raise WrongState(t("poll.extend.again", before=row.extended_from, closes=row.closes_at))
            closes = row.closes_at + by
            if by < SHORTEST:
                raise BadInput(t("poll.extend.short", least=SHORTEST))
            if closes - (row.opened_at or row.starts_at) > LONGEST:
                raise BadInput(t("poll.extend.long", most=LONGEST))
            row.extended_from, row.closes_at = row.closes_at, closes
            await self._platform.schedule.put(tx, CLOSE, row.id, closes, guild_id=row.guild_id)
            await self._posts.refresh(tx, row.id, now)
            await self._saying.everywhere(tx, row, EXTENDED, "", {}, now)
            await self._note(tx, row, actor, "poll.extended", now)
            return await info_of(tx.session, row)

    async def _note(self, tx: Transaction, row: Poll, actor: Actor, kind: str, now: datetime) -> None:
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=row.guild_id,
                kind=kind,
                actor_id=actor.user_id,
                subject=f"poll:{row.number}",
                texts={"question": row.question},
                facts={"ends": time_text(row.closed_at or row.closes_at)},
            ),
            now=now,
        )
