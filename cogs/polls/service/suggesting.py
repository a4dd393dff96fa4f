"""Write-ins: options that voters propose and organisers approve or refuse. Nothing says whose they are."""

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Transaction
from bot.errors import BadInput, NotFound, WrongState
from bot.guilds import config_of
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_organiser
from bot.posts import Posts
from cogs.polls.rules.ballots import MAX_OPTIONS
from cogs.polls.rules.folding import fold
from cogs.polls.service.records import PollInfo, info_of, options_of, poll_of
from cogs.polls.service.voting import Voting, over
from cogs.polls.tables import Poll, PollOption, PollWriteIn, State

if TYPE_CHECKING:
    from bot.app import Platform

LONGEST: Final = 100
SHOWN: Final = 5
# So many may wait for an organiser, whoever proposed them.
WAITING: Final = 25
# So many of them one member may propose, so that nobody takes the room of all others.
EACH: Final = 5
REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Suggestion:
    key: int
    text: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What waits for an organiser: the first few, and how many there are."""

    info: PollInfo
    first: Sequence[Suggestion]
    count: int


class Suggesting:
    """From a voter's proposal to an option.

    How many someone proposed is only remembered while the bot runs, and not which: on disk nothing says whose they are.
    """

    def __init__(self, platform: "Platform", posts: Posts, voting: Voting) -> None:
        self._platform = platform
        self._posts = posts
        self._voting = voting
        self._made: OrderedDict[tuple[int, int], int] = OrderedDict()

    async def may_suggest(self, actor: Actor, key: int, now: datetime) -> PollInfo:
        """Return the poll a member may propose an option for; raises a UserError that says why not."""
        found = (await self._voting.paper(actor, key, now)).info
        if not found.write_ins:
            raise WrongState(t("poll.suggest.off"))
        if len(found.options) >= MAX_OPTIONS:
            raise WrongState(t("poll.suggest.full", n=MAX_OPTIONS))
        if self._made.get((key, actor.user_id), 0) >= EACH:
            raise WrongState(t("poll.suggest.often"))
        return found

    async def suggest(self, actor: Actor, key: int, typed: str, now: datetime) -> PollInfo:
        """Keep an option that a member proposes, without the member; raises a UserError that says why not."""
        text = " ".join(markup.clean(typed).split())
        if markup.is_blank(text):
            raise BadInput(t("poll.suggest.blank"))
        if len(text) > LONGEST:
            raise BadInput(t("poll.suggest.too_long", n=LONGEST))
        await self.may_suggest(actor, key, now)
        async with self._platform.database.write() as tx:
            row = await poll_of(tx.session, actor.guild_id, key, lock=True)
            found = await info_of(tx.session, row)
            _require_open(found, now)
            waiting = await _waiting(tx.session, key)
            if fold(text) in {fold(each) for each in (*_texts(found), *(one.text for one in waiting))}:
                raise WrongState(t("poll.suggest.there", option=text))
            if len(waiting) >= WAITING:
                raise WrongState(t("poll.suggest.many"))
            # The key is random: it tells no order.
            tx.session.add(PollWriteIn(id=secrets.randbelow(2**48) + 1, poll_id=key, text=text))
            await tx.session.flush()
            await self._posts.refresh(tx, key, now)
        self._remember(key, actor.user_id)
        return found

    def _remember(self, key: int, user_id: int) -> None:
        self._made[key, user_id] = self._made.pop((key, user_id), 0) + 1
        while len(self._made) > REMEMBERED:
            self._made.popitem(last=False)

    async def waiting(self, actor: Actor, key: int) -> Suggestions:
        """Return what waits for an organiser; raises NotAllowed for members."""
        async with self._platform.database.read() as session:
            require_organiser(actor, await config_of(session, actor.guild_id))
            found = await info_of(session, await poll_of(session, actor.guild_id, key))
            rows = await _waiting(session, key)
        return Suggestions(found, [Suggestion(row.id, row.text) for row in rows[:SHOWN]], len(rows))

    async def decide(self, actor: Actor, suggestion: int, now: datetime, *, approve: bool) -> int:
        """Make a proposal an option, or refuse it; returns its poll's key.

        Nobody's ballot changes by it; who has voted may vote anew. Raises a UserError for members and forgeries.
        """
        async with self._platform.database.write() as tx:
            require_organiser(actor, await config_of(tx.session, actor.guild_id))
            key = await tx.session.scalar(select(PollWriteIn.poll_id).where(PollWriteIn.id == suggestion))
            if key is None:
                raise NotFound(t("poll.suggest.gone"))
            row = await poll_of(tx.session, actor.guild_id, key, lock=True)
            # Another organiser may have decided while we waited for the poll.
            one = await tx.session.get(PollWriteIn, suggestion)
            if one is None:
                raise NotFound(t("poll.suggest.gone"))
            if approve:
                await self._approve(tx, row, one.text, now)
            await tx.session.delete(one)
            await tx.session.flush()
            await self._posts.refresh(tx, row.id, now)
            await self._platform.ledger.append(
                tx,
                Entry(
                    guild_id=row.guild_id,
                    kind="poll.write_in_approved" if approve else "poll.write_in_refused",
                    actor_id=actor.user_id,
                    subject=f"poll:{row.number}",
                    texts={"option": one.text},
                ),
                now=now,
            )
            return row.id

    async def _approve(self, tx: Transaction, row: Poll, text: str, now: datetime) -> None:
        _require_open(await info_of(tx.session, row), now)
        options = await options_of(tx.session, row.id)
        if len(options) >= MAX_OPTIONS:
            raise WrongState(t("poll.suggest.full", n=MAX_OPTIONS))
        if fold(text) in {fold(option.text) for option in options}:
            raise WrongState(t("poll.suggest.there", option=text))
        tx.session.add(PollOption(poll_id=row.id, position=len(options), text=text, write_in=True))


def _texts(found: PollInfo) -> list[str]:
    return [option.text for option in found.options]


def _require_open(found: PollInfo, now: datetime) -> None:
    if found.state is not State.OPEN or found.closes_at <= now:
        raise over(found)


async def _waiting(session: AsyncSession, key: int) -> Sequence[PollWriteIn]:
    query = select(PollWriteIn).where(PollWriteIn.poll_id == key).order_by(PollWriteIn.id)
    return (await session.scalars(query)).all()
